//! What pages cost, beside bare axum: `bench_pages RECOUP DATA SEEDED [DATABASE_URL]`. RECOUP is the product, DATA its data directory
//! with the case that `bench_case` made, SEEDED the JSON that this printed. `cargo xtask bench pages` prepares all of it.
//!
//! The bare server is this program again (`bench_pages bare …`): an example of the crate server, so that it is compiled as the
//! product is. Ours and theirs are measured in turn within one run; load comes from this process over loopback.

mod bare;
mod load;
mod report;
mod site;
mod weight;

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use claims::{
    ClaimId,
    actions::links,
    store::{Store, cases, matching},
};
use serde_json::Value;

use crate::{
    load::{Connection, Figures, get, post},
    report::{at_least, at_most},
    site::{Running, free_port, sign_in, sign_in_form},
};

/// Connections that ask at the same time when rates are measured.
const CONNECTIONS: usize = 8;
/// Rounds in turn; the best of each counts.
const ROUNDS: usize = 3;
/// How long one measurement lasts.
const A_MEASUREMENT: Duration = Duration::from_millis(1_000);
/// People who sign in at the same time in the storm.
const STORM: usize = 40;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["bare", port, folder, database_url, seeded, session] => {
            let of = of(&serde_json::from_str(seeded)?)?;
            let served = bare::serve(port.parse()?, Path::new(folder), database_url, of, session.into());
            tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(served)
        }
        [recoup, data, seeded] => measure(recoup, data, seeded, None),
        [recoup, data, seeded, database_url] => measure(recoup, data, seeded, Some(database_url)),
        _ => bail!("bench_pages RECOUP DATA SEEDED [DATABASE_URL]"),
    }
}

/// One thread asks: the rest of the machine belongs to the server.
fn measure(recoup: &str, data: &str, seeded: &str, database_url: Option<&str>) -> Result<()> {
    let seeded: Value = serde_json::from_str(seeded)?;
    let bench = Bench {
        recoup: recoup.into(),
        data: data.into(),
        database_url: database_url.map_or_else(|| format!("sqlite:{data}/recoup.db"), str::to_owned),
        of: of(&seeded)?,
        seeded,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(bench.run())
}

fn of(seeded: &Value) -> Result<bare::Of> {
    let text = |value: &Value| value.as_str().map(str::to_owned).context("a text");
    Ok(bare::Of {
        slug: text(&seeded["slug"])?,
        draft: ClaimId(seeded["draft"][1].as_i64().context("the draft")?),
        sent: ClaimId(seeded["sent"][1].as_i64().context("the sent claim")?),
        number: text(&seeded["sent"][2])?,
    })
}

struct Bench {
    recoup: PathBuf,
    data: PathBuf,
    database_url: String,
    seeded: Value,
    of: bare::Of,
}

/// A page that is measured.
struct Page {
    name: &'static str,
    words: &'static str,
    path: String,
    cookie: String,
}

impl Bench {
    async fn run(&self) -> Result<()> {
        weight::of_an_empty_site(&self.recoup).await?;
        let (site, started) = Running::recoup(&self.recoup, &self.data, Some(&self.database_url))?;
        println!("With the case: started in {} ms, {:.0} MB idle", started.as_millis(), site.memory()?);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let password = text(&self.seeded["password"]);
        let mut cookies = Vec::new();
        for email in [&self.seeded["draft"][0], &self.seeded["sent"][0], &self.seeded["counsel"]] {
            cookies.push(sign_in(site.port, &text(email), &password).await?);
        }
        let pages = self.pages(&cookies);
        let folder = self.keep_bodies(&site, &pages).await?;
        let counsel = cookies[2].split_once('=').context("a session")?.1;
        let bare = self.bare(&folder, &links::hash(counsel))?;
        self.rates(&site, &bare, &pages).await?;
        drop(bare);
        self.waits(&site, &pages).await?;
        self.storm(&site, &pages, &password).await?;
        self.matched(&site, &password).await
    }

    fn pages(&self, cookies: &[String]) -> Vec<Page> {
        let bare::Of { slug, draft, sent, number } = &self.of;
        let page = |name, words, path: String, person: Option<usize>| Page {
            name,
            words,
            path,
            cookie: person.map_or_else(String::new, |person| cookies[person].clone()),
        };
        vec![
            page("public-cases", "The list of cases", "/".to_owned(), None),
            page("public-case", "The page of a case", format!("/cases/{slug}"), None),
            page("public-verify", "Verify a file", "/verify".to_owned(), None),
            page("tasks", "Claimant: the list of tasks", format!("/claims/{draft}"), Some(0)),
            page("lines", "Claimant: lines", format!("/claims/{draft}/lines/unpaid_sales"), Some(0)),
            page("claim", "Claimant: a claim", format!("/claims/{sent}"), Some(1)),
            page("counsel-claim", "Counsel: a claim", format!("/counsel/{slug}/claims/{number}"), Some(2)),
            page("overview", "Counsel: overview", format!("/counsel/{slug}"), Some(2)),
            page("register", "Counsel: register", format!("/counsel/{slug}/claims"), Some(2)),
        ]
    }

    /// Keeps what each page says, for the bare server to say the same.
    async fn keep_bodies(&self, site: &Running, pages: &[Page]) -> Result<PathBuf> {
        let folder = self.data.join("bodies");
        std::fs::create_dir_all(&folder)?;
        let mut connection = Connection::open(site.port).await?;
        for page in pages {
            let answer = connection.ask(&get(&page.path, &page.cookie)).await?;
            ensure!(answer.status == 200, "{} is answered with {}", page.path, answer.status);
            std::fs::write(folder.join(format!("{}.html", page.name)), &answer.body)?;
        }
        Ok(folder)
    }

    fn bare(&self, folder: &Path, session: &str) -> Result<Running> {
        let port = free_port()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["bare", &port.to_string()]).arg(folder).args([&self.database_url, &self.seeded.to_string()]);
        command.arg(session);
        Ok(Running::start(&mut command, port)?.0)
    }

    async fn rates(&self, site: &Running, bare: &Running, pages: &[Page]) -> Result<()> {
        println!("\nRequests a second, {CONNECTIONS} connections; the second figure is bare axum");
        for page in pages {
            let (ours, theirs) = (get(&page.path, &page.cookie), get(&format!("/{}", page.name), ""));
            let (mut best, mut times, mut answers) = ([0.0_f64; 2], [0.0_f64; 2], [0.0_f64; 2]);
            for _ in 0..ROUNDS {
                for (place, (server, request)) in [(site, &ours), (bare, &theirs)].into_iter().enumerate() {
                    let before = server.processor_time()?;
                    let figures = same(server.port, request, CONNECTIONS, A_MEASUREMENT).await?;
                    times[place] += server.processor_time()? - before;
                    answers[place] += f64::from(u32::try_from(figures.count())?);
                    best[place] = best[place].max(figures.rate());
                }
            }
            let least = if page.name.starts_with("public") { 0.5 } else { 0.1 };
            at_least(page.words, best[0], best[1], least);
            let [ours, theirs] = [times[0] / answers[0], times[1] / answers[1]];
            println!("    (µs of processor time for one: {ours:.0} and {theirs:.0}, {:.2})", theirs / ours);
        }
        Ok(())
    }

    /// How long overview and register take, for one who asks and for two.
    async fn waits(&self, site: &Running, pages: &[Page]) -> Result<()> {
        println!("\nMilliseconds for 95 in 100, with 1,000,000 lines and 20,000 claims");
        for page in pages.iter().filter(|page| matches!(page.name, "overview" | "register")) {
            for connections in [1, 2] {
                let request = get(&page.path, &page.cookie);
                let figures = same(site.port, &request, connections, A_MEASUREMENT * 3).await?;
                at_most(&format!("{}, {connections} at once", page.words), figures.percentile(95), 100.0);
                println!("    (half: {:.1} ms)", figures.percentile(50));
            }
        }
        Ok(())
    }

    /// People sign in all the time; meanwhile others read pages.
    async fn storm(&self, site: &Running, pages: &[Page], password: &str) -> Result<()> {
        println!("\nMilliseconds for 95 in 100 while {STORM} people at a time sign in");
        let forms = (0..STORM).map(|connection| {
            let form = |n: usize| {
                let (email, client) = (format!("claimant-{n}@example.org"), format!("10.1.{}.{}", n / 250, n % 250));
                post("/sign-in", &sign_in_form(&email, password), &client)
            };
            (0..50).map(|n| form(connection * 50 + n + 3)).collect()
        });
        let time = A_MEASUREMENT * 6;
        let signing_in = load::run(site.port, forms.collect(), 303, time);
        let reading = async {
            let mut read = Vec::new();
            let shown = ["public-case", "tasks", "claim"];
            for page in pages.iter().filter(|page| shown.contains(&page.name)) {
                // Each in a third of the time, so that the storm lasts as long as they do.
                read.push((page, same(site.port, &get(&page.path, &page.cookie), 2, A_MEASUREMENT * 2).await?));
            }
            Ok::<_, anyhow::Error>(read)
        };
        let (signed_in, read) = tokio::try_join!(signing_in, reading)?;
        for (page, figures) in read {
            at_most(page.words, figures.percentile(95), 50.0);
            println!("    (half: {:.1} ms, {} requests)", figures.percentile(50), figures.count());
        }
        println!("    {} signed in, {:.0} a second", signed_in.count(), signed_in.rate());
        Ok(())
    }

    /// People sign in, each of whom has to write, while the case is matched anew.
    async fn matched(&self, site: &Running, password: &str) -> Result<()> {
        println!("\nMilliseconds to sign in while the case is matched, 2 at once");
        let store = Store::open(&self.database_url).await?;
        let mut tx = store.write().await?;
        let case = cases::by_slug(&mut tx, &self.of.slug).await?.context("the case")?.id;
        matching::want(&mut tx, case).await?;
        tx.commit().await?;
        let (begun, mut people, mut all) = (Instant::now(), 3_000_usize.., Figures::default());
        loop {
            let forms = (0..2).map(|_| {
                let form = |n: usize| {
                    let (email, client) =
                        (format!("claimant-{n}@example.org"), format!("10.2.{}.{}", n / 250, n % 250));
                    post("/sign-in", &sign_in_form(&email, password), &client)
                };
                people.by_ref().take(60).map(form).collect()
            });
            all.add(load::run(site.port, forms.collect(), 303, A_MEASUREMENT).await?);
            let mut tx = store.read().await?;
            if matching::state(&mut tx, case).await?.is_current() {
                break;
            }
            ensure!(begun.elapsed() < Duration::from_secs(300), "the case is not matched after five minutes");
        }
        println!("95 in 100 {:.0}, the longest {:.0}, {} people", all.percentile(95), all.percentile(100), all.count());
        println!("    (it was matched in {:.0} s)", begun.elapsed().as_secs_f64());
        Ok(())
    }
}

/// The same request on every connection.
async fn same(port: u16, request: &[u8], connections: usize, time: Duration) -> Result<Figures> {
    load::run(port, vec![vec![request.to_vec()]; connections], 200, time).await
}
