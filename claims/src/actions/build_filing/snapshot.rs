//! The case as it stood at one moment: what a filing is made from.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;

use super::{canonical, deadlines, settings_of};
use crate::{
    CaseId, ClaimId, Instant, ReleaseId,
    access::Refusal,
    actions::{
        Failure, Recoup,
        match_case::channel_key,
        overlap_pairs::{Meets, Said},
    },
    case::Case,
    deadline,
    filing::{
        self, CaseFacts, ClaimRef, Contents, Exhibit, Figures, Filing, Form, Match, Overlap, Portal, Previous, Unused,
        Withdrawn,
    },
    frozen::FrozenClaim,
    line::Category,
    matching::explain::Kept,
    money::grouped_units,
    period::show_months,
    store::{Tx, cases, filings, matches, matching, overlaps, releases, removed, totals as kept_totals},
    totals,
};

/// The case as it stood at one moment.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The filing; exhibits that were never filed before have no pages yet and no numbers.
    pub filing: Filing,
    /// The signed texts of its claims in order.
    pub texts: Vec<String>,
    /// What the portal keeps of them in order.
    pub portal: Vec<Portal>,
    /// Places of exhibits that were never filed before, in the order in which they are numbered.
    pub new: Vec<usize>,
    /// The number of the next exhibit, and the next Bates number.
    pub(super) next: (i64, i64),
}

/// Reads a case in one transaction.
///
/// # Errors
/// If matching has not caught up with the claims, or the database fails.
pub async fn snapshot(recoup: &Recoup, case: CaseId, engines: Vec<(String, String)>) -> Result<Snapshot, Failure> {
    let mut tx = recoup.store.read().await?;
    // The first statement is what fixes the moment of which everything is read; a clock read before it would name an earlier one.
    let case = cases::by_id(&mut tx, case).await?.ok_or(Refusal::NotFound)?.read()?;
    let now = recoup.clock.now();
    let state = matching::state(&mut tx, case.id).await?;
    if !state.is_current() {
        return Err(Failure::said(if state.failed.is_empty() || !state.phase.is_empty() {
            "Duplicates and overlaps are still being looked for among the newest claims. Build again in a minute; nothing was built."
        } else {
            "Duplicates and overlaps among the newest claims are not known, because the last run of matching failed. The page “Matches” says \
             why; “Match all again” there tries at once. Nothing was built."
        }));
    }
    let claims = filings::in_force(&mut tx, case.id).await?;
    if claims.is_empty() {
        return Err(Failure::said("No claim of this case is in force. Build once there is one; nothing was built."));
    }
    let mut off: BTreeMap<ClaimId, (i64, i64)> = BTreeMap::new();
    for (claim, _, removed) in removed::of_claims(&mut tx, case.id).await? {
        let sum = off.entry(claim).or_default();
        sum.0 += removed.confirmed;
        sum.1 += removed.suspected;
    }
    let mut lines: BTreeMap<i64, BTreeMap<i64, i64>> = BTreeMap::new();
    for (version, line, amount) in filings::line_amounts(&mut tx, case.id).await? {
        lines.entry(version.0).or_default().insert(line, amount);
    }
    let mut refs = Vec::with_capacity(claims.len());
    let mut portal = Vec::with_capacity(claims.len());
    let numbers: BTreeMap<ClaimId, String> = claims.iter().map(|claim| (claim.id, claim.number.clone())).collect();
    for claim in &claims {
        let totals = kept_totals::of_version(&mut tx, claim.version_id).await?;
        let counted = totals::counted(&totals, case.settings.filing_basis);
        let (confirmed, suspected) = off.get(&claim.id).copied().unwrap_or_default();
        refs.push(ClaimRef {
            number: claim.number.clone(),
            version: claim.version,
            sha256: claim.sha256.clone(),
            submitted_at: claim.submitted_at,
            sent_at: claim.sent_at,
            figures: Figures { gross: counted.amount, documented: counted.documented, confirmed, suspected },
        });
        portal.push(Portal { totals, lines: lines.remove(&claim.version_id.0).unwrap_or_default() });
    }
    let of_case = totals::counted(&kept_totals::of_case(&mut tx, case.id).await?, case.settings.filing_basis);
    let (confirmed, suspected) = removed::of_case(&mut tx, case.id)
        .await?
        .iter()
        .fold((0, 0), |sum, (_, removed)| (sum.0 + removed.confirmed, sum.1 + removed.suspected));
    let found = matching::state(&mut tx, case.id).await?;
    let withdrawn = filings::withdrawn(&mut tx, case.id).await?;
    let entries = entries(&mut tx, case.id).await?;
    let mut matches = pairs(&mut tx, &case, &numbers, &entries).await?;
    let said = Said::read(&mut tx, case.id).await?;
    matches.extend(waiting(&said, &entries, &state.engine));
    matches.sort_by_cached_key(order);
    let overlaps = ledger(entries, &claims)?;
    let filed = filings::exhibits(&mut tx, case.id).await?;
    let last = filings::last(&mut tx, case.id).await?;
    let settings = settings_of(&mut tx, &case).await?;
    let earlier_deadlines = deadlines::earlier(&mut tx, &case).await?;
    let texts: Vec<String> = claims.into_iter().map(|claim| claim.frozen).collect();
    let (exhibits, new) = exhibits(&refs, &texts, &filed)?;
    let unused = unused(&mut tx, case.id, &filed, &exhibits, &withdrawn).await?;
    drop(tx);
    let next_exhibit = filed.iter().map(|filed| filed.exhibit).max().unwrap_or(0) + 1;
    let next_bates = filed.iter().map(|filed| filed.first_bates + filed.pages).max().unwrap_or(1);
    let zone = &case.settings.time_zone;
    let filing = Filing {
        format: filing::FORMAT,
        number: last.as_ref().map_or(0, |(number, _)| *number) + 1,
        case: CaseFacts { earlier_deadlines, ..facts(&case) },
        as_of: now,
        as_of_words: deadline::show(now, zone),
        as_of_day: deadline::day_in(now, zone),
        settings: settings.1,
        claims: refs,
        withdrawn: withdrawn
            .into_iter()
            .map(|of| Withdrawn {
                number: of.number,
                claimant: of.claimant_name,
                reason: of.reason,
                on: Some(deadline::day_in(of.at, zone)),
            })
            .collect(),
        exhibits,
        unused,
        matches,
        overlaps,
        figures: Figures { gross: of_case.amount, documented: of_case.documented, confirmed, suspected },
        members: Some((found.members_least, found.members_most)),
        engines,
        previous: last.map(|(number, sha256)| Previous { number, sha256 }),
    };
    Ok(Snapshot { filing, texts, portal, new, next: (next_exhibit, next_bates) })
}

impl Snapshot {
    /// Numbers the exhibits that are new: `looks` says how each stands in the volumes, in the order of [`Self::new`].
    pub fn number(&mut self, looks: &[(Form, i64, String)]) {
        let (mut exhibit, mut bates) = self.next;
        for (place, (form, pages, problem)) in self.new.iter().zip(looks) {
            let of = &mut self.filing.exhibits[*place];
            of.exhibit = exhibit;
            of.first = bates;
            of.pages = *pages;
            of.form = *form;
            of.problem.clone_from(problem);
            exhibit += 1;
            bates += pages;
        }
        self.filing.exhibits.sort_by_key(|exhibit| exhibit.exhibit);
    }

    /// The filing with its claims, every sum compared with the portal's.
    ///
    /// # Errors
    /// The first sum that differs.
    pub fn contents(&self) -> Result<Contents, Failure> {
        let (_, sha256) = canonical(&self.filing)?;
        let contents =
            Contents::new(self.filing.clone(), sha256, &self.texts).map_err(|why| Failure::said(why.to_string()))?;
        contents.check(&self.portal).map_err(|why| Failure::said(why.to_string()))?;
        Ok(contents)
    }
}

fn facts(case: &Case) -> CaseFacts {
    let settings = &case.settings;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    CaseFacts {
        slug: settings.slug.clone(),
        title: settings.title.clone(),
        court: text(&settings.court),
        docket: text(&settings.docket),
        parties: text(&settings.parties),
        class_definition: settings.class_definition.clone(),
        contact: settings.contact.clone(),
        forum: Some(settings.forum),
        deadline: deadline::show(case.deadline - Duration::minutes(1), &settings.time_zone),
        deadline_at: Some(case.deadline),
        earlier_deadlines: Vec::new(),
        time_zone: settings.time_zone.clone(),
        currency: settings.currency,
        filing_basis: settings.filing_basis,
        valuation_date: settings.valuation_date,
        rates: settings
            .rates
            .iter()
            .filter(|(currency, _)| **currency != settings.currency)
            .map(|(currency, rate)| (currency.code().to_owned(), rate.to_string()))
            .collect(),
        rate_source: settings.rate_source.clone(),
        key_dates: settings.key_dates.clone(),
    }
}

/// The exhibits of some claims, each file once, known ones with their numbers; and the places of those that are new.
fn exhibits(
    claims: &[ClaimRef],
    texts: &[String],
    filed: &[filings::Filed],
) -> Result<(Vec<Exhibit>, Vec<usize>), Failure> {
    let mut exhibits: Vec<Exhibit> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut new = Vec::new();
    let filed: BTreeMap<&str, &filings::Filed> = filed.iter().map(|filed| (filed.sha256.as_str(), filed)).collect();
    for (claim, text) in claims.iter().zip(texts) {
        let frozen =
            FrozenClaim::read(text).map_err(|error| Failure::Internal(format!("claim {}: {error}", claim.number)))?;
        for document in frozen.documents {
            if let Some(place) = places.get(&document.sha256) {
                exhibits[*place].claims.push(claim.number.clone());
                continue;
            }
            let known = filed.get(document.sha256.as_str());
            if known.is_none() {
                new.push(exhibits.len());
            }
            places.insert(document.sha256.clone(), exhibits.len());
            exhibits.push(Exhibit {
                exhibit: known.map_or(0, |known| known.exhibit),
                first: known.map_or(0, |known| known.first_bates),
                pages: known.map_or(0, |known| known.pages),
                form: known.and_then(|known| Form::parse(&known.form)).unwrap_or(Form::SlipSheet),
                problem: known.map_or_else(String::new, |known| known.problem.clone()),
                sha256: document.sha256,
                name: document.name,
                media_type: document.media_type,
                bytes: document.bytes,
                claims: vec![claim.number.clone()],
            });
        }
    }
    Ok((exhibits, new))
}

/// The exhibits of earlier filings that none of these claims holds, with the withdrawn claims that do.
async fn unused(
    tx: &mut Tx,
    case: CaseId,
    filed: &[filings::Filed],
    exhibits: &[Exhibit],
    withdrawn: &[filings::Withdrawn],
) -> Result<Vec<Unused>, Failure> {
    let used: BTreeSet<i64> = exhibits.iter().map(|exhibit| exhibit.exhibit).collect();
    let left: Vec<&filings::Filed> = filed.iter().filter(|filed| !used.contains(&filed.exhibit)).collect();
    // Where every number is used, what was withdrawn need not be read.
    if left.is_empty() {
        return Ok(Vec::new());
    }
    let mut holders: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for claim in withdrawn {
        let text = filings::text(tx, case, &claim.number, claim.version).await?.unwrap_or_default();
        // A claim may be withdrawn because its text is damaged: then it is not known what it held, and the filing is built.
        let Ok(frozen) = FrozenClaim::read(&text) else { continue };
        for document in frozen.documents {
            let of = holders.entry(document.sha256).or_default();
            if of.last() != Some(&claim.number) {
                of.push(claim.number.clone());
            }
        }
    }
    let missing = left.into_iter().map(|filed| Unused {
        exhibit: filed.exhibit,
        first: filed.first_bates,
        pages: filed.pages,
        claims: holders.get(&filed.sha256).cloned().unwrap_or_default(),
    });
    Ok(missing.collect())
}

/// An entry of the ledger with its claims.
type Entry = (overlaps::Overlap, Vec<overlaps::Part>);

/// The ledger of a case.
async fn entries(tx: &mut Tx, case: CaseId) -> Result<Vec<Entry>, Failure> {
    let mut entries = Vec::new();
    for entry in overlaps::list(tx, case, overlaps::Which::All, None, i64::MAX, 0).await? {
        let parts = overlaps::parts(tx, entry.id).await?;
        entries.push((entry, parts));
    }
    Ok(entries)
}

/// Pairs of claims in force with what the engine found and what people said.
async fn pairs(
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
fn order(pair: &Match) -> [String; 6] {
    [&pair.kind, &pair.a, &pair.b, &pair.release, &pair.decision, &pair.by].map(Clone::clone)
}

/// So many open pairs of a release have a row each. More than that nobody reads: a release that very many claim has one row for them all,
/// and the table of overlaps has the claims.
const OPEN_PAIRS: usize = 200;

/// Pairs of claims whose money meets and is only suspected to be the same, because nobody said anything of them: one for each release,
/// whatever the channels.
fn waiting(said: &Said, entries: &[Entry], engine: &str) -> Vec<Match> {
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
fn ledger(entries: Vec<Entry>, claims: &[filings::InForce]) -> Result<Vec<Overlap>, Failure> {
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
