//! Building a filing: asking for it, reading the case at one moment, numbering, and keeping what was made, whole or not at all.
//!
//! The server does what lies between: it looks at new documents, typesets and packs. Until [`keep`] commits, nothing of a
//! filing is in the database.

use std::collections::BTreeMap;

use chrono::Duration;
use data_encoding::HEXLOWER;
use minijinja::context;
use sha2::{Digest, Sha256};

use super::{Failure, Recoup, notices, permit};
use crate::{
    BuildId, CaseId, ClaimId, FilingId, Instant,
    access::{Action, Actor, Refusal},
    case::Case,
    deadline,
    filing::{
        self, CaseFacts, ClaimRef, Contents, Exhibit, Figures, Filing, FilingSettings, Form, Match, Overlap, Portal,
        Previous, Withdrawn,
    },
    frozen::FrozenClaim,
    intake::Answers,
    matching::explain::Kept,
    notices::What,
    store::{
        self, Tx, cases, claims as claim_rows,
        events::{self, NewEvent},
        filing_builds as builds, filings, matches, matching, outbox, overlaps, removed, totals as kept_totals,
    },
    totals,
};

/// How long a build is one process's without a sign of life.
pub const LEASE: Duration = Duration::minutes(3);

/// How often a build is begun before it counts as failed.
const ATTEMPTS: i64 = 3;

/// Asks for a build. Asked again while one is waiting or under way, it gives that one.
///
/// # Errors
/// If the actor may not.
pub async fn ask(recoup: &Recoup, by: Option<&Actor>, case: CaseId) -> Result<BuildId, Failure> {
    if let Some(actor) = by {
        permit(actor, Action::File(case))?;
    }
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    store::queue_up(&mut tx, &format!("filing {case}")).await?;
    if let Some(build) = builds::under_way(&mut tx, case).await? {
        return Ok(build.id);
    }
    let id = builds::ask(&mut tx, case, by.map(|actor| actor.account), now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Takes a build that is due. `None` if another process has it, or if it was begun too often and is now failed.
///
/// # Errors
/// If the database fails.
pub async fn take(recoup: &Recoup, id: BuildId, owner: &str) -> Result<Option<builds::Build>, Failure> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    if !builds::take(&mut tx, id, owner, now, now + LEASE).await? {
        return Ok(None);
    }
    let build = builds::by_id(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
    let worn_out = build.attempts > ATTEMPTS;
    if worn_out {
        let why = "The program was stopped each time while it built this filing. See its log, and build again.";
        builds::end(&mut tx, id, owner, Err(why), now).await?;
        let what = What::FilingFailed { build: id, why: why.to_owned() };
        notices::raise(recoup, &mut tx, build.case_id, vec![what], now).await?;
    }
    tx.commit().await?;
    Ok((!worn_out).then_some(build))
}

/// Says how far a build is.
///
/// # Errors
/// If another process took it over: then this one must stop.
pub async fn progress(
    recoup: &Recoup,
    id: BuildId,
    owner: &str,
    stage: &str,
    done: usize,
    total: usize,
) -> Result<(), Failure> {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let mut tx = recoup.store.write().await?;
    let until = recoup.clock.now() + LEASE;
    let ours = builds::progress(&mut tx, id, owner, (stage, number(done), number(total)), until).await?;
    tx.commit().await?;
    if ours { Ok(()) } else { Err(Failure::said("Another process took this build over.")) }
}

/// Ends a build that failed, with what to mend.
///
/// # Errors
/// If the database fails.
pub async fn fail(recoup: &Recoup, id: BuildId, owner: &str, why: &str) -> Result<(), Failure> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    if let Some(build) = builds::by_id(&mut tx, id).await?
        && builds::end(&mut tx, id, owner, Err(why), now).await?
    {
        let details = serde_json::json!({ "why": why });
        let event = NewEvent {
            case_id: build.case_id,
            claim_id: None,
            account: build.asked_by,
            kind: "filing_failed",
            details,
        };
        events::add(&mut tx, &event, now).await?;
        let what = What::FilingFailed { build: id, why: why.to_owned() };
        notices::raise(recoup, &mut tx, build.case_id, vec![what], now).await?;
    }
    Ok(tx.commit().await?)
}

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
    next: (i64, i64),
}

/// Reads a case in one transaction.
///
/// # Errors
/// If matching has not caught up with the claims, or the database fails.
pub async fn snapshot(recoup: &Recoup, case: CaseId, engines: Vec<(String, String)>) -> Result<Snapshot, Failure> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.read().await?;
    let case = cases::by_id(&mut tx, case).await?.ok_or(Refusal::NotFound)?.read()?;
    if !matching::state(&mut tx, case.id).await?.is_current() {
        return Err(Failure::said(
            "Duplicates and overlaps are still being looked for among the newest claims. Build again in a minute; nothing was built.",
        ));
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
    let withdrawn = filings::withdrawn(&mut tx, case.id).await?;
    let matches = pairs(&mut tx, &case, &numbers).await?;
    let overlaps = ledger(&mut tx, &case).await?;
    let filed = filings::exhibits(&mut tx, case.id).await?;
    let last = filings::last(&mut tx, case.id).await?;
    let settings = settings_of(&mut tx, &case).await?;
    drop(tx);
    let texts: Vec<String> = claims.into_iter().map(|claim| claim.frozen).collect();
    let (exhibits, new) = exhibits(&refs, &texts, &filed)?;
    let next_exhibit = filed.iter().map(|filed| filed.exhibit).max().unwrap_or(0) + 1;
    let next_bates = filed.iter().map(|filed| filed.first_bates + filed.pages).max().unwrap_or(1);
    let zone = &case.settings.time_zone;
    let filing = Filing {
        format: filing::FORMAT,
        number: last.as_ref().map_or(0, |(number, _)| *number) + 1,
        case: facts(&case),
        as_of: now,
        as_of_words: deadline::show(now, zone),
        as_of_day: deadline::day_in(now, zone),
        settings: settings.1,
        claims: refs,
        withdrawn: withdrawn
            .into_iter()
            .map(|(number, claimant, reason)| Withdrawn { number, claimant, reason })
            .collect(),
        exhibits,
        matches,
        overlaps,
        figures: Figures { gross: of_case.amount, documented: of_case.documented, confirmed, suspected },
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

/// The canonical text of a filing with its hash.
///
/// # Errors
/// Only if it cannot be written, which no filing causes.
pub fn canonical(filing: &Filing) -> Result<(String, String), Failure> {
    let text = filing.canonical().map_err(|error| Failure::Internal(error.to_string()))?;
    let sha256 = HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
    Ok((text, sha256))
}

/// Reads a filing with the sent versions that it names.
///
/// # Errors
/// [`Refusal::NotFound`] if there is none, or a text that is damaged.
pub async fn load(recoup: &Recoup, case: CaseId, number: i64) -> Result<Contents, Failure> {
    let mut tx = recoup.store.read().await?;
    let (text, sha256) = filings::frozen(&mut tx, case, number).await?.ok_or(Refusal::NotFound)?;
    if HEXLOWER.encode(&Sha256::digest(text.as_bytes())) != sha256 {
        return Err(Failure::said(format!(
            "The frozen text of filing {number} is damaged: restore the database from a backup."
        )));
    }
    let filing = Filing::read(&text).map_err(|error| Failure::Internal(format!("filing {number}: {error}")))?;
    let mut texts = Vec::with_capacity(filing.claims.len());
    for claim in &filing.claims {
        texts.push(filings::text(&mut tx, case, &claim.number, claim.version).await?.unwrap_or_default());
    }
    Contents::new(filing, sha256, &texts).map_err(|why| Failure::said(why.to_string()))
}

/// Keeps what was made: the filing, its files, its new exhibits, the event, the end of the build, all or nothing. The bytes of
/// the files must be in the document store.
///
/// # Errors
/// If another build of the case was faster, which the lease prevents unless this process stood still.
pub async fn keep(
    recoup: &Recoup,
    build: &builds::Build,
    owner: &str,
    snapshot: &Snapshot,
    files: &[filings::File],
) -> Result<FilingId, Failure> {
    let now = recoup.clock.now();
    let (text, sha256) = canonical(&snapshot.filing)?;
    let number = snapshot.filing.number;
    let mut tx = recoup.store.write().await?;
    if !builds::end(&mut tx, build.id, owner, Ok(number), now).await? {
        return Err(Failure::said("Another process took this build over."));
    }
    for exhibit in snapshot.filing.exhibits.iter().filter(|exhibit| exhibit.exhibit >= snapshot.next.0) {
        filings::add_exhibit(&mut tx, build.case_id, exhibit).await.map_err(overtaken)?;
    }
    let filing = (&snapshot.filing, text.as_str(), sha256.as_str());
    let id = filings::add(&mut tx, build.case_id, filing, files, build.asked_by, now).await.map_err(overtaken)?;
    let package = files.iter().find(|file| file.variant == "full" && file.name.is_empty());
    let details = serde_json::json!({
        "filing": number, "sha256": sha256, "claims": snapshot.filing.claims.len(), "gross": snapshot.filing.figures.gross,
        "package": package.map(|file| file.sha256.as_str()),
    });
    let event =
        NewEvent { case_id: build.case_id, claim_id: None, account: build.asked_by, kind: "filing_built", details };
    events::add(&mut tx, &event, now).await?;
    tell(recoup, &mut tx, build.case_id, &snapshot.filing, now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Tells counsel of a filing, and claimants that their claim is in it: those whose version is filed for the first time, so that
/// building again what did not change writes to nobody.
async fn tell(recoup: &Recoup, tx: &mut Tx, case: CaseId, filing: &Filing, now: Instant) -> Result<(), Failure> {
    let claims = i64::try_from(filing.claims.len()).unwrap_or(i64::MAX);
    let what = What::FilingBuilt { number: filing.number, claims, gross: filing.figures.gross };
    notices::raise(recoup, tx, case, vec![what], now).await?;
    let before = match &filing.previous {
        None => BTreeMap::new(),
        Some(previous) => {
            let frozen = filings::frozen(tx, case, previous.number).await?;
            let read = frozen.as_ref().and_then(|(text, _)| Filing::read(text).ok());
            read.into_iter().flat_map(|filing| filing.claims).map(|claim| (claim.number, claim.version)).collect()
        }
    };
    for of in &filing.claims {
        if before.get(&of.number) == Some(&of.version) {
            continue;
        }
        let claim = claim_rows::by_number(tx, &of.number).await?.ok_or(Refusal::NotFound)?;
        for person in claim_rows::people_of(tx, claim.claimant_id).await? {
            let values = context! {
                name => person.name, claimant => claim.claimant.as_str(), case => filing.case.title.as_str(), number => of.number.as_str(),
                version => of.version, filing => filing.number, at => filing.as_of_words.as_str(), sha256 => of.sha256.as_str(),
                link => recoup.url(&format!("/claims/{}/versions/{}", claim.id, of.version)),
            };
            let about = (Some(case), Some(claim.id));
            let mail = recoup.mails.write("claim_filed", &person.email, values, about)?.of(person.account);
            outbox::add(tx, &mail, now).await?;
        }
    }
    Ok(())
}

fn overtaken(error: store::Error) -> Failure {
    if store::is_unique_violation(&error) {
        Failure::said("Another build of this case was faster. Build again; nothing of this one was kept.")
    } else {
        error.into()
    }
}

/// What counsel set for a case, or what it begins with; as answers and as read.
///
/// # Errors
/// If what is stored is no longer right.
pub async fn settings_of(tx: &mut Tx, case: &Case) -> Result<(Answers, FilingSettings), Failure> {
    let answers = filings::settings(tx, case.id).await?.unwrap_or_else(|| filing::defaults(&case.settings.prefix));
    let settings = filing::read_settings(&answers).map_err(Failure::Invalid)?;
    Ok((answers, settings))
}

/// Saves what counsel set. Prefix and digits of Bates numbers stay once a filing was built.
///
/// # Errors
/// Answers that are wrong, or an actor who may not.
pub async fn save_settings(recoup: &Recoup, actor: &Actor, case: &Case, answers: &Answers) -> Result<(), Failure> {
    permit(actor, Action::File(case.id))?;
    let now = recoup.clock.now();
    let mut answers = answers.only(filing::FORM);
    let mut tx = recoup.store.write().await?;
    let before = settings_of(&mut tx, case).await?.0;
    if filings::last(&mut tx, case.id).await?.is_some() {
        for field in ["bates_prefix", "bates_width"] {
            answers.set(field, before.get(field));
        }
    }
    filing::read_settings(&answers).map_err(Failure::Invalid)?;
    filings::save_settings(&mut tx, case.id, &answers, now).await?;
    let event = NewEvent {
        case_id: case.id,
        claim_id: None,
        account: Some(actor.account),
        kind: "filing_settings_changed",
        details: serde_json::json!({}),
    };
    events::add(&mut tx, &event, now).await?;
    Ok(tx.commit().await?)
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
        deadline: deadline::show(case.deadline - Duration::minutes(1), &settings.time_zone),
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

/// Pairs of claims in force with what the engine found and what people said.
async fn pairs(tx: &mut Tx, case: &Case, numbers: &BTreeMap<ClaimId, String>) -> Result<Vec<Match>, Failure> {
    let said = |by: &str, at: Instant, reason: &str| {
        let day = deadline::show(at, &case.settings.time_zone);
        format!("{by}, {day}: {reason}")
    };
    let mut pairs = Vec::new();
    for found in matches::of_case(tx, case.id).await? {
        if !numbers.contains_key(&found.claim_a) || !numbers.contains_key(&found.claim_b) {
            continue;
        }
        let parts = serde_json::from_str::<Kept>(&found.explanation).map(|kept| kept.parts).unwrap_or_default();
        let (a, b) = ordered(&found.number_a, &found.number_b);
        pairs.push(Match {
            kind: "claimants".to_owned(),
            a,
            b,
            method: format!("record linkage, model {}: {}", found.engine, found.decision),
            weight: found.score,
            parts: parts.into_iter().map(|part| (part.field, i64::from(part.weight))).collect(),
            decision: match found.verdict.as_deref() {
                None => "open",
                Some("same") => "same claimant",
                Some("different") => "different claimants",
                Some(_) => "put off",
            }
            .to_owned(),
            by: match (&found.decided_by, found.decided_at) {
                (Some(by), Some(at)) => said(by, at, found.reason.as_deref().unwrap_or_default()),
                _ => String::new(),
            },
        });
    }
    for decision in overlaps::decisions(tx, case.id).await? {
        let (Some(a), Some(b)) = (numbers.get(&decision.claim_a), numbers.get(&decision.claim_b)) else { continue };
        let (first, second) = ordered(a, b);
        let of = decision.of_claim.and_then(|claim| numbers.get(&claim));
        pairs.push(Match {
            kind: "money".to_owned(),
            a: first,
            b: second,
            method: format!("overlap of lines, model {}", decision.engine),
            weight: 0,
            parts: Vec::new(),
            decision: match (decision.relation.as_str(), of) {
                ("derivative", Some(of)) => format!("a share of the money of {of}"),
                ("same_money", _) => "the same money".to_owned(),
                _ => "different money".to_owned(),
            },
            by: said(&decision.by, decision.at, &decision.reason),
        });
    }
    pairs.sort_by(|x, y| (&x.kind, &x.a, &x.b, &x.decision, &x.by).cmp(&(&y.kind, &y.a, &y.b, &y.decision, &y.by)));
    Ok(pairs)
}

fn ordered(a: &str, b: &str) -> (String, String) {
    if a <= b { (a.to_owned(), b.to_owned()) } else { (b.to_owned(), a.to_owned()) }
}

/// The ledger of overlaps, one row a claim.
async fn ledger(tx: &mut Tx, case: &Case) -> Result<Vec<Overlap>, Failure> {
    let month = |count: i64| {
        let (year, month) = (count.div_euclid(12), count.rem_euclid(12) + 1);
        format!("{year}-{month:02}")
    };
    let mut rows = Vec::new();
    for entry in overlaps::list(tx, case.id, overlaps::Which::All, None, i64::MAX, 0).await? {
        let mut subject = vec![entry.words.clone()];
        subject.push(entry.channel.clone());
        if entry.first_month > 0 {
            let (first, last) = (month(entry.first_month), month(entry.last_month));
            subject.push(if first == last { first } else { format!("{first} to {last}") });
        }
        subject.retain(|part| !part.is_empty());
        let subject = subject.join(", ");
        for part in overlaps::parts(tx, entry.id).await? {
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
            });
        }
    }
    rows.sort_by(|x, y| (&x.subject, &x.claim).cmp(&(&y.subject, &y.claim)));
    Ok(rows)
}
