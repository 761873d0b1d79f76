//! Where the bytes of a statement come from. It is opened more than once: a first look, then the whole.

use std::{
    fs::File,
    io::{self, Cursor, Read, Seek},
    path::PathBuf,
};

/// Something that reads and seeks.
pub trait Bytes: Read + Seek + Send {}
impl<T: Read + Seek + Send> Bytes for T {}

/// The bytes of a statement.
#[derive(Debug, Clone)]
pub enum Input<'a> {
    /// In memory.
    Memory(&'a [u8]),
    /// In a file.
    File(PathBuf),
}

impl<'a> Input<'a> {
    /// Opens it at its beginning.
    ///
    /// # Errors
    /// If the file cannot be opened.
    pub fn open(&self) -> io::Result<Box<dyn Bytes + 'a>> {
        Ok(match self {
            Self::Memory(bytes) => Box::new(Cursor::new(*bytes)),
            Self::File(path) => Box::new(File::open(path)?),
        })
    }

    /// Size in bytes.
    ///
    /// # Errors
    /// If the file cannot be asked.
    pub fn size(&self) -> io::Result<u64> {
        Ok(match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File(path) => std::fs::metadata(path)?.len(),
        })
    }

    /// The first `most` bytes.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn head(&self, most: u64) -> io::Result<Vec<u8>> {
        let mut head = Vec::new();
        self.open()?.take(most).read_to_end(&mut head)?;
        Ok(head)
    }
}
