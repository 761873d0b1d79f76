//! Schedules A to D: every line, by claim, each with the pages that prove it.

use chrono::{Datelike, NaiveDate};

use super::{Contents, FiledClaim, bates::cited_pages};
use crate::{
    frozen::FrozenLine,
    intake::{Kind, form, line},
    line::{Basis, Category},
    money::grouped_units,
    period::{Period, show_day},
    totals::counts,
};

/// One schedule.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// Its letter.
    pub letter: char,
    /// Its category.
    pub category: Category,
    /// Its parts: one, but for stock one for each basis, because their amounts are never added together.
    pub parts: Vec<Part>,
}

/// Lines whose amounts can be added.
#[derive(Debug, Clone)]
pub struct Part {
    /// Basis of value, for stock.
    pub basis: Option<Basis>,
    /// Whether its sum counts in the total of the filing.
    pub counts: bool,
    /// Claims in order.
    pub groups: Vec<Group>,
    /// Sum in minor units of the case's currency.
    pub sum: i64,
    /// Of it documented.
    pub documented: i64,
    /// Lines.
    pub lines: i64,
    /// Units.
    pub units: i64,
}

/// The lines of one claim.
#[derive(Debug, Clone)]
pub struct Group {
    /// Claim number.
    pub claim: String,
    /// Claimant.
    pub claimant: String,
    /// Lines in order.
    pub lines: Vec<Entry>,
    /// Sum in minor units of the case's currency.
    pub sum: i64,
}

/// A line as a schedule shows it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Number of the line.
    pub line: i64,
    /// The release, or what the line is about.
    pub about: String,
    /// Period, units and what else tells it apart.
    pub details: String,
    /// Units.
    pub units: Option<i64>,
    /// Amount in minor units of the case's currency.
    pub amount: i64,
    /// The amount in its own currency with its rate; empty where that is the case's.
    pub foreign: String,
    /// The pages that prove it, by Bates number; empty for a line that is sworn only.
    pub evidence: Vec<String>,
}

/// The letter of a category.
#[must_use]
pub const fn letter(category: Category) -> char {
    match category {
        Category::UnpaidSales => 'A',
        Category::HeldInventory => 'B',
        Category::DigitalRoyalties => 'C',
        Category::Other => 'D',
    }
}

impl Schedule {
    /// “Schedule A. Unpaid sales”.
    #[must_use]
    pub fn title(&self) -> String {
        format!("Schedule {}. {}", self.letter, self.category.title())
    }
}

/// The four schedules, also those without lines.
#[must_use]
pub fn schedules(contents: &Contents) -> Vec<Schedule> {
    let exhibits = contents.exhibits();
    let filing = &contents.filing;
    let bates = filing.settings.bates();
    let evidence = |line: &FrozenLine| {
        let mut ranges = Vec::new();
        for cited in &line.evidence {
            let Some(exhibit) = exhibits.get(cited.sha256.as_str()) else { continue };
            let (first, last) = cited_pages(&cited.place, exhibit.pages).unwrap_or((1, exhibit.pages));
            let range = bates.range(exhibit.first + first - 1, exhibit.first + last - 1);
            let row = cited_pages(&cited.place, exhibit.pages).is_none() && !cited.place.trim().is_empty();
            let words = if row { format!("{range} ({})", cited.place.trim()) } else { range };
            if !ranges.contains(&words) {
                ranges.push(words);
            }
        }
        ranges
    };
    Category::ALL
        .into_iter()
        .map(|category| {
            let mut parts: Vec<Part> = Vec::new();
            for claim in &contents.claims {
                for line in claim.claim.lines.iter().filter(|line| line.category == category) {
                    add(&mut parts, claim, line, filing.case.filing_basis, evidence(line));
                }
            }
            parts.sort_by_key(|part| (!part.counts, part.basis));
            Schedule { letter: letter(category), category, parts }
        })
        .collect()
}

fn add(parts: &mut Vec<Part>, claim: &FiledClaim, line: &FrozenLine, filing_basis: Basis, evidence: Vec<String>) {
    let place = parts.iter().position(|part| part.basis == line.basis).unwrap_or_else(|| {
        parts.push(Part {
            basis: line.basis,
            counts: counts(line.basis, filing_basis),
            groups: Vec::new(),
            sum: 0,
            documented: 0,
            lines: 0,
            units: 0,
        });
        parts.len() - 1
    });
    let part = &mut parts[place];
    part.sum += line.amount_in_case;
    part.lines += 1;
    part.units += line.units.unwrap_or(0);
    if !line.evidence.is_empty() {
        part.documented += line.amount_in_case;
    }
    if part.groups.last().is_none_or(|group| group.claim != claim.of.number) {
        part.groups.push(Group {
            claim: claim.of.number.clone(),
            claimant: claim.claimant().to_owned(),
            lines: Vec::new(),
            sum: 0,
        });
    }
    let entry = entry(claim, line, evidence);
    if let Some(group) = part.groups.last_mut() {
        group.sum += line.amount_in_case;
        group.lines.push(entry);
    }
}

fn entry(claim: &FiledClaim, line: &FrozenLine, evidence: Vec<String>) -> Entry {
    // Stock without a value has nothing to convert.
    let foreign = if line.currency == claim.claim.currency || line.basis == Some(Basis::UnitsOnly) {
        String::new()
    } else {
        format!("{} at {}", line.currency.show(line.amount), line.rate)
    };
    Entry {
        line: line.line,
        about: about(line),
        details: details(line),
        units: line.units,
        amount: line.amount_in_case,
        foreign,
        evidence,
    }
}

/// The release of a line, or what it is about.
#[must_use]
pub fn about(line: &FrozenLine) -> String {
    let release = line.release.in_words();
    if !release.is_empty() {
        return release;
    }
    match line.category {
        Category::UnpaidSales => "All releases together".to_owned(),
        Category::HeldInventory => "Whole stock".to_owned(),
        Category::DigitalRoyalties => "All releases together".to_owned(),
        Category::Other => chosen(line, "loss"),
    }
}

/// Period, units and what else tells a line apart.
#[must_use]
pub fn details(line: &FrozenLine) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(line.period.map(short_period));
    match line.category {
        Category::UnpaidSales => {
            parts.push(match line.answers.get("channel") {
                "both" => "copies and downloads".to_owned(),
                channel => channel.to_owned(),
            });
            parts.push(named("Statement", line.answers.get("statement_number")));
        }
        Category::HeldInventory => {}
        Category::DigitalRoyalties => {
            parts.push(line.answers.get("aggregator").to_owned());
            parts.push(line.answers.get("service").to_owned());
            parts.push(line.answers.get("territory").to_owned());
        }
        Category::Other if !line.release.in_words().is_empty() => parts.push(chosen(line, "loss")),
        Category::Other => {}
    }
    parts.extend(line.units.map(|units| {
        let word = match line.category {
            Category::DigitalRoyalties => "downloads or streams",
            _ if units == 1 => "unit",
            _ => "units",
        };
        format!("{} {word}", grouped_units(units))
    }));
    if line.release.artist.is_some() || line.release.title.is_some() {
        parts.extend(line.release.catalogue_number.clone());
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" · ")
}

fn named(name: &str, answer: &str) -> String {
    if answer.is_empty() { String::new() } else { format!("{name} {answer}") }
}

/// The words of the choice that was made in a field.
#[must_use]
pub fn chosen(line: &FrozenLine, field: &str) -> String {
    let answer = line.answers.get(field);
    match form::find(line::form(line.category), field).map(|field| field.kind) {
        Some(Kind::Select(choices) | Kind::Radio(choices)) => {
            choices.iter().find(|(value, _)| *value == answer).map_or(answer, |(_, words)| words).to_owned()
        }
        _ => answer.to_owned(),
    }
}

/// A period in few words: `Jul–Sep 2015` where it is whole months, else its first and last day.
#[must_use]
pub fn short_period(period: Period) -> String {
    let Period { from, to } = period;
    let whole = from.day() == 1 && to.succ_opt().is_some_and(|next| next.day() == 1);
    let month = |day: NaiveDate| day.format("%b %Y").to_string();
    match (whole, from.year() == to.year()) {
        _ if from == to => show_day(from),
        (false, _) => format!("{} to {}", show_day(from), show_day(to)),
        (true, true) if (from.month(), to.month()) == (1, 12) => from.year().to_string(),
        (true, true) if from.month() == to.month() => month(from),
        (true, true) => format!("{}\u{2013}{}", from.format("%b"), month(to)),
        (true, false) => format!("{} \u{2013} {}", month(from), month(to)),
    }
}
