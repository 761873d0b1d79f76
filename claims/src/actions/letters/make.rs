//! Counsel make letters: one, or all that are needed.

use super::{canonical, texts::texts_of};
use crate::{
    CaseId, ClaimId, LetterId,
    access::{Action, Actor, Refusal},
    actions::{Failure, Recoup, claim_view, permit},
    case::Case,
    deadline,
    letters::{self, Letter, LetterKind, Order, State, Texts},
    status::ClaimStatus,
    store::{
        Tx, cases,
        claims::{self, Claim},
        events::{self, NewEvent},
        letters::{self as store, NewLetter},
        queue_up,
    },
};

/// What became of the letters that were needed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Made {
    /// Made.
    pub made: usize,
    /// Not made: no line of the claim is for whom these letters go to.
    pub left_out: usize,
}

/// Makes a letter about the version of a claim that is in force. A draft is written anew; made twice with nothing changed, it is one.
///
/// # Errors
/// If it was sent already, the claim has no line for it, or counsel have not said to whom it goes.
pub async fn make(
    recoup: &Recoup,
    actor: &Actor,
    slug: &str,
    number: &str,
    kind: LetterKind,
) -> Result<LetterId, Failure> {
    let mut tx = recoup.store.write().await?;
    let case = cases::by_slug(&mut tx, slug).await?.ok_or(Refusal::NotFound)?.read()?;
    permit(actor, Action::WriteLetters(case.id))?;
    queue_up(&mut tx, &format!("letters {}", case.id)).await?;
    let claim =
        claims::by_number(&mut tx, number).await?.filter(|claim| claim.case_id == case.id).ok_or(Refusal::NotFound)?;
    let texts = said(texts_of(&mut tx, &case).await?.1, kind)?;
    let before = store::of_claim(&mut tx, claim.id).await?.into_iter().find(|row| row.kind == kind.key());
    if let Some(before) = before.filter(|before| before.state != State::Drafted.key()) {
        return Err(Failure::said(format!(
            "This letter is “{}” already and stays as it is. To write it anew, set it back to “drafted” with a reason.",
            before.state
        )));
    }
    let Some(id) = write_one(recoup, &mut tx, actor, &case, &claim, kind, &texts).await? else {
        return Err(Failure::said(match kind {
            LetterKind::Direction => format!(
                "No line of this claim is for money that {} holds: a letter of direction would name nothing.",
                texts.aggregator.name
            ),
            _ => "No line of this claim is for held stock: a demand for return would name nothing.".to_owned(),
        }));
    };
    tx.commit().await?;
    Ok(id)
}

/// Makes the letters of a kind for every submitted claim that needs one: it has lines for it, and no letter yet or a draft about
/// an earlier version.
///
/// # Errors
/// If counsel have not said to whom they go.
pub async fn make_all(recoup: &Recoup, actor: &Actor, case: CaseId, kind: LetterKind) -> Result<Made, Failure> {
    permit(actor, Action::WriteLetters(case))?;
    let category = kind.category().ok_or(Refusal::NotFound)?;
    let mut tx = recoup.store.write().await?;
    let case = cases::by_id(&mut tx, case).await?.ok_or(Refusal::NotFound)?.read()?;
    queue_up(&mut tx, &format!("letters {}", case.id)).await?;
    let texts = said(texts_of(&mut tx, &case).await?.1, kind)?;
    let mut made = Made::default();
    for id in store::needed(&mut tx, case.id, category.key(), kind.key()).await? {
        let claim = claims::by_id(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
        match write_one(recoup, &mut tx, actor, &case, &claim, kind, &texts).await? {
            Some(_) => made.made += 1,
            None => made.left_out += 1,
        }
    }
    tx.commit().await?;
    Ok(made)
}

/// The texts, if they say to whom letters of a kind go.
fn said(texts: Texts, kind: LetterKind) -> Result<Texts, Failure> {
    match texts.missing(kind) {
        None => Ok(texts),
        Some(missing) => Err(Failure::said(format!(
            "Say first {missing}: open “To whom letters go, and their words” on the page of letters. Nothing was made."
        ))),
    }
}

async fn write_one(
    recoup: &Recoup,
    tx: &mut Tx,
    actor: &Actor,
    case: &Case,
    claim: &Claim,
    kind: LetterKind,
    texts: &Texts,
) -> Result<Option<LetterId>, Failure> {
    let now = recoup.clock.now();
    let in_force = claim.in_force_id.filter(|_| claim.status == ClaimStatus::Submitted.key());
    let version_id = in_force
        .ok_or_else(|| Failure::said("This claim is not in force: letters are made for submitted claims only."))?;
    let sent = claim_view::read_sent(claims::version(tx, version_id).await?.ok_or(Refusal::NotFound)?)?;
    let order = Order {
        kind,
        claim: &sent.frozen,
        sha256: &sent.sha256,
        case_title: &case.settings.title,
        contact: &case.settings.contact,
        at: now,
        day: deadline::day_in(now, &case.settings.time_zone),
        received: "",
        texts,
    };
    let Some(letter) = letters::write(&order) else { return Ok(None) };
    if let Some(same) = unchanged(tx, claim.id, &letter).await? {
        return Ok(Some(same));
    }
    let (text, sha256) = canonical(&letter)?;
    let new = NewLetter {
        case_id: case.id,
        claim_id: claim.id,
        version_id,
        kind: kind.key(),
        frozen: &text,
        sha256: &sha256,
        state: State::Drafted.key(),
        since: letter.day,
        by: Some(actor.account),
    };
    let id = store::add(tx, &new, now).await?;
    let details = serde_json::json!({ "kind": kind.key(), "sha256": sha256, "version": letter.version });
    let event = NewEvent {
        case_id: case.id,
        claim_id: Some(claim.id),
        account: Some(actor.account),
        kind: "letter_made",
        details,
    };
    events::add(tx, &event, now).await?;
    Ok(Some(id))
}

/// The letter that the claim has, if it says the same, but for the moment.
async fn unchanged(tx: &mut Tx, claim: ClaimId, letter: &Letter) -> Result<Option<LetterId>, Failure> {
    let before = store::of_claim(tx, claim).await?.into_iter().find(|row| row.kind == letter.kind.key());
    let Some(before) = before else { return Ok(None) };
    let Some((text, ..)) = store::texts(tx, before.id).await? else { return Ok(None) };
    let same = Letter::read(&text).is_ok_and(|known| Letter { made_at: letter.made_at, ..known } == *letter);
    Ok(same.then_some(before.id))
}
