//! Verifying a package offline: with the ZIP and the public key alone.

use std::{
    collections::BTreeMap,
    fmt,
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
};

use claims::filing::{
    FORMAT,
    manifest::{MANIFEST, Manifest, SIGNATURE},
};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use zip::ZipArchive;

use super::{Package, PublicKey};

/// The largest manifest that is read.
const MOST_MANIFEST: u64 = 64 * 1024 * 1024;

/// What was found.
#[derive(Debug, Clone)]
pub struct Report {
    /// The manifest, as far as it could be read.
    pub manifest: Option<Manifest>,
    /// Everything that is not as it was built; empty for a package that is whole.
    pub problems: Vec<Problem>,
}

/// Something that is not as it was built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// It is no ZIP, or its directory is damaged.
    NoPackage(String),
    /// Manifest or signature is missing.
    Missing(String),
    /// The manifest is not what this key signed.
    Signature,
    /// The manifest cannot be read.
    Manifest(String),
    /// A file has another hash.
    Changed(String),
    /// A file has another size.
    Size(String, u64, u64),
    /// A file cannot be read.
    Damaged(String, String),
    /// A file that the manifest does not name.
    Extra(String),
    /// A name stands twice.
    Twice(String),
    /// The files are right, but the container around them is not: from this byte on, at this file.
    Container(u64, String),
    /// The files are right, but the package has a later format: how the container around them was built is not known.
    Later(u32),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPackage(why) => write!(f, "It is not a readable ZIP file: {why}."),
            Self::Missing(name) => write!(f, "{name} is missing."),
            Self::Signature => write!(
                f,
                "The signature does not fit: {MANIFEST} or {SIGNATURE} was changed, or the package was signed with another key."
            ),
            Self::Manifest(why) => write!(f, "{MANIFEST} cannot be read: {why}."),
            Self::Changed(name) => write!(f, "{name} was changed: its SHA-256 is not the one in the manifest."),
            Self::Size(name, is, was) => write!(f, "{name} was changed: it has {is} bytes, the manifest says {was}."),
            Self::Damaged(name, why) => write!(f, "{name} is damaged: {why}."),
            Self::Extra(name) => write!(f, "{name} does not belong to the package: the manifest does not name it."),
            Self::Twice(name) => write!(f, "{name} is in the package twice."),
            Self::Container(at, name) => {
                write!(f, "Every file is as it was built, but the ZIP around them was changed at byte {at}, at {name}.")
            }
            Self::Later(format) => write!(
                f,
                "Every file is as it was built, and the signature fits. Whether the ZIP around them was changed could not be compared: it has format {format}, and this program knows {FORMAT}. Verify it with a later Recoup."
            ),
        }
    }
}

/// Verifies a package, which `open` opens from its beginning each time.
///
/// # Errors
/// Only if it cannot be read from its disk.
pub fn verify<R: Read + Seek>(open: impl Fn() -> io::Result<R>, key: &PublicKey) -> io::Result<Report> {
    let mut report = Report { manifest: None, problems: Vec::new() };
    match ZipArchive::new(BufReader::new(open()?)) {
        Ok(mut zip) => {
            let names = names(open()?, zip.central_directory_start())?;
            check(&mut zip, &names, key, &mut report);
        }
        Err(error) => report.problems.push(Problem::NoPackage(error.to_string())),
    }
    if report.problems.is_empty() {
        container(&open, &mut report)?;
    }
    Ok(report)
}

/// The names in the directory of a ZIP, which begins at `start`. [`ZipArchive`] keeps its files by name, so of two files with one
/// name it knows one, and another program may show the other.
fn names<R: Read + Seek>(mut zip: R, start: u64) -> io::Result<Vec<String>> {
    const ENTRY: &[u8; 4] = b"PK\x01\x02";
    zip.seek(SeekFrom::Start(start))?;
    let mut zip = BufReader::new(zip);
    let mut names = Vec::new();
    let mut entry = [0; 46];
    while zip.read_exact(&mut entry).is_ok() && entry.starts_with(ENTRY) {
        let length = |at: usize| u16::from_le_bytes([entry[at], entry[at + 1]]);
        let mut name = vec![0; length(28).into()];
        // A directory that is cut off is found by whoever reads the files.
        if zip.read_exact(&mut name).is_err() {
            break;
        }
        names.push(String::from_utf8_lossy(&name).into_owned());
        // What else belongs to the file, and what is said about it.
        zip.seek_relative(i64::from(length(30)) + i64::from(length(32)))?;
    }
    Ok(names)
}

fn check<R: Read + Seek>(zip: &mut ZipArchive<R>, names: &[String], key: &PublicKey, report: &mut Report) {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names {
        *seen.entry(name).or_default() += 1;
    }
    report
        .problems
        .extend(seen.iter().filter(|(_, times)| **times > 1).map(|(name, _)| Problem::Twice((*name).to_owned())));
    let mut small = |name: &str| -> Result<Vec<u8>, Problem> {
        let file = zip.by_name(name).map_err(|_| Problem::Missing(name.to_owned()))?;
        let mut bytes = Vec::new();
        let read = file.take(MOST_MANIFEST).read_to_end(&mut bytes);
        read.map_err(|error| Problem::Damaged(name.to_owned(), error.to_string()))?;
        Ok(bytes)
    };
    let (manifest, signature) = match (small(MANIFEST), small(SIGNATURE)) {
        (Ok(manifest), Ok(signature)) => (manifest, signature),
        (manifest, signature) => {
            report.problems.extend(manifest.err());
            report.problems.extend(signature.err());
            return;
        }
    };
    if !key.signed(&manifest, &String::from_utf8_lossy(&signature)) {
        report.problems.push(Problem::Signature);
    }
    let manifest: Manifest = match serde_json::from_slice(&manifest) {
        Ok(manifest) => manifest,
        Err(error) => {
            report.problems.push(Problem::Manifest(error.to_string()));
            return;
        }
    };
    for file in &manifest.files {
        match hash(zip, &file.name) {
            None => report.problems.push(Problem::Missing(file.name.clone())),
            Some(Err(why)) => report.problems.push(Problem::Damaged(file.name.clone(), why)),
            Some(Ok((bytes, _))) if bytes != file.bytes => {
                report.problems.push(Problem::Size(file.name.clone(), bytes, file.bytes));
            }
            Some(Ok((_, sha256))) if sha256 != file.sha256 => report.problems.push(Problem::Changed(file.name.clone())),
            Some(Ok(_)) => {}
        }
    }
    for name in seen.into_keys() {
        if name != MANIFEST && name != SIGNATURE && !manifest.files.iter().any(|file| file.name == name) {
            report.problems.push(Problem::Extra(name.to_owned()));
        }
    }
    report.manifest = Some(manifest);
}

/// Size and hash of a file; `None` if it is not there.
fn hash<R: Read + Seek>(zip: &mut ZipArchive<R>, name: &str) -> Option<Result<(u64, String), String>> {
    let mut file = zip.by_name(name).ok()?;
    let (mut hasher, mut bytes, mut chunk) = (Sha256::new(), 0u64, vec![0; 64 * 1024]);
    loop {
        match file.read(&mut chunk) {
            Ok(0) => return Some(Ok((bytes, HEXLOWER.encode(&hasher.finalize())))),
            Ok(read) => {
                hasher.update(&chunk[..read]);
                bytes += read as u64;
            }
            Err(error) => return Some(Err(error.to_string())),
        }
    }
}

/// Makes the container anew from its files and compares it byte by byte, so that nothing can hide before, between or after them,
/// whichever version built it: one that packs otherwise has another format.
fn container<R: Read + Seek>(open: &impl Fn() -> io::Result<R>, report: &mut Report) -> io::Result<()> {
    let Some(manifest) = &report.manifest else { return Ok(()) };
    if manifest.format != FORMAT {
        report.problems.push(Problem::Later(manifest.format));
        return Ok(());
    }
    let mut zip = ZipArchive::new(BufReader::new(open()?)).map_err(io::Error::other)?;
    let mut copy = Package::new(Compare { original: BufReader::new(open()?), at: 0, differs: None });
    let mut starts = Vec::new();
    for place in 0..zip.len() {
        let file = zip.by_index(place).map_err(io::Error::other)?;
        let (name, bytes) = (file.name().map_err(io::Error::other)?.into_owned(), file.size());
        starts.push((file.header_start(), name.clone()));
        copy.add(&name, bytes, file).map_err(io::Error::other)?;
    }
    let end = zip.central_directory_start();
    if let Some(at) = copy.end().map_err(io::Error::other)?.finish()? {
        let name = match starts.iter().rev().find(|(start, _)| *start <= at) {
            _ if at >= end => "the directory at its end".to_owned(),
            Some((_, name)) => name.clone(),
            None => "its beginning".to_owned(),
        };
        report.problems.push(Problem::Container(at, name));
    }
    Ok(())
}

/// Takes what is written and compares it with what is there.
struct Compare<R> {
    original: R,
    at: u64,
    differs: Option<u64>,
}

impl<R: Read> Compare<R> {
    /// The first byte that differs, or that is there too much.
    fn finish(mut self) -> io::Result<Option<u64>> {
        let more = self.original.read(&mut [0])? > 0;
        Ok(self.differs.or(more.then_some(self.at)))
    }
}

impl<R: Read> Write for Compare<R> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut there = vec![0; bytes.len()];
        let mut read = 0;
        while read < there.len() {
            match self.original.read(&mut there[read..])? {
                0 => break,
                more => read += more,
            }
        }
        if self.differs.is_none() {
            let place = bytes.iter().zip(&there[..read]).position(|(a, b)| a != b);
            let place = place.or((read < bytes.len()).then_some(read));
            self.differs = place.map(|place| self.at + place as u64);
        }
        self.at += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use claims::filing::{
        Figures,
        manifest::{File, Sources},
    };

    use super::{
        super::{Key, manifest_bytes, sha256},
        *,
    };

    fn key() -> Key {
        Key::new([7; 32])
    }

    fn manifest(files: &[(&str, &[u8])]) -> Manifest {
        Manifest {
            format: FORMAT,
            case: "allegro".to_owned(),
            filing: 1,
            variant: "full".to_owned(),
            as_of: String::new(),
            frozen_sha256: String::new(),
            currency: "USD".to_owned(),
            figures: Figures::default(),
            tables: Vec::new(),
            sources: Sources { claims: 0, lines: 0, exhibits: 0, pages: 0 },
            engines: crate::engines(),
            files: files
                .iter()
                .map(|(name, bytes)| File {
                    name: (*name).to_owned(),
                    bytes: bytes.len() as u64,
                    sha256: sha256(bytes),
                })
                .collect(),
        }
    }

    fn packed(manifest: &Manifest, files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut package = Package::new(Vec::new());
        for (name, bytes) in files {
            package.add(name, bytes.len() as u64, *bytes).unwrap();
        }
        package.finish(&manifest_bytes(manifest).unwrap(), &key()).unwrap()
    }

    fn built(files: &[(&str, &[u8])]) -> Vec<u8> {
        packed(&manifest(files), files)
    }

    fn problems(bytes: &[u8]) -> Vec<Problem> {
        verify(|| Ok(Cursor::new(bytes)), &key().public()).unwrap().problems
    }

    const FILES: [(&str, &[u8]); 2] =
        [("filing.pdf", b"%PDF-1.7 and so on"), ("tables/summary.csv", b"a,b\r\n1,2\r\n")];

    #[test]
    fn a_package_is_whole_and_the_same_twice() {
        let bytes = built(&FILES);
        assert_eq!(bytes, built(&FILES));
        assert_eq!(problems(&bytes), []);
        let other = Key::new([8; 32]).public();
        assert_eq!(verify(|| Ok(Cursor::new(&bytes)), &other).unwrap().problems, [Problem::Signature]);
    }

    #[test]
    fn every_flipped_bit_is_found() {
        let bytes = built(&FILES);
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at % 8);
            assert!(!problems(&flipped).is_empty(), "a bit of byte {at} was flipped and not found");
        }
    }

    #[test]
    fn a_changed_file_is_named() {
        let bytes = built(&FILES);
        let at = bytes.windows(4).position(|four| four == b"%PDF").unwrap();
        let mut flipped = bytes;
        flipped[at] ^= 1;
        let found = problems(&flipped);
        assert!(found.len() == 1 && found[0].to_string().contains("filing.pdf"), "{found:?}");
    }

    #[test]
    fn what_is_missing_or_extra_is_named() {
        let whole = built(&FILES);
        let mut zip = ZipArchive::new(Cursor::new(&whole)).unwrap();
        let mut package = Package::new(Vec::new());
        for name in ["filing.pdf", MANIFEST, SIGNATURE] {
            let file = zip.by_name(name).unwrap();
            package.add(name, file.size(), file).unwrap();
        }
        package.add("more.txt", 1, &b"x"[..]).unwrap();
        let found = problems(&package.end().unwrap());
        assert_eq!(found, [Problem::Missing("tables/summary.csv".to_owned()), Problem::Extra("more.txt".to_owned())]);
        assert!(matches!(problems(b"no zip at all")[..], [Problem::NoPackage(_)]));
    }

    #[test]
    fn a_name_that_stands_twice_is_named() {
        let whole = built(&FILES);
        let mut zip = ZipArchive::new(Cursor::new(&whole)).unwrap();
        let mut package = Package::new(Vec::new());
        package.add("filing.PDF", 5, &b"other"[..]).unwrap();
        for name in ["filing.pdf", "tables/summary.csv", MANIFEST, SIGNATURE] {
            let file = zip.by_name(name).unwrap();
            package.add(name, file.size(), file).unwrap();
        }
        let once = package.end().unwrap();
        let mut twice = once.clone();
        let from = b"filing.PDF";
        while let Some(at) = twice.windows(from.len()).position(|bytes| bytes == from) {
            twice[at..at + from.len()].copy_from_slice(b"filing.pdf");
        }
        assert_eq!(problems(&once), [Problem::Extra("filing.PDF".to_owned())]);
        assert!(problems(&twice).contains(&Problem::Twice("filing.pdf".to_owned())), "{:?}", problems(&twice));
    }

    /// Where these bytes are for the first time.
    fn place(bytes: &[u8], what: &[u8]) -> usize {
        bytes.windows(what.len()).position(|part| part == what).unwrap()
    }

    #[test]
    fn the_container_is_compared_whichever_version_built_it() {
        let forged = built(&[("filing.pdf", b"%PDF-1.7 and other words".as_slice())]);
        let forged = &forged[..place(&forged, b"PK\x01\x02")];
        for version in [env!("CARGO_PKG_VERSION"), "0.0.9", "99.0.0"] {
            let mut manifest = manifest(&FILES);
            manifest.engines = vec![("recoup".to_owned(), version.to_owned())];
            let whole = packed(&manifest, &FILES);
            assert_eq!(problems(&whole), [], "{version}");

            let before = [b"junk".as_slice(), whole.as_slice()].concat();
            let after = [whole.as_slice(), b"junk".as_slice()].concat();
            // The end says of itself how long the comment is that follows.
            let mut comment = after.clone();
            comment[whole.len() - 2] = 4;
            // The directory keeps the name that the file itself has no more.
            let mut renamed = whole.clone();
            renamed[place(&whole, b"filing.pdf")] = b'F';
            // Files that the directory does not name, before it; the end says where it is now.
            let directory = place(&whole, b"PK\x01\x02");
            let mut hidden = [&whole[..directory], forged, &whole[directory..]].concat();
            let at = hidden.len() - 6;
            let moved = u32::try_from(directory + forged.len()).unwrap();
            hidden[at..at + 4].copy_from_slice(&moved.to_le_bytes());
            for (what, bytes) in [
                ("bytes before", before),
                ("bytes after", after),
                ("a comment", comment),
                ("another name", renamed),
                ("hidden files", hidden),
            ] {
                let found = problems(&bytes);
                assert!(matches!(found[..], [Problem::Container(..)]), "{version}, {what}: {found:?}");
            }
        }
    }

    #[test]
    fn of_a_later_format_nobody_says_that_it_is_whole() {
        let mut manifest = manifest(&FILES);
        manifest.format = FORMAT + 1;
        let found = problems(&packed(&manifest, &FILES));
        assert_eq!(found, [Problem::Later(FORMAT + 1)]);
        assert!(found[0].to_string().contains("could not be compared"), "{}", found[0]);
    }

    /// Packages are compared byte by byte with what this program would pack: where these bytes change, also by another version of the
    /// library, [`FORMAT`] must, and packages of the format before must be made anew as they were.
    #[test]
    fn packing_is_as_it_was_in_every_version_so_far() {
        let mut package = Package::new(Vec::new());
        for (name, bytes) in [("a.txt", "One line.\n"), ("b/c.csv", "a,b\r\n")] {
            package.add(name, bytes.len() as u64, bytes.as_bytes()).unwrap();
        }
        let bytes = package.end().unwrap();
        let was = "0c1618fa8d708c44e4b492b500bbb5084251bc4e6f1f1af11f8986d995d24b11";
        assert_eq!((bytes.len(), sha256(&bytes).as_str()), (245, was));
    }
}
