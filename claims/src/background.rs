//! Work for which nobody waits: on a thread of its own that gives way to whoever answers people. On a machine of two cores the
//! matching of a large case or the typesetting of receipts would otherwise take its half from everybody who signs in.

use tokio::sync::oneshot;

/// So much nicer than the rest of the process (`setpriority(2)`: 19 is the most).
const NICER: i32 = 10;

/// Lets the rest of this thread, and the threads that it starts, give way. Where the system refuses, they go on as they are.
pub fn give_way() {
    let _ = rustix::process::nice(NICER);
}

/// Starts such work; what it gives is received once. Nothing is received if it panics or no thread can be started.
pub fn start<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> oneshot::Receiver<T> {
    let (sender, receiver) = oneshot::channel();
    let started = std::thread::Builder::new().name("background".to_owned()).spawn(move || {
        give_way();
        // Whoever waited may have gone away.
        let _ = sender.send(work());
    });
    if let Err(error) = started {
        tracing::error!(%error, "no thread could be started");
    }
    receiver
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn it_gives_what_was_worked_out_and_is_nicer() {
        let priority = || rustix::process::nice(0).unwrap();
        let (nicer, usual) = (super::start(priority).await.unwrap(), priority());
        assert_eq!(nicer, (usual + super::NICER).min(19));
        assert!(super::start(|| std::panic::panic_any("it broke")).await.is_err());
    }
}
