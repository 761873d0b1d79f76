//! A small filing: its schedules, its sums, what stops it, its tables.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::*;
use crate::{
    declaration::Forum,
    frozen::{FrozenClaim, FrozenDeclaration, FrozenEvidence, FrozenLine},
    intake::Answers,
    line::{Category, Release},
    totals::{Addend, add_up, counted},
};

mod changed_case;
mod declaration;
mod moved;
mod told;
mod withdrawn;

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2016, 6, 3).unwrap()
}

fn line(number: i64, category: Category, basis: Option<Basis>, amount: i64, evidence: Option<&str>) -> FrozenLine {
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
        evidence: evidence
            .map(|place| FrozenEvidence {
                document: "a.pdf".to_owned(),
                sha256: "aa".to_owned(),
                place: place.to_owned(),
            })
            .into_iter()
            .collect(),
    }
}

fn claim(number: &str, version: i64, lines: Vec<FrozenLine>) -> FrozenClaim {
    let totals = add_up(lines.iter().map(|line| Addend {
        category: line.category,
        basis: line.basis,
        amount: line.amount_in_case,
        interest: 0,
        costs: 0,
        units: line.units,
        documented: !line.evidence.is_empty(),
    }));
    FrozenClaim {
        format: crate::frozen::FORMAT,
        case: "allegro".to_owned(),
        case_title: "Allegro".to_owned(),
        number: number.to_owned(),
        version,
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
    }
}

/// A filing of these claims, with what the portal keeps of them.
fn filed(number: i64, claims: &[FrozenClaim]) -> (Filing, Vec<String>, Vec<Portal>) {
    let mut figures = Figures::default();
    let (mut refs, mut texts, mut portal) = (Vec::new(), Vec::new(), Vec::new());
    for claim in claims {
        let text = claim.canonical().unwrap();
        let total = counted(&claim.totals, Basis::Retail);
        figures.gross += total.amount;
        figures.documented += total.documented;
        refs.push(ClaimRef {
            number: claim.number.clone(),
            version: claim.version,
            sha256: HEXLOWER.encode(&Sha256::digest(text.as_bytes())),
            submitted_at: Instant::default(),
            sent_at: Instant::default(),
            figures: Figures { gross: total.amount, documented: total.documented, ..Figures::default() },
        });
        portal.push(Portal {
            totals: claim.totals.clone(),
            lines: claim.lines.iter().map(|line| (line.line, line.amount_in_case)).collect(),
        });
        texts.push(text);
    }
    let filing = Filing {
        format: FORMAT,
        number,
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
        as_of_words: "the beginning".to_owned(),
        as_of_day: day(),
        settings: read_settings(&defaults("ALG", Forum::Federal)).unwrap(),
        claims: refs,
        withdrawn: Vec::new(),
        unused: Vec::new(),
        exhibits: vec![Exhibit {
            exhibit: 1,
            sha256: "aa".to_owned(),
            name: "a.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            bytes: 1,
            first: 11,
            pages: 4,
            form: Form::Pages,
            problem: String::new(),
            claims: Vec::new(),
        }],
        matches: Vec::new(),
        overlaps: Vec::new(),
        figures,
        members: Some((2, 3)),
        engines: Vec::new(),
        previous: None,
    };
    (filing, texts, portal)
}

fn contents(number: i64, claims: &[FrozenClaim]) -> Contents {
    let (filing, texts, portal) = filed(number, claims);
    let contents = Contents::new(filing, String::new(), &texts).unwrap();
    contents.check(&portal).unwrap();
    contents
}

/// A decision about the money that two claims have in common for a release.
fn money(a: &str, b: &str, release: &str, decision: &str) -> Match {
    Match {
        kind: "money".to_owned(),
        a: a.to_owned(),
        b: b.to_owned(),
        release: release.to_owned(),
        decided_as: String::new(),
        pairs: 0,
        method: String::new(),
        weight: 0,
        parts: Vec::new(),
        decision: decision.to_owned(),
        by: String::new(),
        decided_at: None,
    }
}

#[test]
fn schedules_keep_bases_apart_and_name_the_pages() {
    let stock = Category::HeldInventory;
    let claims = [claim(
        "ALG-1",
        1,
        vec![
            line(1, Category::UnpaidSales, None, 700, Some("page 3")),
            line(2, stock, Some(Basis::Wholesale), 50, Some("row 9")),
            line(3, stock, Some(Basis::Retail), 100, None),
        ],
    )];
    let found = schedules::schedules(&contents(1, &claims));
    let sums: Vec<Vec<(Option<Basis>, bool, i64)>> = found
        .iter()
        .map(|schedule| schedule.parts.iter().map(|part| (part.basis, part.counts, part.sum)).collect())
        .collect();
    assert_eq!(sums[0], [(None, true, 700)]);
    assert_eq!(sums[1], [(Some(Basis::Retail), true, 100), (Some(Basis::Wholesale), false, 50)]);
    assert!(sums[2].is_empty() && sums[3].is_empty());
    assert_eq!(found[0].parts[0].groups[0].lines[0].evidence, ["ALG000013"]);
    assert_eq!(found[1].parts[1].groups[0].lines[0].evidence, ["ALG000011–000014 (row 9)"]);
    assert!(found[1].parts[0].groups[0].lines[0].evidence.is_empty());
}

#[test]
fn days_that_were_signed_with_dots_are_filed_as_they_were_meant() {
    let mut signed = claim("ALG-1", 1, vec![line(1, Category::UnpaidSales, None, 700, None)]);
    let agreement = Answers::default().with("agreement_date", "3.6.2016").with("heard_on", "24.6.2016");
    signed.answers.insert("agreement".to_owned(), agreement);
    let tables = tables(&contents(1, &[signed]));
    let of = |key: &str| tables.iter().find(|table| table.key == key).unwrap();
    let days: Vec<_> = of("chronology").rows.iter().map(|row| row[0].plain()).collect();
    assert_eq!(days, ["2016-06-03", "2016-06-24"]);
    assert!(of("consignment-matrix").rows[0].contains(&table::Cell::Day(day())));
}

#[test]
fn the_first_difference_stops_a_filing() {
    let claims = [claim("ALG-1", 1, vec![line(1, Category::UnpaidSales, None, 700, None)])];
    let (filing, texts, portal) = filed(1, &claims);
    let other = texts[0].replace("\"amount_in_case\":700", "\"amount_in_case\":701");
    assert!(matches!(Contents::new(filing.clone(), String::new(), &[other]), Err(Mismatch::Text { .. })));
    assert!(matches!(Contents::new(filing.clone(), String::new(), &[]), Err(Mismatch::Text { .. })));
    let contents = Contents::new(filing.clone(), String::new(), &texts).unwrap();
    let check = |change: &dyn Fn(&mut Portal)| {
        let mut changed = portal.clone();
        change(&mut changed[0]);
        contents.check(&changed)
    };
    assert_eq!(check(&|_| {}), Ok(()));
    assert!(matches!(check(&|kept| kept.lines = BTreeMap::from([(1, 699)])), Err(Mismatch::Line { line: 1, .. })));
    assert!(matches!(check(&|kept| kept.lines.extend([(2, 0)])), Err(Mismatch::Line { line: 2, .. })));
    assert!(matches!(check(&|kept| kept.totals[0].documented = 1), Err(Mismatch::Sum { .. })));
    assert!(matches!(check(&|kept| kept.totals.clear()), Err(Mismatch::Sum { .. })));
    let mut wrong = filing;
    wrong.figures.gross += 1;
    let wrong = Contents::new(wrong, String::new(), &texts).unwrap();
    assert!(matches!(wrong.check(&portal), Err(Mismatch::Figures { figure: "gross claimed", .. })));
}

/// Claims that were sent before a claim had a limit: fifty of 2·10^17, which no `i64` holds together.
#[test]
fn a_filing_that_cannot_be_added_up_is_not_made_and_says_what_is_too_large() {
    const LARGE: i64 = 200_000_000_000_000_000;
    let with = |change: fn(&mut FrozenLine)| {
        let mut sales = line(1, Category::UnpaidSales, None, 1, None);
        change(&mut sales);
        let claims: Vec<FrozenClaim> =
            (1..=50).map(|number| claim(&format!("ALG-{number:02}"), 1, vec![sales.clone()])).collect();
        // The helper adds them up too: forty fit, and so do ten.
        let (mut filing, mut texts, mut portal) = filed(1, &claims[..40]);
        let more = filed(1, &claims[40..]);
        filing.claims.extend(more.0.claims);
        texts.extend(more.1);
        portal.extend(more.2);
        Contents::new(filing, String::new(), &texts).unwrap().check(&portal)
    };
    let amounts = with(|line| {
        line.amount = LARGE;
        line.amount_in_case = LARGE;
    });
    let words = amounts.unwrap_err().to_string();
    assert!(
        words.starts_with("The claims cannot be added up: all of them together come to more than 92,233,720,368,547,758.07 USD in amounts. Most of it is in claim ALG-50:"),
        "{words}"
    );
    type Change = fn(&mut FrozenLine);
    let others: [(Change, &str); 3] = [
        (|line| line.interest_in_case = LARGE, "interest"),
        (|line| line.costs_in_case = LARGE, "costs"),
        (|line| line.units = Some(LARGE), "units"),
    ];
    for (change, what) in others {
        let refused = with(change);
        assert!(matches!(&refused, Err(Mismatch::TooLarge { what: found, .. }) if *found == what), "{refused:?}");
    }
    // What is taken off claims is asked as well, in their figures and in the ledger.
    let (filing, texts, portal) = filed(1, &[claim("ALG-1", 1, Vec::new()), claim("ALG-2", 1, Vec::new())]);
    let check = |change: &dyn Fn(&mut Filing)| {
        let mut changed = filing.clone();
        change(&mut changed);
        Contents::new(changed, String::new(), &texts).unwrap().check(&portal)
    };
    let figures = check(&|filing| filing.claims.iter_mut().for_each(|claim| claim.figures.confirmed = i64::MAX));
    assert!(matches!(figures, Err(Mismatch::TooLarge { .. })), "{figures:?}");
    assert_eq!(check(&|_| {}), Ok(()));
}

#[test]
fn every_table_has_a_cell_for_every_column() {
    let claims = [claim("ALG-1", 1, vec![line(1, Category::UnpaidSales, None, 700, Some(""))])];
    let contents = contents(1, &claims);
    let mut all = tables(&contents);
    all.push(difference_table(&difference(&contents, &contents), Currency::USD));
    for table in all {
        assert!(table.rows.iter().all(|row| row.len() == table.columns.len()), "{}", table.key);
    }
}

#[test]
fn members_and_weights_stand_in_the_tables_where_there_are_any() {
    let claims = [
        claim("ALG-1", 1, vec![line(1, Category::UnpaidSales, None, 700, None)]),
        claim("ALG-2", 1, vec![line(1, Category::UnpaidSales, None, 700, None)]),
    ];
    let mut contents = contents(1, &claims);
    let pair = |kind: &str, weight, parts| Match {
        kind: kind.to_owned(),
        a: "ALG-1".to_owned(),
        b: "ALG-2".to_owned(),
        release: String::new(),
        decided_as: String::new(),
        pairs: 0,
        method: String::new(),
        weight,
        parts,
        decision: "open".to_owned(),
        by: String::new(),
        decided_at: None,
    };
    contents.filing.matches = vec![
        pair("claimants", 9_576, vec![("before comparison".to_owned(), -6_724), ("name".to_owned(), 16_300)]),
        pair("money", 0, Vec::new()),
    ];
    let tables = tables(&contents);
    let cell = |key: &str, row: &dyn Fn(&[Cell]) -> bool, column: &str| {
        let table = tables.iter().find(|table| table.key == key).unwrap();
        let at = table.columns.iter().position(|of| of.name == column).unwrap();
        table.rows.iter().find(|cells| row(cells)).unwrap()[at].plain()
    };
    let pair = |kind: &'static str, column: &str| cell("duplicates", &|cells| cells[0].plain() == kind, column);
    // By hand: −6.724 + 16.300 = 9.576.
    assert_eq!(pair("claimants", "weight"), "9.576");
    assert_eq!(pair("claimants", "parts"), "before comparison -6.724; name 16.300");
    assert_eq!((pair("money", "weight"), pair("money", "parts")), (String::new(), String::new()));
    let figure = |name: &'static str, column: &str| cell("figures", &|cells| cells[0].plain() == name, column);
    assert_eq!((figure("claims", "number"), figure("members_at_least", "number")), ("2".to_owned(), "2".to_owned()));
    assert_eq!((figure("members_at_most", "number"), figure("gross", "amount")), ("3".to_owned(), "14.00".to_owned()));
    assert_eq!(contents.filing.members_in_words(), "2 to 3");
}

#[test]
fn units_without_a_value_are_not_converted() {
    let mut foreign = line(1, Category::HeldInventory, Some(Basis::UnitsOnly), 0, None);
    foreign.currency = Currency::parse("EUR").unwrap();
    foreign.rate = "1.1154".to_owned();
    let found = schedules::schedules(&contents(1, &[claim("ALG-1", 1, vec![foreign])]));
    assert_eq!(found[1].parts[0].groups[0].lines[0].foreign, "");
}

#[test]
fn the_state_that_was_typed_is_scrubbed_for_the_public() {
    use crate::intake::steps::Step;
    let mut filed = claim("ALG-1", 1, vec![line(1, Category::UnpaidSales, None, 700, None)]);
    filed.answers.get_mut(Step::Claimant.key()).unwrap().set("contact", "Kay Noble");
    let typed = Answers::default().with("ucc_filed", "yes").with("ucc_state", "Oregon, of Noble, Kay, 503-555-0199");
    filed.answers.insert(Step::Agreement.key().to_owned(), typed);
    let public = public::redact(&contents(1, &[filed])).unwrap();
    assert_eq!(public.claims[0].answer(Step::Agreement, "ucc_state"), "Oregon, of […], […]");
    assert_eq!(public.claims[0].answer(Step::Agreement, "ucc_filed"), "yes");
}

#[test]
fn late_claims_are_marked_everywhere_and_their_reason_only_where_not_the_public_reads() {
    let in_time = claim("ALG-1", 1, vec![line(1, Category::UnpaidSales, None, 700, None)]);
    let mut late = claim("ALG-2", 2, vec![line(1, Category::UnpaidSales, None, 50, None)]);
    late.declaration.late_reason = Some("The mail to Jay came late.".to_owned());
    let full = contents(1, &[in_time, late]);
    assert_eq!(full.late(), (1, 50));
    let public = public::redact(&full).unwrap();
    let shown = |contents: &Contents, key: &str, names: [&str; 2]| -> Vec<[String; 2]> {
        let table = tables(contents).into_iter().find(|table| table.key == key).unwrap();
        let at = |name: &str| table.columns.iter().position(|column| column.name == name).unwrap();
        table.rows.iter().map(|row| names.map(|name| row[at(name)].plain())).collect()
    };
    let claimants = ["late", "late_reason"];
    assert_eq!(shown(&full, "claimants", claimants), [["no", ""], ["yes", "The mail to Jay came late."]]);
    assert_eq!(shown(&public, "claimants", claimants), [["no", ""], ["yes", ""]]);
    for contents in [&full, &public] {
        let figures = shown(contents, "figures", ["number", "amount"]);
        assert_eq!(figures[figures.len() - 2..], [["1", ""], ["", "0.50"]]);
    }
    // A deadline that was moved since: what came before the one that holds is not late.
    let FiledClaim { of, claim, .. } = &full.claims[1];
    let at = |deadline| FiledClaim::new(of.clone(), claim.clone(), Some(deadline));
    assert!(at(claim.received_at).late);
    let extended = at(claim.received_at + chrono::Duration::seconds(1));
    assert_eq!((extended.late, extended.late_reason()), (false, ""));
}
