//! Documents through plain forms: what is taken, what is refused and why, what is left behind.

use claims::actions::Limits;
use tests::{App, Browser, Database, Options, on_both, stage};

use crate::walk::{pdf, upload};

async fn claim(database: &Database) -> (App, Browser, String) {
    let limits = Limits { document_bytes: 100_000, claim_bytes: 250_000, ..Limits::default() };
    let app = App::start_with(database, Options { limits: Some(limits), ..Options::default() }).await;
    stage::case(&app.recoup, "allegro", "ALG").await;
    let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
    let (actor, id) = stage::ready(&app.recoup, account, "allegro", "Jay Records").await;
    let browser = app.browser_of(&actor).await;
    (app, browser, format!("/claims/{id}"))
}

/// Names of the documents that the claim holds.
async fn held(database: &Database) -> Vec<String> {
    let rows: Vec<(String,)> = database.rows("SELECT name FROM documents ORDER BY id").await;
    rows.into_iter().map(|(name,)| name).collect()
}

/// Temporary files that no upload left behind.
fn left_behind(database: &Database) -> usize {
    let incoming = database.directory().join("documents/incoming");
    std::fs::read_dir(incoming).map_or(0, Iterator::count)
}

on_both! {
    async fn many_files_at_once_each_with_its_answer(database) {
        let (_app, browser, claim) = claim(&database).await;
        let page = upload(&browser, &claim, &[
            ("statement.pdf", pdf("a")),
            ("program.exe", b"MZ\x90\0\x03".to_vec()),
            ("disguised.pdf", b"MZ\x90\0\x03".to_vec()),
            ("page.txt", b"<!doctype html><script>alert(1)</script>".to_vec()),
            ("archive.zip", b"PK\x03\x04....".to_vec()),
            ("empty.pdf", Vec::new()),
            ("large.txt", vec![b'a'; 100_001]),
            ("notes.txt", "Ä note.".into()),
        ]).await;
        page.expect_status(200);
        for words in [
            "statement.pdf was received",
            "1 page",
            "program.exe was not taken",
            "disguised.pdf was not taken: its content is not what its name says",
            "page.txt was not taken",
            "archive.zip was not taken: ZIP archives are not taken",
            "empty.pdf was not taken: it is empty",
            "large.txt was not taken: it is larger than",
            "notes.txt was received",
        ] {
            page.expect(words);
        }
        assert_eq!(held(&database).await, ["statement.pdf", "notes.txt"]);
        assert_eq!(left_behind(&database), 0);
        let page = browser.get(&format!("{claim}/documents")).await;
        page.expect_no("was not taken");
        let sent = browser.get(&page.link("statement.pdf")).await;
        assert_eq!(sent.bytes, pdf("a"));
        assert_eq!(sent.header("content-disposition"), "attachment; filename=\"statement.pdf\"; filename*=UTF-8''statement.pdf");
    }

    async fn the_same_file_twice_is_one_document(database) {
        let (_app, browser, claim) = claim(&database).await;
        upload(&browser, &claim, &[("a.pdf", pdf("a"))]).await.expect("a.pdf was received");
        upload(&browser, &claim, &[("a.pdf", pdf("a"))]).await.expect("a.pdf was here already");
        upload(&browser, &claim, &[("b.pdf", pdf("a"))]).await.expect("same content as a.pdf");
        assert_eq!(held(&database).await, ["a.pdf"]);
    }

    async fn names_cannot_do_harm(database) {
        let (_app, browser, claim) = claim(&database).await;
        let long = format!("{}.txt", "ü".repeat(300));
        for (n, name) in ["../../etc/passwd.txt", "..\\..\\boot.txt", &long, "<b>bold.txt", "inv\u{202e}fdp.txt", "…“quoted”.txt", "🎻🏳️‍🌈.txt"].into_iter().enumerate() {
            let page = upload(&browser, &claim, &[(name, format!("content {n}").into_bytes())]).await;
            page.expect("was received");
            assert!(!page.body.contains("<b>bold"));
        }
        let held = held(&database).await;
        assert_eq!((held[0].as_str(), held[1].as_str()), ("passwd.txt", "boot.txt"));
        assert!(held[2].chars().count() <= 200 && held[2].ends_with(".txt"), "{}", held[2]);
        assert_eq!(held[4], "invfdp.txt");
        let list = browser.get(&format!("{claim}/documents")).await;
        for n in 0..7 {
            let page = browser.get(&format!("/documents/{}", n + 1)).await;
            assert_eq!(page.body, format!("content {n}"));
            assert!(page.header("content-disposition").starts_with("attachment; filename=\""));
        }
        list.expect("<b>bold");
        list.expect("🎻");
        assert!(!database.directory().join("etc").exists());
    }

    async fn a_claim_is_full_when_it_is_full(database) {
        let (_app, browser, claim) = claim(&database).await;
        let file = |n: u8| vec![b'a' + n; 90_000];
        let page = upload(&browser, &claim, &[("0.txt", file(0)), ("1.txt", file(1)), ("2.txt", file(2))]).await;
        page.expect("1.txt was received");
        page.expect("2.txt was not taken");
        assert_eq!(held(&database).await, ["0.txt", "1.txt"]);
    }

    async fn a_form_without_a_file_says_so(database) {
        let (_app, browser, claim) = claim(&database).await;
        upload(&browser, &claim, &[]).await.expect("No file was chosen");
        upload(&browser, &claim, &[("", Vec::new())]).await.expect("No file was chosen");
    }

    async fn a_broken_upload_is_answered_and_leaves_nothing(database) {
        let (_app, browser, claim) = claim(&database).await;
        let path = format!("{claim}/documents");
        let head = "--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.txt\"\r\n\r\n";
        for (kind, body) in [
            ("multipart/form-data", "no boundary".to_owned()),
            ("multipart/form-data; boundary=", "x".to_owned()),
            ("multipart/form-data; boundary=x", "nothing of the kind".to_owned()),
            ("multipart/form-data; boundary=x", format!("{head}cut off")),
            ("multipart/form-data; boundary=x", format!("{head}cut off\r\n--y--")),
            ("application/x-www-form-urlencoded", "files=a".to_owned()),
            ("text/plain", "a".to_owned()),
        ] {
            let request = browser.request("POST", &path).header("sec-fetch-site", "same-origin").header("content-type", kind).body(body);
            let page = browser.fetch(request).await;
            assert!([303, 400, 409, 422].contains(&page.status.as_u16()), "{kind}: {} {}", page.status, page.body);
            let page = browser.follow(page).await;
            assert!(page.text().contains("did not arrive") || page.text().contains("No file was chosen"), "{kind}: {}", page.text());
            assert_eq!(tests::html::texts(&page.body, "h1").len(), 1);
        }
        assert_eq!(held(&database).await, [] as [&str; 0]);
        assert_eq!(left_behind(&database), 0);
    }

    async fn the_island_gets_one_answer_for_its_file(database) {
        let (_app, browser, claim) = claim(&database).await;
        let send = async |name: &str, bytes: Vec<u8>| {
            let part = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned());
            let form = reqwest::multipart::Form::new().part("files", part);
            let request = browser.request("POST", &format!("{claim}/documents")).header("sec-fetch-site", "same-origin").header("accept", "application/json");
            let page = browser.fetch(request.multipart(form)).await;
            let answer: serde_json::Value = serde_json::from_str(&page.body).unwrap();
            (page.status.as_u16(), answer["ok"].as_bool().unwrap(), answer["message"].as_str().unwrap().to_owned())
        };
        assert!(matches!(send("a.pdf", pdf("a")).await, (200, true, message) if message.contains("a.pdf was received")));
        assert!(matches!(send("a.exe", b"MZ".to_vec()).await, (422, false, message) if message.contains("was not taken")));
    }

    async fn a_document_is_described_cited_and_removed(database) {
        let (_app, browser, claim) = claim(&database).await;
        let page = upload(&browser, &claim, &[("a.pdf", pdf("a"))]).await;
        let base = format!("{claim}/documents/1");
        let page = browser.send(page.form(&format!("{base}/describe")).fill("proves", "The second quarter of 2015")).await;
        page.expect("Proves: The second quarter of 2015");
        let wrong = browser.send(page.form(&format!("{base}/cite")).fill("lines", "1-7")).await;
        wrong.expect("There is no line");
        let page = browser.send(page.form(&format!("{base}/cite")).fill("lines", "all").fill("place", "page 1")).await;
        page.expect("line 1");
        let remove = format!("{base}/remove");
        let page = browser.send(browser.get(&remove).await.form(&remove)).await;
        page.expect("No documents yet");
        browser.get(&format!("{claim}/line/1")).await.expect("Sworn only");
    }
}
