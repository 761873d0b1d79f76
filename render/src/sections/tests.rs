//! What a small filing says, word for word where it was wrong once.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use claims::{
    Instant,
    declaration::Forum,
    filing::{
        CaseFacts, ClaimRef, Contents, Difference, Exhibit, FORMAT, Figures, FiledClaim, Filing, Form, Match, Moved,
        Overlap, Previous, Unused, Withdrawn, defaults, read_settings,
    },
    frozen::{self, FrozenClaim, FrozenDeclaration, FrozenLine},
    intake::Answers,
    line::{Basis, Category, Release},
    money::Currency,
    totals::{Addend, add_up},
};

use super::{Body, Section, all};

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2016, 6, 3).unwrap()
}

fn line(number: i64, category: Category, basis: Option<Basis>, amount: i64) -> FrozenLine {
    FrozenLine {
        line: number,
        category,
        answers: Answers::default(),
        currency: Currency::USD,
        amount,
        rate: "1".to_owned(),
        amount_in_case: amount,
        interest_in_case: 0,
        costs_in_case: 0,
        basis,
        period: None,
        release: Release::default(),
        units: Some(10),
        evidence: Vec::new(),
    }
}

/// Two claims of one claimant: 15,000.00 of sales each, and stock that is in no total.
fn contents() -> Contents {
    let lines = vec![
        line(1, Category::UnpaidSales, None, 1_500_000),
        line(2, Category::HeldInventory, Some(Basis::Wholesale), 7_000),
        line(3, Category::HeldInventory, Some(Basis::UnitsOnly), 0),
    ];
    let totals = add_up(lines.iter().map(|line| Addend {
        category: line.category,
        basis: line.basis,
        amount: line.amount_in_case,
        interest: 0,
        costs: 0,
        units: line.units,
        documented: false,
    }));
    let figures = Figures { gross: 1_500_000, ..Figures::default() };
    let claim = FrozenClaim {
        format: frozen::FORMAT,
        case: "allegro".to_owned(),
        case_title: "Allegro".to_owned(),
        number: "ALG-1".to_owned(),
        version: 1,
        received_at: Instant::default(),
        time_zone: "Etc/UTC".to_owned(),
        currency: Currency::USD,
        valuation_date: day(),
        answers: BTreeMap::from([("claimant".to_owned(), Answers::default().with("legal_name", "Jay"))]),
        lines,
        documents: Vec::new(),
        totals: totals.unwrap(),
        declaration: FrozenDeclaration {
            text: String::new(),
            words: String::new(),
            name: String::new(),
            title: String::new(),
            capacity: String::new(),
            place: String::new(),
            date: day(),
            client_address: String::new(),
            late_reason: None,
        },
    };
    let of = |number: &str| ClaimRef {
        number: number.to_owned(),
        version: 1,
        sha256: String::new(),
        submitted_at: Instant::default(),
        sent_at: Instant::default(),
        figures,
    };
    let pair = |kind: &str, weight, parts: &[(&str, i64)]| Match {
        kind: kind.to_owned(),
        a: "ALG-1".to_owned(),
        b: "ALG-2".to_owned(),
        release: String::new(),
        decided_as: String::new(),
        pairs: 0,
        method: "record linkage".to_owned(),
        weight,
        parts: parts.iter().map(|(field, weight)| ((*field).to_owned(), *weight)).collect(),
        decision: "same claimant".to_owned(),
        by: String::new(),
        decided_at: None,
    };
    let filing = Filing {
        format: FORMAT,
        number: 1,
        case: CaseFacts {
            slug: "allegro".to_owned(),
            title: "Allegro".to_owned(),
            court: String::new(),
            docket: String::new(),
            parties: String::new(),
            class_definition: String::new(),
            contact: String::new(),
            forum: Some(Forum::Federal),
            deadline: String::new(),
            deadline_at: None,
            earlier_deadlines: Vec::new(),
            time_zone: "Etc/UTC".to_owned(),
            currency: Currency::USD,
            filing_basis: Basis::Retail,
            valuation_date: day(),
            rates: Vec::new(),
            rate_source: String::new(),
            key_dates: Vec::new(),
        },
        as_of: Instant::default(),
        as_of_words: "3 June 2016, 9:00 a.m. UTC".to_owned(),
        as_of_day: day(),
        settings: read_settings(&defaults("ALG", Forum::Federal)).unwrap(),
        claims: vec![of("ALG-1"), of("ALG-2")],
        withdrawn: Vec::new(),
        exhibits: Vec::new(),
        unused: Vec::new(),
        matches: vec![
            pair("claimants", 9_576, &[("before comparison", -6_724), ("birth_date", 16_300)]),
            pair("money", 0, &[]),
        ],
        overlaps: Vec::new(),
        figures: Figures { gross: 3_000_000, ..Figures::default() },
        members: Some((1, 2)),
        engines: Vec::new(),
        previous: None,
    };
    let claims = filing.claims.iter().map(|of| FiledClaim::new(of.clone(), claim.clone(), None)).collect();
    Contents { filing, sha256: "ab".to_owned(), claims, public: false }
}

/// Everything that a section says, in one line: the lines of a table broken as they are, joined again.
fn said(sections: &[Section], title: &str) -> String {
    let section = sections.iter().find(|section| section.title == title).unwrap_or_else(|| panic!("no {title}"));
    let json = serde_json::to_value(section).unwrap();
    let mut out = String::new();
    collect(&json, &mut out);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn collect(value: &serde_json::Value, out: &mut String) {
    match value {
        serde_json::Value::String(text) if text.len() > 1 => {
            out.push_str(text);
            out.push(' ');
        }
        serde_json::Value::Array(all) => all.iter().for_each(|value| collect(value, out)),
        serde_json::Value::Object(all) => all.values().for_each(|value| collect(value, out)),
        _ => {}
    }
}

#[test]
fn cover_and_summary_say_what_is_counted() {
    let mut contents = contents();
    let sections = all(&contents, None);
    let cover = said(&sections, "Contents");
    assert!(cover.contains("This filing was made from 2 claims in force, read at one moment and frozen."), "{cover}");
    let summary = said(&sections, "Summary");
    // By hand: 2 × 1 line of sales; 2 × 2 of stock that is valued at wholesale or not at all.
    for words in [
        "As of 3 June 2016, 9:00 a.m. UTC, 2 claims are in force. 2 lines come to 30,000.00 USD gross. 4 more lines, of stock that is valued otherwise or not at all, are in no total.",
        "claimants that were decided to be one counted once: 1 to 2, the lower figure if all that resemble each other are one",
        "Members, each counted once",
    ] {
        assert!(summary.contains(words), "{words}: {summary}");
    }
    assert!(said(&sections, "Claimants").contains("Counted once, they are 1 to 2 members of the class"));
    contents.filing.number = 2;
    contents.filing.previous = Some(Previous { number: 1, sha256: String::new() });
    let difference = Difference { rows: Vec::new(), words: "Nothing.".to_owned() };
    let cover = said(&all(&contents, Some(&difference)), "Contents");
    assert!(cover.contains("This filing supplements filing 1.") && !cover.contains("replaces"), "{cover}");
    assert!(cover.contains("states the totals anew as of that moment. What changed since then is listed"), "{cover}");
}

#[test]
fn the_summary_says_what_the_deadline_is_and_what_it_was() {
    let mut contents = contents();
    contents.filing.case.deadline = "30 June 2026, 11:59 p.m. PDT".to_owned();
    let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 4).unwrap();
    contents.filing.case.earlier_deadlines = vec![(day, "31 May 2026, 11:59 p.m. PDT".to_owned())];
    let summary = said(&all(&contents, None), "Summary");
    let words = "The deadline for claims is 30 June 2026, 11:59 p.m. PDT. Until it was changed on 4 March 2026, the deadline was 31 May 2026, 11:59 p.m. PDT.";
    assert!(summary.contains(words), "{summary}");
}

#[test]
fn late_claims_are_counted_in_the_summary_and_marked_with_their_reason_among_the_claimants() {
    let mut contents = contents();
    for title in ["Summary", "Claimants"] {
        assert!(!said(&all(&contents, None), title).contains("after the deadline"));
    }
    contents.claims[1].claim.declaration.late_reason = Some("The mail came late.".to_owned());
    contents.claims[1].late = true;
    let sections = all(&contents, None);
    // By hand: one of two claims, each of 15,000.00.
    let words = "1 of these claims, of 15,000.00 USD gross, was sent after the deadline";
    assert!(said(&sections, "Summary").contains(words), "{}", said(&sections, "Summary"));
    let claimants = said(&sections, "Claimants");
    assert!(claimants.contains("Sent after the deadline: The mail came late."), "{claimants}");
    assert!(said(&sections, "Summary of claims").contains("ALG-2, late"));
    contents.claims[1].claim.declaration.late_reason = Some(String::new());
    assert!(said(&all(&contents, None), "Claimants").contains("Sent after the deadline"));
}

#[test]
fn the_parts_of_a_weight_are_printed_with_the_first_and_none_where_nothing_was_weighed() {
    let duplicates = said(&all(&contents(), None), "Duplicates and decisions");
    // By hand: −6.7 + 16.3 = 9.6.
    for words in ["before comparison \u{2212}6.7", "birth date 16.3", "9.6", "at 0 they are even"] {
        assert!(duplicates.contains(words), "{words}: {duplicates}");
    }
    assert!(!duplicates.contains("0.0"), "{duplicates}");
}

#[test]
fn a_state_court_is_cited_no_federal_law_but_for_removal() {
    let mut contents = contents();
    let intro = |contents: &Contents| said(&all(contents, None), "Claimants");
    assert!(intro(&contents).contains("where it is run from (28 U.S.C. § 1332(c), (d)(10))."));
    for forum in [Forum::Oregon, Forum::Other] {
        contents.filing.case.forum = Some(forum);
        let words = intro(&contents);
        assert!(words.contains("where it is run from (for removal: 28 U.S.C. § 1332(c), (d)(10))."), "{words}");
    }
}

#[test]
fn the_declaration_is_sworn_above_the_signature() {
    let mut contents = contents();
    let sworn = |contents: &Contents| {
        let sections = all(contents, None);
        match &sections.last().unwrap().body {
            Body::Words { sworn, signature: true, .. } => sworn.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert!(sworn(&contents).starts_with("I declare under penalty of perjury"));
    contents.filing.settings.sworn = claims::filing::Sworn::No;
    assert_eq!(sworn(&contents), "");
}

#[test]
fn units_without_a_value_have_no_amount() {
    let sections = all(&contents(), None);
    let at = sections.iter().position(|section| section.subtitle.contains("Units only")).expect("the part");
    let json = serde_json::to_value(&sections[at]).unwrap();
    let mut words = String::new();
    collect(&json, &mut words);
    assert!(words.contains("2 lines, 20 units in all. No value is claimed for them"), "{words}");
    assert!(!words.contains("0.00"), "{words}");
}

#[test]
fn interest_and_costs_are_named_where_there_are_any() {
    let mut contents = contents();
    let summary = |contents: &Contents| said(&all(contents, None), "Summary");
    assert!(summary(&contents).contains("Interest and costs are in no total of this filing."));
    // By hand: 12.00 + 0.34 of interest; the line that is in no total carries 5.00 of costs, which are not told.
    contents.claims[0].claim.lines[0].interest_in_case = 1_200;
    contents.claims[1].claim.lines[0].interest_in_case = 34;
    contents.claims[1].claim.lines[1].costs_in_case = 500;
    let words = "are in no total of this filing; claimed besides: interest of 12.34 USD.";
    assert!(summary(&contents).contains(words), "{}", summary(&contents));
    contents.claims[0].claim.lines[0].costs_in_case = 56;
    let words = "claimed besides: interest of 12.34 USD and costs of 0.56 USD.";
    assert!(summary(&contents).contains(words), "{}", summary(&contents));
}

fn exhibit(exhibit: i64, first: i64, form: Form) -> Exhibit {
    Exhibit {
        exhibit,
        sha256: "aa".to_owned(),
        name: "a.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        bytes: 1,
        first,
        pages: 2,
        form,
        problem: String::new(),
        claims: vec!["ALG-1".to_owned()],
    }
}

#[test]
fn the_index_tells_of_numbers_that_are_not_used_and_where_files_are() {
    let mut contents = contents();
    assert!(said(&all(&contents, None), "Exhibit index").contains("No claim of this filing holds a document."));
    contents.filing.exhibits = vec![exhibit(1, 1, Form::Pages), exhibit(2, 3, Form::SlipSheet)];
    let index = said(&all(&contents, None), "Exhibit index");
    assert!(index.contains("2 exhibits on 4 pages. Each file stands once"), "{index}");
    assert!(index.contains("Slip sheet; the file itself is in the folder “native”. Claim ALG-1"), "{index}");

    contents.filing.exhibits[1] = exhibit(4, 9, Form::SlipSheet);
    contents.filing.withdrawn = vec![Withdrawn {
        number: "ALG-3".to_owned(),
        claimant: "Kay".to_owned(),
        reason: String::new(),
        on: Some(day()),
    }];
    let unused = |exhibit, first, claims: &[&str]| Unused {
        exhibit,
        first,
        pages: 3,
        claims: claims.iter().map(|claim| (*claim).to_owned()).collect(),
    };
    contents.filing.unused = vec![unused(2, 3, &["ALG-3"]), unused(3, 6, &[])];
    let index = said(&all(&contents, None), "Exhibit index");
    for words in [
        "2 exhibits on 4 pages, numbered up to exhibit 4 and ALG000010:",
        "ALG000003–000005 Of claim ALG-3, which was withdrawn on 3 June 2016",
        "ALG000006–000008 Not used in this filing",
    ] {
        assert!(index.contains(words), "{words}: {index}");
    }

    contents.public = true;
    let sections = all(&contents, None);
    let index = said(&sections, "Exhibit index");
    assert!(index.contains("in the folder “native” of the full filing. Claim"), "{index}");
    assert!(index.contains("The exhibits themselves are in the full filing."), "{index}");
    let duplicates = said(&sections, "Duplicates and decisions");
    assert!(duplicates.contains("Who decided, when and why stands in the full filing."), "{duplicates}");
}

#[test]
fn overlaps_say_that_they_are_taken_off_and_what_their_marks_mean() {
    let mut contents = contents();
    let overlap = |over_whole, contradictory| Overlap {
        subject: format!("Brahms, {over_whole}, {contradictory}"),
        claim: "ALG-1".to_owned(),
        gross: 100,
        confirmed: 40,
        suspected: 0,
        through: String::new(),
        relation: "derives from another claim".to_owned(),
        over_whole,
        contradictory,
    };
    contents.filing.overlaps = vec![overlap(false, false)];
    let overlaps = said(&all(&contents, None), "Overlaps");
    assert!(overlaps.contains("What is removed by decision is taken off the unique total;"), "{overlaps}");
    assert!(!overlaps.contains("Shares over") && !overlaps.contains("Contradictory"), "{overlaps}");
    contents.filing.overlaps = vec![overlap(true, false), overlap(false, true)];
    let overlaps = said(&all(&contents, None), "Overlaps");
    for words in [
        "Where “Shares over 100 %” stands, the shares",
        "Where “Contradictory decisions” stands, decisions",
        "Brahms, true, false Shares over 100 %",
        "Brahms, false, true Contradictory decisions",
    ] {
        assert!(overlaps.contains(words), "{words}: {overlaps}");
    }
    // Two releases that are called the same, of which the second is marked: they stand under one head, which has the mark.
    contents.filing.overlaps = vec![overlap(false, false), overlap(true, false), overlap(false, true)];
    contents.filing.overlaps.iter_mut().for_each(|overlap| overlap.subject = "Brahms, May 2015".to_owned());
    let overlaps = said(&all(&contents, None), "Overlaps");
    assert!(overlaps.contains("Brahms, May 2015 Shares over 100 % Contradictory decisions"), "{overlaps}");
    assert_eq!(overlaps.matches("Brahms, May 2015").count(), 1, "{overlaps}");
}

#[test]
fn what_is_in_no_total_moves_nothing_in_the_column_that_is_added_up() {
    let mut contents = contents();
    contents.filing.previous = Some(Previous { number: 1, sha256: String::new() });
    let moved = |what: &str, before, after, counted| Moved {
        change: "amended",
        claim: "ALG-1".to_owned(),
        claimant: "Jay".to_owned(),
        line: Some(1),
        what: what.to_owned(),
        before,
        after,
        counted,
    };
    let rows = vec![moved("counted at retail no longer", 90_000, 0, true), moved("is at wholesale", 0, 41_300, false)];
    let difference = Difference { rows, words: "Something.".to_owned() };
    let sections = all(&contents, Some(&difference));
    let lines = sections.iter().find(|section| section.label == "difference-lines").unwrap();
    let mut words = String::new();
    collect(&serde_json::to_value(lines).unwrap(), &mut words);
    // The amount after, and no second time as moved; 900.00 as what was before, as moved, and as the sum.
    assert_eq!((words.matches("413.00").count(), words.matches("900.00").count()), (1, 3), "{words}");
}

#[test]
fn a_section_with_nothing_in_it_has_no_table() {
    let mut contents = contents();
    let chronology = |contents: &Contents| {
        let sections = all(contents, None);
        let section = sections.iter().find(|section| section.title == "Chronology").unwrap().clone();
        (matches!(section.body, Body::Ledger { .. }), said(&sections, "Chronology"))
    };
    let (table, words) = chronology(&contents);
    assert!(!table && words.contains("The case has no dates, and no claimant gave any."), "{words}");
    assert!(!words.contains("in bold") && !words.contains("What happened"), "{words}");
    contents.filing.case.key_dates = vec![(day(), "The end.".to_owned())];
    let (table, words) = chronology(&contents);
    assert!(table && words.contains("The dates of the case in bold"), "{words}");
}

#[test]
fn the_summary_of_claims_has_room_for_large_amounts() {
    let widths = |contents: &Contents| -> Vec<f64> {
        let sections = all(contents, None);
        match &sections.iter().find(|section| section.title == "Summary of claims").unwrap().body {
            Body::Ledger { columns, .. } => columns.iter().map(|column| column.width).collect(),
            other => panic!("{other:?}"),
        }
    };
    let mut contents = contents();
    assert_eq!(widths(&contents), [204.0, 88.0, 88.0, 88.0, 84.0, 96.0]);
    // 900,000,000,000.00 in all, in sales and in gross.
    for claim in &mut contents.claims {
        claim.of.figures.gross = 45_000_000_000_000;
        claim.claim.totals[0].amount = 45_000_000_000_000;
    }
    let widths = widths(&contents);
    let sum = crate::measure::width("900,000,000,000.00", crate::measure::Style::Bold);
    assert!(widths[1] >= sum + 8.0 && widths[5] >= sum + 8.0, "{widths:?}, {sum}");
    assert!((widths.iter().sum::<f64>() - 648.0).abs() < 0.001, "{widths:?}");
}
