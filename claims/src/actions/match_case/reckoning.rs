//! The reckoning itself: pure, on what was read.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    input::{Input, Relations, Said, Verdict},
    share_of,
};
use crate::{
    ClaimId, ReleaseId,
    line::Category,
    matching::{decide::Decision, of_case},
    overlap::{self, Family, Key, LedgerEntry, Relation, Removed},
    store::{matches::Found, overlaps},
};

/// What a run found.
#[derive(Debug)]
pub(super) struct Outcome {
    /// Pairs of claims.
    pub matches: Vec<Found>,
    /// Of each description the first one of the same release, by place.
    pub releases: Vec<usize>,
    /// The ledger.
    pub entries: Vec<LedgerEntry>,
    /// What it takes off.
    pub removed: BTreeMap<(ClaimId, Category), Removed>,
    /// Members, least and most.
    pub members: (i64, i64),
}

/// Reckons. `said` is told the place of the phase and the share of it that is done.
pub(super) fn reckon(input: &Input, threads: usize, said: impl Fn(u32, f64)) -> Outcome {
    let found = of_case::parties(&input.parties, threads, |phase, share| said(0, share_of(phase, share)));
    let releases = of_case::releases(&input.descriptions, threads, |phase, share| said(1, share_of(phase, share)));
    said(2, 0.0);

    let number = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
    let same = |pair: &(u32, u32)| input.verdicts.get(pair) == Some(&Verdict::Same);
    let decided_same: Vec<(u32, u32)> = input.verdicts.keys().filter(|pair| same(pair)).copied().collect();
    let most = Unions::of(input.claims.len(), decided_same.iter().copied());
    // What the engine only wants to be looked at is no suspicion yet.
    let proposed = found.iter().filter(|found| found.decision == Decision::Match);
    let open = proposed.map(|found| (number(found.a), number(found.b))).filter(|pair| match input.verdicts.get(pair) {
        Some(verdict) => *verdict != Verdict::Different,
        None => true,
    });
    let least = Unions::of(input.claims.len(), decided_same.iter().copied().chain(open));

    let lines = input
        .lines
        .iter()
        .map(|of| {
            let mut of = *of;
            let place = of.line.release.and_then(|place| usize::try_from(place).ok());
            of.line.release = place.map(|place| releases[place] as u64);
            of
        })
        .collect();
    let relations = in_releases(input, &releases);
    let same_money = relations.iter().filter(|(_, (said, _))| *said == Said::SameMoney).map(|((a, b, _), _)| (*a, *b));
    let united: BTreeSet<u32> = decided_same.iter().copied().chain(same_money).flat_map(|(a, b)| [a, b]).collect();
    let relation = |a: u32, b: u32, key: &Key| {
        let release = key.release.and_then(|place| usize::try_from(place).ok());
        let decided =
            release.and_then(|release| relations.get(&(a, b, Some(release)))).or_else(|| relations.get(&(a, b, None)));
        match decided {
            Some((Said::Derivative, Some(of))) => Relation::Derivative { of: *of },
            Some((Said::SameMoney, _)) => Relation::SameMoney,
            Some((Said::Distinct, _)) => Relation::Distinct,
            Some((Said::Derivative, None)) => Relation::Suspected,
            None if most.same(a, b) && input.verdicts.get(&(a, b)) != Some(&Verdict::Different) => Relation::SameMoney,
            None => Relation::Suspected,
        }
    };
    let ledger = overlap::of_case(lines, relation, |claimant| united.contains(&claimant));
    let claim = |place: u32| input.claims[place as usize];
    Outcome {
        matches: found
            .iter()
            .map(|found| Found {
                claims: (input.claims[found.a], input.claims[found.b]),
                score: i64::from(found.score),
                decision: found.decision.word(),
                // A tree of texts and numbers always becomes JSON.
                explanation: serde_json::to_string(&found.explanation).unwrap_or_default(),
                stake: input.gross[found.a].min(input.gross[found.b]),
            })
            .collect(),
        removed: ledger.removed.into_iter().map(|((place, category), of)| ((claim(place), category), of)).collect(),
        entries: ledger.entries,
        members: (least.count(), most.count()),
        releases,
    }
}

/// The decisions, with the release as the lines know it now.
fn in_releases(input: &Input, releases: &[usize]) -> Relations {
    input.relations.iter().map(|((a, b, place), said)| ((*a, *b, place.map(|place| releases[place])), *said)).collect()
}

/// Which claims are one member.
struct Unions {
    first: Vec<usize>,
}

impl Unions {
    fn of(claims: usize, pairs: impl Iterator<Item = (u32, u32)>) -> Self {
        let mut unions = Self { first: (0..claims).collect() };
        for (a, b) in pairs {
            let (a, b) = (unions.root(a as usize), unions.root(b as usize));
            unions.first[a.max(b)] = a.min(b);
        }
        unions
    }

    fn root(&self, mut place: usize) -> usize {
        while self.first[place] != place {
            place = self.first[place];
        }
        place
    }

    fn same(&self, a: u32, b: u32) -> bool {
        self.root(a as usize) == self.root(b as usize)
    }

    fn count(&self) -> i64 {
        let roots = (0..self.first.len()).filter(|place| self.first[*place] == *place).count();
        i64::try_from(roots).unwrap_or(i64::MAX)
    }
}

/// An entry as it is kept. `oldest` gives the row of a release by the place of its first description.
pub(super) fn row(input: &Input, entry: &LedgerEntry, oldest: &BTreeMap<usize, ReleaseId>) -> overlaps::New {
    let claim = |place: u32| input.claims[place as usize];
    let place = entry.release.and_then(|place| usize::try_from(place).ok());
    overlaps::New {
        family: match entry.family {
            Family::Sales => "sales",
            Family::Stock => "stock",
            Family::Other => "other",
        },
        release_id: place.and_then(|place| oldest.get(&place).copied()).unwrap_or(ReleaseId(0)),
        channel: input.channels[entry.channel as usize].clone(),
        words: place.map_or_else(String::new, |place| input.descriptions[place].words()),
        first_month: i64::from(entry.first),
        last_month: i64::from(entry.last),
        months: i64::from(entry.months),
        over_whole: entry.over_whole,
        contradictory: entry.contradictory,
        parts: entry
            .parts
            .iter()
            .map(|part| overlaps::NewPart {
                claim_id: claim(part.claimant),
                gross: part.gross,
                confirmed: part.removed.confirmed,
                suspected: part.removed.suspected,
                through: part.through.map(claim),
            })
            .collect(),
    }
}
