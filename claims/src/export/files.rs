//! The rows of each file, in the order of the dictionary.

use std::collections::BTreeMap;

use super::{
    What, answers,
    lines::Lines,
    narrowed, once,
    sheet::{Sheet, To},
    sums::{Sums, adds, is_of, removed_of, total_of},
};
use crate::{
    actions::Failure,
    case::Case,
    frozen::FrozenDocuments,
    intake::{Answers, form::find, steps::Step},
    line::{Basis, Category},
    money::Currency,
    overlap::Removed,
    status::ClaimStatus,
    store::{
        Tx, claims, documents,
        export::{self, SentClaim},
        lines, matching,
        register::Filter,
        removed, totals as kept,
    },
    totals::counts,
};

/// Writes one file.
pub(super) async fn write(
    tx: &mut Tx,
    case: &Case,
    what: What,
    filter: &Filter,
    raw: bool,
    to: To,
) -> Result<(), Failure> {
    let filter = narrowed(filter, what);
    let current = matching::state(tx, case.id).await?.is_current();
    let mut sheet = Sheet::begin(what.columns(), raw, to).await?;
    match what {
        What::Matches => once::matches(tx, case, &filter, &mut sheet).await?,
        What::Overlaps => once::overlaps(tx, case, &filter, current, &mut sheet).await?,
        _ => by_claim(tx, case, what, &filter, current, &mut sheet).await?,
    }
    sheet.finish().await
}

/// Claims that are read at once.
const AT_ONCE: usize = 500;

/// The files that are read from claims, some at a time.
async fn by_claim(
    tx: &mut Tx,
    case: &Case,
    what: What,
    filter: &Filter,
    current: bool,
    sheet: &mut Sheet,
) -> Result<(), Failure> {
    let mut sums = Sums::default();
    let mut lines = Lines::new(case, filter);
    for ids in export::ids(tx, case.id, case.settings.filing_basis, filter).await?.chunks(AT_ONCE) {
        let claims = export::claims(tx, ids).await?;
        if what == What::Lines {
            lines.write(tx, &claims, sheet).await?;
            continue;
        }
        for claim in claims {
            match what {
                What::Claims => claim_row(tx, case, filter, &claim, current, sheet).await?,
                What::Claimants => claimant_row(tx, &claim, sheet).await?,
                What::Documents => document_rows(tx, &claim, sheet).await?,
                What::Totals => {
                    let totals = kept::of_version(tx, claim.version_id).await?;
                    sums.add(totals, &removed::of_claim(tx, claim.id).await?, filter, case.settings.filing_basis);
                }
                What::Lines | What::Matches | What::Overlaps => {}
            }
        }
    }
    if what == What::Totals {
        sums.write(case, filter, current, sheet).await?;
    }
    Ok(())
}

async fn claim_row(
    tx: &mut Tx,
    case: &Case,
    filter: &Filter,
    claim: &SentClaim,
    current: bool,
    sheet: &mut Sheet,
) -> Result<(), Failure> {
    let totals = kept::of_version(tx, claim.version_id).await?;
    let (filing, currency) = (case.settings.filing_basis, case.settings.currency);
    let sum = total_of(&totals, |total| adds(total, filter, filing));
    let more = total_of(&totals, |total| is_of(total, filter) && !adds(total, filter, filing));
    sheet.plain(&claim.number);
    sheet.integer(claim.claimant_id.0);
    sheet.text(&claim.claimant);
    sheet.text(&claim.citizenship);
    sheet.plain(&claim.status);
    sheet.integer(claim.version);
    sheet.moment(claim.submitted_at);
    sheet.moment(claim.sent_at);
    sheet.yes(claim.late);
    sheet.text_or_empty(claim.late_reason.as_deref().filter(|_| claim.late));
    sheet.text_or_empty(claim.withdrawn_reason.as_deref());
    sheet.integer(sum.lines);
    sheet.integer(sum.units);
    sheet.integer(claim.documents);
    sheet.plain(currency.code());
    for amount in [sum.amount, sum.documented, sum.sworn_only(), sum.interest, sum.costs] {
        sheet.amount(amount, currency);
    }
    for category in Category::ALL {
        let of_category = total_of(&totals, |total| total.category == category && counts(total.basis, filing));
        sheet.amount(of_category.amount, currency);
    }
    for basis in [Basis::ManufacturingCost, Basis::Wholesale, Basis::Retail] {
        sheet.amount(total_of(&totals, |total| total.basis == Some(basis)).amount, currency);
    }
    sheet.integer(total_of(&totals, |total| total.basis == Some(Basis::UnitsOnly)).units);
    sheet.plain(&claim.sha256);
    let removed = removed_of(&removed::of_claim(tx, claim.id).await?, filter, filing);
    // What a withdrawn claim asked for stays in its row, but it adds nothing to what is counted once.
    let unique = removed.unique_of(ClaimStatus::parse(&claim.status), sum.amount);
    after_overlap(sheet, removed, unique, currency);
    sheet.integer(more.lines);
    sheet.integer(more.units);
    sheet.yes(current);
    sheet.end().await
}

/// What is taken off, and what that leaves at least and at most.
pub(super) fn after_overlap(sheet: &mut Sheet, removed: Removed, (least, most): (i64, i64), currency: Currency) {
    for amount in [removed.confirmed, removed.suspected, least, most] {
        sheet.amount(amount, currency);
    }
}

async fn claimant_row(tx: &mut Tx, claim: &SentClaim, sheet: &mut Sheet) -> Result<(), Failure> {
    let answers = claims::answers(tx, claim.version_id).await?;
    sheet.integer(claim.claimant_id.0);
    sheet.plain(&claim.number);
    sheet.plain(&claim.status);
    sheet.integer(claim.version);
    let nothing = Answers::default();
    for column in What::Claimants.columns().iter().skip_while(|column| column.name != "kind") {
        let found = [Step::Claimant, Step::Agreement, Step::Others]
            .into_iter()
            .find_map(|step| Some((step, find(step.form()?, column.name)?)));
        let (answers, field) =
            found.map_or((&nothing, None), |(step, field)| (answers.get(step.key()).unwrap_or(&nothing), Some(field)));
        let typed = field.map_or("", |field| answers.get(field.name));
        answers::write(typed, column.kind, field.map(|field| field.kind), Currency::USD, sheet);
    }
    sheet.end().await
}

async fn document_rows(tx: &mut Tx, claim: &SentClaim, sheet: &mut Sheet) -> Result<(), Failure> {
    let mut cited: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for (document, line, _) in lines::citing(tx, claim.version_id).await? {
        let lines = cited.entry(document.0).or_default();
        let line = line.to_string();
        if lines.last() != Some(&line) {
            lines.push(line);
        }
    }
    let held = documents::of_version(tx, claim.id, claim.version).await?;
    if held.is_empty() {
        return Ok(());
    }
    let text = claims::version(tx, claim.version_id).await?.and_then(|version| version.frozen).unwrap_or_default();
    let signed = FrozenDocuments::read(&text)
        .map_err(|error| Failure::Internal(format!("claim {} cannot be read: {error}", claim.number)))?;
    drop(text);
    for document in held {
        sheet.integer(document.id.0);
        sheet.plain(&claim.number);
        sheet.plain(&claim.status);
        sheet.integer(claim.version);
        sheet.text(&document.name);
        sheet.plain(&document.media_type);
        sheet.integer(document.bytes);
        sheet.plain(&document.pages.map(|pages| pages.to_string()).unwrap_or_default());
        sheet.plain(&document.sha256);
        sheet.text_or_empty(signed.proves(&document.sha256));
        sheet.moment(document.uploaded_at);
        sheet.integer(document.added_in);
        sheet.plain(&cited.remove(&document.id.0).unwrap_or_default().join("; "));
        sheet.end().await?;
    }
    Ok(())
}
