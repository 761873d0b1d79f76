//! Which rows are not sales or stock: repeated headers, headings and remarks.

use super::{
    cells::Cells,
    field::{Field, Holds, plain},
    totals::trimmed,
};

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

/// Whether a row is a heading or remark: few cells, none of them a figure or code.
pub(super) fn is_note(cells: &Cells, columns: &[Option<Field>]) -> bool {
    let full = cells.iter().filter(|cell| !cell.is_empty()).count();
    let figures = columns.iter().enumerate().any(|(column, field)| {
        matches!(field.map(Field::holds), Some(Holds::Number | Holds::Units))
            && cells.get(column).iter().any(u8::is_ascii_digit)
    });
    !figures && full * 2 <= columns.len() + 1
}

/// Whether a text in a column of codes is none, where nothing is due on its row: a heading, a thank-you, `Page 1 of 3`.
pub(super) fn is_remark(cell: &[u8]) -> bool {
    let mut words = cell.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let page = |word: &[u8]| PAGES.iter().any(|page| trimmed(word).eq_ignore_ascii_case(page.as_bytes()));
    !cell.iter().any(u8::is_ascii_digit) || words.next().is_some_and(page) || words.count() > 2
}

/// Words that begin the foot of a page.
const PAGES: &[&str] = &["page", "seite", "pagina", "página", "blatt"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_are_told_from_codes() {
        for remark in ["Page 1", "Thank you", "1) Net of returns", "Seite 2"] {
            assert!(is_remark(remark.as_bytes()), "{remark}");
        }
        assert!(!is_remark(b"AB 1") && !is_remark(b"734885411001"));
    }
}
