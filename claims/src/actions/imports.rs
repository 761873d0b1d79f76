//! The statements of a draft before they become lines: choices, what was understood, discard.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{Failure, Recoup, begin_import, claim_view, links, notices::words::count, save_step};
use crate::{
    ClaimId, ImportId, VersionId,
    access::{Action, Actor, Refusal},
    case::Case,
    money::Currency,
    period::Period,
    statements::{
        Choices, Reading, Refused, Rules, Statement, dates,
        file::sheet_named,
        lines::Proposal,
        problem::{Kind, Problem},
    },
    store::{
        Tx,
        claims::Claim,
        statements::{self as stored, Difference, Import, LineOfImport},
    },
};

/// How far the files that are being read by this process are, in thousandths.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Mutex<HashMap<ImportId, Arc<AtomicU64>>>>);

impl Progress {
    /// Begins to count for an import.
    #[must_use]
    pub fn begin(&self, id: ImportId) -> Arc<AtomicU64> {
        let counter = Arc::new(AtomicU64::new(0));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&counter));
        counter
    }

    /// Forgets it.
    pub fn end(&self, id: ImportId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    /// How far it is; `None` if this process does not read it.
    #[must_use]
    pub fn of(&self, id: ImportId) -> Option<u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id).map(|counter| counter.load(Ordering::Relaxed))
    }
}

/// What the case and the installation allow.
#[must_use]
pub fn rules(recoup: &Recoup, case: &Case) -> Rules {
    Rules {
        line: case.line_rules(),
        categories: case.settings.categories.clone(),
        most_lines: usize::try_from(recoup.limits.lines).unwrap_or(0),
    }
}

/// An import of a claim, for its claimant.
///
/// # Errors
/// [`Refusal::NotFound`] for everybody else.
pub async fn open(
    recoup: &Recoup,
    actor: &Actor,
    claim: ClaimId,
    id: ImportId,
) -> Result<(Import, Claim, Case), Failure> {
    let mut tx = recoup.store.read().await?;
    let claim = claim_view::own_claim(&mut tx, actor, claim, Action::ChangeClaim).await?;
    let import = of(&mut tx, &claim, id).await?;
    let case = claim_view::case_of(&mut tx, &claim).await?;
    Ok((import, claim, case))
}

/// An import, if it is of the claim.
pub(super) async fn of(tx: &mut Tx, claim: &Claim, id: ImportId) -> Result<Import, Failure> {
    Ok(stored::find(tx, id).await?.filter(|import| import.claim_id == claim.id).ok_or(Refusal::NotFound)?)
}

/// Keeps choices; the file is to be read anew by them.
///
/// # Errors
/// If the claim cannot be changed, the import is not open, what is said of its columns is wrong, its sheet was imported
/// already, or it is to replace what is not there.
pub async fn choose(
    recoup: &Recoup,
    actor: &Actor,
    claim: ClaimId,
    id: ImportId,
    choices: &Choices,
    replaces: Option<ImportId>,
) -> Result<(), Failure> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let (claim, draft) = save_step::open(&mut tx, actor, claim, now).await?;
    let import = of(&mut tx, &claim, id).await?;
    still_open(&import)?;
    let shown = import.reading.as_ref().map(|reading| reading.columns.iter().map(|column| column.field).collect());
    let wrong = choices.wrong_columns(&shown.unwrap_or_else(Vec::new));
    // What was kept by earlier rules is read as it is.
    let kept = choices.category.is_some()
        && (&choices.columns, choices.category) == (&import.choices.columns, import.choices.category);
    if !wrong.is_empty() && !kept {
        return Err(Failure::Invalid(wrong));
    }
    let mut replaces = replaces;
    if let Some(replaced) = replaces {
        let replaced = of(&mut tx, &claim, replaced).await?;
        if !may_replace(&import, &replaced) {
            if import.replaces != replaces {
                return Err(Failure::said(OTHER_CATEGORY));
            }
            replaces = None;
        } else if replaced.state != "done" || stored::lines_left(&mut tx, replaced.id, draft).await? == 0 {
            // What was chosen earlier and is gone is not chosen any more; nobody has to take it back first.
            if import.replaces != replaces {
                return Err(Failure::said(
                    "What this file is to replace was replaced or removed meanwhile, perhaps from another tab.",
                ));
            }
            replaces = None;
        }
    }
    let mut choices = Choices { columns: choices.columns_meant(), ..choices.clone() };
    if !choices.sheet.is_empty()
        && let Some(known) = sheet_named(import.sheets(), &choices.sheet)
    {
        known.clone_into(&mut choices.sheet);
    }
    if choices.sheet != import.choices.sheet {
        begin_import::only_once(&mut tx, &import, draft, &choices.sheet, replaces).await?;
    }
    stored::choose(&mut tx, id, &choices, replaces, now).await?;
    Ok(tx.commit().await?)
}

/// Whether a file may take the place of another: its rows are of the same category, as far as both were read.
#[must_use]
pub fn may_replace(import: &Import, other: &Import) -> bool {
    let category = |import: &Import| import.reading.as_ref().and_then(|reading| reading.category);
    category(import).zip(category(other)).is_none_or(|(ours, theirs)| ours == theirs)
}

/// Said where a file is to replace one of another kind.
pub(super) const OTHER_CATEGORY: &str = "A file can replace only one whose rows are the same: sales, stock, or royalties. Import it as a further statement.";

pub(super) fn still_open(import: &Import) -> Result<(), Failure> {
    if import.state == "open" {
        Ok(())
    } else {
        Err(Failure::said("This statement was imported meanwhile, perhaps from another tab."))
    }
}

/// Keeps what was understood of a file by some choices, unless others were made meanwhile, by which somebody else reads it. Gives the
/// choices with a mapping that was kept for the same header, if the layout is unknown and nothing was said of its columns yet: the file is
/// to be read once more by them.
///
/// # Errors
/// If the claim cannot be changed.
pub async fn understood(
    recoup: &Recoup,
    actor: &Actor,
    id: ImportId,
    by: &Choices,
    read: Result<&mut Statement, &Refused>,
) -> Result<Option<Choices>, Failure> {
    let mut tx = recoup.store.write().await?;
    let Some(import) = stored::find(&mut tx, id).await?.filter(|import| import.choices.0 == *by) else {
        return Ok(None);
    };
    let (claim, draft) = save_step::open(&mut tx, actor, import.claim_id, recoup.clock.now()).await?;
    match read {
        Err(refused) => stored::understood(&mut tx, id, None, None, &refused.to_string()).await?,
        Ok(statement) => {
            let asked = statement.reading.questions.iter().any(|question| question.choice == "columns");
            if asked && import.choices.columns.is_none() && import.choices.layout.is_empty() {
                let header = links::hash(&statement.reading.header_key());
                if let Some((kept, own)) = stored::mapping(&mut tx, claim.claimant_id, claim.case_id, &header).await? {
                    let offered = if own { remembered(kept, &import.choices) } else { offered(kept, &import.choices) };
                    stored::choose(&mut tx, id, &offered, import.replaces, recoup.clock.now()).await?;
                    tx.commit().await?;
                    return Ok(Some(offered));
                }
            }
            complete(&mut tx, &import, draft, statement).await?;
            keep(&mut tx, &import, draft, statement).await?;
        }
    }
    tx.commit().await?;
    Ok(None)
}

/// What the claimant said of an earlier file with the same header. A mapping is of a header, whatever the sheet is called; where the money
/// is, and how far its letter, is said of each file anew.
fn remembered(kept: Choices, by: &Choices) -> Choices {
    Choices {
        remembered: true,
        offered: false,
        sheet: by.sheet.clone(),
        money_state: String::new(),
        letter_state: String::new(),
        left_open: false,
        ..kept
    }
}

/// What another claimant said of the same header: what its columns mean, and nothing that the lines would say or be worth by it. Nobody
/// is asked again for what is filled in already, so whoever comes first would answer for all others.
fn offered(kept: Choices, by: &Choices) -> Choices {
    Choices {
        offered: true,
        layout: kept.layout,
        header_row: kept.header_row,
        columns: kept.columns,
        category: kept.category,
        ..by.clone()
    }
}

/// Keeps what was understood of a file, and how it differs from what it is to replace.
pub(super) async fn keep(tx: &mut Tx, import: &Import, draft: VersionId, statement: &Statement) -> Result<(), Failure> {
    let difference = match import.replaces {
        Some(replaced) => Some(difference(tx, replaced, draft, &statement.lines).await?),
        None => None,
    };
    Ok(stored::understood(tx, import.id, Some(&statement.reading), difference.as_ref(), "").await?)
}

/// Said of a file that was not read because of something on our side, such as a full disk.
pub const NOT_READ: &str = "It could not be read because of something on our side, which was logged. The file itself is kept. Read it again; if that fails too, tell the contact of your case.";

/// Keeps that a file was not read, and why, so that nobody waits for it; nothing happens to an import that is no longer open.
///
/// # Errors
/// If the database fails.
pub async fn not_read(recoup: &Recoup, id: ImportId, why: &str) -> Result<(), Failure> {
    let mut tx = recoup.store.write().await?;
    stored::understood(&mut tx, id, None, None, why).await?;
    Ok(tx.commit().await?)
}

/// Adds to a reading what only the database knows: other imports of the same time.
pub(super) async fn complete(
    tx: &mut Tx,
    import: &Import,
    draft: VersionId,
    statement: &mut Statement,
) -> Result<(), Failure> {
    let others = stored::counting(tx, import.claim_id, draft).await?;
    for other in others.iter().filter(|other| other.id != import.id && Some(other.id) != import.replaces) {
        if let Some(reading) = &other.reading
            && reading.category == statement.reading.category
        {
            overlap(&other.name, &reading.0, statement);
        }
    }
    Ok(())
}

/// Warns of lines whose period another import has too.
fn overlap(name: &str, other: &Reading, statement: &mut Statement) {
    let (Some(theirs), Some(ours)) = (other.period, statement.reading.period) else { return };
    let Some(both) = Period::new(theirs.from.max(ours.from), theirs.to.min(ours.to)) else { return };
    let within = |line: &&Proposal| {
        let day = |name: &str| line.answers.get(name).parse::<chrono::NaiveDate>().ok();
        let (from, to) = (day("period_from").or_else(|| day("as_of")), day("period_to").or_else(|| day("as_of")));
        from.zip(to).is_some_and(|(from, to)| from <= both.to && to >= both.from)
    };
    let found: Vec<&Proposal> = statement.lines.iter().filter(within).collect();
    let Some(first) = found.first() else { return };
    let (lines, rows) = if let [only] = found[..] {
        ("1 line of this file falls".to_owned(), only.rows.clone())
    } else {
        let numbers = found.iter().take(5).map(|line| line.rows.trim_start_matches("rows ").trim_start_matches("row "));
        let more = if found.len() > 5 { " and more" } else { "" };
        let count = crate::money::grouped_units(i64::try_from(found.len()).unwrap_or(i64::MAX));
        (format!("{count} lines of this file fall"), format!("rows {}{more}", numbers.collect::<Vec<_>>().join(", ")))
    };
    let problem = Problem {
        kind: Kind::Overlap,
        row: u64::from(first.first_row),
        column: String::new(),
        place: 0,
        value: dates::show(both),
        message: format!("{lines} into {}, which “{name}” has too: {rows}.", dates::show(both)),
    };
    statement.reading.problems.push(problem);
    match statement.reading.counts.iter_mut().find(|(kind, _)| *kind == Kind::Overlap) {
        Some((_, count)) => *count += 1,
        None => statement.reading.counts.push((Kind::Overlap, 1)),
    }
}

/// How lines differ from those that an earlier import still has in a draft.
async fn difference(
    tx: &mut Tx,
    replaced: ImportId,
    draft: VersionId,
    lines: &[Proposal],
) -> Result<Difference, Failure> {
    let mut before: BTreeMap<String, Vec<LineOfImport>> = BTreeMap::new();
    for line in stored::amounts_of(tx, replaced, draft).await? {
        before.entry(line.key.clone()).or_default().push(line);
    }
    let words = |currency: Currency, amount: i64, units: i64| {
        format!("{}, {}", currency.show(amount), count(units, "unit", "units"))
    };
    let was = |line: &LineOfImport, usual: Currency| {
        let currency = line.currency.as_deref().and_then(Currency::parse).unwrap_or(usual);
        words(currency, line.amount.unwrap_or(0), line.units.unwrap_or(0))
    };
    let mut difference = Difference::default();
    for line in lines {
        let name = line_name(&[&line.release, &line.period, &line.service]);
        let after = words(line.currency, line.amount, line.units);
        let earlier = before.get_mut(&line.key).and_then(Vec::pop);
        let old = match earlier {
            Some(old) if (old.amount.unwrap_or(0), old.units.unwrap_or(0)) == (line.amount, line.units) => {
                difference.same += 1;
                continue;
            }
            Some(old) => {
                difference.changed += 1;
                was(&old, line.currency)
            }
            None => {
                difference.added += 1;
                String::new()
            }
        };
        if difference.first.len() < 100 {
            difference.first.push((name, old, after));
        }
    }
    for gone in before.values().flatten() {
        difference.removed += 1;
        if difference.first.len() < 200 {
            difference.first.push((removed_name(gone), was(gone, Currency::USD), String::new()));
        }
    }
    Ok(difference)
}

/// A line in a few words: release, period, service.
fn line_name(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(", ")
}

/// The same of a line that goes. It is named as the new ones are, by artist and title; the period and the service, and the
/// release where it has neither, are in its key ([`Proposal::key`]).
fn removed_name(line: &LineOfImport) -> String {
    let mut parts = line.key.rsplitn(4, '|').skip(1);
    let (service, period) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let identity = parts.next().unwrap_or_default().trim();
    let names: Vec<&str> = [&line.artist, &line.title].into_iter().flatten().map(String::as_str).collect();
    let release = match (&names[..], identity) {
        ([], "") => "Lump sum".to_owned(),
        ([], identity) => identity.to_owned(),
        (names, _) => names.join(": "),
    };
    line_name(&[&release, period, service])
}

/// Discards an open import; nothing happens if it is gone.
///
/// # Errors
/// If the claim cannot be changed.
pub async fn discard(recoup: &Recoup, actor: &Actor, claim: ClaimId, id: ImportId) -> Result<(), Failure> {
    let mut tx = recoup.store.write().await?;
    let (claim, _) = save_step::open(&mut tx, actor, claim, recoup.clock.now()).await?;
    if let Some(import) = stored::find(&mut tx, id).await? {
        if import.claim_id != claim.id {
            return Err(Refusal::NotFound.into());
        }
        stored::discard(&mut tx, id).await?;
    }
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_goes_is_named_as_the_others_are() {
        let line = |key: &str, artist: Option<&str>, title: Option<&str>| LineOfImport {
            key: key.to_owned(),
            artist: artist.map(str::to_owned),
            title: title.map(str::to_owned),
            currency: Some("USD".to_owned()),
            amount: Some(1),
            units: Some(1),
        };
        for (line, name) in [
            (
                line("0729341001049|March 2015|iTunes|USD", Some("Mona Keys"), Some("Blue")),
                "Mona Keys: Blue, March 2015, iTunes",
            ),
            (line("0729341001049|March 2015||USD", None, Some("Blue")), "Blue, March 2015"),
            (line("0729341001049|March 2015||USD", None, None), "0729341001049, March 2015"),
            (line("|March 2015||USD", None, None), "Lump sum, March 2015"),
        ] {
            assert_eq!(removed_name(&line), name);
        }
    }
}
