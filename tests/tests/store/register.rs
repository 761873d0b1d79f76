//! The register: each filter narrows, sorting is total, sums equal the rows.

use claims::{
    line::{Basis, Category},
    status::ClaimStatus,
    store::register::{self, Filter, Order, Place, RegisterRow, RegisterSums},
};
use tests::{App, on_both, stage};

async fn filed(database: &tests::Database) -> (App, claims::CaseId) {
    let app = App::start(database).await;
    let recoup = &app.recoup;
    let case = stage::case(recoup, "allegro", "ALG").await;
    let account = stage::person(recoup, "a@example.org", true, false).await.account;
    let claim = async |name: &str, lines: &[(Category, claims::intake::Answers, bool)]| {
        let (actor, id) = stage::start(recoup, account, "allegro", name).await;
        stage::fill_steps(recoup, &actor, id, name).await;
        let document = stage::document(recoup, &actor, id, "statement.pdf").await;
        for (category, answers, cited) in lines {
            stage::line(recoup, &actor, id, *category, answers, cited.then_some(document)).await;
        }
        stage::send(recoup, &actor, id).await.unwrap();
        app.pass(chrono::Duration::days(1));
        (actor, id)
    };
    use Category::{HeldInventory, UnpaidSales};
    claim("100% Vinyl_Ltd", &[(UnpaidSales, stage::sales("15,000.00"), true)]).await;
    claim(
        "Waveform",
        &[
            (UnpaidSales, stage::sales("15,000.00"), false),
            (HeldInventory, stage::stock("1000", "retail", "14.00"), true),
        ],
    )
    .await;
    claim(
        "Summit",
        &[(
            HeldInventory,
            stage::answers(&[
                ("as_of", "2016-06-03"),
                ("units_claimed", "10000"),
                ("basis", "units_only"),
                ("currency", "USD"),
            ]),
            false,
        )],
    )
    .await;
    claim("Åse Wholesale", &[(HeldInventory, stage::stock("10", "wholesale", "7.00"), false)]).await;
    let (actor, gone) = claim("Withdrawn Ltd", &[(UnpaidSales, stage::sales("1.00"), false)]).await;
    claims::actions::withdraw::withdraw(recoup, &actor, gone, "settled").await.unwrap();
    stage::ready(recoup, account, "allegro", "Never Sent").await;
    (app, case)
}

async fn list(app: &App, case: claims::CaseId, filter: &Filter, order: Order) -> (Vec<RegisterRow>, RegisterSums) {
    let mut tx = app.recoup.store.read().await.unwrap();
    let rows = register::list(&mut tx, case, Basis::Retail, filter, order, 100, 0).await.unwrap();
    let sums = register::sums(&mut tx, case, Basis::Retail, filter).await.unwrap();
    let added = RegisterSums {
        claims: i64::try_from(rows.len()).unwrap(),
        lines: rows.iter().map(|row| row.lines).sum(),
        amount: rows.iter().map(|row| row.amount).sum(),
        documented: rows.iter().map(|row| row.documented).sum(),
        units: rows.iter().map(|row| row.units).sum(),
        more_lines: rows.iter().map(|row| row.more_lines).sum(),
        more_units: rows.iter().map(|row| row.more_units).sum(),
        removed: rows.iter().map(|row| row.removed).sum(),
        suspected: rows.iter().map(|row| row.suspected).sum(),
    };
    assert_eq!(sums, added, "the sums of a filter are the sums of its rows");
    for (at, row) in rows.iter().enumerate() {
        let place = register::place(&mut tx, case, Basis::Retail, filter, order, row.id).await.unwrap().unwrap();
        let number = |at: usize| rows.get(at).map(|row| row.number.clone());
        let stands = Place {
            place: i64::try_from(at + 1).unwrap(),
            total: added.claims,
            previous: at.checked_sub(1).and_then(number),
            next: number(at + 1),
        };
        assert_eq!(place, stands, "{order:?} {filter:?}");
    }
    (rows, sums)
}

fn names(rows: &[RegisterRow]) -> Vec<&str> {
    rows.iter().map(|row| row.claimant.as_str()).collect()
}

on_both! {
    async fn filters_narrow_and_sums_follow(database) {
        let (app, case) = filed(&database).await;
        let all = Filter::default();
        let (rows, sums) = list(&app, case, &all, Order::Number).await;
        assert_eq!(names(&rows), ["100% Vinyl_Ltd", "Waveform", "Summit", "Åse Wholesale", "Withdrawn Ltd"]);
        assert!(rows[0].number.starts_with("ALG-"), "{}", rows[0].number);
        assert_eq!((sums.amount, sums.documented), (4_400_100, 2_900_000), "stock on another basis than the filings' is not counted");
        // By hand: one line of the first, two of the second, and the one that was withdrawn; the third has no value, the fourth another basis.
        assert_eq!((sums.lines, sums.units, sums.more_lines, sums.more_units), (4, 1_000, 2, 10_010));

        let submitted = Filter { status: Some(ClaimStatus::Submitted), ..all.clone() };
        assert_eq!(list(&app, case, &submitted, Order::Number).await.1.amount, 4_400_000);
        let withdrawn = Filter { status: Some(ClaimStatus::Withdrawn), ..all.clone() };
        assert_eq!(names(&list(&app, case, &withdrawn, Order::Number).await.0), ["Withdrawn Ltd"]);
        let stock = Filter { category: Some(Category::HeldInventory), ..all.clone() };
        let (rows, sums) = list(&app, case, &stock, Order::Number).await;
        assert_eq!((names(&rows), sums.amount), (vec!["Waveform", "Summit", "Åse Wholesale"], 1_400_000), "all who hold stock");
        let counts = |row: &RegisterRow| (row.lines, row.units, row.more_lines, row.more_units);
        assert_eq!(rows.iter().map(counts).collect::<Vec<_>>(), [(1, 1_000, 0, 0), (0, 0, 1, 10_000), (0, 0, 1, 10)]);
        let units = Filter { basis: Some(Basis::UnitsOnly), ..all.clone() };
        let (rows, sums) = list(&app, case, &units, Order::Number).await;
        assert_eq!((names(&rows), sums.lines, sums.units, sums.amount), (vec!["Summit"], 1, 10_000, 0));
        let wholesale = Filter { basis: Some(Basis::Wholesale), ..all.clone() };
        let (rows, sums) = list(&app, case, &wholesale, Order::Number).await;
        assert_eq!((names(&rows), sums.amount), (vec!["Åse Wholesale"], 7_000));
        let sworn = Filter { sworn_only: Some(true), ..submitted.clone() };
        assert_eq!(names(&list(&app, case, &sworn, Order::Number).await.0), ["Waveform"]);
        let documented = Filter { sworn_only: Some(false), ..submitted.clone() };
        assert_eq!(names(&list(&app, case, &documented, Order::Number).await.0), ["100% Vinyl_Ltd"]);
        let late = Filter { late: true, ..all.clone() };
        assert_eq!(list(&app, case, &late, Order::Number).await.1, RegisterSums::default());
        let day = |d| chrono::NaiveDate::from_ymd_opt(2026, 3, d);
        let days = Filter { from: day(5), to: day(6), ..all.clone() };
        assert_eq!(names(&list(&app, case, &days, Order::Number).await.0), ["Waveform", "Summit"]);
    }

    async fn the_text_filter_takes_signs_as_they_are(database) {
        let (app, case) = filed(&database).await;
        let found = async |text: &str| {
            let filter = Filter { text: text.to_owned(), ..Filter::default() };
            names(&list(&app, case, &filter, Order::Number).await.0).join(", ")
        };
        assert_eq!(found("wave").await, "Waveform");
        assert_eq!(found("0%").await, "100% Vinyl_Ltd");
        assert_eq!(found("l_l").await, "100% Vinyl_Ltd");
        assert_eq!(found("a%e").await, "");
        assert_eq!(found("' OR 1=1 --").await, "");
        assert_eq!(found("\\").await, "");
        assert!(found("alg-").await.contains("Summit"));
    }

    async fn capital_letters_do_not_matter_to_the_text_filter(database) {
        let (app, case) = filed(&database).await;
        let filter = Filter { text: "ÅSE".to_owned(), ..Filter::default() };
        assert_eq!(names(&list(&app, case, &filter, Order::Number).await.0), ["Åse Wholesale"]);
    }

    async fn every_order_shows_every_claim_once(database) {
        let (app, case) = filed(&database).await;
        for (order, first) in [(Order::Received, "Withdrawn Ltd"), (Order::Number, "100% Vinyl_Ltd"), (Order::Claimant, "100% Vinyl_Ltd"), (Order::Amount, "Waveform"), (Order::Sworn, "Waveform"), (Order::Overlap, "100% Vinyl_Ltd")] {
            let mut seen = Vec::new();
            for page in 0..5 {
                let mut tx = app.recoup.store.read().await.unwrap();
                let rows = register::list(&mut tx, case, Basis::Retail, &Filter::default(), order, 1, page).await.unwrap();
                seen.extend(rows.into_iter().map(|row| row.claimant));
            }
            assert_eq!(seen[0], first, "{order:?}");
            assert_eq!(names(&list(&app, case, &Filter::default(), order).await.0), seen, "{order:?}");
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), 5, "{order:?}");
        }
    }

    async fn days_and_statuses_are_counted(database) {
        let (app, case) = filed(&database).await;
        let mut tx = app.recoup.store.read().await.unwrap();
        let count = |status: &str, n| (status.to_owned(), n);
        assert_eq!(register::by_status(&mut tx, case).await.unwrap(), [count("draft", 1), count("submitted", 4), count("withdrawn", 1)]);
        let days = register::by_day(&mut tx, case, "America/Los_Angeles").await.unwrap();
        assert_eq!(days.len(), 5);
        assert!(days.iter().all(|(_, claims)| *claims == 1));
    }
}
