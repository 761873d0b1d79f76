//! Words for totals and balances: whether a cell speaks of a sum of other rows, or may be a title, a name or a code.

use super::dates::{self, DayOrder};
use crate::money::Currency;

/// Words for a total that are no one's title, in the languages of the labels in the case.
const SURE: &[&str] = &[
    "subtotal",
    "subtotals",
    "sub total",
    "sub-total",
    "grand total",
    "grand totals",
    "net total",
    "page total",
    "report total",
    "statement total",
    "overall total",
    "running total",
    "amount due",
    "amount payable",
    "balance due",
    "total due",
    "net payable",
    "zwischensumme",
    "gesamtsumme",
    "gesamtbetrag",
    "gesamtergebnis",
    "endsumme",
    "endbetrag",
    "summen",
    "subtotaal",
    "eindtotaal",
    "te betalen",
    "sous-total",
    "sous total",
    "totaux",
    "montant total",
    "net à payer",
    "importe total",
];

/// Words for a total that may begin a title or name as well.
const TOTALS: &[&str] =
    &["total", "totals", "sum", "summe", "gesamt", "insgesamt", "totaal", "totale", "somme", "suma"];

/// Words that end a total line, as spreadsheets write them: `Waveform Total`.
const ENDINGS: &[&str] = &[" total", " totals", " subtotal", " summe", " ergebnis", " totaal"];

/// Words between that for a total and what it is the total of.
const OF: &[&str] = &[
    "for",
    "of",
    "in",
    "due",
    "payable",
    "general",
    "général",
    "net",
    "netto",
    "amount",
    "units",
    "sales",
    "royalties",
    "für",
    "pour",
    "voor",
    "para",
];

/// Words after that for a total where it is a number of rows: `Total_Rows`, `Total records`.
const ROWS: &[&str] = &["rows", "lines", "records", "zeilen", "lignes", "regels"];

/// Words for money of an earlier page or statement.
const BALANCES: &[&str] = &[
    "balance forward",
    "balance brought forward",
    "balance carried forward",
    "brought forward",
    "carried forward",
    "carry forward",
    "opening balance",
    "closing balance",
    "previous balance",
    "prior balance",
    "b/f",
    "c/f",
    "vortrag",
    "saldovortrag",
    "übertrag",
    "Übertrag",
    "uebertrag",
    "report à nouveau",
    "solde reporté",
    "saldo anterior",
];

/// Words that stand for a balance or payment, or are a title.
const PERHAPS: &[&str] = &["balance", "saldo", "solde", "payment", "payments", "zahlung"];

/// How a cell speaks of a total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// It can hardly be anything else.
    Total,
    /// A word for it before others, which may be whose total it is, or the rest of a title.
    Before,
    /// The same after others.
    After,
    /// Money of an earlier page or statement.
    Balance,
}

/// Whether the words after that for a total say that it counts rows.
pub(super) fn counts_rows(name: &[u8]) -> bool {
    let word = trimmed(name);
    ROWS.iter().any(|rows| word.eq_ignore_ascii_case(rows.as_bytes()))
}

/// A word for a total in a cell, and the other words there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Said<'c> {
    pub what: What,
    pub name: &'c [u8],
}

/// Whether a cell speaks of a total. Nearly every cell is told by its first or last letters.
pub(super) fn said(cell: &[u8]) -> Option<Said<'_>> {
    if !(3..80).contains(&cell.len()) {
        return None;
    }
    let cell = if cell[0].is_ascii_punctuation() { trimmed(cell) } else { cell };
    begins(cell).or_else(|| ends(cell))
}

/// The first two letters of all words, small; bytes of UTF-8 with the bit set that makes letters small.
const fn may_begin(first: u8, second: u8) -> bool {
    matches!(
        &[first | 0x20, second | 0x20],
        b"to"
            | b"su"
            | b"gr"
            | b"ne"
            | b"pa"
            | b"re"
            | b"st"
            | b"ov"
            | b"ru"
            | b"am"
            | b"ba"
            | b"zw"
            | b"ge"
            | b"en"
            | b"ei"
            | b"te"
            | b"so"
            | b"mo"
            | b"im"
            | b"in"
            | b"br"
            | b"ca"
            | b"op"
            | b"cl"
            | b"pr"
            | b"b/"
            | b"c/"
            | b"vo"
            | b"sa"
            | b"ue"
            | b"za"
            | b"\xe3\xbc"
    )
}

fn begins(cell: &[u8]) -> Option<Said<'_>> {
    let [first, second, ..] = *cell else { return None };
    if !may_begin(first, second) {
        return None;
    }
    let after = |words: &[&str]| {
        words.iter().find_map(|word| {
            let rest = without(cell, word)?;
            rest.first().is_none_or(|next| !is_letter(*next)).then_some(rest)
        })
    };
    if let Some(rest) = after(SURE) {
        return Some(Said { what: What::Total, name: name(rest).1 });
    }
    if let Some(rest) = after(TOTALS) {
        let (sure, name) = name(rest);
        return Some(Said { what: if sure { What::Total } else { What::Before }, name });
    }
    if let Some(rest) = after(BALANCES) {
        return Some(Said { what: What::Balance, name: trimmed(rest) });
    }
    after(PERHAPS).map(|rest| Said { what: What::Before, name: trimmed(rest) })
}

fn ends(cell: &[u8]) -> Option<Said<'_>> {
    // The last letters of all endings.
    if !matches!(cell.last().map(u8::to_ascii_lowercase), Some(b'l' | b's' | b'e')) {
        return None;
    }
    ENDINGS.iter().find_map(|ending| {
        let (name, end) = cell.split_at_checked(cell.len().checked_sub(ending.len())?)?;
        end.eq_ignore_ascii_case(ending.as_bytes()).then(|| Said { what: What::After, name: trimmed(name) })
    })
}

/// Whose total it is, from what follows the word for it, and whether that can be nothing else.
fn name(rest: &[u8]) -> (bool, &[u8]) {
    let marked = rest.trim_ascii_start().first().is_some_and(|mark| matches!(mark, b':' | b'('));
    let words = trimmed(rest);
    let connected = OF.iter().find_map(|word| {
        let rest = without(words, word)?;
        rest.first().is_none_or(|next| !is_letter(*next)).then_some(trimmed(rest))
    });
    match connected {
        Some(name) => (true, name),
        None => (marked || !words.iter().any(|byte| is_letter(*byte)) || is_currency(words), words),
    }
}

fn without<'c>(cell: &'c [u8], word: &str) -> Option<&'c [u8]> {
    let (start, rest) = cell.split_at_checked(word.len())?;
    start.eq_ignore_ascii_case(word.as_bytes()).then_some(rest)
}

const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte > 127
}

/// A text without the marks and spaces around it.
pub(super) fn trimmed(text: &[u8]) -> &[u8] {
    let start = text.iter().take_while(|byte| !is_letter(**byte)).count();
    let end = text.len() - text[start..].iter().rev().take_while(|byte| !is_letter(**byte)).count();
    &text[start..end]
}

/// Whether a cell is the code or sign of a currency.
pub(super) fn is_currency(cell: &[u8]) -> bool {
    std::str::from_utf8(cell).is_ok_and(|text| matches!(text, "€" | "£" | "¥") || Currency::parse(text).is_some())
}

/// Whether a cell in a column of codes holds one: `TOTAL` and `Total 2015` do not, `SUM-2015` and `Total 10` do.
pub(super) fn is_code(cell: &[u8]) -> bool {
    let Some(Said { what, name }) = said(cell) else { return !cell.is_empty() };
    let in_code = |byte: &u8| byte.is_ascii_alphanumeric() || b"-/._".contains(byte);
    what == What::Before
        && name.first().is_some_and(u8::is_ascii_digit)
        && name.iter().all(in_code)
        && !(is_period(name) && after_space(cell))
}

/// Whether it is a year, two, or a day or month of one. Six digits or more are rather a number.
fn is_period(name: &[u8]) -> bool {
    let digits = name.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let year = digits == 4 && (name.starts_with(b"19") || name.starts_with(b"20"));
    let day = |text| [DayOrder::DayFirst, DayOrder::MonthFirst].iter().any(|order| dates::read(text, *order).is_ok());
    year && !name.iter().any(u8::is_ascii_alphabetic) || digits < 3 && std::str::from_utf8(name).is_ok_and(day)
}

/// Whether a space stands before the first digit.
fn after_space(cell: &[u8]) -> bool {
    let digit = cell.iter().position(u8::is_ascii_digit).unwrap_or_default();
    cell[..digit].last().is_some_and(u8::is_ascii_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_looked_for() {
        for word in [SURE, TOTALS, BALANCES, PERHAPS].concat() {
            for word in [word.to_owned(), word.to_uppercase()] {
                let [first, second, ..] = *word.as_bytes() else { panic!("{word}") };
                assert!(may_begin(first, second), "{word}");
            }
            assert!(said(word.as_bytes()).is_some(), "{word}");
            if !word.contains(' ') {
                assert_eq!(said(format!("{word}x").as_bytes()), None, "{word}");
            }
        }
        for ending in ENDINGS {
            assert_eq!(
                said(format!("Waveform{ending}").as_bytes()).map(|said| said.what),
                Some(What::After),
                "{ending}"
            );
        }
    }

    #[test]
    fn totals_are_told_from_names() {
        let found = |cell: &'static str| said(cell.as_bytes()).map(|said| (said.what, said.name));
        for total in ["TOTAL", "Total:", "*** Total ***", "Total USD", "Total (EUR)", "TOTAL GENERAL", "Total €"] {
            assert_eq!(found(total).map(|(what, _)| what), Some(What::Total), "{total}");
        }
        assert_eq!(found("Subtotal Foo Rec"), Some((What::Total, &b"Foo Rec"[..])));
        assert_eq!(found("Total for Foo Rec:"), Some((What::Total, &b"Foo Rec"[..])));
        assert_eq!(found("Total Eclipse"), Some((What::Before, &b"Eclipse"[..])));
        assert_eq!(found("Foo Rec Total"), Some((What::After, &b"Foo Rec"[..])));
        assert_eq!(found("ÜBERTRAG von Seite 1").map(|(what, _)| what), Some(What::Balance));
        for none in ["Totally", "Summer", "Gesamtausgabe", "Sumo", "Arctic Light", "Digital", "", "T"] {
            assert_eq!(found(none), None, "{none}");
        }
        for code in [
            "SUM-001",
            "Total 10",
            "SUM41",
            "AB 1",
            "CR-411-CD",
            "SUM-001-CD",
            "SUM-2015",
            "SUM2015",
            "SUM 001/2",
            "SUM 2015CD",
            "SUM.001_LP",
            "TOTAL 201503",
        ] {
            assert!(is_code(code.as_bytes()), "{code}");
        }
        for none in [
            "",
            "TOTAL",
            "Total 2015",
            "AB 1 Total",
            "734885411001 Total",
            "Subtotal 10",
            "Total 2015/16",
            "Total 2015-03",
            "Total 03/2015",
            "Summe 31.12.2015",
            "Total 10 / 20",
        ] {
            assert!(!is_code(none.as_bytes()), "{none}");
        }
    }
}
