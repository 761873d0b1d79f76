//! Publishing news of a case: on its public page, and by mail to those who file in it and want news.

use super::{
    Failure, Recoup, once, permit, record,
    write_to_many::{Chosen, Writer},
};
use crate::{
    access::{Action, Actor},
    case::Case,
    intake::{
        Answers,
        mailing::{self, Mailing},
    },
    store::{mailings, recipients},
};

/// Publishes news. `key` is the form's idempotency key. Gives how many mails wait to be sent.
///
/// # Errors
/// Wrong answers, or an actor who may not.
pub async fn publish(
    recoup: &Recoup,
    actor: &Actor,
    case: &Case,
    answers: &Answers,
    key: &str,
) -> Result<usize, Failure> {
    permit(actor, Action::Write(case.id))?;
    let answers = answers.only(mailing::NEWS);
    let (title, text, per_hour) = mailing::read_news(&answers).map_err(Failure::Invalid)?;
    let now = recoup.clock.now();
    let mailing = per_hour.map(|per_hour| Mailing { news: true, subject: title.clone(), text: text.clone(), per_hour });
    let writer = mailing.as_ref().map(|mailing| Writer { recoup, actor, case, mailing });
    let fingerprint = format!("{} {title} {text} {per_hour:?}", case.id);
    let mut tx = recoup.store.read().await?;
    if let Some(answer) = once::found(&mut tx, actor, key, "publish_news", &fingerprint).await? {
        return mails_of(&answer);
    }
    let everybody = match writer {
        Some(_) => Chosen { recipients: recipients::of_case(&mut tx, case.id).await? },
        None => Chosen::default(),
    };
    drop(tx);
    let written = match writer {
        Some(writer) => Some((writer, writer.write_out(&everybody.of(true)).await?)),
        None => None,
    };
    let mut tx = recoup.store.write().await?;
    if let Some(answer) = once::answered(&mut tx, actor, key, "publish_news", &fingerprint).await? {
        return mails_of(&answer);
    }
    let mut mails = 0;
    let mut queued = None;
    if let Some((writer, written)) = written {
        let everybody = Chosen { recipients: recipients::of_case(&mut tx, case.id).await? };
        let to = everybody.of(true);
        mails = to.len();
        if mails > 0 {
            let whom = "everybody who files in this case and wants news";
            queued = Some(writer.queue(&mut tx, whom, &to, written).await?);
        }
    }
    mailings::publish(&mut tx, case.id, (&title, &text), queued, actor.account, now).await?;
    let details = serde_json::json!({ "title": title, "mails": mails });
    record(&mut tx, case.id, actor.account, "news_published", details, now).await?;
    once::keep(recoup, &mut tx, actor, key, "publish_news", &fingerprint, &mails.to_string()).await?;
    tx.commit().await?;
    Ok(mails)
}

fn mails_of(answer: &str) -> Result<usize, Failure> {
    answer.parse().map_err(|_| Failure::Internal("a stored answer is damaged".to_owned()))
}
