//! What is signed stands on the page that is checked, on the receipt and on paper, and no word on paper runs into another.

use std::process::Command;

use claims::{
    ClaimId,
    access::Actor,
    actions::save_step,
    intake::{Answers, steps::Step},
    line::Category,
};
use tests::{App, Browser, on_both, stage};

use crate::filings::text_of;

/// A word on a page of a PDF: number and width of the page, left, top, right and bottom in points, letters.
type Word = (usize, f64, [f64; 4], String);

fn words_of(pdf: &[u8]) -> Vec<Word> {
    let path = std::env::temp_dir().join(format!("recoup-test-{}.pdf", claims::random::Random::System.token()));
    std::fs::write(&path, pdf).unwrap();
    let out = Command::new("pdftotext").arg("-bbox").arg(&path).arg("-").output().expect("pdftotext is installed");
    std::fs::remove_file(&path).unwrap();
    let (mut page, mut wide, mut words) = (0, 0.0, Vec::new());
    for line in String::from_utf8(out.stdout).unwrap().lines() {
        let figures: Vec<f64> = line.split('"').skip(1).step_by(2).map_while(|figure| figure.parse().ok()).collect();
        if line.trim_start().starts_with("<page ") {
            (page, wide) = (page + 1, figures[0]);
        } else if line.trim_start().starts_with("<word ") {
            let letters = line.split_once("\">").unwrap().1.trim_end_matches("</word>").to_owned();
            words.push((page, wide, [figures[0], figures[1], figures[2], figures[3]], letters));
        }
    }
    words
}

/// Stops if a word leaves the margins of an inch, in which a comma may hang, or stands on another. Lines that follow each other share a
/// point and a half.
fn expect_apart(what: &str, words: &[Word]) {
    assert!(!words.is_empty(), "{what} has no words");
    for (place, (page, wide, at, letters)) in words.iter().enumerate() {
        assert!(at[0] >= 68.0 && at[2] <= wide - 68.0, "{what}, page {page}: {letters} leaves the page: {at:?}");
        for (_, _, other, others) in words[..place].iter().filter(|(other, ..)| other == page) {
            let across = at[2].min(other[2]) - at[0].max(other[0]);
            let down = at[3].min(other[3]) - at[1].max(other[1]);
            assert!(across < 1.0 || down < 4.0, "{what}, page {page}: {letters} stands on {others}");
        }
    }
}

/// The text of a letter without what stands at the head and the foot of each page, so that what goes on over two is one.
fn running_text(pdf: &[u8]) -> String {
    let furniture = ["Page ", "Receipt for claim", "Amount USD"];
    let text = text_of(pdf).join("\n");
    let lines = text.lines().filter(|line| !furniture.iter().any(|part| line.contains(part)));
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

async fn bytes(browser: &Browser, path: &str) -> Vec<u8> {
    let answer = browser.request("GET", path).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.bytes().await.unwrap().into()
}

fn royalties() -> Answers {
    stage::answers(&[
        ("aggregator", "The Orchard"),
        ("service", "iTunes"),
        ("period_from", "2016-01-01"),
        ("period_to", "2016-03-31"),
        ("currency", "USD"),
        ("net_receipts", "1000"),
        ("split_rate", "90"),
        ("money_state", "escrow"),
        ("letter_state", "none"),
    ])
}

/// A claim whose first three steps are filled in.
async fn begun(app: &App, email: &str, name: &str, agreement: &Answers) -> (Actor, ClaimId) {
    let owner = stage::person(&app.recoup, email, true, false).await.account;
    let (actor, id) = stage::start(&app.recoup, owner, "allegro", name).await;
    for (step, answers) in [
        (Step::Claimant, stage::claimant_answers(name)),
        (Step::Agreement, agreement.clone()),
        (Step::Others, stage::answers(&[("others", "no")])),
    ] {
        assert!(save_step::save(&app.recoup, &actor, id, step, &answers).await.unwrap(), "{step:?}");
    }
    (actor, id)
}

on_both! {
    async fn long_words_break_where_they_would_run_into_the_next_column(database) {
        let app = App::start(&database).await;
        let case = stage::case(&app.recoup, "allegro", "ALG").await;
        let counsel = stage::person(&app.recoup, "counsel@example.org", true, false).await.account;
        claims::actions::counsel::appoint(&app.recoup, case, counsel).await.unwrap();
        let counsel = app.browser_of(&stage::actor(&app.recoup, counsel).await).await;
        let texts = "/counsel/allegro/letters/texts";
        let form = counsel.get(texts).await.form(texts);
        let form = form
            .fill("distributor", &"Allegro_Media_Group_".repeat(5))
            .fill("aggregator", "The Orchard")
            .fill("holder", "The Liquidator");
        counsel.send(form).await.expect("Saved.");

        let file = "Allegro_Media_Group_LLC_Consignment_Statement_Q1_2015_signed_scan.pdf";
        let (name, title) = ("Donaudampfschifffahrtsgesellschaft".repeat(5), "Opus_".repeat(58));
        let clause = "title_remains_with_the_label_".repeat(20);
        let agreement = stage::answers(&[("has_agreement", "yes"), ("agreement_date", "2009-03-01"), ("title_clause", &clause)]);
        let (actor, id) = begun(&app, "long@example.org", &name, &agreement).await;
        let document = stage::document(&app.recoup, &actor, id, file).await;
        for (category, answers) in [
            (Category::UnpaidSales, stage::sales("15,000.00")),
            (Category::HeldInventory, stage::stock("10", "retail", "14.00").with("opening", "10")),
            (Category::DigitalRoyalties, royalties()),
        ] {
            stage::line(&app.recoup, &actor, id, category, &answers.with("title", &title), Some(document)).await;
        }
        let number = stage::send(&app.recoup, &actor, id).await.unwrap().number;

        let receipt = app.mail("receipt", "long@example.org").await.attachments.remove(0).bytes;
        let words = words_of(&receipt);
        expect_apart("the receipt", &words);
        assert!(words.iter().any(|(.., letters)| letters == "15,000.00"), "the amount can be read");
        // The column of the evidence, line below line, without what stands at the head of the page.
        let evidence = words.iter().filter(|(_, _, at, _)| at[0] > 315.0 && at[2] < 449.0 && at[1] > 72.0);
        let evidence: String = evidence.map(|(.., letters)| letters.as_str()).filter(|letters| *letters != "Evidence").collect();
        assert!(evidence.contains(file), "{evidence}");

        for (kind, link) in [("direction", "Letter of direction"), ("return", "Demand for return of stock")] {
            let page = counsel.get(&format!("/counsel/allegro/letters?kind={kind}")).await;
            counsel.send(page.form("/counsel/allegro/letters/make")).await.expect("1 letter was drafted");
            let letter = counsel.get(&format!("/counsel/allegro/claims/{number}")).await.link(link);
            let path = counsel.get(&letter).await.link("Download it");
            expect_apart(link, &words_of(&bytes(&counsel, &path).await));
        }
    }

    async fn everything_that_is_signed_is_on_the_pages_and_on_paper(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let (actor, id) = begun(&app, "jay@example.org", "Jay Records", &stage::answers(&[("has_agreement", "no")])).await;
        let sales = stage::sales("700")
            .with("statement_number", "Q1-77")
            .with("units_shipped", "120")
            .with("units_returned", "20")
            .with("unit_price", "10.00")
            .with("distribution_fee", "250")
            .with("reserve_withheld", "50")
            .with("paid", "100");
        let stock = stage::stock("10", "retail", "14.00").with("opening", "30").with("sold", "20").with("catalogue_number", "AV 2007");
        let loss = stage::answers(&[
            ("loss", "buy_back"),
            ("explanation", "We paid for our own stock."),
            ("period_from", "2016-07-01"),
            ("currency", "USD"),
            ("units", "500"),
            ("unit_price", "1.00"),
            ("shipping", "80.25"),
            ("interest", "12.34"),
            ("costs", "7"),
            ("note", "The invoice is in the post."),
        ]);
        for (category, answers) in [
            (Category::UnpaidSales, sales),
            (Category::HeldInventory, stock),
            (Category::DigitalRoyalties, royalties()),
            (Category::Other, loss),
        ] {
            stage::line(&app.recoup, &actor, id, category, &answers, None).await;
        }
        let browser = app.browser_of(&actor).await;
        let check = browser.get(&format!("/claims/{id}/check")).await;
        // By hand: (100 × 10.00 − 250 − 50) − 100 = 600.00; 10 × 14.00 = 140.00; 1,000 × 90 % = 900.00; 500 × 1.00 + 80.25 = 580.25.
        let sign = browser.get(&format!("/claims/{id}/sign")).await;
        for words in ["Total: 2,220.25 USD", "Interest, in no total: 12.34 USD", "Costs, in no total: 7.00 USD"] {
            sign.expect(words);
        }
        stage::send(&app.recoup, &actor, id).await.unwrap();
        let receipt = browser.get(&format!("/claims/{id}/versions/1")).await;
        let paper = running_text(&app.mail("receipt", "jay@example.org").await.attachments.remove(0).bytes);
        for words in [
            "Sold as: Physical copies",
            "Statement number: Q1-77",
            "Units shipped: 120",
            "Units returned: 20",
            "Price per unit: 10.00",
            "Distribution fee taken: 250",
            "Reserve withheld: 50",
            "Net due to you: 700",
            "Already paid: 100",
            "Catalogue number: AV 2007",
            "Opening stock: 30",
            "Sold: 20",
            "Value per unit: 14.00",
            "Aggregator: The Orchard",
            "Service: iTunes",
            "Net receipts: 1,000.00",
            "Your share in per cent: 90",
            "The money is: Held in escrow by the aggregator",
            "Letter of direction: None yet",
            "What happened: We paid for our own stock.",
            "Shipping: 80.25",
            "Note for counsel: The invoice is in the post.",
        ] {
            check.expect(words);
            receipt.expect(words);
            assert!(paper.contains(words), "{words} is not in the receipt: {paper}");
        }
        for words in ["Kind of loss: Buy-back paid for my own stock", "Interest claimed: 12.34", "Costs claimed: 7"] {
            check.expect(words);
            receipt.expect(words);
        }
        // On paper the kind of loss is what the line is called, and interest and costs stand below the amount.
        for words in ["Buy-back paid for my own stock", "and interest 12.34", "and costs 7.00"] {
            assert!(paper.contains(words), "{words} is not in the receipt: {paper}");
        }
    }
}
