//! What anybody may read: the list of cases and each case.

use crate::routes::Routes;

mod case;
mod cases;
mod tally;
mod unsubscribe;
pub mod verify;
pub mod words;

/// The routes of these pages.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    routes
        .page("/", cases::page)
        .page("/cases/{slug}", case::page)
        .page("/verify", verify::page)
        .page("/unsubscribe/{token}", unsubscribe::page)
        .form("/unsubscribe/{token}", unsubscribe::end)
}
