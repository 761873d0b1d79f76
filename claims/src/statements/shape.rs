//! Finds the header of a file and what its columns mean: a known layout, a mapping that was chosen, or guesses.

use super::{
    cells::{CellKind, Cells},
    choices::Choices,
    codes::{self, Barcode},
    dates::{self, DayOrder},
    field::{Field, Holds, plain},
    layouts::{LAYOUTS, Layout, MORE_WORDS, by_key},
    limits::Refused,
    number::{self, Mark},
};
use crate::{line::Category, money::Currency};

/// Rows at the beginning among which the header is looked for.
const SEARCHED: usize = 60;

/// The header and the meaning of the columns.
#[derive(Debug, Clone)]
pub struct Shape {
    /// The layout, if it is a known one.
    pub layout: Option<&'static Layout>,
    /// What rows become; `None` as long as it must be chosen.
    pub category: Option<Category>,
    /// The row of the header.
    pub header_row: u64,
    /// The headers as they stand there.
    pub header: Vec<String>,
    /// What each column means.
    pub columns: Vec<Option<Field>>,
    /// Whether the columns were guessed and must be confirmed.
    pub guessed: bool,
    /// A currency that the headers name: `Net due (GBP)`.
    pub currency: Option<Currency>,
    /// The columns that hold numbers with decimals in most of the first rows.
    pub decimals: Vec<usize>,
}

/// Finds the shape from the first rows of a file.
///
/// # Errors
/// If no row can be a header, or a choice does not fit.
pub fn find(rows: &[Cells], choices: &Choices) -> Result<Shape, Refused> {
    let chosen = match choices.layout.as_str() {
        "" | "own" => None,
        key => Some(by_key(key).ok_or_else(|| {
            let known: Vec<&str> = LAYOUTS.iter().map(|layout| layout.key).collect();
            Refused::Choice(format!("There is no layout “{key}”; there are {}.", known.join(", ")))
        })?),
    };
    let header = match choices.header_row {
        Some(row) => rows.iter().find(|cells| cells.number == row).ok_or_else(|| {
            Refused::Choice(format!("Row {row} is not among the first rows of the file, so it cannot be the header."))
        })?,
        None => header_row(rows, chosen).ok_or_else(|| {
            Refused::NotATable(
                "No row was found that names the columns. Put one above the rows, or use one of our templates."
                    .to_owned(),
            )
        })?,
    };
    let names: Vec<String> = (0..header.len()).map(|column| header.words(column).into_owned()).collect();
    let plains: Vec<String> = names.iter().map(|name| plain(name)).collect();
    let below: Vec<&Cells> =
        rows.iter().filter(|cells| cells.number > header.number && !cells.is_blank()).take(200).collect();
    let (layout, category, mut columns, guessed) = if let Some(columns) = &choices.columns {
        let mut columns = columns.clone();
        columns.resize(names.len(), None);
        (None, choices.category, columns, false)
    } else if let Some(layout) = chosen.or_else(|| recognised(&plains)) {
        if choices.layout == "own" {
            let (columns, category) = guess(&plains, &below);
            (None, choices.category.or(category), columns, true)
        } else {
            (Some(layout), Some(layout.category), mapped(layout, &plains), false)
        }
    } else {
        let (columns, category) = guess(&plains, &below);
        (None, choices.category.or(category), columns, true)
    };
    let mut seen = Vec::new();
    for field in &mut columns {
        if let Some(known) = field.filter(|field| seen.contains(field)) {
            return Err(Refused::Choice(format!(
                "Two columns are said to be “{}”; it can be only one.",
                known.title()
            )));
        }
        seen.extend(*field);
    }
    // A column that the category has no use for is left out, unless it has another name there.
    if let Some(category) = category {
        for place in 0..columns.len() {
            let meant = columns[place].map(|field| field.meant_in(category));
            if !columns.contains(&meant) {
                columns[place] = meant;
            }
            let field = &mut columns[place];
            *field = field.filter(|field| field.categories().contains(&category));
        }
    }
    Ok(Shape {
        layout,
        category,
        header_row: header.number,
        currency: named_currency(&names, &columns),
        decimals: (0..names.len()).filter(|column| holds_decimals(*column, &below)).collect(),
        header: names,
        columns,
        guessed,
    })
}

/// Whether most rows have a number with decimals in a column.
fn holds_decimals(column: usize, below: &[&Cells]) -> bool {
    let has = |cells: &&&Cells| {
        let value = cells.get(column);
        let marked = value.iter().any(|byte| matches!(byte, b'.' | b',')) && !value.ends_with(b"%");
        marked
            && matches!(cells.kind(column), CellKind::Text | CellKind::Number)
            && (number::read(value, Mark::Point).is_ok() || number::read(value, Mark::Comma).is_ok())
    };
    below.iter().filter(has).count() * 2 > below.len()
}

/// The row that most columns of a layout are named in; else the first that reads like a header.
fn header_row<'r>(rows: &'r [Cells], chosen: Option<&Layout>) -> Option<&'r Cells> {
    let searched = &rows[..rows.len().min(SEARCHED)];
    let mut best: Option<(usize, &Cells)> = None;
    for cells in searched {
        let plains: Vec<String> = cells.iter().map(|cell| plain(&String::from_utf8_lossy(cell))).collect();
        let explained = LAYOUTS
            .iter()
            .filter(|layout| chosen.is_none_or(|chosen| chosen.key == layout.key))
            .filter(|layout| chosen.is_some() || satisfied(layout, &plains))
            .map(|layout| mapped(layout, &plains).iter().flatten().count())
            .max()
            .unwrap_or(0);
        if explained > best.map_or(2, |(most, _)| most) {
            best = Some((explained, cells));
        }
    }
    if let Some((_, cells)) = best {
        return Some(cells);
    }
    // Texts in nearly all columns of the table, all different, with figures somewhere below.
    let width = |cells: &Cells| cells.iter().filter(|cell| !cell.is_empty()).count();
    let widest = searched.iter().map(width).max()?;
    searched.iter().enumerate().find_map(|(place, cells)| {
        let full: Vec<&[u8]> = cells.iter().filter(|cell| !cell.is_empty()).collect();
        let words = full
            .iter()
            .filter(|cell| cell.iter().any(u8::is_ascii_alphabetic) || cell.iter().any(|b| *b > 127))
            .count();
        let different = full.iter().collect::<std::collections::BTreeSet<_>>().len();
        let figures = searched.get(place + 1..).unwrap_or_default().iter().take(20).any(|below| {
            below
                .iter()
                .any(|cell| cell.first().is_some_and(u8::is_ascii_digit) && number::read(cell, Mark::Point).is_ok())
        });
        let header = full.len() >= 2 && full.len() * 10 >= widest * 7 && words * 10 >= full.len() * 9;
        (header && different == full.len() && figures).then_some(cells)
    })
}

fn satisfied(layout: &Layout, plains: &[String]) -> bool {
    layout.needs.iter().all(|need| need.split('|').any(|name| position(plains, name).is_some()))
}

fn recognised(plains: &[String]) -> Option<&'static Layout> {
    let fitting = LAYOUTS.iter().filter(|layout| satisfied(layout, plains));
    // The first of the best: `max_by_key` would give the last.
    fitting.rev().max_by_key(|layout| mapped(layout, plains).iter().flatten().count())
}

/// The column of a header, also where that is followed by a currency or a remark: `Net due (USD)`.
fn position(plains: &[String], name: &str) -> Option<usize> {
    plains.iter().position(|plain| plain == name).or_else(|| {
        plains.iter().position(|plain| {
            plain.strip_prefix(name).is_some_and(|rest| {
                matches!(rest, "in" | "usd" | "eur" | "gbp" | "cad" | "aud" | "jpy" | "chf")
                    || rest.strip_prefix("in").is_some_and(|code| Currency::parse(code).is_some())
            })
        })
    })
}

fn mapped(layout: &Layout, plains: &[String]) -> Vec<Option<Field>> {
    let mut columns = vec![None; plains.len()];
    for (field, names) in layout.columns {
        let place = names.iter().find_map(|name| position(plains, name).filter(|place| columns[*place].is_none()));
        if let Some(place) = place {
            columns[place] = Some(*field);
        }
    }
    columns
}

/// Guesses by the words of the header, then by the values below it.
fn guess(plains: &[String], below: &[&Cells]) -> (Vec<Option<Field>>, Option<Category>) {
    let mut columns: Vec<Option<Field>> = vec![None; plains.len()];
    let words = MORE_WORDS.iter().chain(LAYOUTS.iter().flat_map(|layout| layout.columns));
    for (field, names) in words {
        if columns.contains(&Some(*field)) {
            continue;
        }
        let place = names.iter().find_map(|name| position(plains, name).filter(|place| columns[*place].is_none()));
        if let Some(place) = place {
            columns[place] = Some(*field);
        }
    }
    for column in 0..columns.len() {
        let values: Vec<&[u8]> =
            below.iter().map(|cells| cells.get(column)).filter(|value| !value.is_empty()).take(50).collect();
        let most = |fits: &dyn Fn(&[u8]) -> bool| {
            !values.is_empty() && values.iter().filter(|value| fits(value)).count() * 10 >= values.len() * 8
        };
        let kind = below.iter().any(|cells| matches!(cells.kind(column), CellKind::Day | CellKind::First));
        let by_value = if most(&|value| matches!(codes::barcode(value), Barcode::Right(_) | Barcode::Restored(_))) {
            Some(Field::Gtin)
        } else if most(&|value| matches!(codes::isrc(value), Ok(Some(_)))) {
            Some(Field::Isrc)
        } else if most(&|value| {
            std::str::from_utf8(value).is_ok_and(|text| text.len() == 3 && Currency::parse(text).is_some())
        }) {
            Some(Field::Currency)
        } else if kind
            || most(&|value| {
                value.len() > 4
                    && std::str::from_utf8(value).is_ok_and(|text| {
                        dates::read(text, DayOrder::DayFirst).is_ok() || dates::read(text, DayOrder::MonthFirst).is_ok()
                    })
            })
        {
            Some(Field::Period)
        } else {
            None
        };
        // What a word said and the values deny is no guess.
        if let Some(field) = columns[column] {
            let numeric = matches!(field.holds(), Holds::Number | Holds::Units);
            if numeric
                && !most(&|value| number::read(value, Mark::Point).is_ok() || number::read(value, Mark::Comma).is_ok())
            {
                columns[column] = None;
            }
            if field == Field::Gtin
                && by_value.is_none()
                && !most(&|value| !matches!(codes::barcode(value), Barcode::Wrong))
            {
                columns[column] = None;
            }
        }
        if columns[column].is_none()
            && let Some(field) = by_value.filter(|field| !columns.contains(&Some(*field)))
        {
            columns[column] = Some(field);
        }
    }
    let has = |field| columns.contains(&Some(field));
    let category = if has(Field::OnHand) && !has(Field::Amount) {
        Some(Category::HeldInventory)
    } else if has(Field::Isrc) || has(Field::Service) || has(Field::Track) {
        Some(Category::DigitalRoyalties)
    } else if has(Field::Amount) && (has(Field::Gross) || has(Field::Returned) || has(Field::Shipped)) {
        Some(Category::UnpaidSales)
    } else {
        None
    };
    (columns, category)
}

/// A currency in brackets or at the end of the header of an amount.
fn named_currency(names: &[String], columns: &[Option<Field>]) -> Option<Currency> {
    let amounts = names
        .iter()
        .zip(columns)
        .filter(|(_, field)| matches!(field, Some(Field::Amount | Field::PerUnit | Field::UnitValue)));
    amounts.flat_map(|(name, _)| name.split(|c: char| !c.is_alphabetic()).collect::<Vec<_>>()).find_map(|word| {
        (word.len() == 3 && word.chars().all(char::is_uppercase)).then(|| Currency::parse(word)).flatten()
    })
}
