//! Settings that people rely on are changed: what that does, for whoever is about to save them; and who is told, in the transaction
//! that saves them. Counsel hear of every such change at once, whatever they chose to be told of; whoever files hears of another
//! deadline, in one mail.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::{Value, context};

use super::{Failure, Recoup, cases as actions, permit};
use crate::{
    AccountId, CaseId, Instant,
    access::{Action, Actor},
    case::Case,
    case_change::{Change, Standing, changes, last_moment, other_words, taken_in_words},
    deadline,
    intake::{
        Answers,
        case_settings::{self, CaseState},
    },
    mail::{linked, plain},
    store::{
        Tx, cases, outbox,
        recipients::{self, Recipient},
        totals as kept_totals,
    },
    totals,
};

/// What saving these answers would do to what was claimed, signed and filed; nothing where it touches none of it, or where somebody else
/// saved since `revision` and so nothing can be saved.
///
/// # Errors
/// Wrong answers, or an actor who may not.
pub async fn ask(
    recoup: &Recoup,
    actor: &Actor,
    id: CaseId,
    revision: i64,
    answers: &Answers,
) -> Result<Vec<Change>, Failure> {
    permit(actor, Action::ManageCases)?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.read().await?;
    let turn = actions::turn(&mut tx, id, &answers.only(case_settings::FORM), now).await?;
    if turn.before.revision != revision {
        return Ok(Vec::new());
    }
    let mut found = between(&mut tx, &turn.before, &turn.after, now).await?;
    found.retain(|change| !change.means.is_empty());
    Ok(found)
}

/// What changes between two states of a case, with what it touches. The database holds the first.
pub(super) async fn between(tx: &mut Tx, before: &Case, after: &Case, now: Instant) -> Result<Vec<Change>, Failure> {
    if changes(before, after, &Standing::default(), now).is_empty() {
        return Ok(Vec::new());
    }
    let (claims, drafts, filings, late_before, late_after) =
        cases::standing(tx, before.id, (before.deadline, after.deadline)).await?;
    let (was, is) = (&before.settings, &after.settings);
    let gross = if was.filing_basis == is.filing_basis {
        (0, 0)
    } else {
        let kept = kept_totals::of_case(tx, before.id).await?;
        (totals::counted(&kept, was.filing_basis).amount, totals::counted(&kept, is.filing_basis).amount)
    };
    // Every signed text is read for it, so it is counted only where it is asked.
    let other_words = if was.forum == is.forum || claims == 0 {
        0
    } else {
        cases::signed_with(tx, before.id, other_words(is.forum).key()).await?
    };
    let standing = Standing { claims, drafts, filings, late: (late_before, late_after), gross, other_words };
    Ok(changes(before, after, &standing, now))
}

/// Tells counsel of changes, and whoever files of another deadline. A case that is being prepared and touches nobody is not told of.
pub(super) async fn tell(
    recoup: &Recoup,
    tx: &mut Tx,
    by: &Actor,
    (case, was_public): (&Case, bool),
    changes: &[Change],
    now: Instant,
) -> Result<(), Failure> {
    let known = was_public || changes.iter().any(|change| !change.means.is_empty());
    if changes.is_empty() || !known {
        return Ok(());
    }
    let settings = &case.settings;
    let names = changes.iter().map(|change| change.name).collect::<Vec<_>>().join(", ");
    let items: Vec<Value> = changes.iter().map(|change| Value::from_safe_string(item(recoup, case, change))).collect();
    for (account, name, email) in cases::counsel(tx, case.id).await? {
        let values = context! {
            names => names.as_str(), name, by => by.name.as_str(), at => deadline::show(now, &settings.time_zone), items => items.clone(),
            case => settings.title.as_str(), link => recoup.url(&format!("/counsel/{}/events", settings.slug)),
        };
        let mail = recoup.mails.write("case_changed", &email, values, (Some(case.id), None))?.of(account);
        outbox::add(tx, &mail, now).await?;
    }
    let of_deadline: Vec<&Change> = changes.iter().filter(|change| change.of_deadline).collect();
    if !of_deadline.is_empty() && settings.state == CaseState::Open {
        tell_claimants(recoup, tx, case, &of_deadline, now).await?;
    }
    Ok(())
}

/// A change as a mail to counsel lists it: figures lead to what they sum.
fn item(recoup: &Recoup, case: &Case, change: &Change) -> String {
    let words =
        std::iter::once(&change.what).chain(&change.means).map(|words| plain(words)).collect::<Vec<_>>().join(" ");
    if !change.of_money {
        return words;
    }
    let register = recoup.url(&format!("/counsel/{}/claims?status=submitted", case.settings.slug));
    format!("{words} {}", linked("The claims that count", &register))
}

/// One mail to each person with a claim or a draft that is not withdrawn, if their address is confirmed.
async fn tell_claimants(
    recoup: &Recoup,
    tx: &mut Tx,
    case: &Case,
    changes: &[&Change],
    now: Instant,
) -> Result<(), Failure> {
    let found = recipients::of_case(tx, case.id).await?;
    let mut of_person: BTreeMap<AccountId, Vec<&Recipient>> = BTreeMap::new();
    for recipient in &found {
        of_person.entry(recipient.account).or_default().push(recipient);
    }
    let what: Vec<String> = changes.iter().map(|change| change.what.clone()).collect();
    let moved = changes.iter().any(|change| change.name == "deadline");
    let mut told = BTreeSet::new();
    // In the order of the claims, as they were found.
    for person in found.iter().filter(|person| told.insert(person.account)) {
        let of = of_person.get(&person.account).map(Vec::as_slice).unwrap_or_default();
        let values = context! {
            name => person.name.as_str(), case => case.settings.title.as_str(), moved, deadline => last_moment(case), what => what.clone(),
            claims => of.iter().map(|of| in_a_line(of)).collect::<Vec<_>>(), taken => taken_in_words(case, case.intake(now)),
            link => recoup.url("/claims"),
        };
        // Counsel do not know who writes a draft: a mail that tells of one belongs to it.
        let about = of.iter().find(|of| of.number.is_empty()).or(of.first()).map(|of| of.claim_id);
        let mail =
            recoup.mails.write("deadline_changed", &person.email, values, (Some(case.id), about))?.of(person.account);
        outbox::add(tx, &mail, now).await?;
    }
    Ok(())
}

/// How a claim of somebody stands.
fn in_a_line(of: &Recipient) -> String {
    if of.number.is_empty() {
        format!("{}: a draft. Only a claim that is signed and sent counts.", plain(&of.claimant))
    } else {
        format!("{}, {}: sent. It counts as it is, and need not be sent again.", of.number, plain(&of.claimant))
    }
}
