//! The row that the register keeps of each claim is what its sources say, whatever happens to them.

use claims::{
    CaseId,
    actions::{amend, cases, match_case, withdraw},
    line::{Basis, Category},
    overlap::Removed,
    store::{
        cases as case_rows,
        register::{self, Filter, RegisterSums},
        registered, removed,
    },
};
use tests::{App, Kind, on_both, stage};

/// Sums of everything, after the rows were compared with what they are made of.
async fn sums(app: &App, case: CaseId, basis: Basis) -> [RegisterSums; 2] {
    let mut tx = app.recoup.store.read().await.unwrap();
    assert_eq!(registered::wrong(&mut tx, case).await.unwrap(), [] as [String; 0]);
    register::sums_by_status(&mut tx, case, basis, &Filter::default()).await.unwrap()
}

/// Every column but the claim's, as somebody may change it past the product.
const SPOILT: [&str; 19] = [
    "DELETE FROM registered",
    "UPDATE registered SET case_id = (SELECT MAX(id) FROM cases)",
    "UPDATE registered SET version_id = (SELECT MIN(id) FROM versions)",
    "UPDATE registered SET number = 'X'",
    "UPDATE registered SET status = 'withdrawn'",
    "UPDATE registered SET version = version + 1",
    "UPDATE registered SET claimant = 'X'",
    "UPDATE registered SET claimant_key = 'x'",
    "UPDATE registered SET citizenship = 'X'",
    "UPDATE registered SET submitted_at = '2020-01-01T00:00:00+00:00'",
    "UPDATE registered SET late = NOT late",
    "UPDATE registered SET lines = lines + 1",
    "UPDATE registered SET amount = amount + 1",
    "UPDATE registered SET documented = documented + 1",
    "UPDATE registered SET units = units + 1",
    "UPDATE registered SET more_lines = more_lines + 1",
    "UPDATE registered SET more_units = more_units + 1",
    "UPDATE registered SET removed = removed + 1",
    "UPDATE registered SET suspected = suspected + 1",
];

on_both! {
    async fn it_follows_the_claim(database) {
        let app = App::start(&database).await;
        let recoup = &app.recoup;
        let case = stage::case(recoup, "allegro", "ALG").await;
        let account = stage::person(recoup, "a@example.org", true, false).await.account;
        let (actor, id) = stage::ready(recoup, account, "allegro", "Waveform").await;
        stage::line(recoup, &actor, id, Category::HeldInventory, &stage::stock("10", "retail", "14.00"), None).await;
        stage::line(recoup, &actor, id, Category::HeldInventory, &stage::stock("10", "wholesale", "7.00"), None).await;
        assert_eq!(sums(&app, case, Basis::Retail).await, [RegisterSums::default(); 2], "a draft is not registered");
        stage::send(recoup, &actor, id).await.unwrap();
        stage::sent(recoup, account, "allegro", "Summit").await;
        let [submitted, _] = sums(&app, case, Basis::Retail).await;
        assert_eq!((submitted.claims, submitted.lines, submitted.amount), (2, 3, 3_014_000));
        assert_eq!((submitted.more_lines, submitted.more_units), (1, 10), "what is at wholesale stands beside it");

        // Runs of matching take something off, more, and nothing.
        let mut tx = recoup.store.write().await.unwrap();
        let of_both = [
            (id, Category::UnpaidSales, Removed { confirmed: 100, suspected: 20 }),
            (id, Category::HeldInventory, Removed { confirmed: 1, suspected: 0 }),
        ];
        removed::set(&mut tx, &of_both).await.unwrap();
        registered::keep_removed(&mut tx, case).await.unwrap();
        tx.commit().await.unwrap();
        let [submitted, _] = sums(&app, case, Basis::Retail).await;
        assert_eq!((submitted.removed, submitted.suspected), (101, 20));
        app.run_jobs().await;
        let [submitted, _] = sums(&app, case, Basis::Retail).await;
        assert_eq!((submitted.removed, submitted.suspected), (0, 0), "the run found no overlap");

        // An amendment counts when it is sent, with another name.
        amend::amend(recoup, &actor, id).await.unwrap();
        stage::fill_steps(recoup, &actor, id, "Waveform Records").await;
        stage::line(recoup, &actor, id, Category::UnpaidSales, &stage::sales("1.00"), None).await;
        assert_eq!(sums(&app, case, Basis::Retail).await[0].amount, 3_014_000);
        stage::send(recoup, &actor, id).await.unwrap();
        assert_eq!(sums(&app, case, Basis::Retail).await[0].amount, 3_014_100);
        let mut tx = recoup.store.read().await.unwrap();
        let named = Filter { text: "waveform records".to_owned(), ..Filter::default() };
        assert_eq!(register::sums(&mut tx, case, Basis::Retail, &named).await.unwrap().claims, 1);
        drop(tx);

        // Another filing basis counts other stock.
        let root = stage::person(recoup, "root@example.org", true, true).await;
        let mut tx = recoup.store.read().await.unwrap();
        let row = case_rows::by_id(&mut tx, case).await.unwrap().unwrap();
        drop(tx);
        let settings = row.settings.0.clone().with("filing_basis", "wholesale");
        cases::save(recoup, &root, case, row.revision, &settings).await.unwrap();
        assert_eq!(sums(&app, case, Basis::Wholesale).await[0].amount, 3_007_100);

        // Withdrawn, it counts for nothing; sent again, it counts again.
        withdraw::withdraw(recoup, &actor, id, "settled").await.unwrap();
        let [submitted, withdrawn] = sums(&app, case, Basis::Wholesale).await;
        assert_eq!((submitted.claims, withdrawn.claims, withdrawn.amount), (1, 1, 1_507_100));
        amend::amend(recoup, &actor, id).await.unwrap();
        stage::send(recoup, &actor, id).await.unwrap();
        assert_eq!(sums(&app, case, Basis::Wholesale).await[0].claims, 2);

        // What somebody changed past the product is named.
        database.tamper("UPDATE registered SET amount = amount + 1 WHERE claimant = 'Summit'").await;
        let mut tx = recoup.store.read().await.unwrap();
        assert_eq!(registered::wrong(&mut tx, case).await.unwrap().len(), 1);
        drop(tx);
        let mut tx = recoup.store.write().await.unwrap();
        registered::keep_case(&mut tx, case).await.unwrap();
        tx.commit().await.unwrap();
        sums(&app, case, Basis::Wholesale).await;
    }

    async fn every_column_is_compared_and_mended(database) {
        let app = App::start(&database).await;
        let recoup = &app.recoup;
        let case = stage::case(recoup, "allegro", "ALG").await;
        let account = stage::person(recoup, "a@example.org", true, false).await.account;
        let (actor, id, _) = stage::sent(recoup, account, "allegro", "Waveform").await;
        amend::amend(recoup, &actor, id).await.unwrap();
        stage::send(recoup, &actor, id).await.unwrap();
        stage::case(recoup, "other", "OTH").await;
        let right = sums(&app, case, Basis::Retail).await;
        for (table, column) in database.columns().await {
            let spoilt = || SPOILT.iter().any(|sql| sql.contains(&format!(" SET {column} = ")));
            assert!(table != "registered" || column == "claim_id" || spoilt(), "{column}");
        }
        for sql in SPOILT {
            assert_eq!(database.tamper(sql).await, 1, "{sql}");
            let mut tx = recoup.store.read().await.unwrap();
            assert_eq!(registered::wrong(&mut tx, case).await.unwrap().len(), 1, "{sql}");
            drop(tx);
            let mut tx = recoup.store.write().await.unwrap();
            registered::keep_case(&mut tx, case).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(sums(&app, case, Basis::Retail).await, right, "{sql}");
        }
    }

    // Rows that were kept while stock without a value still stood among the lines of an amount, and with another basis.
    async fn rows_from_before_are_brought_up_to_date(database) {
        let app = App::start(&database).await;
        let recoup = &app.recoup;
        let case = stage::case(recoup, "allegro", "ALG").await;
        let account = stage::person(recoup, "a@example.org", true, false).await.account;
        let (actor, id) = stage::ready(recoup, account, "allegro", "Waveform").await;
        let units = stage::answers(&[("as_of", "2016-06-03"), ("units_claimed", "7"), ("basis", "units_only"), ("currency", "USD")]);
        stage::line(recoup, &actor, id, Category::HeldInventory, &units, None).await;
        stage::line(recoup, &actor, id, Category::HeldInventory, &stage::stock("10", "retail", "14.00"), None).await;
        stage::send(recoup, &actor, id).await.unwrap();
        let [now, _] = sums(&app, case, Basis::Retail).await;
        assert_eq!((now.lines, now.units, now.more_lines, now.more_units), (2, 10, 1, 7));
        database.tamper("UPDATE registered SET lines = 3, units = 17, more_lines = 0, more_units = 0").await;
        let migration = match database.kind() {
            Kind::Sqlite => include_str!("../../../migrations/sqlite/0012_counted.sql"),
            Kind::Postgres => include_str!("../../../migrations/postgres/0012_counted.sql"),
        };
        let update = migration.split(';').find(|statement| statement.trim().starts_with("UPDATE registered")).unwrap();
        assert_eq!(database.tamper(update).await, 1);
        assert_eq!(sums(&app, case, Basis::Retail).await[0], now);
    }

    async fn runs_and_claims_at_the_same_time_agree(database) {
        let app = App::start(&database).await;
        let recoup = app.recoup.clone();
        let case = stage::case(&recoup, "allegro", "ALG").await;
        let account = stage::person(&recoup, "a@example.org", true, false).await.account;
        let mut ready = Vec::new();
        for n in 0..8 {
            ready.push(stage::ready(&recoup, account, "allegro", &format!("Jay Records {n}")).await);
        }
        let sending: Vec<_> = ready
            .into_iter()
            .map(|(actor, id)| {
                let recoup = recoup.clone();
                tokio::spawn(async move {
                    stage::send(&recoup, &actor, id).await.unwrap();
                    if id.0 % 2 == 0 {
                        withdraw::withdraw(&recoup, &actor, id, "settled").await.unwrap();
                    }
                })
            })
            .collect();
        for n in 0..8 {
            Box::pin(match_case::run_due(&recoup, &format!("worker {n}"))).await.unwrap();
        }
        for sent in sending {
            sent.await.unwrap();
        }
        let [submitted, withdrawn] = sums(&app, case, Basis::Retail).await;
        assert_eq!((submitted.claims, withdrawn.claims), (4, 4));
    }

    async fn days_are_counted_in_the_zone_of_the_case(database) {
        let app = App::start(&database).await;
        let recoup = &app.recoup;
        let case = stage::case(recoup, "allegro", "ALG").await;
        let account = stage::person(recoup, "a@example.org", true, false).await.account;
        // Clocks are put forward on 8 March 2026 in Oregon: its midnight is at 8:00 UTC before, and at 7:00 after.
        let times = ["03-08T07:59:59", "03-08T08:00:00", "03-09T06:59:59", "03-09T07:00:00", "03-09T07:30:00", "03-12T12:00:00"];
        for (n, time) in times.into_iter().enumerate() {
            let at: claims::Instant = format!("2026-{time}Z").parse().unwrap();
            app.pass(at - app.clock.now());
            stage::sent(recoup, account, "allegro", &format!("Label {n}")).await;
        }
        let mut tx = recoup.store.read().await.unwrap();
        let counted = register::by_day(&mut tx, case, "America/Los_Angeles").await.unwrap();
        let days: Vec<(String, i64)> = counted.into_iter().map(|(day, claims)| (day.to_string(), claims)).collect();
        let expected = [("2026-03-07", 1), ("2026-03-08", 2), ("2026-03-09", 2), ("2026-03-12", 1)];
        assert_eq!(days, expected.map(|(day, claims)| (day.to_owned(), claims)));
        assert_eq!(register::by_day(&mut tx, case, "").await.unwrap().len(), 3);
    }
}
