//! The sums kept with each version equal the sums of its lines, whatever was filed, amended and withdrawn.

use claims::{
    intake::Answers,
    line::{Basis, Category},
    store::{tally, totals},
};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use tests::{App, on_both, stage};

/// A line as people type it: category, amount in hundredths, currency, basis, interest, whether it cites a document.
type Typed = (usize, u32, usize, usize, u32, bool);

fn money(hundredths: u32) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn line((category, amount, currency, basis, interest, _): Typed) -> (Category, Answers) {
    let category = Category::ALL[category];
    let currency = ["USD", "EUR", "GBP"][currency];
    let amount = money(amount.max(1));
    let answers = match category {
        Category::UnpaidSales => stage::sales(&amount),
        Category::HeldInventory => {
            let basis = ["manufacturing_cost", "wholesale", "retail", "units_only"][basis];
            let stock = stage::answers(&[("as_of", "2016-06-03"), ("units_claimed", "7"), ("basis", basis)]);
            if basis == "units_only" { stock } else { stock.with("amount", amount) }
        }
        Category::DigitalRoyalties => stage::answers(&[
            ("aggregator", "The Orchard"),
            ("period_from", "2016-01-01"),
            ("period_to", "2016-03-31"),
            ("money_state", "escrow"),
            ("letter_state", "none"),
            ("quantity", "12"),
        ])
        .with("amount", amount),
        Category::Other => {
            stage::answers(&[("loss", "fees"), ("explanation", "A fee."), ("period_from", "2016-02-01")])
                .with("amount", amount)
        }
    };
    (category, answers.with("currency", currency).with("interest", money(interest)).with("costs", money(interest / 2)))
}

async fn check(app: &App, case: claims::CaseId) {
    let mut tx = app.recoup.store.read().await.unwrap();
    let kept = totals::of_case(&mut tx, case).await.unwrap();
    let counted = totals::recount(&mut tx, case).await.unwrap();
    assert_eq!(kept, counted);
}

async fn file(
    app: &App,
    account: claims::AccountId,
    n: usize,
    claim: &[Typed],
) -> (claims::access::Actor, claims::ClaimId) {
    let recoup = &app.recoup;
    let name = format!("Label {n}");
    let (actor, id) = stage::start(recoup, account, "allegro", &name).await;
    stage::fill_steps(recoup, &actor, id, &name).await;
    let document = stage::document(recoup, &actor, id, "statement.pdf").await;
    for typed in claim {
        let (category, answers) = line(*typed);
        stage::line(recoup, &actor, id, category, &answers, typed.5.then_some(document)).await;
    }
    stage::send(recoup, &actor, id).await.unwrap();
    (actor, id)
}

on_both! {
    async fn kept_totals_are_the_sums_of_the_lines(database) {
        let app = App::start(&database).await;
        let case = stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "a@example.org", true, false).await.account;
        let typed = (0..4usize, 0..2_000_000u32, 0..3usize, 0..4usize, 0..5_000u32, any::<bool>());
        let claims = prop::collection::vec(prop::collection::vec(typed, 1..8), 12);
        let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        let claims = claims.new_tree(&mut runner).unwrap().current();
        for (n, claim) in claims.iter().enumerate() {
            let (actor, id) = file(&app, account, n, claim).await;
            match n % 4 {
                1 => {
                    // An amendment: the first line goes, a new one comes.
                    stage::open_next_version(&app.recoup, &actor, id).await;
                    claims::actions::edit_lines::remove(&app.recoup, &actor, id, 1).await.unwrap();
                    let (category, answers) = line((n % 3, 12_345, 1, 2, 99, false));
                    stage::line(&app.recoup, &actor, id, category, &answers, None).await;
                    check(&app, case).await;
                    stage::send(&app.recoup, &actor, id).await.unwrap();
                }
                2 => claims::actions::withdraw::withdraw(&app.recoup, &actor, id, "settled").await.unwrap(),
                _ => {}
            }
            check(&app, case).await;
        }
        let mut tx = app.recoup.store.read().await.unwrap();
        let totals = totals::of_case(&mut tx, case).await.unwrap();
        assert!(totals.len() >= 6, "the claims cover the categories: {totals:?}");
        assert!(totals.iter().any(|total| total.documented > 0 && total.documented < total.amount));
    }

    async fn a_changed_line_is_noticed_by_the_recount(database) {
        let app = App::start(&database).await;
        let case = stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "a@example.org", true, false).await.account;
        stage::sent(&app.recoup, account, "allegro", "Jay Records").await;
        check(&app, case).await;
        assert_eq!(database.tamper("UPDATE lines SET case_amount = case_amount + 1").await, 1);
        let mut tx = app.recoup.store.read().await.unwrap();
        assert_ne!(totals::of_case(&mut tx, case).await.unwrap(), totals::recount(&mut tx, case).await.unwrap());
    }

    async fn the_public_tally_counts_claimants_and_units_of_the_same_stock_as_its_amount(database) {
        let app = App::start(&database).await;
        let case = stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "a@example.org", true, false).await.account;
        // Five with stock at retail, of which one has some at wholesale too; one at wholesale only, one without a value.
        let stock = |basis| (1, 10_000, 0, basis, 0, false);
        for n in 0..5 {
            let lines = if n == 0 { vec![stock(2), stock(1)] } else { vec![stock(2)] };
            file(&app, account, n, &lines).await;
        }
        file(&app, account, 5, &[stock(1)]).await;
        file(&app, account, 6, &[stock(3)]).await;
        let mut tx = app.recoup.store.read().await.unwrap();
        let kept = totals::of_case(&mut tx, case).await.unwrap();
        for basis in [Basis::Retail, Basis::Wholesale] {
            let rows = tally::tally(&mut tx, case, basis).await.unwrap();
            let shown: Vec<_> = rows.iter().map(|row| (row.claimants(), row.units(), row.amount())).collect();
            let counted = claims::totals::counted(&kept, basis);
            // By hand: 5 × 7 units, shown in tens, and 5 × 100.00; at wholesale there are two claimants, too few to be shown.
            let (found, expected) = match basis {
                Basis::Retail => ((35, 50_000), (Some(5), Some(30), Some(50_000))),
                _ => ((14, 20_000), (None, None, None)),
            };
            assert_eq!((counted.units, counted.amount), found);
            assert_eq!(shown, [expected]);
        }
    }
}
