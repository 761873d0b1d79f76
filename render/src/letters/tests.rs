//! Letters as PDF: the same bytes each time, also with letters that are hard to set.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use claims::{
    Instant,
    frozen::{FORMAT, FrozenClaim, FrozenDeclaration, FrozenDocument, FrozenEvidence, FrozenLine},
    intake::Answers,
    letters::{self, Contents, LetterKind, Order},
    line::{Basis, Category, Release},
    money::Currency,
    period::Period,
    totals::{Addend, add_up},
};

use super::pdf;

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2016, 6, 3).unwrap()
}

fn line(number: i64, category: Category, title: &str, amount: i64) -> FrozenLine {
    FrozenLine {
        line: number,
        category,
        answers: Answers::default()
            .with("aggregator", "The Orchard")
            .with("service", "iTunes")
            .with("opening", "120")
            .with("sold", "20"),
        currency: Currency::USD,
        amount,
        rate: "1".to_owned(),
        amount_in_case: amount,
        interest_in_case: 0,
        costs_in_case: 0,
        basis: (category == Category::HeldInventory).then_some(Basis::Retail),
        period: Period::new(day(), day()),
        release: Release { title: Some(title.to_owned()), ..Release::default() },
        units: Some(100),
        evidence: vec![FrozenEvidence {
            document: "A.pdf".to_owned(),
            sha256: "a".repeat(64),
            place: "page 1".to_owned(),
        }],
    }
}

fn contents(kind: LetterKind, name: &str, lines: i64) -> Contents {
    let mut all = vec![
        line(1, Category::UnpaidSales, "=SUM(A1) <b>#text[*bold*]</b> $x$ @ref \\ \"", 1_000),
        line(2, Category::HeldInventory, name, 140_000),
        line(3, Category::DigitalRoyalties, name, 50_000),
    ];
    all.extend(
        (4..lines).map(|number| line(number, Category::HeldInventory, &format!("Sonatas, volume {number}"), 1_500)),
    );
    let totals = add_up(all.iter().map(|line| Addend {
        category: line.category,
        basis: line.basis,
        amount: line.amount_in_case,
        interest: 0,
        costs: 0,
        units: line.units,
        documented: true,
    }))
    .unwrap();
    let who = Answers::default().with("legal_name", name).with("street", "1 Main Street").with("city", "Portland");
    let claim = FrozenClaim {
        format: FORMAT,
        case: "allegro".to_owned(),
        case_title: "Claims against Allegro Media Group".to_owned(),
        number: "ALG-000123-K".to_owned(),
        version: 1,
        received_at: Instant::default(),
        time_zone: "Etc/UTC".to_owned(),
        currency: Currency::USD,
        valuation_date: day(),
        answers: BTreeMap::from([("claimant".to_owned(), who)]),
        lines: all,
        documents: vec![FrozenDocument {
            name: "A.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            bytes: 12_345,
            pages: Some(3),
            sha256: "a".repeat(64),
            proves: "The sales".to_owned(),
        }],
        totals,
        declaration: FrozenDeclaration {
            text: String::new(),
            words: "I declare under penalty of perjury that the foregoing is true and correct.".to_owned(),
            name: "A. Signer".to_owned(),
            title: "Owner".to_owned(),
            capacity: "officer".to_owned(),
            place: "Portland".to_owned(),
            date: day(),
            client_address: String::new(),
            late_reason: None,
        },
    };
    let texts = letters::defaults()
        .with("distributor", "Allegro")
        .with("aggregator", "The Orchard")
        .with("holder", "The Liquidator");
    let order = Order {
        kind,
        claim: &claim,
        sha256: &"b".repeat(64),
        case_title: "Claims against Allegro Media Group",
        contact: "claims@example.org",
        at: Instant::default(),
        day: day(),
        received: "3 June 2016",
        texts: &letters::read_texts(&texts).unwrap(),
    };
    let letter = letters::write(&order).unwrap();
    Contents { letter, claim }
}

const KINDS: [LetterKind; 3] = [LetterKind::Receipt, LetterKind::Direction, LetterKind::Return];

#[test]
fn every_letter_is_the_same_to_the_last_byte() {
    for kind in KINDS {
        let contents = contents(kind, "Jay Records", 5);
        let first = pdf(&contents).unwrap();
        assert!(first.bytes == pdf(&contents).unwrap().bytes, "{kind:?}");
        let head = String::from_utf8_lossy(&first.bytes[..20]).into_owned();
        assert!(head.starts_with("%PDF-1."), "{head}");
        assert!((2..=4).contains(&first.pages), "{kind:?} has {} pages", first.pages);
    }
}

#[test]
fn what_people_typed_is_never_markup_and_nothing_is_too_long() {
    for name in [
        "#panic() $ * _ ` < > @ \\ [ ] // /* \" '",
        &"Donaudampfschifffahrtsgesellschaft".repeat(9),
        "Ärzte & Söhne\n\tGmbH",
    ] {
        for kind in KINDS {
            let made = pdf(&contents(kind, name, 30));
            assert!(made.is_ok(), "{kind:?} {name}: {made:?}");
        }
    }
}

#[test]
fn a_long_receipt_goes_on_over_pages() {
    assert!(pdf(&contents(LetterKind::Receipt, "Jay Records", 400)).unwrap().pages > 10);
}
