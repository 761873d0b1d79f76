//! Makes a filing of invented claims, in both variants, and says how long each step took: `bench_filing CLAIMS LINES_A_CLAIM PAGES OUT_DIR`.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on stops")]
#![expect(clippy::cast_possible_wrap, reason = "small numbers")]

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Instant as Stopwatch,
};

use chrono::NaiveDate;
use claims::{
    Instant,
    filing::{self, CaseFacts, ClaimRef, Contents, Exhibit, Figures, Filing, Form, manifest::Manifest, public},
    frozen::{FORMAT, FrozenClaim, FrozenDeclaration, FrozenDocument, FrozenEvidence, FrozenLine},
    intake::Answers,
    line::{Basis, Category, Release},
    money::Currency,
    period::Period,
    totals::{Addend, add_up, counted},
};
use render::{document, exhibits, sheets};
use sha2::{Digest, Sha256};

fn hash(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn claim(number: usize, lines: usize, document: &FrozenDocument) -> FrozenClaim {
    let lines: Vec<FrozenLine> = (1..=lines).map(|line| frozen_line(number, line, document)).collect();
    let totals = add_up(lines.iter().map(|line| Addend {
        category: line.category,
        basis: line.basis,
        amount: line.amount_in_case,
        interest: 0,
        costs: 0,
        units: line.units,
        documented: !line.evidence.is_empty(),
    }))
    .unwrap();
    // Every third claimant is a person, and everybody gives contacts: all that the public variant must not show.
    let (kind, name) = match number % 3 {
        0 => ("person", format!("Ingeborg Quayle the {number}th")),
        _ => ("label", format!("Quiet Cello Recordings No. {number} Limited")),
    };
    let claimant = Answers::default()
        .with("kind", kind)
        .with("legal_name", name)
        .with("contact", format!("Ambrose Teal {number}"))
        .with("email", format!("claims-{number}@label.example"))
        .with("phone", format!("+1 503 555 {number:05}"))
        .with("street", format!("{number} Alder Street"))
        .with("city", "Portland")
        .with("country", "United States")
        .with("organised_in", "Oregon")
        .with("principal_place", "Portland, Oregon");
    let agreement = Answers::default()
        .with("has_agreement", "yes")
        .with("agreement_date", "2009-03-01")
        .with(
            "title_clause",
            "Title to all goods remains with the Label until they are sold to a customer of the Distributor.",
        )
        .with("heard_on", "2016-06-09");
    FrozenClaim {
        format: FORMAT,
        case: "allegro".to_owned(),
        case_title: "Claims against Allegro Media Group".to_owned(),
        number: format!("ALG-{number:06}-K"),
        version: 1,
        received_at: Instant::default(),
        time_zone: "America/Los_Angeles".to_owned(),
        currency: Currency::USD,
        valuation_date: day(2016, 6, 3),
        answers: BTreeMap::from([("claimant".to_owned(), claimant), ("agreement".to_owned(), agreement)]),
        lines,
        documents: vec![document.clone()],
        totals,
        declaration: FrozenDeclaration {
            text: "federal".to_owned(),
            words: String::new(),
            name: "A. Signer".to_owned(),
            title: String::new(),
            capacity: "officer".to_owned(),
            place: "Portland".to_owned(),
            date: day(2026, 3, 4),
            client_address: String::new(),
            late_reason: None,
        },
    }
}

fn frozen_line(claim: usize, line: usize, document: &FrozenDocument) -> FrozenLine {
    let category = Category::ALL[line % 4];
    let amount = (claim * 7_919 + line * 104_729) as i64 % 900_000 + 100;
    let release = Release {
        catalogue_number: Some(format!("QCR-{:04}", line % 9_999)),
        artist: Some(format!("The Ensemble of {}", ["Lisbon", "Oslo", "Trieste", "Graz"][line % 4])),
        title: Some(match line % 10 {
            0 => format!("Sonatas and other works, sung by INGEBORG QUAYLE the {}th", line % 400),
            _ => format!("Sonatas and other works, volume {}", line % 40),
        }),
        ..Release::default()
    };
    let answers = match category {
        Category::Other => Answers::default().with("loss", "fees"),
        Category::DigitalRoyalties => Answers::default().with("aggregator", "The Orchard").with("service", "iTunes"),
        _ => Answers::default().with("channel", "physical"),
    };
    FrozenLine {
        line: line as i64,
        category,
        answers,
        currency: Currency::USD,
        amount,
        rate: "1".to_owned(),
        amount_in_case: amount,
        interest_in_case: 0,
        costs_in_case: 0,
        basis: (category == Category::HeldInventory).then_some(if line.is_multiple_of(3) {
            Basis::Wholesale
        } else {
            Basis::Retail
        }),
        period: Period::new(day(2015, 7, 1), day(2015, 9, 30)),
        release,
        units: Some((line * 3) as i64),
        evidence: if line.is_multiple_of(7) {
            Vec::new()
        } else {
            vec![FrozenEvidence {
                document: document.name.clone(),
                sha256: document.sha256.clone(),
                place: "page 1".to_owned(),
            }]
        },
    }
}

/// The contents with the bytes of the one PDF that every exhibit is, and how many pages it has.
fn contents(claims: usize, lines: usize, pages: usize, pdf: &[u8], pages_of: i64) -> Contents {
    let exhibits = (pages as i64 / pages_of).max(1);
    let name = |exhibit: i64| format!("Statement {exhibit}.pdf");
    let hash_of = |exhibit: i64| hash(format!("{exhibit}").as_bytes());
    let mut texts = Vec::new();
    let mut refs = Vec::new();
    let mut sum = Figures::default();
    for number in 1..=claims {
        let exhibit = number as i64 % exhibits + 1;
        let document = FrozenDocument {
            name: name(exhibit),
            media_type: "application/pdf".to_owned(),
            bytes: pdf.len() as i64,
            pages: Some(pages_of),
            sha256: hash_of(exhibit),
            proves: "The sales".to_owned(),
        };
        let claim = claim(number, lines, &document);
        let total = counted(&claim.totals, Basis::Retail);
        let figures = Figures { gross: total.amount, documented: total.documented, ..Figures::default() };
        sum.gross += figures.gross;
        sum.documented += figures.documented;
        let text = claim.canonical().unwrap();
        refs.push(ClaimRef {
            number: claim.number.clone(),
            version: 1,
            sha256: hash(text.as_bytes()),
            submitted_at: Instant::default(),
            sent_at: Instant::default(),
            figures,
        });
        texts.push(text);
    }
    let settings = filing::read_settings(&filing::defaults("ALG", claims::declaration::Forum::Federal)).unwrap();
    let filing = Filing {
        format: filing::FORMAT,
        number: 1,
        case: CaseFacts {
            slug: "allegro".to_owned(),
            title: "Claims against Allegro Media Group".to_owned(),
            court: "United States District Court\nDistrict of Oregon".to_owned(),
            docket: "3:26-cv-00000".to_owned(),
            parties:
                "Independent labels, musicians, publishers and estates, plaintiffs, v. Allegro Media Group, defendant"
                    .to_owned(),
            class_definition:
                "Every person, label, publisher, ensemble or estate that on 3 June 2016 was owed money for recordings."
                    .to_owned(),
            contact: String::new(),
            forum: None,
            deadline: String::new(),
            deadline_at: None,
            earlier_deadlines: Vec::new(),
            time_zone: "America/Los_Angeles".to_owned(),
            currency: Currency::USD,
            filing_basis: Basis::Retail,
            valuation_date: day(2016, 6, 3),
            rates: vec![("EUR".to_owned(), "1.1154".to_owned())],
            rate_source: "European Central Bank reference rates".to_owned(),
            key_dates: vec![(day(2016, 6, 3), "The liquidator begins to seize the stock in the warehouse.".to_owned())],
        },
        as_of: "2026-03-04T17:00:00Z".parse().unwrap(),
        as_of_words: "4 March 2026, 9:00 a.m. PST".to_owned(),
        as_of_day: day(2026, 3, 4),
        settings,
        claims: refs,
        withdrawn: Vec::new(),
        exhibits: (1..=exhibits)
            .map(|exhibit| Exhibit {
                exhibit,
                sha256: hash_of(exhibit),
                name: name(exhibit),
                media_type: "application/pdf".to_owned(),
                bytes: pdf.len() as i64,
                first: (exhibit - 1) * pages_of + 1,
                pages: pages_of,
                form: Form::Pages,
                problem: String::new(),
                claims: vec![format!("ALG-{exhibit:06}-K")],
            })
            .collect(),
        unused: Vec::new(),
        matches: Vec::new(),
        overlaps: Vec::new(),
        figures: sum,
        members: None,
        engines: render::engines(),
        previous: None,
    };
    let text = filing.canonical().unwrap();
    let sha256 = hash(text.as_bytes());
    Contents::new(filing, sha256, &texts).unwrap()
}

fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap_or("VmHWM: unknown")
        .trim_start_matches("VmHWM:")
        .trim()
        .to_owned()
}

/// The files that both variants have.
fn common(contents: &Contents, variant: &str, out: &Path) {
    let out = out.join(variant);
    std::fs::create_dir_all(&out).unwrap();
    let watch = Stopwatch::now();
    let tables = filing::tables(contents);
    let mut files = Vec::new();
    for table in &tables {
        let bytes = sheets::csv(table).unwrap();
        files.push(filing::manifest::File {
            name: format!("tables/{}.csv", table.key),
            bytes: bytes.len() as u64,
            sha256: hash(&bytes),
        });
        std::fs::write(out.join(format!("{}.csv", table.key)), bytes).unwrap();
    }
    let csv = watch.elapsed();
    let book = sheets::workbook("Filing", &tables, contents.filing.as_of).unwrap();
    std::fs::write(out.join("tables.xlsx"), &book).unwrap();
    drop(tables);
    let manifest = Manifest::new(contents, variant, &contents.filing.engines, files);
    std::fs::write(out.join("manifest.json"), serde_json::to_vec_pretty(&manifest).unwrap()).unwrap();
    println!(
        "{variant}: tables and manifest: {:.1} s (CSV {:.1} s), peak {}",
        watch.elapsed().as_secs_f64(),
        csv.as_secs_f64(),
        peak()
    );

    let watch = Stopwatch::now();
    let planned = document::plan(contents, None, variant == "public").unwrap();
    println!(
        "{variant}: pages broken: {:.1} s, {} pages, {} volumes, peak {}",
        watch.elapsed().as_secs_f64(),
        planned.pages(),
        planned.volumes(),
        peak()
    );
    let write = |volume: document::Volume| {
        std::fs::write(out.join(&volume.name), volume.pdf.bytes).unwrap();
        true
    };
    planned.typeset(write).unwrap();
    println!("{variant}: schedules: {:.1} s, peak {}", watch.elapsed().as_secs_f64(), peak());
}

fn main() {
    let mut args = std::env::args().skip(1);
    let mut number = |default: usize| args.next().and_then(|arg| arg.parse().ok()).unwrap_or(default);
    let (claims, lines, pages) = (number(1_000), number(100), number(2_000));
    let out = PathBuf::from(std::env::args().nth(4).unwrap_or_else(|| "target/bench-filing".to_owned()));
    std::fs::create_dir_all(&out).unwrap();
    // A summary of one claim with five lines, as the PDF that stands for every document.
    let mut small = Vec::new();
    let planned = document::plan(&contents(3, 40, 1, b"", 1), None, false).unwrap();
    planned
        .typeset(|volume| {
            small = volume.pdf.bytes;
            true
        })
        .unwrap();
    let contents = contents(claims, lines, pages, &small, planned.pages() as i64);

    let watch = Stopwatch::now();
    common(&contents, "full", &out);
    let exhibit_watch = Stopwatch::now();
    let volumes = exhibits::volumes(&contents.filing);
    for (number, volume) in volumes.iter().enumerate() {
        let pieces: Vec<exhibits::Piece<'_>> = volume
            .iter()
            .map(|(place, from, to)| exhibits::Piece {
                exhibit: &contents.filing.exhibits[*place],
                bytes: small.clone(),
                from: *from,
                to: *to,
            })
            .collect();
        let name = format!("exhibits-{:02}.pdf", number + 1);
        let pdf = exhibits::volume(&contents.filing, &name, number + 1, &pieces).unwrap();
        std::fs::write(out.join(name), pdf.bytes).unwrap();
    }
    println!("exhibits: {:.1} s, {} volumes, peak {}", exhibit_watch.elapsed().as_secs_f64(), volumes.len(), peak());
    println!("full variant together: {:.1} s, peak {}", watch.elapsed().as_secs_f64(), peak());

    let watch = Stopwatch::now();
    let public = public::redact(&contents).unwrap();
    println!("names and contacts taken out: {:.1} s, peak {}", watch.elapsed().as_secs_f64(), peak());
    let shown = |line: &FrozenLine| line.release.title.as_deref().is_some_and(|title| title.contains("[…]"));
    println!(
        "  {} of {} titles held one",
        public.lines().filter(|(_, line)| shown(line)).count(),
        public.lines().count()
    );
    common(&public, "public", &out);
    println!("public variant together: {:.1} s, peak {}", watch.elapsed().as_secs_f64(), peak());
}
