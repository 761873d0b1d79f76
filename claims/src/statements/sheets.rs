//! Which sheet of a spreadsheet is meant, where the one that was opened cannot be read: a cover, a summary, an empty one.

use super::{
    choices::Choices,
    file::Opened,
    limits::Refused,
    read::{Statement, first_rows},
    reading::{Question, Reading},
    shape,
};

/// What is asked instead of refusing a sheet, if there are others: which of them is meant. Those in which a table is found
/// are its examples.
///
/// # Errors
/// The refusal itself, where another sheet would not help.
pub(super) fn which(file: &mut Opened<'_>, refused: Refused) -> Result<Statement, Refused> {
    let others = file.other_sheets();
    if others.is_empty() || matches!(refused, Refused::Choice(_) | Refused::Io(_)) {
        return Err(refused);
    }
    let words = match refused {
        Refused::Empty => "This sheet is empty.".to_owned(),
        refused => refused.to_string(),
    };
    let format = file.format.clone();
    let has_table = |sheet: &String| {
        file.turn_to(sheet);
        first_rows(file).and_then(|rows| shape::find(&rows, &Choices::default())).is_ok()
    };
    let examples = others.into_iter().filter(has_table).collect();
    let reading = Reading {
        format,
        layout: String::new(),
        layout_title: String::new(),
        category: None,
        header_row: 0,
        columns: Vec::new(),
        days: None,
        questions: vec![Question { choice: "sheet".to_owned(), words, examples }],
        wrong: Vec::new(),
        period: None,
        rows: 0,
        data_rows: 0,
        left_out: Vec::new(),
        sums: Vec::new(),
        file_totals: Vec::new(),
        problems: Vec::new(),
        counts: Vec::new(),
        lines: 0,
        first_lines: Vec::new(),
        first_rows: Vec::new(),
        carried: None,
        deductions: Vec::new(),
        used_up: 0,
        decimals: false,
    };
    Ok(Statement { reading, lines: Vec::new(), rows: Vec::new() })
}
