//! What an empty site weighs: memory, time to start, and what a browser loads.

use std::{path::Path, time::Duration};

use anyhow::{Context, Result, ensure};

use crate::{
    load::{Answer, Connection},
    report::at_most,
    site::Running,
};

/// Starts, the best of which counts.
const STARTS: usize = 5;
/// How long a site is left alone before its memory is looked at.
const IDLE: Duration = Duration::from_secs(2);

/// Prints them.
pub async fn of_an_empty_site(recoup: &Path) -> Result<()> {
    println!("An empty site; the second figure is the limit");
    let data = std::env::temp_dir().join(format!("recoup-bench-empty-{}", std::process::id()));
    std::fs::create_dir_all(&data)?;
    // The first start makes the database.
    drop(Running::recoup(recoup, &data, None)?);
    let mut best = Duration::MAX;
    for _ in 0..STARTS {
        best = best.min(Running::recoup(recoup, &data, None)?.1);
    }
    at_most("Milliseconds to start", best.as_secs_f64() * 1_000.0, 300.0);
    let (site, _) = Running::recoup(recoup, &data, None)?;
    tokio::time::sleep(IDLE).await;
    at_most("Megabytes idle", site.memory()?, 60.0);
    sizes(site.port).await?;
    drop(site);
    Ok(std::fs::remove_dir_all(&data)?)
}

/// What the browser loads for the public page, and what pages with islands load beside it.
async fn sizes(port: u16) -> Result<()> {
    let mut connection = Connection::open(port).await?;
    let page = ask(&mut connection, "/verify").await?;
    let html = String::from_utf8(page.body)?;
    let between = |before: &str| -> Option<String> {
        let rest = html.split_once(before)?.1;
        Some(rest.split_once('"')?.0.to_owned())
    };
    let style = between("<link rel=\"stylesheet\" href=\"").context("a stylesheet")?;
    let scripts = ["src=\"/assets/", "data-module=\"/assets/", "data-wasm=\"/assets/"].map(between);
    let kilobytes = |answer: &Answer| f64::from(u32::try_from(answer.body.len()).unwrap_or(u32::MAX)) / 1_000.0;
    let css = kilobytes(&ask(&mut connection, &style).await?);
    at_most("Kilobytes of CSS, as sent", css, 20.0);
    let mut script = 0.0;
    for name in scripts {
        let name = name.context("the islands; `cargo xtask build` builds them")?;
        script += kilobytes(&ask(&mut connection, &format!("/assets/{name}")).await?);
    }
    at_most("Kilobytes of script and wasm, as sent", script, 100.0);
    let icon = kilobytes(&ask(&mut connection, "/favicon.svg").await?);
    let public = kilobytes(&ask(&mut connection, "/").await?);
    at_most("Kilobytes of the list of cases in all", public + css + icon, 50.0);
    Ok(())
}

/// As a browser asks.
async fn ask(connection: &mut Connection, path: &str) -> Result<Answer> {
    let request = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept-encoding: gzip, br\r\n\r\n");
    let answer = connection.ask(request.as_bytes()).await?;
    ensure!(answer.status == 200, "{path} is answered with {}", answer.status);
    Ok(answer)
}
