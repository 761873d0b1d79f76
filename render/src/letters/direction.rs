//! The letter of direction: parties, what is directed, signature blocks, and the schedule of the catalogue.

use claims::{
    intake::steps::Step,
    letters::{Contents, Entry, Party, catalogue, has_agreement, sums},
    period::{parse_kept_day, show_day},
};

use super::{
    Block, Line, Row, Sheet, cell, column, figures, named, numbers, period, plain, plural, row, soft, strong, wide,
};
use crate::fonts::drawable;

pub(super) fn sheets(contents: &Contents) -> (String, Vec<Sheet>) {
    let letter = &contents.letter;
    let title = "Letter of direction".to_owned();
    let entries = catalogue(&contents.claim, &letter.to.name);
    let agreed = parse_kept_day(contents.answers(Step::Agreement).get("agreement_date")).ok();
    let agreement = match agreed {
        Some(day) => format!("The distribution agreement between directing party and beneficiary of {}", show_day(day)),
        None if has_agreement(&contents.claim) => {
            "The distribution agreement between directing party and beneficiary".to_owned()
        }
        None => "The terms that applied between directing party and beneficiary".to_owned(),
    };
    let effective = letter.effective.map_or_else(|| "The day of the directing party’s signature".to_owned(), show_day);
    let accrued: Vec<Line> =
        sums(&entries).into_iter().flat_map(|(currency, sum)| plain(&currency.show(sum))).collect();
    let beneficiary = contents.claimant();
    let facts = vec![
        ("Payor", party(&letter.to)),
        ("Directing party", party(&letter.directing)),
        ("Beneficiary", party(&beneficiary)),
        ("Agreements", plain(&agreement)),
        ("Effective date", plain(&effective)),
        ("Accrued sums", accrued),
        ("Future sums", plain("All sums that accrue from the effective date on")),
    ];
    let mut blocks = vec![
        Block::title(
            &title,
            &format!("Claim {} in “{}”, drafted on {}.", letter.number, letter.case_title, show_day(letter.day)),
        ),
        Block::facts(facts),
    ];
    let parties = vec![
        ("Directing party".to_owned(), drawable(&letter.directing.name)),
        ("Beneficiary".to_owned(), drawable(&beneficiary.name)),
        ("Acknowledged and accepted by the payor".to_owned(), drawable(&letter.to.name)),
    ];
    blocks.extend(Block::signed(&letter.words, Vec::new(), parties));
    blocks.push(Block::heading("Schedule: the catalogue"));
    blocks.push(Block::words(&[format!(
        "{} of the beneficiary, as claim {} names {}, with the sums that are known to have accrued. Numbers are catalogue numbers and barcodes.",
        plural(entries.len(), "release or track", "releases and tracks"),
        letter.number,
        if entries.len() == 1 { "it" } else { "them" },
    )]));
    blocks.push(table(&entries, &beneficiary));
    (title, vec![Sheet { on_side: false, blocks }])
}

/// Name and address; an address that is not known has room to be written.
fn party(party: &Party) -> Vec<Line> {
    let mut lines = strong(&party.name);
    lines.extend(party.address.iter().flat_map(|row| plain(row)));
    if party.address.is_empty() {
        lines.extend(soft("Address: ______________________________"));
    }
    lines
}

fn table(entries: &[Entry], beneficiary: &Party) -> Block {
    let mut rows: Vec<Row> = entries
        .iter()
        .map(|entry| {
            let mut release = plain(&named(&entry.release, &format!("All recordings of {}", beneficiary.name)));
            let sold: Vec<String> = [entry.services.join(", "), entry.period.map(period).unwrap_or_default()]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect();
            release.extend(soft(&sold.join(" · ")));
            let lines: Vec<String> = entry.lines.iter().take(12).map(ToString::to_string).collect();
            let more = if entry.lines.len() > 12 { " …" } else { "" };
            let word = if entry.lines.len() == 1 { "Line" } else { "Lines" };
            release.extend(soft(&format!("{word} {}{more} of the claim", lines.join(", "))));
            let numbers = numbers(&entry.release).iter().flat_map(|number| plain(number)).collect();
            let accrued = entry.accrued.iter().flat_map(|(currency, sum)| plain(&currency.show(*sum))).collect();
            row("line", vec![cell(release), cell(numbers), cell(accrued)])
        })
        .collect();
    let sum = sums(entries).into_iter().flat_map(|(currency, sum)| strong(&currency.show(sum))).collect();
    rows.push(row("sum", vec![wide(2, soft("Accrued, as far as it is known")), cell(sum)]));
    Block::Table {
        columns: vec![column(0.0, "Release or track"), column(150.0, "Numbers"), figures(104.0, "Accrued")],
        rows,
    }
}
