//! What a later filing tells of money that moved, decisions, and lines.

use super::*;

#[test]
fn what_moved_adds_up() {
    let sales = |number, amount| line(number, Category::UnpaidSales, None, amount, None);
    let stock = |number, basis| line(number, Category::HeldInventory, Some(basis), 900, None);
    let before = contents(
        1,
        &[claim("ALG-1", 1, vec![sales(1, 700), stock(2, Basis::Wholesale)]), claim("ALG-2", 1, vec![sales(1, 40)])],
    );
    // By hand: line 1 loses 100, line 2 now counts (+900), ALG-2 goes (−40), ALG-3 comes (+5).
    let after = contents(
        2,
        &[claim("ALG-1", 2, vec![sales(1, 600), stock(2, Basis::Retail)]), claim("ALG-3", 1, vec![sales(1, 5)])],
    );
    let found = difference(&before, &after);
    let moved: i64 = found.rows.iter().filter(|row| row.counted).map(|row| row.after - row.before).sum();
    assert_eq!((moved, after.filing.figures.gross - before.filing.figures.gross), (-100 + 900 - 40 + 5, 765));
    assert!(
        found.words.contains("which is 7.65 USD more: +0.05 USD by claims added, +8.00 USD by amendments"),
        "{}",
        found.words
    );
    assert!(difference(&before, &before).rows.is_empty());
}

/// A filing of the same claims, with stock counted on another basis.
fn on_basis(number: i64, claims: &[FrozenClaim], basis: Basis) -> Contents {
    let (mut filing, texts, _) = filed(number, claims);
    filing.case.filing_basis = basis;
    filing.figures = Figures::default();
    for (of, claim) in filing.claims.iter_mut().zip(claims) {
        of.figures.gross = counted(&claim.totals, basis).amount;
        filing.figures.gross += of.figures.gross;
    }
    Contents::new(filing, String::new(), &texts).unwrap()
}

#[test]
fn what_moved_adds_up_when_stock_is_counted_on_another_basis() {
    let sales = |number, amount| line(number, Category::UnpaidSales, None, amount, None);
    let stock = |number, basis, amount| line(number, Category::HeldInventory, Some(basis), amount, None);
    let (retail, wholesale) = (Basis::Retail, Basis::Wholesale);
    let same = claim("ALG-1", 1, vec![sales(1, 700), stock(2, retail, 900), stock(3, wholesale, 400)]);
    let only_sales = claim("ALG-2", 1, vec![sales(1, 40)]);
    let amended = |version, amount| {
        claim("ALG-3", version, vec![stock(1, retail, 80), stock(2, wholesale, amount), sales(3, 10)])
    };
    let gone = claim("ALG-4", 1, vec![stock(1, retail, 60), stock(2, wholesale, 20)]);
    let new = claim("ALG-5", 1, vec![stock(1, retail, 6), stock(2, wholesale, 2)]);
    let before = on_basis(1, &[same.clone(), only_sales.clone(), amended(1, 30), gone], retail);
    let after = on_basis(2, &[same, only_sales, amended(2, 35), new], wholesale);
    let found = difference(&before, &after);
    let by = |change: &str| -> i64 {
        let rows = found.rows.iter().filter(|row| row.counted && row.change == change);
        rows.map(|row| row.after - row.before).sum()
    };
    // By hand: ALG-1 loses 900 and gains 400, ALG-3 loses its unchanged 80 and gains 35, ALG-4 counted with 60, ALG-5 counts with 2.
    assert_eq!((by("basis"), by("amended"), by("withdrawn"), by("added")), (400 - 900 - 80, 35, -60, 2));
    let moved: i64 = found.rows.iter().filter(|row| row.counted).map(|row| row.after - row.before).sum();
    assert_eq!(moved, after.filing.figures.gross - before.filing.figures.gross);
    assert!(!found.rows.iter().any(|row| row.claim == "ALG-2"), "{:?}", found.rows);
    let words = "\u{2212}0.60 USD by withdrawals and \u{2212}5.80 USD by counting stock at wholesale";
    assert!(found.words.contains(words), "{}", found.words);
    assert!(!difference(&after, &after).words.contains("counting stock"));
}

#[test]
fn decisions_are_told_release_by_release_and_so_is_what_was_undone() {
    let claims = ["ALG-1", "ALG-2", "ALG-3"].map(|number| claim(number, 1, Vec::new()));
    let with = |matches: Vec<Match>, claims: &[FrozenClaim]| {
        let mut contents = contents(1, claims);
        contents.filing.matches = matches;
        contents
    };
    let first = vec![
        money("ALG-1", "ALG-2", "Brahms", "the same money"),
        money("ALG-1", "ALG-2", "Haydn", "different money"),
        money("ALG-1", "ALG-3", "", "the same money"),
    ];
    let before = with(first.clone(), &claims);
    let nobody = difference(&before, &with(first.clone(), &claims));
    assert!(
        nobody.rows.is_empty() && nobody.words.contains("No match and no overlap was decided in between."),
        "{nobody:?}"
    );

    let mut second = first;
    second.remove(0);
    second[0].decision = "the same money".to_owned();
    let found = difference(&before, &with(second.clone(), &claims));
    let told: Vec<&str> = found.rows.iter().map(|row| row.what.as_str()).collect();
    assert_eq!(
        told,
        [
            "ALG-1 and ALG-2, Brahms: the same money became open",
            "ALG-1 and ALG-2, Haydn: different money became the same money"
        ]
    );
    assert!(found.words.contains("One overlap was decided in between. One decision was undone."), "{}", found.words);

    // A release that an amendment renamed is the one about which it was decided before.
    let mut renamed = second.clone();
    renamed[0] = Match { release: "J. Haydn".to_owned(), decided_as: "Haydn".to_owned(), ..renamed[0].clone() };
    let same = difference(&with(second.clone(), &claims), &with(renamed.clone(), &claims));
    assert!(same.rows.is_empty(), "{:?}", same.rows);
    let mut otherwise = renamed.clone();
    otherwise[0].decision = "different money".to_owned();
    let found = difference(&with(renamed, &claims), &with(otherwise, &claims));
    assert_eq!(found.rows[0].what, "ALG-1 and ALG-2, J. Haydn: the same money became different money");

    let mut third = second.clone();
    third.push(Match { kind: "claimants".to_owned(), ..money("ALG-1", "ALG-2", "", "same claimant") });
    let words = difference(&with(second.clone(), &claims), &with(third.clone(), &claims)).words;
    assert!(words.contains("One match was decided in between."), "{words}");
    let words = difference(&with(Vec::new(), &claims), &with(third, &claims)).words;
    assert!(words.contains("One match and two overlaps were decided in between."), "{words}");

    // Where a claim left, nobody undid what was decided about it.
    second.pop();
    let left = difference(&with(second.clone(), &claims), &with(Vec::new(), &claims[1..]));
    assert!(!left.rows.iter().any(|row| row.change == "decision"), "{:?}", left.rows);
    let texts = with(second, &claims).filing.canonical().unwrap();
    assert!(texts.contains("\"release\":\"Haydn\""));
    let all = with(vec![money("ALG-1", "ALG-2", "", "the same money")], &claims).filing.canonical().unwrap();
    assert!(!all.contains("\"release\":\"\""), "a filing that was frozen before releases were named keeps its hash");
    assert_eq!(Filing::read(&all).unwrap().matches[0].release, "");
}

#[test]
fn an_overlap_that_did_not_move_did_not_go_from_one_amount_to_another() {
    let removed = |confirmed: i64| {
        let mut contents = contents(1, &[claim("ALG-1", 1, Vec::new())]);
        contents.filing.figures.confirmed = confirmed;
        contents
    };
    let words = |was: i64, is: i64| difference(&removed(was), &removed(is)).words;
    assert!(!words(0, 0).contains("overlap that is removed"), "{}", words(0, 0));
    assert!(words(500, 500).contains("removed by decision is unchanged at 5.00 USD."), "{}", words(500, 500));
    assert!(words(0, 500).contains("removed by decision went from 0.00 USD to 5.00 USD."), "{}", words(0, 500));
}

#[test]
fn lines_that_only_have_new_numbers_are_told_of_once() {
    let cited = |number, amount, place| line(number, Category::UnpaidSales, None, amount, Some(place));
    let stock = |number, basis| line(number, Category::HeldInventory, Some(basis), 900, None);
    let before = contents(
        1,
        &[claim(
            "ALG-1",
            1,
            vec![cited(1, 700, "row 1"), cited(2, 500, "row 2"), cited(3, 40, "row 3"), cited(4, 60, "row 4")],
        )],
    );
    // Line 1 is as it was, 2 stands in another row of the file, 3 is left out, 4 has 0.05 more.
    let after =
        contents(2, &[claim("ALG-1", 2, vec![cited(5, 700, "row 1"), cited(6, 500, "row 3"), cited(7, 65, "row 4")])]);
    let found = difference(&before, &after);
    let told: Vec<_> = found.rows.iter().map(|row| (row.line, row.what.as_str(), row.after - row.before)).collect();
    assert_eq!(
        told,
        [
            (Some(3), "Unpaid sales: line taken out", -40),
            (Some(4), "Unpaid sales: line taken out", -60),
            (Some(7), "Unpaid sales: new line", 65),
            (None, "1 line has a new number and no other change", 0),
            (None, "1 line has a new number and other evidence, and no other change", 0),
        ]
    );

    // What is counted on another basis is told of line by line, whatever its number, or what moved would not add up.
    let (retail, wholesale) = (Basis::Retail, Basis::Wholesale);
    let before = on_basis(1, &[claim("ALG-1", 1, vec![stock(1, retail), stock(2, wholesale)])], retail);
    let after = on_basis(2, &[claim("ALG-1", 2, vec![stock(3, retail), stock(4, wholesale)])], wholesale);
    let moved: Vec<_> =
        difference(&before, &after).rows.iter().map(|row| (row.change, row.after - row.before)).collect();
    assert_eq!(moved, [("basis", -900), ("basis", 900), ("amended", 0)]);
}

#[test]
fn the_unique_total_is_compared_as_it_was_stated() {
    let of = |number, suspected| {
        let one = claim("ALG-1", 1, vec![line(1, Category::UnpaidSales, None, 700, None)]);
        let mut contents = contents(number, &[one]);
        contents.filing.figures.suspected = suspected;
        contents
    };
    let told = |before, after| difference(&of(1, before), &of(2, after)).words;
    assert!(told(200, 200).contains("The unique total is between 5.00 USD and 7.00 USD, as in the filing before."));
    assert!(told(0, 0).contains("The unique total is 7.00 USD, as in the filing before."));
    let narrower = told(200, 0);
    let words = "The unique total is now 7.00 USD; in the filing before it was between 5.00 USD and 7.00 USD.";
    assert!(narrower.contains(words), "{narrower}");
}
