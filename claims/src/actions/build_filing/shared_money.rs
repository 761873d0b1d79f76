//! What several claim, in a filing: the pairs of claims that were compared, with every decision, and the ledger of overlaps.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    CaseId, ClaimId, Instant, ReleaseId,
    actions::{
        Failure,
        match_case::channel_key,
        overlap_pairs::{Meets, Said},
    },
    case::Case,
    deadline,
    filing::{self, Match, Overlap},
    frozen::FrozenClaim,
    line::Category,
    matching::explain::Kept,
    money::grouped_units,
    period::show_months,
    store::{Tx, filings, matches, overlaps, releases},
};

/// An entry of the ledger with its claims.
pub(super) type Entry = (overlaps::Overlap, Vec<overlaps::Part>);

/// The ledger of a case.
pub(super) async fn entries(tx: &mut Tx, case: CaseId) -> Result<Vec<Entry>, Failure> {
    let mut entries = Vec::new();
    for entry in overlaps::list(tx, case, overlaps::Which::All, None, i64::MAX, 0).await? {
        let parts = overlaps::parts(tx, entry.id).await?;
        entries.push((entry, parts));
    }
    Ok(entries)
}

/// Pairs of claims in force with what the engine found and what people said.
pub(super) async fn pairs(
    tx: &mut Tx,
    case: &Case,
    numbers: &BTreeMap<ClaimId, String>,
    entries: &[Entry],
) -> Result<Vec<Match>, Failure> {
    let said = |by: &str, at: Instant, reason: &str| {
        let day = deadline::show(at, &case.settings.time_zone);
        format!("{by}, {day}: {reason}")
    };
    let mut pairs = Vec::new();
    for found in matches::of_case(tx, case.id).await? {
        if !numbers.contains_key(&found.claim_a) || !numbers.contains_key(&found.claim_b) {
            continue;
        }
        let parts = serde_json::from_str::<Kept>(&found.explanation).map(|kept| kept.addends()).unwrap_or_default();
        let (a, b) = ordered(&found.number_a, &found.number_b);
        pairs.push(Match {
            kind: "claimants".to_owned(),
            a,
            b,
            release: String::new(),
            decided_as: String::new(),
            method: format!("record linkage, model {}: {}", found.engine, found.decision),
            weight: found.score,
            parts,
            pairs: 0,
            decision: match found.verdict.as_deref() {
                None => Match::OPEN,
                Some("same") => "same claimant",
                Some("different") => "different claimants",
                Some(_) => Match::PUT_OFF,
            }
            .to_owned(),
            by: match (&found.decided_by, found.decided_at) {
                (Some(by), Some(at)) => said(by, at, found.reason.as_deref().unwrap_or_default()),
                _ => String::new(),
            },
            decided_at: found.verdict.as_ref().and(found.decided_at),
        });
    }
    // The name that the ledger has for a release: a decision names the description of then.
    let named: BTreeMap<ReleaseId, &str> =
        entries.iter().map(|(entry, _)| (entry.release_id, entry.words.as_str())).collect();
    for decision in overlaps::decisions(tx, case.id).await? {
        let (Some(a), Some(b)) = (numbers.get(&decision.claim_a), numbers.get(&decision.claim_b)) else { continue };
        let (first, second) = ordered(a, b);
        let of = decision.of_claim.and_then(|claim| numbers.get(&claim));
        let then = match decision.release_id {
            overlaps::EVERYWHERE => String::new(),
            overlaps::LUMP_SUMS => "lump sums".to_owned(),
            release => releases::words(tx, case.id, release).await?.unwrap_or_default(),
        };
        let scope = releases::release_of(tx, case.id, decision.release_id).await?;
        let idle = removes_nothing(entries, (decision.claim_a, decision.claim_b), scope.unwrap_or(decision.release_id));
        let idle = if idle { "; the two share no month, so it removes nothing" } else { "" };
        let now = match scope {
            Some(release) => named.get(&release).map_or_else(|| then.clone(), |words| (*words).to_owned()),
            None => then.clone(),
        };
        pairs.push(Match {
            kind: "money".to_owned(),
            a: first,
            b: second,
            decided_as: if now == then { String::new() } else { then },
            release: now,
            method: format!("overlap of lines, model {}{idle}", decision.engine),
            weight: 0,
            parts: Vec::new(),
            pairs: 0,
            decision: match (decision.relation.as_str(), of) {
                ("derivative", Some(of)) => format!("a share of the money of {of}"),
                ("same_money", _) => "the same money".to_owned(),
                _ => "different money".to_owned(),
            },
            by: said(&decision.by, decision.at, &decision.reason),
            decided_at: Some(decision.at),
        });
    }
    Ok(pairs)
}

/// By what pairs are ordered.
pub(super) fn order(pair: &Match) -> [String; 6] {
    [&pair.kind, &pair.a, &pair.b, &pair.release, &pair.decision, &pair.by].map(Clone::clone)
}

/// So many open pairs of a release have a row each. More than that nobody reads: a release that very many claim has one row for them all,
/// and the table of overlaps has the claims.
const OPEN_PAIRS: usize = 200;

/// Pairs of claims whose money meets and is only suspected to be the same, because nobody said anything of them: one for each release,
/// whatever the channels.
pub(super) fn waiting(said: &Said, entries: &[Entry], engine: &str) -> Vec<Match> {
    let mut releases: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in entries.iter().filter(|(entry, _)| entry.suspected > 0) {
        releases.entry(release_of(&entry.0)).or_default().push(entry);
    }
    let open = |(a, b): (String, String), release: &str, pairs: i64, more: &str| Match {
        kind: "money".to_owned(),
        a,
        b,
        release: release.to_owned(),
        decided_as: String::new(),
        method: format!("overlap of lines, model {engine}{more}"),
        weight: 0,
        parts: Vec::new(),
        pairs,
        decision: Match::OPEN.to_owned(),
        by: String::new(),
        decided_at: None,
    };
    let mut found = Vec::new();
    for (release, entries) in releases {
        let (pairs, some) = open_pairs(said, &entries);
        if pairs <= some.len() {
            found.extend(some.into_iter().map(|pair| open(pair, release, 0, "")));
            continue;
        }
        let pairs = i64::try_from(pairs).unwrap_or(i64::MAX);
        let more =
            format!(": {} pairs open. The table of overlaps names the claims of this release.", grouped_units(pairs));
        found.push(open((String::new(), String::new()), release, pairs, &more));
    }
    found
}

/// How many pairs of claims of a release are open, and the first [`OPEN_PAIRS`] of them.
fn open_pairs(said: &Said, entries: &[&Entry]) -> (usize, Vec<(String, String)>) {
    let parts = || entries.iter().flat_map(|(_, parts)| parts);
    let claims: BTreeMap<ClaimId, &str> = parts().map(|part| (part.claim_id, part.number.as_str())).collect();
    // The claims of each entry, in the places that they have among all that claim the release.
    let placed: Vec<(&overlaps::Overlap, Vec<Option<Meets<'_>>>)> = entries
        .iter()
        .map(|(entry, parts)| {
            let mut of: BTreeMap<ClaimId, Meets<'_>> =
                Meets::each(parts).into_iter().map(|of| (of.part.claim_id, of)).collect();
            (entry, claims.keys().map(|claim| of.remove(claim)).collect())
        })
        .collect();
    let numbers: Vec<&str> = claims.into_values().collect();
    let (mut open, mut some) = (0, Vec::new());
    for (one, a) in numbers.iter().enumerate() {
        for (other, b) in numbers.iter().enumerate().skip(one + 1) {
            let waits = placed.iter().any(|(entry, of)| match (&of[one], &of[other]) {
                (Some(one), Some(other)) => said.waits(entry, (one, other)),
                _ => false,
            });
            if waits {
                open += 1;
                if some.len() < OPEN_PAIRS {
                    some.push(ordered(a, b));
                }
            }
        }
    }
    (open, some)
}

/// The release of an entry in words.
fn release_of(entry: &overlaps::Overlap) -> &str {
    if entry.words.is_empty() { "lump sums" } else { &entry.words }
}

/// Whether two claims share no month in any entry about what a decision is about: then it removes nothing.
fn removes_nothing(entries: &[Entry], claims: (ClaimId, ClaimId), scope: ReleaseId) -> bool {
    let about = entries.iter().filter(|(entry, _)| scope == overlaps::EVERYWHERE || entry.scope() == scope);
    let mut together = about.filter_map(|(_, parts)| {
        let find = |claim: ClaimId| parts.iter().find(|part| part.claim_id == claim);
        Some((find(claims.0)?, find(claims.1)?))
    });
    together.all(|(a, b)| a.misses(b))
}

fn ordered(a: &str, b: &str) -> (String, String) {
    if a <= b { (a.to_owned(), b.to_owned()) } else { (b.to_owned(), a.to_owned()) }
}

/// The channels and services of claims, by how the ledger compares them: a choice in its words, a service as it was typed first.
fn channels<'a>(claims: impl Iterator<Item = &'a filings::InForce>) -> Result<BTreeMap<String, String>, Failure> {
    let mut channels = BTreeMap::new();
    for claim in claims {
        let frozen = FrozenClaim::read(&claim.frozen)
            .map_err(|error| Failure::Internal(format!("claim {}: {error}", claim.number)))?;
        for line in &frozen.lines {
            let field = if line.category == Category::DigitalRoyalties { "service" } else { "channel" };
            let words = filing::schedules::chosen(line, field);
            if !words.is_empty() {
                channels.entry(channel_key(line.answers.get(field))).or_insert(words);
            }
        }
    }
    Ok(channels)
}

/// The ledger of overlaps, one row a claim.
pub(super) fn ledger(entries: Vec<Entry>, claims: &[filings::InForce]) -> Result<Vec<Overlap>, Failure> {
    // Of a large case few claims overlap: the others are not read for this.
    let overlapping: BTreeSet<ClaimId> =
        entries.iter().flat_map(|(_, parts)| parts).map(|part| part.claim_id).collect();
    let channels = channels(claims.iter().filter(|claim| overlapping.contains(&claim.id)))?;
    let mut rows = Vec::new();
    for (entry, parts) in entries {
        let release = if entry.words.is_empty() { "Lump sums, without a release" } else { entry.words.as_str() };
        let mut subject = vec![release.to_owned()];
        subject.push(match entry.family.as_str() {
            "stock" => Category::HeldInventory.title().to_lowercase(),
            _ => channels.get(&entry.channel).unwrap_or(&entry.channel).clone(),
        });
        subject.push(show_months(entry.first_month, entry.last_month));
        subject.retain(|part| !part.is_empty());
        let subject = subject.join(", ");
        for part in parts {
            rows.push(Overlap {
                subject: subject.clone(),
                claim: part.number,
                gross: part.gross,
                confirmed: part.confirmed,
                suspected: part.suspected,
                relation: match (part.confirmed > 0, part.suspected > 0, part.through.is_some()) {
                    (true, _, true) => "derives from another claim",
                    (true, _, false) => "the same money as another claim",
                    (false, true, _) => "suspected",
                    _ => "stays",
                }
                .to_owned(),
                through: part.through.unwrap_or_default(),
                over_whole: entry.over_whole,
                contradictory: entry.contradictory,
            });
        }
    }
    rows.sort_by(|x, y| (&x.subject, &x.claim).cmp(&(&y.subject, &y.claim)));
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OverlapId, overlap::parsed};

    fn entry(id: i64, release: i64, channel: &str, claims: impl Iterator<Item = (i64, &'static str)>) -> Entry {
        let of = overlaps::Overlap {
            id: OverlapId(id),
            family: "sales".to_owned(),
            release_id: ReleaseId(release),
            channel: channel.to_owned(),
            words: format!("Release {release}"),
            first_month: 24_180,
            last_month: 24_191,
            months: 12,
            gross: 2,
            confirmed: 0,
            suspected: 1,
            over_whole: false,
            contradictory: false,
        };
        let part = |(claim, months): (i64, &str)| overlaps::Part {
            entry_id: OverlapId(id),
            claim_id: ClaimId(claim),
            number: format!("ALG-{claim:06}"),
            claimant: String::new(),
            gross: 1,
            confirmed: 0,
            suspected: 1,
            through: None,
            months: months.to_owned(),
        };
        (of, claims.map(part).collect())
    }

    const YEAR: &str = "24180-24191";

    #[test]
    fn a_release_that_very_many_claim_has_one_row() {
        let many = 1..=600;
        let entries = [
            entry(1, 7, "itunes", many.clone().map(|claim| (claim, YEAR))),
            // The same pairs in another channel are no others.
            entry(2, 7, "spotify", (1..=300).map(|claim| (claim, YEAR))),
            entry(3, 8, "itunes", (1..=20).map(|claim| (claim, YEAR))),
        ];
        let before = parsed();
        let found = waiting(&Said::default(), &entries, "m");
        assert_eq!(parsed() - before, 600 + 300 + 20, "the months of each claim of an entry are read once");
        // By hand: 600 × 599 / 2, and 20 × 19 / 2 rows of their own.
        let (all, each): (Vec<_>, Vec<_>) = found.iter().partition(|of| of.pairs > 0);
        assert_eq!((all.len(), each.len()), (1, 190));
        assert_eq!((all[0].pairs, all[0].a.as_str(), all[0].release.as_str()), (179_700, "", "Release 7"));
        assert!(all[0].is_open() && all[0].method.contains("179,700 pairs open"), "{}", all[0].method);
        assert!(each.iter().all(|of| of.release == "Release 8" && of.a < of.b));
    }

    #[test]
    fn two_that_meet_in_one_channel_are_one_pair_and_two_that_meet_in_none_are_none() {
        let halves = [(1, YEAR), (2, "24180-24185"), (3, "24186-24191")];
        let entries = [
            entry(1, 7, "itunes", halves.into_iter()),
            entry(2, 7, "spotify", [(1, YEAR), (2, YEAR)].into_iter()),
            entry(3, 7, "tidal", [(2, ""), (4, YEAR)].into_iter()),
        ];
        let found = waiting(&Said::default(), &entries, "m");
        let pairs: Vec<_> = found.iter().map(|of| (of.a.as_str(), of.b.as_str())).collect();
        assert_eq!(
            pairs,
            [("ALG-000001", "ALG-000002"), ("ALG-000001", "ALG-000003"), ("ALG-000002", "ALG-000004")],
            "what was kept before months were may meet"
        );
        let decided = entries.map(|(entry, parts)| (overlaps::Overlap { suspected: 0, ..entry }, parts));
        assert!(waiting(&Said::default(), &decided, "m").is_empty());
    }
}
