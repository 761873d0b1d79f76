//! Pairs that hang together: claims that resemble each other, directly or through a third.

use std::collections::BTreeMap;

use claims::{ClaimId, store::matches::Match};

/// Pairs that belong together, most money first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// The pairs.
    pub pairs: Vec<Match>,
    /// How many claims they connect: two, or a group.
    pub claims: usize,
}

/// The pairs as groups, in the order of the first pair of each.
pub(super) fn groups(pairs: Vec<Match>) -> Vec<Group> {
    let mut first: BTreeMap<ClaimId, ClaimId> = BTreeMap::new();
    for pair in &pairs {
        let (a, b) = (root(&first, pair.claim_a), root(&first, pair.claim_b));
        first.insert(a.max(b), a.min(b));
    }
    let mut groups: Vec<(ClaimId, Group)> = Vec::new();
    let mut places: BTreeMap<ClaimId, usize> = BTreeMap::new();
    for pair in pairs {
        let of = root(&first, pair.claim_a);
        let place = *places.entry(of).or_insert_with(|| {
            groups.push((of, Group { pairs: Vec::new(), claims: 0 }));
            groups.len() - 1
        });
        groups[place].1.pairs.push(pair);
    }
    groups
        .into_iter()
        .map(|(_, mut group)| {
            let mut claims: Vec<ClaimId> = group.pairs.iter().flat_map(|pair| [pair.claim_a, pair.claim_b]).collect();
            claims.sort_unstable();
            claims.dedup();
            group.claims = claims.len();
            group
        })
        .collect()
}

fn root(first: &BTreeMap<ClaimId, ClaimId>, mut claim: ClaimId) -> ClaimId {
    while let Some(before) = first.get(&claim).filter(|before| **before != claim) {
        claim = *before;
    }
    claim
}

#[cfg(test)]
mod tests {
    use claims::{Instant, MatchId};

    use super::*;

    fn pair(id: i64, a: i64, b: i64) -> Match {
        Match {
            id: MatchId(id),
            claim_a: ClaimId(a),
            claim_b: ClaimId(b),
            number_a: String::new(),
            number_b: String::new(),
            claimant_a: String::new(),
            claimant_b: String::new(),
            status_a: String::new(),
            status_b: String::new(),
            score: 0,
            decision: String::new(),
            engine: String::new(),
            explanation: String::new(),
            stake: 0,
            found_at: Instant::default(),
            verdict: None,
            reason: None,
            decided_by: None,
            decided_at: None,
            decided_score: None,
            decided_engine: None,
        }
    }

    #[test]
    fn pairs_that_share_a_claim_are_one_group_and_order_stays() {
        let found = groups(vec![pair(1, 5, 9), pair(2, 1, 2), pair(3, 3, 4), pair(4, 2, 5)]);
        let ids: Vec<Vec<i64>> = found.iter().map(|group| group.pairs.iter().map(|pair| pair.id.0).collect()).collect();
        assert_eq!(ids, [vec![1, 2, 4], vec![3]]);
        assert_eq!(found.iter().map(|group| group.claims).collect::<Vec<_>>(), [4, 2]);
    }
}
