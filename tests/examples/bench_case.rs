//! Makes a large case in an empty database: `bench_case DATABASE_URL [CLAIMS [LINES [SEED]]]`, 20,000 claims with 1,000,000
//! lines unless said otherwise. The last line that it prints is JSON: who can sign in, and where to look.

use anyhow::Context as _;
use claims::{
    Clock,
    actions::{Limits, Recoup},
    random::Random,
    store::{Store, jobs},
};
use tests::generate::case::{CasePlan, seed};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let url = arguments.first().context("bench_case DATABASE_URL [CLAIMS [LINES [SEED]]]")?;
    let number = |place: usize, usual: usize| arguments.get(place).map_or(Ok(usual), |number| number.parse());
    let plan = CasePlan { claims: number(1, 20_000)?, lines: number(2, 1_000_000)?, seed: number(3, 1)? as u64 };
    let store = Store::open(url).await?;
    let recoup = Recoup::new(store, Clock::System, Random::System, "http://127.0.0.1", Limits::default()).await?;
    let seeded = Box::pin(seed(&recoup, plan)).await;
    // It was matched last night: else the first start matches it at once, and what is measured meanwhile is that.
    let (now, mut tx) = (recoup.clock.now(), recoup.store.write().await?);
    jobs::take(&mut tx, "matching at night", "seed", now, now).await?;
    jobs::give_back(&mut tx, "matching at night", "seed", "", now, now + chrono::Duration::days(1)).await?;
    tx.commit().await?;
    println!("{}", seeded.json());
    recoup.store.close().await;
    Ok(())
}
