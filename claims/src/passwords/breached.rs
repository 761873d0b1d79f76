//! A list of breached passwords that the installation keeps: one SHA-1 hash in hexadecimal a line, sorted, with or without a count after a
//! colon, as Have I Been Pwned's downloader writes it (some 40 GB). It is searched where it lies: forty places are read for an answer.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::PathBuf,
};

use data_encoding::HEXUPPER;
use sha1::{Digest, Sha1};

/// Hexadecimal digits of a hash.
const DIGITS: usize = 40;
/// No line is longer: a hash, a colon, a count, the end of the line.
const LONGEST_LINE: usize = 64;

/// The list.
#[derive(Debug)]
pub struct Breached {
    path: PathBuf,
}

/// Why a file is no list of breached passwords.
#[derive(Debug, thiserror::Error)]
pub enum BreachedError {
    /// It cannot be read.
    #[error("{path} cannot be read: {cause}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        cause: io::Error,
    },
    /// It holds something else.
    #[error("{path} is no sorted list of SHA-1 hashes: at byte {at} there is no line of 40 hexadecimal digits")]
    NoHash {
        /// The file.
        path: String,
        /// Where.
        at: u64,
    },
}

impl Breached {
    /// A list in a file, whose first line is looked at.
    ///
    /// # Errors
    /// If it cannot be read or does not begin with a hash.
    pub fn new(path: PathBuf) -> Result<Self, BreachedError> {
        let list = Self { path };
        let mut file = list.open()?;
        list.line_from(&mut file, 0)?;
        Ok(list)
    }

    /// Whether a password is in the list. The file is opened anew each time, so that a newer one can take its place.
    ///
    /// # Errors
    /// If the file cannot be read, or something else stands in it.
    pub fn contains(&self, password: &str) -> Result<bool, BreachedError> {
        let wanted = HEXUPPER.encode(&Sha1::digest(password));
        let mut file = self.open()?;
        // If there is such a line, it starts from `low` on and before `high`.
        let mut low = 0;
        let mut high = file.seek(SeekFrom::End(0)).map_err(|cause| self.unreadable(cause))?;
        while low < high {
            let middle = low + (high - low) / 2;
            let Some(line) = self.line_from(&mut file, middle)?.filter(|line| line.start < high) else {
                high = middle;
                continue;
            };
            match line.hash.as_str().cmp(&wanted) {
                std::cmp::Ordering::Equal => return Ok(true),
                std::cmp::Ordering::Less => low = line.end,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Ok(false)
    }

    fn open(&self) -> Result<File, BreachedError> {
        File::open(&self.path).map_err(|cause| self.unreadable(cause))
    }

    fn unreadable(&self, cause: io::Error) -> BreachedError {
        BreachedError::Unreadable { path: self.path.display().to_string(), cause }
    }

    /// The first line that starts at a place or behind it, if there is one.
    fn line_from(&self, file: &mut File, place: u64) -> Result<Option<Line>, BreachedError> {
        // From one byte before: a line starts here only if another ends there.
        let from = place.saturating_sub(1);
        let mut bytes = Vec::with_capacity(2 * LONGEST_LINE);
        file.seek(SeekFrom::Start(from))
            .and_then(|_| file.take(2 * LONGEST_LINE as u64).read_to_end(&mut bytes))
            .map_err(|cause| self.unreadable(cause))?;
        let skipped = if place == 0 {
            0
        } else {
            match bytes.iter().position(|byte| *byte == b'\n') {
                Some(end) => end + 1,
                // The last line of the file has begun before.
                None if bytes.len() <= LONGEST_LINE => return Ok(None),
                None => return Err(self.no_hash(from)),
            }
        };
        let rest = &bytes[skipped..];
        let start = from + skipped as u64;
        if rest.is_empty() && place > 0 {
            return Ok(None);
        }
        let hash = rest.get(..DIGITS).filter(|hash| hash.iter().all(u8::is_ascii_hexdigit));
        let hash =
            hash.map(|hash| String::from_utf8_lossy(hash).to_ascii_uppercase()).ok_or_else(|| self.no_hash(start))?;
        let length = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
        Ok(Some(Line { start, end: start + length as u64, hash }))
    }

    fn no_hash(&self, at: u64) -> BreachedError {
        BreachedError::NoHash { path: self.path.display().to_string(), at }
    }
}

/// A line of the list.
struct Line {
    /// Where it starts, and where the next one does.
    start: u64,
    end: u64,
    hash: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(passwords: &[String], end: &str, counts: bool, name: &str) -> (PathBuf, Breached) {
        let mut lines: Vec<String> =
            passwords.iter().map(|password| HEXUPPER.encode(&Sha1::digest(password))).collect();
        lines.sort();
        let count = |i: usize| if counts { format!(":{}", i * 37 % 10_001) } else { String::new() };
        let text: Vec<String> = lines.iter().enumerate().map(|(i, hash)| format!("{hash}{}", count(i))).collect();
        let path = std::env::temp_dir().join(format!("recoup-breached-{}-{name}", std::process::id()));
        std::fs::write(&path, text.join(end)).unwrap();
        (path.clone(), Breached::new(path).unwrap())
    }

    #[test]
    fn every_password_of_the_list_is_found_and_no_other() {
        for (n, end, counts) in
            [(1, "\n", false), (2, "\r\n", true), (3, "\n", true), (1000, "\r\n", true), (1000, "\n", false)]
        {
            let passwords: Vec<String> = (0..n).map(|i| format!("password {i}")).collect();
            let (path, list) = list(&passwords, end, counts, &format!("{n}{}{counts}", end.len()));
            for password in &passwords {
                assert!(list.contains(password).unwrap(), "{password} of {n}");
            }
            for i in 0..n {
                assert!(!list.contains(&format!("another {i}")).unwrap(), "{i} of {n}");
            }
            std::fs::remove_file(path).unwrap();
        }
    }

    #[test]
    fn what_is_no_list_is_said_to_be_none() {
        let path = std::env::temp_dir().join(format!("recoup-breached-{}-none", std::process::id()));
        std::fs::write(&path, "password123\nqwertyuiop\n").unwrap();
        assert!(Breached::new(path.clone()).unwrap_err().to_string().contains("at byte 0"));
        std::fs::write(&path, "").unwrap();
        assert!(Breached::new(path.clone()).is_err());
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(Breached::new(path), Err(BreachedError::Unreadable { .. })));
    }
}
