//! What is known of every two claims of an entry of the ledger: what people said of their money, or that they are of one claimant; and
//! of which two nobody said anything yet.

use std::collections::BTreeMap;

use super::Failure;
use crate::{
    CaseId, ClaimId,
    overlap::{Runs, groups},
    status::ClaimStatus,
    store::{
        Tx,
        matches::{self, Match},
        overlaps::{self, Decision, Overlap, Part},
        releases,
    },
};

/// Two claims, the one with the smaller id first.
type Two = (ClaimId, ClaimId);

fn two(a: ClaimId, b: ClaimId) -> Two {
    (a.min(b), a.max(b))
}

/// A claim of an entry with the months in which it meets others. They are read once for all the pairs that it is in: of many claims there
/// are very many.
#[derive(Debug)]
pub struct Meets<'a> {
    /// The claim.
    pub part: &'a Part,
    /// `None` where they were not kept.
    months: Option<Runs>,
}

impl<'a> Meets<'a> {
    /// Each claim of an entry with its months.
    #[must_use]
    pub fn each(parts: &'a [Part]) -> Vec<Self> {
        parts.iter().map(|part| Self { part, months: part.meets() }).collect()
    }

    /// As [`Part::misses`].
    #[must_use]
    pub fn misses(&self, other: &Self) -> bool {
        matches!((&self.months, &other.months), (Some(one), Some(of_other)) if !one.meet(of_other))
    }
}

/// What people said of claims, two by two.
#[derive(Debug, Default)]
pub struct Said {
    /// Of their money; the release of each is the one that its description is of now.
    money: BTreeMap<Two, Vec<Decision>>,
    /// Of their claimants.
    claimants: BTreeMap<Two, Match>,
    /// Of each claim that is of one claimant with others, which claim stands for them all.
    one: BTreeMap<ClaimId, ClaimId>,
}

impl Said {
    /// Reads what holds in a case.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn read(tx: &mut Tx, case: CaseId) -> Result<Self, Failure> {
        let mut money: BTreeMap<Two, Vec<Decision>> = BTreeMap::new();
        for mut decision in overlaps::decisions(tx, case).await? {
            if let Some(release) = releases::release_of(tx, case, decision.release_id).await? {
                decision.release_id = release;
            }
            money.entry(two(decision.claim_a, decision.claim_b)).or_default().push(decision);
        }
        // A claim that does not count links no others: the run that keeps the ledger does not see what was said of it.
        let counts = |status: &str| status == ClaimStatus::Submitted.key();
        let pairs = matches::in_brief(tx, case).await?.into_iter();
        let pairs = pairs.filter(|pair| pair.verdict.is_some() && counts(&pair.status_a) && counts(&pair.status_b));
        let claimants: BTreeMap<Two, Match> = pairs.map(|pair| (two(pair.claim_a, pair.claim_b), pair)).collect();
        let same = claimants.iter().filter(|(_, pair)| is(pair, "same")).map(|(pair, _)| *pair);
        let one = groups(same);
        Ok(Self { money, claimants, one })
    }

    /// What was said of the money of two claims in an entry, oldest first.
    pub fn of_money<'a>(&'a self, entry: &Overlap, (a, b): (&Part, &Part)) -> impl Iterator<Item = &'a Decision> {
        let scope = entry.scope();
        let of = self.money.get(&two(a.claim_id, b.claim_id)).into_iter().flatten();
        of.filter(move |of| of.release_id == scope || of.release_id == overlaps::EVERYWHERE)
    }

    /// Whether two claims are of one claimant; with the pair, if a person said so of just these two.
    #[must_use]
    pub fn one_claimant(&self, (a, b): (&Part, &Part)) -> Option<Option<&Match>> {
        let pair = two(a.claim_id, b.claim_id);
        match self.claimants.get(&pair) {
            Some(said) if is(said, "same") => Some(Some(said)),
            Some(said) if is(said, "different") => None,
            _ => {
                let one = self.one.get(&pair.0).is_some_and(|one| self.one.get(&pair.1) == Some(one));
                one.then_some(None)
            }
        }
    }

    /// Whether two claims of an entry wait for somebody to say how their money is related: they meet, something of the entry is only
    /// suspected, and nobody said anything of the two.
    #[must_use]
    pub fn waits(&self, entry: &Overlap, (one, other): (&Meets<'_>, &Meets<'_>)) -> bool {
        let pair = (one.part, other.part);
        entry.suspected > 0
            && !one.misses(other)
            && self.of_money(entry, pair).next().is_none()
            && self.one_claimant(pair).is_none()
    }
}

fn is(pair: &Match, verdict: &str) -> bool {
    pair.verdict.as_deref() == Some(verdict)
}
