//! The reckoning itself: pure, on what was read.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    copies,
    input::{Input, Related, Said, Scope, Verdict},
    share_of,
};
use crate::{
    ClaimId, ReleaseId,
    line::Category,
    matching::{decide::Decision, of_case},
    overlap::{self, Key, LedgerEntry, Relation, Removed},
    store::{
        matches::Found,
        overlaps::{self, copies::New},
    },
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
    /// Copies that claims value at different bases.
    pub copies: Vec<New>,
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
    let relations = Relations::of(input, &releases);
    let same_money =
        relations.said.iter().filter(|(_, (said, _))| *said == Said::SameMoney).map(|((a, b, _), _)| (*a, *b));
    let united: BTreeSet<u32> = decided_same.iter().copied().chain(same_money).flat_map(|(a, b)| [a, b]).collect();
    let relation = |a: u32, b: u32, key: &Key| {
        let release = key.release.and_then(|place| usize::try_from(place).ok());
        match relations.get(a, b, release) {
            Some((Said::Derivative, Some(of))) => Relation::Derivative { of },
            Some((Said::SameMoney, _)) => Relation::SameMoney,
            Some((Said::Distinct, _)) => Relation::Distinct,
            Some((Said::Derivative, None)) => Relation::Suspected,
            None if most.same(a, b) && input.verdicts.get(&(a, b)) != Some(&Verdict::Different) => Relation::SameMoney,
            None => Relation::Suspected,
        }
    };
    let mut ledger = overlap::of_case(lines, relation, |claimant| united.contains(&claimant));
    for entry in &mut ledger.entries {
        entry.contradictory |= relations.contradict(entry);
    }
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
        copies: copies::find(input, &releases),
        releases,
    }
}

/// The decisions, with the release as the lines know it now.
struct Relations {
    /// What was said last, and whose money it is.
    said: BTreeMap<(u32, u32, Scope), (Said, Option<u32>)>,
    /// Where two decisions of what were two releases then say different things of what is one now.
    contradictory: BTreeSet<(u32, u32, Scope)>,
}

impl Relations {
    fn of(input: &Input, releases: &[usize]) -> Self {
        let mut relations = Self { said: BTreeMap::new(), contradictory: BTreeSet::new() };
        for Related { pair: (a, b), scope, said, of } in &input.relations {
            let scope = match *scope {
                Scope::Release(place) => Scope::Release(releases[place]),
                other => other,
            };
            let before = relations.said.insert((*a, *b, scope), (*said, *of));
            if before.is_some_and(|before| before != (*said, *of)) {
                relations.contradictory.insert((*a, *b, scope));
            }
        }
        relations
    }

    /// What holds of two claims in a release, or of their lump sums: what was said of just that goes before what holds everywhere.
    fn get(&self, a: u32, b: u32, release: Option<usize>) -> Option<(Said, Option<u32>)> {
        let here = release.map_or(Scope::LumpSums, Scope::Release);
        self.said.get(&(a, b, here)).or_else(|| self.said.get(&(a, b, Scope::Everywhere))).copied()
    }

    /// Whether decisions about two claims of an entry contradict each other.
    fn contradict(&self, entry: &LedgerEntry) -> bool {
        let release = entry.release.and_then(|place| usize::try_from(place).ok());
        let here = release.map_or(Scope::LumpSums, Scope::Release);
        let claims = |claimant: u32| entry.parts.iter().any(|part| part.claimant == claimant);
        self.contradictory.iter().any(|(a, b, scope)| *scope == here && claims(*a) && claims(*b))
    }
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
        family: entry.family.key(),
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
                months: part.months.text(),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of two releases different things were said, and they turn out to be one: the newest holds, and it is marked.
    #[test]
    fn of_two_decisions_about_what_is_one_release_the_newest_holds_and_is_marked() {
        let related = |place, said, of| Related { pair: (0, 1), scope: Scope::Release(place), said, of };
        let share = related(0, Said::Derivative, Some(0));
        let other = related(1, Said::Distinct, None);
        for (decisions, newest) in
            [([share, other], (Said::Distinct, None)), ([other, share], (Said::Derivative, Some(0)))]
        {
            let input = Input { relations: decisions.to_vec(), ..Input::default() };
            let apart = Relations::of(&input, &[0, 1]);
            assert_eq!(apart.get(0, 1, Some(0)), Some((Said::Derivative, Some(0))));
            assert!(apart.contradictory.is_empty());
            let one = Relations::of(&input, &[0, 0]);
            assert_eq!(one.get(0, 1, Some(0)), Some(newest));
            assert_eq!(one.contradictory.len(), 1);
        }
        let twice = Input { relations: vec![share, related(1, Said::Derivative, Some(0))], ..Input::default() };
        assert!(Relations::of(&twice, &[0, 0]).contradictory.is_empty(), "the same was said of both");
    }
}
