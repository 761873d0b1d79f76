//! The log: one entry a line on standard error, readable by a machine, without personal data.
//!
//! An entry may hold what a client sent, so everything that could begin a new line, move a terminal's cursor or turn the
//! direction of the text is escaped. A log that cannot be written (a full disk) is no reason to fail.

use std::{
    fmt::Write as _,
    io::{self, Write},
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
    let writer = Lines(writer);
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
struct Lines<W>(W);

impl<'w, W: MakeWriter<'w>> MakeWriter<'w> for Lines<W> {
    type Writer = Line<W::Writer>;

    fn make_writer(&'w self) -> Self::Writer {
        Line(self.0.make_writer())
    }
}

struct Line<W>(W);

impl<W: Write> Write for Line<W> {
    fn write(&mut self, entry: &[u8]) -> io::Result<usize> {
        // One entry comes in one piece, with the end of its line; hardly any holds anything strange.
        if entry.strip_suffix(b"\n").is_some_and(|line| line.iter().all(|byte| matches!(byte, b' '..=b'~'))) {
            let _ = self.0.write_all(entry);
            return Ok(entry.len());
        }
        let text = String::from_utf8_lossy(entry);
        let _ = self.0.write_all(one_line(&text).as_bytes());
        Ok(entry.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let _ = self.0.flush();
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

    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::StorageFull.into())
        }
    }

    #[test]
    fn a_log_that_cannot_be_written_stops_nothing() {
        for json in [false, true] {
            tracing::subscriber::with_default(subscriber(json, filter(), || Full), || tracing::error!("lost"));
        }
    }
}
