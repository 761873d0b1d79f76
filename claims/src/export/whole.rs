//! A file that ends because whoever writes it broke must not look whole.

use bytes::Bytes;
use futures::{Stream, stream};
use tokio::{sync::mpsc::Receiver, task::JoinHandle};

use crate::actions::Failure;

/// The chunks of a producer, and as the last item its failure if it has one. That comes from the task itself, not through the channel: a
/// reader slower than the database keeps the channel full, and a failure that found no room there would be lost.
pub(super) fn chunks(
    receiver: Receiver<Result<Bytes, Failure>>,
    producer: JoinHandle<Result<(), Failure>>,
) -> impl Stream<Item = Result<Bytes, Failure>> + Send + use<> {
    stream::unfold((receiver, Some(producer)), |(mut receiver, mut producer)| async move {
        if let Some(chunk) = receiver.recv().await {
            return Some((chunk, (receiver, producer)));
        }
        let failure = match producer.take()?.await {
            Ok(Ok(())) => return None,
            Ok(Err(failure)) => failure,
            Err(broken) => Failure::Internal(format!("an export broke: {broken}")),
        };
        Some((Err(failure), (receiver, None)))
    })
}

#[cfg(test)]
mod tests {
    use futures::StreamExt;
    use tokio::sync::mpsc;

    use super::*;

    /// What arrives of two chunks that fill the channel before their producer ends so: the chunks, and whether an error follows.
    async fn read(ends: impl FnOnce() -> Result<(), Failure> + Send + 'static) -> (usize, usize) {
        let (sender, receiver) = mpsc::channel(2);
        let (full, filled) = tokio::sync::oneshot::channel();
        let producer = tokio::spawn(async move {
            for chunk in ["a\r\n", "b\r\n"] {
                sender.try_send(Ok(Bytes::from_static(chunk.as_bytes()))).unwrap();
            }
            full.send(sender.capacity()).unwrap();
            ends()
        });
        assert_eq!(filled.await.unwrap(), 0, "nobody has read yet");
        let items: Vec<_> = chunks(receiver, producer).collect().await;
        let errors = items.iter().filter(|item| item.is_err()).count();
        assert!(items.iter().skip(2).all(Result::is_err), "{items:?}");
        (items.len() - errors, errors)
    }

    #[tokio::test]
    async fn a_producer_that_fails_while_the_reader_lags_ends_the_file_with_an_error() {
        assert_eq!(read(|| Err(Failure::said("The database is gone."))).await, (2, 1));
        assert_eq!(read(|| panic!("on purpose")).await, (2, 1));
        assert_eq!(read(|| Ok(())).await, (2, 0));
    }
}
