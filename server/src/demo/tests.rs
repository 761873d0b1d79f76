//! The demo case, loaded twice, adds up to what its lines say, counted here without the product's own arithmetic.

use std::{collections::BTreeMap, path::Path};

use claims::{
    Clock,
    intake::Answers,
    line::{Basis, Category},
    random::Random,
    store::{cases, events, matches, matching, notices, register, removed, totals},
};

use super::{SLUG, claims_filed, claims_filed::Course, load};
use crate::{
    config::{Config, Keys},
    serve::Installation,
};

/// What the demo holds. A change of these is a change of the demo's content.
const DRAFTS: i64 = 4;
const SUBMITTED: i64 = 102;
const WITHDRAWN: i64 = 2;
const LINES: i64 = 882;
/// Cents that two claim, before anybody decided anything.
const SUSPECTED: i64 = 7_686_344;
/// Cents over all lines but stock that is not valued at the retail list price.
const COUNTED: i64 = 222_115_621;

/// An exact number, in millionths.
fn millionths(typed: &str) -> i128 {
    let typed = typed.replace(',', "");
    let (whole, fraction) = typed.split_once('.').unwrap_or((&typed, ""));
    if whole.is_empty() { 0 } else { format!("{whole}{fraction:0<6}").parse().unwrap() }
}

/// Halves go to the even neighbour.
fn divide(number: i128, by: i128) -> i128 {
    let (quotient, rest) = (number / by, number % by);
    match (rest * 2).cmp(&by) {
        std::cmp::Ordering::Less => quotient,
        std::cmp::Ordering::Greater => quotient + 1,
        std::cmp::Ordering::Equal => quotient + quotient % 2,
    }
}

/// The cents that a line claims in its own currency.
fn cents(category: Category, answers: &Answers) -> i128 {
    let number = |field: &str| millionths(answers.get(field));
    let stated = |field: &str| divide(number(field), 10_000);
    match category {
        Category::UnpaidSales => stated("net_due") - stated("paid"),
        _ if !answers.get("amount").is_empty() => stated("amount"),
        Category::HeldInventory => divide(number("units_claimed") / 1_000_000 * number("unit_value"), 10_000),
        Category::DigitalRoyalties => divide(number("net_receipts") * number("split_rate"), 10_000 * 100_000_000),
        Category::Other => panic!("a line of other losses without an amount"),
    }
}

fn in_dollars(cents: i128, currency: &str) -> i128 {
    match currency {
        "EUR" => divide(cents * 11_154, 10_000),
        "GBP" => divide(cents * 144_323, 100_000),
        _ => cents,
    }
}

/// Lines, cents, cents on lines that cite something, by category and basis, of the claims that count.
fn expected() -> BTreeMap<(Category, Option<Basis>), (i64, i128, i128)> {
    let mut sums = BTreeMap::new();
    for plan in claims_filed::plans().unwrap() {
        if matches!(plan.course, Course::Draft | Course::Withdrawn(_)) {
            continue;
        }
        let added = if plan.course == Course::Amended { plan.added.as_slice() } else { &[] };
        for line in plan.lines.iter().chain(added) {
            let amount = in_dollars(cents(line.category, &line.answers), line.answers.get("currency"));
            let sum = sums.entry((line.category, Basis::parse(line.answers.get("basis")))).or_insert((0, 0, 0));
            *sum = (sum.0 + 1, sum.1 + amount, sum.2 + if line.evidence.is_empty() { 0 } else { amount });
        }
    }
    sums
}

/// What can be claimed twice: of each release, channel and month that two claim, the smaller amount. Stock has no months.
fn expected_overlap() -> i128 {
    let mut keys: BTreeMap<(bool, String, String, i64), BTreeMap<usize, i128>> = BTreeMap::new();
    for (claimant, plan) in claims_filed::plans().unwrap().iter().enumerate() {
        if matches!(plan.course, Course::Draft | Course::Withdrawn(_)) {
            continue;
        }
        let added = if plan.course == Course::Amended { plan.added.as_slice() } else { &[] };
        for line in plan.lines.iter().chain(added) {
            let answer = |field: &str| line.answers.get(field).to_owned();
            let stock = line.category == Category::HeldInventory;
            if answer("gtin").is_empty() || line.category == Category::Other || stock && answer("basis") != "retail" {
                continue;
            }
            let amount = in_dollars(cents(line.category, &line.answers), &answer("currency"));
            let month = |day: String| day[..4].parse::<i64>().unwrap() * 12 + day[5..7].parse::<i64>().unwrap() - 1;
            let months = if stock { 0..=0 } else { month(answer("period_from"))..=month(answer("period_to")) };
            let channel = if stock { String::new() } else { answer("channel") + &answer("service") };
            let count = i128::try_from(months.clone().count()).unwrap();
            for (place, month) in months.enumerate() {
                let cent = i128::from(i128::try_from(place).unwrap() < amount % count);
                let key = (stock, answer("gtin"), channel.clone(), month);
                *keys.entry(key).or_default().entry(claimant).or_default() += amount / count + cent;
            }
        }
    }
    let shared = keys.into_values().filter(|claimants| claimants.len() > 1);
    shared
        .map(|claimants| {
            assert_eq!(claimants.len(), 2, "with three the smallest is not all there is");
            claimants.into_values().min().unwrap()
        })
        .sum()
}

async fn open(directory: &Path) -> Installation {
    let keys = Keys { data_dir: Some(directory.to_owned()), ..Keys::default() };
    let config = Config::read(keys, None).unwrap();
    Installation::open(&config, "http://127.0.0.1:1", Clock::System, Random::System).await.unwrap()
}

#[tokio::test]
async fn loaded_twice_it_is_there_once_and_adds_up() {
    let directory = std::env::temp_dir().join(format!("recoup-demo-{}", Random::System.token()));
    let installation = open(&directory).await;
    let first = load(&installation, &directory).await.unwrap();
    assert_eq!(first.lines().count(), 3);
    for (line, role) in first.lines().zip(["claimant", "counsel", "administrator"]) {
        assert_eq!(line.split("  ").count(), 3, "{line}");
        assert!(line.starts_with(role), "{line}");
    }
    let mut tx = installation.recoup.store.read().await.unwrap();
    let row = cases::by_slug(&mut tx, SLUG).await.unwrap().unwrap();
    let before = events::verify(&mut tx, row.id).await.unwrap();
    assert_eq!(before.1, None, "the chain of events does not hold");
    drop(tx);
    installation.recoup.store.close().await;

    let installation = open(&directory).await;
    assert_eq!(load(&installation, &directory).await.unwrap(), first, "a second start shows the same sign-ins");
    let mut tx = installation.recoup.store.read().await.unwrap();
    assert_eq!(events::verify(&mut tx, row.id).await.unwrap(), before, "a second start changes nothing");
    assert_eq!(
        register::by_status(&mut tx, row.id).await.unwrap(),
        [("draft".to_owned(), DRAFTS), ("submitted".to_owned(), SUBMITTED), ("withdrawn".to_owned(), WITHDRAWN)]
    );
    let found = totals::of_case(&mut tx, row.id).await.unwrap();
    assert_eq!(found, totals::recount(&mut tx, row.id).await.unwrap());
    let found: BTreeMap<_, _> = found
        .into_iter()
        .map(|total| ((total.category, total.basis), (total.lines, total.amount.into(), total.documented.into())))
        .collect();
    assert_eq!(found, expected());
    let counts = |basis: Option<Basis>| basis.is_none_or(|basis| basis == Basis::Retail);
    let counted: i128 = found.iter().filter(|((_, basis), _)| counts(*basis)).map(|(_, sum)| sum.1).sum();
    assert_eq!((found.values().map(|sum| sum.0).sum::<i64>(), counted), (LINES, COUNTED.into()));
    let overlap = removed::of_case(&mut tx, row.id).await.unwrap();
    assert!(overlap.iter().all(|(_, of)| of.confirmed == 0), "nobody decided anything yet");
    let suspected: i64 = overlap.iter().map(|(_, of)| of.suspected).sum();
    assert_eq!((i128::from(suspected), suspected), (expected_overlap(), SUSPECTED));
    let pairs = matches::of_case(&mut tx, row.id).await.unwrap();
    let mut again: Vec<_> = pairs
        .iter()
        .filter(|pair| pair.decision == "match")
        .map(|pair| (pair.claimant_a.as_str(), pair.claimant_b.as_str()))
        .collect();
    again.sort_unstable();
    assert_eq!(
        again,
        [
            ("Copper Thimble Records", "Copper Thimble Recordings LLC"),
            ("Farthing Street Jazz LLC", "FARTHING STREET JAZZ"),
            ("Redshank Records Ltd", "Redshank Rec. Limited"),
        ]
    );
    let state = matching::state(&mut tx, row.id).await.unwrap();
    assert!(state.is_current());
    assert_eq!(state.members_most, SUBMITTED);
    // The register, the overview and Matches say the same number of lines; those without a value or on another basis stand beside it.
    let [submitted, _] =
        register::sums_by_status(&mut tx, row.id, Basis::Retail, &register::Filter::default()).await.unwrap();
    assert_eq!((submitted.lines, submitted.lines + submitted.more_lines), (state.lines, LINES));
    let tomorrow = Clock::System.now() + chrono::Duration::days(1);
    assert_eq!(
        notices::waiting_for_digest(&mut tx, row.id, tomorrow).await.unwrap(),
        [],
        "what counsel read by then depends on the hour"
    );
    drop(tx);
    installation.recoup.store.close().await;

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(directory.join("demo-sign-ins.txt")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // The file lost: new passwords for the same accounts.
    std::fs::remove_file(directory.join("demo-sign-ins.txt")).unwrap();
    let installation = open(&directory).await;
    let again = load(&installation, &directory).await.unwrap();
    assert_ne!(again, first);
    assert_eq!(std::fs::read_to_string(directory.join("demo-sign-ins.txt")).unwrap(), again);
    installation.recoup.store.close().await;
    std::fs::remove_dir_all(&directory).unwrap();
}
