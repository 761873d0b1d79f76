//! The mails of a mailing: written out before the transaction that queues them, and queued in it.

use std::collections::{BTreeMap, HashMap};

use chrono::Duration;
use minijinja::context;

use crate::{
    AccountId, ClaimId, Instant, MailingId,
    access::Actor,
    actions::{Failure, Recoup, notices::unsubscribe, record},
    case::Case,
    deadline,
    intake::mailing::Mailing,
    notices::Subscription,
    placeholders::fill,
    store::{
        Tx,
        mailings::{self, NewMailing},
        outbox::{self, NewMail},
        recipients::Recipient,
    },
};

/// After so many mails that are written out, others get the thread.
pub(in crate::actions) const GIVE_WAY: usize = 50;

/// What stands in further placeholders for one recipient.
pub(super) type Own = Vec<(&'static str, String)>;

/// Whoever writes a mailing, with all that each of its mails is made of.
#[derive(Clone, Copy)]
pub(in crate::actions) struct Writer<'w> {
    pub recoup: &'w Recoup,
    pub actor: &'w Actor,
    pub case: &'w Case,
    pub mailing: &'w Mailing,
}

impl Writer<'_> {
    /// Writes one mail for a recipient.
    pub(super) fn compose(&self, to: &Recipient, own: Own) -> Result<NewMail, Failure> {
        let Self { recoup, actor, case, mailing } = *self;
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

    /// Writes the mails to many out, giving way to others between them: twenty thousand take seconds, and on SQLite everybody who saves
    /// something would wait for them if they were written in the transaction.
    pub(in crate::actions) async fn write_out(&self, to: &[&Recipient]) -> Result<WrittenOut, Failure> {
        let mut mails = HashMap::with_capacity(to.len());
        for (place, &to) in to.iter().enumerate() {
            if place % GIVE_WAY == 0 {
                tokio::task::yield_now().await;
            }
            mails.insert((to.claim_id, to.account), (to.clone(), self.compose(to, Own::new())?));
        }
        Ok(WrittenOut(mails))
    }

    /// Queues the mails to those who get one by now, in the transaction of what causes it.
    pub(in crate::actions) async fn queue(
        &self,
        tx: &mut Tx,
        whom: &str,
        to: &[&Recipient],
        mut written: WrittenOut,
    ) -> Result<MailingId, Failure> {
        let mails = written.to(to, |to| self.compose(to, Own::new()))?;
        self.add(tx, whom, mails).await
    }

    /// Queues mails in the transaction of what causes them, the first first.
    pub(super) async fn add(&self, tx: &mut Tx, whom: &str, mut mails: Vec<NewMail>) -> Result<MailingId, Failure> {
        let Self { recoup, actor, case, mailing } = *self;
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
}

/// Mails that were written out, each with its recipient as they were then: who is another by the time of queuing is written to anew.
pub(in crate::actions) struct WrittenOut(HashMap<(ClaimId, AccountId), (Recipient, NewMail)>);

impl WrittenOut {
    /// The mail to each of those who get one, in their order.
    fn to(
        &mut self,
        to: &[&Recipient],
        compose: impl Fn(&Recipient) -> Result<NewMail, Failure>,
    ) -> Result<Vec<NewMail>, Failure> {
        let mail = |to: &&Recipient| match self.0.remove(&(to.claim_id, to.account)) {
            Some((written_to, mail)) if written_to == **to => Ok(mail),
            _ => compose(to),
        };
        to.iter().map(mail).collect()
    }
}

/// When a mail of a mailing may go out, by its place from 0; all at once where there is no rate.
pub(in crate::actions) fn due(start: Instant, place: usize, per_hour: i64) -> Instant {
    if per_hour == 0 {
        return start;
    }
    let place = i64::try_from(place).unwrap_or(i64::MAX / 3_600_000);
    start + Duration::milliseconds(place.saturating_mul(3_600_000) / per_hour)
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
        let mut written = WrittenOut(mails.collect());
        let (third, second, new) = (someone(3, 30), someone(2, 21), someone(4, 40));
        let mails = written.to(&[&third, &second, &new], |to| Ok(about("anew", to))).unwrap();
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
