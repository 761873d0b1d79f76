//! What a run reads: the claims that count, their lines, and what people decided, all as of one moment.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::Datelike;
use futures::TryStreamExt;

use crate::{
    CaseId, ClaimId, ReleaseId, VersionId,
    access::Refusal,
    actions::Failure,
    line::{Basis, Category},
    matching::of_case::{Description, Party},
    overlap::{CaseLine, Family, Line, family_of},
    store::{
        Tx, cases, matches,
        matching::{self, InForce},
        overlaps::{
            self,
            copies::{self, Stock},
        },
        releases,
    },
    totals::counts,
};

/// Everything a run needs, in memory.
#[derive(Debug, Default)]
pub(super) struct Input {
    /// The count of changes as of which it was read.
    pub seen: i64,
    /// The claims, in the order of their ids; a claimant's number in the arithmetic is its place here.
    pub claims: Vec<ClaimId>,
    /// The version of each that is in force.
    pub versions: Vec<VersionId>,
    /// The parties, in the same order.
    pub parties: Vec<Party>,
    /// What each claim counts, in minor units.
    pub gross: Vec<i64>,
    /// The lines that count; the release is the place of its description.
    pub lines: Vec<CaseLine>,
    /// The distinct descriptions: those known before, oldest first, then new ones in the order of their keys.
    pub descriptions: Vec<Description>,
    /// Of each description the row and the release it had before.
    pub known_releases: Vec<Option<(ReleaseId, ReleaseId)>>,
    /// Descriptions that no line uses any more: the row and the release it had before.
    pub unused_releases: Vec<(ReleaseId, ReleaseId)>,
    /// All lines of stock, also those that count in no amount.
    pub stock: Vec<Stock>,
    /// The names of channels by number.
    pub channels: Vec<String>,
    /// What people said of pairs of claims, by place.
    pub verdicts: HashMap<(u32, u32), Verdict>,
    /// What people said of the money of pairs of claims, oldest first.
    pub relations: Vec<Related>,
}

/// What a person said of the money of two claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Related {
    /// The places of the two claims.
    pub pair: (u32, u32),
    /// Of which of their money.
    pub scope: Scope,
    /// What.
    pub said: Said,
    /// For a derivative: whose money it is, by place.
    pub of: Option<u32>,
}

/// Of which money of two claims something was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    /// Of all that they share.
    Everywhere,
    /// Of their lump sums.
    LumpSums,
    /// Of a release, by the place of its description.
    Release(usize),
}

/// What a person said of two claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Same,
    Different,
    Later,
}

/// How the money of two claims is related.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Derivative,
    SameMoney,
    Distinct,
}

/// What describes the release of a line.
#[must_use]
pub fn description(line: &InForce) -> Description {
    let InForce { gtin, aggregator_gtin, catalogue_number, isrc, artist, title, label, .. } = line;
    describe([gtin, aggregator_gtin, catalogue_number, isrc, artist, title, label])
}

/// The same of its columns, in their order.
pub(super) fn describe(columns: [&Option<String>; 7]) -> Description {
    let [gtin, aggregator_gtin, catalogue_number, isrc, artist, title, label] =
        columns.map(|of| of.clone().unwrap_or_default());
    Description { gtin, aggregator_gtin, catalogue_number, isrc, artist, title, label }
}

/// Whether a line counts in the one figure of the case: stock on another basis does not.
#[must_use]
pub fn stock_counts(line: &InForce, filing_basis: Basis) -> bool {
    counts(line.basis.as_deref().and_then(Basis::parse), filing_basis)
}

/// Where a line stands in the ledger, but for its release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Family of its category.
    pub family: Family,
    /// Channel or service, as it is compared.
    pub channel: String,
    /// First month, counted from year 0.
    pub first: i32,
    /// Last month.
    pub last: i32,
}

/// Where a line stands in the ledger. Stock is on hand, not sold in a month and a channel: the day on which it was counted does
/// not part two claims.
#[must_use]
pub fn place(line: &InForce, category: Category) -> Place {
    let month = |day: chrono::NaiveDate| day.year() * 12 + i32::try_from(day.month0()).unwrap_or_default();
    let family = family_of(category);
    if family == Family::Stock {
        return Place { family, channel: String::new(), first: 0, last: 0 };
    }
    let (first, last) = line.period_from.zip(line.period_to).map_or((0, 0), |(from, to)| (month(from), month(to)));
    Place { family, channel: channel_key(line.channel.as_deref().unwrap_or_default()), first, last }
}

impl Input {
    /// Reads a case. The first statement fixes the moment.
    pub(super) async fn read(tx: &mut Tx, case: CaseId) -> Result<Self, Failure> {
        let seen = matching::state(tx, case).await?.wanted;
        let settings = cases::by_id(tx, case).await?.ok_or(Refusal::NotFound)?.read()?.settings;
        let mut claims = Vec::new();
        let mut versions = Vec::new();
        let mut parties = Vec::new();
        // Whoever files for several has one mailbox and one name: that says who the agent is, and nothing of the claimants.
        let agents = matching::agents(tx, case).await?;
        for of in matching::parties(tx, case).await? {
            let cell = |name: &str| of.answers.0.get(name).to_owned();
            let own = |name: &str| {
                let typed = cell(name).to_lowercase();
                let first = agents.partition_point(|(claim, ..)| *claim < of.claim_id);
                let agents = agents[first..].iter().take_while(|(claim, ..)| *claim == of.claim_id);
                let is_an_agents =
                    agents.flat_map(|(_, email, name)| [email, name]).any(|theirs| theirs.to_lowercase() == typed);
                if is_an_agents { String::new() } else { cell(name) }
            };
            parties.push(Party {
                name: of.claimant.clone(),
                contact: own("contact"),
                email: own("email"),
                phone: cell("phone"),
                street: cell("street"),
                city: cell("city"),
                region: cell("region"),
                postcode: cell("postcode"),
                country: cell("country"),
            });
            claims.push(of.claim_id);
            versions.push(of.version_id);
        }
        let mut input = Self {
            seen,
            gross: vec![0; claims.len()],
            claims,
            versions,
            parties,
            lines: Vec::new(),
            descriptions: Vec::new(),
            known_releases: Vec::new(),
            unused_releases: Vec::new(),
            stock: Vec::new(),
            channels: vec![String::new()],
            verdicts: HashMap::new(),
            relations: Vec::new(),
        };
        let places: BTreeMap<ClaimId, u32> = (0..).zip(&input.claims).map(|(place, claim)| (*claim, place)).collect();
        input.read_lines(tx, case, settings.filing_basis, &places).await?;
        input.stock = copies::stock(tx, case).await?;
        let known = releases::of_case(tx, case).await?;
        input.order_descriptions(&known);
        input.read_decisions(tx, case, &places, &known).await?;
        Ok(input)
    }

    /// The version of a claim that was read, if it counts.
    pub(super) fn version_of(&self, claim: ClaimId) -> Option<VersionId> {
        self.claims.binary_search(&claim).ok().map(|place| self.versions[place])
    }

    /// Reads the lines as they come; equal descriptions and channels are kept once.
    async fn read_lines(
        &mut self,
        tx: &mut Tx,
        case: CaseId,
        filing_basis: Basis,
        places: &BTreeMap<ClaimId, u32>,
    ) -> Result<(), Failure> {
        let mut described: HashMap<String, usize> = HashMap::new();
        let mut channels: HashMap<String, u32> = HashMap::from([(String::new(), 0)]);
        let mut rows = matching::lines(tx, case);
        while let Some(row) = rows.try_next().await? {
            let damaged = || Failure::Internal(format!("line {} of claim {} is damaged", row.line, row.claim_id));
            let category = Category::parse(&row.category).ok_or_else(damaged)?;
            let claimant = *places.get(&row.claim_id).ok_or_else(damaged)?;
            if !stock_counts(&row, filing_basis) {
                continue;
            }
            let of = description(&row);
            let release = of.names_a_release().then(|| {
                let place = *described.entry(of.key()).or_insert_with(|| {
                    self.descriptions.push(of);
                    self.descriptions.len() - 1
                });
                place as u64
            });
            let Place { family, channel: name, first, last } = place(&row, category);
            let channel = match channels.get(&name) {
                Some(channel) => *channel,
                None => {
                    let next = u32::try_from(self.channels.len()).unwrap_or(u32::MAX);
                    self.channels.push(name.clone());
                    channels.insert(name, next);
                    next
                }
            };
            self.gross[claimant as usize] += row.case_amount;
            let line = Line { claimant, family, release, channel, first, last, amount: row.case_amount };
            self.lines.push(CaseLine { category, line });
        }
        Ok(())
    }

    /// Puts the descriptions into an order that does not depend on that of the lines.
    fn order_descriptions(&mut self, known: &[releases::Described]) {
        let rank: HashMap<&str, usize> = known.iter().enumerate().map(|(place, of)| (of.key.as_str(), place)).collect();
        let keys: Vec<String> = self.descriptions.iter().map(Description::key).collect();
        let mut order: Vec<usize> = (0..self.descriptions.len()).collect();
        order.sort_by_key(|place| {
            let key = keys[*place].as_str();
            (rank.get(key).copied().unwrap_or(usize::MAX), key)
        });
        let mut new_place = vec![0u64; order.len()];
        for (new, old) in order.iter().enumerate() {
            new_place[*old] = new as u64;
        }
        for of in &mut self.lines {
            of.line.release = of.line.release.and_then(|old| new_place.get(usize::try_from(old).ok()?).copied());
        }
        self.known_releases = order
            .iter()
            .map(|old| rank.get(keys[*old].as_str()).map(|place| (known[*place].id, known[*place].release_id)))
            .collect();
        let used: HashSet<&str> = keys.iter().map(String::as_str).collect();
        let unused = known.iter().filter(|of| !used.contains(of.key.as_str()));
        self.unused_releases = unused.map(|of| (of.id, of.release_id)).collect();
        self.descriptions = order.iter().map(|old| self.descriptions[*old].clone()).collect();
    }

    async fn read_decisions(
        &mut self,
        tx: &mut Tx,
        case: CaseId,
        places: &BTreeMap<ClaimId, u32>,
        known: &[releases::Described],
    ) -> Result<(), Failure> {
        for (a, b, verdict) in matches::verdicts(tx, case).await? {
            let (Some(a), Some(b)) = (places.get(&a), places.get(&b)) else { continue };
            let verdict = match verdict.as_str() {
                "same" => Verdict::Same,
                "different" => Verdict::Different,
                _ => Verdict::Later,
            };
            self.verdicts.insert((*a, *b), verdict);
        }
        // A decision names a release by the oldest description of then; whichever release holds that description now is meant.
        let at: HashMap<ReleaseId, usize> =
            self.known_releases.iter().enumerate().filter_map(|(place, of)| Some(((*of)?.0, place))).collect();
        // A description that no line uses any more stands for one of the same release that is still used.
        let kin = |release: ReleaseId| {
            let of = known.iter().find(|of| of.id == release)?.release_id;
            known.iter().filter(|other| other.release_id == of).find_map(|other| at.get(&other.id).copied())
        };
        for of in overlaps::decisions(tx, case).await? {
            let (Some(a), Some(b)) = (places.get(&of.claim_a), places.get(&of.claim_b)) else { continue };
            let scope = match of.release_id {
                overlaps::EVERYWHERE => Scope::Everywhere,
                overlaps::LUMP_SUMS => Scope::LumpSums,
                release => match at.get(&release).copied().or_else(|| kin(release)) {
                    Some(place) => Scope::Release(place),
                    None => continue,
                },
            };
            let said = match of.relation.as_str() {
                "derivative" => Said::Derivative,
                "same_money" => Said::SameMoney,
                _ => Said::Distinct,
            };
            let of = of.of_claim.and_then(|claim| places.get(&claim).copied());
            self.relations.push(Related { pair: (*a, *b), scope, said, of });
        }
        Ok(())
    }
}

/// A channel or service as it is compared: letters and digits in small letters, so that “iTunes” and “i-tunes” are one.
#[must_use]
pub fn channel_key(typed: &str) -> String {
    typed.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
