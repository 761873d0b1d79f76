//! Settings that people rely on are changed: what that does, for whoever is about to save them; and who is told, in the transaction
//! that saves them. Counsel hear of every such change at once, whatever they chose to be told of; whoever files hears of another
//! deadline, in one mail.

use std::collections::BTreeMap;

use minijinja::{Value, context};

use super::{
    Failure, Recoup, cases as actions, permit,
    write_to_many::{GIVE_WAY, due},
};
use crate::{
    AccountId, CaseId, Instant,
    access::{Action, Actor},
    case::Case,
    case_change::{Change, Setting, Standing, changes, last_moment, other_words, taken_in_words},
    deadline,
    intake::{
        Answers,
        case_settings::{self, CaseState},
        mailing::MOST_PER_HOUR,
    },
    mail::{linked, plain},
    store::{
        Tx, cases,
        outbox::{self, NewMail},
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
    let other_words = signed_otherwise(&mut tx, &turn.before, &turn.after).await?;
    let mut found = between(&mut tx, &turn.before, &turn.after, other_words, now).await?;
    found.retain(|change| !change.means.is_empty());
    Ok(found)
}

/// Claims in force that are signed with words that the forum after does not ask for. Every signed text is read for it, so it is counted
/// only where it is asked, and nobody who waits to write waits for it.
async fn signed_otherwise(tx: &mut Tx, before: &Case, after: &Case) -> Result<i64, Failure> {
    let is = after.settings.forum;
    if before.settings.forum == is {
        return Ok(0);
    }
    Ok(cases::signed_with(tx, before.id, other_words(is).key()).await?)
}

/// What changes between two states of a case, with what it touches. The database holds the first. `other_words` is what
/// [`signed_otherwise`] counted a moment ago.
pub(super) async fn between(
    tx: &mut Tx,
    before: &Case,
    after: &Case,
    other_words: i64,
    now: Instant,
) -> Result<Vec<Change>, Failure> {
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
    // Claims may have been withdrawn since it was counted.
    let other_words = other_words.min(claims);
    let standing = Standing { claims, drafts, filings, late: (late_before, late_after), gross, other_words };
    Ok(changes(before, after, &standing, now))
}

/// What was counted and written out before the transaction that saves a case, so that nobody waits for it.
pub(super) struct Ahead {
    other_words: i64,
    /// The mails about another deadline, with the claims that each was written of.
    mails: BTreeMap<AccountId, (Vec<Recipient>, NewMail)>,
}

impl Ahead {
    /// Claims in force that are signed with words that the forum after does not ask for.
    pub(super) const fn other_words(&self) -> i64 {
        self.other_words
    }
}

/// Counts and writes out what saving a case needs.
pub(super) async fn prepare(
    recoup: &Recoup,
    tx: &mut Tx,
    before: &Case,
    after: &Case,
    now: Instant,
) -> Result<Ahead, Failure> {
    let other_words = signed_otherwise(tx, before, after).await?;
    // What is said of a deadline to those who file does not depend on what there is.
    let of_deadline = of_deadline(after, &changes(before, after, &Standing::default(), now));
    let mut mails = BTreeMap::new();
    if !of_deadline.is_empty() {
        for (place, (account, of)) in of_persons(recipients::of_case(tx, after.id).await?).into_iter().enumerate() {
            if place % GIVE_WAY == 0 {
                tokio::task::yield_now().await;
            }
            let mail = deadline_mail(recoup, after, &of_deadline, &of, now)?;
            mails.insert(account, (of, mail));
        }
    }
    Ok(Ahead { other_words, mails })
}

/// The changes of which whoever files is told: those of the deadline, while claims are taken.
fn of_deadline(case: &Case, changes: &[Change]) -> Vec<Change> {
    let told =
        changes.iter().filter(|change| change.setting.is_of_deadline() && case.settings.state == CaseState::Open);
    told.cloned().collect()
}

/// Tells counsel of changes, and whoever files of another deadline. A case that is being prepared and touches nobody is not told of.
pub(super) async fn tell(
    recoup: &Recoup,
    tx: &mut Tx,
    by: &Actor,
    (case, was_public): (&Case, bool),
    changes: &[Change],
    ahead: Ahead,
    now: Instant,
) -> Result<(), Failure> {
    let known = was_public || changes.iter().any(|change| !change.means.is_empty());
    if changes.is_empty() || !known {
        return Ok(());
    }
    let settings = &case.settings;
    let names = changes.iter().map(|change| change.setting.name()).collect::<Vec<_>>().join(", ");
    let items: Vec<Value> = changes.iter().map(|change| Value::from_safe_string(item(recoup, case, change))).collect();
    for (account, name, email) in cases::counsel(tx, case.id).await? {
        let values = context! {
            names => names.as_str(), name, by => by.name.as_str(), at => deadline::show(now, &settings.time_zone), items => items.clone(),
            case => settings.title.as_str(), link => recoup.url(&format!("/counsel/{}/events", settings.slug)),
        };
        let mail = recoup.mails.write("case_changed", &email, values, (Some(case.id), None))?.of(account);
        outbox::add(tx, &mail, now).await?;
    }
    let of_deadline = of_deadline(case, changes);
    if !of_deadline.is_empty() {
        tell_claimants(recoup, tx, case, &of_deadline, ahead, now).await?;
    }
    Ok(())
}

/// A change as a mail to counsel lists it: figures lead to what they sum.
fn item(recoup: &Recoup, case: &Case, change: &Change) -> String {
    let words =
        std::iter::once(&change.what).chain(&change.means).map(|words| plain(words)).collect::<Vec<_>>().join(" ");
    if change.setting != Setting::Basis {
        return words;
    }
    let register = recoup.url(&format!("/counsel/{}/claims?status=submitted", case.settings.slug));
    format!("{words} {}", linked("The claims that count", &register))
}

/// So many are told of another deadline at once. More than that are told one after the other, at the rate that a mailing has at most: a
/// server of mail takes no more from one sender, and would hold up what else is to be sent.
const TOLD_AT_ONCE: usize = 100;

/// One mail to each person with a claim or a draft that is not withdrawn, if their address is confirmed. Those that were written ahead go
/// out as they are, unless somebody began, sent or withdrew a claim since.
async fn tell_claimants(
    recoup: &Recoup,
    tx: &mut Tx,
    case: &Case,
    changes: &[Change],
    mut ahead: Ahead,
    now: Instant,
) -> Result<(), Failure> {
    let mut mails = Vec::new();
    for (place, (account, of)) in of_persons(recipients::of_case(tx, case.id).await?).into_iter().enumerate() {
        let mut mail = match ahead.mails.remove(&account) {
            Some((written_of, mail)) if written_of == of => mail,
            _ => deadline_mail(recoup, case, changes, &of, now)?,
        };
        mail.not_before = Some(told_at(now, place));
        mails.push(mail);
    }
    Ok(outbox::add_many(tx, &mails.iter().collect::<Vec<_>>(), now).await?)
}

/// When somebody is told, by the place among those who are, from 0.
fn told_at(now: Instant, place: usize) -> Instant {
    due(now, place.saturating_sub(TOLD_AT_ONCE), MOST_PER_HOUR)
}

/// The people among recipients in the order in which they were found, each with all that they act for.
fn of_persons(found: Vec<Recipient>) -> Vec<(AccountId, Vec<Recipient>)> {
    let mut places: BTreeMap<AccountId, usize> = BTreeMap::new();
    let mut persons: Vec<(AccountId, Vec<Recipient>)> = Vec::new();
    for recipient in found {
        let place = *places.entry(recipient.account).or_insert(persons.len());
        match persons.get_mut(place) {
            Some((_, of)) => of.push(recipient),
            None => persons.push((recipient.account, vec![recipient])),
        }
    }
    persons
}

/// The mail about another deadline to somebody who acts for these claims.
fn deadline_mail(
    recoup: &Recoup,
    case: &Case,
    changes: &[Change],
    of: &[Recipient],
    now: Instant,
) -> Result<NewMail, Failure> {
    let person = of.first().ok_or_else(|| Failure::Internal("a mail about a deadline is to nobody".to_owned()))?;
    let what: Vec<String> = changes.iter().map(|change| change.what.clone()).collect();
    let moved = changes.iter().any(|change| change.setting == Setting::Deadline);
    let values = context! {
        name => person.name.as_str(), case => case.settings.title.as_str(), moved, deadline => last_moment(case), what,
        claims => of.iter().map(in_a_line).collect::<Vec<_>>(), taken => taken_in_words(case, case.intake(now)),
        link => recoup.url("/claims"),
    };
    // Counsel do not know who writes a draft: a mail that tells of one belongs to it.
    let about = of.iter().find(|of| of.number.is_empty()).or(of.first()).map(|of| of.claim_id);
    Ok(recoup.mails.write("deadline_changed", &person.email, values, (Some(case.id), about))?.of(person.account))
}

/// How a claim of somebody stands.
fn in_a_line(of: &Recipient) -> String {
    if of.number.is_empty() {
        format!("{}: a draft. Only a claim that is signed and sent counts.", plain(&of.claimant))
    } else {
        format!("{}, {}: sent. It counts as it is, and need not be sent again.", of.number, plain(&of.claimant))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ClaimId;

    #[test]
    fn a_few_are_told_at_once_and_many_one_after_the_other() {
        let now = Instant::default();
        let at = |place| (told_at(now, place) - now).num_seconds();
        assert_eq!([0, 1, 99, 100, 101, 3_700, 20_000].map(at), [0, 0, 0, 0, 1, 3_600, 19_900]);
    }

    #[test]
    fn each_person_is_told_of_all_its_claims_in_the_order_in_which_they_were_found() {
        let of = |account: i64, claim: i64| Recipient {
            claim_id: ClaimId(claim),
            number: String::new(),
            claimant: String::new(),
            amount: 0,
            documented: 0,
            account: AccountId(account),
            email: String::new(),
            name: String::new(),
            takes_news: true,
        };
        let found = of_persons(vec![of(7, 1), of(3, 1), of(7, 2), of(5, 3)]);
        let claims = |of: &[Recipient]| of.iter().map(|of| of.claim_id.0).collect::<Vec<_>>();
        let found: Vec<_> = found.iter().map(|(account, of)| (account.0, claims(of))).collect();
        assert_eq!(found, [(7, vec![1, 2]), (3, vec![1]), (5, vec![3])]);
    }
}
