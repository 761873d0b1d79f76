//! Public pages, rendered once for every change of what they show, and given to every stranger with a nonce of its own.
//!
//! A prepared page is given as it is while nothing can have changed it: no minute has ended since it was rendered (days that are
//! left go by the clock, and every moment at which a page changes by itself is the beginning of a minute), this process has
//! committed nothing since it was last compared with the database, and that was less than [`STALE`] ago, because other processes
//! may write to the same database. Else its stamp is read from the database, and it is rendered anew if that changed.
//!
//! Who is signed in has another navigation, and always gets a page of their own; so they see at once what they changed themselves.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use chrono::Duration;
use claims::{Instant, store};
use futures::lock::{Mutex, OwnedMutexGuard};

use crate::{request::Visitor, shell::Page};

/// How long a stranger may see what another process has changed already.
pub const STALE: Duration = Duration::seconds(1);

/// The prepared pages of a site, by path.
#[derive(Debug, Default)]
pub struct Prepared {
    places: RwLock<HashMap<String, Arc<Place>>>,
}

/// A page, and the turn of whoever looks whether it is still right.
#[derive(Debug, Default)]
struct Place {
    page: RwLock<Option<Arc<Rendered>>>,
    turn: Arc<Mutex<()>>,
}

#[derive(Debug, Clone)]
struct Rendered {
    /// Changes with everything that the page shows.
    stamp: String,
    looked: Looked,
    /// What stands before, between and after the nonces.
    parts: Arc<[Bytes]>,
    /// The route that leads to it, for the log.
    route: Arc<str>,
}

/// When a page was compared with the database.
#[derive(Debug, Clone, Copy)]
struct Looked {
    at: Instant,
    commits: u64,
}

impl Looked {
    /// Now; to be taken before the database is read.
    fn now(at: Instant) -> Self {
        Self { at, commits: store::commits() }
    }

    /// Whether nothing can have changed since `before`.
    fn is_covered_by(self, before: Self) -> bool {
        let age = self.at - before.at;
        self.commits == before.commits && age >= Duration::zero() && age < STALE && self.is_minute_of(before)
    }

    fn is_minute_of(self, other: Self) -> bool {
        self.at.timestamp().div_euclid(60) == other.at.timestamp().div_euclid(60)
    }
}

impl Rendered {
    fn answer(&self, nonce: &str) -> Response {
        let body = match &*self.parts {
            [whole] => whole.clone(),
            parts => Bytes::from(parts.join(nonce.as_bytes())),
        };
        let kind = HeaderValue::from_static("text/html; charset=utf-8");
        // As every page, it is kept by nobody: a browser would show it with the nonce and the navigation of another time.
        let kept = HeaderValue::from_static("no-store");
        ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, kept)], Body::from(body)).into_response()
    }
}

impl Place {
    fn rendered(&self) -> Option<Arc<Rendered>> {
        self.page.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, rendered: Rendered) {
        *self.page.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(rendered));
    }
}

impl Prepared {
    fn place(&self, path: &str) -> Option<Arc<Place>> {
        self.places.read().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
    }

    /// The page of a path for a stranger, if nothing can have changed it, with the route that leads to it.
    #[must_use]
    pub fn ready(&self, path: &str, now: Instant, nonce: &str) -> Option<(Arc<str>, Response)> {
        let rendered = self.place(path)?.rendered()?;
        Looked::now(now).is_covered_by(rendered.looked).then(|| (rendered.route.clone(), rendered.answer(nonce)))
    }
}

/// What the handler of a public page begins with.
pub enum Begun<'a> {
    /// The page is prepared.
    Ready(Response),
    /// Whether it is still right is for this request to see.
    Turn(Turn<'a>),
}

/// The turn of one request to see whether a page changed, and to render it anew; others that want the page wait for it.
pub struct Turn<'a> {
    visitor: &'a Visitor,
    route: &'static str,
    /// `None` for a page that is not prepared: of somebody who is signed in, or at an address that is not its own.
    path: Option<String>,
    looked: Looked,
    place: Option<Arc<Place>>,
    _guard: Option<OwnedMutexGuard<()>>,
}

impl<'a> Turn<'a> {
    /// Begins the page that stands at `path`, to which `route` leads.
    pub async fn begin(visitor: &'a Visitor, route: &'static str, path: String) -> Begun<'a> {
        let look = || Looked::now(visitor.recoup().clock.now());
        // The same page can be asked for in many ways, which must not all be kept.
        let mine = visitor.actor.is_none() && *visitor.path_and_query == *path;
        let place = if mine { visitor.site.prepared.place(&path) } else { None };
        let path = mine.then_some(path);
        let Some(place) = place else {
            return Begun::Turn(Self { visitor, route, path, looked: look(), place: None, _guard: None });
        };
        let guard = place.turn.clone().lock_owned().await;
        let looked = look();
        match place.rendered() {
            Some(rendered) if looked.is_covered_by(rendered.looked) => Begun::Ready(rendered.answer(&visitor.nonce)),
            _ => Begun::Turn(Self { visitor, route, path, looked, place: Some(place), _guard: Some(guard) }),
        }
    }

    /// The prepared page, if it was made of the same `stamp` and no minute has ended since.
    #[must_use]
    pub fn unchanged(&self, stamp: &str) -> Option<Response> {
        let place = self.place.as_ref()?;
        let rendered = place.rendered()?;
        if rendered.stamp != stamp || !self.looked.is_minute_of(rendered.looked) {
            return None;
        }
        place.put(Rendered { looked: self.looked, ..(*rendered).clone() });
        Some(rendered.answer(&self.visitor.nonce))
    }

    /// Renders the page, and keeps it for strangers as long as its `stamp` is the same.
    #[must_use]
    pub fn give(self, stamp: String, page: Page) -> Response {
        let Some(path) = self.path else { return self.visitor.page(page) };
        let html = self.visitor.html(page);
        let nonce = &*self.visitor.nonce;
        // The nonce is random, so that nothing else on the page is taken for it.
        let parts: Arc<[Bytes]> = if nonce.is_empty() {
            [Bytes::from(html)].into()
        } else {
            html.split(nonce).map(|part| Bytes::copy_from_slice(part.as_bytes())).collect()
        };
        let rendered = Rendered { stamp, looked: self.looked, parts, route: self.route.into() };
        let answer = rendered.answer(nonce);
        let place = self.place.unwrap_or_else(|| {
            let mut places = self.visitor.site.prepared.places.write().unwrap_or_else(PoisonError::into_inner);
            places.entry(path).or_default().clone()
        });
        place.put(rendered);
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looked(at: &str, commits: u64) -> Looked {
        Looked { at: at.parse().unwrap(), commits }
    }

    #[test]
    fn nothing_can_have_changed_a_page() {
        let before = looked("2026-03-04T17:00:10.2Z", 7);
        assert!(looked("2026-03-04T17:00:10.2Z", 7).is_covered_by(before));
        assert!(looked("2026-03-04T17:00:11.1Z", 7).is_covered_by(before));
        // Another process may have written since, this one did, or the clock was set back.
        assert!(!looked("2026-03-04T17:00:11.2Z", 7).is_covered_by(before));
        assert!(!looked("2026-03-04T17:00:10.2Z", 8).is_covered_by(before));
        assert!(!looked("2026-03-04T17:00:10.1Z", 7).is_covered_by(before));
    }

    #[test]
    fn a_page_ends_with_its_minute() {
        let before = looked("2026-03-04T17:00:59.9Z", 7);
        assert!(looked("2026-03-04T17:00:59.95Z", 7).is_covered_by(before));
        assert!(!looked("2026-03-04T17:01:00Z", 7).is_covered_by(before));
        assert!(!looked("2026-03-05T17:00:59.9Z", 7).is_minute_of(before));
    }
}
