//! Letters of invented claims, their figures worked out by hand.

use chrono::NaiveDate;

use super::*;
use crate::{
    frozen::FrozenLine,
    line::{Basis, Release},
    money::Currency,
    period::Period,
};

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn claim(lines: Vec<FrozenLine>) -> FrozenClaim {
    let who = Answers::default()
        .with("legal_name", "Jay {{ number }} Records")
        .with("street", "1 Main Street")
        .with("city", "Portland");
    let agreement = Answers::default().with("agreement_date", "2009-03-01");
    let mut claim = crate::frozen::example();
    claim.number = "ALG-000007-K".to_owned();
    claim.answers = [("claimant".to_owned(), who), ("agreement".to_owned(), agreement)].into();
    claim.lines = lines;
    claim
}

fn royalty(line: i64, aggregator: &str, service: &str, currency: Currency, amount: i64, title: &str) -> FrozenLine {
    FrozenLine {
        line,
        category: Category::DigitalRoyalties,
        answers: Answers::default()
            .with("aggregator", aggregator)
            .with("service", service)
            .with("letter_state", "none"),
        currency,
        amount,
        release: Release { title: (!title.is_empty()).then(|| title.to_owned()), ..Release::default() },
        period: Period::new(day(2016, 1, 1), day(2016, 3, 31)),
        ..crate::frozen::example().lines.remove(0)
    }
}

fn texts(change: &[(&str, &str)]) -> Result<Texts, Vec<crate::intake::FieldError>> {
    let answers =
        defaults().with("distributor", "Allegro").with("aggregator", "The Orchard").with("holder", "The Liquidator");
    read_texts(&change.iter().fold(answers, |answers, (name, text)| answers.with(name, *text)))
}

fn written(kind: LetterKind, claim: &FrozenClaim, texts: &Texts) -> Option<Letter> {
    write(&Order {
        kind,
        claim,
        sha256: "ab",
        case_title: "Allegro",
        contact: "Counsel\nclaims@example.org",
        at: Instant::default(),
        day: day(2026, 3, 4),
        received: "4 March 2026",
        texts,
    })
}

#[test]
fn days_that_were_saved_or_signed_with_dots_stay_what_they_were() {
    let saved =
        defaults().with("distributor", "Allegro").with("aggregator", "The Orchard").with("effective_date", "3.6.2016");
    let kept = read_kept_texts(&saved).unwrap();
    assert_eq!(kept.effective, Some(day(2016, 6, 3)));
    let typed = read_texts(&saved).unwrap_err();
    assert_eq!((typed.len(), typed[0].field.as_str()), (1, "effective_date"));
    let mut claim = claim(vec![royalty(1, "The Orchard", "iTunes", Currency::USD, 100, "Sonatas")]);
    let agreement = Answers::default().with("has_agreement", "yes").with("agreement_date", "4.5.2009");
    claim.answers.insert("agreement".to_owned(), agreement);
    let letter = written(LetterKind::Direction, &claim, &kept).unwrap();
    let words = letter.words.join(" ");
    assert!(words.contains("the distribution agreement of 4 May 2009"), "{words}");
    assert!(words.contains("with effect from 3 June 2016"), "{words}");
}

#[test]
fn a_placeholder_that_does_not_exist_is_named() {
    let wrong = |field: &str, text: &str| {
        let errors = texts(&[(field, text)]).unwrap_err();
        assert_eq!((errors.len(), errors[0].field.as_str()), (1, field), "{errors:?}");
        errors[0].message.clone()
    };
    let said = wrong("receipt", "Dear {{ claimant }}, {{ clamant }}.");
    assert!(said.contains("“clamant”") && said.contains("claimant, number"), "{said}");
    // What one letter knows another need not.
    assert!(wrong("receipt", "{{ accrued }}").contains("“accrued”"));
    assert!(texts(&[("direction", "{{accrued}} and {{  aggregator  }}")]).is_ok());
    assert!(wrong("return", "You hold {{ units copies").contains("{{ units copies"));
    assert!(wrong("return", "You hold units }} copies").contains("closing braces"));
    assert!(wrong("direction", "{% for x in y %}{{ 7*7 }}").contains("“7*7”"));
}

#[test]
fn the_form_names_the_placeholders_that_there_are() {
    let words = &FORM[1].fields;
    for (field, kind) in words.iter().zip([LetterKind::Receipt, LetterKind::Direction, LetterKind::Return]) {
        let names: Vec<&str> = known_in_words(kind).into_iter().map(|(name, _)| name).collect();
        assert_eq!(field.name, kind.key());
        assert!(field.hint.contains(&names.join(", ")), "{}: {names:?}", field.hint);
    }
}

#[test]
fn the_catalogue_has_each_release_once_and_only_what_the_aggregator_holds() {
    let mut paying = royalty(5, "The Orchard", "Tidal", Currency::USD, 999, "Sonatas");
    paying.answers.set("letter_state", "paying");
    let claim = claim(vec![
        royalty(1, "The Orchard", "iTunes", Currency::USD, 100_050, "Sonatas"),
        royalty(2, "orchard", "Amazon", Currency::USD, 49_950, "sonatas "),
        royalty(3, "The Orchard NY", "iTunes", Currency::parse("EUR").unwrap(), 1_000, "Sonatas"),
        royalty(4, "Believe", "iTunes", Currency::USD, 7_777, "Sonatas"),
        paying,
        royalty(6, "The Orchard", "", Currency::USD, 20_000, ""),
    ]);
    let entries = catalogue(&claim, "The Orchard");
    // By hand: 1,000.50 + 499.50 = 1,500.00; in all 1,500.00 + 200.00 = 1,700.00.
    let seen: Vec<_> =
        entries.iter().map(|entry| (entry.release.title.as_deref(), entry.lines.clone(), entry.accrued[0].1)).collect();
    assert_eq!(seen, [(None, vec![6], 20_000), (Some("Sonatas"), vec![1, 2, 3], 150_000)]);
    assert_eq!(entries[1].services, ["Amazon", "iTunes"]);
    assert_eq!(others(&claim, "The Orchard"), ["Believe"]);
    let letter = written(
        LetterKind::Direction,
        &claim,
        &texts(&[("direction", "{{ claimant }}: {{ accrued }} of {{ agreement }}, {{ effective_date }}.")]).unwrap(),
    )
    .unwrap();
    // A value is not read as a placeholder, though the claimant's name looks like one.
    assert_eq!(
        letter.words,
        [
            "Jay {{ number }} Records: 10.00 EUR and 1,700.00 USD of the distribution agreement of 1 March 2009, the day of the directing party’s signature below."
        ]
    );
    assert_eq!((letter.to.name.as_str(), letter.directing.name.as_str()), ("The Orchard", "Allegro"));
    assert_eq!(letter.file_name(), "ALG-000007-K-letter-of-direction.pdf");
    assert_eq!(Letter::read(&letter.canonical().unwrap()).unwrap(), letter);
    assert!(written(LetterKind::Direction, &claim, &texts(&[("aggregator", "Ditto")]).unwrap()).is_none());
    assert!(written(LetterKind::Return, &claim, &texts(&[]).unwrap()).is_none(), "nothing is held");
}

#[test]
fn the_roll_forward_says_what_is_known_and_no_more() {
    let line = |line: i64, units: Option<i64>, answers: &[(&str, &str)]| FrozenLine {
        line,
        category: Category::HeldInventory,
        basis: Some(Basis::Retail),
        answers: answers.iter().fold(Answers::default(), |all, (name, text)| all.with(name, *text)),
        units,
        ..crate::frozen::example().lines.remove(0)
    };
    let claim = claim(vec![
        line(
            1,
            Some(355),
            &[
                ("opening", "100"),
                ("sent_in", "1,000"),
                ("sold", "700"),
                ("returned_to_label", "40"),
                ("destroyed", "5"),
                ("reported", "350"),
                ("difference", "Five were lost."),
            ],
        ),
        line(2, Some(12), &[("sold", "3"), ("opening", "15")]),
        line(3, None, &[]),
    ]);
    let rows = stock(&claim);
    // By hand: 100 + 1,000 − 700 − 40 − 5 = 355; 15 − 3 = 12; nothing of the third.
    assert_eq!(rows.iter().map(|row| row.held).collect::<Vec<_>>(), [Some(355), Some(12), None]);
    assert_eq!(
        (rows[0].received, rows[0].reported, rows[0].difference.as_str()),
        (Some(1_000), Some(350), "Five were lost.")
    );
    assert_eq!((rows[1].received, rows[1].destroyed, rows[2].opening), (None, None, None));
    let letter = written(
        LetterKind::Return,
        &claim,
        &texts(&[("return_without_clause", "Give back {{ units }}.\n\n\nNow, {{ holder }}.")]).unwrap(),
    )
    .unwrap();
    assert_eq!(letter.words, ["Give back 367 copies.", "Now, The Liquidator."]);
}

#[test]
fn a_demand_says_no_more_than_the_claim_supports() {
    let held = FrozenLine {
        category: Category::HeldInventory,
        basis: Some(Basis::Retail),
        units: Some(12),
        ..crate::frozen::example().lines.remove(0)
    };
    let words = |kind: LetterKind, has: &str, clause: &str, lines: Vec<FrozenLine>| {
        let mut claim = claim(lines);
        let agreement = Answers::default().with("has_agreement", has).with("title_clause", clause);
        claim.answers.insert("agreement".to_owned(), agreement);
        written(kind, &claim, &texts(&[]).unwrap()).unwrap().words.join(" ")
    };
    let relies = words(LetterKind::Return, "yes", "Title stays with the label.", vec![held.clone()]);
    assert!(
        relies.contains("under the distribution agreement, whose words on consignment or title are quoted"),
        "{relies}"
    );
    for (has, clause) in [("unknown", ""), ("no", "Title stays with the label."), ("yes", ""), ("", "")] {
        let says = words(LetterKind::Return, has, clause, vec![held.clone()]);
        for unsupported in ["agreement,", "title", "consignment", "owns"] {
            assert!(!says.contains(unsupported), "{has} {clause}: {says}");
        }
        assert!(says.contains("demands the return of 12 copies"), "{says}");
    }
    let royalty = || vec![royalty(1, "The Orchard", "iTunes", Currency::USD, 100, "Sonatas")];
    assert!(words(LetterKind::Direction, "yes", "", royalty()).contains("under the distribution agreement,"));
    assert!(
        words(LetterKind::Direction, "unknown", "", royalty()).contains("under the terms that applied between them,")
    );
    // Words that were saved before there were two kinds of claims.
    let before = texts(&[("return_without_clause", "")]).unwrap();
    let mut claim = claim(vec![held]);
    claim.answers.clear();
    assert!(written(LetterKind::Return, &claim, &before).unwrap().words[0].contains("is for stock held by"));
    assert!(texts(&[("return_without_clause", "{{ title }}")]).is_err());
}

#[test]
fn a_demand_says_nothing_of_recordings_and_refuses_only_an_offer_that_was_made() {
    let held = FrozenLine {
        category: Category::HeldInventory,
        basis: Some(Basis::Retail),
        units: Some(1_200),
        release: Release::default(),
        ..crate::frozen::example().lines.remove(0)
    };
    let words = |answers: &[(&str, &str)], texts: &Texts| {
        let mut claim = claim(vec![held.clone()]);
        let agreement = answers.iter().fold(Answers::default(), |all, (name, text)| all.with(name, *text));
        claim.answers.insert("agreement".to_owned(), agreement);
        written(LetterKind::Return, &claim, texts).unwrap().words.join("\n")
    };
    let clause = [("has_agreement", "yes"), ("title_clause", "Title stays with the publisher.")];
    for agreement in [&[("has_agreement", "no")][..], &clause] {
        let texts = texts(&[]).unwrap();
        let says = words(agreement, &texts);
        for unsaid in ["recording", "not returned", "offer", "release by release", "sent to"] {
            assert!(!says.contains(unsaid), "{unsaid}: {says}");
        }
        assert!(says.contains("the return of 1,200 copies, as the schedule lists them, free of charge"), "{says}");
        assert!(says.contains("of the date of this letter.\n"), "{says}");
        for (offered, refused) in [("no", false), ("unknown", false), ("yes", true)] {
            let says = words(&[agreement, &[("buy_back_offered", offered)]].concat(), &texts);
            assert_eq!(says.contains("An offer to sell them back for money is not accepted."), refused, "{says}");
        }
    }
    // A case whose counsel saved the words as they once were offered has those that are offered now; their own stay.
    let saved = offered(Answers::default().with("return", earlier::RETURN).with("return_without_clause", "Give back."));
    assert_eq!((saved.get("return"), saved.get("return_without_clause")), (defaults().get("return"), "Give back."));
}

#[test]
fn a_receipt_has_a_total_interest_costs_and_the_answers() {
    use crate::totals::Total;
    let total = |category, basis, amount, interest| Total { amount, interest, ..Total::zero(category, basis) };
    let totals = [
        total(Category::UnpaidSales, None, 1_500_000, 30_000),
        total(Category::HeldInventory, Some(Basis::Retail), 14_000, 0),
        total(Category::HeldInventory, Some(Basis::Wholesale), 7_000, 1_000),
        total(Category::HeldInventory, Some(Basis::UnitsOnly), 0, 0),
    ];
    let told = |totals: &[Total], basis| -> Vec<(String, i64)> {
        receipt_sums(totals, basis).into_iter().map(|sum| (sum.name, sum.amount)).collect()
    };
    // By hand: 15,000.00 + 140.00 = 15,140.00; interest 300.00 + 10.00 = 310.00; no costs.
    let expected = [
        ("Total, with stock at retail list price only".to_owned(), 1_514_000),
        ("Interest, in no total".to_owned(), 31_000),
    ];
    assert_eq!(told(&totals, Some(Basis::Retail)), expected);
    assert_eq!(told(&totals, None)[0].0, "Interest, in no total", "bases are never added together");
    assert_eq!(told(&totals[..2], None)[0], ("Total".to_owned(), 1_514_000));
    assert_eq!(told(&totals[..1], Some(Basis::Retail))[0], ("Total".to_owned(), 1_500_000));

    let mut claim = claim(Vec::new());
    claim.answers.insert("others".to_owned(), Answers::default().with("others", "unknown").with("others_share", ""));
    let answered = answered(&claim);
    assert_eq!(
        answered.iter().map(|(step, _)| *step).collect::<Vec<_>>(),
        ["Who is claiming", "Your agreement", "Who else may claim this"]
    );
    assert_eq!(answered[2].1, [("May anyone else claim some of this money?", "I do not know".to_owned())]);
}

#[test]
fn a_letter_goes_on_step_by_step_and_back_only_with_a_reason() {
    let (today, since) = (day(2026, 3, 4), day(2026, 2, 1));
    let step =
        |state: &str, on: &str, note: &str| Answers::default().with("state", state).with("day", on).with("note", note);
    let read = |from: State, answers: &Answers| read_step(LetterKind::Direction, (from, since), None, answers, today);
    let taken = read(State::Drafted, &step("sent", "2026-03-01", "")).unwrap();
    assert_eq!(taken, StepTaken { state: State::Sent, day: day(2026, 3, 1), note: String::new(), correction: false });
    let wrong = |from: State, answers: &Answers| {
        let errors = read(from, answers).unwrap_err();
        errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>().join(" ") + " " + &errors[0].message
    };
    assert!(wrong(State::Drafted, &step("signed", "2026-03-01", "")).starts_with("note What follows is “sent”"));
    assert!(wrong(State::Sent, &step("drafted", "2026-03-01", "")).starts_with("note "));
    assert!(wrong(State::Drafted, &step("sent", "2026-03-05", "")).starts_with("day This day lies in the future"));
    assert!(wrong(State::Drafted, &step("sent", "2026-01-31", "")).starts_with("day The letter is “drafted” since"));
    assert!(wrong(State::Sent, &step("sent", "2026-02-01", "x")).starts_with("state "));
    assert!(wrong(State::Drafted, &step("returned", "2026-03-01", "x")).starts_with("state "));
    // A correction may go back in time, never into the future.
    let back = read(State::Paying, &step("accepted", "2026-01-15", "The bank says so.")).unwrap();
    assert!(back.correction && back.state == State::Accepted);
    assert!(read(State::Sent, &step("sent", "2026-01-20", "Wrong day.")).unwrap().correction);
    let read = |from: State, answers: &Answers| read_step(LetterKind::Return, (from, since), None, answers, today);
    assert!(!read(State::Sent, &step("returned", "2026-03-01", "")).unwrap().correction);
    assert!(!read(State::Refused, &step("returned", "2026-03-01", "")).unwrap().correction);
}

#[test]
fn a_step_after_the_claim_was_withdrawn_needs_a_note() {
    let (today, since, withdrawn) = (day(2026, 3, 4), day(2026, 2, 1), day(2026, 3, 1));
    let read = |state: &str, on: &str, note: &str| {
        let answers = Answers::default().with("state", state).with("day", on).with("note", note);
        read_step(LetterKind::Direction, (State::Drafted, since), Some(withdrawn), &answers, today)
    };
    for on in ["2026-03-01", "2026-03-04"] {
        let errors = read("sent", on, "").unwrap_err();
        assert_eq!((errors.len(), errors[0].field.as_str()), (1, "note"), "{errors:?}");
        assert!(errors[0].message.starts_with("The claim was withdrawn on 1 March 2026. "), "{errors:?}");
        let taken = read("sent", on, "It crossed the withdrawal in the post.").unwrap();
        assert!(taken.state == State::Sent && !taken.correction);
    }
    // What happened before is told as ever, and a correction needs its reason as ever, once.
    assert_eq!(read("sent", "2026-02-28", "").unwrap().day, day(2026, 2, 28));
    assert_eq!(read("signed", "2026-03-02", "").unwrap_err().len(), 1);
}

#[test]
fn no_name_or_title_ends_a_sentence_of_the_standard_texts() {
    let defaults = defaults();
    for text in ["receipt", "direction", "return", "return_without_clause"].map(|name| defaults.get(name)) {
        for name in ["claimant", "case", "contact", "aggregator", "distributor", "holder"] {
            for end in [format!("{{{{ {name} }}}}."), format!("{{{{ {name} }}}}”.")] {
                assert!(!text.contains(&end), "{end} in: {text}");
            }
        }
    }
    let names = [("distributor", "Distributor Inc."), ("aggregator", "Aggregator Ltd."), ("holder", "Holder Inc.")];
    let mut claim = claim(vec![royalty(1, "Aggregator Ltd.", "iTunes", Currency::USD, 100, "Sonatas")]);
    claim.answers.insert("claimant".to_owned(), Answers::default().with("legal_name", "Jay Records Inc."));
    let words = written(LetterKind::Direction, &claim, &texts(&names).unwrap()).unwrap().words.join(" ");
    assert!(words.contains("Distributor Inc. has no further claim") && !words.contains(".."), "{words}");
}

#[test]
fn a_receipt_lists_no_more_lines_than_it_may() {
    let of = |line: i64| FrozenLine { line, ..crate::frozen::example().lines.remove(0) };
    let mut claim = claim((1..=1_200).map(of).collect());
    claim.totals = vec![
        crate::totals::Total::zero(Category::UnpaidSales, None),
        crate::totals::Total::zero(Category::Other, None),
    ];
    assert_eq!(lines(&claim).iter().map(|lines| lines.listed.len()).collect::<Vec<_>>(), [MOST_LINES, 0]);
}
