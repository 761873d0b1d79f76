//! A draft as it is signed: its lines each read anew from their answers, so that what is signed is what the rules say today, not what they
//! said when it was typed.
//!
//! All of it is read before the transaction that freezes it, so that nobody waits for the reading: neither for SQLite's one writer nor, on
//! PostgreSQL, for the row of the case. Every edit of a draft and every change of a case is counted; inside the transaction both counts are
//! compared, and if one differs, everything is read once more. So nothing is signed but what is stored in that moment; and what is stored
//! otherwise than the rules say today, which is what the page showed, is brought up to date and shown again before it is signed.

use chrono::NaiveDate;
use futures::TryStreamExt;

use crate::{
    ClaimId, VersionId,
    access::{Action, Actor},
    actions::{
        Failure, Recoup,
        claim_view::{self, Draft},
        edit_lines::in_case,
        letters,
    },
    case::Case,
    frozen::{FrozenClaim, FrozenEvidence, FrozenLine},
    intake::{Answers, line},
    letters::Texts,
    line::{Basis, Category, LineFacts},
    money::{self, Currency},
    period::Period,
    store::{
        Error, Tx,
        claims::{self, Claim, Version},
        lines::{self, InCase},
        sent_lines::{self, SentLine, Span},
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
    worth: Worth,
    evidence: Vec<FrozenEvidence>,
}

/// What a line adds to sums, as it is kept beside its answers.
#[derive(PartialEq, Eq)]
struct Worth {
    currency: Option<Currency>,
    amount: i64,
    value: InCase,
    basis: Option<Basis>,
    period: Option<Period>,
    units: Option<i64>,
}

impl Worth {
    fn of(facts: &LineFacts, value: &InCase) -> Self {
        Self {
            currency: Some(facts.currency),
            amount: facts.amount,
            value: value.clone(),
            basis: facts.basis,
            period: facts.period,
            units: facts.units,
        }
    }

    fn stored(line: &SentLine<'_>) -> Self {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        Self {
            currency: Currency::parse(line.currency),
            amount: line.amount,
            value: InCase {
                rate: line.rate.to_owned(),
                amount: line.case_amount,
                interest: line.case_interest,
                costs: line.case_costs,
            },
            basis: Basis::parse(line.basis),
            period: day(line.period_from).zip(day(line.period_to)).and_then(|(from, to)| Period::new(from, to)),
            units: line.units.parse().ok(),
        }
    }
}

/// A line by its number, with its answers and what it is worth by the rules of today; nothing if they do not take it.
type Restated = (i64, Answers, Option<(LineFacts, InCase)>);

/// Lines as they are signed.
#[derive(Debug)]
pub(super) struct Signed {
    /// In order.
    pub lines: Vec<FrozenLine>,
    /// Their canonical text.
    pub text: String,
    /// What they add up to.
    pub sums: Vec<Total>,
    /// Those of which something else is stored than the rules say today; without facts where they are no longer right.
    restated: Vec<Restated>,
}

impl Signed {
    fn read(stored: impl Iterator<Item = Result<Stored, Error>>, case: &Case) -> Result<Self, Failure> {
        let rules = case.line_rules();
        let (mut lines, mut addends, mut restated) = (Vec::new(), Vec::new(), Vec::new());
        for stored in stored {
            let stored = stored?;
            let category = Category::parse(&stored.category)
                .ok_or_else(|| Failure::Internal(format!("unknown category {}", stored.category)))?;
            let facts = line::read(category, &stored.answers, &rules).facts;
            let Some((facts, value)) = facts.and_then(|facts| in_case(case, &facts).map(|value| (facts, value))) else {
                restated.push((stored.line, stored.answers, None));
                continue;
            };
            if stored.worth != Worth::of(&facts, &value) {
                restated.push((stored.line, stored.answers.clone(), Some((facts.clone(), value.clone()))));
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

    /// Writes beside the lines what the rules say of them today, and gives why they are not signed then: no page can have
    /// shown it yet. `None` if that is what is stored.
    pub async fn restate(&self, tx: &mut Tx, version: VersionId) -> Result<Option<Failure>, Failure> {
        if self.restated.is_empty() {
            return Ok(None);
        }
        let ids = lines::numbers(tx, version).await?;
        for (number, answers, worth) in &self.restated {
            if let Some(id) = ids.get(number) {
                lines::write(tx, *id, answers, worth.as_ref().map(|(facts, value)| (facts, value))).await?;
            }
        }
        claims::edited(tx, version).await?;
        let wrong = self.restated.iter().filter(|(.., worth)| worth.is_none()).count();
        let lines = match i64::try_from(wrong) {
            Ok(0) => return Ok(Some(Failure::Changed(Answers::default()))),
            Ok(1) => "1 line needs attention".to_owned(),
            Ok(lines) => format!("{} lines need attention", money::grouped_units(lines)),
            Err(error) => return Err(Failure::Internal(error.to_string())),
        };
        Ok(Some(Failure::said(format!(
            "The claim cannot be sent yet: {lines}, because what is asked of a line has changed since. “Check your answers” \
             leads to them."
        ))))
    }
}

/// A draft that was read before it is frozen.
#[derive(Debug)]
pub struct Ahead {
    draft: Draft,
    signed: Result<Signed, Failure>,
    /// In which words receipts of the case are written.
    texts: Texts,
}

impl Ahead {
    /// Reads the draft `version` of a claim; `None` if that is not being written.
    ///
    /// # Errors
    /// [`crate::access::Refusal::NotFound`] for a claim that is another's. What is wrong with its lines is said when it is sent.
    pub async fn read(
        recoup: &Recoup,
        actor: &Actor,
        id: ClaimId,
        version: VersionId,
    ) -> Result<Option<Self>, Failure> {
        let mut tx = recoup.store.glance().await?;
        let claim = claim_view::own_claim(&mut tx, actor, id, Action::ReadOwnClaim).await?;
        if claim.being_written() != Some(version) {
            return Ok(None);
        }
        // Case and version come first, with their counts: what is changed while the rest is read makes a difference to them.
        let draft = claim_view::load(&mut tx, claim, recoup.clock.now()).await?;
        let (_, texts) = letters::texts_of(&mut tx, &draft.case).await?;
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
            Some(Self { draft, signed, texts })
        };
        if many {
            tokio::task::spawn_blocking(work).await.map_err(|error| Failure::Internal(error.to_string()))
        } else {
            Ok(work())
        }
    }

    /// Whether nothing was changed since in the draft, whose row is `version` now, or in its case, which was saved `revision`
    /// times. The caller holds both.
    #[must_use]
    pub fn holds(&self, version: &Version, revision: i64) -> bool {
        let Draft { case, version: read, .. } = &self.draft;
        (read.id, read.edits, case.revision) == (version.id, version.edits, revision)
    }

    /// Which draft of which claim it is.
    pub(super) const fn of(&self) -> (ClaimId, VersionId) {
        (self.draft.claim.id, self.draft.version.id)
    }

    /// The draft of a claim, whose row is `claim` now, its lines as they are signed, and the words of its receipt.
    pub(super) fn into_parts(self, claim: Claim) -> (Draft, Result<Signed, Failure>, Texts) {
        (Draft { claim, ..self.draft }, self.signed, self.texts)
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
            worth: Worth::stored(&line),
            evidence: evidence.collect(),
        })
    })
}
