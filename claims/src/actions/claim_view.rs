//! A claim as its pages need it: the claim, its case, the draft with its answers, and what keeps it from being sent.

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate};

use super::{Failure, Recoup, permit};
use crate::{
    ClaimId, Instant,
    access::{Action, Actor, Refusal},
    case::Case,
    frozen::FrozenClaim,
    intake::{
        Answers,
        agreement::CHRONOLOGY,
        form::with_label,
        steps::{Progress, Step},
    },
    line::{Basis, Category},
    money::{self, Currency},
    period,
    store::{
        Tx, cases,
        claims::{self, Claim, Version},
        documents::{self, Document},
        lines,
    },
    totals,
    unreadable::Unreadable,
};

/// A claim that is being written.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Claim.
    pub claim: Claim,
    /// Case.
    pub case: Case,
    /// Version being written.
    pub version: Version,
    /// Answers by step.
    pub answers: BTreeMap<String, Answers>,
    /// Lines per category.
    pub lines: Vec<LineCount>,
    /// Sums per category, currency and basis.
    pub sums: Vec<LineSum>,
    /// Documents.
    pub documents: Vec<Document>,
    /// The last day that is not still to come, anywhere.
    pub today: NaiveDate,
}

/// How many lines a category has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineCount {
    /// Category.
    pub category: Category,
    /// Lines.
    pub lines: i64,
    /// Lines with wrong answers.
    pub wrong: i64,
    /// Lines that cite no document.
    pub uncited: i64,
    /// Lines whose period ends on a day that is still to come.
    pub to_come: i64,
    /// The first of these.
    pub first_to_come: Option<i64>,
}

/// What the right lines of a category add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineSum {
    /// Category.
    pub category: Category,
    /// Currency of the lines.
    pub currency: Currency,
    /// Basis, for held inventory.
    pub basis: Option<Basis>,
    /// Lines.
    pub lines: i64,
    /// Sum in minor units of `currency`.
    pub amount: i64,
    /// Sum in minor units of the case's currency.
    pub in_case: i64,
    /// Interest and costs beside it, in the same.
    pub beside: i64,
}

/// Something to mend or to think over before a claim is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Where to mend it.
    pub step: Step,
    /// What it is.
    pub words: String,
    /// Whether the claim cannot be sent with it.
    pub stops: bool,
}

/// A claim, if the person may do `action` with it.
///
/// # Errors
/// [`Refusal::NotFound`] for a claim that does not exist or is another's.
pub async fn own_claim(
    tx: &mut Tx,
    actor: &Actor,
    id: ClaimId,
    action: fn(crate::ClaimantId) -> Action,
) -> Result<Claim, Failure> {
    let claim = claims::by_id(tx, id).await?.ok_or(Refusal::NotFound)?;
    permit(actor, action(claim.claimant_id))?;
    Ok(claim)
}

/// The case of a claim.
///
/// # Errors
/// If the database fails.
pub async fn case_of(tx: &mut Tx, claim: &Claim) -> Result<Case, Failure> {
    Ok(cases::by_id(tx, claim.case_id).await?.ok_or(Refusal::NotFound)?.read()?)
}

/// The draft of a claim, for its claimant.
///
/// # Errors
/// A sentence if the claim has no draft.
pub async fn draft(recoup: &Recoup, actor: &Actor, id: ClaimId) -> Result<Draft, Failure> {
    let mut tx = recoup.store.read().await?;
    let claim = own_claim(&mut tx, actor, id, Action::ReadOwnClaim).await?;
    load(&mut tx, claim, recoup.clock.now()).await
}

/// The same inside a transaction, for a claim that was authorised.
pub(super) async fn load(tx: &mut Tx, claim: Claim, now: Instant) -> Result<Draft, Failure> {
    let case = case_of(tx, &claim).await?;
    let id = claim.draft_id.ok_or_else(no_draft)?;
    let version = claims::version(tx, id).await?.ok_or_else(no_draft)?;
    let answers = claims::answers(tx, id).await?;
    // East of us it is a day later already.
    let today = now.date_naive() + Duration::days(1);
    let counted = lines::counts(tx, id, today).await?;
    let lines = counted
        .into_iter()
        .filter_map(|lines::Counted { category, lines, wrong, uncited, to_come, first_to_come }| {
            Some(LineCount { category: Category::parse(&category)?, lines, wrong, uncited, to_come, first_to_come })
        })
        .collect();
    let sums = lines::sums(tx, id).await?;
    let sums = sums
        .into_iter()
        .filter_map(|(category, currency, basis, lines, amount, in_case, beside)| {
            let basis = basis.as_deref().and_then(Basis::parse);
            Some(LineSum {
                category: Category::parse(&category)?,
                currency: Currency::parse(&currency)?,
                basis,
                lines,
                amount,
                in_case,
                beside,
            })
        })
        .collect();
    let documents = documents::of_version(tx, claim.id, version.version).await?;
    Ok(Draft { claim, case, version, answers, lines, sums, documents, today })
}

/// Refuses to go on with a claim that is set aside.
///
/// # Errors
/// A sentence that says what to do first.
pub fn not_set_aside(claim: &Claim) -> Result<(), Failure> {
    if claim.is_set_aside() {
        return Err(Failure::said(
            "This claim was withdrawn. To go on with it, choose “Take it up again” on its page.",
        ));
    }
    Ok(())
}

fn no_draft() -> Failure {
    Failure::said("This claim was sent and is not being changed. To change it, choose “Amend this claim” on its page.")
}

impl Draft {
    /// The counts of a category; zeros where it has no lines.
    #[must_use]
    pub fn count(&self, category: Category) -> LineCount {
        self.lines.iter().copied().find(|count| count.category == category).unwrap_or(LineCount {
            category,
            lines: 0,
            wrong: 0,
            uncited: 0,
            to_come: 0,
            first_to_come: None,
        })
    }

    /// Lines of all categories.
    #[must_use]
    pub fn line_count(&self) -> i64 {
        self.lines.iter().map(|count| count.lines).sum()
    }

    /// The answers of a step; empty if it was never saved.
    #[must_use]
    pub fn answers_of(&self, step: Step) -> Answers {
        self.answers.get(step.key()).cloned().unwrap_or_default()
    }

    /// How far a step is.
    #[must_use]
    pub fn progress(&self, step: Step) -> Progress {
        match step {
            Step::Lines(category) => match self.count(category) {
                LineCount { lines: 0, .. } => Progress::Optional,
                LineCount { wrong: 0, .. } => Progress::Done,
                _ => Progress::NeedsAttention,
            },
            Step::Documents if self.documents.is_empty() => Progress::Optional,
            Step::Documents => Progress::Done,
            Step::Check | Step::Sign => {
                if self.remarks().iter().any(|remark| remark.stops) {
                    Progress::NotYet
                } else {
                    Progress::NotStarted
                }
            }
            form => Progress::of_form(form, self.answers.get(form.key())),
        }
    }

    /// What is to be mended or thought over, the stopping ones first.
    #[must_use]
    pub fn remarks(&self) -> Vec<Remark> {
        let mut remarks = Vec::new();
        let mut remark = |step, stops, words: String| remarks.push(Remark { step, words, stops });
        for step in [Step::Claimant, Step::Agreement, Step::Others] {
            match self.progress(step) {
                Progress::Done => {}
                Progress::NotStarted => remark(step, true, format!("“{}” is not filled in yet.", step.title())),
                Progress::InProgress => remark(step, true, format!("“{}” is not complete yet.", step.title())),
                _ => {
                    for error in step.errors(&self.answers_of(step)) {
                        remark(step, true, with_label(step.form().unwrap_or_default(), &error));
                    }
                }
            }
        }
        if self.line_count() == 0 {
            let first = self.case.settings.categories.first().copied().unwrap_or(Category::UnpaidSales);
            remark(Step::Lines(first), true, "Nothing is claimed yet: add at least one line.".to_owned());
        }
        for count in &self.lines {
            let verb = |n: i64, one: &'static str, many: &'static str| if n == 1 { one } else { many };
            let lines = |n: i64| if n == 1 { "1 line".to_owned() } else { format!("{n} lines") };
            if count.wrong > 0 {
                remark(
                    Step::Lines(count.category),
                    true,
                    format!(
                        "{} of “{}” {} attention.",
                        lines(count.wrong),
                        count.category.title(),
                        verb(count.wrong, "needs", "need")
                    ),
                );
            }
            if !self.case.settings.categories.contains(&count.category) {
                remark(
                    Step::Lines(count.category),
                    true,
                    format!("“{}” can no longer be claimed in this case: remove its lines.", count.category.title()),
                );
            }
            if count.uncited > 0 {
                remark(
                    Step::Lines(count.category),
                    false,
                    format!(
                        "{} of “{}” {} no document, and {} on your declaration alone. A statement, an invoice or a mail as proof makes a claim stronger.",
                        lines(count.uncited),
                        count.category.title(),
                        verb(count.uncited, "cites", "cite"),
                        verb(count.uncited, "rests", "rest"),
                    ),
                );
            }
        }
        if let Some(largest) = self.sums.iter().max_by_key(|sum| sum.in_case)
            && totals::too_much(self.sums.iter().flat_map(|sum| [sum.in_case, sum.beside]))
        {
            let most = self.case.settings.currency.show(money::LARGEST_AMOUNT);
            remark(
                Step::Lines(largest.category),
                true,
                format!(
                    "Your lines, with interest and costs, come to more than one claim may, {most}. Check their amounts."
                ),
            );
        }
        for (step, words) in self.days_to_come() {
            remark(step, false, words);
        }
        for basis in self.sums.iter().filter_map(|sum| sum.basis) {
            if basis != self.case.settings.filing_basis && basis != Basis::UnitsOnly {
                let filing = self.case.settings.filing_basis.title();
                remark(
                    Step::Lines(Category::HeldInventory),
                    false,
                    format!(
                        "Stock valued at {} is kept apart: the filings of this case use {filing}. If you know the value at {filing}, give that.",
                        basis.title()
                    ),
                );
            }
        }
        for words in self.unreadable_documents() {
            remark(Step::Documents, false, words);
        }
        if !self.documents.is_empty()
            && self.lines.iter().all(|count| count.uncited == count.lines)
            && self.line_count() > 0
        {
            remark(
                Step::Documents,
                false,
                "You added documents, but no line cites one yet. Say which lines each document proves.".to_owned(),
            );
        }
        remarks.sort_by_key(|remark| !remark.stops);
        remarks.dedup();
        remarks
    }

    /// Documents that nobody can read, by reason.
    fn unreadable_documents(&self) -> impl Iterator<Item = String> {
        Unreadable::ALL.into_iter().filter_map(|reason| {
            let mut such = self.documents.iter().filter(|document| document.unreadable() == Some(reason));
            let first = such.next()?;
            Some(reason.said_of(&first.name, 1 + such.count()))
        })
    }

    /// Days that are still to come, where what is asked for has happened: most are a year with a slip.
    fn days_to_come(&self) -> Vec<(Step, String)> {
        let agreement = self.answers_of(Step::Agreement);
        let of_agreement = CHRONOLOGY.iter().filter_map(|(name, words)| {
            let day = period::parse_day(agreement.get(name)).ok().filter(|day| *day > self.today)?;
            Some((
                Step::Agreement,
                format!("“{words}” is still to come: {}. Is the year right?", period::show_day(day)),
            ))
        });
        let of_lines = self.lines.iter().filter_map(|count| {
            let title = count.category.title();
            let words = match (count.to_come, count.first_to_come?) {
                (1, line) => format!("The period of line {line} of “{title}” ends on a day that is still to come. Is the year right?"),
                (lines, first) => format!(
                    "The periods of {} lines of “{title}”, line {first} the first, end on days that are still to come. Are the years right?",
                    money::grouped_units(lines)
                ),
            };
            Some((Step::Lines(count.category), words))
        });
        of_agreement.chain(of_lines).collect()
    }
}

/// A sent version, read from its frozen text.
#[derive(Debug, Clone)]
pub struct SentVersion {
    /// The version's row.
    pub version: Version,
    /// What was signed.
    pub frozen: FrozenClaim,
    /// Hash of the canonical text.
    pub sha256: String,
}

/// Reads a sent version from its row.
///
/// # Errors
/// [`Refusal::NotFound`] if it was not sent.
pub fn read_sent(version: Version) -> Result<SentVersion, Failure> {
    let (Some(text), Some(sha256)) = (version.frozen.as_deref(), version.sha256.clone()) else {
        return Err(Refusal::NotFound.into());
    };
    let frozen = FrozenClaim::read(text)
        .map_err(|error| Failure::Internal(format!("version {} cannot be read: {error}", version.id)))?;
    Ok(SentVersion { frozen, sha256, version })
}

/// The sent versions of a claim, first to last, for its claimant or for counsel.
///
/// # Errors
/// [`Refusal::NotFound`] for everybody else.
pub async fn sent_versions(
    recoup: &Recoup,
    actor: &Actor,
    id: ClaimId,
) -> Result<(Claim, Case, Vec<SentVersion>), Failure> {
    let mut tx = recoup.store.read().await?;
    let claim = claims::by_id(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
    if actor.may(Action::ReadOwnClaim(claim.claimant_id)).is_err() {
        permit(actor, Action::ReviewClaim(claim.case_id))?;
    }
    let case = case_of(&mut tx, &claim).await?;
    let versions = claims::versions(&mut tx, id)
        .await?
        .into_iter()
        .filter(|version| version.sent_at.is_some())
        .map(read_sent)
        .collect::<Result<_, _>>()?;
    Ok((claim, case, versions))
}
