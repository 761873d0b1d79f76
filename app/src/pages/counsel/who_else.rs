//! Who else may be the claimant of a claim, and who else claims its money.

use claims::{
    CaseId, ClaimId,
    matching::of_case::percent,
    store::{
        Tx,
        matches::{self, Match},
        overlaps::{self, Overlap, Which},
    },
};
use leptos::prelude::*;

use super::{match_page::overlap_item, match_words, reading::Reading};
use crate::request::Halt;

/// Matches and entries shown; the lists show all.
const FIRST: usize = 5;

/// What is known of a claim.
pub(super) struct WhoElse {
    matches: Vec<Match>,
    overlaps: Vec<Overlap>,
    entries: i64,
}

impl WhoElse {
    /// Reads it.
    pub async fn read(tx: &mut Tx, case: CaseId, claim: ClaimId) -> Result<Self, Halt> {
        Ok(Self {
            matches: matches::of_claim(tx, claim).await?,
            overlaps: overlaps::list(tx, case, Which::All, Some(claim), 5, 0).await?,
            entries: overlaps::sums(tx, case, Which::All, Some(claim)).await?.entries,
        })
    }
}

/// The section of the page of a claim.
pub(super) fn section(reading: &Reading, known: &WhoElse) -> impl IntoView + use<> {
    let (slug, number) = (reading.slug(), reading.number());
    let matches = matches_of(slug, number, &known.matches);
    let overlaps = overlaps_of(slug, number, known);
    view! {
        <h2 id="who-else">"Who else"</h2>
        <div class="columns"><div>{matches}</div><div>{overlaps}</div></div>
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

fn overlaps_of(slug: &str, number: &str, known: &WhoElse) -> impl IntoView + use<> {
    if known.overlaps.is_empty() {
        return view! { <h3>"The same money"</h3><p>"Nobody else claims money for the same release, channel and month."</p> }.into_any();
    }
    let base = format!("/counsel/{slug}/overlaps");
    let items: Vec<_> = known.overlaps.iter().map(|entry| overlap_item(entry, &base)).collect();
    let href = format!("{base}?show=all&claim={number}");
    let more = format!("All overlaps ({})", known.entries);
    view! { <h3>"The same money"</h3><ul>{items}</ul><p><a href=href>{more}</a></p> }.into_any()
}
