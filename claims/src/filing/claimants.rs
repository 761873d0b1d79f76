//! The list of claimants and the consignment matrix: what was answered once per claim.

use super::{
    Contents, FiledClaim,
    table::{Cell, Table},
};
use crate::{
    intake::{Kind, form, steps::Step},
    period,
};

/// The list of claimants with citizenship.
pub(super) fn claimants(contents: &Contents) -> Table {
    let mut table = Table::new(
        "claimants",
        "Claimants",
        &[
            ("claim", "number of the claim"),
            ("claimant", "legal name as signed"),
            ("kind", "person, label, publisher, non-profit or estate"),
            (
                "citizenship",
                "of a person, of an estate that of the person who died; of others, state of organisation and principal place of business",
            ),
            ("city", "city"),
            ("region", "state or region"),
            ("country", "country"),
            ("street", "street and number"),
            ("postcode", "postcode"),
            ("contact", "contact person"),
            ("email", "e-mail"),
            ("phone", "telephone"),
            ("capacity", "capacity of the person who filed"),
            ("signed_by", "name of the person who signed"),
            ("declaration", "text of the declaration that was signed"),
            ("version", "version in force"),
            ("first_sent", "when the claim was first sent"),
            ("sha256", "hash of the signed text"),
            ("received", "when the version in force was sent"),
            ("late", "whether the version in force came after the deadline that holds"),
            ("late_reason", "the reason given for that"),
        ],
    );
    for claim in &contents.claims {
        let typed = |field: &str| Cell::text(claim.answer(Step::Claimant, field));
        table.rows.push(vec![
            Cell::key(&claim.of.number),
            Cell::text(claim.claimant()),
            Cell::key(claim.answer(Step::Claimant, "kind")),
            Cell::text(claim.citizenship()),
            typed("city"),
            typed("region"),
            typed("country"),
            typed("street"),
            typed("postcode"),
            typed("contact"),
            typed("email"),
            typed("phone"),
            Cell::key(claim.answer(Step::Claimant, "capacity")),
            Cell::text(&claim.claim.declaration.name),
            Cell::key(&claim.claim.declaration.text),
            Cell::Integer(claim.of.version),
            Cell::Moment(claim.of.submitted_at),
            Cell::key(&claim.of.sha256),
            Cell::Moment(claim.of.sent_at),
            Cell::key(if claim.late { "yes" } else { "no" }),
            Cell::text(claim.late_reason()),
        ]);
    }
    table
}

/// The facts that decide whose the stock was: agreement, title, notice.
const MATRIX: &[(&str, &str)] = &[
    ("has_agreement", "whether there was a written agreement"),
    ("agreement_date", "its date"),
    ("title_clause", "words on consignment or title"),
    ("governing_law", "governing law"),
    ("ucc_filed", "whether a UCC-1 was filed"),
    ("ucc_state", "state of the UCC-1"),
    ("ucc_number", "number of the UCC-1"),
    ("ucc_date", "day of the UCC-1"),
    ("lender_notified", "whether the lender was told"),
    ("large_deliveries", "single deliveries worth $1,000 or more (U.C.C. § 9-102(a)(20))"),
    ("late_shipments", "copies sent in the 45 days before the distributor closed or lost its stock"),
    ("terminated_on", "when the claimant ended the agreement"),
    ("return_demanded_on", "when the stock was asked back"),
    ("refusal_on", "when that was refused"),
    ("buy_back_offered", "whether the own copies were offered for money"),
    ("buy_back_note", "what was offered and done"),
];

/// The consignment matrix.
pub(super) fn matrix(contents: &Contents) -> Table {
    let mut columns = vec![("claim", "number of the claim"), ("claimant", "legal name as signed")];
    columns.extend_from_slice(MATRIX);
    let mut table = Table::new("consignment-matrix", "Consignment matrix", &columns);
    for claim in &contents.claims {
        let mut row = vec![Cell::key(&claim.of.number), Cell::text(claim.claimant())];
        row.extend(MATRIX.iter().map(|(field, _)| fact(claim, field)));
        table.rows.push(row);
    }
    table
}

/// An answer on the agreement: choices in words, days and numbers exact.
fn fact(claim: &FiledClaim, name: &str) -> Cell {
    let answer = claim.answer(Step::Agreement, name);
    let kind = Step::Agreement.form().and_then(|form| form::find(form, name)).map(|field| field.kind);
    match kind {
        Some(Kind::Day) => period::parse_kept_day(answer).map_or_else(|_| Cell::text(answer), Cell::Day),
        Some(Kind::Units) => answer.replace(',', "").parse().map_or_else(|_| Cell::text(answer), Cell::Integer),
        Some(Kind::Select(choices) | Kind::Radio(choices)) => choices
            .iter()
            .find(|(value, _)| *value == answer)
            .map_or_else(|| Cell::text(answer), |(_, words)| Cell::key(*words)),
        _ => Cell::text(answer),
    }
}
