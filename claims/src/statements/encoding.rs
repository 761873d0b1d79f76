//! Text from bytes: byte order mark, UTF-8, UTF-16 with or without a mark, else Windows-1252.

use std::io::{self, Read};

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::{Deserialize, Serialize};

/// How the bytes of a text file are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Charset {
    /// UTF-8.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// Windows-1252: what Western European spreadsheets save as “CSV”.
    Windows1252,
}

impl Charset {
    /// The name that people know.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le | Self::Utf16Be => "UTF-16",
            Self::Windows1252 => "Windows-1252",
        }
    }

    const fn encoding(self) -> &'static Encoding {
        match self {
            Self::Utf8 => UTF_8,
            Self::Utf16Le => UTF_16LE,
            Self::Utf16Be => UTF_16BE,
            Self::Windows1252 => WINDOWS_1252,
        }
    }

    /// Decides from the beginning of a file; `whole` if that is all of it. UTF-8 is kept as long as nothing speaks against
    /// it: where later bytes do, [`Decoded`] says so and the file is read again as Windows-1252.
    #[must_use]
    pub fn of(head: &[u8], whole: bool) -> Self {
        match Encoding::for_bom(head) {
            Some((found, _)) if found == UTF_16LE => return Self::Utf16Le,
            Some((found, _)) if found == UTF_16BE => return Self::Utf16Be,
            Some(_) => return Self::Utf8,
            None => {}
        }
        // Without a mark: Western text in UTF-16 has a zero in every other byte.
        let looked = &head[..head.len().min(4_096)];
        let zeros = |from: usize| looked.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
        let half = looked.len() / 2;
        if half >= 4 && zeros(1) * 10 > half * 7 && zeros(0) * 10 < half {
            return Self::Utf16Le;
        }
        if half >= 4 && zeros(0) * 10 > half * 7 && zeros(1) * 10 < half {
            return Self::Utf16Be;
        }
        match std::str::from_utf8(head) {
            Ok(_) => Self::Utf8,
            // The last character may have been cut in two.
            Err(error) if !whole && error.error_len().is_none() => Self::Utf8,
            Err(_) => Self::Windows1252,
        }
    }
}

/// Reads a file as UTF-8, whatever it is written in. The byte order mark is left out, and so is every NUL: nobody sees one, and PostgreSQL
/// takes none in a text.
pub struct Decoded<R> {
    from: R,
    decoder: Option<Decoder>,
    raw: Vec<u8>,
    raw_len: usize,
    started: bool,
    ended: bool,
    /// Bytes that were taken from the file.
    pub taken: u64,
    /// How many NUL were left out.
    pub left_out: usize,
}

const CHUNK: usize = 256 * 1024;

/// What [`Decoded`] answers where UTF-8 was assumed and the bytes are not.
pub(super) fn is_not_utf8(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidData
}

impl<R: Read> Decoded<R> {
    /// Reads `from` as `charset`.
    pub fn new(from: R, charset: Charset) -> Self {
        let decoder = (charset != Charset::Utf8).then(|| charset.encoding().new_decoder_with_bom_removal());
        Self { from, decoder, raw: vec![0; CHUNK], raw_len: 0, started: false, ended: false, taken: 0, left_out: 0 }
    }

    /// Appends more text to `text`; `false` at the end.
    ///
    /// # Errors
    /// If the file cannot be read, or is not UTF-8 although that was assumed (kind `InvalidData`).
    pub fn more(&mut self, text: &mut Vec<u8>) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        let read = loop {
            match self.from.read(&mut self.raw[self.raw_len..]) {
                Ok(read) => break read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        };
        self.taken += read as u64;
        self.ended = read == 0;
        let upto = self.raw_len + read;
        let before = text.len();
        match &mut self.decoder {
            Some(decoder) => {
                let room = decoder.max_utf8_buffer_length(upto).unwrap_or(upto * 3 + 16);
                text.resize(before + room, 0);
                let (_, _, written, _) = decoder.decode_to_utf8(&self.raw[..upto], &mut text[before..], self.ended);
                text.truncate(before + written);
                self.raw_len = 0;
            }
            None => {
                let valid = match std::str::from_utf8(&self.raw[..upto]) {
                    Ok(_) => upto,
                    Err(error) if error.error_len().is_none() && !self.ended => error.valid_up_to(),
                    Err(_) => return Err(io::Error::new(io::ErrorKind::InvalidData, "these bytes are not UTF-8")),
                };
                let skip = if !self.started && self.raw[..valid].starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
                self.started = self.started || valid > 0;
                text.extend_from_slice(&self.raw[skip..valid]);
                self.raw.copy_within(valid..upto, 0);
                self.raw_len = upto - valid;
            }
        }
        self.left_out += without_nul(text, before);
        Ok(!self.ended)
    }
}

/// Takes every NUL out of a text from a place on; gives how many there were.
pub(super) fn without_nul(text: &mut Vec<u8>, from: usize) -> usize {
    let Some(first) = memchr::memchr(0, &text[from..]) else { return 0 };
    let mut rest = text.split_off(from + first);
    let before = rest.len();
    rest.retain(|byte| *byte != 0);
    text.extend_from_slice(&rest);
    before - rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> (Charset, String) {
        let charset = Charset::of(bytes, true);
        let mut reader = Decoded::new(bytes, charset);
        let mut text = Vec::new();
        while reader.more(&mut text).unwrap() {}
        (charset, String::from_utf8(text).unwrap())
    }

    #[test]
    fn what_spreadsheets_save() {
        let text = "Künstler;Betrag\nMöhring;0,50 €\n";
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked: Vec<u8> = [0xff, 0xfe].into_iter().chain(utf16.iter().copied()).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let (western, ..) = WINDOWS_1252.encode(text);
        assert_eq!(decoded(text.as_bytes()), (Charset::Utf8, text.to_owned()));
        assert_eq!(decoded(format!("\u{feff}{text}").as_bytes()), (Charset::Utf8, text.to_owned()));
        assert_eq!(decoded(&utf16), (Charset::Utf16Le, text.to_owned()));
        assert_eq!(decoded(&marked), (Charset::Utf16Le, text.to_owned()));
        assert_eq!(decoded(&big), (Charset::Utf16Be, text.to_owned()));
        assert_eq!(decoded(&western), (Charset::Windows1252, text.to_owned()));
    }

    #[test]
    fn no_nul_comes_through() {
        let text = "\0Per\0iod;Künstler\0\0\n\0";
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        for bytes in [text.as_bytes().to_vec(), utf16, WINDOWS_1252.encode(text).0.into_owned()] {
            assert_eq!(decoded(&bytes).1, "Period;Künstler\n");
        }
        let mut reader = Decoded::new(text.as_bytes(), Charset::Utf8);
        // What stands there already is left as it is.
        let mut before = b"\0".to_vec();
        while reader.more(&mut before).unwrap() {}
        assert_eq!((before, reader.left_out), ("\0Period;Künstler\n".as_bytes().to_vec(), 5));
    }

    #[test]
    fn bytes_that_turn_out_not_to_be_utf8_are_noticed() {
        let mut bytes = vec![b'a'; CHUNK + 10];
        bytes.push(0xe9);
        bytes.push(b'x');
        let mut reader = Decoded::new(bytes.as_slice(), Charset::of(&bytes[..100], false));
        let mut text = Vec::new();
        let failed = std::iter::repeat_with(|| reader.more(&mut text)).take(4).find_map(Result::err).unwrap();
        assert!(is_not_utf8(&failed));
    }
}
