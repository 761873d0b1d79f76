//! What clients may leave half done, and for how long.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Body, routing::get};
use bytes::Bytes;
use server::serving::{self, Pace};
use tests::{App, Options, on_both};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{Notify, Semaphore, oneshot, watch},
    time::timeout,
};

/// Nothing here takes so long unless it hangs.
const GUARD: Duration = Duration::from_secs(60);

/// Limits that a test waits for. A head may take longer: where an answer is expected too, a busy machine must be in time for it.
fn short() -> Pace {
    let (short, head) = (Duration::from_millis(300), Duration::from_secs(3));
    Pace { head, body: short, linger: short, answer: short, stop: short, ..Pace::default() }
}

async fn connect(address: &str) -> TcpStream {
    TcpStream::connect(address.trim_start_matches("http://")).await.unwrap()
}

/// Everything the server says until it closes the connection.
async fn until_closed(stream: &mut TcpStream) -> String {
    let mut said = Vec::new();
    // A connection that is cut ends in an error, which is an end too.
    let _ = timeout(GUARD, stream.read_to_end(&mut said)).await.expect("the server closes the connection");
    String::from_utf8_lossy(&said).into_owned()
}

/// A server of our own around a router; gives its address, what stops it, and what becomes of it.
async fn serve(router: Router, pace: Pace) -> (SocketAddr, watch::Sender<bool>, tokio::task::JoinHandle<usize>) {
    serve_behind(router, pace, &[]).await
}

/// The same behind proxies.
async fn serve_behind(
    router: Router,
    pace: Pace,
    proxies: &[IpAddr],
) -> (SocketAddr, watch::Sender<bool>, tokio::task::JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    (address, stop, tokio::spawn(serving::serve(listener, router, pace, proxies.into(), stopped)))
}

on_both! {
    async fn half_a_request_is_closed(database) {
        let app = App::start_with(&database, Options { pace: Some(short()), ..Options::default() }).await;
        let address = &app.address;
        let halves = ["", "GET", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"];
        futures::future::join_all(halves.map(|half| async move {
            let mut stream = connect(address).await;
            stream.write_all(half.as_bytes()).await.unwrap();
            let said = until_closed(&mut stream).await;
            assert!(!said.contains("200 OK"), "{half:?} was answered: {said}");
        }))
        .await;
        // Others were served all the time.
        app.browser().get("/").await.expect_status(200);
    }

    async fn a_silent_connection_is_closed_after_its_request(database) {
        let app = App::start_with(&database, Options { pace: Some(short()), ..Options::default() }).await;
        let mut stream = connect(&app.address).await;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let said = until_closed(&mut stream).await;
        assert!(said.starts_with("HTTP/1.1 200 OK") && said.ends_with("ok\n"), "{said}");
    }

    async fn a_body_that_stops_is_closed(database) {
        let app = App::start_with(&database, Options { pace: Some(short()), ..Options::default() }).await;
        let before = database.row_counts().await;
        for head in [
            "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nemail=a",
            "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nemail=a",
            "POST /verify HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhalf",
        ] {
            let mut stream = connect(&app.address).await;
            stream.write_all(head.as_bytes()).await.unwrap();
            let said = until_closed(&mut stream).await;
            assert!(!said.contains(" 200 "), "{said}");
        }
        assert_eq!(database.row_counts().await, before);
    }

    async fn two_lengths_and_a_length_with_chunks_are_refused(database) {
        let app = App::start_with(&database, Options { pace: Some(short()), ..Options::default() }).await;
        for framing in ["Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length: 5, 6\r\n", "Transfer-Encoding: chunked, identity\r\n", "Content-Length: x\r\n"] {
            let mut stream = connect(&app.address).await;
            let request = format!("POST /sign-in HTTP/1.1\r\nHost: x\r\n{framing}\r\na=bcd");
            stream.write_all(request.as_bytes()).await.unwrap();
            let said = until_closed(&mut stream).await;
            assert!(said.is_empty() || said.starts_with("HTTP/1.1 400"), "{framing}: {said}");
        }
        // Both at once: the chunks count, and the connection is not used again, so that nothing can hide in what is left over.
        let mut stream = connect(&app.address).await;
        let smuggled = "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
        stream.write_all(smuggled.as_bytes()).await.unwrap();
        let said = until_closed(&mut stream).await;
        assert_eq!(said.matches("HTTP/1.1 ").count(), 1, "a smuggled request was answered: {said}");
    }
}

#[tokio::test]
async fn a_slow_body_that_goes_on_is_fine() {
    let router = Router::new().route("/", axum::routing::post(|body: Bytes| async move { body.len().to_string() }));
    let pace = Pace { body: Duration::from_secs(3), ..Pace::default() };
    let (address, _stop, _server) = serve(router, pace).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 14\r\n\r\n").await.unwrap();
    // Longer in all than a silence may be.
    for _ in 0..14 {
        stream.write_all(b"x").await.unwrap();
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    assert!(until_closed(&mut stream).await.ends_with("\r\n\r\n14"));
}

/// Sends a head, then a byte now and then until nobody takes it any more or it was `most`; gives all that the server says.
async fn drip(address: SocketAddr, head: &str, most: usize) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut read, mut write) = stream.into_split();
    let sending = tokio::spawn(async move {
        for _ in 0..most {
            if write.write_all(b"x").await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        write
    });
    let mut said = Vec::new();
    let _ = timeout(GUARD, read.read_to_end(&mut said)).await.expect("the server closes the connection");
    drop(timeout(GUARD, sending).await.expect("nobody takes it any more").unwrap());
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn a_body_that_drips_is_closed_and_a_slow_upload_is_not() {
    let read = || Router::new().route("/", axum::routing::post(|body: Bytes| async move { body.len().to_string() }));
    let pace = Pace { form: Duration::from_millis(500), least: 1, linger: LONG, body: LONG, ..Pace::default() };
    let head = |kind: &str, length: usize| {
        format!(
            "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
        )
    };
    let (form, files) = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=b");
    // A form must be whole in time, however often a byte of it comes. So must what nobody reads of one.
    for router in [read(), hasty()] {
        let (address, _stop, _server) = serve(router, pace).await;
        let said = drip(address, &head(form, 900_000), usize::MAX).await;
        assert!(!said.ends_with("900000"), "{said}");
    }
    // Files may take their time at ten bytes a second where one is enough, and not where it takes thousands.
    let (address, _stop, _server) = serve(read(), pace).await;
    assert!(drip(address, &head(files, 20), 20).await.ends_with("\r\n\r\n20"));
    let (address, _stop, _server) = serve(read(), Pace { least: 10_000, ..pace }).await;
    let said = drip(address, &head(files, 900_000), usize::MAX).await;
    assert!(!said.contains("HTTP/1.1 200"), "{said}");
}

/// A connection from an address of this machine.
async fn connect_from(from: &str, to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(from.parse().unwrap(), 0)).unwrap();
    socket.connect(to).await.unwrap()
}

/// Whether a connection is served; it stays open.
async fn is_served(stream: &mut TcpStream) -> bool {
    let mut said = [0; 1_024];
    let asked = stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    // The answer is so short that it comes at once.
    let read = timeout(GUARD, stream.read(&mut said)).await.expect("an answer or an end");
    asked.is_ok() && read.is_ok_and(|read| said[..read].starts_with(b"HTTP/1.1 200"))
}

#[tokio::test]
async fn one_client_leaves_room_for_others() {
    let (one, other) = ("127.0.0.1", "127.0.0.2");
    let router = || Router::new().route("/", get(|| async { "done" }));
    let pace = Pace { connections: 20, of_one: 3, ..Pace::default() };
    let (address, _stop, _server) = serve(router(), pace).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut stream = connect_from(one, address).await;
        assert!(is_served(&mut stream).await);
        held.push(stream);
    }
    assert!(!is_served(&mut connect_from(one, address).await).await, "a fourth");
    assert!(is_served(&mut connect_from(other, address).await).await, "somebody else");
    // Whoever goes makes room.
    held.pop();
    let comes_in = async { while !is_served(&mut connect_from(one, address).await).await {} };
    timeout(GUARD, comes_in).await.expect("the place is free again");

    // A proxy brings many people.
    let (address, _stop, _server) = serve_behind(router(), pace, &[one.parse().unwrap()]).await;
    let mut held = Vec::new();
    for _ in 0..10 {
        let mut stream = connect_from(one, address).await;
        assert!(is_served(&mut stream).await);
        held.push(stream);
    }
}

/// Answers without a look at the body.
fn hasty() -> Router {
    Router::new().route("/", axum::routing::post(|| async { "no" }))
}

const LONG: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn what_nobody_reads_is_thrown_away_and_the_connection_goes_on() {
    let (address, _stop, _server) = serve(hasty(), Pace::default()).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    for close in ["", "Connection: close\r\n"] {
        let head = format!("POST / HTTP/1.1\r\nHost: x\r\n{close}Content-Length: 20000000\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&vec![b'x'; 20_000_000]).await.unwrap();
    }
    let said = until_closed(&mut stream).await;
    assert_eq!(said.matches("HTTP/1.1 200 OK").count(), 2, "{said}");
}

#[tokio::test]
async fn what_nobody_reads_has_an_end_in_bytes_and_in_time() {
    let patient = Pace { body: LONG, linger: LONG, ..Pace::default() };
    for (pace, endless) in [
        (Pace { linger_bytes: 1_000_000, ..patient }, true),
        // It goes on and on, or is silent; each is over in time.
        (Pace { linger: short().linger, linger_bytes: u64::MAX, ..patient }, true),
        (Pace { linger: short().linger, ..patient }, false),
        (Pace { body: short().body, ..patient }, false),
    ] {
        let (address, _stop, _server) = serve(hasty(), pace).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000000\r\n\r\nhalf").await.unwrap();
        let (mut read, mut write) = stream.into_split();
        let sending = tokio::spawn(async move {
            let piece = vec![b'x'; 100_000];
            // Ends with the connection.
            while endless && write.write_all(&piece).await.is_ok() {}
            write
        });
        let mut said = Vec::new();
        let _ = timeout(GUARD, read.read_to_end(&mut said)).await.expect("the server closes the connection");
        timeout(GUARD, sending).await.expect("nobody takes it any more").unwrap();
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_is_closed() {
    // Tells when the answer is given up.
    struct Gone(Option<oneshot::Sender<()>>);
    impl Drop for Gone {
        fn drop(&mut self) {
            let _ = self.0.take().unwrap().send(());
        }
    }
    let (tell, gone) = oneshot::channel();
    let tell = Arc::new(std::sync::Mutex::new(Some(Gone(Some(tell)))));
    let router = Router::new().route(
        "/",
        get(move || {
            let mut gone = tell.lock().unwrap().take();
            let endless = futures::stream::repeat_with(move || {
                let _ = &mut gone;
                Ok::<_, std::io::Error>(Bytes::from_static(&[0; 65_536]))
            });
            std::future::ready(Body::from_stream(endless))
        }),
    );
    let (address, _stop, _server) = serve(router, short()).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    timeout(GUARD, gone).await.expect("the answer is given up").unwrap();
    drop(stream);
}

#[tokio::test]
async fn no_more_connections_than_allowed() {
    let (now, most, go) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
    let (inside, seen, wait) = (now.clone(), most.clone(), go.clone());
    let router = Router::new().route(
        "/",
        get(move || {
            let (now, most, go) = (inside.clone(), seen.clone(), wait.clone());
            async move {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                go.acquire().await.unwrap().forget();
                now.fetch_sub(1, Ordering::SeqCst);
                "done"
            }
        }),
    );
    let (address, _stop, _server) = serve(router, Pace { connections: 2, ..Pace::default() }).await;
    let mut clients = Vec::new();
    for _ in 0..6 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
        clients.push(tokio::spawn(async move { until_closed(&mut stream).await }));
    }
    for _ in 0..6 {
        while now.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        go.add_permits(1);
    }
    for client in clients {
        assert!(client.await.unwrap().ends_with("done"));
    }
    assert!(most.load(Ordering::SeqCst) <= 2, "{} at a time", most.load(Ordering::SeqCst));
}

/// A handler that says when it has begun, and ends when it is told.
fn waiting() -> (Router, Arc<Notify>, Arc<Notify>) {
    let (begun, end) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (tell, wait) = (begun.clone(), end.clone());
    let router = Router::new().route(
        "/",
        get(move || {
            let (tell, wait) = (tell.clone(), wait.clone());
            async move {
                tell.notify_one();
                wait.notified().await;
                "done"
            }
        }),
    );
    (router, begun, end)
}

#[tokio::test]
async fn stopping_finishes_what_is_in_flight() {
    let (router, begun, end) = waiting();
    let (address, stop, server) = serve(router, Pace::default()).await;
    let mut idle = TcpStream::connect(address).await.unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    begun.notified().await;
    stop.send(true).unwrap();
    // Who asks for nothing is let go at once, and nobody new is let in.
    assert_eq!(until_closed(&mut idle).await, "");
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    end.notify_one();
    let said = until_closed(&mut stream).await;
    assert!(said.starts_with("HTTP/1.1 200 OK") && said.ends_with("done"), "{said}");
    assert_eq!(timeout(GUARD, server).await.unwrap().unwrap(), 0);
}

#[tokio::test]
async fn stopping_cuts_what_does_not_end() {
    let (router, begun, _end) = waiting();
    let (address, stop, server) = serve(router, short()).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    begun.notified().await;
    stop.send(true).unwrap();
    assert_eq!(timeout(GUARD, server).await.unwrap().unwrap(), 1);
    assert_eq!(until_closed(&mut stream).await, "");
}
