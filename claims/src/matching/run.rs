//! A full run: candidates, weights, base, decisions, groups.

use super::{
    block::{Block, BlockingReport, Blocks, RuleReport, WINDOW},
    cluster::{self, Clusters, Edge, Link},
    decide::{Decision, LIST_FROM},
    group,
    intern::MISSING,
    keys::rules,
    records::Records,
    threads,
    weigh::{Base, Histogram, Millibits, Weights},
};

/// How to run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Threads to use; the result does not depend on it.
    pub threads: usize,
    /// Only pairs of records whose sources differ.
    pub link: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { threads: 1, link: false }
    }
}

/// A pair worth listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The smaller record number.
    pub a: u32,
    /// The larger record number.
    pub b: u32,
    /// The score, with what the pair's group adds.
    pub score: Millibits,
}

/// What happened, for the report.
#[derive(Clone, Debug, Default)]
pub struct RunReport {
    /// Pairs compared.
    pub compared: u64,
    /// What blocking did.
    pub blocking: BlockingReport,
}

/// The outcome of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Pairs from [`LIST_FROM`] up, sorted by their records.
    pub pairs: Vec<Pair>,
    /// The groups.
    pub clusters: Clusters,
    /// The base that every score contains.
    pub base: Base,
    /// The weights, to explain any pair with.
    pub weights: Weights,
    /// What happened.
    pub report: RunReport,
}

impl Outcome {
    /// The decision for a listed pair: that of its score, but a matching pair whose records were kept in different groups
    /// is for a person to look at.
    #[must_use]
    pub fn decision(&self, pair: &Pair) -> Decision {
        match Decision::of(pair.score) {
            Decision::Match if self.clusters.of[pair.a as usize] != self.clusters.of[pair.b as usize] => {
                Decision::Review
            }
            decision => decision,
        }
    }
}

/// Phases that are told to `progress`, with the share done from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Computing keys.
    Block,
    /// Comparing pairs.
    Compare,
    /// Making groups.
    Cluster,
}

/// Below this sum of parts no base a table can have makes a pair worth listing: not kept while comparing.
fn keep_from(records: &Records) -> Millibits {
    LIST_FROM - Base::new(records.kind, records.len(), 10.0).millibits
}

/// Matches a table against itself.
#[must_use]
pub fn run(records: &Records, options: Options, progress: impl Fn(Phase, f64)) -> Outcome {
    run_telling(records, options, &progress)
}

/// Not generic, so that it is compiled here, with this crate's optimisation, and once.
fn run_telling(records: &Records, options: Options, progress: &dyn Fn(Phase, f64)) -> Outcome {
    let weights = Weights::new(records.kind, records.len());
    progress(Phase::Block, 0.0);
    let mut blocks = Blocks::new(records);
    let keep = keep_from(records);
    let mut report = RunReport::default();
    let mut sums = Histogram::default();
    let mut pairs: Vec<Pair> = Vec::new();
    report.blocking.rules = rules(records.kind).iter().map(|rule| RuleReport::new(rule.name)).collect();
    let in_use = records.keys.rules();
    for (nth, rule) in in_use.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "a handful of rules")]
        progress(Phase::Compare, nth as f64 / in_use.len() as f64);
        let of_rule = &mut report.blocking.rules[*rule];
        let (members, runs) = blocks.of_rule(nth, of_rule);
        let tasks = tasks(&runs);
        let comparing = Comparing { records, weights: &weights, blocks: &blocks, nth, link: options.link, keep };
        let found = threads::map(tasks.len(), options.threads, |task| {
            let mut found = Found::default();
            for few in few_at_a_time(&runs[tasks[task].clone()]) {
                let (Some(first), Some(last)) = (few.first(), few.last()) else { continue };
                records.foresee_compared(&members[first.start..last.end]);
                few.iter().for_each(|block| comparing.block(block, &members[block.start..block.end], &mut found));
            }
            found
        });
        for part in found {
            of_rule.compared += part.compared;
            sums.merge(&part.sums);
            pairs.extend(part.pairs);
        }
        report.compared += of_rule.compared;
    }
    drop(blocks);
    let base = Base::learn(records.kind, records.len(), &sums);
    // Of what was kept for any base most is not listed with the one that was learned: it need not be sorted.
    pairs.retain_mut(|pair| {
        pair.score += base.millibits;
        pair.score >= LIST_FROM
    });
    pairs.shrink_to_fit();
    pairs.sort_unstable_by_key(|p| u64::from(p.a) << 32 | u64::from(p.b));
    pairs.dedup_by_key(|p| (p.a, p.b));
    progress(Phase::Cluster, 0.0);
    let edges = pairs.iter().filter(|p| p.score >= 0).map(|p| Edge { a: p.a, b: p.b, score: p.score }).collect();
    let link = |a, b| {
        let parts = weights.weigh(records, a, b);
        Link { score: base.millibits + parts.sum(), contradiction: parts.contradiction }
    };
    let clusters = cluster::cluster(records.len(), edges, link);
    let grouped = group::pairs(&clusters, link);
    let pairs = with_groups(records, pairs, &grouped, options.link);
    Outcome { pairs, clusters, base, weights, report }
}

/// The listed pairs with the scores their groups give them, and the pairs that only a group shows.
fn with_groups(records: &Records, listed: Vec<Pair>, grouped: &[(Pair, Millibits)], link: bool) -> Vec<Pair> {
    let mut all = Vec::with_capacity(listed.len() + grouped.len());
    let mut grouped = grouped.iter().map(|(pair, _)| *pair).peekable();
    let one_source = |p: &Pair| link && records.source(p.a) == records.source(p.b);
    for pair in listed {
        while let Some(new) = grouped.next_if(|g| (g.a, g.b) < (pair.a, pair.b)) {
            all.extend((!one_source(&new)).then_some(new));
        }
        let same = grouped.next_if(|g| (g.a, g.b) == (pair.a, pair.b));
        all.push(same.unwrap_or(pair));
    }
    all.extend(grouped.filter(|p| !one_source(p)));
    all
}

/// Two lines of different claimants for the same release in meeting periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlapping {
    /// The lines.
    pub pair: Pair,
    /// The first month both cover, counted from year 0.
    pub first: i32,
    /// The last month both cover.
    pub last: i32,
}

/// The overlapping lines among the matching pairs of a run. Lines without claimant or period overlap with none.
pub fn overlapping<'a>(records: &'a Records, outcome: &'a Outcome) -> impl Iterator<Item = Overlapping> + 'a {
    outcome.pairs.iter().filter_map(|pair| {
        let (x, y) = (records.claimant(pair.a), records.claimant(pair.b));
        if x == y || x == MISSING || y == MISSING || outcome.decision(pair) != Decision::Match {
            return None;
        }
        let ((from_a, to_a), (from_b, to_b)) = (records.period(pair.a)?, records.period(pair.b)?);
        let (first, last) = (from_a.max(from_b), to_a.min(to_b));
        (first <= last).then_some(Overlapping { pair: *pair, first, last })
    })
}

/// Blocks in portions of about equal work, fixed by position.
fn tasks(blocks: &[Block]) -> Vec<std::ops::Range<usize>> {
    const PAIRS: usize = 40_000;
    let mut tasks = Vec::new();
    let (mut start, mut pairs) = (0, 0);
    for (i, block) in blocks.iter().enumerate() {
        let n = block.end - block.start;
        pairs += if block.capped { n * WINDOW } else { n * (n - 1) / 2 };
        if pairs >= PAIRS {
            tasks.push(start..i + 1);
            (start, pairs) = (i + 1, 0);
        }
    }
    if start < blocks.len() {
        tasks.push(start..blocks.len());
    }
    tasks
}

/// Blocks in portions whose records fit into the fastest caches together.
fn few_at_a_time(blocks: &[Block]) -> impl Iterator<Item = &[Block]> {
    const RECORDS: usize = 128;
    let mut rest = blocks;
    std::iter::from_fn(move || {
        let start = rest.first()?.start;
        let few = rest.iter().take_while(|block| block.start < start + RECORDS).count();
        let (few, others) = rest.split_at(few);
        rest = others;
        Some(few)
    })
}

/// The surroundings of the innermost loop.
struct Comparing<'a> {
    records: &'a Records,
    weights: &'a Weights,
    blocks: &'a Blocks<'a>,
    /// The place of the rule among those in use.
    nth: usize,
    link: bool,
    /// Pairs whose parts add up to less are only counted.
    keep: Millibits,
}

/// What comparing some blocks found.
#[derive(Default)]
struct Found {
    pairs: Vec<Pair>,
    sums: Histogram,
    compared: u64,
}

impl Comparing<'_> {
    /// Compares the members of a block with one another.
    fn block(&self, block: &Block, members: &[u32], found: &mut Found) {
        let reach = if block.capped { WINDOW } else { members.len() };
        for (i, x) in members.iter().enumerate() {
            for y in members[i + 1..].iter().take(reach) {
                let (a, b) = (*x.min(y), *x.max(y));
                if self.link && self.records.source(a) == self.records.source(b) {
                    continue;
                }
                if self.blocks.met_before(a, b, self.nth) {
                    continue;
                }
                found.compared += 1;
                let score = self.weights.sum(self.records, a, b);
                found.sums.add(score);
                if score >= self.keep {
                    found.pairs.push(Pair { a, b, score });
                }
            }
        }
    }
}
