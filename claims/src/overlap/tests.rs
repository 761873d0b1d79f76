//! The invariants, for whatever people claim and decide.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn relations() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(0_u8..5, 36)
}

/// The relation of two claimants from a table of arbitrary numbers.
fn relation(table: &[u8], a: Claimant, b: Claimant) -> Relation {
    match table[(a * 6 + b) as usize % table.len()] {
        0 => Relation::Suspected,
        1 => Relation::Derivative { of: a },
        2 => Relation::Derivative { of: b },
        3 => Relation::SameMoney,
        _ => Relation::Distinct,
    }
}

fn line() -> impl Strategy<Value = Line> {
    (0_u32..6, 0_u64..3, 0_u32..2, 0_i32..4, 0_i32..14, 0_i64..5_000, any::<bool>()).prop_map(
        |(claimant, release, channel, first, months, amount, lump)| Line {
            claimant,
            family: Family::Sales,
            release: (!lump).then_some(release),
            channel,
            first,
            last: first + months,
            amount,
        },
    )
}

proptest! {
    #[test]
    fn months_add_up_to_the_line(amount in any::<i64>(), months in 1_u32..400) {
        let parts: Vec<i64> = spread(amount, months).collect();
        prop_assert_eq!(parts.len(), months as usize);
        prop_assert_eq!(parts.iter().map(|p| i128::from(*p)).sum::<i128>(), i128::from(amount));
        let (least, most) = (parts.iter().min().unwrap(), parts.iter().max().unwrap());
        prop_assert!(most - least <= 1);
        prop_assert!(parts.windows(2).all(|w| w[0].abs() >= w[1].abs()));
    }

    #[test]
    fn a_key_keeps_its_promises(amounts in prop::collection::vec(-50_i64..1_000, 1..6), table in relations()) {
        let amounts: Vec<(Claimant, Minor)> = (0..).zip(amounts).collect();
        let found = resolve(&amounts, |a, b| relation(&table, a, b));
        for entry in &found.entries {
            prop_assert!(entry.confirmed >= 0 && entry.suspected >= 0);
            prop_assert!(entry.confirmed + entry.suspected <= entry.gross.max(0), "never more than was claimed");
        }
        let kept: Minor = found.entries.iter().filter(|e| e.gross > 0).map(|e| e.gross - e.confirmed - e.suspected).sum();
        prop_assert!(kept >= amounts.iter().map(|a| a.1).max().unwrap().max(0), "at least the largest claim");
        let mut turned = amounts.clone();
        turned.reverse();
        prop_assert_eq!(&resolve(&turned, |a, b| relation(&table, a, b)), &found, "order does not matter");
    }

    #[test]
    fn a_ledger_keeps_its_promises(lines in prop::collection::vec(line(), 0..12), table in relations()) {
        let found = reckon(&lines, |a, b, _| relation(&table, a, b));
        prop_assert_eq!(found.totals.gross, lines.iter().map(|l| l.amount).sum::<Minor>());
        prop_assert_eq!(found.totals.unique_at_most() + found.totals.confirmed, found.totals.gross);
        prop_assert!(found.totals.unique_at_least() <= found.totals.unique_at_most());
        let largest = found.claimants.values().map(|t| t.gross).max().unwrap_or(0);
        prop_assert!(found.totals.unique_at_least() >= largest);
        for figures in found.claimants.values() {
            prop_assert!(figures.confirmed + figures.suspected <= figures.gross);
        }
        let mut turned = lines.clone();
        turned.reverse();
        prop_assert_eq!(&reckon(&turned, |a, b, _| relation(&table, a, b)), &found, "order does not matter");
    }

    #[test]
    fn every_subset_adds_up(lines in prop::collection::vec(line(), 0..10), table in relations(), keep in any::<u16>()) {
        let subset: Vec<Line> = (0..).zip(&lines).filter(|(i, _)| keep >> (i % 16) & 1 == 1).map(|(_, l)| *l).collect();
        let found = reckon(&subset, |a, b, _| relation(&table, a, b));
        let removed: Minor = found.keys.iter().flat_map(|k| &k.entries).map(|e| e.confirmed + e.suspected).sum();
        prop_assert_eq!(found.totals.unique_at_least() + removed, subset.iter().map(|l| l.amount).sum::<Minor>());
    }

    #[test]
    fn undoing_restores(lines in prop::collection::vec(line(), 0..10), table in relations(), a in 0_u32..6, b in 0_u32..6) {
        prop_assume!(a < b);
        let before = reckon(&lines, |x, y, _| relation(&table, x, y));
        let mut decisions: BTreeMap<(Claimant, Claimant), Relation> = BTreeMap::new();
        decisions.insert((a, b), Relation::SameMoney);
        let decided = reckon(&lines, |x, y, _| decisions.get(&(x, y)).copied().unwrap_or_else(|| relation(&table, x, y)));
        prop_assert_eq!(decided.totals.gross, before.totals.gross);
        decisions.clear();
        let after = reckon(&lines, |x, y, _| decisions.get(&(x, y)).copied().unwrap_or_else(|| relation(&table, x, y)));
        prop_assert_eq!(after, before);
    }

    #[test]
    fn a_suspicion_moves_only_the_lower_bound(lines in prop::collection::vec(line(), 0..10)) {
        let found = reckon(&lines, |_, _, _| Relation::Suspected);
        prop_assert_eq!(found.totals.confirmed, 0);
        prop_assert_eq!(found.totals.unique_at_most(), found.totals.gross);
    }
}

#[test]
fn two_artists_of_one_label_cannot_remove_more_than_the_label_claims() {
    let found = resolve(&[(1, 100), (2, 60), (3, 70)], |a, _| {
        if a == 1 { Relation::Derivative { of: 1 } } else { Relation::Distinct }
    });
    assert!(found.over_whole);
    assert_eq!(found.entries.iter().map(|e| e.confirmed).sum::<Minor>(), 100);
}

#[test]
fn distinct_claims_that_both_resemble_a_third_stay_distinct() {
    let found = resolve(&[(1, 100), (2, 100), (3, 100)], |a, b| {
        if (a, b) == (1, 2) { Relation::Distinct } else { Relation::Suspected }
    });
    assert_eq!(found.entries.iter().map(|e| e.suspected).sum::<Minor>(), 100);
}

#[test]
fn lump_sums_overlap_only_between_one_claimant() {
    let lump =
        |claimant| Line { claimant, family: Family::Stock, release: None, channel: 0, first: 0, last: 0, amount: 500 };
    let lines = [lump(1), lump(2)];
    assert_eq!(reckon(&lines, |_, _, _| Relation::Suspected).totals.unique_at_least(), 1_000);
    assert_eq!(reckon(&lines, |_, _, _| Relation::SameMoney).totals.unique_at_least(), 500);
}

#[test]
fn derivations_in_a_circle_are_the_same_money() {
    let found = resolve(&[(1, 10), (2, 5), (3, 7)], |a, b| match (a, b) {
        (1, 2) => Relation::Derivative { of: 2 },
        (2, 3) => Relation::Derivative { of: 3 },
        _ => Relation::Derivative { of: 1 },
    });
    assert!(found.contradictory);
    assert_eq!(found.entries.iter().map(|e| e.gross - e.confirmed).sum::<Minor>(), 10);
}
