//! Long words: a file name, or a title without a space, breaks where it would run into the next column or off the page.
//! The widths are those of `letter.typ`; text that fits is left as it is.

use super::{Block, Line, Sheet};
use crate::{
    fonts::drawable,
    measure::{Style, breakable},
};

/// Between the margins, in points: paper that stands, and paper that lies on its side.
const MEASURE: [f64; 2] = [468.0, 648.0];

/// The title of the case at the head of a page, beside the name of the letter.
const RUNNING: f64 = 200.0;

/// The title of a case for the head of each page.
pub(super) fn running(title: &str) -> String {
    breakable(&drawable(title), Style::Soft, RUNNING)
}

/// Lets the long words of a sheet break.
pub(super) fn sheet(sheet: &mut Sheet) {
    let room = MEASURE[usize::from(sheet.on_side)];
    for block in &mut sheet.blocks {
        fit(block, room);
    }
}

fn fit(block: &mut Block, room: f64) {
    let paragraphs = |parts: &mut Vec<String>, most: f64| {
        parts.iter_mut().for_each(|part| *part = breakable(part, Style::Plain, most));
    };
    match block {
        Block::Title { over, .. } => *over = breakable(over, Style::Soft, room),
        Block::Address { name, rows } => {
            *name = breakable(name, Style::Bold, room);
            paragraphs(rows, room);
        }
        Block::Facts { rows } => rows.iter_mut().for_each(|(_, answer)| lines(answer, room - 142.0)),
        Block::Declared { parts, rows } => {
            paragraphs(parts, room - 26.0);
            rows.iter_mut().for_each(|(_, answer)| lines(answer, room - 142.0));
        }
        // An entry of a list stands further in.
        Block::Words { parts } => paragraphs(parts, room - 36.0),
        Block::Table { columns, rows } => {
            let fixed: f64 = columns.iter().map(|column| column.width).sum();
            let widths: Vec<f64> =
                columns.iter().map(|column| if column.width > 0.0 { column.width } else { room - fixed }).collect();
            for row in rows {
                let mut at = 0;
                for cell in &mut row.cells {
                    let spanned: f64 = widths.iter().skip(at).take(cell.span).sum();
                    at += cell.span;
                    lines(&mut cell.lines, spanned - if cell.span == widths.len() { 0.0 } else { 8.0 });
                }
            }
        }
        Block::Signatures { words, parties } => {
            paragraphs(words, room);
            let count = parties.len().max(2);
            let most = if count > 2 { (room - 44.0) / 3.0 } else { (room - 34.0) / 2.0 };
            parties.iter_mut().for_each(|(_, name)| *name = breakable(name, Style::Bold, most));
        }
        Block::Day { .. } | Block::Heading { .. } => {}
    }
}

fn lines(lines: &mut [Line], most: f64) {
    for (text, style) in lines {
        let style = match *style {
            "b" => Style::Bold,
            "s" => Style::Soft,
            "m" => Style::Mono,
            _ => Style::Plain,
        };
        *text = breakable(text, style, most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letters::{Cell, Row, column, figures, plain};

    #[test]
    fn a_name_breaks_by_the_width_of_its_column() {
        let name = "Allegro_Media_Group_LLC_Consignment_Statement.pdf";
        let cell = |span| Cell { span, lines: plain(name) };
        let columns = vec![column(0.0, "File"), column(128.0, "Evidence"), figures(96.0, "Amount")];
        let rows = vec![
            Row { kind: "line", cells: vec![cell(1), cell(1), cell(1)] },
            Row { kind: "line", cells: vec![cell(3)] },
        ];
        let mut made = Sheet { on_side: true, blocks: vec![Block::Table { columns, rows }] };
        sheet(&mut made);
        let Block::Table { rows, .. } = &made.blocks[0] else { panic!("no table") };
        let whole: Vec<bool> = rows.iter().flat_map(|row| &row.cells).map(|cell| cell.lines[0].0 == name).collect();
        // 424, 128, 96 and 648 points, and the name takes some 270.
        assert_eq!(whole, [true, false, false, true]);
    }
}
