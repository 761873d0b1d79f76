//! Exhibits in volumes: each file once, a Bates number on every page.
//!
//! Pages of PDFs and pictures are embedded whole, scaled to a sheet with room for the stamp, so that the stamp hides nothing.
//! What cannot be shown (another type, damaged, encrypted) has a slip sheet that names it, and lies beside the volumes as it was
//! uploaded. These volumes are PDF 1.7, not PDF/A: they hold pages of other programs, which may break PDF/A's rules.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use claims::{
    Instant,
    filing::{Exhibit, Filing, Form},
    unreadable::Unreadable,
};
use hayro_syntax::{
    DecryptionError, LoadPdfError,
    object::{Array, Dict, Name},
};
use serde::{Deserialize, Serialize};
use typst::foundations::Bytes;

use crate::{
    engine::{Failed, Order, Pdf, forget, typeset},
    fonts::drawable,
};

const TEMPLATE: &str = include_str!("templates/exhibits.typ");

/// Most pages of a volume, whatever its size.
const MOST_PAGES: i64 = 400;

/// Most pages of one file: more of them would hold up a filing for hours.
const MOST_PAGES_OF_A_FILE: i64 = 20_000;

/// Most pixels of a picture: what a decoder would need memory for.
const MOST_PIXELS: u64 = 80_000_000;

/// How a file will stand in the volumes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// Form.
    pub form: Form,
    /// Pages.
    pub pages: i64,
    /// Why a PDF or picture is a slip sheet; empty otherwise.
    pub problem: String,
}

impl Look {
    /// A slip sheet, with its reason.
    #[must_use]
    pub fn slip(problem: &str) -> Self {
        Self { form: Form::SlipSheet, pages: 1, problem: problem.to_owned() }
    }
}

/// Types that can be shown.
#[must_use]
pub fn can_be_shown(media_type: &str) -> bool {
    matches!(media_type, "application/pdf" | "image/jpeg" | "image/png" | "image/gif" | "image/webp")
}

/// Looks at the bytes of a file. To be sure that it can be shown it is typeset once.
#[must_use]
pub fn look(media_type: &str, bytes: &[u8]) -> Look {
    if !can_be_shown(media_type) {
        return Look::slip("");
    }
    let (form, pages, marked) = if media_type == "application/pdf" {
        match count(bytes.to_vec()) {
            Ok((pages, _)) if pages > MOST_PAGES_OF_A_FILE => {
                return Look::slip("it has more than 20,000 pages");
            }
            Ok((pages, marked)) => (Form::Pages, pages, marked),
            Err(problem) => return Look::slip(problem),
        }
    } else {
        (Form::Image, 1, false)
    };
    let piece = Piece {
        exhibit: &Exhibit {
            exhibit: 1,
            sha256: String::new(),
            name: String::new(),
            media_type: media_type.to_owned(),
            bytes: 0,
            first: 1,
            pages,
            form,
            problem: String::new(),
            claims: Vec::new(),
        },
        bytes: bytes.to_vec(),
        from: 0,
        to: pages,
    };
    // A mistake in a decoder must not end the build: the file gets a slip sheet.
    let order = |pieces: &[Piece<'_>]| volume_of("look", "", Instant::default(), &Stamps::default(), pieces);
    match catch_unwind(AssertUnwindSafe(|| order(std::slice::from_ref(&piece)))) {
        Ok(Ok(pdf)) if i64::try_from(pdf.pages) == Ok(pages) => {
            Look { form, pages, problem: if marked { MARKED.to_owned() } else { String::new() } }
        }
        _ => Look::slip("its content cannot be shown; it may be damaged"),
    }
}

/// What is said of a PDF whose pages carry more than the page itself. Embedding a page takes what is drawn on it and leaves the rest.
const MARKED: &str = "notes, marks or filled-in fields on its pages are not shown";

/// Pages of a PDF, and whether something lies on them that is not drawn on the page: notes, marks, fields of a form.
fn count(pdf: impl Into<hayro_syntax::PdfData>) -> Result<(i64, bool), &'static str> {
    let loaded = catch_unwind(AssertUnwindSafe(|| {
        hayro_syntax::Pdf::new(pdf).map(|pdf| (pdf.pages().len(), pdf.pages().iter().any(is_marked)))
    }));
    match loaded {
        Ok(Ok((0, _))) => Err("it has no pages"),
        Ok(Ok((pages, marked))) => {
            i64::try_from(pages).map(|pages| (pages, marked)).map_err(|_| "it has too many pages")
        }
        Ok(Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected))) => Err(LOCKED),
        Ok(Err(LoadPdfError::Decryption(_))) => Err(SEALED),
        _ => Err("it is damaged"),
    }
}

const LOCKED: &str = "it is encrypted with a password";
const SEALED: &str = "it is encrypted in a way that cannot be read";

/// The pages of a PDF.
///
/// # Errors
/// Why nobody can read it: what makes a slip sheet of it, or that its end is missing.
pub fn pages(pdf: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<i64, Unreadable> {
    let pdf = Arc::new(pdf);
    match count(Arc::clone(&pdf)) {
        Ok((pages, _)) if !is_cut_off((*pdf).as_ref()) => Ok(pages),
        Err(LOCKED | SEALED) => Err(Unreadable::Password),
        _ => Err(Unreadable::Damaged),
    }
}

/// Whether a PDF ends before its end: behind its last object stands where they all are, or at least its last mark. What is left of
/// one that was cut off can often be put together to pages with nothing on them.
fn is_cut_off(pdf: &[u8]) -> bool {
    let last = |word: &[u8]| pdf.windows(word.len()).rposition(|found| found == word);
    last(b"endobj") > last(b"%%EOF").max(last(b"startxref"))
}

/// Links and the windows of notes show nothing themselves.
fn is_marked(page: &hayro_syntax::page::Page<'_>) -> bool {
    let Some(marks) = page.raw().get::<Array<'_>>(b"Annots") else { return false };
    marks.iter::<Dict<'_>>().any(|mark| {
        let kind = mark.get::<Name<'_>>(b"Subtype");
        !kind.is_some_and(|kind| matches!(&*kind, b"Link" | b"Popup"))
    })
}

/// A part of an exhibit, with its bytes unless it is a slip sheet.
pub struct Piece<'a> {
    /// Exhibit.
    pub exhibit: &'a Exhibit,
    /// Bytes of the file; empty for a slip sheet.
    pub bytes: Vec<u8>,
    /// First page, counted from 0.
    pub from: i64,
    /// Page after the last.
    pub to: i64,
}

/// What stands in a volume: place of the exhibit, its first page counted from 0, the page after its last.
pub type Plan = Vec<(usize, i64, i64)>;

/// Which exhibits stand in which volume, as far as it can be known before anything is typeset: by the sizes of the files, under
/// the cap, at most [`MOST_PAGES`] pages each. A volume that turns out larger than the cap is halved by [`halves`].
#[must_use]
pub fn volumes(filing: &Filing) -> Vec<Plan> {
    let cap = filing.settings.volume_mb.saturating_mul(1_000_000) * 9 / 10;
    let mut volumes: Vec<Plan> = Vec::new();
    let (mut size, mut pages) = (0i64, 0i64);
    for (place, exhibit) in filing.exhibits.iter().enumerate() {
        let bytes = if exhibit.form == Form::SlipSheet { 20_000 } else { exhibit.bytes };
        let a_page = bytes / exhibit.pages.max(1) + 4_000;
        let mut from = 0;
        while from < exhibit.pages {
            let room = ((cap - size) / a_page).min(MOST_PAGES - pages);
            let fits_whole = exhibit.pages - from <= room;
            // An exhibit is broken only where a volume of its own could not hold it.
            let must_break = a_page.saturating_mul(exhibit.pages) > cap || exhibit.pages > MOST_PAGES;
            let goes_on = fits_whole || must_break && room > 0 && size == 0;
            if !goes_on && volumes.last().is_some_and(|volume| !volume.is_empty()) || volumes.is_empty() {
                volumes.push(Vec::new());
                (size, pages) = (0, 0);
            }
            let room = ((cap - size) / a_page).min(MOST_PAGES - pages).max(1);
            let to = exhibit.pages.min(from + room);
            if let Some(volume) = volumes.last_mut() {
                volume.push((place, from, to));
            }
            size += a_page * (to - from);
            pages += to - from;
            from = to;
        }
    }
    volumes
}

/// A volume in two: between exhibits where it has several, else between pages. `None` for a single page.
#[must_use]
pub fn halves(plan: &[(usize, i64, i64)]) -> Option<(Plan, Plan)> {
    if let [(place, from, to)] = *plan {
        let middle = from + (to - from) / 2;
        return (middle > from).then(|| (vec![(place, from, middle)], vec![(place, middle, to)]));
    }
    let pages = |of: &[(usize, i64, i64)]| of.iter().map(|(_, from, to)| to - from).sum::<i64>();
    let all = pages(plan);
    let cut = (1..plan.len()).min_by_key(|cut| (pages(&plan[..*cut]) * 2 - all).abs())?;
    Some((plan[..cut].to_vec(), plan[cut..].to_vec()))
}

/// The size that no volume of a filing may be larger than, in bytes.
#[must_use]
pub fn cap(filing: &Filing) -> u64 {
    u64::try_from(filing.settings.volume_mb).unwrap_or(0).saturating_mul(1_000_000)
}

#[derive(Serialize)]
struct Data<'a> {
    title: String,
    filing: &'a str,
    exhibits: Vec<Shown>,
}

#[derive(Serialize)]
struct Shown {
    title: String,
    name: String,
    form: Form,
    file: String,
    format: &'static str,
    /// Page of the file, page in words, stamp.
    pages: Vec<(i64, String, String)>,
    facts: Vec<(String, String)>,
    hash: String,
    /// Name of the file in the folder “native”, where it lies there, without its ending.
    native: String,
    problem: String,
}

/// A volume to be made by somebody who has no filing, but for the bytes of its files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumeOrder {
    id: String,
    title: String,
    at: Instant,
    stamps: Stamps,
    pieces: Vec<PieceOrder>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PieceOrder {
    exhibit: Exhibit,
    from: i64,
    to: i64,
}

impl VolumeOrder {
    /// The order for a volume of a filing.
    #[must_use]
    pub fn new(filing: &Filing, name: &str, number: usize, plan: &[(usize, i64, i64)]) -> Self {
        Self {
            id: format!("{} {name}", filing.stem()),
            title: format!("{}: exhibits, volume {number}", filing.title()),
            at: filing.as_of,
            stamps: Stamps { prefix: filing.settings.bates_prefix.clone(), width: filing.settings.bates().width },
            pieces: plan
                .iter()
                .map(|&(place, from, to)| PieceOrder { exhibit: filing.exhibits[place].clone(), from, to })
                .collect(),
        }
    }

    /// Typesets it of its files, in the order of its pieces; empty for a slip sheet.
    ///
    /// # Errors
    /// If it cannot be typeset.
    pub fn make(&self, files: Vec<Vec<u8>>) -> Result<Pdf, Failed> {
        let pieces = self.pieces.iter().zip(files);
        let pieces: Vec<Piece<'_>> = pieces
            .map(|(piece, bytes)| Piece { exhibit: &piece.exhibit, bytes, from: piece.from, to: piece.to })
            .collect();
        volume_of(&self.id, &self.title, self.at, &self.stamps, &pieces)
    }
}

/// How pages are stamped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Stamps {
    /// Letters before the number.
    prefix: String,
    /// Digits.
    width: usize,
}

/// Typesets one volume.
///
/// # Errors
/// If it cannot be typeset.
pub fn volume(filing: &Filing, name: &str, number: usize, pieces: &[Piece<'_>]) -> Result<Pdf, Failed> {
    let VolumeOrder { id, title, at, stamps, .. } = VolumeOrder::new(filing, name, number, &[]);
    volume_of(&id, &title, at, &stamps, pieces)
}

fn volume_of(id: &str, title: &str, at: Instant, stamps: &Stamps, pieces: &[Piece<'_>]) -> Result<Pdf, Failed> {
    let bates = claims::filing::bates::Bates { prefix: stamps.prefix.clone(), width: stamps.width };
    let mut files = Vec::new();
    let mut shown = Vec::new();
    for (place, piece) in pieces.iter().enumerate() {
        let exhibit = piece.exhibit;
        let format = match exhibit.media_type.as_str() {
            "application/pdf" => "pdf",
            "image/jpeg" => "jpg",
            "image/png" => "png",
            "image/gif" => "gif",
            _ => "webp",
        };
        let file = format!("e{place}");
        if exhibit.form != Form::SlipSheet {
            if exhibit.form == Form::Image && pixels(&piece.bytes).is_some_and(|pixels| pixels > MOST_PIXELS) {
                let reasons = vec!["a picture has too many pixels".to_owned()];
                return Err(Failed { document: id.to_owned(), reasons });
            }
            files.push((file.clone(), Bytes::new(piece.bytes.clone())));
        }
        let pages = (piece.from..piece.to)
            .map(|page| {
                (page + 1, format!("page {} of {}", page + 1, exhibit.pages), bates.number(exhibit.first + page))
            })
            .collect();
        shown.push(Shown {
            title: format!("Exhibit {}", exhibit.exhibit),
            name: drawable(&exhibit.name),
            form: exhibit.form,
            file,
            format,
            pages,
            facts: vec![
                ("File".to_owned(), drawable(&exhibit.name)),
                ("Type".to_owned(), exhibit.media_type.clone()),
                ("Size".to_owned(), format!("{} bytes", claims::money::grouped_units(exhibit.bytes))),
                ("Claims".to_owned(), exhibit.claims.join(", ")),
            ],
            hash: exhibit.sha256.clone(),
            native: bates.number(exhibit.first),
            problem: exhibit.problem.clone(),
        });
    }
    let order = Order { name: id, at, archival: false, template: TEMPLATE, files };
    let made = typeset(&order, &Data { title: title.to_owned(), filing: title, exhibits: shown });
    forget();
    made
}

/// Width times height of a PNG, JPEG or GIF, read from its head.
fn pixels(bytes: &[u8]) -> Option<u64> {
    let number = |at: usize, big: bool| -> Option<u64> {
        let two = bytes.get(at..at + 2)?;
        Some(u64::from(if big { u16::from_be_bytes([two[0], two[1]]) } else { u16::from_le_bytes([two[0], two[1]]) }))
    };
    if bytes.starts_with(b"\x89PNG") {
        let side = |at: usize| Some(u64::from(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?)));
        return Some(side(16)?.saturating_mul(side(20)?));
    }
    if bytes.starts_with(b"GIF8") {
        return Some(number(6, false)? * number(8, false)?);
    }
    if bytes.starts_with(&[0xff, 0xd8]) {
        let mut at = 2;
        while *bytes.get(at)? == 0xff {
            let marker = *bytes.get(at + 1)?;
            if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
                return Some(number(at + 5, true)? * number(at + 7, true)?);
            }
            at += 2 + usize::try_from(number(at + 2, true)?).ok()?;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{halves, is_cut_off};

    #[test]
    fn a_pdf_without_its_end_is_cut_off() {
        for whole in [
            "1 0 obj 2 endobj trailer startxref 9 %%EOF\n",
            "1 0 obj 2 endobj\n%%EOF",
            "1 0 obj 2 endobj startxref 9",
            "",
        ] {
            assert!(!is_cut_off(whole.as_bytes()), "{whole}");
        }
        // The second has its first table at its beginning, to be shown while it comes.
        for cut in ["1 0 obj 2 endobj 2 0 obj <<", "1 0 obj 2 endobj startxref 0 %%EOF 2 0 obj 3 endobj 3 0 obj"] {
            assert!(is_cut_off(cut.as_bytes()), "{cut}");
        }
    }

    #[test]
    fn a_volume_is_halved_until_it_is_a_page() {
        assert_eq!(halves(&[(0, 0, 2), (1, 0, 7), (2, 0, 1)]), Some((vec![(0, 0, 2)], vec![(1, 0, 7), (2, 0, 1)])));
        assert_eq!(halves(&[(1, 3, 8)]), Some((vec![(1, 3, 5)], vec![(1, 5, 8)])));
        assert_eq!(halves(&[(1, 3, 4)]), None);
        assert_eq!(halves(&[]), None);
        // Nothing is lost or repeated, however deep it goes.
        let mut waiting = vec![vec![(0usize, 0i64, 5i64), (1, 2, 4), (2, 0, 1)]];
        let mut pages = Vec::new();
        while let Some(plan) = waiting.pop() {
            match halves(&plan) {
                Some((first, second)) => waiting.extend([second, first]),
                None => pages.extend(plan),
            }
        }
        assert_eq!(pages, [(0, 0, 1), (0, 1, 2), (0, 2, 3), (0, 3, 4), (0, 4, 5), (1, 2, 3), (1, 3, 4), (2, 0, 1)]);
    }
}
