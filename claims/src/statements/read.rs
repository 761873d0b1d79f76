//! Reads a statement: a first look at its beginning, then all of its rows, once; again only if the whole file decides
//! otherwise than its beginning did how numbers and days are to be read.

use super::{
    cells::Cells,
    choices::{Choices, Grouping, Rules},
    dates::{self, DayOrder},
    deductions::{self, Deduction},
    field::{Field, Holds},
    file::{Format, Opened},
    fill::{Fill, is_grouped},
    input::Input,
    limits::Refused,
    lines::{self, Outcome, Proposal},
    marks::{Decided, Seen},
    pass::{KeptRow, Pass},
    problem::{Kind, Problem, Severity, quoted},
    questions::questions,
    reading::{Column, LeftOut, Reading, Reason, Sum, merged, ranges, row_count, rows_in_words},
    shape::{self, Shape},
    sheets,
};
use crate::{
    intake::{FieldError, form, line},
    line::Category,
    money::Currency,
    period::Period,
};

/// Rows of the first look.
const LOOKED_AT: usize = 2_000;
/// Lines that a reading shows.
const SHOWN: usize = 50;
/// Most groups that are formed before it is said that there are too many.
const MOST_GROUPS: usize = 200_000;

/// A statement as it was read.
#[derive(Debug)]
pub struct Statement {
    /// What was understood.
    pub reading: Reading,
    /// All lines that it makes.
    pub lines: Vec<Proposal>,
    /// All rows that became part of one, if they were to be kept; [`KeptRow::group`] is the place in `lines`.
    pub rows: Vec<KeptRow>,
}

/// What else is wanted of a reading.
pub struct Wish<'w> {
    /// Keep every row.
    pub rows: bool,
    /// Give every row with its remarks to a writer, for a copy to be corrected.
    pub remarks: Option<Remarks<'w>>,
    /// Is told thousandths of the file.
    pub progress: &'w dyn Fn(u64),
}

/// Takes a row and what is to be mended in it.
pub type Remarks<'w> = &'w mut dyn FnMut(&Cells, &[String]) -> Result<(), Refused>;

impl Default for Wish<'_> {
    fn default() -> Self {
        Self { rows: false, remarks: None, progress: &|_| {} }
    }
}

/// Reads a statement. A spreadsheet of which another sheet may be meant becomes the question which one.
///
/// # Errors
/// [`Refused`] with a sentence, if it is not read at all.
pub fn read(input: &Input<'_>, choices: &Choices, rules: &Rules, wish: Wish<'_>) -> Result<Statement, Refused> {
    let mut file = Opened::open(input, &choices.sheet)?;
    table(&mut file, choices, rules, wish).or_else(|refused| sheets::which(&mut file, refused))
}

/// Reads the one table of a file.
fn table(file: &mut Opened<'_>, choices: &Choices, rules: &Rules, mut wish: Wish<'_>) -> Result<Statement, Refused> {
    let mut first = first_rows(file)?;
    let shape = shape::find(&first, choices)?;
    let mut fill = Fill::new(&shape, false);
    first.iter_mut().for_each(|cells| fill.row(cells));
    // Whoever says when for the whole file means the rows that do not say it.
    let grouped = choices.from.trim().is_empty() && choices.to.trim().is_empty() && is_grouped(&shape, &first);
    let mut seen = Seen::new(shape.columns.len());
    for cells in first.iter().filter(|cells| cells.number > shape.header_row) {
        seen.row(cells, &shape.columns);
    }
    let mut decided = seen.decide(choices.decimal, choices.days);
    let category = shape.category.unwrap_or(Category::UnpaidSales);
    // The whole file may decide otherwise than its beginning; then it is read once more, and that is final. The same where
    // its bytes turn out not to be UTF-8.
    let wish_without = wish.remarks.is_none();
    for attempt in 0..4 {
        let (fixed, wrong) = fixed(choices, &shape, decided.order);
        let mut pass = Pass::new(&shape, &decided, choices, category, fixed, MOST_GROUPS);
        pass.kept = wish.rows.then(Vec::new);
        // Remarks are written once, when it is settled how everything is read.
        let mut remarks = wish.remarks.as_mut().filter(|_| attempt == 1);
        let remarked = remarks.is_some() || wish_without;
        let mut fill = Fill::new(&shape, grouped);
        let whole = file.rows(wish.progress, &mut |cells| {
            fill.row(cells);
            pass.remarks = remarks.is_some().then(Vec::new);
            pass.row(cells);
            if let (Some(remarks), Some(found)) = (remarks.as_mut(), pass.remarks.take()) {
                remarks(cells, &found)?;
            }
            Ok(true)
        })?;
        let again = pass.seen.decide(choices.decimal, choices.days);
        // The evidence of the first look counts total lines and the like too: the pass knows better.
        let settled = again == decided || attempt >= 2;
        if whole && remarked && (settled || !wish_without) {
            let mut statement = finish(&file.format, &shape, choices, rules, category, pass, &again, (fixed, wrong));
            statement.reading.carried = fill.carried();
            return Ok(statement);
        }
        drop(pass);
        decided = again;
    }
    Err(Refused::NotATable("The file contradicts itself too often to be read.".to_owned()))
}

/// The rows of the first look.
pub(super) fn first_rows(file: &mut Opened<'_>) -> Result<Vec<Cells>, Refused> {
    loop {
        let mut first: Vec<Cells> = Vec::new();
        let whole = file.rows(&|_| {}, &mut |cells| {
            first.push(cells.clone());
            Ok(first.len() < LOOKED_AT)
        })?;
        if whole {
            return if first.iter().all(Cells::is_blank) { Err(Refused::Empty) } else { Ok(first) };
        }
    }
}

/// What holds for rows that do not say it themselves.
pub(super) type Fixed = (Option<Period>, Option<Currency>);

/// The period and currency that were chosen for the whole file, or that its header names, and what is wrong with them.
fn fixed(choices: &Choices, shape: &Shape, order: Option<DayOrder>) -> (Fixed, Vec<FieldError>) {
    let (period, mut wrong) = match choices.period(order) {
        Ok(period) => (period, Vec::new()),
        Err(wrong) => (None, wrong),
    };
    let currency = match choices.currency.trim() {
        "" => shape.currency,
        code => {
            let known = Currency::parse(code);
            if known.is_none() {
                let message = format!("“{}” is not a currency that is known.", quoted(code.as_bytes()));
                wrong.push(FieldError { field: "currency".to_owned(), message });
            }
            known
        }
    };
    ((period, currency), wrong)
}

#[expect(clippy::too_many_arguments, reason = "it puts together what the reading found, each once")]
fn finish(
    format: &Format,
    shape: &Shape,
    choices: &Choices,
    rules: &Rules,
    category: Category,
    mut pass: Pass<'_>,
    decided: &Decided,
    (fixed, wrong): (Fixed, Vec<FieldError>),
) -> Statement {
    let questions = questions(shape, choices, rules, &pass, decided, fixed, &wrong);
    let asked = !questions.is_empty() || shape.category.is_none();
    // While it is asked how rows are read, nothing can be said of what no release has.
    let asides = if asked { Vec::new() } else { pass.settle() };
    let mut deductions: Vec<Deduction> = asides.iter().map(Deduction::of).collect();
    let mut lines = Vec::new();
    let mut place_of = vec![u32::MAX; pass.groups.list.len()];
    let mut sums: Vec<Sum> = pass
        .added
        .iter()
        .map(|added| Sum {
            currency: added.currency,
            rows: added.rows,
            units: added.units,
            millionths: added.millionths,
            lines: 0,
            below_zero: 0,
            deducted: 0,
            value: added.value,
            line_units: Some(0),
        })
        .collect();
    let too_many = pass.too_many || pass.groups.list.len() > rules.most_lines;
    let mut groups = if too_many { Vec::new() } else { pass.groups.take() };
    if choices.grouping == Grouping::Release {
        let whole = deductions::set_off(&mut groups, &mut deductions);
        if let Some(kept) = &mut pass.kept {
            // A row is kept with one line; one that is taken off several stands in the citations of all.
            kept.extend(whole.into_iter().filter_map(|(deduction, group)| {
                let Deduction { row, millionths, .. } = deductions[deduction];
                let (group, millionths) = (u32::try_from(group).ok()?, i64::try_from(-millionths).ok()?);
                Some(KeptRow { row, group, units: 0, millionths })
            }));
            kept.sort_by_key(|kept| kept.row);
        }
    }
    let mut used_up = 0;
    for (place, group) in groups.iter().enumerate().filter(|_| !asked) {
        let row = group.rows.first().map_or(0, |(from, _)| *from);
        let problem = |kind, value: String, message: String| Problem {
            kind,
            row: u64::from(row),
            column: String::new(),
            place: 0,
            value,
            message,
        };
        if let Some(currency) = group.currency.filter(|currency| !rules.line.currencies.contains(currency)) {
            let codes: Vec<&str> = rules.line.currencies.iter().map(Currency::code).collect();
            pass.problems.add(Kind::NoRate, || {
                problem(
                    Kind::NoRate,
                    currency.to_string(),
                    format!("The case has exchange rates for {} only.", codes.join(", ")),
                )
            });
            continue;
        }
        match lines::outcome(group, shape, category, choices, rules) {
            Outcome::Line(proposal) => {
                place_of[place] = u32::try_from(lines.len()).unwrap_or(u32::MAX);
                if let Some(sum) = sums.iter_mut().find(|sum| sum.currency == group.currency) {
                    sum.lines = sum.lines.saturating_add(proposal.amount);
                    // Less than none is not written into a line.
                    sum.line_units = sum.line_units.map(|units| units.saturating_add(proposal.units.max(0)));
                }
                lines.push(*proposal);
            }
            Outcome::Zero => {
                used_up += u64::from(!group.taken_off.is_empty());
                deductions::use_up(group, &mut deductions);
                let (_, rows) = pass.left_out.entry(Reason::Zero).or_default();
                rows.extend_from_slice(&group.rows);
            }
            Outcome::BelowZero(millionths) => {
                if let Some(sum) = sums.iter_mut().find(|sum| sum.currency == group.currency) {
                    sum.below_zero += millionths;
                }
                let rows = rows_in_words(&group.rows, 60);
                let shown = super::number::show(millionths, 2);
                let currency = group.currency.map(|currency| format!(" {currency}")).unwrap_or_default();
                pass.problems.add(Kind::BelowZero, || {
                    let period = group.period.map(dates::show).unwrap_or_default();
                    problem(
                        Kind::BelowZero,
                        shown.clone(),
                        format!("{} in {period} comes to {shown}{currency} ({rows}).", named(group)),
                    )
                });
            }
            Outcome::Refused(errors) => {
                let mut words = errors.iter().map(|error| {
                    let label = form::find(line::form(category), &error.field).map_or("", |field| field.label);
                    format!("{label}: {}", error.message)
                });
                let message = format!("{}: {}", named(group), words.by_ref().collect::<Vec<_>>().join(" "));
                pass.problems.add(Kind::Line, || problem(Kind::Line, String::new(), message));
            }
        }
    }
    for deduction in deductions.iter().filter(|deduction| deduction.left() > 0) {
        if let Some(sum) = sums.iter_mut().find(|sum| sum.currency == deduction.currency) {
            sum.deducted -= deduction.left();
        }
        let period = deduction.period.map(dates::show).unwrap_or_default();
        let (words, currency) =
            (&deduction.words, deduction.currency.map(|code| format!(" {code}")).unwrap_or_default());
        let (all, left) = (deduction.millionths, deduction.left());
        let shown = |millionths| format!("{}{currency}", super::number::show(millionths, 2));
        let message = if choices.grouping != Grouping::Release {
            format!("“{words}” takes {} off the statement of {period}; no line is lowered by it.", shown(all))
        } else {
            format!(
                "“{words}” takes {} off the statement of {period}; the lines of that time leave {} of it, by which none is lowered.",
                shown(all),
                shown(left)
            )
        };
        pass.problems.add(Kind::Deduction, || Problem {
            kind: Kind::Deduction,
            row: u64::from(deduction.row),
            column: String::new(),
            place: 0,
            value: super::number::show(-all, 2),
            message,
        });
    }
    if too_many {
        let most = crate::money::grouped_units(i64::try_from(rules.most_lines).unwrap_or(i64::MAX));
        pass.problems.add(Kind::Line, || Problem {
            kind: Kind::Line,
            row: 0,
            column: String::new(),
            place: 0,
            value: String::new(),
            message: format!("These rows make more than {most} lines, which is the most that fit. Choose one line for each release, or split the file."),
        });
    }
    let rows = pass.kept.take().unwrap_or_default();
    let rows = rows
        .into_iter()
        .filter_map(|row| {
            let group = place_of.get(row.group as usize).copied().filter(|place| *place != u32::MAX)?;
            Some(KeptRow { group, ..row })
        })
        .collect();
    if let Some((count, rows)) = pass.left_out.get_mut(&Reason::Zero) {
        *rows = merged(std::mem::take(rows));
        *count = row_count(rows);
    }
    let mut counts: Vec<(Kind, u64)> = pass.problems.counts.iter().map(|(kind, count)| (*kind, *count)).collect();
    counts.sort_by_key(|(kind, _)| (kind.severity() != Severity::Error, *kind));
    let mut problems = std::mem::take(&mut pass.problems.kept);
    problems.sort_by_key(|problem| (problem.kind, problem.row, problem.place));
    let reading = Reading {
        format: format.clone(),
        layout: shape.layout.map(|layout| layout.key.to_owned()).unwrap_or_default(),
        layout_title: shape.layout.map(|layout| layout.title.to_owned()).unwrap_or_default(),
        category: shape.category,
        header_row: shape.header_row,
        columns: columns(shape, &pass, decided),
        days: (pass.seen.days.day_first + pass.seen.days.month_first + pass.seen.days.either > 0
            && !decided.days_asked)
            .then_some(decided.days),
        questions,
        wrong,
        period: pass.period,
        rows: pass.rows,
        data_rows: pass.data_rows,
        left_out: pass
            .left_out
            .iter()
            .map(|(reason, (count, rows))| LeftOut { reason: *reason, rows: *count, which: ranges(rows, 120) })
            .collect(),
        sums,
        file_totals: std::mem::take(&mut pass.file_totals),
        problems,
        counts,
        lines: lines.len() as u64,
        first_lines: lines.iter().take(SHOWN).cloned().collect(),
        first_rows: std::mem::take(&mut pass.first_rows),
        carried: None,
        deductions,
        used_up,
        decimals: pass.decimals,
    };
    Statement { reading, lines, rows }
}

/// A release as its line would be named: artist and title, else a number; money without one as the statement calls it.
fn named(group: &super::group::Group) -> String {
    let named = &group.named;
    let names: Vec<&str> =
        [named.artist.as_str(), named.line_title()].into_iter().filter(|name| !name.is_empty()).collect();
    let words = match (&names[..], named.catalogue.as_str()) {
        ([], "") => group.identity().trim().to_owned(),
        ([], catalogue) => catalogue.to_owned(),
        (names, _) => names.join(": "),
    };
    if words.is_empty() { "A lump sum".to_owned() } else { format!("“{}”", quoted(words.as_bytes())) }
}

fn columns(shape: &Shape, pass: &Pass<'_>, decided: &Decided) -> Vec<Column> {
    let samples = |column: usize| {
        let mut samples: Vec<String> = Vec::new();
        for (_, cells) in &pass.first_rows {
            if let Some(cell) = cells.get(column).filter(|cell| !cell.is_empty() && !samples.contains(cell)) {
                samples.push(cell.clone());
            }
        }
        samples.truncate(3);
        samples
    };
    shape
        .header
        .iter()
        .enumerate()
        .map(|(place, header)| {
            let field = shape.columns.get(place).copied().flatten();
            let marks = pass.seen.numbers.get(place);
            let written = marks.is_some_and(|marks| marks.point + marks.comma + marks.either > 0);
            let mark = decided.marks.get(place).copied().filter(|_| written && !decided.asked.contains(&place));
            let decimals = field.is_none() && shape.decimals.contains(&place);
            Column { header: quoted(header.as_bytes()), field, mark, samples: samples(place), decimals }
        })
        .collect()
}

/// Whether a column of the file is one of numbers.
#[must_use]
pub fn is_number(field: Field) -> bool {
    matches!(field.holds(), Holds::Number | Holds::Units)
}
