//! The lines of a draft as they are signed: each read anew from its answers, so that what is signed is what the rules say today, not
//! what they said when it was typed.
//!
//! The lines of a large draft are read before the transaction that freezes it. Inside, the settings of the case and all that the lines were
//! read from are compared with what is stored, byte by byte, which is far cheaper than the rules; if anything differs, the lines are read
//! once more. So nothing is signed but what is stored in that moment, and nobody waits for the reading: neither for SQLite's one writer nor,
//! on PostgreSQL, for the row of the case.

use std::collections::BTreeMap;

use futures::TryStreamExt;

use crate::{
    ClaimId, LineId, VersionId,
    access::{Action, Actor, Refusal},
    actions::{
        Failure, Recoup,
        claim_view::{self, Draft},
        edit_lines::in_case,
    },
    case::Case,
    frozen::{FrozenClaim, FrozenEvidence, FrozenLine},
    intake::{Answers, line},
    line::{Category, LineFacts},
    store::{
        Error, Tx, cases, claims,
        lines::{self, InCase},
        sent_lines::{self, Span},
        statements,
    },
    totals::{self, Addend, Total},
};

/// From so many lines on a draft is read before it is frozen.
const MANY: i64 = 500;

/// Whether the lines of a draft are to be read before it is frozen.
pub(super) fn are_many(draft: &Draft) -> bool {
    draft.line_count() >= MANY
}

/// A line as it is stored, with what it cites.
struct Stored {
    line: i64,
    category: String,
    answers: Answers,
    amount: Option<i64>,
    case_amount: Option<i64>,
    evidence: Vec<FrozenEvidence>,
}

/// Lines as they are signed.
#[derive(Debug)]
pub(super) struct Signed {
    /// In order.
    pub lines: Vec<FrozenLine>,
    /// Their canonical text.
    pub text: String,
    /// What they add up to.
    pub sums: Vec<Total>,
    /// Those that are worth something else than is stored beside them.
    restated: Vec<(i64, Answers, LineFacts, InCase)>,
}

impl Signed {
    /// Reads the lines of a draft.
    pub async fn of(tx: &mut Tx, draft: &Draft) -> Result<Self, Failure> {
        let mut cited: BTreeMap<LineId, Vec<FrozenEvidence>> = BTreeMap::new();
        for citation in lines::citations(tx, draft.version.id, None).await? {
            cited.entry(citation.line_id).or_default().push(FrozenEvidence {
                document: citation.name,
                sha256: citation.sha256,
                place: citation.place,
            });
        }
        let all = lines::list(tx, draft.version.id, None, lines::Order::Number, i64::MAX, 0).await?;
        let stored = all.into_iter().map(|line| {
            let evidence = cited.remove(&line.id).unwrap_or_default();
            let (answers, category) = (line.answers.0, line.category);
            Ok(Stored {
                line: line.line,
                category,
                answers,
                amount: line.amount,
                case_amount: line.case_amount,
                evidence,
            })
        });
        Self::read(stored, &draft.case)
    }

    fn read(stored: impl Iterator<Item = Result<Stored, Error>>, case: &Case) -> Result<Self, Failure> {
        let rules = case.line_rules();
        let (mut lines, mut addends, mut restated) = (Vec::new(), Vec::new(), Vec::new());
        for stored in stored {
            let stored = stored?;
            let category = Category::parse(&stored.category)
                .ok_or_else(|| Failure::Internal(format!("unknown category {}", stored.category)))?;
            let wrong =
                || Failure::said(format!("The claim cannot be sent yet: line {} needs attention.", stored.line));
            let facts = line::read(category, &stored.answers, &rules).facts.ok_or_else(wrong)?;
            let value = in_case(case, &facts).ok_or_else(wrong)?;
            if stored.case_amount != Some(value.amount) || stored.amount != Some(facts.amount) {
                restated.push((stored.line, stored.answers.clone(), facts.clone(), value.clone()));
            }
            addends.push(Addend {
                category,
                basis: facts.basis,
                amount: value.amount,
                interest: value.interest,
                costs: value.costs,
                units: facts.units,
                documented: !stored.evidence.is_empty(),
            });
            lines.push(FrozenLine {
                line: stored.line,
                category,
                answers: stored.answers,
                currency: facts.currency,
                amount: facts.amount,
                rate: value.rate,
                amount_in_case: value.amount,
                interest_in_case: value.interest,
                costs_in_case: value.costs,
                basis: facts.basis,
                period: facts.period,
                release: facts.release,
                units: facts.units,
                evidence: stored.evidence,
            });
        }
        let sums = totals::add_up(addends)
            .ok_or_else(|| Failure::said("The lines add up to more than can be counted. Check their amounts."))?;
        let text = FrozenClaim::canonical_lines(&lines).map_err(|error| Failure::Internal(error.to_string()))?;
        Ok(Self { lines, text, sums, restated })
    }

    /// Writes beside the lines what they are worth by now.
    pub async fn restate(&self, tx: &mut Tx, version: VersionId) -> Result<(), Failure> {
        for (number, answers, facts, value) in &self.restated {
            if let Some(stored) = lines::find(tx, version, *number).await? {
                lines::write(tx, stored.id, answers, Some((facts, value))).await?;
            }
        }
        Ok(())
    }
}

/// A draft whose lines were read by the rules before it is frozen.
#[derive(Debug)]
pub struct Ahead {
    pub(super) id: ClaimId,
    pub(super) version: VersionId,
    /// The settings of the case by which the lines were read.
    settings: Answers,
    /// The greatest number that any line can have had.
    last: i64,
    /// The lines from which was read, as they were stored, and how many they were.
    stored: Vec<String>,
    count: i64,
    signed: Result<Signed, Failure>,
}

impl Ahead {
    /// Reads the lines of the draft `version` of a claim as of one moment.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for a claim that is another's. What is wrong with its lines is said when it is sent.
    pub async fn read(recoup: &Recoup, actor: &Actor, id: ClaimId, version: VersionId) -> Result<Self, Failure> {
        let mut tx = recoup.store.read().await?;
        let claim = claim_view::own_claim(&mut tx, actor, id, Action::ReadOwnClaim).await?;
        claims::version(&mut tx, version).await?.filter(|row| row.claim_id == id).ok_or(Refusal::NotFound)?;
        let row = cases::by_id(&mut tx, claim.case_id).await?.ok_or(Refusal::NotFound)?;
        let last = statements::next_line(&mut tx, id).await? - 1;
        let mut stored = Vec::new();
        for spans in Span::at_once(&spans(version, last)) {
            let mut packed = sent_lines::read(&mut tx, spans, None, None);
            while let Some((_, text)) = packed.try_next().await? {
                stored.extend(text);
            }
        }
        drop(tx);
        let case = row.read()?;
        // Many lines take a second: they must not keep a thread that answers others.
        let work = move || {
            let lines: Vec<Result<Stored, Error>> = stored.iter().flat_map(|text| unpack(text)).collect();
            let count = i64::try_from(lines.len()).unwrap_or(i64::MAX);
            let signed = Signed::read(lines.into_iter(), &case);
            Self { id, version, settings: row.settings.0, last, stored, count, signed }
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| Failure::Internal(error.to_string()))
    }

    /// The lines of a draft whose lines are all right, inside the transaction that freezes it: as they were read before if nothing was
    /// changed since, else read once more.
    pub(super) async fn signed(self, tx: &mut Tx, draft: &Draft) -> Result<Signed, Failure> {
        if self.holds(tx, draft).await? { self.signed } else { Signed::of(tx, draft).await }
    }

    /// Whether every byte from which the lines were read is stored as it was, and no other line.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn holds(&self, tx: &mut Tx, draft: &Draft) -> Result<bool, Failure> {
        let row = cases::by_id(tx, draft.case.id).await?.ok_or(Refusal::NotFound)?;
        if self.version != draft.version.id || self.count != draft.line_count() || self.settings != row.settings.0 {
            return Ok(false);
        }
        let mut before = self.stored.iter();
        for spans in Span::at_once(&spans(self.version, self.last)) {
            let mut packed = sent_lines::read(tx, spans, None, None);
            while let Some((_, text)) = packed.try_next().await? {
                if let Some(text) = text
                    && before.next() != Some(&text)
                {
                    return Ok(false);
                }
            }
        }
        Ok(before.next().is_none())
    }
}

fn spans(version: VersionId, last: i64) -> Vec<Span> {
    Span::of_version(0, version, 1, last).collect()
}

/// The lines in a text of the store.
fn unpack(text: &str) -> impl Iterator<Item = Result<Stored, Error>> {
    sent_lines::unpack(text).map(|line| {
        let line = line?;
        let answers = serde_json::from_str(line.answers).map_err(|error| Error::Decode(error.into()))?;
        let evidence = line.citations.iter().map(|cited| FrozenEvidence {
            document: cited.name.to_owned(),
            sha256: cited.sha256.to_owned(),
            place: cited.place.to_owned(),
        });
        Ok(Stored {
            line: line.line,
            category: line.category.to_owned(),
            answers,
            amount: Some(line.amount),
            case_amount: Some(line.case_amount),
            evidence: evidence.collect(),
        })
    })
}
