//! Letters of a claim as PDF: receipt, letter of direction, demand for return. `claims::letters` says what is in them.
//!
//! They are short, so Typst breaks their tables into pages itself. A letter is blocks on sheets; the template knows how each
//! block looks, the modules here what stands in it.

use claims::{
    letters::{Contents, LetterKind},
    line::Release,
    period::Period,
};
use serde::Serialize;

use crate::{
    engine::{Failed, Order, Pdf, age, typeset},
    fonts::drawable,
};

mod demand;
mod direction;
mod fit;
mod receipt;
#[cfg(test)]
mod tests;

const TEMPLATE: &str = concat!(include_str!("../templates/common.typ"), include_str!("../templates/letter.typ"));

/// Typesets a letter: the same bytes for the same contents.
///
/// # Errors
/// If it cannot be typeset.
pub fn pdf(contents: &Contents) -> Result<Pdf, Failed> {
    let letter = &contents.letter;
    let (title, mut sheets) = match letter.kind {
        LetterKind::Receipt => receipt::sheets(contents),
        LetterKind::Direction => direction::sheets(contents),
        LetterKind::Return => demand::sheets(contents),
    };
    sheets.iter_mut().for_each(fit::sheet);
    let data = Data {
        description: format!("{} of claim {}", letter.kind.title(), letter.number),
        running: fit::running(&letter.case_title),
        short: drawable(&title),
        foot: format!("{}, claim {}", letter.kind.title(), letter.number),
        title: drawable(&title),
        sheets,
    };
    let id = format!("{} {}", letter.file_name(), letter.sha256);
    let order = Order { name: &id, at: letter.made_at, archival: true, template: TEMPLATE, files: Vec::new() };
    let made = typeset(&order, &data);
    age();
    made
}

#[derive(Serialize)]
struct Data {
    title: String,
    description: String,
    running: String,
    short: String,
    foot: String,
    sheets: Vec<Sheet>,
}

/// Pages that lie one way.
#[derive(Serialize)]
struct Sheet {
    on_side: bool,
    blocks: Vec<Block>,
}

/// A line with its style: plain, `b`old, `s`oft, `m`ono.
type Line = (String, &'static str);

/// A piece of a letter.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Block {
    /// What it is, with something over it.
    Title { title: String, over: String },
    /// Who writes, or to whom; room to write where there is no address.
    Address { name: String, rows: Vec<String> },
    /// The day, to the right.
    Day { words: String },
    /// Names and values; room to write where there is no value.
    Facts { rows: Vec<(String, Vec<Line>)> },
    /// Paragraphs; one that begins with `1.` is an entry of a list.
    Words { parts: Vec<String> },
    /// A heading.
    Heading { title: String },
    /// Words that were signed, with who signed them and of what, on one page.
    Declared { parts: Vec<String>, rows: Vec<(String, Vec<Line>)> },
    /// A table.
    Table { columns: Vec<Column>, rows: Vec<Row> },
    /// Places to sign, role and name, below the last words: no page of signatures stands alone.
    Signatures { words: Vec<String>, parties: Vec<(String, String)> },
}

impl Block {
    fn title(title: &str, over: &str) -> Self {
        Self::Title { title: drawable(title), over: drawable(over) }
    }

    fn heading(title: &str) -> Self {
        Self::Heading { title: drawable(title) }
    }

    fn address(party: &claims::letters::Party) -> Self {
        Self::Address { name: drawable(&party.name), rows: party.address.iter().map(|row| drawable(row)).collect() }
    }

    fn words(parts: &[String]) -> Self {
        Self::Words { parts: parts.iter().map(|part| drawable(part)).collect() }
    }

    /// The words of a letter but the last paragraph, and places to sign below that one.
    fn signed(words: &[String], between: Vec<Self>, parties: Vec<(String, String)>) -> Vec<Self> {
        let (last, first) =
            words.split_last().map_or((Vec::new(), words), |(last, first)| (vec![drawable(last)], first));
        let mut blocks = vec![Self::words(first)];
        blocks.extend(between);
        blocks.push(Self::Signatures { words: last, parties });
        blocks
    }

    fn facts(rows: Vec<(&str, Vec<Line>)>) -> Self {
        Self::Facts { rows: rows.into_iter().map(|(name, lines)| (name.to_owned(), lines)).collect() }
    }
}

/// A column of a table.
#[derive(Serialize)]
struct Column {
    /// Width in points; 0 for what is left.
    width: f64,
    right: bool,
    head: String,
}

/// What a row is: `line`, `group`, `sum`, or `under`, which goes on without a rule.
#[derive(Serialize)]
struct Row {
    kind: &'static str,
    cells: Vec<Cell>,
}

#[derive(Serialize)]
struct Cell {
    span: usize,
    lines: Vec<Line>,
}

fn column(width: f64, head: &str) -> Column {
    Column { width, right: false, head: head.to_owned() }
}

fn figures(width: f64, head: &str) -> Column {
    Column { width, right: true, head: head.to_owned() }
}

fn row(kind: &'static str, cells: Vec<Cell>) -> Row {
    Row { kind, cells }
}

fn cell(lines: Vec<Line>) -> Cell {
    Cell { span: 1, lines }
}

fn wide(span: usize, lines: Vec<Line>) -> Cell {
    Cell { span, lines }
}

fn plain(text: &str) -> Vec<Line> {
    styled(text, "")
}

fn strong(text: &str) -> Vec<Line> {
    styled(text, "b")
}

fn soft(text: &str) -> Vec<Line> {
    styled(text, "s")
}

fn styled(text: &str, style: &'static str) -> Vec<Line> {
    let text = drawable(text);
    if text.is_empty() { Vec::new() } else { vec![(text, style)] }
}

/// A hash on two lines.
fn hash(sha256: &str) -> Vec<Line> {
    let (a, b) = sha256.split_at_checked(32).unwrap_or((sha256, ""));
    [a, b].into_iter().filter(|half| !half.is_empty()).map(|half| (half.to_owned(), "m")).collect()
}

/// What names a release beside its artist and title, one on each line.
fn numbers(release: &Release) -> Vec<String> {
    let mut numbers = Vec::new();
    numbers.extend(release.catalogue_number.clone());
    numbers.extend(release.gtin.as_ref().map(|gtin| gtin.as_str().to_owned()));
    numbers.extend(release.aggregator_gtin.as_ref().map(|gtin| format!("{} (aggregator’s)", gtin.as_str())));
    numbers.extend(release.isrc.as_ref().map(|isrc| format!("ISRC {}", isrc.as_str())));
    numbers
}

/// Artist and title; what is said instead where there is neither.
fn named(release: &Release, instead: &str) -> String {
    let parts: Vec<&str> = [&release.artist, &release.title].into_iter().flatten().map(String::as_str).collect();
    match (parts.is_empty(), numbers(release).is_empty(), &release.label) {
        (false, ..) => parts.join(": "),
        (true, true, None) => instead.to_owned(),
        (true, _, Some(label)) => label.clone(),
        (true, false, None) => String::new(),
    }
}

/// The day on which a period begins and ends, in few words.
fn period(period: Period) -> String {
    claims::filing::schedules::short_period(period)
}

/// “1 line”, “12 lines”.
fn plural(number: impl TryInto<i64>, one: &str, many: &str) -> String {
    let number = number.try_into().unwrap_or(i64::MAX);
    format!("{} {}", claims::money::grouped_units(number), if number == 1 { one } else { many })
}
