//! Uploads are shown to a real clamd, which knows one signature of ours.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use server::documents::scan::Scanner;
use tests::{App, Browser, Options, on_both, stage};

/// What the signature looks for.
const MARKER: &str = "the virus of this very test";

/// A clamd of its own, with a folder of its own.
struct Clamd {
    process: Child,
    folder: PathBuf,
}

impl Drop for Clamd {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Clamd {
    fn socket(folder: &Path) -> PathBuf {
        folder.join("clamd.ctl")
    }

    /// Starts it and waits until it answers.
    async fn start(folder: &Path) -> Self {
        let signatures = folder.join("signatures");
        std::fs::create_dir_all(&signatures).unwrap();
        let hex: String = MARKER.bytes().map(|byte| format!("{byte:02x}")).collect();
        std::fs::write(signatures.join("own.ndb"), format!("Recoup.Test:0:*:{hex}\n")).unwrap();
        let socket = Self::socket(folder);
        let _ = std::fs::remove_file(&socket);
        let config = folder.join("clamd.conf");
        let text = format!(
            "Foreground yes\nLocalSocket {}\nDatabaseDirectory {}\nStreamMaxLength 1M\nMaxThreads 2\nTemporaryDirectory {}\n",
            socket.display(),
            signatures.display(),
            folder.display()
        );
        std::fs::write(&config, text).unwrap();
        let program = if Path::new("/usr/sbin/clamd").exists() { "/usr/sbin/clamd" } else { "clamd" };
        let process = Command::new(program)
            .arg("-c")
            .arg(&config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("clamd is installed (Debian package clamav-daemon)");
        let clamd = Self { process, folder: folder.to_owned() };
        let begun = Instant::now();
        while clamd.scanner().ping().await.is_err() {
            assert!(begun.elapsed() < Duration::from_secs(60), "clamd does not answer");
            tokio::task::yield_now().await;
        }
        clamd
    }

    fn scanner(&self) -> Scanner {
        Scanner::Unix(Self::socket(&self.folder))
    }
}

async fn upload(browser: &Browser, path: &str, name: &str, bytes: Vec<u8>) -> tests::Page {
    let field = if path.ends_with("/import") { "file" } else { "files" };
    browser.send(browser.get(path).await.form(path).attach(field, name, bytes)).await
}

on_both! {
    async fn nothing_is_taken_that_the_scanner_did_not_let_through(database) {
        let folder = database.directory().join("clamd");
        std::fs::create_dir_all(&folder).unwrap();
        let clamd = Clamd::start(&folder).await;
        let app = App::start_with(&database, Options { scanner: Some(clamd.scanner()), ..Options::default() }).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let ada = stage::person(&app.recoup, "ada@example.org", true, false).await;
        let (ada, id) = stage::ready(&app.recoup, ada.account, "allegro", "Jay Records").await;
        let browser = app.browser_of(&ada).await;
        let documents = format!("/claims/{id}/documents");
        let infected = || format!("Dear label,\n\nthis is {MARKER}.\n").into_bytes();

        upload(&browser, &documents, "clean.txt", b"A letter.".to_vec()).await.expect("clean.txt was received");
        let page = upload(&browser, &documents, "letter.txt", infected()).await;
        page.expect("letter.txt was not taken: the virus scanner found “Recoup.Test.UNOFFICIAL” in it");
        let page = upload(&browser, &format!("/claims/{id}/import"), "statement.csv", [b"Period,Net Due\n".to_vec(), infected()].concat()).await;
        page.expect("statement.csv was not taken: the virus scanner found");
        // More than it looks at: it answers and closes while most of the file is still to come.
        let page = upload(&browser, &documents, "large.txt", b"A long letter.\n".repeat(1_000_000)).await;
        page.expect("large.txt was not taken: it is larger than what the virus scanner of this site looks at");

        // Without the scanner nothing is taken; when it is back, everything goes on by itself.
        drop(clamd);
        let page = upload(&browser, &documents, "later.txt", b"Another letter.".to_vec()).await;
        page.expect("later.txt was not taken: the virus scanner does not answer; nothing of it was kept, send it again later");
        let _clamd = Clamd::start(&folder).await;
        upload(&browser, &documents, "later.txt", b"Another letter.".to_vec()).await.expect("later.txt was received");

        let held: Vec<(String,)> = database.rows("SELECT name FROM documents ORDER BY id").await;
        assert_eq!(held.into_iter().map(|(name,)| name).collect::<Vec<_>>(), ["clean.txt", "later.txt"]);
        let incoming = database.directory().join("documents/incoming");
        assert_eq!(std::fs::read_dir(incoming).map_or(0, Iterator::count), 0, "what was refused is gone");
    }
}
