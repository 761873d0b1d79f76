//! The front of the site. A stranger's request for a public page that is prepared is answered here; everything else goes on to the router,
//! whose layers are each cloned for every request, which costs more than such a page itself.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use app::request::Site;
use axum::{
    Router,
    body::Body,
    http::{Method, Request, header},
    response::Response,
};
use tower::{Service, ServiceExt};

use super::{Http, headers, requests, visitor};

/// The front with the router behind it.
#[derive(Debug, Clone)]
pub struct Front(Arc<Behind>);

#[derive(Debug)]
struct Behind {
    http: Http,
    site: Site,
    router: Router,
}

impl Front {
    pub(super) fn new(http: Http, site: Site, router: Router) -> Self {
        Self(Arc::new(Behind { http, site, router }))
    }
}

impl Service<Request<Body>> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        match self.0.prepared(&request) {
            Some(answer) => Box::pin(std::future::ready(Ok(answer))),
            None => Box::pin(self.0.router.clone().oneshot(request)),
        }
    }
}

impl Behind {
    /// A page that nothing can have changed, with all that [`requests::observe`] and [`headers::add`] do for the others.
    fn prepared(&self, request: &Request<Body>) -> Option<Response> {
        let Self { http, site, .. } = self;
        let (uri, method) = (request.uri(), request.method());
        let asked = matches!(*method, Method::GET | Method::HEAD) && uri.query().is_none();
        // Whoever sends a cookie may be signed in.
        if !asked || request.headers().contains_key(header::COOKIE) {
            return None;
        }
        let begun = Instant::now();
        let nonce = headers::nonce();
        let (route, mut response) = site.prepared.ready(uri.path(), http.recoup.clock.now(), &nonce)?;
        headers::fill(response.headers_mut(), &nonce, http.secure());
        let asked = requests::Asked { account: None, client: visitor::client_of(http, request) };
        response.extensions_mut().insert(asked);
        requests::answered(http, &requests::new_id(http), (method, route), begun, &mut response);
        Some(response)
    }
}
