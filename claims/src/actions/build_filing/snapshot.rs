//! The case as it stood at one moment: what a filing is made from.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;

use super::{
    canonical, deadlines, settings_of,
    shared_money::{entries, ledger, order, pairs, waiting},
};
use crate::{
    CaseId, ClaimId,
    access::Refusal,
    actions::{Failure, Recoup, overlap_pairs::Said},
    case::Case,
    deadline,
    filing::{
        self, CaseFacts, ClaimRef, Contents, Exhibit, Figures, Filing, Form, Portal, Previous, Unused, Withdrawn,
    },
    frozen::FrozenClaim,
    store::{Tx, cases, filings, matching, removed, totals as kept_totals},
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
