//! Every table of a filing, in the order of the package.

use super::{
    Contents, FiledClaim, chronology, claimants,
    schedules::{Schedule, schedules},
    table::{Cell, Table},
};
use crate::{
    line::{Basis, Category},
    money::Currency,
    totals::{Total, counts, more_lines},
};

mod proof;

pub use proof::difference_table;

/// The name under which a claim's claimant stands in tables.
#[must_use]
pub fn claimant_name(claim: &FiledClaim) -> &str {
    claim.claimant()
}

/// Every table.
#[must_use]
pub fn all(contents: &Contents) -> Vec<Table> {
    let mut tables = vec![summary(contents), totals(contents), figures(contents)];
    let schedules = schedules(contents);
    tables.extend(schedules.iter().map(|schedule| lines(contents, schedule)));
    tables.push(claimants::claimants(contents));
    tables.push(proof::matches(contents));
    tables.push(proof::overlaps(contents));
    tables.push(claimants::matrix(contents));
    tables.push(chronology::chronology(contents));
    tables.push(proof::exhibits(contents));
    tables
}

fn currency(contents: &Contents) -> Currency {
    contents.filing.case.currency
}

/// One row a claim.
fn summary(contents: &Contents) -> Table {
    let currency = currency(contents);
    let mut table = Table::new(
        "summary",
        "Summary of claims",
        &[
            ("claim", "number of the claim"),
            ("claimant", "legal name as signed"),
            ("version", "version in force"),
            ("lines", "lines that are in gross"),
            ("unpaid_sales", "Schedule A"),
            ("held_inventory", "Schedule B, on the basis that filings of the case use"),
            ("digital_royalties", "Schedule C"),
            ("other", "Schedule D"),
            ("gross", "sum of the four"),
            ("documented", "the part of gross on lines that cite a document"),
            ("overlap_removed", "removed because a person decided so"),
            ("overlap_suspected", "removed as well if every suspicion is right"),
            ("unique_at_least", "gross less all overlap"),
            ("unique_at_most", "gross less decided overlap"),
            ("interest", "interest, in no other sum"),
            ("costs", "costs, in no other sum"),
            ("currency", "currency of all amounts"),
            ("lines_in_no_total", "lines besides, of stock that is valued on another basis or not at all"),
        ],
    );
    for claim in &contents.claims {
        let of = |category: Category| {
            let totals = claim.claim.totals.iter();
            totals
                .filter(|total| total.category == category && counts(total.basis, contents.filing.case.filing_basis))
                .map(|total| total.amount)
                .sum::<i64>()
        };
        let sum = |figure: fn(&Total) -> i64| {
            let totals = claim.claim.totals.iter();
            totals.filter(|total| counts(total.basis, contents.filing.case.filing_basis)).map(figure).sum::<i64>()
        };
        let figures = claim.of.figures;
        let mut row = vec![
            Cell::key(&claim.of.number),
            Cell::text(claim.claimant()),
            Cell::Integer(claim.of.version),
            Cell::Integer(sum(|total| total.lines)),
        ];
        let amounts = Category::ALL.map(of).into_iter().chain([
            figures.gross,
            figures.documented,
            figures.confirmed,
            figures.suspected,
            figures.unique_at_least(),
            figures.unique_at_most(),
            sum(|total| total.interest),
            sum(|total| total.costs),
        ]);
        row.extend(amounts.map(|minor| Cell::Amount(minor, currency)));
        row.push(Cell::key(currency.code()));
        row.push(Cell::Integer(more_lines(&claim.claim.totals, contents.filing.case.filing_basis)));
        table.rows.push(row);
    }
    table.sum = Some(contents.filing.figures.gross);
    table
}

/// One row a category and basis.
fn totals(contents: &Contents) -> Table {
    let currency = currency(contents);
    let mut table = Table::new(
        "totals",
        "Totals by category and basis",
        &[
            ("schedule", "letter of the schedule"),
            ("category", "category"),
            ("basis", "basis of value, for held inventory"),
            (
                "counted",
                "whether amount and lines are in the total of the filing: no for stock that is valued on another basis or not at all",
            ),
            ("claims", "claims with such lines"),
            ("lines", "lines"),
            ("units", "units"),
            ("amount", "sum of the lines"),
            ("documented", "the part on lines that cite a document"),
            ("currency", "currency of all amounts"),
        ],
    );
    for schedule in schedules(contents) {
        for part in &schedule.parts {
            table.rows.push(vec![
                Cell::key(schedule.letter.to_string()),
                Cell::key(schedule.category.key()),
                Cell::optional(part.basis.map(Basis::key)),
                Cell::key(if part.counts { "yes" } else { "no" }),
                Cell::Integer(i64::try_from(part.groups.len()).unwrap_or(i64::MAX)),
                Cell::Integer(part.lines),
                Cell::Integer(part.units),
                Cell::Amount(part.sum, currency),
                Cell::Amount(part.documented, currency),
                Cell::key(currency.code()),
            ]);
        }
    }
    table
}

/// One row a figure of the summary.
fn figures(contents: &Contents) -> Table {
    let (filing, currency) = (&contents.filing, currency(contents));
    let mut table = Table::new(
        "figures",
        "Figures of the filing",
        &[
            ("figure", "which figure"),
            ("number", "how many, where it counts"),
            ("amount", "how much, where it is money"),
            ("currency", "currency of the amount"),
        ],
    );
    let count = |figure: &str, number: i64| vec![Cell::key(figure), Cell::Integer(number), Cell::Empty, Cell::Empty];
    let money = |figure: &str, minor: i64| {
        vec![Cell::key(figure), Cell::Empty, Cell::Amount(minor, currency), Cell::key(currency.code())]
    };
    table.rows.push(count("claims", i64::try_from(contents.claims.len()).unwrap_or(i64::MAX)));
    if let Some((least, most)) = filing.members {
        table.rows.push(count("members_at_least", least));
        table.rows.push(count("members_at_most", most));
    }
    let figures = filing.figures;
    for (figure, minor) in [
        ("gross", figures.gross),
        ("overlap_removed", figures.confirmed),
        ("overlap_suspected", figures.suspected),
        ("unique_at_least", figures.unique_at_least()),
        ("unique_at_most", figures.unique_at_most()),
        ("documented", figures.documented),
        ("sworn_only", figures.sworn_only()),
    ] {
        table.rows.push(money(figure, minor));
    }
    let (late, gross) = contents.late();
    table.rows.push(count("late_claims", i64::try_from(late).unwrap_or(i64::MAX)));
    table.rows.push(money("late_gross", gross));
    table
}

/// One row a line of a schedule.
fn lines(contents: &Contents, schedule: &Schedule) -> Table {
    let (key, title) = match schedule.category {
        Category::UnpaidSales => ("schedule-a", "Schedule A. Unpaid sales"),
        Category::HeldInventory => ("schedule-b", "Schedule B. Held inventory"),
        Category::DigitalRoyalties => ("schedule-c", "Schedule C. Digital royalties"),
        Category::Other => ("schedule-d", "Schedule D. Other losses"),
    };
    let mut table = Table::new(
        key,
        title,
        &[
            ("claim", "number of the claim"),
            ("claimant", "legal name as signed"),
            ("line", "number of the line in the claim"),
            ("about", "release, or what the line is about"),
            ("details", "period, units and what else tells it apart"),
            ("period_from", "first day"),
            ("period_to", "last day"),
            ("gtin", "barcode"),
            ("catalogue_number", "catalogue number"),
            ("isrc", "recording"),
            ("units", "units"),
            ("basis", "basis of value, for held inventory"),
            (
                "counted",
                "whether the line is in the total of the filing: no for stock that is valued on another basis or not at all",
            ),
            ("amount", "amount in the currency of the case"),
            ("currency", "currency of the case"),
            ("claimed_amount", "amount as claimed"),
            ("claimed_currency", "its currency"),
            ("rate", "rate of the valuation date"),
            ("interest", "interest, in no other sum"),
            ("costs", "costs, in no other sum"),
            ("evidence", "pages that prove it, by Bates number; “sworn only” where there are none"),
        ],
    );
    let currency = currency(contents);
    let claims = contents.by_number();
    let mut sum = 0;
    for part in &schedule.parts {
        for group in &part.groups {
            let Some(claim) = claims.get(group.claim.as_str()) else { continue };
            for entry in &group.lines {
                let Ok(place) = claim.claim.lines.binary_search_by_key(&entry.line, |line| line.line) else { continue };
                let line = &claim.claim.lines[place];
                let release = &line.release;
                table.rows.push(vec![
                    Cell::key(&group.claim),
                    Cell::text(&group.claimant),
                    Cell::Integer(entry.line),
                    Cell::text(&entry.about),
                    Cell::text(&entry.details),
                    Cell::day(line.period.map(|period| period.from)),
                    Cell::day(line.period.map(|period| period.to)),
                    release.gtin.as_ref().map_or(Cell::Empty, |gtin| Cell::key(gtin.as_str())),
                    Cell::optional(release.catalogue_number.as_deref()),
                    release.isrc.as_ref().map_or(Cell::Empty, |isrc| Cell::key(isrc.as_str())),
                    Cell::units(entry.units),
                    Cell::optional(part.basis.map(Basis::key)),
                    Cell::key(if part.counts { "yes" } else { "no" }),
                    Cell::Amount(entry.amount, currency),
                    Cell::key(currency.code()),
                    Cell::Amount(line.amount, line.currency),
                    Cell::key(line.currency.code()),
                    Cell::key(&line.rate),
                    Cell::Amount(line.interest_in_case, currency),
                    Cell::Amount(line.costs_in_case, currency),
                    if entry.evidence.is_empty() {
                        Cell::key("sworn only")
                    } else {
                        Cell::text(entry.evidence.join("; "))
                    },
                ]);
                if part.counts {
                    sum += entry.amount;
                }
            }
        }
    }
    table.sum = Some(sum);
    table
}
