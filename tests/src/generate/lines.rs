//! Lines: releases claimed by the label, by the artist, by others; with re-issues, volumes and self-titled albums that are
//! other releases, and every way a barcode or a catalogue number goes wrong.

use super::{
    Generated, Plan, Random,
    noise::{cased, maybe_slip, slip},
    words::{GIVEN, LABEL_WORDS, LEGAL, family, word},
};

const HEADER: &[&str] =
    &["claimant_id", "title", "artist", "catalog_no", "upc", "label", "year", "period_start", "period_end"];

const EDITIONS: &[&str] =
    &["Live", "Remastered", "Deluxe Edition", "Expanded Edition", "Instrumental", "EP", "Remixes"];

struct Label {
    name: String,
    short: String,
    id: String,
    prefix: String,
    separator: &'static str,
    barcode: String,
    next: usize,
}

#[derive(Clone)]
struct Release {
    title: String,
    edition: Option<&'static str>,
    volume: Option<usize>,
    guest: Option<String>,
    artist: String,
    artist_id: usize,
    label: usize,
    catalog: String,
    upc: String,
    year: usize,
}

/// Generates lines.
#[must_use]
pub fn lines(plan: Plan) -> Generated {
    let mut random = Random::new(plan.seed);
    let random = &mut random;
    let mut labels: Vec<Label> = (0..plan.records / 200 + 3).map(|_| label(random)).collect();
    let artists: Vec<String> = (0..plan.records / 6 + 3).map(|_| artist(random)).collect();
    let mut rows = Vec::with_capacity(plan.records);
    let mut entity = 0;
    while rows.len() < plan.records {
        for release in family_of_releases(&artists, &mut labels, random) {
            entity += 1;
            let lines = match random.below(100) {
                0..78 => 1,
                78..98 => 2,
                _ => 3,
            };
            let first = period(random);
            for line in 0..lines {
                if rows.len() < plan.records {
                    rows.push((entity, claimed(&release, line, first, &labels, random)));
                }
            }
        }
    }
    Generated::new(HEADER, rows, random)
}

fn label(random: &mut Random) -> Label {
    let first = word(random);
    let name = match random.below(3) {
        0 => first.clone(),
        1 => format!("{first} {}", word(random)),
        _ => format!("{first} {} {}", word(random), word(random)),
    };
    let kind = random.common(LABEL_WORDS);
    let prefix: String = first.to_uppercase().chars().take(2 + random.below(3)).collect();
    let barcode = format!("{:06}", random.below(1_000_000));
    Label {
        name: format!("{name} {kind} {}", random.pick(LEGAL)).trim().to_owned(),
        short: format!("{first} {kind}"),
        id: format!("L{prefix}{barcode}"),
        prefix,
        separator: random.pick(&["-", " ", "", "-0"]),
        barcode,
        next: 100 + random.below(3000),
    }
}

fn artist(random: &mut Random) -> String {
    match random.below(6) {
        0 => format!("The {}s", word(random)),
        1 => format!("{} {}", word(random), word(random)),
        2 => format!("{} & {}", random.common(GIVEN), random.common(GIVEN)),
        3 => format!("{} {} & The {}s", random.common(GIVEN), family(random), word(random)),
        _ => format!("{} {}", random.common(GIVEN), family(random)),
    }
}

/// One release, or several of one title: a re-issue, an edition, volumes.
fn family_of_releases(artists: &[String], labels: &mut [Label], random: &mut Random) -> Vec<Release> {
    let artist_id = random.below(artists.len());
    let on = random.below(labels.len());
    let artist = artists[artist_id].clone();
    let title = if random.chance(0.03) {
        artist.clone()
    } else {
        (0..1 + random.below(4)).map(|_| word(random)).collect::<Vec<_>>().join(" ")
    };
    let year = 1968 + random.below(56);
    let mut one = Release {
        title,
        edition: random.chance(0.03).then(|| random.pick(EDITIONS)),
        volume: None,
        guest: random.chance(0.05).then(|| format!("{} {}", random.common(GIVEN), family(random))),
        artist,
        artist_id,
        label: on,
        catalog: String::new(),
        upc: String::new(),
        year,
    };
    number(&mut one, labels, random);
    let mut all = vec![one.clone()];
    let mut more = |change: &dyn Fn(&mut Release, &mut Random), random: &mut Random| {
        let mut other = one.clone();
        change(&mut other, random);
        number(&mut other, labels, random);
        all.push(other);
    };
    match random.below(100) {
        0..6 => (1..=2 + random.below(2)).for_each(|n| more(&|r, _| r.volume = Some(n), random)),
        6..12 => more(
            &|r, random| {
                r.edition = Some(random.pick(EDITIONS));
                r.year += random.below(12);
            },
            random,
        ),
        12..15 => more(&|r, random| r.year += 3 + random.below(20), random),
        _ => {}
    }
    all
}

/// Gives the next catalogue number of the label and a barcode.
fn number(release: &mut Release, labels: &mut [Label], random: &mut Random) {
    let label = &mut labels[release.label];
    label.next += 1;
    release.catalog = format!("{}{}{}", label.prefix, label.separator, label.next);
    let eleven = format!("{}{:05}", label.barcode, random.below(100_000));
    let sum: usize =
        eleven.bytes().enumerate().map(|(i, b)| usize::from(b - b'0') * if i % 2 == 0 { 3 } else { 1 }).sum();
    release.upc = format!("{eleven}{}", (10 - sum % 10) % 10);
}

fn period(random: &mut Random) -> (usize, usize) {
    let start = 2001 + random.below(24);
    (start, (start + [0, 0, 0, 1, 2, 4][random.below(6)]).min(2024))
}

fn claimed(
    release: &Release,
    line: usize,
    first: (usize, usize),
    labels: &[Label],
    random: &mut Random,
) -> Vec<String> {
    let by_label = line == 0 && random.chance(0.8);
    let label = &labels[release.label];
    let wear = if by_label { 0.03 } else { 0.12 };
    let mut title = maybe_slip(&release.title, wear, random);
    if let Some(n) = release.volume {
        title = match random.below(3) {
            0 => format!("{title}, Vol. {n}"),
            1 => format!("{title} Volume {n}"),
            _ => format!("{title} Vol {n}"),
        };
    }
    if let Some(edition) = release.edition.filter(|_| random.chance(0.97)) {
        title = match random.below(3) {
            0 => format!("{title} ({edition})"),
            1 => format!("{title} [{edition}]"),
            _ => format!("{title} - {edition}"),
        };
    }
    if let Some(guest) = release.guest.as_ref().filter(|_| random.chance(0.7)) {
        title = format!("{title} {} {guest}", random.pick(&["feat.", "ft.", "featuring"]));
    }
    let mut artist = maybe_slip(&release.artist, wear, random);
    if random.chance(0.05) {
        artist = artist.replace(" & ", " and ");
    }
    if let Some((head, last)) = artist.rsplit_once(' ').filter(|_| random.chance(0.02)) {
        artist = format!("{last}, {head}");
    }
    let mut catalog = release.catalog.clone();
    match random.below(40) {
        0 => catalog = slip(&catalog, random),
        1 => catalog.push_str(random.pick(&["-2", "D", "CD", "LP"])),
        2..5 => catalog = catalog.replace(['-', ' '], random.pick(&["", "-", " ", "_"])),
        _ => {}
    }
    let mut upc = release.upc.clone();
    match random.below(60) {
        0 => upc = slip(&upc, random),
        1 => drop(upc.pop()),
        2 => upc = upc.trim_start_matches('0').to_owned(),
        3 => upc = format!("0{upc}"),
        4 => upc = format!("{}.{}E+11", &upc[..1], &upc[1..6]),
        5 => upc = format!("{} {} {} {}", &upc[..1], &upc[1..6], &upc[6..11], &upc[11..]),
        _ => {}
    }
    let missing = if by_label { (0.06, 0.1) } else { (0.45, 0.4) };
    let label_name = match random.below(if by_label { 200 } else { 20 }) {
        0 => "Independent".to_owned(),
        1 => artist.clone(),
        2 => String::new(),
        3..6 => label.short.clone(),
        _ => maybe_slip(&label.name, wear * 0.5, random),
    };
    let year = release.year - usize::from(random.chance(0.08));
    let (start, end) = if random.chance(0.65) { first } else { period(random) };
    vec![
        if by_label {
            label.id.clone()
        } else if random.chance(0.85) {
            format!("A{}", release.artist_id)
        } else {
            format!("X{}", random.below(1_000_000))
        },
        cased(title, random),
        artist,
        if random.chance(missing.0) { String::new() } else { catalog },
        if random.chance(missing.1) { String::new() } else { upc },
        label_name,
        if random.chance(0.03) { String::new() } else { year.to_string() },
        start.to_string(),
        end.to_string(),
    ]
}
