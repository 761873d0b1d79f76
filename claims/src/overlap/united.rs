//! Claims that are of one claimant, as people said of them two by two.

use std::collections::BTreeMap;

use crate::ClaimId;

/// Of each claim that pairs link with others, which claim stands for them all.
#[must_use]
pub fn groups(pairs: impl Iterator<Item = (ClaimId, ClaimId)>) -> BTreeMap<ClaimId, ClaimId> {
    let mut up = BTreeMap::new();
    for (a, b) in pairs {
        let (a, b) = (top(&mut up, a), top(&mut up, b));
        up.insert(a.max(b), a.min(b));
    }
    let claims: Vec<ClaimId> = up.keys().copied().collect();
    claims.into_iter().map(|claim| (claim, top(&mut up, claim))).collect()
}

/// The claim that one comes to, going up from claim to claim; on the way each is led past the one above it, so that it is shorter for the
/// next.
fn top(up: &mut BTreeMap<ClaimId, ClaimId>, mut claim: ClaimId) -> ClaimId {
    loop {
        #[cfg(test)]
        STEPS.with(|steps| steps.set(steps.get() + 1));
        let above = *up.entry(claim).or_insert(claim);
        if above == claim {
            return claim;
        }
        let beyond = up.get(&above).copied().unwrap_or(above);
        up.insert(claim, beyond);
        claim = beyond;
    }
}

#[cfg(test)]
thread_local! {
    /// Steps that this thread went up so far: what grouping costs, whatever the machine.
    static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

#[cfg(test)]
mod tests {
    use super::{ClaimId, STEPS, groups};

    #[test]
    fn who_is_one_with_the_same_is_one() {
        let pairs = [(1, 4), (2, 3), (5, 6), (3, 4)].map(|(a, b)| (ClaimId(a), ClaimId(b)));
        let one = groups(pairs.into_iter());
        let of = |claim| one.get(&ClaimId(claim));
        assert!((2..=4).all(|claim| of(claim) == of(1)) && of(5) == of(6));
        assert!(of(5) != of(1) && of(7).is_none());
    }

    #[test]
    fn very_many_claims_are_grouped_in_a_few_steps_each() {
        const CLAIMS: i64 = 20_000;
        let steps = || STEPS.with(std::cell::Cell::get);
        // One long chain, from either end, and pairs of pairs of pairs.
        let chain: Vec<_> = (1..CLAIMS).map(|claim| (ClaimId(claim), ClaimId(claim + 1))).collect();
        let back: Vec<_> = chain.iter().rev().copied().collect();
        let halves = (0..15).flat_map(|level| {
            let far = 1 << level;
            (0..CLAIMS - far).step_by(2 << level).map(move |claim| (ClaimId(claim), ClaimId(claim + far)))
        });
        for pairs in [chain, back, halves.collect()] {
            let before = steps();
            let one = groups(pairs.into_iter());
            assert!(one.values().all(|of| Some(of) == one.values().next()));
            let taken = steps() - before;
            assert!(taken < 30 * CLAIMS.unsigned_abs(), "{taken} steps");
        }
    }
}
