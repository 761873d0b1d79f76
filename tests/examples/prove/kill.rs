//! The process is killed at random moments while people file claims, upload documents and get mails.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use claims::random::Random;
use tests::smtp::Smtp;

use crate::{Plan, cluster::Cluster, site::Site, verify, work, work::Work};

/// Kills, starts again, until every claim is acknowledged; then compares.
pub async fn run(plan: &Plan) {
    let data = plan.folder.join("data");
    let _ = std::fs::remove_dir_all(&data);
    std::fs::create_dir_all(&data).unwrap();
    let cluster = (plan.database == "postgres").then(|| Cluster::start(&plan.folder));
    let url = cluster.as_ref().map_or_else(|| format!("sqlite:{}", data.join("recoup.db").display()), Cluster::url);
    let smtp = Smtp::start().await;
    let site = Site::new(&plan.recoup, &data, &url, &smtp.url(), &plan.folder.join("log"));
    println!("kill -9 on {}: {} claims, seed {}", plan.database, plan.submits, plan.seed);
    // One claim more, to which documents are sent that nobody sends again.
    let mut ready = work::prepare(&url, &site.address(), plan.submits + 1).await;
    let careless = ready.pop().unwrap();
    let chance = Random::seeded(plan.seed);
    let mut running = site.start();
    let begun = Instant::now();
    let people = Work::begin(&site.address(), ready.clone());
    let (mut kills, mut stops, mut abandoned, mut longest) = (0, 0, 0, Duration::ZERO);
    let mut in_hand = BTreeSet::new();
    while !people.is_done() {
        tokio::time::sleep(Duration::from_millis(u64::from(10 + chance.below(300)))).await;
        // One in six is asked to stop instead, and has to end in order.
        if chance.below(6) == 0 {
            let (status, took) = tokio::task::spawn_blocking(move || running.stop()).await.unwrap();
            assert!(status.success(), "asked to stop, it ended with {status}");
            longest = longest.max(took);
            stops += 1;
            // What it had in hand it has settled, so that no mail goes out again because of it.
            let left = verify::in_hand(&url).await;
            assert!(left.is_subset(&in_hand), "asked to stop, it left mails in hand: {left:?}, and before {in_hand:?}");
            in_hand = left;
        } else {
            // One in ten when the bytes of an upload are kept and its row hardly is.
            if kills % 10 == 0 {
                abandoned += usize::from(work::abandon(&site, &careless, kills).await);
            }
            running.kill();
            kills += 1;
            in_hand = verify::in_hand(&url).await;
        }
        running = site.start();
    }
    let told = people.end().await;
    println!(
        "    {} s, killed {kills} times, {abandoned} of them in the middle of an upload, asked to stop {stops} times (at most {:.1} s)",
        begun.elapsed().as_secs(),
        longest.as_secs_f64()
    );
    assert!(longest < Duration::from_secs(25), "stopping took {longest:?}: requests or mails may have been cut");
    running.kill();
    kills += 1;
    let running = site.start();
    verify::mails_are_gone(&url).await;
    let (status, _) = tokio::task::spawn_blocking(move || running.stop()).await.unwrap();
    assert!(status.success());
    verify::acknowledged(&site, &ready, &told).await;
    verify::mails(&site, &smtp, kills).await;
    let orphans = verify::bytes(&site).await;
    // Whether the row was faster is chance each time.
    assert!(abandoned < 5 || orphans > 0, "{abandoned} uploads were broken off and left no bytes without a row");
    println!("ok: nothing acknowledged was lost, and nothing happened twice but the mails named above");
}
