//! The tables that a claim fills.

use chrono::{DateTime, SecondsFormat, Utc};
use claims::{CaseId, VersionId, frozen::FrozenClaim, intake::Answers, line::Basis, store::Tx};
use serde_json::json;

use super::{
    claim::{self, Claimant, Document, Line},
    rows::Rows,
};

/// What was entered into one version of a claim.
#[derive(Clone, Copy)]
pub struct Entered<'a> {
    /// Id of the claim, its claimant and account.
    pub claim: i64,
    /// Claimant.
    pub claimant: &'a Claimant,
    /// Lines.
    pub lines: &'a [Line],
    /// Documents.
    pub documents: &'a [Document],
}

/// Rows of all tables, written table by table in the order in which they refer to each other.
pub struct Tables {
    accounts: Rows,
    claimants: Rows,
    acting: Rows,
    claims: Rows,
    versions: Rows,
    answers: Rows,
    documents: Rows,
    lines: Rows,
    evidence: Rows,
    totals: Rows,
    outbox: Rows,
    last_claim: i64,
    last_version: i64,
    last_line: i64,
    last_document: i64,
    /// The claim whose documents were written last, and its first document.
    documented: (i64, i64),
}

impl Default for Tables {
    fn default() -> Self {
        let outbox = [
            "case_id",
            "claim_id",
            "kind",
            "recipient",
            "subject",
            "body_text",
            "body_html",
            "state",
            "attempts",
            "created_at",
            "next_at",
            "give_up_at",
            "sent_at",
            "account_id",
        ];
        let lines = [
            "id",
            "version_id",
            "line",
            "category",
            "answers",
            "is_right",
            "currency",
            "amount",
            "rate",
            "case_amount",
            "case_interest",
            "case_costs",
            "basis",
            "period_from",
            "period_to",
            "gtin",
            "catalogue_number",
            "artist",
            "title",
            "label",
            "channel",
            "units",
            "citations",
        ];
        let versions = [
            "id",
            "claim_id",
            "version",
            "frozen",
            "sha256",
            "created_at",
            "sent_at",
            "sent_by",
            "claimant_name",
            "claimant_key",
            "citizenship",
            "late_reason",
        ];
        let claims = [
            "id",
            "case_id",
            "claimant_id",
            "number",
            "status",
            "in_force_id",
            "draft_id",
            "submitted_at",
            "changed_at",
            "created_at",
        ];
        let accounts = ["id", "email", "email_key", "name", "password_hash", "verified_at", "created_at"];
        let documents = [
            "id",
            "claim_id",
            "sha256",
            "name",
            "media_type",
            "bytes",
            "pages",
            "proves",
            "uploaded_by",
            "uploaded_at",
            "added_in",
        ];
        let totals = ["version_id", "category", "basis", "lines", "amount", "documented", "interest", "costs", "units"];
        Self {
            accounts: Rows::new("accounts", &accounts),
            claimants: Rows::new("claimants", &["id", "kind", "legal_name", "created_at"]),
            acting: Rows::new("account_claimants", &["account_id", "claimant_id", "capacity", "since"]),
            claims: Rows::new("claims", &claims),
            versions: Rows::new("versions", &versions),
            answers: Rows::new("answers", &["version_id", "step", "answers", "saved_at"]),
            documents: Rows::new("documents", &documents),
            lines: Rows::new("lines", &lines),
            evidence: Rows::new("evidence", &["line_id", "document_id", "place"]),
            totals: Rows::new("totals", &totals),
            outbox: Rows::new("outbox", &outbox),
            last_claim: 0,
            last_version: 0,
            last_line: 0,
            last_document: 0,
            documented: (0, 0),
        }
    }
}

fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

fn kept(answers: &Answers) -> String {
    serde_json::to_string(answers).unwrap()
}

impl Tables {
    /// An account that acts for a claimant; both have the id of the claim.
    pub fn account(&mut self, id: i64, email: &str, password_hash: &str, claimant: &Claimant) {
        let since = text(super::opened());
        self.accounts.add(&json!([id, email, email, claimant.name, password_hash, since, since]));
        self.claimants.add(&json!([id, "label", claimant.name, since]));
        self.acting.add(&json!([id, id, "officer", since]));
    }

    /// A claim with the number, the version in force and the draft that it has.
    pub fn claim(
        &mut self,
        case: CaseId,
        id: i64,
        status: &str,
        (number, in_force, draft): (Option<&str>, Option<VersionId>, Option<VersionId>),
        sent_at: Option<DateTime<Utc>>,
    ) {
        let (opened, sent_at) = (text(super::opened()), sent_at.map(text));
        let changed = sent_at.as_ref().unwrap_or(&opened);
        let version = |id: Option<VersionId>| id.map(|id| id.0);
        self.claims.add(&json!([
            id,
            case.0,
            id,
            number,
            status,
            version(in_force),
            version(draft),
            sent_at,
            changed,
            opened
        ]));
        self.last_claim = id;
    }

    /// The version that is being written.
    pub fn draft(&mut self, entered: &Entered<'_>) -> VersionId {
        let opened = super::opened();
        self.last_version += 1;
        let id = self.last_version;
        let nothing = json!(null);
        self.versions.add(&json!([
            id,
            entered.claim,
            1,
            nothing,
            nothing,
            text(opened),
            nothing,
            nothing,
            "",
            "",
            "",
            nothing
        ]));
        self.entered(id, entered, opened);
        VersionId(id)
    }

    /// A version that was sent.
    pub fn sent(&mut self, entered: &Entered<'_>, frozen: &FrozenClaim) -> VersionId {
        self.last_version += 1;
        let (id, name) = (self.last_version, &entered.claimant.name);
        let canonical = frozen.canonical().unwrap();
        let sha256 = claims::actions::links::hash(&canonical);
        let at = text(frozen.received_at);
        self.versions.add(&json!([
            id,
            entered.claim,
            frozen.version,
            canonical,
            sha256,
            at,
            at,
            entered.claim,
            name,
            name.to_lowercase(),
            entered.claimant.citizenship,
            frozen.declaration.late_reason
        ]));
        self.entered(id, entered, frozen.received_at);
        for total in &frozen.totals {
            self.totals.add(&json!([
                id,
                total.category.key(),
                total.basis.map_or("", Basis::key),
                total.lines,
                total.amount,
                total.documented,
                total.interest,
                total.costs,
                total.units
            ]));
        }
        VersionId(id)
    }

    /// Answers, documents, lines and citations of a version.
    fn entered(&mut self, version: i64, entered: &Entered<'_>, at: DateTime<Utc>) {
        let at = text(at);
        for (step, answers) in claim::steps(entered.claimant) {
            self.answers.add(&json!([version, step, kept(&answers), at]));
        }
        if self.documented.0 != entered.claim {
            self.documented = (entered.claim, self.last_document + 1);
            for document in entered.documents {
                self.last_document += 1;
                self.documents.add(&json!([
                    self.last_document,
                    entered.claim,
                    document.sha256,
                    document.name,
                    "application/pdf",
                    document.bytes,
                    document.pages,
                    "What the distributor owes.",
                    entered.claim,
                    at,
                    1
                ]));
            }
        }
        for line in entered.lines {
            self.line(version, line);
        }
    }

    fn line(&mut self, version: i64, line: &Line) {
        self.last_line += 1;
        let (facts, release) = (line.facts.as_ref(), line.facts.as_ref().map(|facts| &facts.release));
        let (amount, interest, costs) = line.in_case;
        let right = |minor: i64| facts.map(|_| minor);
        let period = facts.and_then(|facts| facts.period);
        self.lines.add(&json!([
            self.last_line,
            version,
            line.number,
            line.category.key(),
            kept(&line.answers),
            facts.is_some(),
            facts.map(|facts| facts.currency.code()),
            facts.map(|facts| facts.amount),
            facts.map(|_| &line.rate),
            right(amount),
            right(interest),
            right(costs),
            facts.and_then(|facts| facts.basis).map(Basis::key),
            period.map(|period| period.from),
            period.map(|period| period.to),
            release.and_then(|release| release.gtin.as_ref().map(claims::identifiers::Gtin::as_str)),
            release.and_then(|release| release.catalogue_number.as_deref()),
            release.and_then(|release| release.artist.as_deref()),
            release.and_then(|release| release.title.as_deref()),
            release.and_then(|release| release.label.as_deref()),
            facts.and_then(|facts| facts.channel.as_deref()),
            facts.and_then(|facts| facts.units),
            line.cites.len(),
        ]));
        for (document, place) in &line.cites {
            let document = self.documented.1 + i64::try_from(*document).unwrap();
            self.evidence.add(&json!([self.last_line, document, place]));
        }
    }

    /// The mail that confirmed a claim.
    pub fn receipt(
        &mut self,
        case: CaseId,
        claim: i64,
        (email, number): (&str, &str),
        failed: bool,
        at: DateTime<Utc>,
    ) {
        let (state, sent) = if failed { ("failed", None) } else { ("sent", Some(text(at))) };
        let body = format!("We received claim {number}. Keep this mail.");
        let at = text(at);
        self.outbox.add(&json!([
            case.0,
            claim,
            "receipt",
            email,
            format!("Received: {number}"),
            body,
            format!("<p>{body}</p>"),
            state,
            1,
            at,
            at,
            at,
            sent,
            claim
        ]));
    }

    /// Writes what was not written yet.
    pub async fn write(&mut self, tx: &mut Tx) {
        for rows in [
            &mut self.accounts,
            &mut self.claimants,
            &mut self.acting,
            &mut self.claims,
            &mut self.versions,
            &mut self.answers,
            &mut self.documents,
            &mut self.lines,
            &mut self.evidence,
            &mut self.totals,
            &mut self.outbox,
        ] {
            rows.write(tx).await;
        }
    }

    /// Lets the database give out ids after those that were given here.
    pub async fn end(&self, tx: &mut Tx) {
        for (rows, last) in [
            (&self.accounts, self.last_claim),
            (&self.claimants, self.last_claim),
            (&self.claims, self.last_claim),
            (&self.versions, self.last_version),
            (&self.documents, self.last_document),
            (&self.lines, self.last_line),
        ] {
            rows.end(tx, last).await;
        }
    }
}
