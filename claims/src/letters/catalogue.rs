//! The catalogue schedule of a letter of direction: release by release, what has accrued at the aggregator.

use std::collections::BTreeMap;

use crate::{
    frozen::{FrozenClaim, FrozenLine},
    line::{Category, Release},
    money::Currency,
    period::Period,
};

/// A release or track of the schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The release; empty for a sum over all of them.
    pub release: Release,
    /// Services that sold it, by name.
    pub services: Vec<String>,
    /// From the first day of its lines to the last.
    pub period: Option<Period>,
    /// What has accrued, by currency.
    pub accrued: Vec<(Currency, i64)>,
    /// Lines of the claim.
    pub lines: Vec<i64>,
}

/// The schedule: lines of digital royalties that name the aggregator and whose money it does not pay to the claimant already, the same
/// release once.
#[must_use]
pub fn catalogue(claim: &FrozenClaim, aggregator: &str) -> Vec<Entry> {
    let mut entries: BTreeMap<Vec<String>, Entry> = BTreeMap::new();
    let lines = royalties(claim).filter(|line| same_company(line.answers.get("aggregator"), aggregator));
    for line in lines.filter(|line| line.answers.get("letter_state") != "paying") {
        let entry = entries.entry(key(&line.release)).or_insert_with(|| Entry {
            release: line.release.clone(),
            services: Vec::new(),
            period: line.period,
            accrued: Vec::new(),
            lines: Vec::new(),
        });
        entry.lines.push(line.line);
        let service = line.answers.get("service");
        if !service.is_empty() && !entry.services.iter().any(|known| known == service) {
            entry.services.push(service.to_owned());
            entry.services.sort();
        }
        entry.period = match (entry.period, line.period) {
            (Some(known), Some(of)) => Period::new(known.from.min(of.from), known.to.max(of.to)),
            (known, of) => known.or(of),
        };
        match entry.accrued.iter_mut().find(|(currency, _)| *currency == line.currency) {
            Some((_, sum)) => *sum = sum.saturating_add(line.amount),
            None => entry.accrued.push((line.currency, line.amount)),
        }
    }
    entries.into_values().collect()
}

/// Other aggregators that the claim names: a letter to this one does not reach them.
#[must_use]
pub fn others(claim: &FrozenClaim, aggregator: &str) -> Vec<String> {
    let mut others: Vec<String> = royalties(claim)
        .map(|line| line.answers.get("aggregator").to_owned())
        .filter(|name| !same_company(name, aggregator))
        .collect();
    others.sort();
    others.dedup();
    others
}

/// The sums of a schedule by currency, in the order of their codes.
#[must_use]
pub fn sums(entries: &[Entry]) -> Vec<(Currency, i64)> {
    let mut sums: BTreeMap<String, (Currency, i64)> = BTreeMap::new();
    for (currency, amount) in entries.iter().flat_map(|entry| &entry.accrued) {
        let sum = sums.entry(currency.code().to_owned()).or_insert((*currency, 0));
        sum.1 = sum.1.saturating_add(*amount);
    }
    sums.into_values().collect()
}

fn royalties(claim: &FrozenClaim) -> impl Iterator<Item = &FrozenLine> {
    claim.lines.iter().filter(|line| line.category == Category::DigitalRoyalties)
}

/// Whether two names are of one company, as people write them: “Orchard” is “The Orchard”, and “The Orchard NY” too.
fn same_company(a: &str, b: &str) -> bool {
    let words = |name: &str| -> Vec<String> {
        let lower = name.to_lowercase();
        let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && *word != "the");
        words.map(str::to_owned).collect()
    };
    let (a, b) = (words(a), words(b));
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    !short.is_empty() && long.starts_with(short)
}

/// What makes two lines speak of one release, and the order of the schedule: artist, title, then numbers.
fn key(release: &Release) -> Vec<String> {
    let text = |text: Option<&str>| text.unwrap_or_default().trim().to_lowercase();
    vec![
        text(release.artist.as_deref()),
        text(release.title.as_deref()),
        text(release.catalogue_number.as_deref()),
        text(release.gtin.as_ref().map(crate::identifiers::Gtin::as_str)),
        text(release.aggregator_gtin.as_ref().map(crate::identifiers::Gtin::as_str)),
        text(release.isrc.as_ref().map(crate::identifiers::Isrc::as_str)),
    ]
}
