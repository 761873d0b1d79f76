//! Every route of the pages and forms, as a list that a test can walk.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    handler::Handler,
    http::Method,
    routing::{get, post},
};

use crate::{
    pages,
    request::{LARGEST_FORM, Site},
};

/// A router that remembers what was put into it.
#[derive(Debug, Clone, Default)]
pub struct Routes {
    router: Router<Site>,
    list: Vec<(Method, &'static str)>,
}

impl Routes {
    /// Adds a page.
    #[must_use]
    pub fn page<H, T>(mut self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Site>,
        T: 'static,
    {
        self.list.push((Method::GET, path));
        self.router = self.router.route(path, get(handler));
        self
    }

    /// Adds a form.
    #[must_use]
    pub fn form<H, T>(mut self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Site>,
        T: 'static,
    {
        self.list.push((Method::POST, path));
        self.router = self.router.route(path, post(handler));
        self
    }

    /// Adds a form that carries files, without the limit of other forms: the handler limits what it reads.
    #[must_use]
    pub fn upload<H, T>(mut self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Site>,
        T: 'static,
    {
        self.list.push((Method::POST, path));
        self.router = self.router.route(path, post(handler).layer(DefaultBodyLimit::disable()));
        self
    }

    /// The router and the list of what is in it.
    pub fn finish(self) -> (Router<Site>, Vec<(Method, &'static str)>) {
        (self.router.layer(DefaultBodyLimit::max(LARGEST_FORM)), self.list)
    }
}

/// All pages and forms of this crate.
#[must_use]
pub fn all() -> Routes {
    let routes = pages::public::routes(Routes::default());
    let routes = pages::account::routes(routes);
    let routes = pages::claimant::routes(routes);
    let routes = pages::counsel::routes(routes);
    pages::admin::routes(routes)
}
