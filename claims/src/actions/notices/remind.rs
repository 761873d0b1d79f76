//! Reminding claimants of what is not signed, before the deadline: each mark once, to confirmed addresses, unless they said no.
//! Whoever begins after a mark is not told at once of what is being written just now: the next mark is the first for that draft.

use minijinja::context;

use super::{look::days_left, preferences::wants, unsubscribe};
use crate::{
    ClaimId, Instant,
    access::Refusal,
    actions::{Failure, Recoup},
    case::Case,
    deadline,
    notices::{REMINDER_DAYS, Subscription, mark},
    store::{Tx, claims, notices, outbox},
};

pub(super) async fn unfinished(
    recoup: &Recoup,
    tx: &mut Tx,
    case: &Case,
    days: i64,
    now: Instant,
) -> Result<(), Failure> {
    let Some((tightest, void)) = mark(&REMINDER_DAYS, days) else { return Ok(()) };
    let named = |mark: i64| format!("{mark} {}", case.deadline.timestamp());
    for (claim, in_force, begun) in notices::unfinished(tx, case.id, &named(tightest)).await? {
        if days_left(case, begun) <= tightest {
            continue;
        }
        for mark in void.iter().copied().chain([tightest]) {
            let key = format!("reminder {claim} {}", named(mark));
            let new = notices::add(tx, case.id, "reminder", &key, "{}", now).await?.is_some();
            if new && mark == tightest {
                remind(recoup, tx, case, claim, in_force, days, now).await?;
            }
        }
    }
    Ok(())
}

async fn remind(
    recoup: &Recoup,
    tx: &mut Tx,
    case: &Case,
    id: ClaimId,
    amendment: bool,
    days: i64,
    now: Instant,
) -> Result<(), Failure> {
    let claim = claims::by_id(tx, id).await?.ok_or(Refusal::NotFound)?;
    let settings = &case.settings;
    let left = match days {
        ..=0 => "Today is the last day".to_owned(),
        1 => "One day left".to_owned(),
        days => format!("{days} days left"),
    };
    for person in claims::people_of(tx, claim.claimant_id).await? {
        let said = notices::preferences(tx, case.id, person.account).await?;
        if !person.verified || !wants(&said, Subscription::Reminders) {
            continue;
        }
        let ends = unsubscribe::address(recoup, person.account, case.id, Subscription::Reminders)?;
        let values = context! {
            name => person.name, claimant => claim.claimant.as_str(), case => settings.title.as_str(), amendment, left => left.as_str(),
            deadline => deadline::show(case.deadline - chrono::Duration::minutes(1), &settings.time_zone),
            link => recoup.url(&format!("/claims/{id}")), unsubscribe => ends.as_str(),
        };
        let mut mail =
            recoup.mails.write("reminder", &person.email, values, (Some(case.id), Some(id)))?.of(person.account);
        mail.unsubscribe = ends;
        outbox::add(tx, &mail, now).await?;
    }
    Ok(())
}
