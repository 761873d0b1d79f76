//! Filings: built, verified, compared, reproduced; figures worked out by hand.

use std::{
    collections::BTreeMap,
    io::Cursor,
    process::Command,
    sync::{Arc, Mutex},
};

use chrono::Duration;
use claims::{
    CaseId, ClaimId,
    access::Actor,
    actions::{
        Failure, build_filing,
        documents::Added,
        edit_lines,
        filing_files::{self, Which},
        withdraw,
    },
    declaration::Forum,
    filing::{Contents, Form, Unused},
    line::Category,
    store::{documents::NewDocument, filing_builds, filings},
};
use render::package::{PublicKey, verify};
use tests::{
    App, Browser, Database, Kind, html, on_both,
    pdfs::{self, marked_pdf, shared_picture_pdf},
    run, stage,
};

use crate::counsel::export;

mod builds;

/// A case with its counsel and somebody who files.
struct Scene {
    app: App,
    case: CaseId,
    counsel: Actor,
    browser: Browser,
    owner: Actor,
}

impl Scene {
    async fn open(database: &Database) -> Self {
        let app = App::start(database).await;
        let case = stage::case(&app.recoup, "allegro", "ALG").await;
        let counsel = stage::person(&app.recoup, "counsel@example.org", true, false).await.account;
        claims::actions::counsel::appoint(&app.recoup, case, counsel).await.unwrap();
        let counsel = stage::actor(&app.recoup, counsel).await;
        let owner = stage::person(&app.recoup, "ada@example.org", true, false).await;
        let browser = app.browser_of(&counsel).await;
        Self { app, case, counsel, browser, owner }
    }

    /// A PDF of so many pages, in the document store.
    async fn pdf(&self, name: &str, pages: usize) -> NewDocument {
        let lines: Vec<Vec<String>> = (1..=pages).map(|page| vec![name.to_owned(), format!("Sheet {page}")]).collect();
        let bytes = server::demo::pdf::draw(&lines).unwrap();
        let pages = i64::try_from(pages).unwrap();
        NewDocument { pages: Some(pages), ..stage::bytes(&self.app, name, "application/pdf", bytes.leak()).await }
    }

    /// A claim with one line of unpaid sales, sent.
    async fn claim(&self, name: &str, amount: &str, document: Option<&NewDocument>) -> (Actor, ClaimId, String) {
        let (actor, id) = stage::start(&self.app.recoup, self.owner.account, "allegro", name).await;
        stage::fill_steps(&self.app.recoup, &actor, id, name).await;
        self.line(&actor, id, amount, document).await;
        let sent = stage::send(&self.app.recoup, &actor, id).await.unwrap();
        (actor, id, sent.number)
    }

    async fn line(&self, actor: &Actor, id: ClaimId, amount: &str, document: Option<&NewDocument>) {
        let added = match document {
            None => None,
            Some(document) => {
                let (Added::New(id) | Added::Back(id, _) | Added::Known(id, _)) =
                    claims::actions::documents::add(&self.app.recoup, actor, id, document).await.unwrap();
                Some(id)
            }
        };
        stage::line(&self.app.recoup, actor, id, Category::UnpaidSales, &stage::sales(amount), added).await;
    }

    /// Builds through the page; gives the contents of the newest filing.
    async fn build(&self, number: i64) -> Contents {
        let page = self.browser.get("/counsel/allegro/filings").await;
        let page = self.browser.send(page.form("/counsel/allegro/filings/build")).await;
        page.expect_status(200);
        page.expect("You can leave this page");
        self.app.run_jobs().await;
        self.browser.get("/counsel/allegro/filings").await.expect(&format!("Filing {number}"));
        build_filing::load(&self.app.recoup, self.case, number).await.unwrap()
    }

    /// The bytes of a file of a filing.
    async fn file(&self, number: i64, variant: &str, name: &str) -> Vec<u8> {
        let mut tx = self.app.recoup.store.read().await.unwrap();
        let row = filings::by_number(&mut tx, self.case, number).await.unwrap().unwrap();
        let files = filings::files(&mut tx, row.id).await.unwrap();
        let file = files.iter().find(|file| file.variant == variant && file.name == name).expect(name);
        self.app.documents.whole(&file.sha256).await.unwrap().into()
    }

    /// Names of the files of the whole package.
    async fn zip_names(&self, number: i64) -> Vec<String> {
        zip_of(&self.file(number, "full", "").await).into_iter().map(|(name, _)| name).collect()
    }

    async fn key(&self) -> PublicKey {
        PublicKey::read(&self.app.browser().get("/filing-key.txt").await.body).unwrap()
    }

    /// Why the last build failed.
    async fn failure(&self) -> String {
        let mut tx = self.app.recoup.store.read().await.unwrap();
        let build = filing_builds::last(&mut tx, self.case).await.unwrap().unwrap();
        assert_eq!((build.state.as_str(), build.number), ("failed", None));
        assert_eq!(filings::last(&mut tx, self.case).await.unwrap(), None, "nothing half is left");
        assert!(filings::exhibits(&mut tx, self.case).await.unwrap().is_empty());
        build.failed
    }
}

/// The text of a PDF, page by page.
pub fn text_of(pdf: &[u8]) -> Vec<String> {
    let path = std::env::temp_dir().join(format!("recoup-test-{}.pdf", claims::random::Random::System.token()));
    std::fs::write(&path, pdf).unwrap();
    let checked = Command::new("qpdf").arg("--check").arg(&path).output().expect("qpdf is installed");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    let out = Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output().expect("pdftotext is installed");
    std::fs::remove_file(&path).unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    text.trim_end_matches('\u{c}').split('\u{c}').map(str::to_owned).collect()
}

/// A PDF as qpdf changes it.
pub fn through_qpdf(pdf: &[u8], how: &[&str]) -> Vec<u8> {
    let place = |what: &str| {
        std::env::temp_dir().join(format!("recoup-test-{what}-{}.pdf", claims::random::Random::System.token()))
    };
    let (from, to) = (place("from"), place("to"));
    std::fs::write(&from, pdf).unwrap();
    let done = Command::new("qpdf").arg(&from).args(how).arg(&to).output().expect("qpdf is installed");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let bytes = std::fs::read(&to).unwrap();
    std::fs::remove_file(from).unwrap();
    std::fs::remove_file(to).unwrap();
    bytes
}

/// The Bates ranges of a filing, exhibit by exhibit.
fn ranges(contents: &Contents) -> Vec<(i64, i64, i64)> {
    contents.filing.exhibits.iter().map(|exhibit| (exhibit.exhibit, exhibit.first, exhibit.pages)).collect()
}

fn problems(bytes: &[u8], key: &PublicKey) -> Vec<String> {
    let report = verify(|| Ok(Cursor::new(bytes)), key).unwrap();
    report.problems.iter().map(ToString::to_string).collect()
}

on_both! {
    // By hand: 15,000.00 of sales and 10 × 14.00 at retail are two lines of 15,140.00. What is at wholesale and what has no value are two
    // more, in no total.
    async fn one_number_of_lines_stands_beside_one_sum(database) {
        let scene = Scene::open(&database).await;
        let recoup = &scene.app.recoup;
        let (actor, id) = stage::ready(recoup, scene.owner.account, "allegro", "Jay Records").await;
        let units = stage::answers(&[("as_of", "2016-06-03"), ("units_claimed", "7"), ("basis", "units_only"), ("currency", "USD")]);
        for stock in [stage::stock("10", "retail", "14.00"), stage::stock("10", "wholesale", "9.00"), units] {
            stage::line(recoup, &actor, id, Category::HeldInventory, &stock, None).await;
        }
        stage::send(recoup, &actor, id).await.unwrap();
        scene.app.run_jobs().await;
        let more = "2 more lines, of stock that is valued otherwise or not at all, are in no total.";

        let overview = scene.browser.get("/counsel/allegro").await;
        let table = html::table(&overview.body, "By category").unwrap();
        let gross = table.iter().find(|row| row[0] == "Gross").unwrap();
        assert!(gross[1].starts_with("2 lines") && gross[3].contains("15,140.00"), "{gross:?}");
        overview.expect(more);
        let register = scene.browser.get("/counsel/allegro/claims").await;
        let table = html::table(&register.body, "Claims").unwrap();
        let foot = table.iter().find(|row| row[0].starts_with("Submitted")).unwrap();
        assert_eq!((foot[1].as_str(), foot[2].as_str()), ("2 + 2 outside the total", "10 + 17 outside the total"));
        register.expect(more);
        scene.browser.get("/counsel/allegro/matches?show=all").await.expect("2 lines that count");
        let totals = export(&scene.browser, "/counsel/allegro/exports/totals.csv").await;
        let counted: Vec<_> = totals.iter().map(|row| (row["basis"].as_str(), row["counted"].as_str(), row["lines"].as_str())).collect();
        assert_eq!(counted, [("", "yes", "1"), ("wholesale", "no", "1"), ("retail", "yes", "1"), ("units_only", "no", "1"), ("", "yes", "2")]);
        let claims = export(&scene.browser, "/counsel/allegro/exports/claims.csv").await;
        assert_eq!((claims[0]["lines"].as_str(), claims[0]["lines_in_no_total"].as_str()), ("2", "2"));
        let mail = scene.app.mail("new_claim", "counsel@example.org").await;
        assert!(mail.body_text.contains(&format!("Lines: 2. {more}")), "{}", mail.body_text);

        scene.build(1).await;
        let filing = text_of(&scene.file(1, "full", "filing.pdf").await).join(" ");
        let filing = filing.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(filing.contains("2 lines come to") && filing.contains("2 more lines"), "{filing}");
        let table = async |name: &str| -> Vec<BTreeMap<String, String>> {
            let bytes = scene.file(1, "full", &format!("tables/{name}.csv")).await;
            csv::Reader::from_reader(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes)).deserialize().map(Result::unwrap).collect()
        };
        let summary = table("summary").await.remove(0);
        assert_eq!((summary["lines"].as_str(), summary["lines_in_no_total"].as_str()), ("2", "2"));
        // The export and the filing say the same of each basis.
        for row in table("totals").await {
            let exported = totals.iter().find(|of| (&of["category"], &of["basis"]) == (&row["category"], &row["basis"])).unwrap();
            assert_eq!((&exported["counted"], &exported["lines"]), (&row["counted"], &row["lines"]), "{row:?}");
        }
    }

    async fn a_filing_and_the_one_after_it(database) {
        let mut scene = Scene::open(&database).await;
        let recoup = &scene.app.recoup.clone();
        let statement = scene.pdf("Statement.pdf", 3).await;
        let note = stage::bytes(&scene.app, "note.txt", "text/plain", b"They said they would pay.").await;
        let (jay, jay_id, jay_number) = scene.claim("Jay Records", "1,000.00", Some(&statement)).await;
        let (_, _, wave_number) = scene.claim("Waveform", "250.50", Some(&note)).await;
        let (gone, gone_id, gone_number) = scene.claim("Gone Records", "40.00", None).await;
        scene.app.run_jobs().await;

        // Filing 1, by hand: 1,000.00 + 250.50 + 40.00 = 1,290.50, of which the last is sworn only.
        let one = scene.build(1).await;
        assert_eq!((one.filing.figures.gross, one.filing.figures.documented), (129_050, 125_050));
        assert_eq!(ranges(&one), [(1, 1, 3), (2, 4, 1)]);
        let package = scene.file(1, "full", "").await;
        let key = scene.key().await;
        assert_eq!(problems(&package, &key), Vec::<String>::new());
        let page = scene.browser.get("/counsel/allegro/filings/1").await;
        page.expect("1,290.50 USD");
        let verified = scene.browser.send(page.forms().into_iter().find(|form| form.value("variant") == Some("full")).unwrap()).await;
        verified.expect("is whole");

        // The schedule names the page that proves the amount, and pages are numbered to the last.
        let pages = text_of(&scene.file(1, "full", "filing.pdf").await);
        let all = pages.join("\n");
        for words in ["Jay Records", "ALG000001", "sworn only", "1,290.50", "Declaration on method"] {
            assert!(all.contains(words), "{words} is not in the filing:\n{all}");
        }
        for (place, page) in pages.iter().enumerate() {
            assert!(page.contains(&format!("Page {} of {}", place + 1, pages.len())), "page {}:\n{page}", place + 1);
        }
        let contents = pages.iter().find(|page| page.contains("Contents")).unwrap();
        let entry = contents.lines().find(|line| line.contains("Exhibit index")).unwrap();
        let at: usize = entry.rsplit([' ', '.']).next().unwrap().parse().unwrap();
        assert!(pages[at - 1].contains("Exhibit index") && pages[at - 1].contains(&statement.sha256), "{entry}");

        // Every page of an exhibit carries its number, none twice.
        let exhibits = text_of(&scene.file(1, "full", "exhibits-volume-01.pdf").await);
        assert_eq!(exhibits.len(), 4);
        for (place, page) in exhibits.iter().enumerate() {
            assert_eq!(page.matches(&format!("ALG{:06}", place + 1)).count(), 1, "{page}");
        }
        assert!(exhibits[1].contains("Sheet 2") && exhibits[3].contains("note.txt"), "{exhibits:?}");
        assert_eq!(scene.file(1, "full", "native/ALG000004.txt").await, b"They said they would pay.");

        // A hash of anything that was made is known to everybody, one bit less is not.
        let stranger = scene.app.browser();
        let hash = render::package::sha256(&package);
        stranger.get(&format!("/verify?hash={hash}")).await.expect("The full package of filing 1");
        stranger.get(&format!("/verify?hash={}", "0".repeat(64))).await.expect("Unknown");
        let mut flipped = package.clone();
        let middle = flipped.len() / 2;
        flipped[middle] ^= 4;
        assert_eq!(problems(&flipped, &key).len(), 1, "{:?}", problems(&flipped, &key));

        // Jay asks for 1,100.00 more with a new paper, Gone leaves, New comes with 9.50.
        scene.app.pass(Duration::days(3));
        scene.browser = scene.app.browser_of(&scene.counsel).await;
        stage::open_next_version(recoup, &jay, jay_id).await;
        let more = scene.pdf("More.pdf", 2).await;
        scene.line(&jay, jay_id, "1,100.00", Some(&more)).await;
        stage::send(recoup, &jay, jay_id).await.unwrap();
        withdraw::withdraw(recoup, &gone, gone_id, "Paid.").await.unwrap();
        scene.claim("New Label", "9.50", Some(&statement)).await;
        scene.app.run_jobs().await;

        // What was filed does not change: made again, it is the same to the last byte.
        let again = server::filings::again(recoup, &scene.app.documents, scene.case, 1).await.unwrap();
        assert!(again.contains(&("full".to_owned(), hash.clone())), "{again:?}");
        assert_eq!(again.len(), 2);

        // Filing 2, by hand: 2,100.00 + 250.50 + 9.50 = 2,360.00; moved 1,100.00 − 40.00 + 9.50 = 1,069.50.
        let two = scene.build(2).await;
        assert_eq!(two.filing.figures.gross, 236_000);
        assert_eq!(ranges(&two), [(1, 1, 3), (2, 4, 1), (3, 5, 2)], "a page keeps its number, and none is left out");
        let found = claims::filing::difference(&one, &two);
        let moved: Vec<(&str, &str, i64)> = found.rows.iter().map(|row| (row.change, row.claim.as_str(), row.after - row.before)).collect();
        let new_number = two.filing.claims.last().unwrap().number.clone();
        assert_eq!(moved, [("amended", jay_number.as_str(), 110_000), ("added", new_number.as_str(), 950), ("withdrawn", gone_number.as_str(), -4_000)]);
        for words in ["one claim was added, one claim was amended and one claim was withdrawn", "from 1,290.50 USD to 2,360.00 USD, which is 1,069.50 USD more", "+9.50 USD by claims added, +1,100.00 USD by amendments and \u{2212}40.00 USD by withdrawals"] {
            assert!(found.words.contains(words), "{}", found.words);
        }
        let page = scene.browser.get("/counsel/allegro/filings/2/difference").await;
        page.expect("1,069.50 USD more");
        assert!(!found.words.contains(&wave_number));
        assert_eq!(problems(&scene.file(2, "full", "").await, &key), Vec::<String>::new());
        let csv = String::from_utf8(scene.file(2, "full", "tables/difference.csv").await).unwrap();
        assert_eq!(csv.lines().count(), 4);

        // Whoever is not counsel of the case finds nothing of it.
        for (who, status) in [(&scene.owner, 404), (&stage::person(recoup, "admin@example.org", true, true).await, 404)] {
            let browser = scene.app.browser_of(who).await;
            for path in ["/counsel/allegro/filings/1", "/counsel/allegro/filings/2/difference", "/counsel/allegro/filings/1/files/full/package.zip", "/counsel/allegro/filings/1/files/public/filing.pdf"] {
                browser.get(path).await.expect_status(status);
            }
        }
        assert_eq!(scene.counsel.counsel_of.len(), 1);
    }

    async fn numbers_of_a_withdrawn_claim_are_told_of_in_the_index(database) {
        let scene = Scene::open(&database).await;
        let (first, own, last) = (scene.pdf("First.pdf", 1).await, scene.pdf("Own.pdf", 2).await, scene.pdf("Last.pdf", 1).await);
        scene.claim("Jay Records", "10.00", Some(&first)).await;
        let (gone, gone_id, number) = scene.claim("Gone Records", "5.00", Some(&own)).await;
        scene.app.run_jobs().await;
        assert!(scene.build(1).await.filing.unused.is_empty());
        withdraw::withdraw(&scene.app.recoup, &gone, gone_id, "Paid.").await.unwrap();
        scene.claim("New Records", "1.00", Some(&last)).await;
        scene.app.run_jobs().await;
        let two = scene.build(2).await;
        assert_eq!(two.filing.unused, [Unused { exhibit: 2, first: 2, pages: 2, claims: vec![number.clone()] }]);
        for variant in ["full", "public"] {
            let text = text_of(&scene.file(2, variant, "filing.pdf").await).join(" ");
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains("2 exhibits on 2 pages, numbered up to exhibit 3 and ALG000004"), "{words}");
            assert!(words.contains("ALG000002–000003") && words.contains("which was withdrawn"), "{words}");
        }
    }

    async fn damaged_and_locked_files_get_a_slip_sheet(database) {
        let scene = Scene::open(&database).await;
        let damaged = stage::bytes(&scene.app, "damaged.pdf", "application/pdf", b"%PDF-1.7\n1 0 obj << /Type /Cat").await;
        let picture = stage::bytes(&scene.app, "cut.png", "image/png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10").await;
        let (actor, id) = stage::start(&scene.app.recoup, scene.owner.account, "allegro", "Jay Records").await;
        stage::fill_steps(&scene.app.recoup, &actor, id, "Jay Records").await;
        scene.line(&actor, id, "10.00", Some(&damaged)).await;
        scene.line(&actor, id, "10.00", Some(&picture)).await;
        stage::send(&scene.app.recoup, &actor, id).await.unwrap();
        scene.app.run_jobs().await;
        let one = scene.build(1).await;
        let forms: Vec<(Form, bool)> = one.filing.exhibits.iter().map(|exhibit| (exhibit.form, exhibit.problem.is_empty())).collect();
        assert_eq!(forms, [(Form::SlipSheet, false), (Form::SlipSheet, false)]);
        let text = text_of(&scene.file(1, "full", "exhibits-volume-01.pdf").await).join("\n");
        assert!(text.contains("damaged.pdf") && text.contains("it is damaged"), "{text}");
        assert_eq!(scene.file(1, "full", "native/ALG000001.pdf").await, b"%PDF-1.7\n1 0 obj << /Type /Cat");
    }

    async fn an_encrypted_file_is_named_and_lies_beside_the_volumes(database) {
        let scene = Scene::open(&database).await;
        let plain = server::demo::pdf::draw(&[vec!["Secret statement".to_owned()]]).unwrap();
        let locked = through_qpdf(&plain, &["--encrypt", "open sesame", "owner", "256", "--"]);
        let file = stage::bytes(&scene.app, "locked.pdf", "application/pdf", locked.clone().leak()).await;
        // One that anybody can open, though it forbids printing, is shown.
        let open = through_qpdf(&plain, &["--encrypt", "", "owner", "256", "--print=none", "--"]);
        let shown = stage::bytes(&scene.app, "open.pdf", "application/pdf", open.leak()).await;
        let (actor, id) = stage::start(&scene.app.recoup, scene.owner.account, "allegro", "Jay Records").await;
        stage::fill_steps(&scene.app.recoup, &actor, id, "Jay Records").await;
        scene.line(&actor, id, "10.00", Some(&file)).await;
        scene.line(&actor, id, "10.00", Some(&shown)).await;
        stage::send(&scene.app.recoup, &actor, id).await.unwrap();
        scene.app.run_jobs().await;
        let one = scene.build(1).await;
        let forms: Vec<_> = one.filing.exhibits.iter().map(|exhibit| (exhibit.form, exhibit.problem.as_str())).collect();
        assert_eq!(forms, [(Form::SlipSheet, "it is encrypted with a password"), (Form::Pages, "")]);
        let pages = text_of(&scene.file(1, "full", "exhibits-volume-01.pdf").await);
        assert!(pages[0].contains("locked.pdf") && pages[0].contains("it is encrypted with a password") && pages[0].contains("ALG000001"), "{pages:?}");
        assert!(pages[1].contains("Secret statement") && pages[1].contains("ALG000002"), "{pages:?}");
        assert!(scene.file(1, "full", "native/ALG000001.pdf").await == locked);
    }

    async fn what_lies_on_a_page_without_being_drawn_on_it_is_not_lost_silently(database) {
        let scene = Scene::open(&database).await;
        let (marked, linked) = (marked_pdf("FreeText"), marked_pdf("Link"));
        let form = stage::bytes(&scene.app, "form.pdf", "application/pdf", marked.clone().leak()).await;
        let link = stage::bytes(&scene.app, "link.pdf", "application/pdf", linked.leak()).await;
        let (actor, id) = stage::start(&scene.app.recoup, scene.owner.account, "allegro", "Jay Records").await;
        stage::fill_steps(&scene.app.recoup, &actor, id, "Jay Records").await;
        scene.line(&actor, id, "10.00", Some(&form)).await;
        scene.line(&actor, id, "10.00", Some(&link)).await;
        stage::send(&scene.app.recoup, &actor, id).await.unwrap();
        scene.app.run_jobs().await;
        let one = scene.build(1).await;
        let forms: Vec<_> = one.filing.exhibits.iter().map(|exhibit| (exhibit.form, exhibit.problem.is_empty())).collect();
        assert_eq!(forms, [(Form::Pages, false), (Form::Pages, true)], "a link shows nothing itself");
        let pages = text_of(&scene.file(1, "full", "exhibits-volume-01.pdf").await);
        assert!(pages[0].contains("What is printed") && pages[0].contains("see native/ALG000001"), "{pages:?}");
        assert!(pages[1].contains("What is printed") && !pages[1].contains("native"), "{pages:?}");
        assert!(scene.file(1, "full", "native/ALG000001.pdf").await == marked);
        let index = text_of(&scene.file(1, "full", "filing.pdf").await).join("\n");
        let words = index.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("fields on its pages are not shown; the file itself is in the folder"), "{index}");
        assert!(!scene.zip_names(1).await.iter().any(|name| name.starts_with("native/ALG000002")));
    }

    async fn no_volume_is_larger_than_the_court_takes(database) {
        let scene = Scene::open(&database).await;
        let settings = claims::filing::defaults("ALG", claims::declaration::Forum::Federal).with("volume_mb", "1");
        let mut tx = scene.app.recoup.store.read().await.unwrap();
        let case = claims::store::cases::by_id(&mut tx, scene.case).await.unwrap().unwrap().read().unwrap();
        drop(tx);
        build_filing::save_settings(&scene.app.recoup, &scene.counsel, &case, &settings).await.unwrap();
        // One picture of 450 kB stands on each of 8 pages: the file is small, but every part of it needs the picture.
        let bytes = shared_picture_pdf(8, 450_000);
        assert!(bytes.len() < 500_000);
        for name in ["One.pdf", "Two.pdf", "Three.pdf"] {
            let mut bytes = bytes.clone();
            bytes.extend_from_slice(format!("% {name}\n").as_bytes());
            let file = stage::bytes(&scene.app, name, "application/pdf", bytes.leak()).await;
            scene.claim(name, "10.00", Some(&file)).await;
        }
        scene.app.run_jobs().await;
        let one = scene.build(1).await;
        assert_eq!(ranges(&one), [(1, 1, 8), (2, 9, 8), (3, 17, 8)]);
        let mut stamps = Vec::new();
        let mut names: Vec<String> = scene.zip_names(1).await.into_iter().filter(|name| name.starts_with("exhibits-volume-")).collect();
        names.sort();
        assert!(names.len() > 1, "{names:?}");
        for name in &names {
            let volume = scene.file(1, "full", name).await;
            assert!(volume.len() <= 1_000_000, "{name} has {} bytes", volume.len());
            for page in text_of(&volume) {
                stamps.push(page.split_whitespace().find(|word| word.starts_with("ALG0")).expect("a stamp").to_owned());
            }
        }
        assert_eq!(stamps, (1..=24).map(|page| format!("ALG{page:06}")).collect::<Vec<_>>(), "no page is lost, repeated or moved");
    }

    async fn names_in_every_script_are_in_the_papers(database) {
        let scene = Scene::open(&database).await;
        let names = ["東京音楽出版", "林俊傑", "김민수 레코드", "Ωδείο Αθηνών", "Đặng Thái Sơn"];
        for name in names {
            scene.claim(name, "10.00", None).await;
        }
        // Written from right to left, and pictures: their letters are there, in whatever order a reader gives them back.
        let others = ["שלמה", "فيروز", "🎻"];
        for name in others {
            scene.claim(name, "10.00", None).await;
        }
        scene.app.run_jobs().await;
        scene.build(1).await;
        let text = text_of(&scene.file(1, "full", "filing.pdf").await).join("\n");
        for name in names {
            assert!(text.contains(name), "{name} is not in the filing:\n{text}");
        }
        for name in others {
            assert!(name.chars().all(|c| text.contains(c)), "{name} is not in the filing:\n{text}");
        }
        assert!(!text.contains('□'), "a letter has no shape");
    }

    async fn a_package_that_was_downloaded_is_named_among_the_events(database) {
        let scene = Scene::open(&database).await;
        scene.claim("Jay Records", "10.00", None).await;
        scene.app.run_jobs().await;
        scene.build(1).await;
        for (variant, name) in [("full", "package.zip"), ("public", "package.zip"), ("public", "filing.pdf")] {
            let which = Which { case: "allegro", filing: 1, variant, name };
            filing_files::open(&scene.app.recoup, &scene.counsel, which).await.unwrap();
            let mut tx = scene.app.recoup.store.read().await.unwrap();
            let event = claims::store::events::of_case(&mut tx, scene.case, 1, 0).await.unwrap().remove(0);
            drop(tx);
            let details: serde_json::Value = serde_json::from_str(&event.details).unwrap();
            assert_eq!((details["name"].as_str(), details["variant"].as_str()), (Some(name), Some(variant)));
            scene.browser.get("/counsel/allegro/events").await.expect(&format!("{name}, {variant} variant"));
        }
        let which = Which { case: "allegro", filing: 1, variant: "full", name: "package.zip" };
        let opened = async || {
            filing_files::open(&scene.app.recoup, &scene.counsel, which).await.unwrap();
            let mut tx = scene.app.recoup.store.read().await.unwrap();
            let events = claims::store::events::of_case(&mut tx, scene.case, 100, 0).await.unwrap();
            events.iter().filter(|event| event.kind == "filing_opened").count()
        };
        assert_eq!(opened().await, 3, "who loads it once more opens it once");
        scene.app.pass(Duration::minutes(16));
        assert_eq!(opened().await, 4);
        // Who may not waits for nobody who writes.
        let writing = scene.app.recoup.store.write().await.unwrap();
        let refused = filing_files::open(&scene.app.recoup, &scene.owner, which).await;
        assert!(matches!(refused, Err(Failure::Refused(_))), "{refused:?}");
        drop(writing);
    }

    // For Oregon another section was cited once.
    async fn a_declaration_that_was_saved_as_it_was_offered_cites_what_is_offered_now(database) {
        let scene = Scene::open(&database).await;
        let recoup = &scene.app.recoup;
        stage::setting(recoup, "allegro", "forum", "oregon").await;
        let offered = claims::filing::declaration(Forum::Oregon);
        let before = offered.replace("ORS 40.575", "ORS 40.570");
        assert_ne!(before, offered);
        let mut tx = recoup.store.write().await.unwrap();
        let saved = claims::filing::defaults("ALG", Forum::Oregon).with("declaration", before);
        filings::save_settings(&mut tx, scene.case, &saved, scene.app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let page = scene.browser.get("/counsel/allegro/filings/settings").await;
        page.expect("(ORS 40.575)");
        page.expect_no("ORS 40.570");
        let mut tx = recoup.store.read().await.unwrap();
        let case = claims::store::cases::by_id(&mut tx, scene.case).await.unwrap().unwrap().read().unwrap();
        assert_eq!(build_filing::settings_of(&mut tx, &case).await.unwrap().1.declaration, offered);
    }

    async fn a_sum_that_differs_stops_the_build_and_is_named(database) {
        let scene = Scene::open(&database).await;
        let (_, _, number) = scene.claim("Jay Records", "1,000.00", None).await;
        scene.app.run_jobs().await;
        database.tamper("UPDATE lines SET case_amount = case_amount + 1").await;
        build_filing::ask(&scene.app.recoup, Some(&scene.counsel), scene.case).await.unwrap();
        scene.app.run_jobs().await;
        let why = scene.failure().await;
        assert!(why.contains(&format!("Line 1 of claim {number} was signed with 1,000.00 USD, but the portal keeps 1,000.01 USD")), "{why}");
        scene.browser.get("/counsel/allegro/filings").await.expect("Line 1 of claim");
    }

    async fn numbers_stay_while_a_filing_is_built_with_them(database) {
        let scene = Scene::open(&database).await;
        let recoup = &scene.app.recoup;
        let statement = scene.pdf("Statement.pdf", 1).await;
        scene.claim("Jay Records", "1,000.00", Some(&statement)).await;
        while claims::actions::match_case::run_due(recoup, "m").await.unwrap() > 0 {}
        let mut tx = recoup.store.read().await.unwrap();
        let case = claims::store::cases::by_id(&mut tx, scene.case).await.unwrap().unwrap().read().unwrap();
        drop(tx);
        let set = async |prefix: &str, digits: &str| {
            let settings = claims::filing::defaults(prefix, claims::declaration::Forum::Federal).with("bates_width", digits);
            build_filing::save_settings(recoup, &scene.counsel, &case, &settings).await.unwrap();
            let mut tx = recoup.store.read().await.unwrap();
            build_filing::settings_of(&mut tx, &case).await.unwrap().1.bates().number(1)
        };
        assert_eq!(set("JAY", "5").await, "JAY00001", "before the first filing they are free");
        let mut tx = recoup.store.read().await.unwrap();
        let event = claims::store::events::of_case(&mut tx, scene.case, 1, 0).await.unwrap().remove(0);
        drop(tx);
        let details: serde_json::Value = serde_json::from_str(&event.details).unwrap();
        let changed = serde_json::json!({ "changed": { "bates_prefix": ["ALG", "JAY"], "bates_width": ["6", "5"] } });
        assert_eq!((event.kind.as_str(), details), ("filing_settings_changed", changed));
        build_filing::ask(recoup, Some(&scene.counsel), scene.case).await.unwrap();
        assert_eq!(set("XYZ", "8").await, "JAY00001");
        let page = scene.browser.get("/counsel/allegro/filings/settings").await;
        page.expect("is being built");
        scene.app.run_jobs().await;
        assert_eq!(set("XYZ", "8").await, "JAY00001");
        let mut tx = recoup.store.read().await.unwrap();
        assert!(filings::last(&mut tx, scene.case).await.unwrap().is_some());
    }

    async fn a_document_that_ends_its_reader_has_a_slip_sheet(database) {
        let scene = Scene::open(&database).await;
        // It was taken before anybody looked: what is found out is found out while the filing is built.
        let deep = pdfs::page_with(&format!("/Resources<<{}>>", pdfs::nested(100_000))).leak();
        let deep = stage::bytes(&scene.app, "Deep.pdf", "application/pdf", deep).await;
        scene.claim("Jay Records", "1,000.00", Some(&deep)).await;
        let whole = scene.pdf("Statement.pdf", 2).await;
        scene.claim("Kay Records", "2,000.00", Some(&whole)).await;
        while claims::actions::match_case::run_due(&scene.app.recoup, "m").await.unwrap() > 0 {}
        let contents = scene.build(1).await;
        let forms: Vec<_> = contents.filing.exhibits.iter().map(|of| (of.name.as_str(), of.form, of.pages)).collect();
        assert_eq!(forms, [("Deep.pdf", Form::SlipSheet, 1), ("Statement.pdf", Form::Pages, 2)]);
        let problem = &contents.filing.exhibits[0].problem;
        assert!(problem.contains("cannot be shown"), "{problem}");
    }

    async fn the_public_variant_tells_nobodys_address(database) {
        let scene = Scene::open(&database).await;
        let recoup = &scene.app.recoup;
        let statement = scene.pdf("Statement of Ottilie Wieck.pdf", 1).await;
        let (actor, id) = stage::start(recoup, scene.owner.account, "allegro", "Ottilie Wieck").await;
        stage::fill_steps(recoup, &actor, id, "Ottilie Wieck").await;
        let who = stage::claimant_answers("Ottilie Wieck")
            .with("kind", "person")
            .with("citizenship", "Saxony")
            .with("email", "ottilie.wieck@example.org")
            .with("phone", "+49 341 1234567")
            .with("street", "18 Insel Street")
            .with("contact", "Robert Zwickau");
        claims::actions::save_step::save(recoup, &actor, id, claims::intake::steps::Step::Claimant, &who).await.unwrap();
        scene.line(&actor, id, "10.00", Some(&statement)).await;
        let sales = stage::sales("5.00").with("artist", "Ottilie Wieck").with("title", "Call +493411234567 or ottilie.wieck@example.org");
        edit_lines::add(recoup, &actor, id, Category::UnpaidSales, &sales, &edit_lines::Cite::default(), "").await.unwrap();
        stage::send(recoup, &actor, id).await.unwrap();
        scene.app.run_jobs().await;
        scene.build(1).await;
        let package = scene.file(1, "public", "").await;
        assert_eq!(problems(&package, &scene.key().await), Vec::<String>::new());
        let zip = zip_of(&package);
        let read = |name: &str, bytes: &[u8]| if name.ends_with(".pdf") { text_of(bytes).join("\n") } else { String::from_utf8_lossy(bytes).into_owned() };
        let all: String = zip.iter().map(|(name, bytes)| read(name, bytes)).collect();
        assert!(all.contains("O. W.") && all.contains("Portland") && all.contains("15.00"), "{all}");
        let words = all.split_whitespace().collect::<Vec<_>>().join(" ");
        for said in ["This is the public variant of the filing.", "The exhibits themselves are in the full filing."] {
            assert!(words.contains(said), "{said}: {words}");
        }
        for secret in ["Ottilie", "Wieck", "ottilie.wieck@example.org", "label@example.org", "1234567", "Insel Street", "Zwickau", "Ada Label", "192.0.2.1"] {
            for (name, bytes) in &zip {
                let text = read(name, bytes).to_lowercase();
                let at = text.find(&secret.to_lowercase());
                assert!(at.is_none(), "{secret} is in {name} of the public variant: {:?}", at.map(|at| text.get(at.saturating_sub(60)..at + 60)));
            }
        }
        assert!(!zip.iter().any(|(name, _)| name.contains("exhibits-volume") || name.starts_with("native/") || name == "filing.json"));
    }
}

/// Names and bytes of the files of a package.
fn zip_of(package: &[u8]) -> Vec<(String, Vec<u8>)> {
    render::package::files(Cursor::new(package)).unwrap()
}

/// The same claims, filed at the same moments, on both databases: the packages are the same to the last byte.
#[test]
fn both_databases_give_the_same_bytes() {
    let hashes: Arc<Mutex<Vec<String>>> = Arc::default();
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let hashes = Arc::clone(&hashes);
        run(kind, move |database| async move {
            let mut scene = Scene::open(&database).await;
            scene.app.recoup.filing_key = Arc::new([7; 32]);
            let statement = scene.pdf("Statement.pdf", 2).await;
            scene.claim("Jay Records", "1,000.00", Some(&statement)).await;
            scene.claim("Åse & Sons", "20.00", None).await;
            scene.app.run_jobs().await;
            scene.build(1).await;
            let package = scene.file(1, "full", "").await;
            hashes.lock().unwrap().push(render::package::sha256(&package));
        });
    }
    let hashes = hashes.lock().unwrap();
    assert!(hashes.len() == 2 && hashes[0] == hashes[1], "{hashes:?}");
}
