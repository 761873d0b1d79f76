//! The rows of each file, in the order of the dictionary.

use std::collections::BTreeMap;

use futures::TryStreamExt;

use super::{
    Type, What, narrowed, once,
    sheet::{Sheet, To},
    sums::{Sums, counts, is_of, removed_of, total_of},
};
use crate::{
    actions::Failure,
    case::Case,
    intake::{Answers, Field, Kind, form::find, line, steps::Step},
    line::{Basis, Category},
    money::{self, Currency},
    overlap::Removed,
    period,
    store::{
        Tx, claims, documents,
        export::{self, SentClaim, SentLine},
        lines,
        register::Filter,
        removed, totals as kept,
    },
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
    let mut sheet = Sheet::begin(what.columns(), raw, to).await?;
    match what {
        What::Matches => once::matches(tx, case, &filter, &mut sheet).await?,
        What::Overlaps => once::overlaps(tx, case, &filter, &mut sheet).await?,
        _ => by_claim(tx, case, what, &filter, &mut sheet).await?,
    }
    sheet.finish().await
}

/// The files that are read claim by claim.
async fn by_claim(tx: &mut Tx, case: &Case, what: What, filter: &Filter, sheet: &mut Sheet) -> Result<(), Failure> {
    let mut sums = Sums::default();
    for id in export::ids(tx, case.id, case.settings.filing_basis, filter).await? {
        let claim = export::claim(tx, id).await?;
        match what {
            What::Claims => claim_row(tx, case, filter, &claim, sheet).await?,
            What::Lines => line_rows(tx, case, filter, &claim, sheet).await?,
            What::Claimants => claimant_row(tx, &claim, sheet).await?,
            What::Documents => document_rows(tx, &claim, sheet).await?,
            What::Totals => {
                let totals = kept::of_version(tx, claim.version_id).await?;
                sums.add(totals, &removed::of_claim(tx, claim.id).await?, filter, case.settings.filing_basis);
            }
            What::Matches | What::Overlaps => {}
        }
    }
    if what == What::Totals {
        sums.write(case, filter, sheet).await?;
    }
    Ok(())
}

async fn claim_row(
    tx: &mut Tx,
    case: &Case,
    filter: &Filter,
    claim: &SentClaim,
    sheet: &mut Sheet,
) -> Result<(), Failure> {
    let totals = kept::of_version(tx, claim.version_id).await?;
    let (filing, currency) = (case.settings.filing_basis, case.settings.currency);
    let sum = total_of(&totals, |total| is_of(total, filter, filing) && counts(total.basis, filter, filing));
    sheet.plain(&claim.number);
    sheet.integer(claim.claimant_id.0);
    sheet.text(&claim.claimant);
    sheet.text(&claim.citizenship);
    sheet.plain(&claim.status);
    sheet.integer(claim.version);
    sheet.moment(claim.submitted_at);
    sheet.moment(claim.sent_at);
    sheet.yes(claim.late_reason.is_some());
    sheet.text_or_empty(claim.late_reason.as_deref());
    sheet.text_or_empty(claim.withdrawn_reason.as_deref());
    sheet.integer(sum.lines);
    sheet.integer(sum.units);
    sheet.integer(claim.documents);
    sheet.plain(currency.code());
    for amount in [sum.amount, sum.documented, sum.sworn_only(), sum.interest, sum.costs] {
        sheet.amount(amount, currency);
    }
    for category in Category::ALL {
        let of_category =
            total_of(&totals, |total| total.category == category && counts(total.basis, &Filter::default(), filing));
        sheet.amount(of_category.amount, currency);
    }
    for basis in [Basis::ManufacturingCost, Basis::Wholesale, Basis::Retail] {
        sheet.amount(total_of(&totals, |total| total.basis == Some(basis)).amount, currency);
    }
    sheet.integer(total_of(&totals, |total| total.basis == Some(Basis::UnitsOnly)).units);
    sheet.plain(&claim.sha256);
    let removed = removed_of(&removed::of_claim(tx, claim.id).await?, filter, filing);
    unique(sheet, sum.amount, removed, currency);
    sheet.end().await
}

/// What is taken off, and what that leaves at least and at most.
pub(super) fn unique(sheet: &mut Sheet, gross: i64, removed: Removed, currency: Currency) {
    let (least, most) = removed.unique(gross);
    for amount in [removed.confirmed, removed.suspected, least, most] {
        sheet.amount(amount, currency);
    }
}

async fn line_rows(
    tx: &mut Tx,
    case: &Case,
    filter: &Filter,
    claim: &SentClaim,
    sheet: &mut Sheet,
) -> Result<(), Failure> {
    let mut cited: BTreeMap<i64, (Vec<String>, Vec<String>)> = BTreeMap::new();
    for citation in lines::citations(tx, claim.version_id, None).await? {
        let (places, hashes) = cited.entry(citation.line_id.0).or_default();
        places.push(if citation.place.is_empty() {
            citation.name
        } else {
            format!("{}, {}", citation.name, citation.place)
        });
        hashes.push(citation.sha256);
    }
    let mut rows = export::lines(tx, claim.version_id, filter.category, filter.basis);
    while let Some(line) = rows.try_next().await? {
        let basis = line.basis.as_deref().and_then(Basis::parse);
        if filter.category.is_some() && !counts(basis, filter, case.settings.filing_basis) {
            continue;
        }
        let (places, hashes) = cited.remove(&line.id.0).unwrap_or_default();
        line_row(case, filter, claim, &line, (&places.join("; "), &hashes.join("; ")), sheet)?;
        sheet.end().await?;
    }
    Ok(())
}

fn line_row(
    case: &Case,
    filter: &Filter,
    claim: &SentClaim,
    line: &SentLine,
    evidence: (&str, &str),
    sheet: &mut Sheet,
) -> Result<(), Failure> {
    let damaged = || Failure::Internal(format!("line {} of claim {} is damaged", line.line, claim.number));
    let currency = Currency::parse(&line.currency).ok_or_else(damaged)?;
    let category = Category::parse(&line.category).ok_or_else(damaged)?;
    let basis = line.basis.as_deref().and_then(Basis::parse);
    sheet.plain(&claim.number);
    sheet.integer(line.line);
    sheet.integer(claim.version);
    sheet.plain(&claim.status);
    sheet.text(&claim.claimant);
    sheet.plain(&line.category);
    sheet.plain(line.basis.as_deref().unwrap_or_default());
    sheet.yes(counts(basis, filter, case.settings.filing_basis));
    sheet.plain(currency.code());
    sheet.amount(line.amount, currency);
    sheet.plain(&line.rate);
    sheet.plain(case.settings.currency.code());
    for amount in [line.case_amount, line.case_interest, line.case_costs] {
        sheet.amount(amount, case.settings.currency);
    }
    sheet.yes(line.citations > 0);
    sheet.integer(line.citations);
    sheet.text(evidence.0);
    sheet.plain(evidence.1);
    sheet.day(line.period_from);
    sheet.day(line.period_to);
    sheet.plain(&line.units.map(|units| units.to_string()).unwrap_or_default());
    for text in [
        &line.channel,
        &line.gtin,
        &line.aggregator_gtin,
        &line.catalogue_number,
        &line.isrc,
        &line.artist,
        &line.title,
        &line.label,
        &line.format,
    ] {
        sheet.text_or_empty(text.as_deref());
    }
    // The columns from here on are named for the fields of the forms.
    let form = line::form(category);
    let typed = What::Lines.columns().iter().skip_while(|column| column.name != "statement_number");
    for column in typed {
        // A field of the same name in another category's form would be another fact: the amount of "paid", say.
        answer(find(form, column.name), &line.answers.0, column.kind, currency, sheet);
    }
    Ok(())
}

/// An answer in the form of files: numbers without separators, days in ISO form.
fn answer(field: Option<&Field>, answers: &Answers, kind: Type, currency: Currency, sheet: &mut Sheet) {
    let typed = field.map_or("", |field| answers.get(field.name));
    if typed.is_empty() {
        return sheet.plain("");
    }
    let exact = match (kind, field.map(|field| field.kind)) {
        (Type::Amount, _) => money::parse_amount(typed, currency).ok().map(|minor| currency.plain(minor)),
        (Type::Integer | Type::Decimal, _) => {
            money::parse_decimal(typed.trim_end_matches(['%', ' ']), 12).ok().map(|number| number.to_string())
        }
        (Type::Day, _) => period::parse_day(typed).ok().map(|day| day.to_string()),
        (Type::Key, Some(Kind::Select(choices) | Kind::Radio(choices))) => {
            choices.iter().find(|(value, _)| *value == typed).map(|(value, _)| (*value).to_owned())
        }
        _ => None,
    };
    match exact {
        Some(exact) => sheet.plain(&exact),
        None => sheet.text(typed),
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
        answer(field, answers, column.kind, Currency::USD, sheet);
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
    for document in documents::of_version(tx, claim.id, claim.version).await? {
        sheet.integer(document.id.0);
        sheet.plain(&claim.number);
        sheet.plain(&claim.status);
        sheet.integer(claim.version);
        sheet.text(&document.name);
        sheet.plain(&document.media_type);
        sheet.integer(document.bytes);
        sheet.plain(&document.pages.map(|pages| pages.to_string()).unwrap_or_default());
        sheet.plain(&document.sha256);
        sheet.text(&document.proves);
        sheet.moment(document.uploaded_at);
        sheet.integer(document.added_in);
        sheet.plain(&cited.remove(&document.id.0).unwrap_or_default().join("; "));
        sheet.end().await?;
    }
    Ok(())
}
