//! What a later filing tells of the case itself: its caption, its deadline, and claims that were taken up again.

use super::*;
use crate::filing::tables::difference_table;

fn at(seconds: i64) -> Instant {
    Instant::from_timestamp(seconds, 0).unwrap()
}

fn sales(amount: i64) -> Vec<FrozenLine> {
    vec![line(1, Category::UnpaidSales, None, amount, None)]
}

/// Filings of these claims in a case with this deadline; the claims may be late.
fn by_deadline(number: i64, claims: &[FrozenClaim], deadline: i64) -> Contents {
    let (mut filing, texts, _) = filed(number, claims);
    filing.case.deadline_at = Some(at(deadline));
    filing.case.deadline = format!("second {deadline}");
    Contents::new(filing, String::new(), &texts).unwrap()
}

#[test]
fn a_deadline_that_was_extended_is_told_with_the_claims_that_are_no_longer_late() {
    let mut late = claim("ALG-1", 1, sales(700));
    late.received_at = at(150);
    late.declaration.late_reason = Some("The mail came late.".to_owned());
    let claims = [late, claim("ALG-2", 1, sales(40))];
    let (before, after) = (by_deadline(1, &claims, 100), by_deadline(2, &claims, 200));
    assert_eq!((before.late().0, after.late().0), (1, 0));
    let found = difference(&before, &after);
    let rows: Vec<_> = found.rows.iter().map(|row| (row.change, row.claim.as_str(), row.what.as_str())).collect();
    assert_eq!(
        rows,
        [
            ("deadline", "", "deadline for claims: second 100 became second 200"),
            ("deadline", "ALG-1", "no longer late: the deadline was moved"),
        ]
    );
    let words = "The deadline for claims was second 100 in the filing before, and is now second 200. One claim is no longer marked as late.";
    assert!(found.words.contains(words), "{}", found.words);
    assert!(!found.rows.iter().any(|row| row.counted), "no money moved");
    let back = difference(&after, &before);
    assert!(back.words.contains("One claim that was in time is now marked as late."), "{}", back.words);
    let csv = difference_table(&found, Currency::USD);
    assert_eq!(csv.rows.len(), 2);

    // A filing that was made before the forum was kept says nothing of it, and so neither does the next.
    let mut old = by_deadline(1, &claims, 100);
    old.filing.case.forum = None;
    assert!(difference(&old, &by_deadline(2, &claims, 100)).rows.is_empty());
}

#[test]
fn another_caption_is_told_row_by_row() {
    let claims = [claim("ALG-1", 1, sales(700))];
    let (before, mut after) = (contents(1, &claims), contents(2, &claims));
    after.filing.case.title = "Labels against Allegro".to_owned();
    after.filing.case.court = "Circuit Court".to_owned();
    after.filing.case.forum = Some(Forum::Oregon);
    let found = difference(&before, &after);
    let rows: Vec<_> = found.rows.iter().map(|row| (row.change, row.what.as_str())).collect();
    assert_eq!(
        rows,
        [
            ("caption", "title: “Allegro” became “Labels against Allegro”"),
            ("caption", "court: none became “Circuit Court”"),
            ("caption", "forum: “federal court” became “Oregon state court”"),
        ]
    );
    let words = "Of the caption, the title, the court and the forum are not what the filing before has.";
    assert!(found.words.contains(words), "{}", found.words);
    let quiet = difference(&before, &contents(2, &claims));
    assert!(quiet.rows.is_empty() && !quiet.words.contains("caption"), "{}", quiet.words);
}

#[test]
fn a_claim_that_had_been_withdrawn_is_taken_up_again_and_not_added() {
    let first = claim("ALG-1", 1, sales(700));
    let mut before = contents(1, std::slice::from_ref(&first));
    before.filing.withdrawn.push(Withdrawn {
        number: "ALG-2".to_owned(),
        claimant: "Kay".to_owned(),
        reason: String::new(),
        on: None,
    });
    let after = contents(2, &[first, claim("ALG-2", 2, sales(50)), claim("ALG-3", 1, sales(3))]);
    let found = difference(&before, &after);
    let rows: Vec<_> = found.rows.iter().map(|row| (row.change, row.claim.as_str(), row.after)).collect();
    assert_eq!(rows, [("revived", "ALG-2", 50), ("added", "ALG-3", 3)]);
    assert!(found.rows[0].what.ends_with("claimed again"), "{:?}", found.rows);
    for words in [
        "one claim was added, one claim was taken up again that had been withdrawn, no claim was amended",
        "+0.03 USD by claims added, +0.50 USD by claims taken up again, 0.00 USD by amendments",
    ] {
        assert!(found.words.contains(words), "{words}: {}", found.words);
    }
}

#[test]
fn earlier_deadlines_are_part_of_what_is_frozen_and_older_filings_keep_their_hash() {
    let mut of = contents(1, &[claim("ALG-1", 1, sales(700))]).filing;
    assert!(!of.canonical().unwrap().contains("earlier_deadlines"));
    of.case.earlier_deadlines.push((day(), "second 100".to_owned()));
    assert_eq!(Filing::read(&of.canonical().unwrap()).unwrap(), of);
}
