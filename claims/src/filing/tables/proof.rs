//! The tables of what proves and what relates claims: duplicates, overlaps, exhibits, the difference to another filing.

use super::super::{
    Contents, Difference,
    table::{Cell, Table},
};
use super::currency;
use crate::money::Currency;

fn yes_no(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}

/// Pairs of claims with the parts of their weight and every decision.
pub(super) fn matches(contents: &Contents) -> Table {
    let mut table = Table::new(
        "duplicates",
        "Duplicates and decisions",
        &[
            ("kind", "what is compared: claimants or money"),
            (
                "claim_a",
                "number of a claim; empty where a row is of all the open pairs of a release that very many claim",
            ),
            ("claim_b", "number of the other"),
            ("release", "the release about whose money it was decided; empty for all that the claims share"),
            ("method", "how it was found"),
            ("weight", "weight in bits, with three decimals: the sum of the parts; empty where nothing was weighed"),
            (
                "parts",
                "what the weight is the sum of: before comparison, then each field that was compared, with how much the two agree in it",
            ),
            ("decision", "what was decided; open while nobody has, also where it was put off"),
            ("by", "who decided, when and why; in the full filing only"),
        ],
    );
    let bits = |thousandths: i64| {
        let sign = if thousandths < 0 { "-" } else { "" };
        let size = thousandths.unsigned_abs();
        format!("{sign}{}.{:03}", size / 1_000, size % 1_000)
    };
    let number = |number: &str| if number.is_empty() { Cell::Empty } else { Cell::key(number) };
    for pair in &contents.filing.matches {
        let parts: Vec<String> =
            pair.parts.iter().map(|(field, weight)| format!("{field} {}", bits(*weight))).collect();
        table.rows.push(vec![
            Cell::key(&pair.kind),
            number(&pair.a),
            number(&pair.b),
            if pair.release.is_empty() { Cell::Empty } else { Cell::text(&pair.release) },
            Cell::text(&pair.method),
            if pair.parts.is_empty() { Cell::Empty } else { Cell::key(bits(pair.weight)) },
            Cell::text(parts.join("; ")),
            Cell::text(&pair.decision),
            Cell::text(&pair.by),
        ]);
    }
    table
}

/// Money that more than one claim holds.
pub(super) fn overlaps(contents: &Contents) -> Table {
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
            ("over_whole", "whether the shares in some month are more than the whole"),
            ("contradictory", "whether decisions contradict each other in some month"),
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
            Cell::key(yes_no(overlap.over_whole)),
            Cell::key(yes_no(overlap.contradictory)),
        ]);
    }
    table
}

/// One row an exhibit.
pub(super) fn exhibits(contents: &Contents) -> Table {
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
            ("problem", "why a PDF or picture stands as a slip sheet, or what of it is not shown"),
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
            (
                "change",
                "added, revived (taken up again after it had been withdrawn), amended, withdrawn, basis, overlap, decision, deadline or caption",
            ),
            ("claim", "number of the claim; empty for a decision and for what changed of the case"),
            ("claimant", "legal name as signed"),
            ("line", "number of the line; empty for the whole claim"),
            ("what", "what changed, in words"),
            ("before", "amount in the filing before"),
            ("after", "amount in this filing"),
            ("moved", "after less before"),
            (
                "counted",
                "whether what moved is in the unique total; the rows with yes add up to what moved in it, with nothing suspected removed",
            ),
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
            Cell::key(yes_no(moved.counted)),
            Cell::key(currency.code()),
        ]);
    }
    table
}
