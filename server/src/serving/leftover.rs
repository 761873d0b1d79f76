//! What nobody read of a request's body: it is read and thrown away, so that an early answer is seen.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::BoxError;
use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming};
use tokio::{
    runtime::Handle,
    time::{Instant, Sleep, sleep, timeout},
};
use tower_http::timeout::TimeoutBody;

use super::Pace;

/// How slowly a body may come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slowness {
    /// How long it may be waited for in all.
    pub free: Duration,
    /// For so many bytes a second longer; `None` if however much has come gives no more time.
    pub least: Option<u32>,
    /// How long what nobody reads of it may take.
    pub linger: Duration,
}

impl Slowness {
    /// How long a body may be waited for of which so much has come.
    fn allows(&self, bytes: u64) -> Duration {
        let more = self.least.map_or(0, |least| bytes / u64::from(least.max(1)));
        self.free.saturating_add(Duration::from_secs(more))
    }
}

/// A request's body that is read on when whoever answered has let go of it before its end.
///
/// A refusal needs nothing of the body. But closing the connection while the client still sends makes the operating system reset
/// it, and whoever sent sees that the connection broke instead of why they were refused (RFC 9112, section 9.6). What is
/// read like this is bounded by [`Slowness::linger`] and [`Pace::linger_bytes`], and a silence by [`Pace::body`] as in any body.
///
/// Who sends something now and then is never silent. So the time that a body is waited for is added up, and fails it as a silence does.
/// How long we take ourselves, such as for storing what has come, is not the client's fault and does not count.
pub(super) struct Leftover {
    /// Until it ends or fails. On the heap, because it moves to the task that reads on.
    body: Option<Pin<Box<TimeoutBody<Incoming>>>>,
    pace: Pace,
    slowness: Slowness,
    /// Bytes that have come.
    read: u64,
    /// How long it was waited for until the last piece came.
    waited: Duration,
    /// Since when it is waited for, and until when at most.
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Leftover {
    /// Of a body, for a request that has one.
    pub(super) fn of(body: Incoming, pace: Pace, slowness: Slowness) -> Self {
        let body = (!body.is_end_stream()).then(|| Box::pin(TimeoutBody::new(pace.body, body)));
        Self { body, pace, slowness, read: 0, waited: Duration::ZERO, waiting: None }
    }

    /// Goes on waiting; ready when it was long enough.
    fn wait(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let left = self.slowness.allows(self.read).saturating_sub(self.waited);
        let (_, end) = self.waiting.get_or_insert_with(|| (Instant::now(), Box::pin(sleep(left))));
        end.as_mut().poll(cx)
    }
}

impl Body for Leftover {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let Poll::Ready(frame) = body.as_mut().poll_frame(cx) else {
            ready!(self.wait(cx));
            self.body = None;
            return Poll::Ready(Some(Err(io::Error::from(io::ErrorKind::TimedOut).into())));
        };
        if let Some((since, _)) = self.waiting.take() {
            self.waited += since.elapsed();
        }
        if let Some(Ok(frame)) = &frame {
            self.read += frame.data_ref().map_or(0, |data| data.len() as u64);
        }
        // After an end there is nothing left, and what failed is closed: a client that was too slow once gets no more time.
        if !matches!(frame, Some(Ok(_))) {
            self.body = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_none()
    }
}

impl Drop for Leftover {
    fn drop(&mut self) {
        let (Some(body), Ok(runtime)) = (self.body.take(), Handle::try_current()) else { return };
        // It ends with the connection too, whose body fails then.
        runtime.spawn(timeout(self.slowness.linger, throw_away(body, self.pace.linger_bytes)));
    }
}

/// Reads to the end, or until so many bytes were read. Dropped before its end, the body closes the connection.
async fn throw_away(mut body: Pin<Box<TimeoutBody<Incoming>>>, most: u64) {
    let mut read = 0;
    while read <= most
        && let Some(Ok(frame)) = std::future::poll_fn(|cx| body.as_mut().poll_frame(cx)).await
    {
        read += frame.data_ref().map_or(0, |data| data.len() as u64);
    }
}
