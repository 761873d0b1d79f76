//! Who builds a filing, and what becomes of it when that process stops or dies.

use chrono::Duration;
use claims::{
    actions::build_filing,
    store::{filing_builds, filings},
};
use tests::on_both;

use super::Scene;

on_both! {
    async fn two_builds_at_once_and_one_whose_process_died(database) {
        let scene = Scene::open(&database).await;
        let recoup = &scene.app.recoup;
        scene.claim("Jay Records", "1,000.00", None).await;
        while claims::actions::match_case::run_due(recoup, "m").await.unwrap() > 0 {}
        let first = build_filing::ask(recoup, Some(&scene.counsel), scene.case).await.unwrap();
        let second = build_filing::ask(recoup, Some(&scene.counsel), scene.case).await.unwrap();
        assert_eq!(first, second, "asked twice, it is one build");
        // A process takes it and dies: nobody else begins before its lease ends, and nothing half is there meanwhile.
        build_filing::take(recoup, first, "died").await.unwrap().expect("the lease");
        assert!(server::filings::run(recoup, &scene.app.documents, first, "other").await.unwrap().is_none());
        let mut tx = recoup.store.read().await.unwrap();
        assert!(filings::of_case(&mut tx, scene.case).await.unwrap().is_empty());
        drop(tx);
        scene.app.pass(build_filing::LEASE + Duration::seconds(1));
        let (a, b) = tokio::join!(
            server::filings::run(recoup, &scene.app.documents, first, "a"),
            server::filings::run(recoup, &scene.app.documents, first, "b")
        );
        let ended = [a.unwrap(), b.unwrap()];
        assert_eq!(ended.iter().flatten().collect::<Vec<_>>(), [&Ok(1)], "one of them builds");
        // The dead one comes back to life: it can no longer say anything.
        assert!(build_filing::progress(recoup, first, "died", "x", 0, 0).await.is_err());
    }

    async fn a_build_that_is_silent_for_long_keeps_its_lease(database) {
        let scene = Scene::open(&database).await;
        let recoup = &scene.app.recoup;
        let build = build_filing::ask(recoup, Some(&scene.counsel), scene.case).await.unwrap();
        build_filing::take(recoup, build, "ours").await.unwrap().expect("the lease");
        let due = async || {
            let mut tx = recoup.store.read().await.unwrap();
            filing_builds::due(&mut tx, scene.app.clock.now() + Duration::minutes(1)).await.unwrap()
        };
        let mut lease = server::filings::Progress::new(recoup.clone(), build, "ours".to_owned()).keep_lease(std::time::Duration::from_millis(1));
        for _ in 0..3 {
            scene.app.pass(build_filing::LEASE - Duration::seconds(30));
            // Nothing is said; in half a minute the build would be anybody's.
            tokio::time::timeout(std::time::Duration::from_secs(60), async { while !due().await.is_empty() {} }).await.expect("the lease is kept");
        }
        // Another process took it all the same: the work must stop.
        let mut tx = recoup.store.write().await.unwrap();
        let now = scene.app.clock.now() + build_filing::LEASE * 2;
        assert!(filing_builds::take(&mut tx, build, "other", now, now + build_filing::LEASE).await.unwrap());
        tx.commit().await.unwrap();
        let lost = lease.join_next().await.expect("a lease").unwrap();
        assert!(lost.to_string().contains("took this build over"), "{lost}");
    }

    async fn a_stop_gives_a_build_back_and_a_kill_does_not(database) {
        let scene = Scene::open(&database).await;
        let recoup = &scene.app.recoup;
        scene.claim("Jay Records", "1,000.00", None).await;
        while claims::actions::match_case::run_due(recoup, "m").await.unwrap() > 0 {}
        let build = build_filing::ask(recoup, Some(&scene.counsel), scene.case).await.unwrap();
        let upgraded = async |times: usize| {
            for _ in 0..times {
                build_filing::take(recoup, build, "stopped").await.unwrap().expect("it is due at once");
                build_filing::give_back(recoup, "stopped").await.unwrap();
            }
        };
        upgraded(5).await;
        for _ in 0..2 {
            build_filing::take(recoup, build, "killed").await.unwrap().expect("the lease");
            build_filing::give_back(recoup, "another").await.unwrap();
            assert!(build_filing::take(recoup, build, "other").await.unwrap().is_none(), "it is not the other's to give back");
            scene.app.pass(build_filing::LEASE + Duration::seconds(1));
        }
        upgraded(2).await;
        build_filing::take(recoup, build, "killed").await.unwrap().expect("the third and last time");
        scene.app.pass(build_filing::LEASE + Duration::seconds(1));
        assert!(build_filing::take(recoup, build, "other").await.unwrap().is_none());
        assert!(scene.failure().await.contains("stopped each time"), "{}", scene.failure().await);
    }
}
