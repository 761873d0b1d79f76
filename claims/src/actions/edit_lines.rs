//! Lines of a draft: add, change, copy, remove, and the documents they cite.

use std::collections::{BTreeMap, BTreeSet};

use super::{Failure, Recoup, claim_view, once, save_step, seen};
use crate::{
    ClaimId, DocumentId, EvidenceId, LineId,
    access::{Actor, Refusal},
    case::Case,
    filing::bates::cited_pages,
    intake::{Answers, form::clean, line},
    line::{Category, LineFacts},
    money,
    store::{
        Tx,
        documents::{self, Document},
        lines::{self, InCase, Line},
    },
};

/// A document to cite with a line, and where in it.
#[derive(Debug, Clone, Default)]
pub struct Cite {
    /// Document; `None` to cite nothing.
    pub document: Option<DocumentId>,
    /// Page or row.
    pub place: String,
}

/// A line that was saved: its number, and whether its answers are right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// Number of the line.
    pub line: i64,
    /// Whether its answers are right.
    pub right: bool,
}

/// Facts of a line in the currency of its case.
pub(super) fn in_case(case: &Case, facts: &LineFacts) -> Option<InCase> {
    let rate = case.settings.rate(facts.currency)?;
    let convert = |minor| money::convert(minor, facts.currency, rate, case.settings.currency);
    Some(InCase {
        rate: rate.to_string(),
        amount: convert(facts.amount)?,
        interest: convert(facts.interest)?,
        costs: convert(facts.costs)?,
    })
}

async fn write(
    tx: &mut Tx,
    case: &Case,
    id: crate::LineId,
    category: Category,
    answers: &Answers,
) -> Result<bool, Failure> {
    let reading = line::read(category, answers, &case.line_rules());
    let facts = reading.facts.as_ref().and_then(|facts| Some((facts, in_case(case, facts)?)));
    lines::write(tx, id, answers, facts.as_ref().map(|(facts, in_case)| (*facts, in_case))).await?;
    Ok(facts.is_some())
}

async fn cite_one(tx: &mut Tx, claim: ClaimId, version: i64, line: crate::LineId, cite: &Cite) -> Result<(), Failure> {
    if let Some(document) = cite.document {
        has_place(&is_there(tx, claim, version, document).await?, &cite.place)?;
        lines::cite(tx, line, document, &place_as_kept(&cite.place)?).await?;
    }
    Ok(())
}

/// A document is cited, described and removed only by a version that has it.
pub(super) async fn is_there(
    tx: &mut Tx,
    claim: ClaimId,
    version: i64,
    document: DocumentId,
) -> Result<Document, Failure> {
    let of_version = documents::of_version(tx, claim, version).await?;
    Ok(of_version.into_iter().find(|known| known.id == document).ok_or(Refusal::NotFound)?)
}

/// Media types of which nothing has pages, whoever opens it. A PDF whose pages could not be counted has some, and so may a picture.
const WITHOUT_PAGES: [&str; 5] = [
    "text/plain",
    "text/csv",
    "message/rfc822",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
];

/// A page is cited only of a document that has it.
fn has_place(cited: &Document, place: &str) -> Result<(), Failure> {
    let Some((_, last)) = cited_pages(place, i64::MAX) else { return Ok(()) };
    let name = &cited.name;
    let wrong = match cited.pages {
        Some(pages) if last > pages => {
            let has = if pages == 1 { "1 page".to_owned() } else { format!("{} pages", money::grouped_units(pages)) };
            format!("“{name}” has {has}; there is no page {last}.")
        }
        None if WITHOUT_PAGES.contains(&cited.media_type.as_str()) => {
            format!("“{name}” has no pages. Cite it without one, or name the row or the section in words, like row 12.")
        }
        _ => return Ok(()),
    };
    Err(Failure::field("place", wrong))
}

/// Most characters of a place in a document.
const LONGEST_PLACE: usize = 100;

fn place_as_kept(typed: &str) -> Result<String, Failure> {
    let place = clean(typed.trim(), usize::MAX);
    match place.chars().count() {
        ..=LONGEST_PLACE => Ok(place),
        long => Err(Failure::field(
            "place",
            format!("This has {long} characters; at most {LONGEST_PLACE} can be kept. Name the page or the row."),
        )),
    }
}

async fn version_number(tx: &mut Tx, id: crate::VersionId) -> Result<i64, Failure> {
    Ok(crate::store::claims::version(tx, id).await?.ok_or(Refusal::NotFound)?.version)
}

/// Adds a line, right or wrong.
///
/// # Errors
/// Too many lines; a category that the case does not take.
pub async fn add(
    recoup: &Recoup,
    actor: &Actor,
    id: ClaimId,
    category: Category,
    answers: &Answers,
    cite: &Cite,
    key: &str,
) -> Result<Saved, Failure> {
    add_citing(recoup, actor, id, category, answers, Citing::Typed(cite), key).await
}

/// What a new line cites.
#[derive(Debug)]
enum Citing<'a> {
    /// What somebody typed.
    Typed(&'a Cite),
    /// What another line cites: it was taken there, so it is taken here.
    Copied(&'a [Cite]),
}

async fn add_citing(
    recoup: &Recoup,
    actor: &Actor,
    id: ClaimId,
    category: Category,
    answers: &Answers,
    citing: Citing<'_>,
    key: &str,
) -> Result<Saved, Failure> {
    let answers = answers.only(line::form(category));
    let mut tx = recoup.store.write().await?;
    let fingerprint = format!("{id} {answers:?} {citing:?}");
    if let Some(answer) = once::answered(&mut tx, actor, key, "add_line", &fingerprint).await? {
        return read_saved(&answer).ok_or_else(|| Failure::Internal("a stored answer is damaged".to_owned()));
    }
    let (claim, draft) = save_step::open(&mut tx, actor, id, recoup.clock.now()).await?;
    let case = claim_view::case_of(&mut tx, &claim).await?;
    if !case.settings.categories.contains(&category) {
        return Err(Failure::said(format!("“{}” cannot be claimed in this case.", category.title())));
    }
    let count = lines::count(&mut tx, draft).await?;
    if count >= recoup.limits.lines {
        return Err(Failure::said(format!(
            "A claim can have at most {} lines. Put several periods or releases on one line.",
            money::grouped_units(recoup.limits.lines)
        )));
    }
    let new = lines::add(&mut tx, draft, category, &answers).await?;
    let right = write(&mut tx, &case, new, category, &answers).await?;
    let version = version_number(&mut tx, draft).await?;
    match citing {
        Citing::Typed(cite) => cite_one(&mut tx, id, version, new, cite).await?,
        Citing::Copied(cites) => {
            for cite in cites {
                if let Some(document) = cite.document {
                    is_there(&mut tx, id, version, document).await?;
                    lines::cite(&mut tx, new, document, &cite.place).await?;
                }
            }
        }
    }
    let line = lines::by_id(&mut tx, new).await?.ok_or(Refusal::NotFound)?.line;
    let answer = format!("{line} {}", if right { "right" } else { "wrong" });
    once::keep(recoup, &mut tx, actor, key, "add_line", &fingerprint, &answer).await?;
    tx.commit().await?;
    Ok(Saved { line, right })
}

/// Reads the answer that was kept with the key of a line.
fn read_saved(answer: &str) -> Option<Saved> {
    let (line, right) = answer.split_once(' ')?;
    Some(Saved { line: line.parse().ok()?, right: right == "right" })
}

async fn find(tx: &mut Tx, draft: crate::VersionId, line: i64) -> Result<(Line, Category), Failure> {
    let found = lines::find(tx, draft, line)
        .await?
        .ok_or_else(|| Failure::said("This line was removed meanwhile, perhaps from another tab."))?;
    let category = Category::parse(&found.category)
        .ok_or_else(|| Failure::Internal(format!("unknown category {}", found.category)))?;
    Ok((found, category))
}

/// Changes a line, right or wrong.
///
/// # Errors
/// A line that does not exist, or that was changed since the form was opened, see [`seen`].
pub async fn save(
    recoup: &Recoup,
    actor: &Actor,
    id: ClaimId,
    line: i64,
    answers: &Answers,
    cite: &Cite,
) -> Result<Saved, Failure> {
    let mut tx = recoup.store.write().await?;
    let (claim, draft) = save_step::open(&mut tx, actor, id, recoup.clock.now()).await?;
    let case = claim_view::case_of(&mut tx, &claim).await?;
    let (found, category) = find(&mut tx, draft, line).await?;
    seen::check(line::form(category), answers, &found.answers.0)?;
    let answers = answers.only(line::form(category));
    let right = write(&mut tx, &case, found.id, category, &answers).await?;
    let version = version_number(&mut tx, draft).await?;
    cite_one(&mut tx, id, version, found.id, cite).await?;
    tx.commit().await?;
    Ok(Saved { line, right })
}

/// Copies a line with its citations; gives the number of the copy.
///
/// # Errors
/// A line that does not exist; too many lines.
pub async fn copy(recoup: &Recoup, actor: &Actor, id: ClaimId, line: i64, key: &str) -> Result<i64, Failure> {
    let (answers, category, cited) = {
        let mut tx = recoup.store.read().await?;
        let claim = claim_view::own_claim(&mut tx, actor, id, crate::access::Action::ChangeClaim).await?;
        let draft =
            claim.draft_id.ok_or_else(|| Failure::said("This claim was sent meanwhile, perhaps from another tab."))?;
        let (found, category) = find(&mut tx, draft, line).await?;
        (found.answers.0, category, lines::citations(&mut tx, draft, Some(found.id)).await?)
    };
    let cites: Vec<Cite> = cited
        .into_iter()
        .map(|citation| Cite { document: Some(citation.document_id), place: citation.place })
        .collect();
    Ok(add_citing(recoup, actor, id, category, &answers, Citing::Copied(&cites), key).await?.line)
}

/// Removes a line; nothing happens if it is gone already.
///
/// # Errors
/// If the claim may not be changed.
pub async fn remove(recoup: &Recoup, actor: &Actor, id: ClaimId, line: i64) -> Result<(), Failure> {
    let mut tx = recoup.store.write().await?;
    let (_, draft) = save_step::open(&mut tx, actor, id, recoup.clock.now()).await?;
    if let Some(found) = lines::find(&mut tx, draft, line).await? {
        lines::remove(&mut tx, found.id).await?;
    }
    Ok(tx.commit().await?)
}

/// Takes a citation of a line back.
///
/// # Errors
/// If the claim may not be changed.
pub async fn uncite(
    recoup: &Recoup,
    actor: &Actor,
    id: ClaimId,
    line: i64,
    evidence: EvidenceId,
) -> Result<(), Failure> {
    let mut tx = recoup.store.write().await?;
    let (_, draft) = save_step::open(&mut tx, actor, id, recoup.clock.now()).await?;
    let (found, _) = find(&mut tx, draft, line).await?;
    lines::uncite(&mut tx, found.id, evidence).await?;
    Ok(tx.commit().await?)
}

/// What citing a document with several lines came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CitedBy {
    /// How many lines cite it.
    pub lines: usize,
    /// The numbers in a range that no line has, the first and the last of those that follow each other.
    pub skipped: Vec<(i64, i64)>,
}

/// Cites a document with several lines at once, given as people write them: `1-12, 15`, or `all`. A range means the lines that
/// there are in it: one that was removed leaves a gap.
///
/// # Errors
/// A text that names no lines, a line by itself that does not exist, or a range without any.
pub async fn cite_many(
    recoup: &Recoup,
    actor: &Actor,
    id: ClaimId,
    document: DocumentId,
    typed: &str,
    place: &str,
) -> Result<CitedBy, Failure> {
    let mut tx = recoup.store.write().await?;
    let (_, draft) = save_step::open(&mut tx, actor, id, recoup.clock.now()).await?;
    let version = version_number(&mut tx, draft).await?;
    let existing = lines::numbers(&mut tx, draft).await?;
    let (chosen, skipped) = if typed.trim().eq_ignore_ascii_case("all") {
        (existing.into_values().collect(), Vec::new())
    } else {
        read_numbers(typed)
            .and_then(|wanted| choose(&wanted, &existing))
            .map_err(|message| Failure::field("lines", message))?
    };
    if !chosen.is_empty() {
        has_place(&is_there(&mut tx, id, version, document).await?, place)?;
        lines::cite_many(&mut tx, &chosen, document, &place_as_kept(place)?).await?;
    }
    tx.commit().await?;
    Ok(CitedBy { lines: chosen.len(), skipped })
}

/// Lines, and the numbers that no line has, the first and the last of those that follow each other.
type Chosen = (Vec<LineId>, Vec<(i64, i64)>);

/// The lines that are meant by ranges of numbers, and the numbers in them that no line has, as [`CitedBy`] gives them.
fn choose(wanted: &[(i64, i64)], existing: &BTreeMap<i64, LineId>) -> Result<Chosen, String> {
    let (mut chosen, mut missing) = (BTreeSet::new(), BTreeSet::new());
    for &(first, last) in wanted {
        if existing.range(first..=last).next().is_none() {
            return Err(if first == last {
                format!("There is no line {first}.")
            } else {
                format!("There is no line from {first} to {last}.")
            });
        }
        chosen.extend(existing.range(first..=last).map(|(_, line)| *line));
        missing.extend((first..=last).filter(|number| !existing.contains_key(number)));
    }
    let mut skipped: Vec<(i64, i64)> = Vec::new();
    for number in missing {
        match skipped.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => skipped.push((number, number)),
        }
    }
    Ok((chosen.into_iter().collect(), skipped))
}

/// Reads `1-12, 15 17` as ranges of line numbers, the first and the last of each.
fn read_numbers(typed: &str) -> Result<Vec<(i64, i64)>, String> {
    let (mut ranges, mut numbers) = (Vec::new(), 0);
    if typed.trim().is_empty() {
        return Err("Say which lines, for example 3-7, or all.".to_owned());
    }
    let example = || {
        format!(
            "“{}” names no lines. Write numbers and ranges like 1-12, 15, or the word all.",
            typed.chars().take(40).collect::<String>()
        )
    };
    for part in typed.split([',', ';', ' ']).map(str::trim).filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once(['-', '–']).unwrap_or((part, part));
        let (first, last): (i64, i64) =
            (first.trim().parse().map_err(|_| example())?, last.trim().parse().map_err(|_| example())?);
        if first < 1 || last < first || last - first > 100_000 {
            return Err(example());
        }
        ranges.push((first, last));
        numbers += last - first + 1;
        if numbers > 100_000 {
            return Err(example());
        }
    }
    if ranges.is_empty() { Err(example()) } else { Ok(ranges) }
}

#[cfg(test)]
mod tests {
    use super::{LineId, choose, read_numbers};

    #[test]
    fn numbers_as_people_write_them() {
        assert_eq!(read_numbers("1-3, 7"), Ok(vec![(1, 3), (7, 7)]));
        assert_eq!(read_numbers("4 5"), Ok(vec![(4, 4), (5, 5)]));
        for wrong in ["", "a", "3-1", "0", "1-999999999", "-"] {
            assert!(read_numbers(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_range_means_the_lines_that_there_are_in_it() {
        let existing = [1, 2, 5, 9].map(|number| (number, LineId(number * 10))).into();
        let lines = |ids: &[i64]| ids.iter().copied().map(LineId).collect::<Vec<_>>();
        assert_eq!(choose(&[(1, 2)], &existing), Ok((lines(&[10, 20]), vec![])));
        let gaps = vec![(3, 4), (6, 8), (10, 12)];
        assert_eq!(choose(&[(1, 12), (4, 9), (5, 5)], &existing), Ok((lines(&[10, 20, 50, 90]), gaps)));
        assert_eq!(choose(&[(1, 5), (3, 3)], &existing), Err("There is no line 3.".to_owned()));
        assert_eq!(choose(&[(6, 8)], &existing), Err("There is no line from 6 to 8.".to_owned()));
    }
}
