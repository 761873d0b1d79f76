//! `recoup doctor`: each part checked, each finding with its remedy. A failure makes the exit code 1; a note does not.

use std::process::ExitCode;

use chrono::Duration;
use claims::{
    Clock,
    actions::Recoup,
    passwords::Breached,
    random::Random,
    store::{Error, Store, cases, events, figures, outbox},
};

use crate::{
    causes,
    config::{Config, DocumentsAt, MailBy},
    documents::Documents,
    mail::Post,
    opening,
};

mod deep;

/// What to do if the database does not answer.
const DATABASE: &str = "Check the key database_url, that the server runs and that its user may create tables.";

/// How closely to look.
#[derive(Debug, Clone, Copy, Default)]
pub struct Depth {
    /// Read every document.
    pub deep: bool,
    /// Remove bytes without a row that have been there for so long.
    pub clean: Option<Duration>,
}

/// What was found, printed as it is found.
#[derive(Debug, Default)]
pub struct Report {
    /// How many findings are failures.
    pub failures: usize,
    /// Everything that was printed.
    pub lines: Vec<String>,
    /// Whether there is no installation, of which little can be checked then.
    pub is_nowhere: bool,
}

impl Report {
    fn say(&mut self, line: String) {
        say!("{line}");
        self.lines.push(line);
    }

    fn fine(&mut self, what: &str, words: impl std::fmt::Display) {
        self.say(format!("ok    {what}: {words}"));
    }

    fn note(&mut self, what: &str, words: impl std::fmt::Display, remedy: &str) {
        self.say(format!("note  {what}: {words}\n      {remedy}"));
    }

    fn failed(&mut self, what: &str, error: impl std::fmt::Display, remedy: &str) {
        self.failures += 1;
        self.say(format!("FAIL  {what}: {error}\n      {remedy}"));
    }
}

/// Checks an installation; the exit code says whether all is well.
///
/// # Errors
/// Only if the report itself cannot be made.
pub async fn run(config: &Config, depth: Depth) -> anyhow::Result<ExitCode> {
    let report = examine(config, depth).await;
    if report.failures == 0 {
        say!(
            "{}",
            if report.is_nowhere { "What can be checked before the first start is well." } else { "All is well." }
        );
        return Ok(ExitCode::SUCCESS);
    }
    say!(
        "{} to mend.",
        if report.failures == 1 { "1 thing".to_owned() } else { format!("{} things", report.failures) }
    );
    Ok(ExitCode::FAILURE)
}

/// Checks an installation and tells what was found.
pub async fn examine(config: &Config, depth: Depth) -> Report {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut report = Report::default();
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
    let found = opening::find(config).await;
    report.is_nowhere = matches!(found, Ok(None));
    if report.is_nowhere {
        let remedy = format!(
            "{} If it is to be a new one: the first start makes it, and so does `recoup user add`.",
            opening::SAY_WHERE
        );
        report.note("installation", opening::none(config), &remedy);
    }
    let documents = check_documents(config, &mut report).await;
    check_private(config, &mut report);
    if let Some(scanner) = &config.clamd {
        match scanner.ping().await {
            Ok(()) => report.fine("virus scanner", "it answers"),
            Err(error) => report.failed(
                "virus scanner",
                causes::in_a_line(&error),
                "Start clamd and check the key clamd; uploads are refused until it answers.",
            ),
        }
    }
    if let Some(path) = &config.breached_passwords {
        match Breached::new(path.clone()) {
            Ok(_) => report.fine("breached passwords", "the list can be read"),
            Err(error) => report.failed(
                "breached passwords",
                error.to_string(),
                "Check the key breached_passwords: one file, sorted by hash, as the downloader of Have I Been Pwned writes it.",
            ),
        }
    }
    match found {
        Ok(None) => {}
        Ok(Some((store, schema))) => {
            check_database(config, store, schema, documents.as_ref(), depth, &mut report).await;
        }
        Err(error) => report.failed("database", opening::reason(&error), DATABASE),
    }
    check_mail(config, &mut report).await;
    report
}

/// The document store, if there is one: a folder that is missing is not made.
async fn check_documents(config: &Config, report: &mut Report) -> Option<Documents> {
    if let DocumentsAt::Directory(directory) = &config.documents {
        // Trying it out would make a folder in it.
        if report.is_nowhere {
            return None;
        }
        if !directory.is_dir() {
            report.failed(
                "documents",
                format!("the directory {} is not there", directory.display()),
                "Check the key documents. If nothing was uploaded yet, starting the site makes it.",
            );
            return None;
        }
    }
    let documents = match Documents::open(&config.documents, Random::System) {
        Ok(documents) => documents,
        Err(error) => {
            report.failed(
                "documents",
                causes::in_a_line(&error),
                "Check the keys documents and s3_*; the directory must be writable.",
            );
            return None;
        }
    };
    match documents.try_out().await {
        Ok(()) => {
            report.fine("documents", "written, read back and removed");
            Some(documents)
        }
        Err(error) => {
            report.failed(
                "documents",
                causes::in_a_line(&error),
                "Check that the directory or bucket exists and may be written, and the keys documents and s3_*.",
            );
            None
        }
    }
}

/// The way that mail leaves.
async fn check_mail(config: &Config, report: &mut Report) {
    if let MailBy::Files(directory) = &config.mail
        && !directory.exists()
    {
        let words = format!("as files in {}, which is made when the site starts", directory.display());
        return report.fine("mail", words);
    }
    match Post::open(&config.mail, &config.mail_from) {
        Err(error) => report.failed("mail", causes::in_a_line(&error), "Check the keys mail and mail_from."),
        Ok(post) => match post.try_out().await {
            Ok(words) => report.fine("mail", words),
            Err(error) => report.failed(
                "mail",
                causes::in_a_line(&error),
                "Check the key mail: host, port, user and password; mails wait in the outbox until it works.",
            ),
        },
    }
}

/// Whether others on this machine can read what people entered.
fn check_private(config: &Config, report: &mut Report) {
    #[cfg(unix)]
    if let Ok(meta) = std::fs::metadata(&config.data_dir)
        && std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o007 != 0
    {
        let remedy = format!("Keep other users of this machine out: chmod 700 {}", config.data_dir.display());
        report.note("data directory", "every user of this machine can read it", &remedy);
    }
    #[cfg(not(unix))]
    let _ = (config, report);
}

async fn check_database(
    config: &Config,
    store: Store,
    schema: i64,
    documents: Option<&Documents>,
    depth: Depth,
    report: &mut Report,
) {
    let newest = claims::store::newest_schema();
    if schema > newest {
        return report.failed("database", opening::later(schema), opening::LATER);
    }
    if schema < newest {
        let words = format!("its schema is {schema}, and this program needs {newest}");
        return report.failed(
            "database",
            words,
            "Back it up, then run `recoup migrate`; starting the site does it too.",
        );
    }
    report.fine("database", format!("{}, schema up to date", store.kind()));
    let recoup = match Recoup::new(store, Clock::System, Random::System, &config.address(), config.limits()).await {
        Ok(recoup) => recoup,
        Err(error) => return report.failed("installation", error, DATABASE),
    };
    if let Err(error) = check_events(&recoup, report).await {
        report.failed("audit trail", error, DATABASE);
    }
    if let Err(error) = check_work(&recoup, report).await {
        report.failed("jobs and mails", error, DATABASE);
    }
    if let (true, Some(documents)) = (depth.deep, documents)
        && let Err(error) = deep::check(&recoup, documents, depth.clean, report).await
    {
        report.failed("documents", causes::in_a_line(&error), "The check stopped here; mend this and run it again.");
    }
    recoup.store.close().await;
}

/// Mails, jobs and the clock.
async fn check_work(recoup: &Recoup, report: &mut Report) -> Result<(), Error> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.read().await?;
    let counts = outbox::counts(&mut tx).await?;
    let of = |state: &str| counts.iter().find(|(found, _)| found == state).map_or(0, |(_, count)| *count);
    let (due, oldest) = figures::due_mails(&mut tx, now).await?;
    if let Some(waits) = oldest.map(|since| now - since).filter(|waits| *waits > Duration::hours(1)) {
        report.failed(
            "mails",
            format!("{due} wait, the oldest for {} hours", waits.num_hours()),
            "Check that `recoup serve` runs and that the mail server takes mail; Administration → Mail shows what it answered.",
        );
    } else {
        report.fine("mails", format!("{} sent, {} waiting", of("sent"), of("waiting") + of("sending")));
    }
    if of("failed") > 0 {
        let words = format!("{} were given up", of("failed"));
        report.note(
            "mails",
            words,
            "Administration → Mail names each with the server's answer; tell the person another way.",
        );
    }
    for job in figures::jobs(&mut tx).await? {
        if !job.last_error.is_empty() {
            let words = format!("“{}” failed: {}", job.name, job.last_error);
            report.failed("jobs", words, "Mend what it names; it is tried again at its next turn.");
        } else if now - job.next_at > Duration::hours(2) {
            let words = format!("“{}” is {} hours late", job.name, (now - job.next_at).num_hours());
            report.note("jobs", words, "Jobs run in `recoup serve`: start it.");
        }
    }
    if figures::newest_event(&mut tx).await?.is_some_and(|at| at > now + Duration::minutes(5)) {
        report.failed(
            "clock",
            "it shows a time before the newest event of a case",
            "Set this machine's clock right and let it be kept right (NTP); until then deadlines are judged by a wrong time.",
        );
    }
    Ok(())
}

/// The hash chain of every case.
async fn check_events(recoup: &Recoup, report: &mut Report) -> Result<(), Error> {
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
