//! Who else may be the claimant of a claim, and who else claims its money.

use claims::{
    CaseId, ClaimId,
    line::Basis,
    matching::of_case::percent,
    money::grouped_units,
    store::{
        Tx,
        matches::{self, Match},
        overlaps::{
            self, Overlap, Part, Which,
            copies::{self, Beside},
        },
    },
};
use leptos::prelude::*;

use super::{frame, match_page::overlap_item, match_words, reading::Reading};
use crate::request::Halt;

/// Matches and entries shown; the lists show all.
const FIRST: usize = 5;

/// What is known of a claim.
pub(super) struct WhoElse {
    matches: Vec<Match>,
    /// Entries with it, each with the months in which it meets others.
    overlaps: Vec<(Overlap, String)>,
    entries: i64,
    /// Copies that others claim at another basis.
    copies: Vec<Beside>,
}

impl WhoElse {
    /// Reads it.
    pub async fn read(tx: &mut Tx, case: CaseId, claim: ClaimId) -> Result<Self, Halt> {
        let mut entries = Vec::new();
        for entry in overlaps::list(tx, case, Which::All, Some(claim), 5, 0).await? {
            let parts = overlaps::parts(tx, entry.id).await?;
            let own = parts.iter().find(|part| part.claim_id == claim).and_then(Part::meets);
            entries.push((match_words::meeting(&entry, own.as_ref()), entry));
        }
        Ok(Self {
            matches: matches::of_claim(tx, claim).await?,
            overlaps: entries.into_iter().map(|(months, entry)| (entry, months)).collect(),
            entries: overlaps::sums(tx, case, Which::All, Some(claim)).await?.entries,
            copies: copies::of_claim(tx, claim, 5).await?,
        })
    }
}

/// The section of the page of a claim.
pub(super) fn section(reading: &Reading, known: &WhoElse) -> impl IntoView + use<> {
    let (slug, number) = (reading.slug(), reading.number());
    let matches = matches_of(slug, number, &known.matches);
    let overlaps = overlaps_of(slug, number, known);
    let copies = copies_of(slug, &known.copies);
    view! {
        <h2 id="who-else">"Who else"</h2>
        <div class="columns"><div>{matches}</div><div>{overlaps}{copies}</div></div>
    }
}

fn matches_of(slug: &str, number: &str, all: &[Match]) -> impl IntoView + use<> {
    if all.is_empty() {
        return view! { <h3>"Perhaps the same claimant"</h3><p>"No other claim resembles this one."</p> }.into_any();
    }
    let items: Vec<_> = all
        .iter()
        .take(FIRST)
        .map(|pair| {
            let (other, claimant) = if pair.number_a == number {
                (pair.number_b.clone(), pair.claimant_b.clone())
            } else {
                (pair.number_a.clone(), pair.claimant_a.clone())
            };
            let verdict = pair.verdict.as_deref().map_or("open", match_words::verdict);
            let href = format!("/counsel/{slug}/matches/{}", pair.id);
            let detail = format!("{other}, {}\u{a0}%, {verdict}", percent(pair.score));
            view! { <li><a href=href>{claimant}</a>" "<span class="detail">{detail}</span></li> }
        })
        .collect();
    let href = format!("/counsel/{slug}/matches?show=all&claim={number}");
    let more = format!("All matches ({})", all.len());
    view! { <h3>"Perhaps the same claimant"</h3><ul>{items}</ul><p><a href=href>{more}</a></p> }.into_any()
}

/// The copies of a claim that others claim at another basis: amounts of different bases are not compared, the copies may be the same.
fn copies_of(slug: &str, all: &[Beside]) -> impl IntoView + use<> {
    (!all.is_empty()).then(|| {
        let items: Vec<_> = all
            .iter()
            .map(|of| {
                let href = format!("/counsel/{slug}/claims/{}", of.other);
                view! { <li>{copies_in_words(of)}<a href=href>{of.other.clone()}</a></li> }
            })
            .collect();
        view! { <h3>"The same copies, at another basis"</h3><p>"Amounts of different bases are never added or compared, so nothing of this is in the ledger."</p><ul>{items}</ul> }
    })
}

/// `Sonatas: 100 copies at retail list price; 60 at wholesale (PPD) claimed by Varga, `.
pub(super) fn copies_in_words(of: &Beside) -> String {
    let valued = |key: &str| match Basis::parse(key) {
        None | Some(Basis::UnitsOnly) => "without a value".to_owned(),
        Some(basis) => format!("at {}", basis.title()),
    };
    format!(
        "{}: {} {}; {} {} claimed by {}, ",
        of.words,
        frame::count(of.units, "copy", "copies"),
        valued(&of.basis),
        grouped_units(of.other_units),
        valued(&of.other_basis),
        of.claimant
    )
}

fn overlaps_of(slug: &str, number: &str, known: &WhoElse) -> impl IntoView + use<> {
    if known.overlaps.is_empty() {
        return view! { <h3>"The same money"</h3><p>"Nobody else claims money for the same release, channel and month."</p> }.into_any();
    }
    let base = format!("/counsel/{slug}/overlaps");
    let items: Vec<_> =
        known.overlaps.iter().map(|(entry, months)| overlap_item(entry, months.clone(), &base)).collect();
    let href = format!("{base}?show=all&claim={number}");
    let more = format!("All overlaps ({})", known.entries);
    view! { <h3>"The same money"</h3><ul>{items}</ul><p><a href=href>{more}</a></p> }.into_any()
}
