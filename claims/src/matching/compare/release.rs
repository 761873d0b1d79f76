//! Comparison of two releases or recordings.

use super::Outcome;
use crate::matching::{
    codes::Codes,
    distance,
    intern::MISSING,
    normalise::release::{self, DAMAGED},
    phrases::{Agreement, Phrases},
    record::{GtinKind, Release},
    values::Values,
};

/// Number of fields compared; their order is that of [`crate::matching::model::LINES`].
pub const FIELDS: usize = 13;

/// Compares all fields of two lines among `total` records.
#[must_use]
pub fn compare(values: &Values, total: f64, a: &Release, b: &Release) -> [Outcome; FIELDS] {
    [
        title(values, total, a, b),
        edition(&values.titles, a, b),
        volume(&values.titles, a, b),
        phrase(&values.artists, total, a.artist, b.artist),
        phrase(&values.albums, total, a.album, b.album),
        label(&values.labels, a.label, b.label),
        catalog(&values.catalogs, a, b),
        gtin(&values.gtins, a, b),
        isrc(&values.isrcs, a.isrc, b.isrc),
        year(a, b),
        length(a, b),
        same_or_not(a.track, b.track),
        same_or_not(a.language, b.language),
    ]
}

/// Titles; where both are named for the artist the title adds little to the artist, so it has levels of its own.
fn title(values: &Values, total: f64, a: &Release, b: &Release) -> Outcome {
    let outcome = phrase(&values.titles, total, a.title, b.title);
    if outcome.level == 1 && a.self_titled && b.self_titled {
        return Outcome::level(7);
    }
    if outcome.level == 4 {
        let (short, long) =
            if values.titles.members(a.title).len() <= values.titles.members(b.title).len() { (a, b) } else { (b, a) };
        if is_padded(values, short, long) {
            return Outcome::shared(8, values.titles.expected(short.title, total));
        }
    }
    outcome
}

/// Whether what the longer title has more is the artist's or the album's name (`Artist - Title`, `Title (Album)`).
fn is_padded(values: &Values, short: &Release, long: &Release) -> bool {
    let title = |line: &Release| values.titles.members(line.title).iter().map(|m| values.titles.word_hash(m.word));
    let around = |line: &Release| {
        let artist = values.artists.members(line.artist).iter().map(|m| values.artists.word_hash(m.word));
        artist.chain(values.albums.members(line.album).iter().map(|m| values.albums.word_hash(m.word)))
    };
    title(long).all(|word| title(short).chain(around(short)).chain(around(long)).any(|known| known == word))
}

fn phrase(book: &Phrases, total: f64, a: u32, b: u32) -> Outcome {
    if a == MISSING || b == MISSING {
        return Outcome::MISSING;
    }
    let agreement = book.agreement(a, b);
    let level = match agreement {
        Agreement::Same => 1,
        Agreement::Variant => 2,
        Agreement::Near => 3,
        Agreement::Contained => 4,
        Agreement::Family | Agreement::Shared => 5,
        Agreement::Different => 6,
    };
    if level <= 3 {
        return Outcome::shared(level, book.expected_of_both(a, b, total));
    }
    Outcome::level(level)
}

/// Editions: the same, one side says none, others. Two plain titles say nothing.
fn edition(titles: &Phrases, a: &Release, b: &Release) -> Outcome {
    match (titles.marks(a.title).editions, titles.marks(b.title).editions) {
        (0, 0) => Outcome::MISSING,
        (x, y) if x == y => Outcome::level(1),
        (0, _) | (_, 0) => Outcome::level(2),
        _ => Outcome::level(3),
    }
}

/// Volumes: the same, one side says none, others.
fn volume(titles: &Phrases, a: &Release, b: &Release) -> Outcome {
    match (titles.marks(a.title).volume, titles.marks(b.title).volume) {
        (0, 0) => Outcome::MISSING,
        (x, y) if x == y => Outcome::level(1),
        (0, _) | (_, 0) => Outcome::level(2),
        _ => Outcome::level(3),
    }
}

/// Label: the same words, shortened or slipped, different.
fn label(labels: &Phrases, a: u32, b: u32) -> Outcome {
    if a == MISSING || b == MISSING {
        return Outcome::MISSING;
    }
    Outcome::level(match labels.agreement(a, b) {
        Agreement::Same => 1,
        Agreement::Variant | Agreement::Near | Agreement::Contained => 2,
        Agreement::Family | Agreement::Shared => 3,
        Agreement::Different => 4,
    })
}

/// Catalogue number: the same; the same but for the carrier; a swapped, lost or doubled character; one figure apart (a slip or
/// the neighbour in the catalogue); different.
fn catalog(codes: &Codes, p: &Release, q: &Release) -> Outcome {
    let (a, b) = (p.catalog, q.catalog);
    if a == MISSING || b == MISSING {
        return Outcome::MISSING;
    }
    let crowd = || codes.fan_out(a).max(codes.fan_out(b));
    if a == b {
        return Outcome::counted(1, crowd());
    }
    if p.catalog_stem != q.catalog_stem && !distance::letters_allow(p.catalog_letters, q.catalog_letters, 1) {
        return Outcome::level(5);
    }
    let (x, y) = (release::catalog_stem(codes.text(a)), release::catalog_stem(codes.text(b)));
    if x == y {
        return Outcome::counted(2, crowd());
    }
    if distance::within(x, y, 1).is_some() {
        let (x, y) = (x.as_bytes(), y.as_bytes());
        let last_figures = x.len() == y.len() && x.split_last().map(|l| l.1) == y.split_last().map(|l| l.1);
        let substituted = x.len() == y.len() && x.iter().zip(y).filter(|(p, q)| p != q).count() == 1;
        return Outcome::level(if last_figures {
            5
        } else if substituted {
            4
        } else {
            3
        });
    }
    Outcome::level(5)
}

/// Barcode: the same; cut by a spreadsheet but agreeing; a slip that breaks the check digit; different.
fn gtin(codes: &Codes, p: &Release, q: &Release) -> Outcome {
    let (a, b) = (p.gtin, q.gtin);
    if a == MISSING || b == MISSING {
        return Outcome::MISSING;
    }
    if p.gtin_kind == GtinKind::Valid && q.gtin_kind == GtinKind::Valid {
        return if a == b { Outcome::counted(1, codes.fan_out(a)) } else { Outcome::level(4) };
    }
    let crowd = codes.fan_out(a).max(codes.fan_out(b));
    let (x, y) = (codes.text(a), codes.text(b));
    let (cut_a, cut_b) = (x.strip_prefix(DAMAGED), y.strip_prefix(DAMAGED));
    match (cut_a, cut_b) {
        (None, None) if a == b => Outcome::counted(1, crowd),
        (None, None) => {
            let slipped = distance::within(x, y, 2).is_some();
            Outcome::level(if slipped { 3 } else { 4 })
        }
        (Some(p), Some(q)) => Outcome::level(if p.starts_with(q) || q.starts_with(p) { 2 } else { 4 }),
        (Some(cut), None) => Outcome::level(if agrees_with_cut(cut, y) { 2 } else { 4 }),
        (None, Some(cut)) => Outcome::level(if agrees_with_cut(cut, x) { 2 } else { 4 }),
    }
}

/// Whether figures kept by a spreadsheet (six significant, rounded) are those of a full code.
fn agrees_with_cut(cut: &str, full: &str) -> bool {
    let full = full.trim_start_matches('0');
    let n = cut.len();
    let (Some(start), Ok(kept)) = (full.get(..n), cut.parse::<u64>()) else {
        return false;
    };
    let rounded_up = full.as_bytes().get(n).is_some_and(|next| *next >= b'5');
    start.parse::<u64>().is_ok_and(|exact| exact == kept || (rounded_up && exact + 1 == kept))
}

fn isrc(codes: &Codes, a: u32, b: u32) -> Outcome {
    if a == MISSING || b == MISSING {
        return Outcome::MISSING;
    }
    if a == b {
        return Outcome::counted(1, codes.records(a).saturating_sub(1));
    }
    Outcome::level(if distance::within(codes.text(a), codes.text(b), 1).is_some() { 2 } else { 3 })
}

/// Year: the same, the next, up to three years apart, different.
fn year(a: &Release, b: &Release) -> Outcome {
    if a.year == MISSING || b.year == MISSING {
        return Outcome::MISSING;
    }
    if a.year == b.year {
        return Outcome::level(1);
    }
    Outcome::level(match a.year_number.abs_diff(b.year_number) {
        0 | 1 => 2,
        2 | 3 => 3,
        _ => 4,
    })
}

/// Playing time: within two seconds, within ten, different.
fn length(a: &Release, b: &Release) -> Outcome {
    if a.length == MISSING || b.length == MISSING {
        return Outcome::MISSING;
    }
    Outcome::level(match a.seconds.abs_diff(b.seconds) {
        0..=2 => 1,
        3..=10 => 2,
        _ => 3,
    })
}

fn same_or_not(a: u32, b: u32) -> Outcome {
    match (a, b) {
        (MISSING, _) | (_, MISSING) => Outcome::MISSING,
        (a, b) if a == b => Outcome::level(1),
        _ => Outcome::level(2),
    }
}
