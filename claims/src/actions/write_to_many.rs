//! Counsel write to many: to whom, how it will read, a test to oneself, the queue, and stopping it.

use std::collections::BTreeSet;

use super::{Failure, Recoup, notices::unsubscribe, once, permit, record};
use crate::{
    CaseId, MailingId,
    access::{Action, Actor, Refusal},
    case::Case,
    intake::{
        Answers,
        mailing::{self, Mailing},
    },
    notices::Subscription,
    status::ClaimStatus,
    store::{
        Tx, mailings, outbox,
        recipients::{self, Recipient},
        register::Filter,
    },
};

mod written_out;

use written_out::Own;
pub(super) use written_out::{GIVE_WAY, Writer, due};

/// How many mails a preview shows.
const SAMPLES: usize = 3;

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

/// Three of the mails as they will read: the first, the last and one from the middle; fewer if there are fewer, none if nobody is chosen.
///
/// # Errors
/// Wrong answers.
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
    let writer = Writer { recoup, actor, case, mailing: &mailing };
    for place in places {
        samples.push(sample(writer, to[place], Own::new())?);
    }
    Ok(Preview { mails: to.len(), mark: mark_of(&mailing, &to), samples })
}

/// One of the mails as its recipient will read it.
fn sample(writer: Writer<'_>, to: &Recipient, own: Own) -> Result<Sample, Failure> {
    let mail = writer.compose(to, own)?;
    Ok(Sample { recipient: format!("{} <{}>", to.name, to.email), subject: mail.subject, text: mail.body_text })
}

/// A letter as each of its recipients would read it; `own` gives what stands in further placeholders for one of them.
pub(super) fn samples(
    recoup: &Recoup,
    actor: &Actor,
    case: &Case,
    (subject, text): (String, String),
    to: &[Recipient],
    own: impl Fn(&Recipient) -> Own,
) -> Result<Vec<Sample>, Failure> {
    let mailing = Mailing { news: false, subject, text, per_hour: 0 };
    let writer = Writer { recoup, actor, case, mailing: &mailing };
    to.iter().map(|to| sample(writer, to, own(to))).collect()
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
    let writer = Writer { recoup, actor, case, mailing: &mailing };
    let mut mail = writer.compose(recipient, Own::new())?.of(actor.account);
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
    let writer = Writer { recoup, actor, case, mailing: &mailing };
    let fingerprint = format!("{} {mailing:?} {:?}", case.id, wish.filter);
    // What is refused, or was done, is not written out first.
    let mut tx = recoup.store.read().await?;
    if let Some(answer) = once::found(&mut tx, actor, wish.key, "write_to_many", &fingerprint).await? {
        return queued(&answer);
    }
    let chosen = read_chosen(&mut tx, case, wish.filter).await?;
    drop(tx);
    let written = writer.write_out(&seen(&mailing, &chosen, wish)?).await?;
    let mut tx = recoup.store.write().await?;
    if let Some(answer) = once::answered(&mut tx, actor, wish.key, "write_to_many", &fingerprint).await? {
        return queued(&answer);
    }
    let chosen = read_chosen(&mut tx, case, wish.filter).await?;
    let to = seen(&mailing, &chosen, wish)?;
    let id = writer.queue(&mut tx, wish.filter_words, &to, written).await?;
    once::keep(recoup, &mut tx, actor, wish.key, "write_to_many", &fingerprint, &id.to_string()).await?;
    tx.commit().await?;
    Ok(id)
}

fn queued(answer: &str) -> Result<MailingId, Failure> {
    answer.parse().map(MailingId).map_err(|_| Failure::Internal("a stored answer is damaged".to_owned()))
}

/// Who gets a mail, if they are those whom counsel saw.
fn seen<'c>(mailing: &Mailing, chosen: &'c Chosen, wish: &Wish<'_>) -> Result<Vec<&'c Recipient>, Failure> {
    let to = chosen.of(mailing.news);
    if to.is_empty() {
        return Err(nobody());
    }
    let mark = mark_of(mailing, &to);
    if mark == wish.seen { Ok(to) } else { Err(others(&mark, wish.seen)) }
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
    own: impl Fn(&Recipient) -> Own,
) -> Result<MailingId, Failure> {
    let mailing = Mailing { news: false, subject, text, per_hour: 0 };
    let writer = Writer { recoup, actor, case, mailing: &mailing };
    let mails = to.iter().map(|to| writer.compose(to, own(to))).collect::<Result<_, _>>()?;
    writer.add(tx, whom, mails).await
}
