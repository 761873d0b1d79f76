//! The administrator's pages: cases with their counsel and public documents, accounts, mail.

use crate::routes::Routes;

mod accounts;
mod case;
mod case_confirm;
mod case_counsel;
mod case_documents;
mod mail;
mod new_case;
mod overview;

/// The routes of these pages. Files for the public arrive through the server's uploads.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    routes
        .page("/admin", overview::page)
        .page("/admin/cases/new", new_case::page)
        .form("/admin/cases/new", new_case::send)
        .page("/admin/cases/{slug}", case::page)
        .form("/admin/cases/{slug}", case::save)
        .form("/admin/cases/{slug}/counsel", case_counsel::invite)
        .form("/admin/cases/{slug}/counsel/withdraw", case_counsel::withdraw)
        .page("/admin/cases/{slug}/counsel/{account}/dismiss", case_counsel::ask_to_dismiss)
        .form("/admin/cases/{slug}/counsel/{account}/dismiss", case_counsel::dismiss)
        .page("/admin/cases/{slug}/documents/{id}/remove", case_documents::ask_to_remove)
        .form("/admin/cases/{slug}/documents/{id}/remove", case_documents::remove)
        .page("/admin/accounts", accounts::page)
        .page("/admin/accounts/{id}/disable", accounts::ask_to_disable)
        .form("/admin/accounts/{id}/disable", accounts::disable)
        .form("/admin/accounts/{id}/enable", accounts::enable)
        .page("/admin/mail", mail::page)
}
