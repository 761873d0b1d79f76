//! Making filings: look at new documents, typeset, pack, keep. The rules are in `claims::filing`, the looks in `render`.
//!
//! Everything is written under temporary names first and moved to its place when all of it is made, right before the one
//! transaction that makes the filing exist. A process that dies in between leaves temporary files, which the hourly clean-up
//! removes, and a lease, after which another process begins anew.

use anyhow::Context;
use bytes::Bytes;
use claims::{
    BuildId, CaseId,
    actions::{Failure, Recoup, build_filing},
    filing::Contents,
    store::{filing_builds, filings::File},
};
use render::package::Key;

use crate::documents::{Documents, Incoming, Refused};

mod make;
mod progress;

pub use progress::Progress;

/// How often the lease of a build is kept.
const BEAT: std::time::Duration = std::time::Duration::from_secs(30);

/// A file that was made and lies under a temporary name.
pub(crate) struct Made {
    pub(crate) variant: &'static str,
    pub(crate) name: String,
    pub(crate) media_type: &'static str,
    pub(crate) incoming: Incoming,
}

/// Both packages of a filing, file by file.
#[derive(Default)]
pub(crate) struct Files(pub(crate) Vec<Made>);

impl Files {
    /// Writes a file under a temporary name.
    pub(crate) async fn add(
        &mut self,
        documents: &Documents,
        variant: &'static str,
        name: &str,
        media_type: &'static str,
        bytes: Vec<u8>,
    ) -> Result<(), Failure> {
        let stream = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from(bytes))]);
        let incoming = documents.receive(stream, u64::MAX).await.map_err(|refused| not_stored(&refused))?;
        self.0.push(Made { variant, name: name.to_owned(), media_type, incoming });
        Ok(())
    }

    /// Moves every file to its place.
    async fn keep(&self, documents: &Documents) -> Result<Vec<File>, Failure> {
        let mut rows = Vec::new();
        for made in &self.0 {
            documents.keep(&made.incoming).await.map_err(|refused| not_stored(&refused))?;
            rows.push(File {
                variant: made.variant.to_owned(),
                name: made.name.clone(),
                media_type: made.media_type.to_owned(),
                bytes: i64::try_from(made.incoming.bytes).unwrap_or(i64::MAX),
                sha256: made.incoming.sha256.clone(),
            });
        }
        Ok(rows)
    }

    /// Removes what was made, because it will not be kept.
    async fn discard(&self, documents: &Documents) {
        for made in &self.0 {
            documents.discard(&made.incoming).await;
        }
    }
}

pub(crate) fn not_stored(refused: &Refused) -> Failure {
    // What is said of an upload speaks to whoever sent it; the cause stands behind.
    let error = match refused {
        Refused::Store(cause) | Refused::Unscanned(cause) => format!("{cause:#}"),
        refused => refused.to_string(),
    };
    tracing::error!(error, "a file of a filing could not be stored");
    Failure::said(
        "The document store did not take a file of the filing. Run “recoup doctor”, and build again; nothing was kept.",
    )
}

/// The key that signs manifests.
#[must_use]
pub fn key(recoup: &Recoup) -> Key {
    Key::new(*recoup.filing_key)
}

/// Runs every build that is due; gives how many there were.
///
/// # Errors
/// If the database fails. A build that fails says so on its page.
pub async fn run_due(recoup: &Recoup, documents: &Documents, owner: &str) -> anyhow::Result<usize> {
    let mut tx = recoup.store.read().await?;
    let due = filing_builds::due(&mut tx, recoup.clock.now()).await?;
    drop(tx);
    let mut runs = 0;
    for id in due {
        runs += usize::from(run(recoup, documents, id, owner).await?.is_some());
    }
    Ok(runs)
}

/// Runs a build: gives the number of the filing, or what to mend; `None` if another process has it.
///
/// # Errors
/// If the database fails.
pub async fn run(
    recoup: &Recoup,
    documents: &Documents,
    id: BuildId,
    owner: &str,
) -> anyhow::Result<Option<Result<i64, String>>> {
    let Some(build) = build_filing::take(recoup, id, owner).await? else { return Ok(None) };
    let progress = Progress::new(recoup.clone(), id, owner.to_owned());
    let mut files = Files::default();
    let mut lease = progress.keep_lease(BEAT);
    // The lease is kept by a task of its own, for packing, hashing and moving gigabytes say nothing for longer than it lasts.
    let made = tokio::select! {
        made = make_files(recoup, documents, &build, &progress, &mut files) => made,
        Some(lost) = lease.join_next() => Err(lost.unwrap_or_else(|error| Failure::Internal(error.to_string()))),
    };
    // What ends the build ends its lease too, which is not to be taken for a loss.
    drop(lease);
    let kept = match made {
        Ok((snapshot, rows)) => {
            build_filing::keep(recoup, &build, owner, &snapshot, &rows).await.map(|_| snapshot.filing.number)
        }
        Err(failure) => Err(failure),
    };
    let failure = match kept {
        Ok(number) => return Ok(Some(Ok(number))),
        Err(failure) => failure,
    };
    files.discard(documents).await;
    let why = match &failure {
        Failure::Said(why) => why.clone(),
        other => {
            tracing::error!(case = build.case_id.0, error = %other, "a filing could not be built");
            "Something in Recoup broke, and the mistake was logged. Nothing was built; try again, and tell whoever runs this site if it happens again.".to_owned()
        }
    };
    build_filing::fail(recoup, id, owner, &why).await.context("a failed build cannot be written down")?;
    Ok(Some(Err(why)))
}

/// Makes the files and moves them to their places; what is left is to say in the database that they exist.
async fn make_files(
    recoup: &Recoup,
    documents: &Documents,
    build: &filing_builds::Build,
    progress: &Progress,
    files: &mut Files,
) -> Result<(build_filing::Snapshot, Vec<File>), Failure> {
    progress.say("Reading the claims", 0, 0).await?;
    let mut engines = render::engines();
    engines.push(("matching".to_owned(), claims::matching::model::VERSION.to_owned()));
    let mut snapshot = build_filing::snapshot(recoup, build.case_id, engines).await?;
    let looks = make::look_at_new(documents, &snapshot, progress).await?;
    snapshot.number(&looks);
    let (snapshot, contents) = make::blocking(move || {
        let contents = snapshot.contents()?;
        Ok((snapshot, contents))
    })
    .await?;
    let before = match &snapshot.filing.previous {
        Some(previous) => Some(build_filing::load(recoup, build.case_id, previous.number).await?),
        None => None,
    };
    let key = key(recoup);
    make::all(documents, contents, before, key, progress, files).await?;
    progress.say("Keeping what was made", 0, 0).await?;
    let rows = files.keep(documents).await?;
    Ok((snapshot, rows))
}

/// Makes a filing again from what is frozen; gives the bytes' hash of each package, to be compared with the kept ones.
///
/// # Errors
/// If there is no such filing, or something of it is damaged.
pub async fn again(
    recoup: &Recoup,
    documents: &Documents,
    case: CaseId,
    number: i64,
) -> Result<Vec<(String, String)>, Failure> {
    let contents = build_filing::load(recoup, case, number).await?;
    let before: Option<Contents> = match &contents.filing.previous {
        Some(previous) => Some(build_filing::load(recoup, case, previous.number).await?),
        None => None,
    };
    let mut files = Files::default();
    let made = make::all(documents, contents, before, key(recoup), &Progress::silent(), &mut files).await;
    files.discard(documents).await;
    made?;
    let packages = files.0.iter().filter(|made| made.name.is_empty());
    Ok(packages.map(|made| (made.variant.to_owned(), made.incoming.sha256.clone())).collect())
}
