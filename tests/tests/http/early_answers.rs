//! Answers that are given before the body of a request was read are seen by clients that send all of it first, as browsers do.

use claims::actions::Limits;
use tests::{App, Browser, Options, on_both, stage};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// More than lies in the buffers of both ends of a connection: who closes too early is noticed.
const MUCH: usize = 32_000_000;

/// What is sent, and what the answer has to say.
struct Case<'a> {
    request: &'a str,
    /// Headers beside the length.
    headers: String,
    /// What comes before the many bytes.
    begins: String,
    bytes: usize,
    status: u16,
    says: &'a str,
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

fn cookies(browser: &Browser) -> String {
    let pairs: Vec<_> = browser.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("Cookie: {}\r\n", pairs.join("; "))
}

/// A form with one large file.
fn file(field: &str, name: &str) -> (String, String) {
    let begins = format!("--b\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n");
    ("Content-Type: multipart/form-data; boundary=b\r\n".to_owned(), begins)
}

/// Sends everything, then reads the answer until the connection is closed.
async fn send_first(app: &App, case: &Case<'_>, chunked: bool) -> String {
    let mut socket = TcpStream::connect(app.address.trim_start_matches("http://")).await.unwrap();
    let end = if case.begins.starts_with("--b") { "\r\n--b--\r\n" } else { "" };
    let length = case.begins.len() + case.bytes + end.len();
    let framing = if chunked { "Transfer-Encoding: chunked".to_owned() } else { format!("Content-Length: {length}") };
    let head =
        format!("{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{}{framing}\r\n\r\n", case.request, case.headers);
    let sent = async {
        socket.write_all(head.as_bytes()).await?;
        let many = vec![b'x'; 1_000_000];
        let pieces = (0..case.bytes.div_ceil(many.len())).map(|n| &many[..many.len().min(case.bytes - n * many.len())]);
        for piece in [case.begins.as_bytes()].into_iter().chain(pieces).chain([end.as_bytes()]) {
            if chunked && !piece.is_empty() {
                socket.write_all(format!("{:x}\r\n", piece.len()).as_bytes()).await?;
            }
            socket.write_all(piece).await?;
            if chunked && !piece.is_empty() {
                socket.write_all(b"\r\n").await?;
            }
        }
        if chunked { socket.write_all(b"0\r\n\r\n").await } else { Ok(()) }
    };
    let sent: std::io::Result<()> = sent.await;
    sent.unwrap_or_else(|error| panic!("{}: the server did not take all of it: {error}", case.request));
    let mut said = Vec::new();
    socket.read_to_end(&mut said).await.unwrap_or_else(|error| panic!("{}: no answer: {error}", case.request));
    String::from_utf8_lossy(&said).into_owned()
}

#[track_caller]
fn expect(case: &Case<'_>, said: &str) {
    assert!(said.starts_with(&format!("HTTP/1.1 {} ", case.status)), "{}: {said}", case.request);
    let text = tests::html::text_of(said);
    assert!(
        said.contains(case.says) || text.contains(case.says),
        "{} does not say “{}”: {text}",
        case.request,
        case.says
    );
}

on_both! {
    async fn a_refusal_is_seen_by_who_sends_everything_first(database) {
        let limits = Limits { document_bytes: 1_000_000, ..Limits::default() };
        let app = App::start_with(&database, Options { limits: Some(limits), ..Options::default() }).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let ada = stage::person(&app.recoup, "ada@example.org", true, false).await;
        let (ada, id) = stage::ready(&app.recoup, ada.account, "allegro", "Jay Records").await;
        let eve = stage::person(&app.recoup, "eve@example.org", true, false).await;
        let (ada, eve) = (cookies(&app.browser_of(&ada).await), cookies(&app.browser_of(&eve).await));
        let (multipart, begins) = file("files", "large.txt");
        let (_, statement) = file("file", "large.csv");
        let form = |headers: &str| (format!("{FORM}{headers}"), "a=".to_owned());
        let upload = |headers: &str| (format!("{multipart}{headers}"), begins.clone());
        let (documents, import) = (format!("POST /claims/{id}/documents"), format!("POST /claims/{id}/import"));
        let (others, missing) = (format!("POST /claims/{id}/others"), "POST /claims/999/documents");
        let json = "Accept: application/json\r\n";
        let before = database.row_counts().await;
        for (request, (headers, begins), status, says) in [
            // Larger than a form may be, for who is signed in and for who is not.
            (others.as_str(), form(&ada), 409, "larger than 1 MB"),
            ("POST /sign-in", form(""), 409, "larger than 1 MB"),
            // From another site.
            ("POST /sign-in", form("Sec-Fetch-Site: cross-site\r\n"), 403, "came from another site"),
            (&documents, upload(&format!("{ada}Origin: https://evil.example\r\n")), 403, "came from another site"),
            // Nothing there, or nothing that takes a body.
            ("POST /nowhere", form(""), 404, "Page not found"),
            (missing, upload(&ada), 404, "Page not found"),
            ("POST /claims", form(&ada), 405, "This is not a page"),
            ("DELETE /sign-in", form(""), 405, "This is not a page"),
            ("POST /healthz", form(""), 405, ""),
            // Not signed in, or not one's own.
            (&documents, upload(""), 401, "Sign in"),
            (&documents, upload(json), 401, "\"ok\":false"),
            (&documents, upload(&eve), 404, "Page not found"),
            (&import, upload(""), 401, "Sign in"),
            // A file over the limit.
            (&documents, upload(&format!("{ada}{json}")), 422, "it is larger than 1 MB"),
            (&documents, upload(&ada), 303, "/documents"),
            (&import, (format!("{multipart}{ada}"), statement.clone()), 303, "/import"),
        ] {
            let case = Case { request, headers, begins, bytes: MUCH, status, says };
            for chunked in [false, true] {
                expect(&case, &send_first(&app, &case, chunked).await);
            }
        }
        // More than fits into any request, known from its length.
        let (headers, begins) = upload(&ada);
        let case = Case { request: &documents, headers, begins, bytes: 201_000_000, status: 413, says: "more than Recoup takes at once" };
        expect(&case, &send_first(&app, &case, false).await);
        let changed: Vec<_> = database.row_counts().await.into_iter().zip(before).filter(|(after, before)| after != before && after.0 != "sessions").collect();
        assert_eq!(changed, [], "nothing of it is kept");
    }

    async fn too_many_attempts_are_told_to_who_sends_a_large_form(database) {
        let app = App::start(&database).await;
        let case = Case {
            request: "POST /sign-in",
            headers: FORM.to_owned(),
            begins: "email=eve@example.org&password=a+wrong+one&next=".to_owned(),
            bytes: 900_000,
            status: 429,
            says: "This was tried too often",
        };
        let mut said = String::new();
        for _ in 0..8 {
            said = send_first(&app, &case, false).await;
        }
        expect(&case, &said);
        assert!(said.to_lowercase().contains("\r\nretry-after: "), "{said}");
    }
}
