//! Export of a million lines beside `sqlite3 -csv`.

use std::{
    fs::File,
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use claims::export::What;

use crate::{
    megabytes,
    program::{Places, Server, Took, best, run},
    say,
};

/// A tenth of the claims are drafts and a twentieth withdrawn, which are not exported: that leaves a million lines.
const CLAIMS: usize = 23_600;
const LINES: usize = 1_180_000;

/// The query that yields the columns of our file, as somebody would write it for `sqlite3`: what was typed is not checked, and
/// nothing keeps a spreadsheet from running a cell.
fn same_columns(slug: &str) -> String {
    let money = |column: &str| format!("printf('%d.%02d', {column} / 100, {column} % 100)");
    let cited = |what: &str| {
        format!(
            "(SELECT group_concat({what}, '; ') FROM evidence e JOIN documents d ON d.id = e.document_id WHERE e.line_id = l.id)"
        )
    };
    let cells = What::Lines.columns().iter().map(|column| match column.name {
        "claim" => "k.number".to_owned(),
        "version" => "v.version".to_owned(),
        "status" => "k.status".to_owned(),
        "claimant" => "v.claimant_name".to_owned(),
        "counted" => {
            "CASE WHEN l.basis IS NULL OR l.basis = json_extract(c.settings, '$.filing_basis') THEN 'yes' ELSE 'no' END"
                .to_owned()
        }
        "case_currency" => "json_extract(c.settings, '$.case_currency')".to_owned(),
        "documented" => "CASE WHEN l.citations > 0 THEN 'yes' ELSE 'no' END".to_owned(),
        "evidence" => cited("d.name || CASE WHEN e.place = '' THEN '' ELSE ', ' || e.place END"),
        "evidence_sha256" => cited("d.sha256"),
        name @ ("amount" | "case_amount" | "case_interest" | "case_costs") => money(&format!("l.{name}")),
        name @ ("line" | "category" | "basis" | "currency" | "rate" | "citations" | "period_from" | "period_to"
        | "units" | "channel" | "gtin" | "aggregator_gtin" | "catalogue_number" | "isrc" | "artist"
        | "title" | "label" | "format") => format!("l.{name}"),
        name => format!("json_extract(l.answers, '$.{name}')"),
    });
    let cells: Vec<String> = cells.collect();
    format!(
        "SELECT {} FROM cases c JOIN claims k ON k.case_id = c.id JOIN versions v ON v.id = k.in_force_id JOIN lines l ON l.version_id = v.id \
         WHERE c.slug = '{slug}' AND k.status = 'submitted' AND l.is_right ORDER BY k.number, l.line",
        cells.join(", ")
    )
}

fn sqlite3(database: &Path, query: &str, into: &Path) -> Took {
    let mut command = Command::new("sqlite3");
    command.args(["-csv", "-readonly"]).arg(database).arg(query).stdout(File::create(into).unwrap());
    run(&mut command)
}

fn rows(file: &Path, headers: bool) -> usize {
    let reader = csv::ReaderBuilder::new().has_headers(headers).from_path(file).unwrap();
    reader.into_byte_records().map(Result::unwrap).count()
}

/// Makes the case once, exports it in both ways, and lets `sqlite3` write the same tables.
pub async fn measure(places: &Places) {
    let data = places.folder.join("case");
    let (database, seeded) = (data.join("recoup.db"), data.join("seeded.json"));
    let url = format!("sqlite:{}", database.display());
    if !seeded.exists() {
        places.empty("case");
        let made = Command::new(&places.seed).args([&url, &CLAIMS.to_string(), &LINES.to_string()]).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        std::fs::write(&seeded, String::from_utf8(made.stdout).unwrap().lines().last().unwrap()).unwrap();
    }
    let seeded: serde_json::Value = serde_json::from_slice(&std::fs::read(&seeded).unwrap()).unwrap();
    let slug = seeded["slug"].as_str().unwrap();
    let out = places.empty("exports");
    let (ours, theirs) = (out.join("lines.csv"), out.join("sqlite3.csv"));

    let file = best(places.times, || {
        let mut command = Command::new(&places.recoup);
        command.args(["export", "--case", slug, "--what", "lines", "--out"]).arg(&out).arg("--data-dir").arg(&data);
        run(command.args(["--database-url", &url]).stdout(Stdio::null()))
    });
    let same = best(places.times, || sqlite3(&database, &same_columns(slug), &theirs));
    let (lines, their_lines) = (rows(&ours, true), rows(&theirs, false));
    assert_eq!(lines, their_lines, "the baseline must have the same lines");
    let plain = best(places.times, || sqlite3(&database, "SELECT * FROM lines", &theirs));
    let served = served(places, &data, &url, &seeded).await;

    println!(
        "Export of {lines} lines ({:.0} MB; the table `lines` has {} rows)",
        megabytes(ours.metadata().unwrap().len()),
        rows(&theirs, false)
    );
    // The command has nothing idle to compare with: all its memory counts.
    for (what, took, of) in [("recoup export", file, "in all"), ("over HTTP", served, "over idle")] {
        for (baseline, theirs) in [("sqlite3 -csv, same columns", same), ("sqlite3 -csv, SELECT * FROM lines", plain)] {
            let ratio = took.seconds / theirs.seconds;
            say(
                what,
                &format!("{:.2} s", took.seconds),
                &format!("{baseline} {:.2} s", theirs.seconds),
                ratio,
                "at most 2",
                ratio <= 2.0,
            );
        }
        let ratio = megabytes(took.peak) / 100.0;
        say(
            &format!("{what}, memory"),
            &format!("{:.0} MB {of}", megabytes(took.peak)),
            "100 MB",
            ratio,
            "at most 1",
            ratio <= 1.0,
        );
    }
}

/// The same file as counsel get it from a running server, read as fast as it comes; the memory is what the server grew by.
async fn served(places: &Places, data: &Path, url: &str, seeded: &serde_json::Value) -> Took {
    let server = Server::start(&places.recoup, data, url, &[]);
    let browser = tests::Browser::new(&server.address);
    let form = browser.get("/sign-in").await.form("/sign-in");
    let text = |name: &str| seeded[name].as_str().unwrap();
    browser.send(form.fill("email", text("counsel")).fill("password", text("password"))).await.expect_status(200);
    let mut seconds = f64::INFINITY;
    for _ in 0..places.times {
        let begun = Instant::now();
        let path = format!("/counsel/{}/exports/lines.csv", text("slug"));
        let mut answer = browser.request("GET", &path).header("sec-fetch-site", "same-origin").send().await.unwrap();
        assert_eq!(answer.status(), 200);
        while let Some(chunk) = answer.chunk().await.unwrap() {
            std::hint::black_box(chunk);
        }
        seconds = seconds.min(begun.elapsed().as_secs_f64());
    }
    Took { seconds, peak: server.grown() }
}
