//! Registering, signing in, mailed links, and one's own account.

use crate::routes::Routes;

mod confirm;
mod counsel_invitation;
mod email;
mod first_administrator;
mod forgotten;
mod form_page;
pub mod kept;
pub mod mail;
mod mail_preferences;
mod overview;
mod password;
mod register;
mod reset;
mod second_factor;
pub mod session;
mod sign_in;
mod sign_in_code;
pub mod typed;

/// The routes of these pages.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    routes
        .page("/register", register::page)
        .form("/register", register::send)
        .page("/sign-in", sign_in::page)
        .form("/sign-in", sign_in::send)
        .page("/sign-in/code", sign_in_code::page)
        .form("/sign-in/code", sign_in_code::send)
        .page("/sign-in/lost-device", sign_in_code::lost)
        .form("/sign-out", sign_in::out)
        .page("/forgotten", forgotten::page)
        .form("/forgotten", forgotten::send)
        .page("/reset/{token}", reset::page)
        .form("/reset/{token}", reset::send)
        .page("/confirm/{token}", confirm::page)
        .form("/confirm/{token}", confirm::send)
        .page("/confirm-address/{token}", email::confirm_page)
        .form("/confirm-address/{token}", email::confirm)
        .page("/counsel-invitation/{token}", counsel_invitation::page)
        .form("/counsel-invitation/{token}", counsel_invitation::send)
        .page("/first-administrator/{token}", first_administrator::page)
        .form("/first-administrator/{token}", first_administrator::send)
        .page("/account", overview::page)
        .form("/account/confirm-again", confirm::again)
        .form("/account/end-session", overview::end_session)
        .form("/account/sign-out-everywhere", overview::sign_out_everywhere)
        .page("/account/password", password::page)
        .form("/account/password", password::send)
        .page("/account/second-factor", second_factor::page)
        .form("/account/second-factor/begin", second_factor::begin)
        .form("/account/second-factor/confirm", second_factor::confirm)
        .form("/account/second-factor/codes", second_factor::codes)
        .form("/account/second-factor/remove", second_factor::remove)
        .page("/account/email", email::page)
        .form("/account/email", email::send)
        .page("/account/mail", mail_preferences::page)
        .form("/account/mail/{slug}", mail_preferences::save)
        .page("/mail", mail::page)
        .page("/mail/{id}", mail::one)
}
