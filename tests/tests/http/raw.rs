//! Requests that no browser would write: bad framing is refused before anything reads it.

use tests::{App, on_both};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Writes bytes to the site and reads until it closes.
async fn say(app: &App, bytes: &[u8]) -> String {
    let at = app.address.trim_start_matches("http://");
    let mut socket = TcpStream::connect(at).await.unwrap();
    socket.write_all(bytes).await.unwrap();
    let mut said = Vec::new();
    socket.read_to_end(&mut said).await.unwrap();
    String::from_utf8_lossy(&said).into_owned()
}

on_both! {
    async fn a_request_names_one_host(database) {
        let app = App::start(&database).await;
        for (head, status) in [
            ("GET / HTTP/1.1\r\nHost: x", "200"),
            ("GET / HTTP/1.1\r\nHost:", "200"),
            ("GET / HTTP/1.1", "400"),
            ("GET / HTTP/1.1\r\nHost: x\r\nHost: y", "400"),
            ("GET / HTTP/1.1\r\nHost: x\r\nHost: x", "400"),
            ("GET /healthz HTTP/1.1", "400"),
            ("POST /sign-in HTTP/1.1\r\nHost: x\r\nHost: y\r\nContent-Length: 0", "400"),
            // A health check may be older than hosts.
            ("GET /healthz HTTP/1.0", "200"),
            ("GET /healthz HTTP/1.0\r\nHost: x\r\nHost: y", "400"),
        ] {
            let said = say(&app, format!("{head}\r\nConnection: close\r\n\r\n").as_bytes()).await;
            assert_eq!(said.split(' ').nth(1), Some(status), "{head}: {said}");
        }
        // Nothing that follows is answered, and a body that was begun is taken.
        let following = "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na=1GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        let said = say(&app, following.as_bytes()).await;
        assert!(said.starts_with("HTTP/1.1 400") && said.matches("HTTP/1.1 ").count() == 1, "{said}");
    }

    async fn two_lengths_and_other_bad_framing_are_refused(database) {
        let app = App::start(&database).await;
        for (head, body) in [
            ("Content-Length: 3\r\nContent-Length: 5", "a=1&b"),
            ("Content-Length: 3, 5", "a=1&b"),
            ("Content-Length: -1", ""),
            ("Content-Length: 3\r\nTransfer-Encoding: chunked, identity", "a=1"),
            ("Transfer-Encoding: xchunked", "a=1"),
            ("Content Length: 3", "a=1"),
        ] {
            let request = format!("POST /sign-in HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n{head}\r\n\r\n{body}");
            let said = say(&app, request.as_bytes()).await;
            assert!(said.starts_with("HTTP/1.1 400"), "{head}: {}", said.lines().next().unwrap_or_default());
        }
        // A length beside chunks: the chunks count and the connection is closed, so that what a proxy may have taken for the body is never
        // taken for a request.
        let smuggled = "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /account HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        let said = say(&app, smuggled.as_bytes()).await;
        let answers = said.matches("HTTP/1.1 ").count();
        assert_eq!(answers, 1, "{said}");
        for nonsense in ["GET / HTTP/9.9\r\n\r\n", "\0\0\0\0\r\n\r\n", "GET /\r\nfoo: bar\r\n\r\n", "TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"] {
            let said = say(&app, nonsense.as_bytes()).await;
            assert!(said.is_empty() || said.starts_with("HTTP/1.1 4") || said.starts_with("HTTP/1.0 4"), "{nonsense:?}: {said}");
        }
    }
}
