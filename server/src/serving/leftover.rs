//! What nobody read of a request's body: it is read and thrown away, so that an early answer is seen.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::BoxError;
use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming};
use tokio::{runtime::Handle, time::timeout};
use tower_http::timeout::TimeoutBody;

use super::Pace;

/// A request's body that is read on when whoever answered has let go of it before its end.
///
/// A refusal needs nothing of the body. But closing the connection while the client still sends makes the operating system reset
/// it, and whoever sent sees that the connection broke instead of why they were refused (RFC 9112, section 9.6). What is
/// read like this is bounded by [`Pace::linger`] and [`Pace::linger_bytes`], and a silence by [`Pace::body`] as in any body.
pub(super) struct Leftover {
    /// Until it ends or fails. On the heap, because it moves to the task that reads on.
    body: Option<Pin<Box<TimeoutBody<Incoming>>>>,
    pace: Pace,
}

impl Leftover {
    /// Of a body, for a request that has one.
    pub(super) fn of(body: Incoming, pace: Pace) -> Self {
        let body = (!body.is_end_stream()).then(|| Box::pin(TimeoutBody::new(pace.body, body)));
        Self { body, pace }
    }
}

impl Body for Leftover {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let frame = ready!(body.as_mut().poll_frame(cx));
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
        let Pace { linger, linger_bytes, .. } = self.pace;
        // It ends with the connection too, whose body fails then.
        runtime.spawn(timeout(linger, throw_away(body, linger_bytes)));
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
