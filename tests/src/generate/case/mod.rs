//! A whole case in a database, for measuring: drafts, sent, amended and withdrawn claims with their lines, documents, frozen
//! texts and receipts, matches and decisions, the ledger of overlaps. The same plan gives the same case.

mod between;
mod claim;
mod rows;
mod tables;

use chrono::{DateTime, Duration, Utc};
use claims::{
    AccountId, CaseId, ClaimId, VersionId,
    actions::Recoup,
    case::Case,
    identifiers::ClaimNumber,
    store::{
        Tx, cases,
        events::{self, NewEvent},
        registered,
    },
    totals,
};
use serde_json::json;

use self::{
    between::Counted,
    claim::Claimant,
    tables::{Entered, Tables},
};
use super::Random;
use crate::stage;

/// How large the case is.
#[derive(Clone, Copy, Debug)]
pub struct CasePlan {
    /// Claims of every status.
    pub claims: usize,
    /// Lines of the versions in force and of drafts; those of replaced versions come on top.
    pub lines: usize,
    /// Seed.
    pub seed: u64,
}

/// Where to look in the case that was made. Everybody has the password [`stage::PASSWORD`].
#[derive(Clone, Debug)]
pub struct Seeded {
    /// Short name of the case.
    pub slug: &'static str,
    /// Its counsel.
    pub counsel: String,
    /// Who writes a draft of about the usual size, and its id.
    pub draft: (String, i64),
    /// Who sent a claim of about the usual size, its id and its number.
    pub sent: (String, i64, String),
    /// Password of all.
    pub password: &'static str,
}

impl Seeded {
    /// As JSON.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        json!({ "slug": self.slug, "counsel": self.counsel, "draft": self.draft, "sent": self.sent, "password": self.password })
    }
}

const SLUG: &str = "many";
/// Claims in one transaction.
const AT_ONCE: usize = 500;

/// The first day of the case; claims came in over the 300 days after it.
fn opened() -> DateTime<Utc> {
    "2024-01-08T17:00:00Z".parse().unwrap()
}

/// Makes the case in a database that has none.
pub async fn seed(recoup: &Recoup, plan: CasePlan) -> Seeded {
    let settings = stage::case_answers(SLUG, "MNY").with("deadline_day", "2036-06-30");
    let id = stage::case_with(recoup, &settings).await;
    let counsel = stage::person(recoup, "counsel@example.org", true, false).await;
    let password_hash = recoup.passwords.hash(stage::PASSWORD).await.unwrap();
    let mut tx = recoup.store.write().await.unwrap();
    cases::appoint(&mut tx, id, counsel.account, opened()).await.unwrap();
    let case = cases::by_id(&mut tx, id).await.unwrap().unwrap().read().unwrap();
    let mut random = Random::new(plan.seed);
    let sizes = sizes(plan, &mut random);
    let mut making = Making {
        case,
        first: counsel.account.0 + 1,
        password_hash,
        tables: Tables::default(),
        counted: Vec::new(),
        events: Vec::new(),
        draft: None,
        sent: None,
        random,
    };
    for (n, size) in sizes.into_iter().enumerate() {
        making.claim(&mut tx, n, size).await;
        if n % AT_ONCE == AT_ONCE - 1 {
            making.write(&mut tx).await;
            tx.commit().await.unwrap();
            tx = recoup.store.write().await.unwrap();
        }
    }
    making.write(&mut tx).await;
    let Making { tables, counted, draft, sent, mut random, .. } = making;
    tables.end(&mut tx).await;
    between::seed(&mut tx, id, &counted, counsel.account, &mut random).await;
    registered::keep_case(&mut tx, id).await.unwrap();
    tx.commit().await.unwrap();
    Seeded {
        slug: SLUG,
        counsel: counsel.email.clone(),
        draft: draft.expect("a draft of about the usual size"),
        sent: sent.expect("a sent claim of about the usual size"),
        password: stage::PASSWORD,
    }
}

/// Lines of each claim: many small ones, a few with thousands.
fn sizes(plan: CasePlan, random: &mut Random) -> Vec<usize> {
    let weights: Vec<usize> = (0..plan.claims)
        .map(|_| {
            let usual = 1 + random.below(40);
            match random.below(100) {
                0..2 => usual * 40,
                2..10 => usual * 6,
                _ => usual,
            }
        })
        .collect();
    let whole: usize = weights.iter().sum();
    let mut sizes: Vec<usize> = weights.iter().map(|weight| (weight * plan.lines / whole).max(1)).collect();
    let missing = plan.lines.saturating_sub(sizes.iter().sum());
    for n in 0..missing {
        let place = n % sizes.len();
        sizes[place] += 1;
    }
    sizes
}

/// An event and when it was.
type NewEventAt = (NewEvent, DateTime<Utc>);

struct Making {
    case: Case,
    /// The first id of an account, a claimant and a claim; the three have the same.
    first: i64,
    password_hash: String,
    tables: Tables,
    counted: Vec<Counted>,
    /// What happened to claims that were not written yet.
    events: Vec<NewEventAt>,
    draft: Option<(String, i64)>,
    sent: Option<(String, i64, String)>,
    random: Random,
}

impl Making {
    async fn claim(&mut self, tx: &mut Tx, n: usize, size: usize) {
        let id = self.first + n as i64;
        let email = format!("claimant-{n}@example.org");
        let claimant = Claimant::new(n, &mut self.random);
        self.tables.account(id, &email, &self.password_hash, &claimant);
        let draft = n.is_multiple_of(10);
        let usual = (30..70).contains(&size);
        let documents: Vec<_> =
            (0..(size.div_ceil(25)).min(40)).map(|of| claim::document(id, of, &mut self.random)).collect();
        let lines: Vec<_> = (1..=size as i64)
            .map(|line| claimant.line(&self.case, line, documents.len(), draft, &mut self.random))
            .collect();
        let entered = Entered { claim: id, claimant: &claimant, lines: &lines, documents: &documents };
        if draft {
            let version = self.tables.draft(&entered);
            self.tables.claim(self.case.id, id, "draft", (None, None, Some(version)), None);
            if usual && self.draft.is_none() {
                self.draft = Some((email, id));
            }
            return;
        }
        let number = cases::next_claim(tx, self.case.id).await.unwrap();
        let number = ClaimNumber::new(&self.case.settings.prefix, number).to_string();
        let at = opened() + Duration::minutes(self.random.below(300 * 24 * 60) as i64);
        let late = (n % 33 == 7).then_some("The mail about the case came late.");
        // One in ten was amended: the version before lacked the last line.
        let versions: &[&[claim::Line]] =
            if n % 10 == 5 && size < 300 { &[&lines[..size - 1], &lines] } else { &[&lines] };
        let mut in_force = VersionId(0);
        for (version, lines) in (1..).zip(versions) {
            let entered = Entered { lines, ..entered };
            let sent_at = at + Duration::hours(version - 1);
            let frozen = claim::frozen(&self.case, &claimant, (&number, version), (lines, &documents), sent_at, late);
            in_force = self.tables.sent(&entered, &frozen);
            let counted = totals::counted(&frozen.totals, self.case.settings.filing_basis).amount;
            let kind = if version > 1 { "claim_amended" } else { "claim_submitted" };
            let details = json!({ "number": number, "version": version, "amount": counted, "lines": lines.len() });
            self.event(id, kind, details, sent_at);
            if version == versions.len() as i64 && n % 20 != 1 {
                self.counted.push(Counted { id: ClaimId(id), amount: counted, lines: size as i64 });
            }
        }
        let status = if n % 20 == 1 { "withdrawn" } else { "submitted" };
        self.tables.claim(self.case.id, id, status, (Some(&number), Some(in_force), None), Some(at));
        if status == "withdrawn" {
            self.event(id, "claim_withdrawn", json!({ "number": number }), at + Duration::days(2));
        }
        let failed = n % 500 == 2;
        self.tables.receipt(self.case.id, id, (&email, &number), failed, at);
        if usual && status == "submitted" && self.sent.is_none() {
            self.sent = Some((email, id, number));
        }
    }

    fn event(&mut self, claim: i64, kind: &'static str, details: serde_json::Value, at: DateTime<Utc>) {
        let (case_id, claim_id, account) = (self.case.id, Some(ClaimId(claim)), Some(AccountId(claim)));
        self.events.push((NewEvent { case_id, claim_id, account, kind, details }, at));
    }

    async fn write(&mut self, tx: &mut Tx) {
        self.tables.write(tx).await;
        for (event, at) in self.events.drain(..) {
            events::add(tx, &event, at).await.unwrap();
        }
    }
}

/// The case that was made, for whoever looks into its database.
pub async fn case_of(tx: &mut Tx) -> CaseId {
    cases::by_slug(tx, SLUG).await.unwrap().expect("the case").id
}
