//! Work that goes on though it panics.

use std::time::Duration;

use tokio::{sync::watch, task::JoinSet};

/// Runs `work` in a task of its own until it ends. If it panics, which is logged, it begins again after a pause, unless `stop` says that
/// nothing begins any more. Whoever drops this ends the task.
pub(super) async fn keep_going<W: Future<Output = ()> + Send + 'static>(
    name: &str,
    pause: Duration,
    mut stop: watch::Receiver<bool>,
    work: impl Fn() -> W,
) {
    loop {
        let mut task = JoinSet::new();
        task.spawn(work());
        let Some(Err(error)) = task.join_next().await else { return };
        let Ok(panic) = error.try_into_panic() else { return };
        tracing::error!(
            job = name,
            words = crate::logs::said(&*panic),
            "a job panicked; it begins again after a pause"
        );
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use super::*;

    #[tokio::test]
    async fn work_that_panics_begins_again_until_it_ends() {
        let (_say, stop) = watch::channel(false);
        let begun = Arc::new(AtomicUsize::new(0));
        keep_going("test", Duration::ZERO, stop, || {
            let begun = begun.clone();
            async move { assert!(begun.fetch_add(1, Ordering::Relaxed) > 0, "it breaks the first time") }
        })
        .await;
        assert_eq!(begun.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn nothing_begins_again_once_it_is_to_stop() {
        let (say, stop) = watch::channel(false);
        let begun = Arc::new(AtomicUsize::new(0));
        say.send(true).unwrap();
        keep_going("test", Duration::from_secs(3_600), stop, || {
            begun.fetch_add(1, Ordering::Relaxed);
            async { panic!("it breaks every time") }
        })
        .await;
        assert_eq!(begun.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn who_drops_it_ends_the_work() {
        let (_say, stop) = watch::channel(false);
        let (held, mut gone) = tokio::sync::mpsc::channel::<()>(1);
        let (begun, mut begins) = tokio::sync::mpsc::channel(1);
        let kept = tokio::spawn(keep_going("test", Duration::ZERO, stop, move || {
            let (held, begun) = (held.clone(), begun.clone());
            async move {
                let _ = begun.send(()).await;
                std::future::pending::<()>().await;
                drop(held);
            }
        }));
        begins.recv().await.unwrap();
        kept.abort();
        assert!(gone.recv().await.is_none(), "the work and all it held are gone");
    }
}
