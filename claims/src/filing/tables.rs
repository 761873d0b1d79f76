//! Every table of a filing, in the order of the package.

use super::{
    Contents, Difference, FiledClaim, chronology, claimants,
    schedules::{Schedule, schedules},
    table::{Cell, Table},
};
use crate::{
    line::{Basis, Category},
    money::Currency,
    totals::{Total, counts},
};

/// The name under which a claim's claimant stands in tables.
#[must_use]
pub fn claimant_name(claim: &FiledClaim) -> &str {
    claim.claimant()
}

/// Every table.
#[must_use]
pub fn all(contents: &Contents) -> Vec<Table> {
    let mut tables = vec![summary(contents), totals(contents)];
    let schedules = schedules(contents);
    tables.extend(schedules.iter().map(|schedule| lines(contents, schedule)));
    tables.push(claimants::claimants(contents));
    tables.push(matches(contents));
    tables.push(overlaps(contents));
    tables.push(claimants::matrix(contents));
    tables.push(chronology::chronology(contents));
    tables.push(exhibits(contents));
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
            ("lines", "lines"),
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
            Cell::Integer(i64::try_from(claim.claim.lines.len()).unwrap_or(i64::MAX)),
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
            ("counted", "whether the amount is in the total of the filing"),
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
            ("counted", "whether the amount is in the total of the filing"),
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
    let mut sum = 0;
    for part in &schedule.parts {
        for group in &part.groups {
            let Some(claim) = contents.claims.iter().find(|claim| claim.of.number == group.claim) else { continue };
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

/// Pairs of claims with the parts of their weight and every decision.
fn matches(contents: &Contents) -> Table {
    let mut table = Table::new(
        "duplicates",
        "Duplicates and decisions",
        &[
            ("kind", "what is compared: claimants or money"),
            ("claim_a", "number of a claim"),
            ("claim_b", "number of the other"),
            ("method", "how it was found"),
            ("weight", "weight in bits, with three decimals"),
            ("parts", "parts of the weight by field"),
            ("decision", "what was decided; open while nobody has"),
            ("by", "who decided, when and why"),
        ],
    );
    let bits = |thousandths: i64| {
        let sign = if thousandths < 0 { "-" } else { "" };
        let size = thousandths.unsigned_abs();
        format!("{sign}{}.{:03}", size / 1_000, size % 1_000)
    };
    for pair in &contents.filing.matches {
        let parts: Vec<String> =
            pair.parts.iter().map(|(field, weight)| format!("{field} {}", bits(*weight))).collect();
        table.rows.push(vec![
            Cell::key(&pair.kind),
            Cell::key(&pair.a),
            Cell::key(&pair.b),
            Cell::text(&pair.method),
            Cell::key(bits(pair.weight)),
            Cell::text(parts.join("; ")),
            Cell::text(&pair.decision),
            Cell::text(&pair.by),
        ]);
    }
    table
}

/// Money that more than one claim holds.
fn overlaps(contents: &Contents) -> Table {
    let currency = currency(contents);
    let mut table = Table::new(
        "overlaps",
        "Overlaps",
        &[
            ("subject", "release, channel and months"),
            ("claim", "number of the claim"),
            ("gross", "what the claim asks for in it"),
            ("removed", "removed because a person decided so"),
            ("suspected", "removed as well if the suspicion is right"),
            ("through", "number of the claim through which it is payable"),
            ("relation", "how the claims are related"),
        ],
    );
    for overlap in &contents.filing.overlaps {
        table.rows.push(vec![
            Cell::text(&overlap.subject),
            Cell::key(&overlap.claim),
            Cell::Amount(overlap.gross, currency),
            Cell::Amount(overlap.confirmed, currency),
            Cell::Amount(overlap.suspected, currency),
            if overlap.through.is_empty() { Cell::Empty } else { Cell::key(&overlap.through) },
            Cell::text(&overlap.relation),
        ]);
    }
    table
}

/// One row an exhibit.
fn exhibits(contents: &Contents) -> Table {
    let bates = contents.filing.settings.bates();
    let mut table = Table::new(
        "exhibits",
        "Exhibit index",
        &[
            ("exhibit", "number of the exhibit"),
            ("bates_first", "first Bates number"),
            ("bates_last", "last Bates number"),
            ("pages", "pages in the volumes"),
            ("name", "name of the file"),
            ("form", "pages, image or slip_sheet"),
            ("problem", "why a PDF or picture stands as a slip sheet"),
            ("media_type", "type of the file"),
            ("bytes", "size of the file"),
            ("sha256", "hash of the file"),
            ("claims", "numbers of the claims that hold it"),
        ],
    );
    for exhibit in &contents.filing.exhibits {
        table.rows.push(vec![
            Cell::Integer(exhibit.exhibit),
            Cell::key(bates.number(exhibit.first)),
            Cell::key(bates.number(exhibit.first + exhibit.pages - 1)),
            Cell::Integer(exhibit.pages),
            Cell::text(&exhibit.name),
            Cell::key(exhibit.form.key()),
            Cell::text(&exhibit.problem),
            Cell::key(&exhibit.media_type),
            Cell::Integer(exhibit.bytes),
            Cell::key(&exhibit.sha256),
            Cell::key(exhibit.claims.join("; ")),
        ]);
    }
    table
}

/// What changed since another filing.
#[must_use]
pub fn difference_table(difference: &Difference, currency: Currency) -> Table {
    let mut table = Table::new(
        "difference",
        "Difference to the filing before",
        &[
            ("change", "added, amended, withdrawn, overlap or decision"),
            ("claim", "number of the claim"),
            ("claimant", "legal name as signed"),
            ("line", "number of the line; empty for the whole claim"),
            ("what", "what changed, in words"),
            ("before", "amount in the filing before"),
            ("after", "amount in this filing"),
            ("moved", "after less before"),
            ("currency", "currency of all amounts"),
        ],
    );
    for moved in &difference.rows {
        table.rows.push(vec![
            Cell::key(moved.change),
            if moved.claim.is_empty() { Cell::Empty } else { Cell::key(&moved.claim) },
            Cell::text(&moved.claimant),
            Cell::units(moved.line),
            Cell::text(&moved.what),
            Cell::Amount(moved.before, currency),
            Cell::Amount(moved.after, currency),
            Cell::Amount(moved.after - moved.before, currency),
            Cell::key(currency.code()),
        ]);
    }
    table
}
