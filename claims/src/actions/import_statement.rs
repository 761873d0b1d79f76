//! A statement becomes lines: document, lines, citations and rows in one transaction, once.

use super::{
    Failure, Recoup, begin_import, claim_view,
    documents::{self, Link},
    edit_lines, imports, links, once, save_step,
};
use crate::{
    ClaimId, DocumentId, ImportId, VersionId,
    access::{Action, Actor, Refusal},
    case::Case,
    intake::{Answers, form::clean, line},
    line::{Category, LineFacts},
    money,
    statements::{Choices, Statement, lines::Proposal, problem::Severity, reading},
    store::{
        Tx, cases, claims,
        documents::NewDocument,
        events,
        lines::{self, InCase},
        statements::{self as stored, Import, NewLine},
    },
};

/// What an import ended in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// It became lines of a category.
    Lines(Category, usize),
    /// The file reads otherwise than it did when it was shown: it must be looked at once more.
    ReadsOtherwise,
}

/// A statement whose lines were read by the rules of the case, while nobody waited for the database.
#[derive(Debug)]
pub struct ReadLines {
    statement: Statement,
    /// The settings of the case by which they were read.
    settings: Answers,
    lines: Result<Vec<(LineFacts, InCase)>, Failure>,
}

impl ReadLines {
    /// Reads the lines of a statement.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for a claim that is another's. What is wrong with the lines is said when they are imported.
    pub async fn of(recoup: &Recoup, actor: &Actor, claim: ClaimId, statement: Statement) -> Result<Self, Failure> {
        let mut tx = recoup.store.read().await?;
        let claim = claim_view::own_claim(&mut tx, actor, claim, Action::ChangeClaim).await?;
        let row = cases::by_id(&mut tx, claim.case_id).await?.ok_or(Refusal::NotFound)?;
        drop(tx);
        let case = row.read()?;
        // A large statement takes a second: it must not keep a thread that answers others.
        let work = move || {
            let lines = read_lines(&statement, &case);
            Self { statement, settings: row.settings.0, lines }
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| Failure::Internal(error.to_string()))
    }
}

/// Reads the lines of a statement by the rules of its case, as those that are typed.
fn read_lines(statement: &Statement, case: &Case) -> Result<Vec<(LineFacts, InCase)>, Failure> {
    let category =
        statement.reading.category.ok_or_else(|| Failure::said("Say first what the rows of this file are."))?;
    let rules = case.line_rules();
    let read = |proposal: &Proposal| {
        let facts = line::read(category, &proposal.answers, &rules).facts;
        let facts = facts.ok_or_else(|| Failure::Internal("a line that was right is wrong".to_owned()))?;
        let in_case = edit_lines::in_case(case, &facts).ok_or_else(|| {
            Failure::said(format!("The amount of {} is too large for the currency of the case.", proposal.release))
        })?;
        Ok((facts, in_case))
    };
    statement.lines.iter().map(read).collect()
}

/// Makes lines of a statement that was shown and read again by the same choices. A second click finds it done.
///
/// # Errors
/// Errors or questions that are left, warnings that were not accepted, too many lines, no room for the document.
pub async fn import(
    recoup: &Recoup,
    actor: &Actor,
    claim: ClaimId,
    id: ImportId,
    read: ReadLines,
    key: &str,
) -> Result<Imported, Failure> {
    let ReadLines { mut statement, settings, lines: read } = read;
    let rows = rows(&statement);
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let fingerprint = format!("{claim} {id}");
    if let Some(answer) = once::answered(&mut tx, actor, key, "import_statement", &fingerprint).await? {
        return read_answer(&answer).ok_or_else(|| Failure::Internal("a stored answer is damaged".to_owned()));
    }
    let (claim, draft) = save_step::open(&mut tx, actor, claim, now).await?;
    let import = imports::of(&mut tx, &claim, id).await?;
    imports::still_open(&import)?;
    imports::complete(&mut tx, &import, draft, &mut statement).await?;
    if import.reading.as_ref().is_none_or(|shown| shown.0 != statement.reading) {
        imports::keep(&mut tx, &import, draft, &statement).await?;
        tx.commit().await?;
        return Ok(Imported::ReadsOtherwise);
    }
    ready(&import, &statement)?;
    begin_import::only_once(&mut tx, &import, draft, import.sheet(), import.replaces).await?;
    let row = cases::by_id(&mut tx, claim.case_id).await?.ok_or(Refusal::NotFound)?;
    let case = row.read()?;
    let category =
        statement.reading.category.ok_or_else(|| Failure::said("Say first what the rows of this file are."))?;
    if !case.settings.categories.contains(&category) {
        return Err(Failure::said(format!("“{}” cannot be claimed in this case.", category.title())));
    }
    let mut removed = 0;
    if let Some(replaced) = import.replaces {
        let other = imports::of(&mut tx, &claim, replaced).await?;
        if !imports::may_replace(&import, &other) {
            return Err(Failure::said(imports::OTHER_CATEGORY));
        }
        removed = stored::remove_lines(&mut tx, replaced, draft).await?;
    }
    let count = lines::count(&mut tx, draft).await?;
    let new = i64::try_from(statement.lines.len()).unwrap_or(i64::MAX);
    if count.saturating_add(new) > recoup.limits.lines {
        return Err(Failure::said(format!(
            "The claim has {} lines and this file makes {}; a claim can have at most {}. Choose one line for each release.",
            money::grouped_units(count),
            money::grouped_units(new),
            money::grouped_units(recoup.limits.lines)
        )));
    }
    let document = document(recoup, &mut tx, actor, &import, draft).await?;
    let first = stored::next_line(&mut tx, claim.id).await?;
    // The case may have been saved since the lines were read.
    let read = if settings == row.settings.0 { read? } else { read_lines(&statement, &case)? };
    let places = places(&import, &rows);
    let lines: Vec<NewLine<'_>> = (first..)
        .zip(statement.lines.iter().zip(&read).zip(&places))
        .map(|(number, ((proposal, (facts, in_case)), place))| NewLine {
            number,
            answers: &proposal.answers,
            facts,
            in_case,
            key: &proposal.key,
            place,
        })
        .collect();
    stored::add_lines(&mut tx, id, draft, document, &lines).await?;
    stored::add_rows(&mut tx, id, first, &statement.rows).await?;
    stored::finish(&mut tx, id, document, import.replaces, now).await?;
    let choices = &import.choices.0;
    if choices.columns.is_some() {
        let header = links::hash(&statement.reading.header_key());
        stored::keep_mapping(&mut tx, claim.claimant_id, claim.case_id, &header, &mapping(choices), now).await?;
    }
    let details = serde_json::json!({
        "name": import.name, "sha256": import.sha256, "lines": new, "replaced": removed, "rows": statement.reading.data_rows,
    });
    let event = events::NewEvent {
        case_id: claim.case_id,
        claim_id: Some(claim.id),
        account: Some(actor.account),
        kind: "statement_imported",
        details,
    };
    events::add(&mut tx, &event, now).await?;
    let answer = format!("{} {}", category.key(), statement.lines.len());
    once::keep(recoup, &mut tx, actor, key, "import_statement", &fingerprint, &answer).await?;
    tx.commit().await?;
    Ok(Imported::Lines(category, statement.lines.len()))
}

fn read_answer(answer: &str) -> Option<Imported> {
    let (category, lines) = answer.split_once(' ')?;
    Some(Imported::Lines(Category::parse(category)?, lines.parse().ok()?))
}

/// Whether everything was answered, mended and accepted.
fn ready(import: &Import, statement: &Statement) -> Result<(), Failure> {
    let reading = &statement.reading;
    if let Some(question) = reading.questions.first() {
        return Err(Failure::said(format!("A question is not answered yet: {}", question.words)));
    }
    if reading.count(Severity::Error) > 0 {
        return Err(Failure::said(
            "There are still errors in this file. Mend them in the file and import the mended one.",
        ));
    }
    if let Some(open) = import.choices.unsaid(reading.category).first() {
        return Err(Failure::said(format!("The lines say what the file does not: {}", open.message)));
    }
    if let Some(kind) = reading.open_warnings(&import.choices).first() {
        return Err(Failure::said(format!("A warning is not accepted yet: {}.", kind.title())));
    }
    if reading.lines == 0 {
        return Err(Failure::said("This file makes no lines."));
    }
    Ok(())
}

/// What is kept of choices for other files with the same header: not what is true of one file only.
fn mapping(choices: &Choices) -> Choices {
    Choices {
        accepted: Default::default(),
        from: String::new(),
        to: String::new(),
        sheet: String::new(),
        money_state: String::new(),
        letter_state: String::new(),
        left_open: false,
        offered: false,
        remembered: false,
        ..choices.clone()
    }
}

/// Most characters of the rows that a citation names, some 400 of them; of more it says how many. With each citation goes an entry of
/// an index, which PostgreSQL refuses beyond 2,704 bytes.
const ROWS: usize = 2_000;

/// The rows of each line in words. What a page shows of a line is shorter.
fn rows(statement: &Statement) -> Vec<String> {
    let mut of_lines: Vec<Vec<(u32, u32)>> = vec![Vec::new(); statement.lines.len()];
    for kept in &statement.rows {
        if let Some(rows) = of_lines.get_mut(kept.group as usize) {
            reading::extend(rows, kept.row);
        }
    }
    let words = |(line, rows): (&Proposal, &Vec<(u32, u32)>)| match &rows[..] {
        [] => line.rows.clone(),
        rows => reading::rows_in_words(rows, ROWS),
    };
    statement.lines.iter().zip(&of_lines).map(words).collect()
}

/// Where in the file each line is: its rows, and their sheet where there are several.
fn places(import: &Import, rows: &[String]) -> Vec<String> {
    // Spreadsheet programs take names of at most 31 characters.
    let sheet = match import.sheets() {
        [_, _, ..] => format!("sheet {}, ", clean(import.sheet().trim(), 31)),
        _ => String::new(),
    };
    rows.iter().map(|rows| format!("{sheet}{rows}")).collect()
}

/// The file as a document of the claim, which the lines cite.
async fn document(
    recoup: &Recoup,
    tx: &mut Tx,
    actor: &Actor,
    import: &Import,
    draft: VersionId,
) -> Result<DocumentId, Failure> {
    let version = claims::version(tx, draft).await?.ok_or(Refusal::NotFound)?.version;
    let new = NewDocument {
        sha256: import.sha256.clone(),
        name: import.name.clone(),
        media_type: import.media_type.clone(),
        bytes: import.bytes,
        pages: None,
        unreadable: None,
    };
    Ok(match documents::link(recoup, tx, actor, import.claim_id, version, &new, recoup.clock.now()).await? {
        Link::There(known) | Link::Back(known) => known.id,
        Link::New(id) => id,
    })
}
