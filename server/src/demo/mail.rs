//! Mail of the demo case: a template, news, and a letter to many of which some waits, some was sent and one failed.

use claims::{
    AccountId, CaseId, Instant,
    actions::{
        Recoup, mail_templates, publish_news,
        write_to_many::{self, Wish},
    },
    intake::Answers,
    status::ClaimStatus,
    store::{accounts, cases, notices, outbox, register::Filter},
};

const SUBJECT: &str = "Claim {{number}}: documents";
const TEXT: &str = "Dear {{name}},\n\nof the {{claimed}} that {{claimant}} claims, {{documented}} cites a document. A line without one rests on your declaration alone.\n\n\
                    If you have statements, invoices or delivery notes that prove more, please amend the claim and add them before {{deadline}}. Nothing is taken off if you do not.";

/// Writes what counsel wrote, as of `now`; what waits goes out one an hour.
pub(super) async fn fill(recoup: &Recoup, case: CaseId, counsel: AccountId, now: Instant) -> anyhow::Result<()> {
    let mut tx = recoup.store.write().await?;
    // Of what happened before counsel had their digests; a first one would come at once or tomorrow, by the hour of the loading.
    notices::take_for_digest(&mut tx, case, counsel, now).await?;
    tx.commit().await?;
    let mut tx = recoup.store.read().await?;
    let actor = accounts::actor(&mut tx, counsel).await?.ok_or_else(|| anyhow::anyhow!("counsel is missing"))?;
    let read = cases::by_id(&mut tx, case).await?.ok_or_else(|| anyhow::anyhow!("the case is missing"))?.read()?;
    let filter = Filter { status: Some(ClaimStatus::Submitted), text: "records".to_owned(), ..Filter::default() };
    drop(tx);

    let template = Answers::default().with("name", "Documents are missing").with("subject", SUBJECT).with("text", TEXT);
    mail_templates::save(recoup, &actor, case, None, &template).await?;
    let news = Answers::default()
        .with("title", "The first filing is being prepared")
        .with("text", "Counsel puts together what was filed so far. If you have filed already, you need not do anything. Claims that are amended before the deadline count as amended.")
        .with("per_hour", "600");
    publish_news::publish(recoup, &actor, &read, &news, "").await?;
    let answers =
        Answers::default().with("about", "claim").with("subject", SUBJECT).with("text", TEXT).with("per_hour", "1");
    let preview = write_to_many::preview(recoup, &actor, &read, &filter, &answers).await?;
    anyhow::ensure!(preview.mails >= 3, "too few claims of the demo fit the letter to many");
    let wish = Wish {
        filter: &filter,
        filter_words: "name or number contains “records”, submitted",
        seen: &preview.mark,
        answers: &answers,
        key: "",
    };
    let mailing = write_to_many::queue(recoup, &actor, &read, &wish).await?;

    let mut tx = recoup.store.write().await?;
    let mails = outbox::of_case(&mut tx, case, "waiting", Some(mailing), 2, 0).await?;
    let outcomes = [
        ("sent", "accepted: 250 2.0.0 queued"),
        ("failed", "permanent error (550): 5.1.1 the mailbox of an invented person does not exist"),
    ];
    for (mail, (state, said)) in mails.iter().zip(outcomes) {
        outbox::lease_one(&mut tx, mail.id, "demo", now).await?;
        outbox::settle(&mut tx, mail.id, "demo", state, said, now, now).await?;
    }
    Ok(tx.commit().await?)
}
