//! Sending a claim: one transaction that freezes the version, numbers the claim, records the event and queues the mails.

use data_encoding::HEXLOWER;
use minijinja::context;
use sha2::{Digest, Sha256};

use super::{
    Failure, Recoup,
    claim_view::{self, Draft},
    letters, limits, match_case, once, permit, seen,
};
use crate::{
    ClaimId, Instant, MailId, VersionId,
    access::{Action, Actor, Refusal},
    case::{Case, Intake},
    deadline,
    frozen::{self, FrozenClaim, FrozenDeclaration, FrozenDocument},
    identifiers::ClaimNumber,
    intake::{Answers, claimant, sign, steps::Step},
    letters::receipt_sums,
    money,
    store::{
        Tx, cases,
        claims::{self, Sent},
        events, matching, outbox, totals as kept_totals,
    },
    totals::{self, Total},
};

mod lines;

pub use lines::Ahead;

/// What the claimant is told: which claim, which version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Claim number.
    pub number: String,
    /// Version.
    pub version: i64,
}

/// Signs and sends the draft `version` of a claim, which must be as the page showed it: beside the answers stands its mark, see
/// [`seen`]. The same draft sent again, from another tab or after a lost answer, gives the same answer and changes nothing.
///
/// # Errors
/// A draft that was changed since the page was opened, wrong answers on the signature, a claim that is not ready or is amended too often,
/// or a case that takes no more claims; what was typed is kept for the page.
pub async fn submit(
    recoup: &Recoup,
    actor: &Actor,
    id: ClaimId,
    version: VersionId,
    sent: &Answers,
    client: &str,
    key: &str,
) -> Result<Received, Failure> {
    let answers = sent.only(sign::FORM);
    send(recoup, actor, &Form { id, version, sent, answers: &answers, client, key }, None).await
}

impl Ahead {
    /// Signs and sends the draft that was read, as it is stored by then, and as [`submit`] does.
    ///
    /// # Errors
    /// As [`submit`].
    pub async fn submit(
        self,
        recoup: &Recoup,
        actor: &Actor,
        sent: &Answers,
        client: &str,
        key: &str,
    ) -> Result<Received, Failure> {
        let answers = sent.only(sign::FORM);
        let (id, version) = self.of();
        let form = Form { id, version, sent, answers: &answers, client, key };
        send(recoup, actor, &form, Some(self)).await
    }
}

/// The signature page as it was sent.
struct Form<'f> {
    id: ClaimId,
    version: VersionId,
    /// All that came, with the mark of the draft.
    sent: &'f Answers,
    answers: &'f Answers,
    client: &'f str,
    key: &'f str,
}

async fn send(recoup: &Recoup, actor: &Actor, form: &Form<'_>, ahead: Option<Ahead>) -> Result<Received, Failure> {
    match read_and_freeze(recoup, actor, form, ahead).await {
        Err(
            failure @ (Failure::Invalid(_)
            | Failure::Said(_)
            | Failure::Changed(_)
            | Failure::TooOften(_)
            | Failure::Refused(Refusal::VerifyEmail)),
        ) => {
            if let Err(error) = keep_typed(recoup, form.id, form.version, form.answers.clone()).await {
                tracing::warn!(%error, "what was typed on the signature page was not kept");
            }
            Err(failure)
        }
        done => done,
    }
}

async fn read_and_freeze(
    recoup: &Recoup,
    actor: &Actor,
    form: &Form<'_>,
    mut ahead: Option<Ahead>,
) -> Result<Received, Failure> {
    loop {
        if ahead.is_none() {
            ahead = Ahead::read(recoup, actor, form.id, form.version).await?;
        }
        if let Some(received) = freeze(recoup, actor, form, ahead.take()).await? {
            return Ok(received);
        }
    }
}

/// The transaction that failed left no trace; what was typed on the signature page is kept apart, but for the tick, as long as there
/// is a draft that is being written.
async fn keep_typed(recoup: &Recoup, id: ClaimId, version: VersionId, mut answers: Answers) -> Result<(), Failure> {
    answers.set("agree", "");
    let mut tx = recoup.store.write().await?;
    claims::lock(&mut tx, id).await?;
    let written = |claim: claims::Claim| claim.being_written() == Some(version);
    if claims::by_id(&mut tx, id).await?.is_some_and(written) {
        claims::save_answers(&mut tx, version, Step::Sign.key(), &answers, recoup.clock.now()).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The transaction. Nothing is done, and nothing given, if the draft or its case was changed since it was read. A draft whose
/// lines are worth something else by now than the page can have shown is brought up to date instead of being signed.
async fn freeze(
    recoup: &Recoup,
    actor: &Actor,
    form: &Form<'_>,
    ahead: Option<Ahead>,
) -> Result<Option<Received>, Failure> {
    let &Form { id, version, sent, answers, client, key } = form;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let claim = claim_view::own_claim(&mut tx, actor, id, Action::ReadOwnClaim).await?;
    let claim = claims::locked(&mut tx, claim).await?;
    matching::lock(&mut tx, claim.case_id).await?;
    let row = claims::version(&mut tx, version).await?.filter(|row| row.claim_id == id).ok_or(Refusal::NotFound)?;
    if row.sent_at.is_some() {
        return Ok(Some(Received { number: claim.number.unwrap_or_default(), version: row.version }));
    }
    let fingerprint = format!("{id} {version} {answers:?}");
    once::answered(&mut tx, actor, key, "submit_claim", &fingerprint).await?;
    permit(actor, Action::SubmitClaim(claim.claimant_id))?;
    if claim.draft_id != Some(version) {
        return Err(Failure::said("This draft is no longer the one being written. Open the claim again."));
    }
    claim_view::not_set_aside(&claim)?;
    // Whoever queues up for this holds the row of the claim. A case is not locked for what is refused.
    let amendment = (row.version > 1).then(|| id.to_string());
    if let Some(of) = &amendment {
        limits::check(recoup, &mut tx, &limits::AMENDMENT, of).await?;
    }
    // The amounts are frozen at the rates that the case has now, and the declaration in its words: nobody changes them meanwhile.
    cases::lock(&mut tx, claim.case_id).await?;
    let revision = cases::revision(&mut tx, claim.case_id).await?.ok_or(Refusal::NotFound)?;
    let Some(ahead) = ahead.filter(|ahead| ahead.holds(&row, revision)) else { return Ok(None) };
    let (draft, signed, texts) = ahead.into_parts(claim);
    let intake = draft.case.intake(now);
    if let (Ok(signed), Intake::Open | Intake::LateWithReason) = (&signed, intake)
        && let Some(unseen) = signed.restate(&mut tx, version).await?
    {
        tx.commit().await?;
        return Err(unseen);
    }
    // Who signs answers for what the page showed, under penalty of perjury, and for nothing else.
    seen::check_draft(sent, &row, revision)?;
    let late = match intake {
        Intake::Open => false,
        Intake::LateWithReason => true,
        Intake::Closed => {
            return Err(Failure::said(
                "The deadline has passed, and this case takes no late claims. Your draft is kept; ask the contact named on the case's page.",
            ));
        }
    };
    if let Some(remark) = draft.remarks().into_iter().find(|remark| remark.stops) {
        return Err(Failure::said(format!("The claim cannot be sent yet: {}", remark.words)));
    }
    let claimant_answers = draft.answers_of(Step::Claimant);
    let signature =
        sign::read(answers, &claimant_answers, draft.case.settings.forum, late).map_err(Failure::Invalid)?;
    let signed = signed?;

    let number = match &draft.claim.number {
        Some(number) => number.clone(),
        None => {
            ClaimNumber::new(&draft.case.settings.prefix, cases::next_claim(&mut tx, draft.case.id).await?).to_string()
        }
    };
    let today = deadline::day_in(now, &draft.case.settings.time_zone);
    let declaration = FrozenDeclaration {
        text: signature.declaration.key().to_owned(),
        words: signature.declaration.words(today),
        name: signature.name,
        title: signature.title,
        capacity: signature.capacity,
        place: signature.place,
        date: today,
        client_address: client.to_owned(),
        late_reason: signature.late_reason,
    };
    let mut frozen = assemble(&draft, &number, now, signed.sums, declaration);
    let text = frozen.canonical_around(&signed.text).map_err(|error| Failure::Internal(error.to_string()))?;
    frozen.lines = signed.lines;
    let sha256 = HEXLOWER.encode(&Sha256::digest(text.as_bytes()));

    let details = claimant::read(&claimant_answers).map_err(Failure::Invalid)?;
    let sent = Sent {
        frozen: &text,
        sha256: &sha256,
        by: actor.account,
        claimant_name: &details.legal_name,
        citizenship: &details.citizenship,
        late_reason: frozen.declaration.late_reason.as_deref(),
    };
    if !claims::freeze(&mut tx, version, &sent, now).await? {
        return Err(Failure::said("This draft was sent meanwhile. Open the claim again."));
    }
    let total = totals::counted(&frozen.totals, draft.case.settings.filing_basis);
    let event_details = serde_json::json!({ "number": number, "version": row.version, "sha256": sha256, "amount": total.amount, "lines": frozen.lines.len() });
    let kind = if row.version > 1 { "claim_amended" } else { "claim_submitted" };
    // First what gives something back; the rest waits and goes to the database together.
    if let Some(of) = &amendment {
        limits::count(recoup, &mut tx, &limits::AMENDMENT, of).await?;
    }
    let mails = queue_receipts(recoup, &mut tx, &draft, &frozen, &sha256, now).await?;
    let event = events::NewEvent {
        case_id: draft.case.id,
        claim_id: Some(id),
        account: Some(actor.account),
        kind,
        details: event_details,
    };
    let logged = events::add(&mut tx, &event, now).await?;
    kept_totals::add(&mut tx, version, &frozen.totals).await?;
    claims::set_in_force(&mut tx, id, version, &number, now).await?;
    letters::keep_receipt(&mut tx, &draft, (&frozen, &sha256), &texts, logged, &mails, now).await?;
    match_case::changed(&mut tx, &draft.claim, Some(version)).await?;
    once::keep(recoup, &mut tx, actor, key, "submit_claim", &fingerprint, &number).await?;
    tx.commit().await?;
    Ok(Some(Received { number, version: row.version }))
}

/// What is signed, but for the lines.
fn assemble(
    draft: &Draft,
    number: &str,
    now: Instant,
    totals: Vec<Total>,
    declaration: FrozenDeclaration,
) -> FrozenClaim {
    let settings = &draft.case.settings;
    FrozenClaim {
        format: frozen::FORMAT,
        case: settings.slug.clone(),
        case_title: settings.title.clone(),
        number: number.to_owned(),
        version: draft.version.version,
        received_at: now,
        time_zone: settings.time_zone.clone(),
        currency: settings.currency,
        valuation_date: settings.valuation_date,
        answers: draft
            .answers
            .iter()
            .filter(|(step, _)| step.as_str() != Step::Sign.key())
            .map(|(step, answers)| (step.clone(), answers.clone()))
            .collect(),
        lines: Vec::new(),
        documents: draft
            .documents
            .iter()
            .map(|document| FrozenDocument {
                name: document.name.clone(),
                media_type: document.media_type.clone(),
                bytes: document.bytes,
                pages: document.pages,
                sha256: document.sha256.clone(),
                proves: document.proves.clone(),
            })
            .collect(),
        totals,
        declaration,
    }
}

/// Queues the mails that say that the version was received.
async fn queue_receipts(
    recoup: &Recoup,
    tx: &mut Tx,
    draft: &Draft,
    frozen: &FrozenClaim,
    sha256: &str,
    now: Instant,
) -> Result<Vec<MailId>, Failure> {
    let Case { settings, .. } = &draft.case;
    let about = (Some(draft.case.id), Some(draft.claim.id));
    let received = deadline::show(now, &settings.time_zone);
    let mut totals: Vec<String> = frozen.totals.iter().map(|total| total_in_words(total, settings.currency)).collect();
    let sums = receipt_sums(&frozen.totals, Some(settings.filing_basis));
    totals.extend(sums.iter().map(|sum| format!("{}: {}", sum.name, settings.currency.show(sum.amount))));
    let changes = deadline::changes_in_words(&draft.case, now);
    let claimant = frozen.answers.get(Step::Claimant.key()).map_or("", |answers| answers.get("legal_name"));
    let mut mails = Vec::new();
    for person in claims::people_of(tx, draft.claim.claimant_id).await? {
        let values = context! {
            name => person.name, claimant, case => settings.title.as_str(), number => frozen.number.as_str(), version => frozen.version, received => received.as_str(), lines => frozen.lines.len(), totals => totals.clone(),
            documents => frozen.documents.len(), sha256, changes => changes.as_str(), contact => settings.contact_in_a_line(),
            link => recoup.url(&format!("/claims/{}/versions/{}", draft.claim.id, frozen.version)),
        };
        let mail = recoup.mails.write("receipt", &person.email, values, about)?.of(person.account);
        mails.push(outbox::add(tx, &mail, now).await?);
    }
    Ok(mails)
}

/// A total in one line of a mail or a receipt.
#[must_use]
pub fn total_in_words(total: &Total, currency: money::Currency) -> String {
    let basis = total.basis.map(|basis| format!(" at {}", basis.title())).unwrap_or_default();
    match total.basis {
        Some(crate::line::Basis::UnitsOnly) => {
            format!("{}: {}", total.category.title(), totals::without_value(total.units))
        }
        _ => format!("{}{basis}: {}", total.category.title(), currency.show(total.amount)),
    }
}
