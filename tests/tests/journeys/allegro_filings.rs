//! The claims that the press reported, taken to court: filing 1, then more claims, decisions and a withdrawal, then the
//! supplemental filing 2. Every figure is worked out by hand.
#![expect(clippy::inconsistent_digit_grouping, reason = "cents stand apart, as in the amounts by hand")]

use chrono::Duration;
use claims::{
    CaseId, ClaimId,
    access::Actor,
    actions::{
        build_filing, counsel as counsel_actions, decide_match, decide_overlap,
        documents::{self, Added},
        withdraw,
    },
    filing::{self, Contents, Form, schedules::schedules},
    line::Category,
    store::{accounts, claims as stored, documents::NewDocument, filings, matches, overlaps},
};
use serde_json::Value;
use tests::{App, on_both, stage};

use crate::{
    allegro::{claim, fixture, names, pairs},
    filings::text_of,
    walk,
};

/// The case with its counsel.
struct Court {
    app: App,
    case: CaseId,
    counsel: Actor,
}

impl Court {
    /// Files a fixture through the pages, with its papers drawn as the demo draws them.
    async fn file(&self, name: &str) {
        let read = fixture(name);
        let papers: Vec<(String, Vec<u8>)> = read["documents"].as_array().unwrap().iter().map(paper).collect();
        let mut typed = claim(&read);
        typed.documents = papers.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
        let browser = walk::register(&self.app, &address(name)).await;
        walk::file(&browser, "allegro", &typed).await;
    }

    /// Who filed a fixture, and the claim.
    async fn filed(&self, name: &str) -> (Actor, ClaimId, String) {
        let mut tx = self.app.recoup.store.read().await.unwrap();
        let account = accounts::by_email(&mut tx, &address(name)).await.unwrap().unwrap().id;
        let claim = stored::of_account(&mut tx, account).await.unwrap().remove(0);
        drop(tx);
        (stage::actor(&self.app.recoup, account).await, claim.id, claim.number.unwrap())
    }

    async fn build(&self, number: i64) -> Contents {
        let build = build_filing::ask(&self.app.recoup, Some(&self.counsel), self.case).await.unwrap();
        let built = server::filings::run(&self.app.recoup, &self.app.documents, build, "test").await.unwrap();
        assert_eq!(built, Some(Ok(number)));
        build_filing::load(&self.app.recoup, self.case, number).await.unwrap()
    }

    async fn text(&self, number: i64, variant: &str, name: &str) -> Vec<u8> {
        let mut tx = self.app.recoup.store.read().await.unwrap();
        let row = filings::by_number(&mut tx, self.case, number).await.unwrap().unwrap();
        let files = filings::files(&mut tx, row.id).await.unwrap();
        let file = files.iter().find(|file| file.variant == variant && file.name == name).expect(name);
        self.app.documents.whole(&file.sha256).await.unwrap().into()
    }
}

fn address(name: &str) -> String {
    let name = name.rsplit('/').next().unwrap().trim_end_matches(".json");
    format!("{name}@filer.example.org")
}

/// A paper of a fixture: a PDF of its pages, or its text.
fn paper(paper: &Value) -> (String, Vec<u8>) {
    let name = paper["name"].as_str().unwrap().to_owned();
    let text = |line: &Value| line.as_str().unwrap().to_owned();
    let bytes = match paper["pages"].as_array() {
        Some(pages) => {
            let pages: Vec<Vec<String>> =
                pages.iter().map(|page| page.as_array().unwrap().iter().map(text).collect()).collect();
            server::demo::pdf::draw(&pages).unwrap()
        }
        None => text(&paper["text"]).into_bytes(),
    };
    (name, bytes)
}

/// What each schedule counts, A to D.
fn sums(contents: &Contents) -> Vec<i64> {
    schedules(contents)
        .iter()
        .map(|schedule| schedule.parts.iter().filter(|part| part.counts).map(|part| part.sum).sum())
        .collect()
}

on_both! {
    async fn what_the_press_reported_goes_to_court_twice(database) {
        let app = App::start(&database).await;
        let recoup = &app.recoup.clone();
        let case = stage::case_with(recoup, &stage::answers(&pairs(&fixture("case.json")))).await;
        let lee = stage::person(recoup, "lee@law.example", true, false).await.account;
        counsel_actions::appoint(recoup, case, lee).await.unwrap();
        let counsel = stage::actor(recoup, lee).await;
        let court = Court { app, case, counsel };
        assert_eq!(names(), ["cappella-romana.json", "small-jazz-label.json", "steven-halpern.json", "summit-records.json", "waveform-records.json"]);
        for name in names() {
            court.file(&name).await;
        }
        court.app.run_jobs().await;

        // Filing 1, by hand.
        //   Cappella Romana       A 15,000.00                          its summary, a PDF of one page
        //   Small jazz label      A 16,900.00 + 2,140.40 = 19,040.40   the first line cites a CSV file, the second nothing
        //   Steven Halpern        C 4,665.50 + 358.60 = 5,024.10       0.8 × 448.253125 = 358.6025, rounded once; a CSV file
        //   Summit Records        B 10,000 CDs, no value: 0.00         a mail
        //   Waveform Records      A 15,000.00, B 14,000.00 at retail   a PDF of two pages
        // A: 15,000.00 + 19,040.40 + 15,000.00 = 49,040.40. B: 14,000.00. C: 5,024.10. D: 0.00.
        // Gross: 49,040.40 + 14,000.00 + 5,024.10 = 68,064.50; sworn only 2,140.40, so documented 65,924.10.
        let one = court.build(1).await;
        assert_eq!(sums(&one), [49_040_40, 14_000_00, 5_024_10, 0]);
        let figures = one.filing.figures;
        assert_eq!((figures.gross, figures.documented, figures.confirmed, figures.suspected), (68_064_50, 65_924_10, 0, 0));
        // Bates, in the order of claim numbers: the one page, three slip sheets, two pages.
        let ranges: Vec<_> = one.filing.exhibits.iter().map(|exhibit| (exhibit.exhibit, one.filing.range(exhibit), exhibit.form)).collect();
        assert_eq!(ranges, [
            (1, "ALG000001".to_owned(), Form::Pages),
            (2, "ALG000002".to_owned(), Form::SlipSheet),
            (3, "ALG000003".to_owned(), Form::SlipSheet),
            (4, "ALG000004".to_owned(), Form::SlipSheet),
            (5, "ALG000005–000006".to_owned(), Form::Pages),
        ]);
        let pages = text_of(&court.text(1, "full", "filing.pdf").await).join("\n");
        for words in ["68,064.50", "49,040.40", "14,000.00", "5,024.10", "Cappella Romana", "Steven Halpern", "10,000 units", "sworn only"] {
            assert!(pages.contains(words), "{words} is not in filing 1:\n{pages}");
        }

        // Ten days later. Cappella Romana adds a line of 1,250.00 with a PDF of two pages, the jazz label withdraws, and three more
        // file: Blue Fjord 1,200.00 + 900.00 = 2,100.00, Ilse Varga 240.00 + 300.00 = 540.00, Waveform once more 29,000.00.
        court.app.pass(Duration::days(10));
        let (cappella, cappella_id, cappella_number) = court.filed("cappella-romana.json").await;
        stage::open_next_version(recoup, &cappella, cappella_id).await;
        let sheets: Vec<Vec<String>> = (1..=2).map(|sheet| vec![format!("Downloads, sheet {sheet}")]).collect();
        let bytes = server::demo::pdf::draw(&sheets).unwrap().leak();
        let new = NewDocument { pages: Some(2), ..stage::bytes(&court.app, "Downloads.pdf", "application/pdf", bytes).await };
        let (Added::New(document) | Added::Back(document, _) | Added::Known(document, _)) = documents::add(recoup, &cappella, cappella_id, &new).await.unwrap();
        stage::line(recoup, &cappella, cappella_id, Category::UnpaidSales, &stage::sales("1,250.00"), Some(document)).await;
        stage::send(recoup, &cappella, cappella_id).await.unwrap();
        let (jazz, jazz_id, jazz_number) = court.filed("small-jazz-label.json").await;
        withdraw::withdraw(recoup, &jazz, jazz_id, "The label joined another action.").await.unwrap();
        let more = ["blue-fjord-editions", "ilse-varga", "waveform-again"].map(|name| format!("overlapping/{name}.json"));
        for name in &more {
            court.file(name).await;
        }
        court.app.run_jobs().await;

        // Counsel decide: the second Waveform is the first, all of its 29,000.00 go off; the artist's 540.00 are a share of the label's.
        let mut tx = recoup.store.read().await.unwrap();
        let pair = matches::of_case(&mut tx, case).await.unwrap().remove(0).id;
        let entry = overlaps::list(&mut tx, case, overlaps::Which::Open, None, 1, 0).await.unwrap().remove(0).id;
        let parts = overlaps::parts(&mut tx, entry).await.unwrap();
        drop(tx);
        let same = stage::answers(&[("verdict", "same"), ("reason", "One contact, one address, the same figures.")]);
        decide_match::decide(recoup, &court.counsel, case, pair, &same, "").await.unwrap();
        let share = stage::answers(&[("relation", "second_of_first"), ("reason", "A royalty of 20 per cent."), ("everywhere", "yes")]);
        decide_overlap::decide(recoup, &court.counsel, case, entry, (parts[0].claim_id, parts[1].claim_id), &share, "").await.unwrap();
        court.app.run_jobs().await;

        // Filing 2, by hand.
        //   A: Cappella 15,000.00 + 1,250.00 = 16,250.00; Waveform 15,000.00 twice; Blue Fjord 1,200.00; Varga 240.00: 47,690.00.
        //   B: Waveform 14,000.00 twice: 28,000.00.
        //   C: Halpern 5,024.10; Blue Fjord 900.00; Varga 300.00: 6,224.10.
        //   Gross: 47,690.00 + 28,000.00 + 6,224.10 = 81,914.10.
        //   Removed: 29,000.00 + 540.00 = 29,540.00. Unique: 81,914.10 − 29,540.00 = 52,374.10.
        //   Documented: Cappella 16,250.00 + Halpern 5,024.10 + the first Waveform 29,000.00 = 50,274.10.
        //   Moved: + 31,640.00 (2,100.00 + 540.00 + 29,000.00) + 1,250.00 − 19,040.40 = + 13,849.60 gross; unique
        //   52,374.10 − 68,064.50 = − 15,690.40, which is 13,849.60 − 29,540.00.
        let two = court.build(2).await;
        assert_eq!(two.filing.title(), "Supplemental filing 2");
        assert_eq!(sums(&two), [47_690_00, 28_000_00, 6_224_10, 0]);
        let figures = two.filing.figures;
        assert_eq!((figures.gross, figures.documented, figures.confirmed, figures.suspected), (81_914_10, 50_274_10, 29_540_00, 0));
        assert_eq!(figures.unique_at_most(), 52_374_10);
        // Every page keeps its number; the new paper follows the last. The withdrawn claim's paper is not in filing 2, its number stays taken.
        let ranges: Vec<_> = two.filing.exhibits.iter().map(|exhibit| (exhibit.exhibit, two.filing.range(exhibit))).collect();
        assert_eq!(ranges, [
            (1, "ALG000001".to_owned()),
            (3, "ALG000003".to_owned()),
            (4, "ALG000004".to_owned()),
            (5, "ALG000005–000006".to_owned()),
            (6, "ALG000007–000008".to_owned()),
        ]);

        let found = filing::difference(&one, &two);
        let of = |change: &str| found.rows.iter().filter(|row| row.change == change && row.counted).map(|row| row.after - row.before).sum::<i64>();
        assert_eq!([of("added"), of("amended"), of("withdrawn"), of("overlap")], [31_640_00, 1_250_00, -19_040_40, -29_540_00]);
        assert_eq!(found.rows.iter().filter(|row| row.counted).map(|row| row.after - row.before).sum::<i64>(), 52_374_10 - 68_064_50);
        let numbers = |change: &str| {
            let mut numbers: Vec<&str> = found.rows.iter().filter(|row| row.change == change).map(|row| row.claim.as_str()).collect();
            numbers.dedup();
            numbers
        };
        assert_eq!((numbers("amended"), numbers("withdrawn")), (vec![cappella_number.as_str()], vec![jazz_number.as_str()]));
        assert_eq!(numbers("added").len(), 3);
        for words in ["three claims were added, one claim was amended and one claim was withdrawn", "68,064.50 USD", "52,374.10 USD"] {
            assert!(found.words.contains(words), "{words} is not in: {}", found.words);
        }
        let pages = text_of(&court.text(2, "full", "filing.pdf").await).join("\n");
        for words in ["SUPPLEMENTAL FILING 2", "81,914.10", "29,540.00", "52,374.10", "47,690.00", "28,000.00", "6,224.10", "royalty of 20 per cent."] {
            assert!(pages.contains(words), "{words} is not in filing 2:\n{pages}");
        }
        let decided = String::from_utf8(court.text(2, "full", "tables/duplicates.csv").await).unwrap();
        for reason in ["A royalty of 20 per cent.", "One contact, one address, the same figures."] {
            assert!(decided.contains(reason), "{reason} is not in\n{decided}");
        }
        let difference = String::from_utf8(court.text(2, "full", "tables/difference.csv").await).unwrap();
        assert_eq!(difference.lines().count(), 1 + found.rows.len());
        let exhibits = text_of(&court.text(2, "full", "exhibits-volume-01.pdf").await);
        let stamps: Vec<&str> = exhibits.iter().map(|page| page.split_whitespace().find(|word| word.starts_with("ALG0")).expect("a stamp")).collect();
        assert_eq!(stamps, ["ALG000001", "ALG000003", "ALG000004", "ALG000005", "ALG000006", "ALG000007", "ALG000008"]);
    }
}
