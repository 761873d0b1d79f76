//! What a group says about its pairs. If a record resembles two others that do not show how they are related (one has only
//! an e-mail, the other only a telephone), the two belong together because of the third: the score of a pair is raised to
//! that of the best path between its records inside the group (single-linkage, or widest, path: Hu 1961), less one bit, for
//! every step must be right. The raise is a part of its own in every explanation.

use super::{
    cluster::{Clusters, Link},
    run::Pair,
    weigh::Millibits,
};

/// Larger groups are left as they are: their pairs are too many to list, and they hold together without it.
pub const LARGEST: usize = 64;
/// What a path costs against a direct comparison.
const DETOUR: Millibits = 1_000;

/// The pairs of all groups of three and more, with what the group adds to each; sorted by their records. Pairs that no blocking
/// rule proposed are among them. A group of two adds nothing to its pair.
#[must_use]
pub fn pairs(clusters: &Clusters, link: impl Fn(u32, u32) -> Link) -> Vec<(Pair, Millibits)> {
    // A group is named for its first record, so the others are those that name another one.
    let mut members: Vec<(u32, u32)> =
        clusters.of.iter().zip(0_u32..).filter(|(group, record)| *group != record).map(|(g, r)| (*g, r)).collect();
    let mut first: Vec<(u32, u32)> = members.iter().map(|(group, _)| (*group, *group)).collect();
    first.sort_unstable();
    first.dedup();
    members.append(&mut first);
    members.sort_unstable();
    let mut all = Vec::new();
    for group in members.chunk_by(|a, b| a.0 == b.0) {
        if group.len() < 3 || group.len() > LARGEST {
            continue;
        }
        let records: Vec<u32> = group.iter().map(|(_, record)| *record).collect();
        of_group(&records, &link, &mut all);
    }
    all.sort_unstable_by_key(|(pair, _)| (pair.a, pair.b));
    all
}

fn of_group(records: &[u32], link: &impl Fn(u32, u32) -> Link, all: &mut Vec<(Pair, Millibits)>) {
    let n = records.len();
    let mut direct = vec![Millibits::MIN; n * n];
    for i in 0..n {
        for j in i + 1..n {
            let score = link(records[i], records[j]).score;
            direct[i * n + j] = score;
            direct[j * n + i] = score;
        }
    }
    let mut best = direct.clone();
    for via in 0..n {
        for i in 0..n {
            for j in 0..n {
                if i != j {
                    best[i * n + j] = best[i * n + j].max(best[i * n + via].min(best[via * n + j]));
                }
            }
        }
    }
    for i in 0..n {
        for j in i + 1..n {
            let score = direct[i * n + j];
            let raise = (best[i * n + j] - DETOUR - score).max(0);
            all.push((Pair { a: records[i], b: records[j], score: score + raise }, raise));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_raised_to_its_best_path() {
        let clusters = Clusters { of: vec![0, 0, 0, 3], splits: Vec::new() };
        let score = |a, b| match (a, b) {
            (0, 1) => 9_000,
            (1, 2) => 6_000,
            _ => -3_000,
        };
        let found = pairs(&clusters, |a, b| Link { score: score(a, b), contradiction: false });
        let scores: Vec<_> = found.iter().map(|(p, raise)| (p.a, p.b, p.score, *raise)).collect();
        assert_eq!(scores, [(0, 1, 9_000, 0), (0, 2, 5_000, 8_000), (1, 2, 6_000, 0)]);
    }
}
