//! Which rows are not sales or stock: totals, repeated headers, headings and remarks.

use super::{
    cells::Cells,
    field::{Field, Holds, plain},
};

/// Words that begin a total line, in the languages of the labels in the case.
const TOTALS: &[&str] = &[
    "total",
    "totals",
    "subtotal",
    "sub total",
    "sub-total",
    "grand total",
    "net total",
    "sum",
    "summe",
    "gesamt",
    "gesamtsumme",
    "zwischensumme",
    "endsumme",
    "totaal",
    "subtotaal",
    "totale",
    "somme",
    "total general",
    "amount due",
    "balance due",
    "total due",
];

/// Whether a row is the header once more.
pub(super) fn repeats(cells: &Cells, header: &[String]) -> bool {
    let full = header.iter().filter(|name| !name.is_empty()).count();
    let same = header
        .iter()
        .enumerate()
        .filter(|(column, name)| !name.is_empty() && plain(&cells.words(*column)) == plain(name))
        .count();
    same >= 2 && same * 10 >= full * 8
}

/// Whether a row is a total: a word for it in a cell, and at most half of the cells filled. The caller has seen that no code
/// names a release, so that an album named “Total Eclipse” is not taken for one unless nothing else is known of it.
pub(super) fn is_total(cells: &Cells, columns: &[Option<Field>]) -> bool {
    let full = cells.iter().filter(|cell| !cell.is_empty()).count();
    if full * 2 > columns.len() + 1 {
        return false;
    }
    cells.iter().filter(|cell| !cell.is_empty() && cell.len() < 80).any(|cell| {
        let text = String::from_utf8_lossy(cell).to_lowercase();
        let text = text.trim_end_matches([':', ' ', '.']);
        TOTALS.iter().any(|word| {
            text.strip_prefix(word).is_some_and(|rest| {
                rest.is_empty()
                    || rest.starts_with([':', '('])
                    || [" for ", " of ", " in ", " due", " payable", " usd", " eur", " gbp"]
                        .iter()
                        .any(|more| rest.starts_with(more))
            })
        })
    })
}

/// Whether a row is a heading or remark: few cells, none of them a figure or code.
pub(super) fn is_note(cells: &Cells, columns: &[Option<Field>]) -> bool {
    let full = cells.iter().filter(|cell| !cell.is_empty()).count();
    let figures = columns.iter().enumerate().any(|(column, field)| {
        matches!(field.map(Field::holds), Some(Holds::Number | Holds::Units))
            && cells.get(column).iter().any(u8::is_ascii_digit)
    });
    !figures && full * 2 <= columns.len() + 1
}
