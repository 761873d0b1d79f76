//! Letters as PDF: what goes with a mail, a single one, all of a kind in one ZIP. What is in them is frozen in the database, so they
//! are typeset when they are asked for and are the same each time.

use std::io::Cursor;

use bytes::Bytes;
use claims::{
    CaseId, ClaimId, MailId,
    actions::{
        Failure, Recoup,
        letters::{self as actions, ReceiptFile},
    },
    background,
    letters::{Contents, LetterKind},
    store::{letters as store, outbox::Attachment},
};
use futures::Stream;
use render::package::Package;
use tokio::sync::{Semaphore, SemaphorePermit, mpsc};

/// Letters typeset at the same time, whoever asks: each takes a core.
static TYPESETTING: Semaphore = Semaphore::const_new(2);

/// Letters read from the database at a time.
const AT_A_TIME: i64 = 100;

/// Typesets a letter for somebody who waits for it.
///
/// # Errors
/// If it cannot be typeset, which no content causes, or the hash of a receipt cannot be kept.
pub async fn pdf(recoup: &Recoup, contents: Contents) -> Result<Vec<u8>, Failure> {
    let letter = contents.letter.clone();
    let permit = TYPESETTING.acquire().await.map_err(internal)?;
    let made = tokio::task::spawn_blocking(move || typeset(&contents, permit)).await.map_err(internal)?;
    let bytes = made.map_err(internal)?.bytes;
    actions::know(recoup, &letter, &bytes).await?;
    Ok(bytes)
}

/// What goes with a mail, for which nobody waits, and the receipts among it: their hashes are kept with what becomes of the mail.
///
/// # Errors
/// If a letter cannot be read or typeset.
pub async fn attachments(recoup: &Recoup, mail: MailId) -> Result<(Vec<Attachment>, Vec<ReceiptFile>), Failure> {
    let mut tx = recoup.store.read().await?;
    let letters = store::attached(&mut tx, mail).await?;
    drop(tx);
    let (mut files, mut receipts) = (Vec::new(), Vec::new());
    for id in letters {
        let contents = actions::contents(recoup, id).await?;
        let letter = contents.letter.clone();
        let permit = TYPESETTING.acquire().await.map_err(internal)?;
        let made = background::start(move || typeset(&contents, permit)).await.map_err(internal)?;
        let bytes = made.map_err(internal)?.bytes;
        receipts.extend(ReceiptFile::of(&letter, &bytes));
        let name = letter.file_name();
        files.push(Attachment { name, media_type: "application/pdf", bytes });
    }
    Ok((files, receipts))
}

/// Typesets with a permit of [`TYPESETTING`], which goes with the work: that goes on if whoever waits for it goes away.
fn typeset(contents: &Contents, permit: SemaphorePermit<'static>) -> Result<render::Pdf, render::Failed> {
    let made = render::letters::pdf(contents);
    drop(permit);
    made
}

/// The current letters of a kind, those in `state` if it is not empty and none of a withdrawn claim, in one ZIP that is sent while it is
/// made. `total` is how many there are; the page of letters says how far it is.
pub fn zip(
    recoup: &Recoup,
    case: CaseId,
    kind: LetterKind,
    state: &str,
    total: usize,
) -> impl Stream<Item = Result<Bytes, std::io::Error>> + use<> {
    let (sender, receiver) = mpsc::channel::<Result<Bytes, std::io::Error>>(4);
    let (recoup, state, failed) = (recoup.clone(), state.to_owned(), sender.clone());
    let runtime = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || {
        let running = recoup.zips.begin(case, kind, total);
        let packed = pack(&runtime, &recoup, case, (kind, &state), &running, sender);
        if let Err(error) = packed {
            // The reader must see that the file is not whole. One that went away hears nothing.
            tracing::warn!(error = format!("{error:#}"), "a ZIP of letters was not finished");
            let _ = failed.blocking_send(Err(std::io::Error::other("the letters could not all be made")));
        }
    });
    futures::stream::unfold(receiver, |mut receiver| async move { Some((receiver.recv().await?, receiver)) })
}

fn pack(
    runtime: &tokio::runtime::Handle,
    recoup: &Recoup,
    case: CaseId,
    (kind, state): (LetterKind, &str),
    running: &actions::Running,
    sender: mpsc::Sender<Result<Bytes, std::io::Error>>,
) -> anyhow::Result<()> {
    let mut package = Package::new(std::io::BufWriter::with_capacity(64 * 1024, crate::pipe::Pipe(sender)));
    let mut last = ClaimId(0);
    loop {
        let rows = runtime.block_on(async {
            let mut tx = recoup.store.read().await?;
            store::after(&mut tx, case, (kind.key(), state), last, AT_A_TIME).await
        })?;
        for row in &rows {
            let contents = runtime.block_on(actions::contents(recoup, row.id))?;
            let name = contents.letter.file_name();
            let bytes = runtime.block_on(pdf(recoup, contents))?;
            package.add(&name, bytes.len() as u64, Cursor::new(bytes))?;
            running.one_more();
            last = row.claim_id;
        }
        if rows.len() < usize::try_from(AT_A_TIME)? {
            break;
        }
    }
    std::io::Write::flush(&mut package.end()?)?;
    Ok(())
}

fn internal(error: impl std::fmt::Display) -> Failure {
    Failure::Internal(format!("a letter could not be made: {error}"))
}
