//! What a filing tells of decisions, of claims that were signed again, of numbers that are not used, and of what the public is not
//! shown.

use super::*;

fn at(seconds: i64) -> Instant {
    Instant::from_timestamp(seconds, 0).unwrap()
}

/// A decision of this moment about the money that the first two claims have in common for a release.
fn made(release: &str, decision: &str, seconds: i64) -> Match {
    Match { decided_at: Some(at(seconds)), ..money("ALG-1", "ALG-2", release, decision) }
}

/// Claims of these numbers without lines, with these decisions, as of the second 100, or 200 for a later filing.
fn decided(number: i64, claims: &[&str], matches: Vec<Match>) -> Contents {
    let claims: Vec<FrozenClaim> = claims.iter().map(|number| claim(number, 1, Vec::new())).collect();
    let mut contents = contents(number, &claims);
    contents.filing.as_of = at(number * 100);
    contents.filing.matches = matches;
    contents
}

/// What is said of decisions: the rows, and the sentences on them.
fn told(before: &Contents, after: &Contents) -> (Vec<String>, String) {
    let found = difference(before, after);
    let rows = found.rows.into_iter().filter(|row| row.change == "decision").map(|row| row.what).collect();
    (rows, found.words)
}

const BOTH: &[&str] = &["ALG-1", "ALG-2"];

#[test]
fn a_decision_that_comes_back_with_its_claim_was_made_by_nobody() {
    let without = decided(1, &["ALG-1"], Vec::new());
    let (rows, words) = told(&without, &decided(2, BOTH, vec![made("", "the same money", 50)]));
    assert!(rows.is_empty() && words.contains("No match and no overlap was decided in between."), "{rows:?} {words}");

    // One that was made since is told, and so is any where both claims were there before.
    let new = ["ALG-1 and ALG-2: open became the same money"];
    let (rows, words) = told(&without, &decided(2, BOTH, vec![made("", "the same money", 150)]));
    assert!(rows == new && words.contains("One overlap was decided in between."), "{rows:?} {words}");
    let (rows, _) = told(&decided(1, BOTH, Vec::new()), &decided(2, BOTH, vec![made("", "the same money", 50)]));
    assert_eq!(rows, new);

    // Filings that were made before the moment was kept differ by nothing else.
    let mut old = decided(1, BOTH, vec![made("", "the same money", 50)]);
    old.filing.matches[0].decided_at = None;
    assert!(!old.filing.canonical().unwrap().contains("decided_at"), "an older filing keeps its hash");
    let (rows, words) = told(&old, &decided(2, BOTH, vec![made("", "the same money", 50)]));
    assert!(rows.is_empty() && words.contains("No match and no overlap was decided in between."), "{rows:?} {words}");
}

#[test]
fn one_decision_for_every_release_takes_the_place_of_one_for_a_release() {
    let shared = |contents: &mut Contents, subjects: &[&str]| {
        for (subject, claim) in subjects.iter().flat_map(|subject| BOTH.iter().map(move |claim| (subject, claim))) {
            contents.filing.overlaps.push(Overlap {
                subject: (*subject).to_owned(),
                claim: (*claim).to_owned(),
                gross: 1,
                confirmed: 0,
                suspected: 0,
                through: String::new(),
                relation: String::new(),
                over_whole: false,
                contradictory: false,
            });
        }
    };
    let of_one = decided(1, BOTH, vec![made("Brahms", "the same money", 50)]);
    let mut of_all = decided(2, BOTH, vec![made("", "different money", 150)]);
    shared(&mut of_all, &["Brahms, iTunes, May 2015", "Brahms, held inventory"]);
    let (rows, words) = told(&of_one, &of_all);
    assert_eq!(rows, ["ALG-1 and ALG-2, Brahms: the same money became different money"]);
    assert!(words.contains("One overlap was decided in between."), "{words}");
    assert!(!words.contains("undone"), "{words}");

    // Where the two share more, it was decided of that too.
    shared(&mut of_all, &["Brahms: Sonatas, iTunes, May 2015"]);
    let (rows, words) = told(&of_one, &of_all);
    let others = "ALG-1 and ALG-2, all other releases: open became different money";
    assert_eq!(rows, ["ALG-1 and ALG-2, Brahms: the same money became different money", others]);
    assert!(words.contains("One overlap was decided in between.") && !words.contains("undone"), "{words}");

    // The other way: what held for all holds no longer, and nobody has decided of the rest again.
    let mut again = decided(3, BOTH, vec![made("Brahms", "the same money", 250)]);
    again.filing.overlaps.clone_from(&of_all.filing.overlaps);
    let (rows, words) = told(&of_all, &again);
    let others = "ALG-1 and ALG-2, all other releases: different money became open";
    assert_eq!(rows, ["ALG-1 and ALG-2, Brahms: different money became the same money", others]);
    assert!(words.contains("One overlap was decided in between. One decision was undone."), "{words}");

    // The same said of more than before changes nothing for what it was said of.
    let (rows, _) = told(&of_one, &decided(2, BOTH, vec![made("", "the same money", 150)]));
    assert_eq!(rows, ["ALG-1 and ALG-2: the same money as before, decided anew"]);
}

#[test]
fn a_decision_on_one_release_that_was_taken_back_is_told_also_where_one_for_every_release_holds_instead() {
    let of_all = || made("", "the same money", 50);
    let both = decided(1, BOTH, vec![of_all(), made("Brahms", "different money", 60)]);
    let one = "No match and no overlap was decided in between. One decision was undone.";
    let (rows, words) = told(&both, &decided(2, BOTH, vec![of_all()]));
    assert_eq!(rows, ["ALG-1 and ALG-2, Brahms: different money became the same money"]);
    assert!(words.contains(one), "{words}");

    // Of what was decided for every release since, it is not said that the other was undone: that one took its place.
    let (rows, words) = told(&both, &decided(2, BOTH, vec![made("", "a share of the money of ALG-1", 150)]));
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(words.contains("One overlap was decided in between.") && !words.contains("undone"), "{words}");

    // One that said no more than what holds for all leaves it as it was; both at once are two.
    let alike = decided(1, BOTH, vec![of_all(), made("Brahms", "the same money", 60)]);
    let (rows, words) = told(&alike, &decided(2, BOTH, vec![of_all()]));
    assert_eq!(rows, ["ALG-1 and ALG-2: the same money as before, a decision undone"]);
    assert!(words.contains(one), "{words}");
    let (rows, words) = told(&both, &decided(2, BOTH, Vec::new()));
    assert_eq!(rows, ["ALG-1 and ALG-2, Brahms: different money became open"]);
    assert!(words.contains("Two decisions were undone."), "{words}");
}

/// What is looked at is counted, and not how long it takes: a claim or a release that is searched for among all others, pair by pair, would
/// be some millions of rows here.
#[test]
fn the_decisions_of_many_pairs_are_compared_by_looking_a_few_times_at_each_row() {
    const PAIRS: usize = 2_000;
    let numbers: Vec<String> = (0..=PAIRS).map(|number| format!("ALG-{number:05}")).collect();
    let names: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let filing = |number, decision: &str| {
        let pairs = names.windows(2).map(|two| money(two[0], two[1], "Brahms", decision)).collect();
        decided(number, &names, pairs)
    };
    let (before, after) = (filing(1, "the same money"), filing(2, "different money"));
    let looked_at = decided::looked_at();
    let (rows, words) = told(&before, &after);
    assert_eq!(rows.len(), PAIRS);
    assert!(words.contains("2,000 overlaps were decided in between."), "{words}");
    // Of each filing its claims once, its pairs twice.
    assert_eq!(decided::looked_at() - looked_at, 2 * (PAIRS as u64 + 1) + 4 * PAIRS as u64);
}

#[test]
fn a_claim_that_was_signed_again_with_nothing_changed_is_not_told_to_have_other_answers() {
    let sales = || vec![line(1, Category::UnpaidSales, None, 700, None)];
    let before = contents(1, &[claim("ALG-1", 1, sales())]);
    let mut again = claim("ALG-1", 2, sales());
    again.received_at = at(50);
    again.declaration.date = again.declaration.date.succ_opt().unwrap();
    again.declaration.late_reason = Some("The mail came late.".to_owned());
    let mut other = again.clone();
    other.answers.insert("agreement".to_owned(), Answers::default().with("title_clause", "Ours until sold."));
    let what = |before: &Contents, after: &Contents| -> Vec<String> {
        difference(before, after).rows.into_iter().map(|row| row.what).collect()
    };
    let (again, other) = (contents(2, &[again]), contents(2, &[other]));
    let late = "the version in force came after the deadline";
    assert_eq!(what(&before, &again), ["signed again, nothing changed", late]);
    assert_eq!(what(&before, &other), ["answers other than lines", late]);
    // The public does not read the clause: what it is told is true of what it reads.
    let public = |contents| public::redact(contents).unwrap();
    assert_eq!(what(&public(&before), &public(&other)), ["signed again, nothing changed that is shown here", late]);
}

#[test]
fn a_line_that_is_valued_otherwise_was_neither_taken_out_nor_added_and_moved_adds_up() {
    let stock = |basis, amount| vec![line(1, Category::HeldInventory, Some(basis), amount, None)];
    let retail = |number, version| contents(number, &[claim("ALG-1", version, stock(Basis::Retail, 900))]);
    let wholesale = |number, version| contents(number, &[claim("ALG-1", version, stock(Basis::Wholesale, 400))]);
    let rows = |before: &Contents, after: &Contents| -> Vec<(String, String, String)> {
        let table = difference_table(&difference(before, after), Currency::USD);
        let place = |name: &str| table.columns.iter().position(|column| column.name == name).unwrap();
        let cell = |row: &[Cell], name| row[place(name)].plain();
        table.rows.iter().map(|row| (cell(row, "what"), cell(row, "moved"), cell(row, "counted"))).collect()
    };
    let of = |what: &str, moved: &str, counted: &str| {
        let what = what.replace("RETAIL", Basis::Retail.title()).replace("WHOLESALE", Basis::Wholesale.title());
        (what, moved.to_owned(), counted.to_owned())
    };
    assert_eq!(
        rows(&retail(1, 1), &wholesale(2, 2)),
        [
            of("Held inventory: counted at RETAIL no longer", "-9.00", "yes"),
            of("Held inventory: is at WHOLESALE, not in the total", "4.00", "no"),
        ]
    );
    assert_eq!(
        rows(&wholesale(1, 1), &retail(2, 2)),
        [
            of("Held inventory: was at WHOLESALE, not in the total", "-4.00", "no"),
            of("Held inventory: now counted at RETAIL", "9.00", "yes"),
        ]
    );
}

#[test]
fn numbers_that_are_not_used_are_told_run_by_run() {
    let mut filing = contents(1, &[claim("ALG-1", 1, Vec::new())]).filing;
    let one = filing.exhibits[0].clone();
    let exhibit = |exhibit, first| Exhibit { exhibit, first, pages: 1, ..one.clone() };
    filing.exhibits = vec![exhibit(2, 3), exhibit(6, 10)];
    let run = |exhibits, bates, claims: &[&str]| Run {
        exhibits,
        bates,
        claims: claims.iter().map(|claim| (*claim).to_owned()).collect(),
    };
    // A filing that was made before they were kept: what is missing between its exhibits.
    assert_eq!(unused(&filing), [run((1, 1), (1, 2), &[]), run((3, 5), (4, 9), &[])]);
    assert!(!filing.canonical().unwrap().contains("unused"), "an older filing keeps its hash");
    let missing = |exhibit, first, pages, claims: &[&str]| Unused {
        exhibit,
        first,
        pages,
        claims: claims.iter().map(|claim| (*claim).to_owned()).collect(),
    };
    filing.unused = vec![
        missing(1, 1, 2, &[]),
        missing(3, 4, 1, &["ALG-2"]),
        missing(4, 5, 3, &["ALG-2"]),
        missing(5, 8, 2, &[]),
        missing(7, 11, 1, &[]),
    ];
    assert_eq!(
        unused(&filing),
        [
            run((1, 1), (1, 2), &[]),
            run((3, 4), (4, 7), &["ALG-2"]),
            run((5, 5), (8, 9), &[]),
            run((7, 7), (11, 11), &[]),
        ]
    );
    filing.unused.clear();
    filing.exhibits = vec![exhibit(1, 1), exhibit(2, 2)];
    assert_eq!(unused(&filing), []);
}

#[test]
fn flags_of_overlaps_stand_in_their_table_and_older_filings_have_none() {
    let mut contents = contents(1, &[claim("ALG-1", 1, Vec::new())]);
    let overlap = |over_whole, contradictory| Overlap {
        subject: "Brahms".to_owned(),
        claim: "ALG-1".to_owned(),
        gross: 1,
        confirmed: 0,
        suspected: 0,
        through: String::new(),
        relation: "stays".to_owned(),
        over_whole,
        contradictory,
    };
    contents.filing.overlaps = vec![overlap(false, false)];
    let text = contents.filing.canonical().unwrap();
    assert!(!text.contains("over_whole") && !text.contains("contradictory"), "an older filing keeps its hash");
    assert_eq!(Filing::read(&text).unwrap(), contents.filing);
    contents.filing.overlaps = vec![overlap(true, false), overlap(false, true)];
    let table = tables(&contents).into_iter().find(|table| table.key == "overlaps").unwrap();
    let place = |name: &str| table.columns.iter().position(|column| column.name == name).unwrap();
    let flags: Vec<[String; 2]> =
        table.rows.iter().map(|row| ["over_whole", "contradictory"].map(|name| row[place(name)].plain())).collect();
    assert_eq!(flags, [["yes", "no"], ["no", "yes"]]);
}

#[test]
fn the_declaration_of_the_public_variant_says_what_it_leaves_out_and_where_that_stands() {
    let mut full = contents(1, &[claim("ALG-1", 1, Vec::new())]);
    full.sha256 = "ab12".to_owned();
    let public = public::redact(&full).unwrap();
    assert!(public.public && !full.public);
    let declared = &public.filing.settings.declaration;
    assert!(declared.starts_with("This is the public variant of the filing."), "{declared}");
    assert!(declared.contains("has the SHA-256 hash ab12"), "{declared}");
    assert!(declared.contains("who made each decision, when and for what reason"), "{declared}");
    assert!(declared.ends_with(&full.filing.settings.declaration), "what counsel wrote stands whole");
    assert!(!full.filing.settings.declaration.contains("public variant"));
    assert!(full.filing.settings.declaration.contains("in the full filing with its reason"), "it is true of both");
}
