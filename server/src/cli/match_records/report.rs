//! The report of a run as JSON.

use super::{Args, terminal::Clock};
use claims::matching::{columns::Kind, decide::Decision, model, records::Records, run::Outcome, weigh};

/// Counts, seconds, memory, parameters and what was capped.
pub fn report(
    args: &Args,
    records: &Records,
    outcome: &Outcome,
    unknown_columns: &[String],
    overlaps: Option<u64>,
    threads: usize,
    clock: &Clock,
) -> serde_json::Value {
    let count = |decision| outcome.pairs.iter().filter(|p| outcome.decision(p) == decision).count();
    let rules: Vec<_> = outcome
        .report
        .blocking
        .rules
        .iter()
        .map(|r| {
            serde_json::json!({
                "rule": r.rule, "records": r.records, "pairs_compared_first_here": r.compared,
                "blocks_split_by_second_key": r.split_blocks, "blocks_capped": r.capped_blocks, "pairs_left_out": r.left_out,
            })
        })
        .collect();
    let splits: Vec<_> = outcome
        .clusters
        .splits
        .iter()
        .take(10_000)
        .map(|s| serde_json::json!({"id_a": records.id(s.a), "id_b": records.id(s.b), "reason": s.reason.words()}))
        .collect();
    serde_json::json!({
        "version": model::VERSION,
        "records_file": args.records.file_name().map(|n| n.to_string_lossy()),
        "kind": match records.kind { Kind::Claimants => "claimants", Kind::Lines => "lines" },
        "records": records.len(),
        "unknown_columns": unknown_columns,
        "candidates_compared": outcome.report.compared,
        "pairs": {
            "listed": outcome.pairs.len(), "match": count(Decision::Match), "review": count(Decision::Review),
            "none": count(Decision::None),
        },
        "groups": outcome.clusters.count(),
        "overlaps": overlaps,
        "blocking": rules,
        "groups_kept_apart": { "count": outcome.clusters.splits.len(), "first": splits },
        "parameters": {
            "base_bits": weigh::bits(outcome.base.millibits),
            "true_pairs_expected_per_record": outcome.base.pairs_per_record,
            "match_from_bits": weigh::bits(claims::matching::decide::MATCH_FROM),
            "review_from_bits": weigh::bits(claims::matching::decide::REVIEW_FROM),
            "listed_from_bits": weigh::bits(claims::matching::decide::LIST_FROM),
            "largest_block": claims::matching::block::LARGEST_BLOCK,
            "window": claims::matching::block::WINDOW,
            "fields": outcome.weights.fields().iter().map(|f| serde_json::json!({
                "field": f.name,
                "levels": f.levels.iter().map(|l| serde_json::json!({
                    "level": l.words, "bits": l.bits, "rarity_added": l.rarity, "contradicts": l.contradicts,
                })).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
        },
        "threads": threads,
        "seconds": clock.laps.iter().map(|(name, s)| ((*name).to_owned(), serde_json::json!(s))).collect::<serde_json::Map<_, _>>(),
        "cpu_seconds": cpu_seconds(),
        "peak_memory_bytes": peak_memory(),
    })
}

/// Processor seconds of all threads so far, where the system tells (Linux, in ticks of a hundredth of a second).
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field, the name, is in parentheses and may hold anything; user and system time are the 12th and 13th after.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let ticks = fields.next()?.parse::<u32>().ok()?.checked_add(fields.next()?.parse::<u32>().ok()?)?;
    Some(f64::from(ticks) / 100.0)
}

/// The process's largest resident memory so far in bytes, where the system tells (Linux).
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}
