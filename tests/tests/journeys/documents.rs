//! Documents through plain forms: what is taken, what is refused and why, what is left behind.

use claims::actions::Limits;
use futures::TryStreamExt;
use tests::{App, Browser, Database, Options, on_both, stage};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{
    filings::through_qpdf,
    walk::{pdf, upload},
};

async fn claim(database: &Database) -> (App, Browser, String) {
    let limits = Limits { document_bytes: 100_000, claim_bytes: 250_000, ..Limits::default() };
    let app = App::start_with(database, Options { limits: Some(limits), ..Options::default() }).await;
    stage::case(&app.recoup, "allegro", "ALG").await;
    let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
    let (actor, id) = stage::ready(&app.recoup, account, "allegro", "Jay Records").await;
    let browser = app.browser_of(&actor).await;
    (app, browser, format!("/claims/{id}"))
}

/// The account that filed a claim.
async fn account_of(database: &Database, claim: i64) -> i64 {
    let sql = "SELECT a.account_id FROM account_claimants a JOIN claims k ON k.claimant_id = a.claimant_id";
    let rows: Vec<(i64,)> = database.rows(&format!("{sql} WHERE k.id = {claim}")).await;
    rows[0].0
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

    async fn a_pdf_that_nobody_can_read_is_taken_and_said_to_be(database) {
        let (app, browser, claim) = claim(&database).await;
        let pages: Vec<Vec<String>> = (1..=3).map(|page| vec![format!("Sheet {page}")]).collect();
        let sound = server::demo::pdf::draw(&pages).unwrap();
        let locked = through_qpdf(&sound, &["--encrypt", "open sesame", "owner", "256", "--"]);
        // Anybody can open it, though it forbids printing.
        let open = through_qpdf(&sound, &["--encrypt", "", "owner", "256", "--print=none", "--"]);
        let (cut, end_missing) = (sound[..300].to_vec(), sound[..sound.len() - 200].to_vec());
        let page = upload(&browser, &claim, &[
            ("sound.pdf", sound), ("open.pdf", open), ("locked.pdf", locked), ("cut.pdf", cut), ("end missing.pdf", end_missing),
        ]).await;
        page.expect_status(200);
        for name in ["sound.pdf", "open.pdf", "locked.pdf", "cut.pdf", "end missing.pdf"] {
            page.expect(&format!("{name} was received"));
        }
        let found: Vec<(Option<i64>, Option<String>)> = database.rows("SELECT pages, unreadable FROM documents ORDER BY id").await;
        let found: Vec<_> = found.iter().map(|(pages, unreadable)| (*pages, unreadable.as_deref())).collect();
        assert_eq!(found, [(Some(3), None), (Some(3), None), (None, Some("password")), (None, Some("damaged")), (None, Some("damaged"))]);
        for page in [page, browser.get(&format!("{claim}/documents")).await, browser.get(&format!("{claim}/check")).await] {
            page.expect("protected by a password, so counsel and the court cannot read what it says");
            page.expect("damaged or cut off, so counsel and the court may not be able to read what it says");
            page.expect("Save a copy without the password and add that.");
        }

        let id: i64 = claim.rsplit('/').next().unwrap().parse().unwrap();
        let ada = stage::actor(&app.recoup, claims::AccountId(account_of(&database, id).await)).await;
        let received = stage::send(&app.recoup, &ada, claims::ClaimId(id)).await.unwrap();
        let counsel = stage::person(&app.recoup, "counsel@example.org", true, false).await.account;
        let mut tx = app.recoup.store.read().await.unwrap();
        let case = claims::store::cases::by_slug(&mut tx, "allegro").await.unwrap().unwrap().id;
        drop(tx);
        claims::actions::counsel::appoint(&app.recoup, case, counsel).await.unwrap();
        let counsel = app.browser_of(&stage::actor(&app.recoup, counsel).await).await;
        let page = counsel.get(&format!("/counsel/allegro/claims/{}", received.number)).await;
        page.expect("Protected by a password: a filing has a slip sheet in its place.");
        page.expect("Damaged or cut off");
    }

    async fn cite_says_what_it_skipped_and_what_is_too_long(database) {
        let (_app, browser, claim) = claim(&database).await;
        upload(&browser, &claim, &[("a.pdf", pdf("a"))]).await.expect("a.pdf was received");
        let list = browser.get(&format!("{claim}/documents")).await;
        let form = list.forms().into_iter().find(|form| form.action.ends_with("/cite")).unwrap();
        browser.send(form.clone().fill("lines", "1-3")).await.expect("1 line cites the document. Skipped, because no line has these numbers: 2–3.");
        let long = "row ".repeat(40);
        let page = browser.send(form.clone().fill("lines", "1").fill("place", &long)).await;
        page.expect_status(422);
        assert!(tests::html::texts(&page.body, "#error-place")[0].contains("at most 100"), "{}", page.text());
        assert_eq!(tests::html::attributes(&page.body, "#field-place", "value"), [long.trim()]);

        let path = format!("{claim}/line/1");
        let form = browser.get(&path).await.form(&path);
        let id = tests::html::attributes(&list.body, "h3 a", "href")[0].rsplit('/').next().unwrap().to_owned();
        let page = browser.send(form.fill("document", &id).fill("place", &long)).await;
        page.expect_status(422);
        assert!(tests::html::texts(&page.body, "#error-place")[0].contains("at most 100"), "{}", page.text());
        assert_eq!(tests::html::attributes(&page.body, "#field-place", "value"), [long.trim()]);
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

    async fn a_file_that_is_refused_for_want_of_room_leaves_no_bytes(database) {
        let (app, browser, claim) = claim(&database).await;
        let file = |n: u8| vec![b'a' + n; 90_000];
        upload(&browser, &claim, &[("0.txt", file(0)), ("1.txt", file(1))]).await.expect("1.txt was received");
        let page = upload(&browser, &claim, &[("2.txt", file(2)), ("0 again.txt", file(0))]).await;
        page.expect("2.txt was not taken");
        page.expect("this file no longer fits");
        // What is there already takes no room.
        page.expect("0 again.txt has the same content as 0.txt");
        let kept: Vec<server::documents::Found> = app.documents.found().try_collect().await.unwrap();
        assert_eq!((kept.len(), left_behind(&database)), (2, 0));
        let keys = server::config::Keys {
            data_dir: Some(database.directory().to_owned()),
            database_url: Some(database.url().to_owned()),
            ..server::config::Keys::default()
        };
        let config = server::config::Config::read(keys, None).unwrap();
        let report = server::doctor::examine(&config, server::doctor::Depth { deep: true, clean: None }).await;
        let named = |line: &String| line.contains("no row") || line.contains("temporary");
        assert!(!report.lines.iter().any(named), "{:#?}", report.lines);
    }

    async fn files_before_one_that_failed_are_named(database) {
        let (_app, browser, claim) = claim(&database).await;
        // The database takes no row for the third.
        let break_it = match database.kind() {
            tests::Kind::Sqlite => "CREATE TRIGGER no_third BEFORE INSERT ON documents WHEN NEW.name = '3.txt' BEGIN SELECT RAISE(ABORT, 'no'); END",
            tests::Kind::Postgres => "ALTER TABLE documents ADD CONSTRAINT no_third CHECK (name <> '3.txt')",
        };
        database.tamper(break_it).await;
        let files = ["1.txt", "2.txt", "3.txt", "4.txt"].map(|name| (name, name.as_bytes().to_vec()));
        let page = upload(&browser, &claim, &files).await;
        page.expect_status(200);
        for words in ["1.txt was received", "2.txt was received", "3.txt was not taken: the database did not answer; send it again."] {
            page.expect(words);
        }
        page.expect_no("Nothing was changed");
        page.expect_no("4.txt");
        assert_eq!(held(&database).await, ["1.txt", "2.txt"]);
        // Alone there is nothing else to say.
        let page = upload(&browser, &claim, &files[2..]).await;
        page.expect_status(503);
        page.expect("what was done is not done twice");
    }

    async fn room_is_spoken_of_where_a_statement_is_too_large_for_it(database) {
        let (app, browser, claim) = claim(&database).await;
        let file = |n: u8| vec![b'a' + n; 90_000];
        upload(&browser, &claim, &[("0.txt", file(0)), ("1.txt", file(1))]).await.expect("1.txt was received");
        let path = format!("{claim}/import");
        let send = async |files: &[(&str, Vec<u8>)]| {
            let form = browser.get(&path).await.form(&path);
            let form = files.iter().fold(form, |form, (name, bytes)| form.attach("file", name, bytes.clone()));
            let page = browser.send(form).await;
            assert_eq!(page.path, path);
            tests::html::texts(&page.body, "#error-file").concat()
        };
        let room = "This claim has room for";
        let large = send(&[("large.csv", b"a,b\n".repeat(20_000))]).await;
        assert!(large.contains("large.csv was not taken: it is larger than 70 kB. This claim has room for 70 kB more"), "{large}");
        for (files, why) in [
            (vec![("", b"".to_vec())], "No file was chosen"),
            (vec![("scan.pdf", pdf("a"))], "scan.pdf is not a table"),
            (vec![("program.exe", b"MZ\x90\0\x03".to_vec())], "program.exe was not taken"),
        ] {
            let said = send(&files).await;
            assert!(said.contains(why) && !said.contains(room), "{said}");
        }
        // Of little room no more is said than there is.
        upload(&browser, &claim, &[("2.txt", vec![b'c'; 69_600])]).await.expect("2.txt was received");
        let large = send(&[("large.csv", b"a,b\n".repeat(200))]).await;
        assert!(large.contains("it is larger than 400 bytes. This claim has room for 400 bytes more"), "{large}");
        drop(app);
    }

    async fn a_statement_for_which_there_is_no_room_any_more_is_refused_beside_the_control(database) {
        let (app, browser, claim) = claim(&database).await;
        let file = |n: u8| vec![b'a' + n; 90_000];
        upload(&browser, &claim, &[("0.txt", file(0)), ("1.txt", file(1))]).await.expect("1.txt was received");
        let path = format!("{claim}/import");
        let mut socket = tokio::net::TcpStream::connect(app.address.trim_start_matches("http://")).await.unwrap();
        let cookies: Vec<_> = browser.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let begin = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"late.csv\"\r\n\r\n";
        let (rows, end) = ("a,b\n".repeat(10_000), "\r\n--b--\r\n");
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: {}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: {}\r\n\r\n{begin}",
            cookies.join("; "),
            begin.len() + rows.len() + end.len(),
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        // It is looked for room, and then received.
        while left_behind(&database) == 0 {
            tokio::task::yield_now().await;
        }
        upload(&browser, &claim, &[("2.txt", vec![b'c'; 60_000])]).await.expect("2.txt was received");
        socket.write_all(format!("{rows}{end}").as_bytes()).await.unwrap();
        let mut said = String::new();
        socket.read_to_string(&mut said).await.unwrap();
        assert!(said.starts_with("HTTP/1.1 303 "), "{said}");
        let page = browser.get(&path).await;
        assert!(tests::html::texts(&page.body, "#error-file").concat().contains("no longer fits"), "{}", page.text());
        let imports: Vec<(i64,)> = database.rows("SELECT COUNT(*) FROM imports").await;
        assert_eq!(imports, [(0,)]);
    }

    async fn a_form_without_a_file_says_so(database) {
        let (_app, browser, claim) = claim(&database).await;
        upload(&browser, &claim, &[]).await.expect("No file was chosen");
        let page = upload(&browser, &claim, &[("", Vec::new())]).await;
        // On the page itself, beside the control, where files can be chosen at once.
        assert_eq!(page.path, format!("{claim}/documents"));
        assert!(tests::html::texts(&page.body, "#error-files")[0].contains("No file was chosen"), "{}", page.body);
        assert_eq!(tests::html::attributes(&page.body, ".error-summary a", "href"), ["#field-files"]);
        assert_eq!(tests::html::attributes(&page.body, "[aria-invalid=true]", "id"), ["field-files"]);
        let described = tests::html::attributes(&page.body, "#field-files", "aria-describedby");
        assert_eq!(described, ["hint-files error-files"]);
        page.expect("PDF, pictures (JPEG, PNG, TIFF, WebP, GIF, HEIC), spreadsheets (XLSX, ODS, CSV), mails (EML) and plain text. Each file at most");
        browser.get(&page.path).await.expect_no("No file was chosen");
    }

    async fn a_photo_with_the_wrong_ending_is_taken_as_what_it_is(database) {
        let (_app, browser, claim) = claim(&database).await;
        let jpeg = b"\xff\xd8\xff\xe0\0\x10JFIF\0".to_vec();
        let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec();
        let page = upload(&browser, &claim, &[("IMG_1.HEIC", jpeg.clone()), ("scan.jpg", pdf("a")), ("IMG_2.heic", heic), ("photo.jfif", [jpeg.as_slice(), b"2"].concat()), ("image", [jpeg.as_slice(), b"3"].concat())]).await;
        page.expect("IMG_1.jpg was received");
        page.expect("It came as IMG_1.HEIC; it is kept under a name that says what is in it.");
        page.expect("scan.pdf was received");
        page.expect("1 page");
        page.expect("IMG_2.heic was received");
        page.expect_no("It came as IMG_2.heic");
        // These are JPEGs, as their names say or do not deny.
        page.expect("photo.jfif.jpg was received");
        page.expect("It came as photo.jfif; it is kept under a name that says what is in it.");
        page.expect("It came as image; it is kept under a name that says what is in it.");
        page.expect_no("not what");
        let kept: Vec<(String, String)> = database.rows("SELECT name, media_type FROM documents ORDER BY id").await;
        let kept: Vec<_> = kept.iter().map(|(name, kind)| (name.as_str(), kind.as_str())).collect();
        assert_eq!(kept, [("IMG_1.jpg", "image/jpeg"), ("scan.pdf", "application/pdf"), ("IMG_2.heic", "image/heif"), ("photo.jfif.jpg", "image/jpeg"), ("image.jpg", "image/jpeg")]);
        let list = browser.get(&format!("{claim}/documents")).await;
        list.expect("JPEG image");
        list.expect("HEIC photo");
        let sent = browser.get(&list.link("IMG_1.jpg")).await;
        assert_eq!(sent.bytes, jpeg);
        assert_eq!(sent.header("content-type"), "image/jpeg");
        assert_eq!(sent.header("x-content-type-options"), "nosniff");
        assert!(sent.header("content-disposition").starts_with("attachment; filename=\"IMG_1.jpg\""));
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

    // Browsers write a quotation mark and the end of a line in a name as escapes, and nothing else.
    async fn a_name_with_quotation_marks_is_kept_as_it_is(database) {
        let (_app, browser, claim) = claim(&database).await;
        let send = async |path: &str, field: &str, name: &str, content: &str| {
            let body = format!(
                "--x\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: text/plain\r\n\r\n{content}\r\n--x--\r\n"
            );
            let request = browser.request("POST", path).header("sec-fetch-site", "same-origin").header("content-type", "multipart/form-data; boundary=x");
            let page = browser.fetch(request.body(body)).await;
            browser.follow(page).await
        };
        let documents = format!("{claim}/documents");
        send(&documents, "files", "the %22final%22 list.txt", "One.").await.expect("the \"final\" list.txt was received");
        send(&documents, "files", "two%0D%0Alines 100%25.txt", "Two.").await.expect("two lines 100%25.txt was received");
        assert_eq!(held(&database).await, ["the \"final\" list.txt", "two lines 100%25.txt"]);
        let sent = browser.get(&browser.get(&documents).await.link("the \"final\" list.txt")).await;
        assert_eq!(sent.header("content-disposition"), "attachment; filename=\"the _final_ list.txt\"; filename*=UTF-8''the%20%22final%22%20list.txt");
        let statement = "Period,Barcode,Title,Net Units,Net Due,Currency\n2015-03,036000291452,A,2,15.00,USD\n";
        send(&format!("{claim}/import"), "file", "%22March%22.csv", statement).await.expect("\"March\".csv");
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
        send("b.pdf", pdf("b")).await;
        send("b.pdf", pdf("b")).await;
        // The page that is loaded then says what became of each, once, as after a plain form.
        let page = browser.get(&format!("{claim}/documents")).await;
        let said = tests::html::texts(&page.body, ".notice .lines").join("\n");
        for words in ["a.pdf was received", "a.exe was not taken", "b.pdf was received", "b.pdf was here already; nothing was added."] {
            assert!(said.contains(words), "{words}: {said}");
        }
        browser.get(&page.path).await.expect_no("was here already");
    }

    async fn a_document_is_described_cited_and_removed(database) {
        let (_app, browser, claim) = claim(&database).await;
        let page = upload(&browser, &claim, &[("a.pdf", pdf("a"))]).await;
        let base = format!("{claim}/documents/1");
        let page = browser.send(page.form(&format!("{base}/describe")).fill("proves", "The second quarter of 2015")).await;
        page.expect("Proves: The second quarter of 2015");
        let wrong = browser.send(page.form(&format!("{base}/cite")).fill("lines", "2-7")).await;
        wrong.expect("There is no line");
        let empty = browser.send(page.form(&format!("{base}/cite")).fill("lines", " ")).await;
        empty.expect_status(422);
        empty.expect("Say which lines, for example 3-7, or all.");
        empty.expect_no("names no lines");
        let page = browser.send(page.form(&format!("{base}/cite")).fill("lines", "all").fill("place", "page 1")).await;
        page.expect("line 1");
        // What has no pages is cited without one; the refusal says so beside what was typed.
        upload(&browser, &claim, &[("notes.txt", b"Some notes.".to_vec())]).await;
        let notes = format!("{claim}/documents/2/cite");
        let page = browser.send(browser.get(&format!("{claim}/documents")).await.form(&notes).fill("lines", "all").fill("place", "page 500")).await;
        page.expect_status(422);
        page.expect("“notes.txt” has no pages. Cite it without one, or name the row or the section in words");
        assert_eq!(page.form(&notes).value("place"), Some("page 500"));
        // It stands beside the page, whichever form it was typed into, and the summary leads there.
        let beside_place = |page: &tests::Page| {
            assert!(tests::html::texts(&page.body, "#error-place")[0].contains("“notes.txt” has no pages"), "{}", page.body);
            assert_eq!(tests::html::attributes(&page.body, ".error-summary a", "href"), ["#field-place"]);
            assert_eq!(tests::html::attributes(&page.body, "[aria-invalid=true]", "id"), ["field-place"]);
        };
        beside_place(&page);
        let line = format!("{claim}/line/1");
        let form = browser.get(&line).await.form(&line).fill("document", "2").fill("place", "page 500");
        beside_place(&browser.send(form).await);
        let page = browser.send(page.form(&notes).fill("place", "row 12")).await;
        page.expect("(row 12)");
        let remove_notes = format!("{claim}/documents/2/remove");
        browser.send(browser.get(&remove_notes).await.form(&remove_notes)).await.expect_status(200);
        let remove = format!("{base}/remove");
        let page = browser.send(browser.get(&remove).await.form(&remove)).await;
        page.expect("No documents yet");
        browser.get(&format!("{claim}/line/1")).await.expect("Sworn only");
    }
}
