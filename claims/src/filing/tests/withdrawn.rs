//! What filings show of those who withdrew.

use super::*;

fn withdrawn(claimant: &str) -> Withdrawn {
    Withdrawn { number: "ALG-2".to_owned(), claimant: claimant.to_owned(), reason: String::new(), on: None }
}

#[test]
fn who_withdrew_is_named_nowhere_in_the_public_variant() {
    let titles = ["Live with Kay Noble", "Blue in Green", "The best of Jay"];
    let lines = (1..).zip(titles).map(|(number, title)| {
        let mut line = line(number, Category::UnpaidSales, None, 700, None);
        line.release.title = Some(title.to_owned());
        line
    });
    let mut full = contents(1, &[claim("ALG-1", 1, lines.collect())]);
    // A name of one word may stand in many titles; and who claims again by another claim is shown there.
    full.filing.withdrawn.extend(["Kay Noble", "Blue", "Jay"].map(withdrawn));
    let public = public::redact(&full).unwrap();
    let left = public.claims[0].claim.lines.iter().filter_map(|line| line.release.title.as_deref());
    assert_eq!(left.collect::<Vec<_>>(), ["Live with […]", "Blue in Green", "The best of Jay"]);
    assert_eq!(public.filing.withdrawn[0].claimant, "K. N.");
}
