//! Groups of records taken for one: agglomeration by average linkage over the pairs' log-odds, as in correlation
//! clustering (Bansal, Blum & Chawla 2004). Best pairs are joined first; two groups are joined only if the evidence between
//! **all** their members, pairs included that no blocking rule proposed, speaks for it, and never over a contradiction.
//! So one bad edge cannot glue two groups together, and no chain of weak edges makes a group.

use super::{decide::REVIEW_FROM, weigh::Millibits};

/// Evidence of one pair counts at most this much for a group: a certain pair must not drown ten doubtful ones.
const CEILING: Millibits = 8_000;
/// Of a large group this many members, evenly spaced, stand for all.
const SPOKESMEN: usize = 12;

/// A pair that scored as a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The smaller record number.
    pub a: u32,
    /// The larger record number.
    pub b: u32,
    /// The score.
    pub score: Millibits,
}

/// What stands between two records, candidates or not.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// The score.
    pub score: Millibits,
    /// Whether some field contradicts.
    pub contradiction: bool,
}

/// Why two groups that a matching pair connects were kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Two members contradict each other.
    Contradiction,
    /// The evidence between all members speaks against it.
    Cohesion,
}

impl Reason {
    /// The reason in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Contradiction => "two records of the groups contradict each other",
            Self::Cohesion => "most records of the two groups do not resemble each other",
        }
    }
}

/// A matching pair whose records ended in different groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// One record.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// Why.
    pub reason: Reason,
}

/// The groups.
#[derive(Clone, Debug, Default)]
pub struct Clusters {
    /// For each record the smallest record of its group.
    pub of: Vec<u32>,
    /// Matching pairs kept apart, best first.
    pub splits: Vec<Split>,
}

impl Clusters {
    /// How many groups there are, those of one record included.
    #[must_use]
    pub fn count(&self) -> usize {
        (0..).zip(&self.of).filter(|(record, group)| record == *group).count()
    }
}

/// Groups `records` records; `edges` are the matching pairs in any order, `link` tells what stands between any two.
#[must_use]
pub fn cluster(records: usize, mut edges: Vec<Edge>, link: impl Fn(u32, u32) -> Link) -> Clusters {
    edges.sort_unstable_by_key(|e| (std::cmp::Reverse(e.score), e.a, e.b));
    let mut of: Vec<u32> = (0..u32::try_from(records).unwrap_or(u32::MAX)).collect();
    // Members of the groups of two and more, as linked lists: who comes next, and who is last.
    let mut next: Vec<u32> = of.clone();
    let mut apart = Vec::new();
    for edge in &edges {
        let (x, y) = (of[edge.a as usize], of[edge.b as usize]);
        if x == y {
            continue;
        }
        let keep = x.min(y);
        if next[x as usize] == x && next[y as usize] == y && edge.score >= 0 {
            // Between two records alone there is no evidence but the pair's own.
            of[x.max(y) as usize] = keep;
            next.swap(x as usize, y as usize);
            continue;
        }
        let (left, right) = (members(&next, x), members(&next, y));
        match verdict(&left, &right, &link) {
            Ok(()) => {
                for member in left.iter().chain(&right) {
                    of[*member as usize] = keep;
                }
                // Two rings become one by exchanging the successors of one member each.
                next.swap(x as usize, y as usize);
            }
            Err(reason) => apart.push(Split { a: edge.a, b: edge.b, reason }),
        }
    }
    apart.retain(|split| of[split.a as usize] != of[split.b as usize]);
    Clusters { of, splits: apart }
}

/// The members of a group, kept as a ring.
fn members(next: &[u32], first: u32) -> Vec<u32> {
    let mut all = vec![first];
    let mut at = next[first as usize];
    while at != first {
        all.push(at);
        at = next[at as usize];
    }
    all
}

fn verdict(left: &[u32], right: &[u32], link: &impl Fn(u32, u32) -> Link) -> Result<(), Reason> {
    let mut evidence = 0_i64;
    for a in spokesmen(left) {
        for b in spokesmen(right) {
            let found = link(a.min(b), a.max(b));
            if found.contradiction && found.score < REVIEW_FROM {
                return Err(Reason::Contradiction);
            }
            evidence += i64::from(found.score.clamp(-CEILING, CEILING));
        }
    }
    if evidence >= 0 { Ok(()) } else { Err(Reason::Cohesion) }
}

fn spokesmen(group: &[u32]) -> impl Iterator<Item = u32> + '_ {
    group.iter().step_by(group.len().div_ceil(SPOKESMEN)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn run(records: usize, scores: &[(u32, u32, Millibits, bool)]) -> Clusters {
        let known: HashMap<(u32, u32), Link> = scores
            .iter()
            .map(|(a, b, score, contradiction)| ((*a, *b), Link { score: *score, contradiction: *contradiction }))
            .collect();
        let edges = scores.iter().filter(|s| s.2 >= 0).map(|s| Edge { a: s.0, b: s.1, score: s.2 }).collect();
        cluster(records, edges, |a, b| {
            known.get(&(a, b)).copied().unwrap_or(Link { score: -9_000, contradiction: false })
        })
    }

    #[test]
    fn one_weak_edge_does_not_glue_two_groups() {
        let mut scores = vec![(2, 3, 500, false)];
        for group in [0, 3] {
            scores.extend([(0, 1), (0, 2), (1, 2)].map(|(i, j)| (group + i, group + j, 9_000, false)));
        }
        let found = run(6, &scores);
        assert_eq!(found.of, [0, 0, 0, 3, 3, 3]);
        assert_eq!(found.splits, [Split { a: 2, b: 3, reason: Reason::Cohesion }]);
    }

    #[test]
    fn a_chain_of_weak_edges_is_no_group() {
        let scores: Vec<_> = (0..9).map(|i| (i, i + 1, 1_000, false)).collect();
        let found = run(10, &scores);
        assert!(found.of.iter().all(|g| found.of.iter().filter(|h| *h == g).count() <= 2));
    }

    #[test]
    fn no_group_holds_a_contradiction() {
        let found = run(3, &[(0, 1, 6_000, false), (1, 2, 5_000, false), (0, 2, -5_000, true)]);
        assert_eq!(found.of, [0, 0, 2]);
        assert_eq!(found.splits[0].reason, Reason::Contradiction);
    }

    #[test]
    fn a_strong_group_takes_in_a_member_that_one_record_misses() {
        let found = run(
            4,
            &[
                (0, 1, 8_000, false),
                (0, 2, 8_000, false),
                (1, 2, 8_000, false),
                (0, 3, 7_000, false),
                (1, 3, 6_000, false),
                (2, 3, -2_000, false),
            ],
        );
        assert_eq!(found.of, [0, 0, 0, 0]);
    }
}
