//! How somebody wants to be told: counsel by kind, claimants news and reminders.

use std::collections::BTreeMap;

use super::way;
use crate::{
    CaseId,
    access::{Action, Actor, Refusal},
    actions::{Failure, Recoup, permit},
    case::Case,
    intake::{Answers, FieldError},
    notices::{Kind, Subscription, Way},
    store::{Tx, cases, claims, notices},
};

/// How a counsel wants to be told in a case, by kind.
///
/// # Errors
/// If the actor is not counsel of the case.
pub async fn of_counsel(recoup: &Recoup, actor: &Actor, case: CaseId) -> Result<Vec<(Kind, Way)>, Failure> {
    permit(actor, Action::SeeCase(case))?;
    let mut tx = recoup.store.read().await?;
    let said = notices::preferences(&mut tx, case, actor.account).await?;
    Ok(Kind::ALL.into_iter().map(|kind| (kind, way(&said, kind))).collect())
}

/// Sets how a counsel wants to be told in a case: the answers have one for every kind, named by its key.
///
/// # Errors
/// If the actor is not counsel of the case, or an answer is none of the ways.
pub async fn set_of_counsel(recoup: &Recoup, actor: &Actor, case: CaseId, answers: &Answers) -> Result<(), Failure> {
    permit(actor, Action::SeeCase(case))?;
    let mut chosen = Vec::new();
    let mut errors = Vec::new();
    for kind in Kind::ALL {
        match Way::parse(answers.get(kind.key())) {
            Some(way) => chosen.push((kind, way)),
            None => errors.push(FieldError {
                field: kind.key().to_owned(),
                message: format!("{}: choose an answer.", kind.title()),
            }),
        }
    }
    if !errors.is_empty() {
        return Err(Failure::Invalid(errors));
    }
    let mut tx = recoup.store.write().await?;
    for (kind, way) in chosen {
        notices::prefer(&mut tx, case, actor.account, kind.key(), way.key()).await?;
    }
    Ok(tx.commit().await?)
}

/// A case in which an account files, with what it gets there.
#[derive(Debug, Clone)]
pub struct Subscribed {
    /// The case.
    pub case: Case,
    /// What it gets, and whether.
    pub to: Vec<(Subscription, bool)>,
}

/// What a claimant gets beyond what concerns their own claims, by case.
///
/// # Errors
/// If the database fails.
pub async fn of_claimant(recoup: &Recoup, actor: &Actor) -> Result<Vec<Subscribed>, Failure> {
    permit(actor, Action::UseOwnAccount)?;
    let mut tx = recoup.store.read().await?;
    let mut ids: Vec<CaseId> =
        claims::of_account(&mut tx, actor.account).await?.into_iter().map(|claim| claim.case_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut subscribed = Vec::new();
    for id in ids {
        let case = cases::by_id(&mut tx, id).await?.ok_or(Refusal::NotFound)?.read()?;
        let said = notices::preferences(&mut tx, id, actor.account).await?;
        let to = Subscription::ALL.map(|subscription| (subscription, wants(&said, subscription))).to_vec();
        subscribed.push(Subscribed { case, to });
    }
    Ok(subscribed)
}

/// Whether an account that said `said` gets something: unless it said no.
pub(in crate::actions) fn wants(said: &BTreeMap<String, String>, subscription: Subscription) -> bool {
    said.get(subscription.key()).is_none_or(|way| way != Way::Off.key())
}

/// Sets what a claimant gets in a case: what is ticked comes.
///
/// # Errors
/// [`Refusal::NotFound`] for a case in which the account does not file.
pub async fn set_of_claimant(recoup: &Recoup, actor: &Actor, slug: &str, answers: &Answers) -> Result<(), Failure> {
    permit(actor, Action::UseOwnAccount)?;
    let mut tx = recoup.store.write().await?;
    let case = cases::by_slug(&mut tx, slug).await?.ok_or(Refusal::NotFound)?;
    let files = claims::of_account(&mut tx, actor.account).await?.iter().any(|claim| claim.case_id == case.id);
    if !files {
        return Err(Refusal::NotFound.into());
    }
    for subscription in Subscription::ALL {
        let way = if answers.get(subscription.key()) == "yes" { Way::AtOnce } else { Way::Off };
        set(&mut tx, case.id, actor.account, subscription, way).await?;
    }
    Ok(tx.commit().await?)
}

pub(super) async fn set(
    tx: &mut Tx,
    case: CaseId,
    account: crate::AccountId,
    subscription: Subscription,
    way: Way,
) -> Result<(), Failure> {
    Ok(notices::prefer(tx, case, account, subscription.key(), way.key()).await?)
}
