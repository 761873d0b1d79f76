//! Pages: public.

use crate::routes::Routes;

/// The routes of these pages.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    routes
}
