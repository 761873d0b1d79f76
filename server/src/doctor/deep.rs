//! Every row against its bytes, every byte against its row, and what is kept twice against itself.

use chrono::Duration;
use claims::{
    CaseId,
    actions::Recoup,
    store::{Error, Store, cases, documents as rows, matching, registered, totals},
};
use futures::TryStreamExt;

use super::Report;
use crate::documents::{Documents, Found};

const RESTORE: &str =
    "Restore this file from a backup: it lies under documents/, in the folder of its first two characters.";

/// So many foreign files are named: a bucket may be shared with something large.
const MOST_NAMED: usize = 20;

/// Compares every document with its hash, and finds bytes that no row names; with `clean`, removes those that have been there for
/// so long, and what broken-off uploads left.
pub(super) async fn check(
    recoup: &Recoup,
    documents: &Documents,
    clean: Option<Duration>,
    report: &mut Report,
) -> anyhow::Result<()> {
    let (mut checked, mut after) = (0usize, String::new());
    loop {
        let mut tx = recoup.store.read().await?;
        let hashes = rows::hashes(&mut tx, &after, 500).await?;
        drop(tx);
        let Some((last, _)) = hashes.last() else { break };
        after = last.clone();
        for (sha256, bytes) in &hashes {
            checked += 1;
            match documents.check(sha256).await? {
                Some(true) => {}
                Some(false) => {
                    report.failed("documents", format!("the bytes of {sha256} no longer match their hash"), RESTORE);
                }
                None => {
                    report.failed("documents", format!("{sha256} ({bytes} bytes) has a row but no bytes"), RESTORE);
                }
            }
        }
    }
    report.fine("documents", format!("{checked} compared with their hashes"));
    orphans(recoup, documents, clean, report).await?;
    incoming(recoup, documents, clean, report).await?;
    register(recoup, clean.is_some(), report).await
}

/// Compares what the register keeps of each claim, and what the case keeps of all, with what that is made of; with `clean`, brings it up
/// to date.
async fn register(recoup: &Recoup, clean: bool, report: &mut Report) -> anyhow::Result<()> {
    let mut tx = recoup.store.read().await?;
    let cases = cases::all(&mut tx, false).await?;
    drop(tx);
    for case in cases {
        let slug = case.settings.0.get("slug");
        let (wrong, adds_up) = compared(&recoup.store, case.id).await?;
        if wrong.is_empty() && adds_up {
            continue;
        }
        let mut found = Vec::new();
        if !wrong.is_empty() {
            found.push(format!("{} claims are not as the register shows them: {}", wrong.len(), wrong.join(", ")));
        }
        if !adds_up {
            found.push(format!("the sums of the case “{slug}” are not those of its lines"));
        }
        for words in found {
            // What is mended at once fails only if that does not help.
            if clean {
                report.note("register", words, "Somebody changed the database by hand. It is brought up to date now.");
            } else {
                report.failed("register", words, BY_HAND);
            }
        }
        if clean {
            let mut tx = recoup.store.write().await?;
            // As who sends a claim, or a run of matching, does: what they count meanwhile would else be lost.
            matching::lock(&mut tx, case.id).await?;
            cases::lock(&mut tx, case.id).await?;
            registered::keep_case(&mut tx, case.id).await?;
            tx.commit().await?;
            let (wrong, adds_up) = compared(&recoup.store, case.id).await?;
            if wrong.is_empty() && adds_up {
                report.fine("register", format!("“{slug}” was brought up to date"));
            } else {
                let words =
                    format!("lines of sent claims in “{slug}” are not those that were counted when they were sent");
                report.failed("register", words, "Restore the database from a backup; a filing names the claim.");
            }
        }
    }
    Ok(())
}

const BY_HAND: &str = "Somebody changed the database by hand. `recoup doctor --deep --clean` brings the register and its sums up to date.";

/// The claims of a case that the register shows otherwise than they are, and whether the sums of the case are those of its lines: both as
/// of one moment.
async fn compared(store: &Store, case: CaseId) -> Result<(Vec<String>, bool), Error> {
    let mut tx = store.read().await?;
    let wrong = registered::wrong(&mut tx, case).await?;
    let adds_up = totals::of_case(&mut tx, case).await? == totals::recount(&mut tx, case).await?;
    Ok((wrong, adds_up))
}

async fn orphans(
    recoup: &Recoup,
    documents: &Documents,
    clean: Option<Duration>,
    report: &mut Report,
) -> anyhow::Result<()> {
    let (mut left, mut removed, mut foreign) = (0usize, 0usize, 0usize);
    let mut all = documents.found();
    while let Some(found) = all.try_next().await? {
        let kept = match found {
            Found::Kept(kept) => kept,
            Found::Foreign(at) => {
                foreign += 1;
                if foreign <= MOST_NAMED {
                    // Escaped: whoever put it there chose the name.
                    report.say(format!("      {at:?} is none of Recoup's"));
                }
                continue;
            }
        };
        let mut tx = recoup.store.read().await?;
        let named = rows::is_named(&mut tx, &kept.sha256).await?;
        drop(tx);
        if named {
            continue;
        }
        let before = clean.map(|age| recoup.clock.now() - age);
        if let Some(before) = before
            && documents.remove(&kept.sha256, before).await?
        {
            removed += 1;
            report.say(format!("      removed {} ({} bytes): no row names it", kept.sha256, kept.bytes));
        } else {
            left += 1;
            report.say(format!("      {} ({} bytes) is named by no row", kept.sha256, kept.bytes));
        }
    }
    if foreign > 0 {
        report.note(
            "documents",
            format!("{foreign} lie among the documents that Recoup did not write"),
            "Look at what they are and take them away by hand: Recoup removes only what it wrote.",
        );
    }
    if removed > 0 {
        report.fine("documents", format!("{removed} without a row were removed"));
    }
    if left > 0 {
        report.note(
            "documents",
            format!("{left} have bytes but no row: they were removed by their claimant, or their upload broke off"),
            "`recoup doctor --deep --clean` removes those that have been there for a day.",
        );
    }
    Ok(())
}

async fn incoming(
    recoup: &Recoup,
    documents: &Documents,
    clean: Option<Duration>,
    report: &mut Report,
) -> anyhow::Result<()> {
    if let Some(age) = clean {
        let removed = documents.clean(recoup.clock.now() - age).await?;
        if removed > 0 {
            report.fine("documents", format!("{removed} temporary ones were removed"));
        }
    }
    let (count, bytes) = documents.incoming().await?;
    if count > 0 {
        report.note(
            "documents",
            format!("{count} temporary ones of {bytes} bytes: uploads under way, or that broke off"),
            "`recoup serve` removes them after a day, `recoup doctor --deep --clean` too.",
        );
    }
    Ok(())
}
