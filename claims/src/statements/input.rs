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
    /// In a file, a spreadsheet whose rows were unpacked into another: see [`super::unpacked`].
    Unpacked {
        /// The spreadsheet.
        file: PathBuf,
        /// Its rows.
        rows: PathBuf,
    },
}

impl<'a> Input<'a> {
    /// Opens it at its beginning.
    ///
    /// # Errors
    /// If the file cannot be opened.
    pub fn open(&self) -> io::Result<Box<dyn Bytes + 'a>> {
        Ok(match self {
            Self::Memory(bytes) => Box::new(Cursor::new(*bytes)),
            Self::File(path) | Self::Unpacked { file: path, .. } => Box::new(File::open(path)?),
        })
    }

    /// Size in bytes.
    ///
    /// # Errors
    /// If the file cannot be asked.
    pub fn size(&self) -> io::Result<u64> {
        Ok(match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File(path) | Self::Unpacked { file: path, .. } => std::fs::metadata(path)?.len(),
        })
    }

    /// Whether it is an archive, as spreadsheets are: what must be unpacked before it is read.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn is_archive(&self) -> io::Result<bool> {
        Ok(self.head(4)? == b"PK\x03\x04")
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
