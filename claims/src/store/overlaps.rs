//! The ledger of overlaps, and what people said of the money of two claims.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::QueryBuilder;

pub mod copies;
mod heirs;

use super::{AT_ONCE, Error, Tx, on};
use crate::{AccountId, CaseId, ClaimId, Instant, OverlapId, ReleaseId, overlap::Runs};

/// An entry of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Overlap {
    /// Row id.
    pub id: OverlapId,
    /// Key of the family: `sales`, `stock` or `other`.
    pub family: String,
    /// Release; 0 for lump sums.
    pub release_id: ReleaseId,
    /// Channel or service; empty for stock.
    pub channel: String,
    /// The release in a few words.
    pub words: String,
    /// First month claimed by more than one, counted from year 0; stock has none and says 0.
    pub first_month: i64,
    /// Last such month.
    pub last_month: i64,
    /// How many such months there are.
    pub months: i64,
    /// Claimed in them, by all together, in minor units.
    pub gross: i64,
    /// Taken off because a person said so.
    pub confirmed: i64,
    /// Taken off as well, if every suspicion is right.
    pub suspected: i64,
    /// Shares over 100 %.
    pub over_whole: bool,
    /// Decisions contradict each other.
    pub contradictory: bool,
}

/// A claim in an entry.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Part {
    /// Entry.
    pub entry_id: OverlapId,
    /// Claim.
    pub claim_id: ClaimId,
    /// Its number.
    pub number: String,
    /// Legal name as signed.
    pub claimant: String,
    /// Claimed in the months of the entry, in minor units.
    pub gross: i64,
    /// Taken off because a person said so.
    pub confirmed: i64,
    /// Taken off as well, if every suspicion is right.
    pub suspected: i64,
    /// Number of the claim whose money the confirmed part is.
    pub through: Option<String>,
    /// The months in which it meets others ([`Runs::text`]); empty until the first run that kept them.
    pub months: String,
}

impl Part {
    /// The months in which it meets others; `None` where they were not kept.
    #[must_use]
    pub fn meets(&self) -> Option<Runs> {
        Runs::parse(&self.months)
    }

    /// The months in which it meets another claim of its entry; `None` where they were not kept.
    #[must_use]
    pub fn shared(&self, other: &Self) -> Option<Runs> {
        Some(self.meets()?.shared(&other.meets()?))
    }

    /// Whether it meets another claim of its entry in no month: then nothing of the one is in the other, whatever is said of them.
    #[must_use]
    pub fn misses(&self, other: &Self) -> bool {
        self.shared(other).is_some_and(|shared| shared.is_empty())
    }
}

/// In the place of a release: a decision that holds for all that two claims share.
pub const EVERYWHERE: ReleaseId = ReleaseId(0);
/// In the place of a release: a decision about lump sums alone.
pub const LUMP_SUMS: ReleaseId = ReleaseId(-1);

impl Overlap {
    /// What a decision about this entry alone is about: its release, or [`LUMP_SUMS`].
    #[must_use]
    pub const fn scope(&self) -> ReleaseId {
        if self.is_of_lump_sums() { LUMP_SUMS } else { self.release_id }
    }

    /// Whether its lines name no release.
    #[must_use]
    pub const fn is_of_lump_sums(&self) -> bool {
        self.release_id.0 == 0
    }
}

const ENTRY: &str = "SELECT id, family, release_id, channel, words, first_month, last_month, months, gross, confirmed, suspected, over_whole, contradictory FROM ledger_entries";
const PART: &str = "SELECT p.entry_id, p.claim_id, k.number, v.claimant_name AS claimant, p.gross, p.confirmed, p.suspected, t.number AS through, p.months FROM ledger_parts p \
                    JOIN claims k ON k.id = p.claim_id JOIN versions v ON v.id = k.in_force_id LEFT JOIN claims t ON t.id = p.through_id";

/// Which entries are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Which {
    /// All.
    #[default]
    All,
    /// Those in which something is only suspected.
    Open,
    /// Those in which everything is decided.
    Decided,
    /// Those to look at: shares over 100 %, or decisions that contradict each other.
    Flagged,
}

impl Which {
    const fn sql(self) -> &'static str {
        match self {
            Self::All => "TRUE",
            Self::Open => "suspected > 0",
            Self::Decided => "suspected = 0",
            Self::Flagged => "(over_whole OR contradictory)",
        }
    }
}

/// Entries of a case, most money first, of one claim or (`None`) of all.
///
/// # Errors
/// If the database fails.
pub async fn list(
    tx: &mut Tx,
    case: CaseId,
    which: Which,
    claim: Option<ClaimId>,
    limit: i64,
    offset: i64,
) -> Result<Vec<Overlap>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "{ENTRY} WHERE case_id = $1 AND {} AND ($2 = 0 OR EXISTS (SELECT 1 FROM ledger_parts p WHERE p.entry_id = ledger_entries.id AND p.claim_id = $2)) \
         ORDER BY suspected DESC, confirmed DESC, id LIMIT $3 OFFSET $4",
        which.sql()
    ));
    on!(tx, c => sqlx::query_as(sql).bind(case).bind(claim.map_or(0, |claim| claim.0)).bind(limit).bind(offset).fetch_all(c).await)
}

/// Sums of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, sqlx::FromRow)]
pub struct Sums {
    /// Entries.
    pub entries: i64,
    /// Claimed in them.
    pub gross: i64,
    /// Taken off because a person said so.
    pub confirmed: i64,
    /// Taken off as well, if every suspicion is right.
    pub suspected: i64,
}

/// Sums of the entries that [`list`] would give.
///
/// # Errors
/// If the database fails.
pub async fn sums(tx: &mut Tx, case: CaseId, which: Which, claim: Option<ClaimId>) -> Result<Sums, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT COUNT(*) AS entries, CAST(COALESCE(SUM(gross), 0) AS BIGINT) AS gross, CAST(COALESCE(SUM(confirmed), 0) AS BIGINT) AS confirmed, \
         CAST(COALESCE(SUM(suspected), 0) AS BIGINT) AS suspected FROM ledger_entries WHERE case_id = $1 AND {} \
         AND ($2 = 0 OR EXISTS (SELECT 1 FROM ledger_parts p WHERE p.entry_id = ledger_entries.id AND p.claim_id = $2))",
        which.sql()
    ));
    on!(tx, c => sqlx::query_as(sql).bind(case).bind(claim.map_or(0, |claim| claim.0)).fetch_one(c).await)
}

/// Finds an entry of a case.
///
/// # Errors
/// If the database fails.
pub async fn by_id(tx: &mut Tx, case: CaseId, id: OverlapId) -> Result<Option<Overlap>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{ENTRY} WHERE case_id = $1 AND id = $2"));
    on!(tx, c => sqlx::query_as(sql).bind(case).bind(id).fetch_optional(c).await)
}

/// The entries in which two claims meet, most money first.
///
/// # Errors
/// If the database fails.
pub async fn of_both(tx: &mut Tx, case: CaseId, claims: (ClaimId, ClaimId), limit: i64) -> Result<Vec<Overlap>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "{ENTRY} WHERE case_id = $1 AND EXISTS (SELECT 1 FROM ledger_parts p WHERE p.entry_id = ledger_entries.id AND p.claim_id = $2) \
         AND EXISTS (SELECT 1 FROM ledger_parts p WHERE p.entry_id = ledger_entries.id AND p.claim_id = $3) ORDER BY suspected DESC, confirmed DESC, id LIMIT $4"
    ));
    on!(tx, c => sqlx::query_as(sql).bind(case).bind(claims.0).bind(claims.1).bind(limit).fetch_all(c).await)
}

/// The claims of an entry, largest amount first.
///
/// # Errors
/// If the database fails.
pub async fn parts(tx: &mut Tx, id: OverlapId) -> Result<Vec<Part>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{PART} WHERE p.entry_id = $1 ORDER BY p.gross DESC, p.claim_id"));
    on!(tx, c => sqlx::query_as(sql).bind(id).fetch_all(c).await)
}

/// An entry as a run reckoned it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of `Overlap`")]
pub struct New {
    pub family: &'static str,
    pub release_id: ReleaseId,
    pub channel: String,
    pub words: String,
    pub first_month: i64,
    pub last_month: i64,
    pub months: i64,
    pub over_whole: bool,
    pub contradictory: bool,
    pub parts: Vec<NewPart>,
}

/// A claim in it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the fields of `Part`")]
pub struct NewPart {
    pub claim_id: ClaimId,
    pub gross: i64,
    pub confirmed: i64,
    pub suspected: i64,
    #[sqlx(rename = "through_id")]
    pub through: Option<ClaimId>,
    pub months: String,
}

/// A claim in an entry that is kept.
#[derive(sqlx::FromRow)]
struct PartRow {
    entry_id: OverlapId,
    #[sqlx(flatten)]
    part: NewPart,
}

impl New {
    fn sum(&self, of: fn(&NewPart) -> i64) -> i64 {
        self.parts.iter().map(of).sum()
    }
}

/// Puts the entries of a run in place of those before. What did not change keeps its row, and with it its address, also where its release
/// has another number now: `followed` gives the number of now by that of before.
///
/// # Errors
/// If the database fails.
pub async fn replace(
    tx: &mut Tx,
    case: CaseId,
    entries: &[New],
    followed: &BTreeMap<ReleaseId, ReleaseId>,
) -> Result<(), Error> {
    let sql = sqlx::AssertSqlSafe(format!("{ENTRY} WHERE case_id = $1"));
    let known: Vec<Overlap> = on!(tx, c => sqlx::query_as(sql).bind(case).fetch_all(c).await)?;
    let mut known: BTreeMap<heirs::Place, Overlap> =
        known.into_iter().map(|of| ((of.family.clone(), of.release_id, of.channel.clone()), of)).collect();
    let rows: Vec<PartRow> = on!(tx, c => sqlx::query_as(
        "SELECT p.entry_id, p.claim_id, p.gross, p.confirmed, p.suspected, p.through_id, p.months FROM ledger_parts p JOIN ledger_entries o ON o.id = p.entry_id WHERE o.case_id = $1 \
         ORDER BY p.entry_id, p.claim_id",
    )
    .bind(case).fetch_all(c).await)?;
    let mut parts: BTreeMap<OverlapId, Vec<NewPart>> = BTreeMap::new();
    for PartRow { entry_id, part } in rows {
        parts.entry(entry_id).or_default().push(part);
    }
    let places: BTreeSet<heirs::Place> = entries.iter().map(heirs::place).collect();
    let unknown: Vec<&New> = entries.iter().filter(|entry| !known.contains_key(&heirs::place(entry))).collect();
    let mut left: BTreeMap<heirs::Place, Overlap> = known
        .iter()
        .filter(|(place, _)| !places.contains(place))
        .map(|(place, of)| (place.clone(), of.clone()))
        .collect();
    known.retain(|place, _| places.contains(place));
    known.extend(heirs::heirs(&mut left, &parts, &unknown, followed));
    let (mut new, mut new_parts) = (Vec::new(), Vec::new());
    for entry in entries {
        let Some(old) = known.remove(&heirs::place(entry)) else {
            new.push(entry);
            continue;
        };
        let same_parts = parts.get(&old.id) == Some(&entry.parts);
        let same = (old.first_month, old.last_month, old.months, old.over_whole, old.contradictory, &old.words)
            == (entry.first_month, entry.last_month, entry.months, entry.over_whole, entry.contradictory, &entry.words);
        if same && same_parts && old.release_id == entry.release_id {
            continue;
        }
        on!(tx, c => sqlx::query("UPDATE ledger_entries SET words = $2, first_month = $3, last_month = $4, months = $5, gross = $6, confirmed = $7, suspected = $8, over_whole = $9, contradictory = $10, release_id = $11 WHERE id = $1")
            .bind(old.id).bind(&entry.words).bind(entry.first_month).bind(entry.last_month).bind(entry.months).bind(entry.sum(|part| part.gross))
            .bind(entry.sum(|part| part.confirmed)).bind(entry.sum(|part| part.suspected)).bind(entry.over_whole).bind(entry.contradictory).bind(entry.release_id)
            .execute(c).await.map(drop))?;
        if same_parts {
            continue;
        }
        on!(tx, c => sqlx::query("DELETE FROM ledger_parts WHERE entry_id = $1").bind(old.id).execute(c).await.map(drop))?;
        new_parts.extend(entry.parts.iter().map(|part| (old.id, part)));
    }
    for some in new.chunks(AT_ONCE) {
        let ids = add(tx, case, some).await?;
        for entry in some {
            let id = ids.get(&heirs::place(entry));
            let id =
                *id.ok_or_else(|| Error::Protocol("an entry of the ledger was written and not given back".to_owned()))?;
            new_parts.extend(entry.parts.iter().map(|part| (id, part)));
        }
    }
    for some in new_parts.chunks(AT_ONCE) {
        on!(tx, c => {
            let mut query = QueryBuilder::new("INSERT INTO ledger_parts (entry_id, claim_id, gross, confirmed, suspected, through_id, months) ");
            query.push_values(some, |mut row, (id, part)| {
                row.push_bind(id).push_bind(part.claim_id).push_bind(part.gross).push_bind(part.confirmed).push_bind(part.suspected).push_bind(part.through).push_bind(&part.months);
            });
            query.build().execute(c).await.map(drop)
        })?;
    }
    let gone: BTreeSet<OverlapId> = left.into_values().map(|gone| gone.id).collect();
    for id in gone {
        on!(tx, c => {
            sqlx::query("DELETE FROM ledger_parts WHERE entry_id = $1").bind(id).execute(&mut *c).await?;
            sqlx::query("DELETE FROM ledger_entries WHERE id = $1").bind(id).execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Adds entries without their parts, and gives their rows.
async fn add(
    tx: &mut Tx,
    case: CaseId,
    entries: &[&New],
) -> Result<BTreeMap<(String, ReleaseId, String), OverlapId>, Error> {
    let rows: Vec<(OverlapId, String, ReleaseId, String)> = on!(tx, c => {
        let mut query = QueryBuilder::new(
            "INSERT INTO ledger_entries (case_id, family, release_id, channel, words, first_month, last_month, months, gross, confirmed, suspected, over_whole, contradictory) ",
        );
        query.push_values(entries, |mut row, entry| {
            row.push_bind(case).push_bind(entry.family).push_bind(entry.release_id).push_bind(&entry.channel).push_bind(&entry.words);
            row.push_bind(entry.first_month).push_bind(entry.last_month).push_bind(entry.months).push_bind(entry.sum(|part| part.gross));
            row.push_bind(entry.sum(|part| part.confirmed)).push_bind(entry.sum(|part| part.suspected)).push_bind(entry.over_whole).push_bind(entry.contradictory);
        });
        query.push(" RETURNING id, family, release_id, channel");
        query.build_query_as().fetch_all(c).await
    })?;
    Ok(rows.into_iter().map(|(id, family, release, channel)| ((family, release, channel), id)).collect())
}

/// A decision of a person about the money of two claims.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Decision {
    /// The claims, the smaller id first.
    pub claim_a: ClaimId,
    /// The other.
    pub claim_b: ClaimId,
    /// The release, [`LUMP_SUMS`], or [`EVERYWHERE`].
    pub release_id: ReleaseId,
    /// `derivative`, `same_money` or `distinct`.
    pub relation: String,
    /// For a derivative: whose money the other's is part of.
    pub of_claim: Option<ClaimId>,
    /// Why.
    pub reason: String,
    /// Version of the engine then.
    pub engine: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Instant,
    /// When it was undone.
    pub undone_at: Option<Instant>,
}

const DECISION: &str = "SELECT d.claim_a, d.claim_b, d.release_id, d.relation, d.of_claim, d.reason, d.engine, w.name AS by, d.at, d.undone_at FROM overlap_decisions d JOIN accounts w ON w.id = d.account_id";

/// The decisions in force of a case.
///
/// # Errors
/// If the database fails.
pub async fn decisions(tx: &mut Tx, case: CaseId) -> Result<Vec<Decision>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{DECISION} WHERE d.case_id = $1 AND d.undone_at IS NULL ORDER BY d.id"));
    on!(tx, c => sqlx::query_as(sql).bind(case).fetch_all(c).await)
}

/// The decisions in force about two claims in a release or [`LUMP_SUMS`], and in all that they share, newest first.
///
/// # Errors
/// If the database fails.
pub async fn in_force(tx: &mut Tx, claims: (ClaimId, ClaimId), release: ReleaseId) -> Result<Vec<Decision>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "{DECISION} WHERE d.claim_a = $1 AND d.claim_b = $2 AND d.undone_at IS NULL \
         AND (d.release_id IN ($3, 0) OR d.release_id IN (SELECT id FROM releases WHERE release_id = $3)) ORDER BY d.id DESC"
    ));
    on!(tx, c => sqlx::query_as(sql).bind(claims.0).bind(claims.1).bind(release).fetch_all(c).await)
}

/// All decisions ever made, undone ones too, about any two claims of an entry, newest first.
///
/// # Errors
/// If the database fails.
pub async fn history(tx: &mut Tx, entry: OverlapId) -> Result<Vec<Decision>, Error> {
    let sql = sqlx::AssertSqlSafe(format!(
        "{DECISION} WHERE d.claim_a IN (SELECT claim_id FROM ledger_parts WHERE entry_id = $1) AND d.claim_b IN (SELECT claim_id FROM ledger_parts WHERE entry_id = $1) \
         ORDER BY d.id DESC"
    ));
    on!(tx, c => sqlx::query_as(sql).bind(entry).fetch_all(c).await)
}

/// A decision to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of `Decision`")]
pub struct NewDecision<'a> {
    pub case_id: CaseId,
    pub claims: (ClaimId, ClaimId),
    pub release_id: ReleaseId,
    pub relation: &'a str,
    pub of_claim: Option<ClaimId>,
    pub reason: &'a str,
    pub engine: &'a str,
    pub by: AccountId,
}

/// Adds a decision; the one before it about the same is undone.
///
/// # Errors
/// If the database fails.
pub async fn decide(tx: &mut Tx, decision: &NewDecision<'_>, now: Instant) -> Result<(), Error> {
    undo(tx, decision.claims, decision.release_id, decision.by, now).await?;
    on!(tx, c => sqlx::query(
        "INSERT INTO overlap_decisions (case_id, claim_a, claim_b, release_id, relation, of_claim, reason, engine, account_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(decision.case_id).bind(decision.claims.0).bind(decision.claims.1).bind(decision.release_id).bind(decision.relation).bind(decision.of_claim).bind(decision.reason)
    .bind(decision.engine).bind(decision.by).bind(now).execute(c).await.map(drop))
}

/// Undoes the decisions in force about two claims in a release, [`LUMP_SUMS`] or [`EVERYWHERE`]; `false` if there are none. What was said of a
/// description that has since been found to be of the same release goes with it.
///
/// # Errors
/// If the database fails.
pub async fn undo(
    tx: &mut Tx,
    claims: (ClaimId, ClaimId),
    release: ReleaseId,
    by: AccountId,
    now: Instant,
) -> Result<bool, Error> {
    on!(tx, c => sqlx::query("UPDATE overlap_decisions SET undone_at = $5, undone_by = $4 WHERE claim_a = $1 AND claim_b = $2 AND undone_at IS NULL \
        AND (release_id = $3 OR release_id IN (SELECT id FROM releases WHERE release_id = $3))")
        .bind(claims.0).bind(claims.1).bind(release).bind(by).bind(now).execute(c).await.map(|done| done.rows_affected() > 0))
}
