//! `recoup doctor`: each part checked, each failure with its remedy.

use std::process::ExitCode;

use claims::{
    Clock,
    actions::Recoup,
    random::Random,
    store::{Store, cases, documents as rows, events},
};
use futures::TryStreamExt;

use crate::{config::Config, documents::Documents, mail::Post};

/// Counts what failed while it prints.
struct Report {
    failures: usize,
}

impl Report {
    fn fine(&self, what: &str, words: impl std::fmt::Display) {
        println!("ok    {what}: {words}");
    }

    fn failed(&mut self, what: &str, error: impl std::fmt::Display, remedy: &str) {
        self.failures += 1;
        println!("FAIL  {what}: {error}\n      {remedy}");
    }
}

/// Checks an installation; the exit code says whether all is well.
///
/// # Errors
/// Only if the report itself cannot be made.
pub async fn run(config: &Config, deep: bool) -> anyhow::Result<ExitCode> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut report = Report { failures: 0 };
    report.fine("configuration", format!("data in {}", config.data_dir.display()));
    match &config.base_url {
        Some(url) if url.starts_with("https://") => report.fine("address", url),
        Some(url) => report.fine("address", format!("{url} (without https: for this machine only)")),
        None if config.listen.ip().is_loopback() => {
            report.fine("address", format!("http://{} (for this machine only)", config.listen));
        }
        None => report.failed(
            "address",
            "the site listens beyond this machine, but base_url is not set",
            "Set base_url to the https:// address that people type; links in mails need it.",
        ),
    }
    let documents = match Documents::open(&config.documents, Random::System) {
        Err(error) => {
            report.failed(
                "documents",
                format!("{error:#}"),
                "Check the keys documents and s3_*; the directory must be writable.",
            );
            None
        }
        Ok(documents) => {
            match documents.try_out().await {
                Ok(()) => {
                    report.fine("documents", "written, read back and removed");
                    Some(documents)
                }
                Err(error) => {
                    report.failed("documents", format!("{error:#}"), "Check that the directory or bucket exists and may be written, and the keys documents and s3_*.");
                    None
                }
            }
        }
    };
    check_database(config, documents.as_ref(), deep, &mut report).await;
    match Post::open(&config.mail, &config.mail_from) {
        Err(error) => report.failed("mail", format!("{error:#}"), "Check the keys mail and mail_from."),
        Ok(post) => match post.try_out().await {
            Ok(words) => report.fine("mail", words),
            Err(error) => report.failed(
                "mail",
                format!("{error:#}"),
                "Check the key mail: host, port, user and password; mails wait in the outbox until it works.",
            ),
        },
    }
    if report.failures == 0 {
        println!("All is well.");
        Ok(ExitCode::SUCCESS)
    } else {
        println!(
            "{} to mend.",
            if report.failures == 1 { "1 thing".to_owned() } else { format!("{} things", report.failures) }
        );
        Ok(ExitCode::FAILURE)
    }
}

async fn check_database(config: &Config, documents: Option<&Documents>, deep: bool, report: &mut Report) {
    let remedy = "Check the key database_url, that the server runs and that its user may create tables.";
    if let Err(error) = std::fs::create_dir_all(&config.data_dir) {
        return report.failed("data directory", error, "Make it, or set data_dir to one that can be written.");
    }
    let store = match Store::open(&config.database_url).await {
        Ok(store) => store,
        Err(error) => return report.failed("database", error, remedy),
    };
    report.fine("database", format!("{}, schema up to date", store.kind()));
    let recoup = match Recoup::new(store, Clock::System, Random::System, "http://localhost", config.limits()).await {
        Ok(recoup) => recoup,
        Err(error) => return report.failed("installation", error, remedy),
    };
    if let Err(error) = check_events(&recoup, report).await {
        report.failed("audit trail", error, remedy);
    }
    if let (true, Some(documents)) = (deep, documents)
        && let Err(error) = check_documents(&recoup, documents, report).await
    {
        report.failed("documents", format!("{error:#}"), "The check stopped here; mend this and run it again.");
    }
    recoup.store.close().await;
}

/// The hash chain of every case.
async fn check_events(recoup: &Recoup, report: &mut Report) -> Result<(), claims::store::Error> {
    let mut tx = recoup.store.read().await?;
    for case in cases::all(&mut tx, false).await? {
        let slug = case.read().map_or_else(|_| case.id.to_string(), |case| case.settings.slug);
        match events::verify(&mut tx, case.id).await? {
            (count, None) => report.fine("audit trail", format!("{slug}: {count} events, chain whole")),
            (count, Some(seq)) => report.failed(
                "audit trail",
                format!("{slug}: event {seq} of {count} does not fit the chain"),
                "Somebody changed the database by hand. Compare it with a backup from before that event.",
            ),
        }
    }
    Ok(())
}

/// Every row against its bytes, and every byte against its row.
async fn check_documents(recoup: &Recoup, documents: &Documents, report: &mut Report) -> anyhow::Result<()> {
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
                Some(false) => report.failed("documents", format!("the bytes of {sha256} no longer match their hash"), "Restore this file from a backup: it lies under documents/, in the folder of its first two characters."),
                None => report.failed("documents", format!("{sha256} ({bytes} bytes) has a row but no bytes"), "Restore this file from a backup: it lies under documents/, in the folder of its first two characters."),
            }
        }
    }
    let mut orphans = 0usize;
    let mut kept = documents.kept();
    while let Some(sha256) = kept.try_next().await? {
        let mut tx = recoup.store.read().await?;
        if !rows::is_named(&mut tx, &sha256).await? {
            orphans += 1;
            println!(
                "note  documents: {sha256} has bytes but no row (a document that was removed, or an upload that broke off)"
            );
        }
    }
    report.fine("documents", format!("{checked} compared with their hashes, {orphans} without a row"));
    Ok(())
}
