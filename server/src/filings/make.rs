//! The files of a filing, in the order of its package.

use std::{collections::VecDeque, io::Cursor, sync::Arc};

use bytes::Bytes;
use claims::{
    actions::{Failure, build_filing::Snapshot},
    background,
    filing::{
        self, Contents, Difference, Exhibit, Form,
        manifest::{File, MANIFEST, Manifest, SIGNATURE},
        public,
    },
};
use render::{
    document::{self, Volume},
    exhibits::{self, Plan, VolumeOrder},
    package::{Key, Package, manifest_bytes},
    sheets,
};
use tokio::sync::mpsc;

use super::{Files, Progress, not_stored};
use crate::{
    apart,
    documents::{Documents, Incoming},
    pipe::Pipe,
};

const PDF: &str = "application/pdf";
const CSV: &str = "text/csv";
const JSON: &str = "application/json";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Looks at every document that was never filed before, to know how it stands in the volumes.
pub(super) async fn look_at_new(
    documents: &Documents,
    snapshot: &Snapshot,
    progress: &Progress,
) -> Result<Vec<(Form, i64, String)>, Failure> {
    let mut looks = Vec::new();
    for (done, place) in snapshot.new.iter().enumerate() {
        progress.say("Looking at new documents", done, snapshot.new.len()).await?;
        let exhibit = &snapshot.filing.exhibits[*place];
        let look = if exhibits::can_be_shown(&exhibit.media_type) {
            let bytes = bytes_of(documents, &exhibit.sha256, &exhibit.name).await?;
            apart::look(&exhibit.media_type, bytes).await.map_err(|error| internal(format!("{error:#}")))?
        } else {
            exhibits::look(&exhibit.media_type, &[])
        };
        looks.push((look.form, look.pages, look.problem));
    }
    Ok(looks)
}

/// Makes both packages, the full one and the public one.
pub(super) async fn all(
    documents: &Documents,
    contents: Contents,
    before: Option<Contents>,
    key: Key,
    progress: &Progress,
    files: &mut Files,
) -> Result<(), Failure> {
    let key = Arc::new(key);
    let frozen = contents.filing.canonical().map_err(|error| Failure::Internal(error.to_string()))?;
    files.add(documents, "full", "filing.json", JSON, frozen.into_bytes()).await?;
    let contents = Arc::new(contents);
    let before = before.map(Arc::new);
    common(documents, &contents, before.clone(), "full", progress, files).await?;
    volumes(documents, &contents, progress, files).await?;
    natives(documents, &contents, progress, files).await?;
    pack(documents, &contents, "full", &key, progress, files).await?;
    progress.say("Taking names and contacts out of the public variant", 0, 0).await?;
    let (public, public_before) = blocking(move || {
        let public = public::redact(&contents).map_err(internal)?;
        let before = before.as_deref().map(public::redact).transpose().map_err(internal)?;
        Ok((Arc::new(public), before.map(Arc::new)))
    })
    .await?;
    common(documents, &public, public_before, "public", progress, files).await?;
    pack(documents, &public, "public", &key, progress, files).await
}

/// The filing as PDF, CSV files and a workbook.
async fn common(
    documents: &Documents,
    contents: &Arc<Contents>,
    before: Option<Arc<Contents>>,
    variant: &'static str,
    progress: &Progress,
    files: &mut Files,
) -> Result<(), Failure> {
    progress.say("Writing tables", 0, 0).await?;
    let of = Arc::clone(contents);
    let (tables, book, difference) = blocking(move || {
        let difference: Option<Difference> = before.map(|before| filing::difference(&before, &of));
        let mut tables = filing::tables(&of);
        if let Some(difference) = &difference {
            tables.push(filing::difference_table(difference, of.filing.case.currency));
        }
        let book = sheets::workbook(&of.filing.title(), &tables, of.filing.as_of).map_err(internal)?;
        let csv: Result<Vec<(String, Vec<u8>)>, Failure> = tables
            .iter()
            .map(|table| Ok((format!("tables/{}.csv", table.key), sheets::csv(table).map_err(internal)?)))
            .collect();
        Ok((csv?, book, difference))
    })
    .await?;
    for (name, bytes) in tables {
        files.add(documents, variant, &name, CSV, bytes).await?;
    }
    files.add(documents, variant, "tables.xlsx", XLSX, book).await?;

    // The typesetter is handed on volume by volume, so that no more than two are in memory.
    let (sender, mut receiver) = mpsc::channel::<(usize, Volume)>(1);
    let of = Arc::clone(contents);
    let typesetting = background::start(move || {
        let planned = document::plan(&of, difference.as_ref(), variant == "public").map_err(internal)?;
        let total = planned.volumes();
        // Whoever took the volumes went away because something else failed, and says so.
        planned.typeset(|volume| sender.blocking_send((total, volume)).is_ok()).map_err(internal)
    });
    let stage = if variant == "public" { "Typesetting the public variant" } else { "Typesetting the schedules" };
    let mut done = 0;
    while let Some((total, volume)) = receiver.recv().await {
        done += 1;
        progress.say(stage, done, total).await?;
        files.add(documents, variant, &volume.name, PDF, volume.pdf.bytes).await?;
    }
    typesetting.await.map_err(internal)?
}

/// The volumes of exhibits. One that was written larger than the cap, or needed more memory or time than one may, is halved and written
/// anew.
async fn volumes(
    documents: &Documents,
    contents: &Arc<Contents>,
    progress: &Progress,
    files: &mut Files,
) -> Result<(), Failure> {
    let filing = &contents.filing;
    let mut waiting: VecDeque<Plan> = exhibits::volumes(filing).into();
    let mut number = 1;
    while let Some(plan) = waiting.pop_front() {
        progress.say("Binding the exhibits", number, number + waiting.len()).await?;
        let name = format!("exhibits-volume-{number:02}.pdf");
        let bound = bind(documents, contents, &plan, &name, number).await?;
        let size = bound.as_ref().map(Vec::len);
        if let Some(bytes) = bound.filter(|bytes| bytes.len() as u64 <= exhibits::cap(filing)) {
            files.add(documents, "full", &name, PDF, bytes).await?;
            number += 1;
            continue;
        }
        let Some((first, second)) = exhibits::halves(&plan) else {
            let exhibit = plan.first().map_or("", |(place, ..)| filing.exhibits[*place].name.as_str());
            let Some(size) = size else {
                return Err(Failure::said(format!(
                    "A single page of “{exhibit}” cannot be put into a volume: it asks for more memory or time than there is. Nothing was built."
                )));
            };
            return Err(Failure::said(format!(
                "A single page of “{exhibit}” makes a volume of {} MB, larger than the {} MB that a volume may have. Allow larger volumes under “How filings are made”, and build again; nothing was built.",
                size.div_ceil(1_000_000),
                filing.settings.volume_mb
            )));
        };
        waiting.push_front(second);
        waiting.push_front(first);
    }
    Ok(())
}

/// The bytes of a volume; nothing if it asks for too much.
async fn bind(
    documents: &Documents,
    contents: &Contents,
    plan: &Plan,
    name: &str,
    number: usize,
) -> Result<Option<Vec<u8>>, Failure> {
    let mut parts = Vec::new();
    for (place, ..) in plan {
        let exhibit = &contents.filing.exhibits[*place];
        let shown = exhibit.form != Form::SlipSheet;
        let bytes = if shown { bytes_of(documents, &exhibit.sha256, &exhibit.name).await? } else { Bytes::new() };
        parts.push(bytes);
    }
    let order = VolumeOrder::new(&contents.filing, name, number, plan);
    apart::volume(&order, &parts).await.map_err(|error| internal(format!("{error:#}")))
}

/// Files of which something is not shown, as they were uploaded: those that have a slip sheet, and PDFs with notes or filled-in fields.
async fn natives(
    documents: &Documents,
    contents: &Contents,
    progress: &Progress,
    files: &mut Files,
) -> Result<(), Failure> {
    let bates = contents.filing.settings.bates();
    let not_all_shown = |exhibit: &&Exhibit| exhibit.form == Form::SlipSheet || !exhibit.problem.is_empty();
    for exhibit in contents.filing.exhibits.iter().filter(not_all_shown) {
        progress.say("Adding files as they were uploaded", 0, 0).await?;
        let bytes = bytes_of(documents, &exhibit.sha256, &exhibit.name).await?;
        let ending = exhibit.name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
        let ending = ending.filter(|ending| ending.len() <= 5 && ending.bytes().all(|b| b.is_ascii_alphanumeric()));
        let name = format!("native/{}.{}", bates.number(exhibit.first), ending.as_deref().unwrap_or("bin"));
        files.add(documents, "full", &name, "application/octet-stream", bytes.into()).await?;
    }
    Ok(())
}

/// The package of a variant: every file made so far, the manifest, its signature.
async fn pack(
    documents: &Documents,
    contents: &Arc<Contents>,
    variant: &'static str,
    key: &Arc<Key>,
    progress: &Progress,
    files: &mut Files,
) -> Result<(), Failure> {
    progress.say("Packing and signing", 0, 0).await?;
    let parts: Vec<_> = files.0.iter().filter(|made| made.variant == variant).collect();
    let named = parts.iter().map(|made| File {
        name: made.name.clone(),
        bytes: made.incoming.bytes,
        sha256: made.incoming.sha256.clone(),
    });
    let manifest = Manifest::new(contents, variant, &contents.filing.engines, named.collect());
    let manifest = manifest_bytes(&manifest).map_err(internal)?;
    let signature = key.sign(&manifest);
    let mut order: Vec<_> = parts.iter().map(|made| (made.name.clone(), made.incoming.clone())).collect();
    order.sort_by(|a, b| a.0.cmp(&b.0));

    let (store, key, text) = (documents.clone(), Arc::clone(key), manifest.clone());
    let runtime = tokio::runtime::Handle::current();
    let incoming = written(documents, move |pipe| {
        let mut package = Package::new(std::io::BufWriter::with_capacity(256 * 1024, pipe));
        for (name, incoming) in order {
            let bytes = runtime.block_on(store.bytes_of(&incoming)).map_err(internal)?;
            package.add(&name, incoming.bytes, Cursor::new(bytes)).map_err(internal)?;
        }
        let mut out = package.finish(&text, &key).map_err(internal)?;
        std::io::Write::flush(&mut out).map_err(internal)
    })
    .await?;
    files.0.push(super::Made { variant, name: String::new(), media_type: "application/zip", incoming });
    files.add(documents, variant, MANIFEST, JSON, manifest).await?;
    files.add(documents, variant, SIGNATURE, "text/plain", signature.into_bytes()).await
}

/// What a piece of work writes, under a temporary name.
async fn written(
    documents: &Documents,
    work: impl FnOnce(Pipe) -> Result<(), Failure> + Send + 'static,
) -> Result<Incoming, Failure> {
    let (sender, receiver) = mpsc::channel::<Result<Bytes, std::io::Error>>(4);
    let working = background::start(move || work(Pipe(sender)));
    let chunks =
        futures::stream::unfold(receiver, |mut receiver| async move { Some((receiver.recv().await?, receiver)) });
    // A store that takes no more breaks the pipe of the work too, and is the cause; so it is asked first.
    let incoming = documents.receive(Box::pin(chunks), u64::MAX).await.map_err(|refused| not_stored(&refused))?;
    match working.await.map_err(internal).flatten() {
        Ok(()) => Ok(incoming),
        Err(failure) => {
            // What it wrote ends where it broke off.
            documents.discard(&incoming).await;
            Err(failure)
        }
    }
}

async fn bytes_of(documents: &Documents, sha256: &str, name: &str) -> Result<Bytes, Failure> {
    documents.whole(sha256).await.map_err(|error| {
        tracing::error!(error = format!("{error:#}"), sha256, "a document of a filing cannot be read");
        Failure::said(format!(
            "The document “{name}” cannot be read from the document store. Run “recoup doctor --deep”, restore it from a backup, and build again; nothing was built."
        ))
    })
}

pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    background::start(work).await.map_err(internal)?
}

fn internal(error: impl std::fmt::Display) -> Failure {
    Failure::Internal(format!("a filing could not be made: {error}"))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use claims::random::Random;

    use super::*;
    use crate::config::DocumentsAt;

    #[tokio::test]
    async fn a_package_is_whole_or_its_failure_is_told() {
        let place = std::env::temp_dir().join(format!("recoup-package-{}", Random::System.token()));
        let documents = Documents::open(&DocumentsAt::Directory(place.clone()), Random::System).unwrap();
        let incoming = written(&documents, |mut pipe| pipe.write_all(b"whole").map_err(internal)).await.unwrap();
        assert_eq!((incoming.bytes, documents.incoming().await.unwrap()), (5, (1, 5)));
        documents.discard(&incoming).await;
        // The work fails in the middle, or breaks off: nothing is kept of what it wrote.
        let failing = |mut pipe: Pipe| -> Result<(), Failure> {
            pipe.write_all(b"half").map_err(internal)?;
            Err(Failure::said("It is not made."))
        };
        let failure = written(&documents, failing).await.unwrap_err();
        assert!(matches!(&failure, Failure::Said(why) if why == "It is not made."), "{failure}");
        let breaking = |mut pipe: Pipe| -> Result<(), Failure> {
            pipe.write_all(b"half").map_err(internal)?;
            std::panic::panic_any("it broke")
        };
        assert!(written(&documents, breaking).await.is_err());
        assert_eq!(documents.incoming().await.unwrap(), (0, 0));
        // The store takes nothing, and the work fails over that.
        std::fs::remove_dir_all(&place).unwrap();
        std::fs::write(&place, b"").unwrap();
        let much = |mut pipe: Pipe| (0..100).try_for_each(|_| pipe.write_all(b"much")).map_err(internal);
        let failure = written(&documents, much).await.unwrap_err();
        assert!(matches!(&failure, Failure::Said(why) if why.contains("Run “recoup doctor”")), "{failure}");
        std::fs::remove_file(place).unwrap();
    }
}
