//! From what writes, on a thread, to whoever reads a stream.

use bytes::Bytes;
use tokio::sync::mpsc;

/// What is written goes to whoever reads the stream.
pub(crate) struct Pipe(pub(crate) mpsc::Sender<Result<Bytes, std::io::Error>>);

impl std::io::Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let sent = self.0.blocking_send(Ok(Bytes::copy_from_slice(bytes)));
        sent.map_err(|_| std::io::Error::from(std::io::ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
