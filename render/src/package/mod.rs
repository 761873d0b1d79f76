//! A package: the files of a filing in one ZIP, with a manifest and its signature.
//!
//! Files are stored, not compressed, with one fixed time and in a fixed order, so that the same files give the same bytes and
//! the whole container can be made anew from them when it is verified.

use std::io::{Read, Seek, Write};

use claims::filing::manifest::{MANIFEST, Manifest, SIGNATURE};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use zip::{
    CompressionMethod, DateTime, ZipArchive, ZipWriter, result::ZipError, write::SimpleFileOptions, write::StreamWriter,
};

mod key;
mod verify;

pub use key::{Key, PublicKey};
pub use verify::{Problem, Report, verify};

/// Writes a ZIP from front to back.
pub struct Package<W: Write> {
    zip: ZipWriter<StreamWriter<W>>,
}

impl<W: Write> Package<W> {
    /// Begins.
    pub fn new(out: W) -> Self {
        Self { zip: ZipWriter::new_stream(out) }
    }

    /// Adds a file.
    ///
    /// # Errors
    /// If it cannot be read or written.
    pub fn add(&mut self, name: &str, bytes: u64, mut from: impl Read) -> Result<(), ZipError> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644)
            .large_file(bytes > 0xffff_0000);
        self.zip.start_file(name, options)?;
        std::io::copy(&mut from, &mut self.zip)?;
        Ok(())
    }

    /// Adds manifest and signature, and ends.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self, manifest: &[u8], key: &Key) -> Result<W, ZipError> {
        let signature = key.sign(manifest);
        self.add(MANIFEST, manifest.len() as u64, manifest)?;
        self.add(SIGNATURE, signature.len() as u64, signature.as_bytes())?;
        self.end()
    }

    /// Ends without manifest and signature.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn end(self) -> Result<W, ZipError> {
        Ok(self.zip.finish()?.into_inner())
    }
}

/// A manifest as it stands in a package: readable, keys sorted, a line end at the end.
///
/// # Errors
/// Only if memory fails.
pub fn manifest_bytes(manifest: &Manifest) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = serde_json::to_vec_pretty(&serde_json::to_value(manifest)?)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Every file of a package, with its bytes.
///
/// # Errors
/// If it is no ZIP, or damaged.
pub fn files(package: impl Read + Seek) -> Result<Vec<(String, Vec<u8>)>, ZipError> {
    let mut zip = ZipArchive::new(package)?;
    let mut files = Vec::new();
    for place in 0..zip.len() {
        let mut file = zip.by_index(place)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        files.push((file.name()?.into_owned(), bytes));
    }
    Ok(files)
}

/// SHA-256 in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}
