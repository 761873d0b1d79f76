//! Counsel write to many: to whom, how it will read, a test to oneself, the queue, and stopping it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::Duration;
use minijinja::context;

use super::{Failure, Recoup, notices::unsubscribe, once, permit, record};
use crate::{
    AccountId, CaseId, ClaimId, Instant, MailingId,
    access::{Action, Actor, Refusal},
    case::Case,
    deadline,
    intake::{
        Answers,
        mailing::{self, Mailing, fill},
    },
    notices::Subscription,
    status::ClaimStatus,
    store::{
        Tx,
        mailings::{self, NewMailing},
        outbox::{self, NewMail},
        recipients::{self, Recipient},
        register::Filter,
    },
};

/// How many mails a preview shows.
const SAMPLES: usize = 3;

/// After so many mails that are written out, others get the thread.
pub(super) const GIVE_WAY: usize = 50;

/// Whom a filter of the register chooses.
#[derive(Debug, Clone, Default)]
pub struct Chosen {
    /// Who acts for the claims, by claim.
    pub recipients: Vec<Recipient>,
}

impl Chosen {
    /// How many claims they act for.
    #[must_use]
    pub fn claims(&self) -> usize {
        self.recipients.iter().map(|recipient| recipient.claim_id).collect::<BTreeSet<_>>().len()
    }

    /// How many people they are.
    #[must_use]
    pub fn people(&self) -> usize {
        self.recipients.iter().map(|recipient| recipient.account).collect::<BTreeSet<_>>().len()
    }

    /// Those who get a mail: about claims one for each claim, of news one for each person who wants them.
    #[must_use]
    pub fn of(&self, news: bool) -> Vec<&Recipient> {
        let mut written = BTreeSet::new();
        let gets = |recipient: &&Recipient| !news || recipient.takes_news && written.insert(recipient.account);
        self.recipients.iter().filter(gets).collect()
    }
}

/// The claims to whose people a filter leads. A withdrawn claim claims nothing, so mails about what claims add up to are not for
/// it: it is chosen only where the filter asks for withdrawn claims.
#[must_use]
pub fn of_whom(filter: &Filter) -> Filter {
    Filter { status: filter.status.or(Some(ClaimStatus::Submitted)), ..filter.clone() }
}

/// Whom a filter chooses, withdrawn claims only where it asks for them.
///
/// # Errors
/// If the actor may not write in this case.
pub async fn choose(recoup: &Recoup, actor: &Actor, case: &Case, filter: &Filter) -> Result<Chosen, Failure> {
    permit(actor, Action::Write(case.id))?;
    let mut tx = recoup.store.read().await?;
    read_chosen(&mut tx, case, filter).await
}

async fn read_chosen(tx: &mut Tx, case: &Case, filter: &Filter) -> Result<Chosen, Failure> {
    let recipients = recipients::of_filter(tx, case.id, case.settings.filing_basis, &of_whom(filter)).await?;
    Ok(Chosen { recipients })
}

/// Who gets a mail about which claim, and in which words, as a few letters that a form carries: how many mails there are, a hash of the
/// pairs, and one of the words. As many others, or other words, give another mark.
pub(super) fn mark(to: &[&Recipient], words: impl std::fmt::Debug) -> String {
    let mut pairs: Vec<_> = to.iter().map(|recipient| (recipient.claim_id.0, recipient.account.0)).collect();
    pairs.sort_unstable();
    let hash = |what: &dyn std::fmt::Debug| super::links::hash(&format!("{what:?}"));
    format!("{}-{}-{}", pairs.len(), hash(&pairs), hash(&words))
}

/// The mark of a mailing: at which rate it goes out can be said after it was looked at.
fn mark_of(mailing: &Mailing, to: &[&Recipient]) -> String {
    mark(to, (mailing.news, &mailing.subject, &mailing.text))
}

/// A mailing as it will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// How many mails there will be.
    pub mails: usize,
    /// [`mark`] of those who get them.
    pub mark: String,
    /// Some of the mails.
    pub samples: Vec<Sample>,
}

/// A mail as one of its recipients will read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// To whom.
    pub recipient: String,
    /// Subject.
    pub subject: String,
    /// Text.
    pub text: String,
}

/// Three of the mails as they will read: the first, the last and one from the middle; fewer if there are fewer.
///
/// # Errors
/// Wrong answers, or nobody is chosen.
pub async fn preview(
    recoup: &Recoup,
    actor: &Actor,
    case: &Case,
    filter: &Filter,
    answers: &Answers,
) -> Result<Preview, Failure> {
    permit(actor, Action::Write(case.id))?;
    let mailing = mailing::read_mailing(answers).map_err(Failure::Invalid)?;
    let chosen = choose(recoup, actor, case, filter).await?;
    let to = chosen.of(mailing.news);
    let mut places = vec![0, to.len() / 2, to.len().saturating_sub(1)];
    places.dedup();
    places.truncate(SAMPLES.min(to.len()));
    let mut samples = Vec::new();
    for place in places {
        let recipient = to[place];
        samples.push(sample(recoup, actor, case, &mailing, recipient, Vec::new())?);
    }
    Ok(Preview { mails: to.len(), mark: mark_of(&mailing, &to), samples })
}

/// One of the mails as its recipient will read it.
fn sample(
    recoup: &Recoup,
    actor: &Actor,
    case: &Case,
    mailing: &Mailing,
    to: &Recipient,
    own: Vec<(&'static str, String)>,
) -> Result<Sample, Failure> {
    let mail = compose(recoup, actor, case, mailing, to, own)?;
    Ok(Sample { recipient: format!("{} <{}>", to.name, to.email), subject: mail.subject, text: mail.body_text })
}

/// A letter as each of its recipients would read it; `own` gives what stands in further placeholders for one of them.
pub(super) fn samples(
    recoup: &Recoup,
    actor: &Actor,
    case: &Case,
    (subject, text): (String, String),
    to: &[Recipient],
    own: impl Fn(&Recipient) -> Vec<(&'static str, String)>,
) -> Result<Vec<Sample>, Failure> {
    let mailing = Mailing { news: false, subject, text, per_hour: 0 };
    to.iter().map(|to| sample(recoup, actor, case, &mailing, to, own(to))).collect()
}

/// Writes one mail for a recipient; `own` is what stands in further placeholders for just this one.
fn compose(
    recoup: &Recoup,
    actor: &Actor,
    case: &Case,
    mailing: &Mailing,
    to: &Recipient,
    own: Vec<(&'static str, String)>,
) -> Result<NewMail, Failure> {
    let settings = &case.settings;
    let link = recoup.url(&format!("/claims/{}", to.claim_id));
    let last = case.deadline - Duration::minutes(1);
    let mut values = BTreeMap::from([
        ("name", to.name.clone()),
        ("claimant", to.claimant.clone()),
        ("number", to.number.clone()),
        ("claimed", settings.currency.show(to.amount)),
        ("documented", settings.currency.show(to.documented)),
        ("case", settings.title.clone()),
        ("deadline", deadline::show(last, &settings.time_zone)),
        ("link", link.clone()),
        ("counsel", actor.name.clone()),
    ]);
    values.extend(own);
    let (subject, text) = (fill(&mailing.subject, &values), fill(&mailing.text, &values));
    let about = (Some(case.id), Some(to.claim_id));
    if mailing.news {
        let ends = unsubscribe::address(recoup, to.account, case.id, Subscription::News)?;
        let values = context! {
            subject, text, name => to.name.as_str(), counsel => actor.name.as_str(), case => settings.title.as_str(),
            link => recoup.url(&format!("/cases/{}", settings.slug)), unsubscribe => ends.as_str(),
        };
        let mut mail = recoup.mails.write("news", &to.email, values, about)?.of(to.account);
        mail.unsubscribe = ends;
        return Ok(mail);
    }
    let values = context! {
        subject, text, counsel => actor.name.as_str(), case => settings.title.as_str(), number => to.number.as_str(), link,
    };
    Ok(recoup.mails.write("letter", &to.email, values, about)?.of(to.account))
}

/// Sends one of the mails to the actor, as the first recipient would get it.
///
/// # Errors
/// Wrong answers, or nobody is chosen.
pub async fn test(
    recoup: &Recoup,
    actor: &Actor,
    case: &Case,
    filter: &Filter,
    answers: &Answers,
    key: &str,
) -> Result<(), Failure> {
    permit(actor, Action::Write(case.id))?;
    let mailing = mailing::read_mailing(answers).map_err(Failure::Invalid)?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    // The same text is tested once, however often the button is clicked; another text is another test.
    let fingerprint = format!("{} {mailing:?} {filter:?}", case.id);
    let key = if key.is_empty() { String::new() } else { format!("{} {key}", super::links::hash(&fingerprint)) };
    if once::answered(&mut tx, actor, &key, "test_mailing", &fingerprint).await?.is_some() {
        return Ok(());
    }
    let chosen = read_chosen(&mut tx, case, filter).await?;
    let recipient = *chosen.of(mailing.news).first().ok_or_else(nobody)?;
    let mut mail = compose(recoup, actor, case, &mailing, recipient, Vec::new())?.of(actor.account);
    mail.recipient.clone_from(&actor.email);
    mail.subject = format!("Test: {}", mail.subject);
    // Clicking the link of a test would end the recipient's mails.
    if !mail.unsubscribe.is_empty() {
        let own = unsubscribe::address(recoup, actor.account, case.id, Subscription::News)?;
        mail.body_text = mail.body_text.replace(&mail.unsubscribe, &own);
        mail.body_html = mail.body_html.replace(&mail.unsubscribe, &own);
        mail.unsubscribe = own;
    }
    outbox::add(&mut tx, &mail, now).await?;
    once::keep(recoup, &mut tx, actor, &key, "test_mailing", &fingerprint, "").await?;
    Ok(tx.commit().await?)
}

fn nobody() -> Failure {
    Failure::said(
        "Nobody would get this mail. Choose other claims; accounts whose address was never confirmed get none.",
    )
}

/// A mailing to be queued.
pub struct Wish<'a> {
    /// Which claims.
    pub filter: &'a Filter,
    /// The same in words.
    pub filter_words: &'a str,
    /// [`Preview::mark`] of the page on which they were looked at.
    pub seen: &'a str,
    /// What was typed.
    pub answers: &'a Answers,
    /// Idempotency key.
    pub key: &'a str,
}

/// Queues the mails, spread over time at the stated rate.
///
/// # Errors
/// Wrong answers; nobody is chosen; or the filter fits others than the preview said.
pub async fn queue(recoup: &Recoup, actor: &Actor, case: &Case, wish: &Wish<'_>) -> Result<MailingId, Failure> {
    permit(actor, Action::Write(case.id))?;
    let mailing = mailing::read_mailing(wish.answers).map_err(Failure::Invalid)?;
    let mut ahead = {
        let chosen = choose(recoup, actor, case, wish.filter).await?;
        Ahead::write(recoup, actor, case, &mailing, &chosen.of(mailing.news)).await?
    };
    let mut tx = recoup.store.write().await?;
    let fingerprint = format!("{} {mailing:?} {:?}", case.id, wish.filter);
    if let Some(answer) = once::answered(&mut tx, actor, wish.key, "write_to_many", &fingerprint).await? {
        return Ok(MailingId(answer.parse().unwrap_or_default()));
    }
    let chosen = read_chosen(&mut tx, case, wish.filter).await?;
    let to = chosen.of(mailing.news);
    if to.is_empty() {
        return Err(nobody());
    }
    let mark = mark_of(&mailing, &to);
    if mark != wish.seen {
        return Err(others(&mark, wish.seen));
    }
    let id = ahead.queue(recoup, &mut tx, actor, case, &mailing, wish.filter_words, &to).await?;
    once::keep(recoup, &mut tx, actor, wish.key, "write_to_many", &fingerprint, &id.to_string()).await?;
    tx.commit().await?;
    Ok(id)
}

/// Nobody is written to whom counsel did not see chosen, nor in words that they did not see.
fn others(mark: &str, seen: &str) -> Failure {
    let parts = |mark: &str| -> (Option<usize>, String, String) {
        let mut parts = mark.splitn(3, '-').map(str::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        (next().parse().ok(), next(), next())
    };
    let (now, looked_at) = (parts(mark), parts(seen));
    if (now.0, &now.1) == (looked_at.0, &looked_at.1) {
        return Failure::said(
            "The mails would read otherwise than when you looked. Nothing was queued, and what you typed is still here. Look at the preview again, then queue them.",
        );
    }
    let what = match (now.0, looked_at.0) {
        (Some(mails), Some(earlier)) if earlier != mails => {
            format!("The filter now chooses {mails} mails, not {earlier} as when you looked")
        }
        _ => "The mails would now go to others than when you looked, though they are as many".to_owned(),
    };
    Failure::said(format!(
        "{what}: claims were sent, withdrawn or changed meanwhile, or other people act for them. Nothing was queued, and what you typed \
         is still here. Look at the preview again, then queue them."
    ))
}

/// The mails of a mailing, written out before the transaction that queues them: twenty thousand take seconds, and on SQLite everybody
/// who saves something would wait for them.
pub(super) struct Ahead {
    /// By whom and what is said of them: who is another by then is written to anew.
    mails: HashMap<(ClaimId, AccountId), (Recipient, NewMail)>,
}

impl Ahead {
    /// Writes the mails out, giving way to others between them.
    pub(super) async fn write(
        recoup: &Recoup,
        actor: &Actor,
        case: &Case,
        mailing: &Mailing,
        to: &[&Recipient],
    ) -> Result<Self, Failure> {
        let mut mails = HashMap::with_capacity(to.len());
        for (place, &to) in to.iter().enumerate() {
            if place % GIVE_WAY == 0 {
                tokio::task::yield_now().await;
            }
            let mail = compose(recoup, actor, case, mailing, to, Vec::new())?;
            mails.insert((to.claim_id, to.account), (to.clone(), mail));
        }
        Ok(Self { mails })
    }

    /// Queues the mails to those who get one by now, in the transaction of what causes it.
    #[expect(clippy::too_many_arguments, reason = "a mailing with all that each of its mails is made of")]
    pub(super) async fn queue(
        &mut self,
        recoup: &Recoup,
        tx: &mut Tx,
        actor: &Actor,
        case: &Case,
        mailing: &Mailing,
        whom: &str,
        to: &[&Recipient],
    ) -> Result<MailingId, Failure> {
        let mails = self.of(to, |to| compose(recoup, actor, case, mailing, to, Vec::new()))?;
        add(recoup, tx, actor, case, mailing, whom, mails).await
    }

    /// The mail to each of those who get one, in their order.
    fn of(
        &mut self,
        to: &[&Recipient],
        compose: impl Fn(&Recipient) -> Result<NewMail, Failure>,
    ) -> Result<Vec<NewMail>, Failure> {
        let mail = |to: &&Recipient| match self.mails.remove(&(to.claim_id, to.account)) {
            Some((written_to, mail)) if written_to == **to => Ok(mail),
            _ => compose(to),
        };
        to.iter().map(mail).collect()
    }
}

/// Queues the mails of a mailing in the transaction of what causes it, the first first.
async fn add(
    recoup: &Recoup,
    tx: &mut Tx,
    actor: &Actor,
    case: &Case,
    mailing: &Mailing,
    whom: &str,
    mut mails: Vec<NewMail>,
) -> Result<MailingId, Failure> {
    let now = recoup.clock.now();
    let new = NewMailing {
        case_id: case.id,
        about: if mailing.news { "news" } else { "claim" },
        subject: &mailing.subject,
        body: &mailing.text,
        recipients: whom,
        per_hour: mailing.per_hour,
        mails: i64::try_from(mails.len()).unwrap_or(i64::MAX),
        by: actor.account,
    };
    let id = mailings::add(tx, &new, now).await?;
    for (place, mail) in mails.iter_mut().enumerate() {
        mail.mailing_id = Some(id);
        mail.not_before = Some(due(now, place, mailing.per_hour));
    }
    outbox::add_many(tx, &mails.iter().collect::<Vec<_>>(), now).await?;
    let details = serde_json::json!({ "mailing": id, "mails": new.mails, "per_hour": new.per_hour, "subject": new.subject, "to": whom });
    record(tx, case.id, actor.account, "mailing_queued", details, now).await?;
    Ok(id)
}

/// When a mail of a mailing may go out, by its place from 0; all at once where there is no rate.
pub(super) fn due(start: Instant, place: usize, per_hour: i64) -> Instant {
    if per_hour == 0 {
        return start;
    }
    let place = i64::try_from(place).unwrap_or(i64::MAX / 3_600_000);
    start + Duration::milliseconds(place.saturating_mul(3_600_000) / per_hour)
}

/// Stops a mailing: what waits is discarded, what is on its way is not tried again. Gives how many mails were discarded; once
/// more changes nothing.
///
/// # Errors
/// If the actor may not, or there is no such mailing.
pub async fn stop(recoup: &Recoup, actor: &Actor, case: CaseId, id: MailingId) -> Result<u64, Failure> {
    permit(actor, Action::Write(case))?;
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    mailings::by_id(&mut tx, case, id).await?.ok_or(Refusal::NotFound)?;
    if !mailings::stop(&mut tx, id, actor.account, now).await? {
        return Ok(0);
    }
    let discarded = outbox::discard_mailing(&mut tx, id).await?;
    let details = serde_json::json!({ "mailing": id, "discarded": discarded });
    record(&mut tx, case, actor.account, "mailing_stopped", details, now).await?;
    tx.commit().await?;
    Ok(discarded)
}

/// A letter to chosen claims, for counsel who write from another page than the register: queued like every mailing, without
/// waits between the mails.
#[expect(clippy::too_many_arguments, reason = "a letter with all that each of its mails is made of")]
pub(super) async fn letter(
    recoup: &Recoup,
    tx: &mut Tx,
    actor: &Actor,
    case: &Case,
    (subject, text): (String, String),
    whom: &str,
    to: &[Recipient],
    own: impl Fn(&Recipient) -> Vec<(&'static str, String)>,
) -> Result<MailingId, Failure> {
    let mailing = Mailing { news: false, subject, text, per_hour: 0 };
    let mails = to.iter().map(|to| compose(recoup, actor, case, &mailing, to, own(to))).collect::<Result<_, _>>()?;
    add(recoup, tx, actor, case, &mailing, whom, mails).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_another_by_then_is_written_to_anew() {
        let someone = |claim, amount| Recipient {
            claim_id: ClaimId(claim),
            number: format!("ALG-{claim}"),
            claimant: "Jay Records".to_owned(),
            amount,
            documented: 0,
            account: AccountId(1),
            email: "ada@example.org".to_owned(),
            name: "Ada".to_owned(),
            takes_news: true,
        };
        let about = |when: &str, to: &Recipient| NewMail {
            case_id: None,
            claim_id: Some(to.claim_id),
            kind: "letter",
            recipient: to.email.clone(),
            subject: format!("{when}: {}", to.amount),
            body_text: String::new(),
            body_html: String::new(),
            account_id: None,
            mailing_id: None,
            unsubscribe: String::new(),
            not_before: None,
        };
        let before = [someone(1, 10), someone(2, 20), someone(3, 30)];
        let mails = before.iter().map(|to| ((to.claim_id, to.account), (to.clone(), about("ahead", to))));
        let mut ahead = Ahead { mails: mails.collect() };
        let (third, second, new) = (someone(3, 30), someone(2, 21), someone(4, 40));
        let mails = ahead.of(&[&third, &second, &new], |to| Ok(about("anew", to))).unwrap();
        let subjects: Vec<_> = mails.iter().map(|mail| mail.subject.as_str()).collect();
        assert_eq!(subjects, ["ahead: 30", "anew: 21", "anew: 40"]);
    }

    #[test]
    fn mails_are_spread_evenly() {
        let start = Instant::default();
        let at = |place, rate| (due(start, place, rate) - start).num_seconds();
        assert_eq!((at(0, 60), at(1, 60), at(59, 60), at(60, 60)), (0, 60, 3_540, 3_600));
        assert_eq!((at(1, 7), at(7, 7)), (514, 3_600), "nothing is lost by rounding");
    }
}
