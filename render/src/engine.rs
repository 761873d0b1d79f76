//! Typst as a library: a template and data go in, a PDF comes out.

use std::{collections::HashMap, sync::LazyLock};

use chrono::{Datelike, Timelike};
use claims::Instant;
use serde::Serialize;
use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Bytes, Datetime, Duration, Smart},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::fonts::FONTS;

/// A finished PDF.
#[derive(Debug, Clone)]
pub struct Pdf {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its pages.
    pub pages: usize,
}

/// A document that could not be made.
#[derive(Debug, thiserror::Error)]
#[error("{document} could not be typeset: {}", .reasons.join("; "))]
pub struct Failed {
    /// Which document.
    pub document: String,
    /// What Typst says.
    pub reasons: Vec<String>,
}

/// How a PDF is made.
pub(crate) struct Order<'a> {
    /// Name, for its id and for messages.
    pub(crate) name: &'a str,
    /// The moment that it carries as its date.
    pub(crate) at: Instant,
    /// Whether it is held to PDF/A-2a and PDF/UA-1. Volumes of exhibits are not: they hold pages that other programs made.
    pub(crate) archival: bool,
    /// Template.
    pub(crate) template: &'static str,
    /// Files that the template reads beside `data.json`.
    pub(crate) files: Vec<(String, Bytes)>,
}

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// What a template can see: itself, its data, the fonts. No clock, no disk, no network.
struct Sealed {
    main: Source,
    files: HashMap<FileId, Bytes>,
}

impl World for Sealed {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() { Ok(self.main.clone()) } else { Err(missing()) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or_else(missing)
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn missing() -> FileError {
    FileError::Other(Some("there is no such file in the sealed world of a template".into()))
}

fn file_id(name: &str) -> Option<FileId> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(name).ok()?).intern())
}

/// Typesets a document.
pub(crate) fn typeset(order: &Order<'_>, data: &impl Serialize) -> Result<Pdf, Failed> {
    let failed = |reasons: Vec<String>| Failed { document: order.name.to_owned(), reasons };
    let document = lay_out(order, data)?;
    let standards: &[PdfStandard] =
        if order.archival { &[PdfStandard::A_2a, PdfStandard::Ua_1] } else { &[PdfStandard::V_1_7] };
    let at = order.at;
    let small = |number: u32| u8::try_from(number).unwrap_or(0);
    let moment = Datetime::from_ymd_hms(
        at.year(),
        small(at.month()),
        small(at.day()),
        small(at.hour()),
        small(at.minute()),
        small(at.second()),
    );
    let options = PdfOptions {
        ident: Smart::Custom(order.name.to_owned()),
        creator: Smart::Custom(Some("Recoup".to_owned())),
        timestamp: moment.map(Timestamp::new_utc),
        standards: PdfStandards::new(standards).map_err(|error| failed(vec![error.message().to_string()]))?,
        ..PdfOptions::default()
    };
    let bytes = typst_pdf::pdf(&document, &options).map_err(|errors| failed(words(&errors)))?;
    let pages = document.pages().len();
    Ok(Pdf { bytes, pages })
}

/// Counts the pages of a document without writing it.
pub(crate) fn count_pages(order: &Order<'_>, data: &impl Serialize) -> Result<usize, Failed> {
    Ok(lay_out(order, data)?.pages().len())
}

fn lay_out(order: &Order<'_>, data: &impl Serialize) -> Result<PagedDocument, Failed> {
    let failed = |reasons: Vec<String>| Failed { document: order.name.to_owned(), reasons };
    let json = serde_json::to_vec(data).map_err(|error| failed(vec![error.to_string()]))?;
    let outside = || failed(vec!["a file of it has a wrong name".to_owned()]);
    let main = Source::new(file_id("main.typ").ok_or_else(outside)?, order.template.to_owned());
    let mut files = HashMap::from([(file_id("data.json").ok_or_else(outside)?, Bytes::new(json))]);
    for (name, bytes) in &order.files {
        files.insert(file_id(name).ok_or_else(outside)?, bytes.clone());
    }
    let compiled = typst::compile::<PagedDocument>(&Sealed { main, files });
    if let Some(font) = compiled.warnings.iter().find(|warning| warning.message.contains("font")) {
        return Err(failed(vec![font.message.to_string()]));
    }
    compiled.output.map_err(|errors| failed(words(&errors)))
}

fn words(errors: &[SourceDiagnostic]) -> Vec<String> {
    errors.iter().take(3).map(|error| error.message.to_string()).collect()
}

/// Lets go of what Typst remembers of the documents it made. Called between documents: one that is being made would begin anew.
pub(crate) fn forget() {
    typst::comemo::evict(0);
}

/// The same after a letter: what was used for one of the last few documents stays, so that a large filing that is being made beside
/// it does not begin anew.
pub(crate) fn age() {
    typst::comemo::evict(20);
}
