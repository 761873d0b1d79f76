//! The log: one entry a line on standard error, readable by a machine, without personal data.
//!
//! An entry may hold what a client sent, so everything that could begin a new line, move a terminal's cursor or turn the
//! direction of the text is escaped. A log that cannot be written (a full disk) is no reason to fail.

use std::{
    fmt::Write as _,
    io::{self, Write},
    sync::atomic::{AtomicBool, Ordering},
};

use tracing_subscriber::{
    EnvFilter, Layer, Registry, fmt, fmt::MakeWriter, layer::SubscriberExt, util::SubscriberInitExt,
};

/// What is logged unless `RUST_LOG` says otherwise.
const FILTER: &str = "info,sqlx=warn,lopdf=error,hyper=error";

/// From now on everything is logged to standard error; panics too.
pub fn start(json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(FILTER));
    subscriber(json, filter, io::stderr).init();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, words = said(panic.payload()), "a panic");
    }));
}

/// What a panic said, if that is a text of the program: a text that was put together may quote what people typed.
#[must_use]
pub fn said(panic: &(dyn std::any::Any + Send)) -> &'static str {
    panic.downcast_ref::<&'static str>().copied().unwrap_or("(not shown: it may quote what was typed)")
}

/// A subscriber that writes entries as the product does; the default filter is [`filter`].
pub fn subscriber<W>(
    json: bool,
    filter: EnvFilter,
    writer: W,
) -> impl SubscriberInitExt + tracing::Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let writer = Lines { to: writer, is_torn: AtomicBool::new(false) };
    let layer = fmt::layer().with_ansi(false).with_target(false).log_internal_errors(false).with_writer(writer);
    let layer: Box<dyn Layer<_> + Send + Sync> =
        if json { Box::new(layer.json().flatten_event(true)) } else { Box::new(layer) };
    Registry::default().with(filter).with(layer)
}

/// The filter of the product.
#[must_use]
pub fn filter() -> EnvFilter {
    EnvFilter::new(FILTER)
}

/// Makes writers that write every entry as one line.
struct Lines<W> {
    to: W,
    /// Whether the last entry broke off in the middle, as on a disk that was full: the next one must not go on in its line.
    is_torn: AtomicBool,
}

impl<'w, W: MakeWriter<'w>> MakeWriter<'w> for Lines<W> {
    type Writer = Line<'w, W::Writer>;

    fn make_writer(&'w self) -> Self::Writer {
        Line { to: self.to.make_writer(), is_torn: &self.is_torn }
    }
}

struct Line<'l, W> {
    to: W,
    is_torn: &'l AtomicBool,
}

impl<W: Write> Line<'_, W> {
    /// Writes all of an entry, or remembers that a part of it stands there.
    fn put(&mut self, entry: &[u8]) {
        if self.is_torn.load(Ordering::Relaxed) && self.all_of(b"\n") == 0 {
            return;
        }
        let written = self.all_of(entry);
        self.is_torn.store(0 < written && written < entry.len(), Ordering::Relaxed);
    }

    /// Writes as much as can be written; gives how much that was.
    fn all_of(&mut self, bytes: &[u8]) -> usize {
        let mut written = 0;
        while written < bytes.len() {
            match self.to.write(&bytes[written..]) {
                Ok(0) => break,
                Ok(more) => written += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        written
    }
}

impl<W: Write> Write for Line<'_, W> {
    fn write(&mut self, entry: &[u8]) -> io::Result<usize> {
        // One entry comes in one piece, with the end of its line; hardly any holds anything strange.
        if entry.strip_suffix(b"\n").is_some_and(|line| line.iter().all(|byte| matches!(byte, b' '..=b'~'))) {
            self.put(entry);
        } else {
            self.put(one_line(&String::from_utf8_lossy(entry)).as_bytes());
        }
        Ok(entry.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let _ = self.to.flush();
        Ok(())
    }
}

/// An entry with the end of its line and nothing else that is no letter; escapes are those of JSON.
fn one_line(entry: &str) -> String {
    let (entry, end) = entry.strip_suffix('\n').map_or((entry, ""), |entry| (entry, "\n"));
    let mut line = String::with_capacity(entry.len() + 1);
    for letter in entry.chars() {
        let strange = letter.is_control()
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        if strange {
            let _ = write!(line, "\\u{:04x}", u32::from(letter));
        } else {
            line.push(letter);
        }
    }
    line.push_str(end);
    line
}

/// Why a mail did not leave, without the words of its server, which may repeat addresses and names: of an answer only its code is
/// left. All of it stands in the delivery log, for administrators.
#[must_use]
pub fn without_words(why: &str) -> String {
    let code = |text: &str| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    let answer = why.match_indices(')').find(|(end, _)| why[..*end].rsplit('(').next().is_some_and(code));
    let why = answer.map_or(why, |(end, _)| &why[..=end]);
    let hidden = |word: &str| if word.contains('@') { "…@…".to_owned() } else { word.to_owned() };
    why.split(' ').map(hidden).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_one_line() {
        assert_eq!(
            one_line("INFO a\nINFO forged\r\u{1b}[31mred\u{9b}\u{202e}\u{2028}\n"),
            "INFO a\\u000aINFO forged\\u000d\\u001b[31mred\\u009b\\u202e\\u2028\n"
        );
        assert_eq!(one_line("{\"a\":\"ü – “é”\"}\n"), "{\"a\":\"ü – “é”\"}\n");
    }

    #[test]
    fn the_words_of_a_mail_server_are_left_out() {
        assert_eq!(
            without_words("permanent error (550): 5.1.1 <ada@example.org>: Ada is unknown"),
            "permanent error (550)"
        );
        assert_eq!(
            without_words("given up after 9 attempts: transient error (450): Ada (see below)"),
            "given up after 9 attempts: transient error (450)"
        );
        assert_eq!(
            without_words("Connection error: Connection refused (os error 111)"),
            "Connection error: Connection refused (os error 111)"
        );
        assert_eq!(without_words("the mail cannot be written: ada@example.org"), "the mail cannot be written: …@…");
    }

    /// A disk with room for so many bytes.
    #[derive(Clone, Default)]
    struct Disk(std::sync::Arc<std::sync::Mutex<(Vec<u8>, usize)>>);

    impl Disk {
        fn with_room(&self, bytes: usize) {
            self.0.lock().unwrap().1 = bytes;
        }

        fn lines(&self) -> Vec<String> {
            String::from_utf8(self.0.lock().unwrap().0.clone()).unwrap().lines().map(str::to_owned).collect()
        }
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let (kept, room) = &mut *self.0.lock().unwrap();
            let fits = bytes.len().min(*room);
            if fits == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            kept.extend_from_slice(&bytes[..fits]);
            *room -= fits;
            Ok(fits)
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::StorageFull.into())
        }
    }

    #[test]
    fn a_log_that_cannot_be_written_stops_nothing_and_tears_one_line() {
        for json in [false, true] {
            let disk = Disk::default();
            let to = disk.clone();
            tracing::subscriber::with_default(subscriber(json, filter(), move || to.clone()), || {
                disk.with_room(1_000);
                tracing::error!("first");
                disk.with_room(10);
                tracing::error!("torn");
                tracing::error!("lost");
                disk.with_room(1_000);
                tracing::error!("second");
                tracing::error!("third – “é”");
            });
            let lines = disk.lines();
            assert_eq!(lines.len(), 4, "{lines:?}");
            assert!(lines[1].len() == 10, "{lines:?}");
            for (line, words) in [(0, "first"), (2, "second"), (3, "third – “é”")] {
                let is_whole = !json || serde_json::from_str::<serde_json::Value>(&lines[line]).is_ok();
                assert!(is_whole && lines[line].contains(words), "{lines:?}");
            }
        }
    }
}
