//! An entry of the ledger in full: the lines it is made of, and what they come to month by month.

use std::collections::HashSet;

use super::{
    Failure,
    match_case::{description, place, stock_counts},
};
use crate::{
    CaseId, ClaimId, ReleaseId,
    line::{Basis, Category},
    overlap::{Family, Line, Month, months},
    store::{
        Tx,
        matching::{self, InForce},
        overlaps::{Overlap, Part},
        releases,
    },
};

/// An entry in full.
#[derive(Debug, Clone, Default)]
pub struct Full {
    /// The lines of its claims that are about its release, in its channel, claim by claim; the first number is the place of
    /// the claim among the parts.
    pub lines: Vec<(usize, InForce)>,
    /// The months in which the claims meet; a claimant's number is its place among the parts.
    pub months: Vec<Month>,
    /// All descriptions of its release, by row.
    pub descriptions: Vec<ReleaseId>,
}

/// Reads the lines of an entry and reckons its months from them: as the claims stand now, which may be newer than the entry.
///
/// # Errors
/// If the database fails.
pub async fn full(
    tx: &mut Tx,
    case: CaseId,
    filing_basis: Basis,
    entry: &Overlap,
    parts: &[Part],
) -> Result<Full, Failure> {
    let described =
        if entry.is_of_lump_sums() { Vec::new() } else { releases::of_release(tx, case, entry.release_id).await? };
    let keys: HashSet<&str> = described.iter().map(|of| of.key.as_str()).collect();
    let family = match entry.family.as_str() {
        "sales" => Family::Sales,
        "stock" => Family::Stock,
        _ => Family::Other,
    };
    let mut lines = Vec::new();
    let mut spread = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        for line in of_claim(tx, part.claim_id, filing_basis).await? {
            let Some(category) = Category::parse(&line.category) else { continue };
            let (at, of) = (place(&line, category), description(&line));
            let about = if entry.is_of_lump_sums() { !of.names_a_release() } else { keys.contains(of.key().as_str()) };
            if !about || at.family != family || at.channel != entry.channel {
                continue;
            }
            spread.push(Line {
                claimant: u32::try_from(number).unwrap_or(u32::MAX),
                family,
                release: Some(0),
                channel: 0,
                first: at.first,
                last: at.last,
                amount: line.case_amount,
            });
            lines.push((number, line));
        }
    }
    Ok(Full { lines, months: months(&spread), descriptions: described.into_iter().map(|of| of.id).collect() })
}

async fn of_claim(tx: &mut Tx, claim: ClaimId, filing_basis: Basis) -> Result<Vec<InForce>, Failure> {
    let mut lines = matching::lines_of(tx, claim).await?;
    lines.retain(|line| stock_counts(line, filing_basis));
    Ok(lines)
}
