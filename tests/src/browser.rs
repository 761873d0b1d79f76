//! A browser without JavaScript: cookies, redirects, the headers that tell where a request comes from, forms.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use reqwest::{
    Client, RequestBuilder, StatusCode,
    header::{COOKIE, HeaderMap, LOCATION, ORIGIN, SET_COOKIE},
    multipart,
    redirect::Policy,
};

use crate::html::{self, Form};

/// A browser; its clones share cookies, as tabs do.
#[derive(Debug, Clone)]
pub struct Browser {
    client: Client,
    address: String,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Page {
    /// Path with query that was asked for last.
    pub path: String,
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub bytes: bytes::Bytes,
    /// Body as text.
    pub body: String,
}

impl Browser {
    /// A browser at an address.
    #[must_use]
    pub fn new(address: &str) -> Self {
        // A proxy of the machine must not stand between the tests and their own server.
        let client = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        Self { client, address: address.to_owned(), cookies: Arc::default() }
    }

    /// The same cookies at another address: another process behind the same name.
    #[must_use]
    pub fn at(&self, address: &str) -> Self {
        Self { address: address.to_owned(), ..self.clone() }
    }

    /// The cookies.
    pub fn cookies(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets a cookie.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies().insert(name.to_owned(), value.to_owned());
    }

    /// A request with this browser's cookies and no other headers.
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = self.client.request(method, format!("{}{path}", self.address));
        let cookies: Vec<String> = self.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
        if cookies.is_empty() { request } else { request.header(COOKIE, cookies.join("; ")) }
    }

    /// Sends a request as it is and keeps the cookies of the answer.
    pub async fn fetch(&self, request: RequestBuilder) -> Page {
        let response = request.send().await.unwrap();
        let (status, headers, url) = (response.status(), response.headers().clone(), response.url().clone());
        for cookie in headers.get_all(SET_COOKIE) {
            let (pair, attributes) = cookie.to_str().unwrap().split_once(';').unwrap_or_default();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies().remove(name);
            } else {
                self.set_cookie(name, value);
            }
        }
        let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let bytes = response.bytes().await.unwrap();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Page { path, status, headers, bytes, body }
    }

    /// Opens a page without following where it leads.
    pub async fn get_once(&self, path: &str) -> Page {
        self.fetch(self.request("GET", path).header("sec-fetch-site", "none")).await
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Page {
        let page = self.get_once(path).await;
        self.follow(page).await
    }

    /// Follows redirects with GET.
    pub async fn follow(&self, mut page: Page) -> Page {
        for _ in 0..10 {
            if !page.status.is_redirection() {
                return page;
            }
            let to = page.headers[LOCATION].to_str().unwrap().to_owned();
            assert!(to.starts_with('/'), "a redirect away from this site: {to}");
            page = self.get_once(&to).await;
        }
        panic!("{} leads in circles", page.path);
    }

    /// Sends a form without following where it leads.
    pub async fn send_once(&self, form: &Form) -> Page {
        if !form.post {
            return self.get_once(&query_of(form)).await;
        }
        let request = self
            .request("POST", &form.action)
            .header("sec-fetch-site", "same-origin")
            .header(ORIGIN, self.address.clone());
        if form.multipart {
            let mut body = multipart::Form::new();
            for (name, value) in form.pairs() {
                body = body.text(name, value);
            }
            for (name, file, bytes) in form.files.clone() {
                body = body.part(name, multipart::Part::bytes(bytes).file_name(file));
            }
            return self.fetch(request.multipart(body)).await;
        }
        self.fetch(request.form(&form.pairs())).await
    }

    /// Sends a form and goes where it leads.
    pub async fn send(&self, form: Form) -> Page {
        let page = self.send_once(&form).await;
        self.follow(page).await
    }

    /// Follows a link of a page by its words.
    pub async fn click(&self, page: &Page, words: &str) -> Page {
        self.get(&page.link(words)).await
    }
}

/// The address that a form without POST leads to.
fn query_of(form: &Form) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(form.pairs());
    let path = form.action.split('?').next().unwrap_or_default();
    format!("{path}?{}", query.finish())
}

impl Page {
    /// Stops unless the status is the expected one; shows the page then.
    #[track_caller]
    pub fn expect_status(&self, status: u16) {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.path, self.text());
    }

    /// Stops unless the page says something.
    #[track_caller]
    pub fn expect(&self, words: &str) {
        assert!(self.text().contains(words), "{} ({}) does not say “{words}”: {}", self.path, self.status, self.text());
    }

    /// Stops if the page says something.
    #[track_caller]
    pub fn expect_no(&self, words: &str) {
        assert!(!self.text().contains(words), "{} says “{words}”: {}", self.path, self.text());
    }

    /// What a reader sees.
    #[must_use]
    pub fn text(&self) -> String {
        html::text_of(&self.body)
    }

    /// The form that is sent to an address.
    #[must_use]
    #[track_caller]
    pub fn form(&self, action: &str) -> Form {
        let forms = self.forms();
        let actions: Vec<_> = forms.iter().map(|form| form.action.clone()).collect();
        let found = forms.into_iter().find(|form| form.action == action);
        found.unwrap_or_else(|| {
            panic!("{} ({}) has no form to {action}, but to {actions:?}: {}", self.path, self.status, self.text())
        })
    }

    /// The forms of the page; one without an address is sent to the page itself.
    #[must_use]
    pub fn forms(&self) -> Vec<Form> {
        let mut forms = html::forms(&self.body);
        let here = self.path.split('?').next().unwrap_or_default();
        for form in forms.iter_mut().filter(|form| form.action.is_empty()) {
            here.clone_into(&mut form.action);
        }
        forms
    }

    /// The address of a link.
    #[must_use]
    #[track_caller]
    pub fn link(&self, words: &str) -> String {
        html::link(&self.body, words)
            .unwrap_or_else(|| panic!("{} ({}) has no link “{words}”: {}", self.path, self.status, self.text()))
    }

    /// A header; empty if there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}
