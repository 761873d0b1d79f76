//! A draft as it is signed: its lines each read anew from their answers, so that what is signed is what the rules say today, not what they
//! said when it was typed.
//!
//! All of it is read before the transaction that freezes it, so that nobody waits for the reading: neither for SQLite's one writer nor, on
//! PostgreSQL, for the row of the case. Every edit of a draft and every change of a case is counted; inside the transaction both counts are
//! compared, and if one differs, everything is read once more. So nothing is signed but what is stored in that moment.

use futures::TryStreamExt;

use crate::{
    ClaimId, VersionId,
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
        Error, Tx, cases,
        claims::{Claim, Version},
        lines::{self, InCase},
        sent_lines::{self, Span},
        statements,
    },
    totals::{self, Addend, Total},
};

/// So many lines take so long to read that it must not keep a thread that answers others.
const MANY: i64 = 500;

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

/// A draft that was read before it is frozen.
#[derive(Debug)]
pub struct Ahead {
    draft: Draft,
    /// How often the case had been saved.
    revision: i64,
    signed: Result<Signed, Failure>,
}

impl Ahead {
    /// Reads the draft `version` of a claim; `None` if that is not being written.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for a claim that is another's. What is wrong with its lines is said when it is sent.
    pub async fn read(
        recoup: &Recoup,
        actor: &Actor,
        id: ClaimId,
        version: VersionId,
    ) -> Result<Option<Self>, Failure> {
        let mut tx = recoup.store.read().await?;
        let claim = claim_view::own_claim(&mut tx, actor, id, Action::ReadOwnClaim).await?;
        if claim.draft_id != Some(version) || claim.status == "withdrawn" && claim.in_force_id.is_none() {
            return Ok(None);
        }
        // The counts come first: what is changed while the rest is read makes a difference to them.
        let revision = cases::revision(&mut tx, claim.case_id).await?.ok_or(Refusal::NotFound)?;
        let draft = claim_view::load(&mut tx, claim, recoup.clock.now()).await?;
        let last = statements::next_line(&mut tx, id).await? - 1;
        let mut stored = Vec::new();
        for spans in Span::at_once(&spans(version, last)) {
            let mut packed = sent_lines::read(&mut tx, spans, None, None);
            while let Some((_, text)) = packed.try_next().await? {
                stored.extend(text);
            }
        }
        drop(tx);
        let many = draft.line_count() >= MANY;
        let work = move || {
            let signed = Signed::read(stored.iter().flat_map(|text| unpack(text)), &draft.case);
            Some(Self { draft, revision, signed })
        };
        if many {
            tokio::task::spawn_blocking(work).await.map_err(|error| Failure::Internal(error.to_string()))
        } else {
            Ok(work())
        }
    }

    /// Whether nothing was changed since in the draft, whose row is `version` now, or in its case. The caller holds both.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn holds(&self, tx: &mut Tx, version: &Version) -> Result<bool, Failure> {
        let read = &self.draft.version;
        let same = (read.id, read.edits) == (version.id, version.edits);
        Ok(same && cases::revision(tx, self.draft.case.id).await? == Some(self.revision))
    }

    /// Which draft of which claim it is.
    pub(super) const fn of(&self) -> (ClaimId, VersionId) {
        (self.draft.claim.id, self.draft.version.id)
    }

    /// The draft of a claim, whose row is `claim` now, and its lines as they are signed.
    pub(super) fn into_parts(self, claim: Claim) -> (Draft, Result<Signed, Failure>) {
        (Draft { claim, ..self.draft }, self.signed)
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
