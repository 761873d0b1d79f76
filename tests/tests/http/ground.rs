//! One case with everybody in it, for the tests that walk every route.

use axum::http::Method;
use claims::{
    CaseId, ClaimId, DocumentId, MatchId, OverlapId, VersionId,
    access::Actor,
    actions::{cases, counsel, documents, edit_lines, letters, mail_templates, save_step, seen, write_to_many},
    intake::steps::Step,
    line::Category,
    store::{cases as case_rows, documents::NewDocument, lines, matches, outbox, overlaps, register::Filter},
};
use tests::{App, Browser, Database, Options, Page, Part, stage};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Nobody is signed in.
    Stranger,
    /// Acts for the claimant.
    Owner,
    /// Acts for another claimant of the same case.
    OtherClaimant,
    /// Counsel of the case.
    Counsel,
    /// Counsel of another case.
    OtherCounsel,
    /// Administers the installation.
    Administrator,
}

/// All of them, in the order of the columns of the table.
pub const ROLES: [Role; 6] =
    [Role::Stranger, Role::Owner, Role::OtherClaimant, Role::Counsel, Role::OtherCounsel, Role::Administrator];

/// A prepared case.
pub struct Ground {
    /// The running app.
    pub app: App,
    people: [Actor; 5],
    case: CaseId,
    /// The case of the other counsel, in which nothing was filed.
    other_case: CaseId,
    /// The owner's claim.
    pub claim: ClaimId,
    number: String,
    /// Its documents.
    pub documents: [DocumentId; 2],
    case_document: i64,
    /// The two claims resemble each other.
    pair: MatchId,
    /// And they claim money for the same release.
    overlap: OverlapId,
    other_claim: ClaimId,
    evidence: i64,
    import: i64,
    draft: i64,
    /// A letter of direction of the owner's claim.
    letter: i64,
    /// The owner's receipt; mails that counsel wrote and that wait; a template.
    receipt: i64,
    waiting: [i64; 2],
    mailing: i64,
    template: i64,
    /// An account and a counsel that nobody needs.
    spare: i64,
    /// All tables.
    tables: Vec<Part>,
}

/// A picture of one pixel.
pub const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

impl Ground {
    /// Prepares it: the owner's claim is sent and being amended, with two lines and two documents.
    pub async fn prepare(database: &Database, base_url: Option<&str>) -> Self {
        let options = Options { base_url: base_url.map(str::to_owned), ..Options::default() };
        let app = App::start_with(database, options).await;
        let recoup = &app.recoup;
        let administrator = stage::person(recoup, "root@example.org", true, true).await;
        let case = cases::add(recoup, &administrator, &stage::case_answers("allegro", "ALG")).await.unwrap();
        let other = cases::add(recoup, &administrator, &stage::case_answers("other", "OTH")).await.unwrap();
        let mut of_counsel = Vec::new();
        for (email, of) in
            [("counsel@example.org", case), ("elsewhere@example.org", other), ("spare@example.org", case)]
        {
            let account = stage::person(recoup, email, true, false).await.account;
            counsel::appoint(recoup, of, account).await.unwrap();
            of_counsel.push(account);
        }
        let owner = stage::person(recoup, "owner@example.org", true, false).await.account;
        let (actor, claim) = stage::ready(recoup, owner, "allegro", "Jay Records").await;
        let of_a_release = stage::sales("7.00").with("title", "Sonatas").with("catalogue_number", "JAY 7");
        stage::line(recoup, &actor, claim, Category::UnpaidSales, &of_a_release, None).await;
        let royalties = stage::answers(&[
            ("aggregator", "The Orchard"),
            ("period_from", "2016-01-01"),
            ("period_to", "2016-03-31"),
            ("currency", "USD"),
            ("amount", "9.00"),
            ("money_state", "escrow"),
            ("letter_state", "none"),
        ]);
        stage::line(recoup, &actor, claim, Category::DigitalRoyalties, &royalties, None).await;
        let mut files = Vec::new();
        for (name, bytes) in [("statement.png", PIXEL), ("note.txt", b"A note.".as_slice())] {
            let kind = if bytes == PIXEL { "image/png" } else { "text/plain" };
            let new = stage::bytes(&app, name, kind, bytes).await;
            let documents::Added::New(id) = documents::add(recoup, &actor, claim, &new).await.unwrap() else {
                panic!()
            };
            files.push(id);
        }
        edit_lines::cite_many(recoup, &actor, claim, files[0], "1", "top").await.unwrap();
        let number = stage::send(recoup, &actor, claim).await.unwrap().number;
        stage::open_next_version(recoup, &actor, claim).await;
        // A statement with a warning that nobody accepts: it can be looked at and confirmed in vain, again and again.
        let csv = b"Period,Barcode,Title,Net Units,Net Due,Currency\n2015-03,036000291453,A,2,15.00,USD\n";
        let file = stage::bytes(&app, "statement.csv", "text/csv", csv).await;
        let import = stage::import(&app, &actor, claim, &file, csv).await.0;
        let stranger = stage::person(recoup, "other@example.org", true, false).await.account;
        let (actor, other_claim) = stage::ready(recoup, stranger, "allegro", "Other Label").await;
        // The same house, telephone and contact: as two imprints of one label have.
        let twin = stage::claimant_answers("Jay Recordings");
        assert!(save_step::save(recoup, &actor, other_claim, Step::Claimant, &twin).await.unwrap());
        stage::line(recoup, &actor, other_claim, Category::UnpaidSales, &of_a_release, None).await;
        stage::send(recoup, &actor, other_claim).await.unwrap();
        app.run_jobs().await;

        let writer = stage::actor(recoup, of_counsel[0]).await;
        let mut tx = recoup.store.read().await.unwrap();
        let of = case_rows::by_id(&mut tx, case).await.unwrap().unwrap().read().unwrap();
        drop(tx);
        let texts = claims::letters::defaults().with("distributor", "Allegro").with("aggregator", "The Orchard");
        letters::save_texts(recoup, &writer, &of, &texts).await.unwrap();
        let direction = claims::letters::LetterKind::Direction;
        let letter = letters::make(recoup, &writer, "allegro", &number, direction).await.unwrap().0;
        let template = stage::answers(&[("name", "One"), ("subject", "Claim {{number}}"), ("text", "Dear {{name}},")]);
        let template = mail_templates::save(recoup, &writer, case, None, &template).await.unwrap().0;
        let answers = stage::answers(&[
            ("about", "claim"),
            ("subject", "A question"),
            ("text", "Dear {{name}},"),
            ("per_hour", "1"),
        ]);
        let looked_at = write_to_many::preview(recoup, &writer, &of, &Filter::default(), &answers).await.unwrap();
        let wish = write_to_many::Wish {
            filter: &Filter::default(),
            filter_words: "all",
            seen: &looked_at.mark,
            answers: &answers,
            key: "",
        };
        let mailing = write_to_many::queue(recoup, &writer, &of, &wish).await.unwrap();
        let mut tx = recoup.store.read().await.unwrap();
        let receipt = outbox::of_account(&mut tx, owner, 10, 0).await.unwrap();
        let receipt = receipt.iter().find(|mail| mail.kind == "receipt").expect("a receipt").id.0;
        let waiting = outbox::of_case(&mut tx, case, "waiting", Some(mailing), 2, 0).await.unwrap();
        let waiting = [waiting[0].id.0, waiting[1].id.0];
        drop(tx);

        let shown: NewDocument = stage::bytes(&app, "order.txt", "text/plain", b"An order of the court.").await;
        cases::add_document(recoup, &administrator, case, &shown).await.unwrap();
        let draft = stage::draft(recoup, claim).await;
        let mut tx = recoup.store.read().await.unwrap();
        let case_document = case_rows::documents(&mut tx, case).await.unwrap()[0].id.0;
        let pair = matches::of_case(&mut tx, case).await.unwrap().first().expect("the claims resemble each other").id;
        let entries = overlaps::list(&mut tx, case, overlaps::Which::All, None, 1, 0).await.unwrap();
        let overlap = entries.first().expect("they claim money for the same release").id;
        let evidence = lines::citations(&mut tx, draft, None).await.unwrap()[0].id.0;
        drop(tx);
        let mut people = Vec::new();
        for account in [owner, stranger, of_counsel[0], of_counsel[1], administrator.account] {
            people.push(stage::actor(recoup, account).await);
        }
        let people = people.try_into().unwrap();
        let documents = [files[0], files[1]];
        Self {
            people,
            case,
            other_case: other,
            tables: database.parts().await,
            claim,
            number,
            documents,
            case_document,
            pair,
            overlap,
            other_claim,
            evidence,
            import,
            draft: draft.0,
            letter,
            receipt,
            waiting,
            mailing: mailing.0,
            template,
            spare: of_counsel[2].0,
            app,
        }
    }

    /// The path of a route with real ids in it.
    pub fn path(&self, route: &str) -> String {
        let id = if route.starts_with("/claims/") {
            self.claim.0
        } else if route.starts_with("/documents/") {
            self.documents[0].0
        } else if route.starts_with("/admin/accounts/") {
            self.spare
        } else if route.starts_with("/counsel/{slug}/matches/") {
            self.pair.0
        } else if route.starts_with("/counsel/{slug}/overlaps/") {
            self.overlap.0
        } else if route.starts_with("/letters/") || route.starts_with("/counsel/{slug}/letters/") {
            self.letter
        } else if route.starts_with("/counsel/{slug}/mail/mailings/") {
            self.mailing
        } else if route.starts_with("/counsel/{slug}/mail/templates/") {
            self.template
        } else if route.starts_with("/counsel/{slug}/mail/") {
            self.waiting[usize::from(route.ends_with("/send"))]
        } else if route == "/mail/{id}" {
            self.receipt
        } else {
            self.case_document
        };
        // What is removed is not what others need.
        let last = route.ends_with("/remove");
        route
            .replace("{slug}", "allegro")
            .replace("{id}", &id.to_string())
            .replace("{a}", &self.claim.to_string())
            .replace("{b}", &self.other_claim.to_string())
            .replace("{document}", &self.documents[usize::from(last)].to_string())
            .replace("{line}", if last { "2" } else { "1" })
            .replace("{category}", "unpaid_sales")
            .replace("{import}", &self.import.to_string())
            .replace("{step}", "others")
            .replace("{version}", "1")
            .replace("{number}", if route.contains("/filings/") { "1" } else { &self.number })
            .replace("{variant}", "full")
            .replace("{*name}", "filing.pdf")
            .replace("{account}", &self.spare.to_string())
            .replace("{file}", "claims.csv")
            .replace("{kind}", "direction")
            .replace("{token}", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    }

    /// What a form of a route carries, so that somebody who may send it gets something done.
    pub fn body(&self, route: &str) -> Vec<(&'static str, String)> {
        let say =
            |pairs: &[(&'static str, &str)]| pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        match route {
            "/claims/{id}/line/{line}/uncite" => say(&[("evidence", &self.evidence.to_string())]),
            "/claims/{id}/documents/{document}/describe" => say(&[("proves", "A statement.")]),
            "/claims/{id}/documents/{document}/cite" => say(&[("lines", "1"), ("place", "bottom")]),
            "/claims/{id}/withdraw" => say(&[("reason", "Paid.")]),
            "/claims/{id}/{step}" => say(&[("others", "no")]),
            "/claims/{id}/lines/{category}" | "/claims/{id}/line/{line}" => {
                stage::sales("3.00").0.iter().map(|(name, value)| (&*name.clone().leak(), value.clone())).collect()
            }
            "/claims/{id}/sign" => {
                let mut sent: Vec<(&'static str, String)> =
                    stage::signature().0.iter().map(|(name, value)| (&*name.clone().leak(), value.clone())).collect();
                sent.push(("version", self.draft.to_string()));
                sent
            }
            "/first-administrator/{token}" => {
                say(&[("name", "Eve"), ("email", "eve@example.org"), ("password", stage::PASSWORD)])
            }
            "/cases/{slug}/file" => say(&[("kind", "label"), ("legal_name", "New Label"), ("capacity", "officer")]),
            "/counsel/{slug}/matches/{id}" => say(&[("verdict", "later"), ("reason", "I asked them.")]),
            "/counsel/{slug}/overlaps/{id}/{a}/{b}" => say(&[("relation", "distinct"), ("reason", "Two pressings.")]),
            "/counsel/{slug}/overlaps/{id}/letter" => {
                say(&[("subject", "A question"), ("text", "Who was to be paid?")])
            }
            "/counsel/{slug}/letters/make" | "/counsel/{slug}/claims/{number}/letters" => say(&[("kind", "direction")]),
            "/counsel/{slug}/letters/{id}" => say(&[("state", "sent"), ("day", "2026-03-04"), ("steps", "0")]),
            "/counsel/{slug}/mail/templates/new" => {
                say(&[("name", "Two"), ("subject", "Claim"), ("text", "Dear {{name}},")])
            }
            "/counsel/{slug}/mail/templates/{id}" => {
                say(&[("name", "One"), ("subject", "Claim"), ("text", "Dear {{name}},")])
            }
            "/counsel/{slug}/mail/preferences" => {
                claims::notices::Kind::ALL.map(|kind| (kind.key(), "digest".to_owned())).into()
            }
            "/counsel/{slug}/mail/news" => say(&[("title", "News"), ("text", "A hearing."), ("per_hour", "10")]),
            "/admin/cases/{slug}/counsel" => say(&[("email", "new@law.example")]),
            _ => Vec::new(),
        }
    }

    /// The mark of the draft as it is now, which the page that signs it carries.
    async fn mark(&self) -> String {
        stage::signed(&self.app.recoup, VersionId(self.draft)).await.get(seen::FIELD).to_owned()
    }

    /// The person of a role.
    pub fn actor(&self, role: Role) -> Actor {
        let place = ROLES.iter().position(|known| *known == role).and_then(|place| place.checked_sub(1));
        self.people[place.expect("a stranger is nobody")].clone()
    }

    /// A browser of a role, with a session of its own.
    pub async fn browser(&self, role: Role) -> Browser {
        match role {
            Role::Stranger => self.app.browser(),
            role => self.app.browser_of(&self.actor(role)).await,
        }
    }

    /// Asks for a route as a role, with more headers.
    pub async fn ask(&self, method: &Method, route: &str, role: Role, headers: &[(&str, &str)]) -> Page {
        let browser = self.browser(role).await;
        let mut request = browser.request(method.as_str(), &self.path(route));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if method == Method::POST {
            request = if is_upload(route) {
                let part = reqwest::multipart::Part::bytes(b"Another note.".as_slice()).file_name("more.txt");
                request.multipart(reqwest::multipart::Form::new().part("files", part))
            } else {
                let mut body = self.body(route);
                if route == "/claims/{id}/sign" {
                    body.push((seen::FIELD, self.mark().await));
                }
                request.form(&body)
            };
        }
        browser.fetch(request).await
    }

    /// What stands in every table.
    pub async fn rows(&self) -> Vec<(String, u64)> {
        self.app.database().contents_of(&self.app.recoup.store, &self.tables).await
    }

    /// What stands in the rows that a role never writes, whatever it may do: those of claims that are not its own, and of cases in
    /// which it has nothing to say. Claimants and administrators leave traces in their case, such as events.
    pub async fn rows_of_others(&self, role: Role) -> Vec<(String, u64)> {
        let (claims, cases): (&[ClaimId], &[CaseId]) = match role {
            Role::Owner => (&[self.other_claim], &[self.other_case]),
            Role::OtherClaimant => (&[self.claim], &[self.other_case]),
            Role::Counsel => (&[self.claim, self.other_claim], &[self.other_case]),
            Role::OtherCounsel => (&[self.claim, self.other_claim], &[self.case]),
            Role::Stranger => (&[self.claim, self.other_claim], &[self.case, self.other_case]),
            Role::Administrator => (&[self.claim, self.other_claim], &[]),
        };
        let mut parts: Vec<Part> = claims.iter().flat_map(|claim| self.of_claim(*claim)).collect();
        parts.extend(cases.iter().flat_map(|case| self.of_case(*case)));
        self.app.database().contents_of(&self.app.recoup.store, &parts).await
    }

    /// The rows that a claim is made of.
    fn of_claim(&self, claim: ClaimId) -> Vec<Part> {
        let versions = format!("version_id IN (SELECT id FROM versions WHERE claim_id = {claim})");
        self.tables
            .iter()
            .filter_map(|part| {
                let rows = match part.table.as_str() {
                    "claims" => format!("id = {claim}"),
                    "claimants" => format!("id = (SELECT claimant_id FROM claims WHERE id = {claim})"),
                    "versions" | "documents" | "imports" => format!("claim_id = {claim}"),
                    "answers" | "lines" | "totals" => versions.clone(),
                    "evidence" => format!("line_id IN (SELECT id FROM lines WHERE {versions})"),
                    _ => return None,
                };
                Some(Part { rows, ..part.clone() })
            })
            .collect()
    }

    /// The rows of a case, with all that counsel do in it.
    fn of_case(&self, case: CaseId) -> Vec<Part> {
        self.tables
            .iter()
            .filter_map(|part| {
                let column = if part.table == "cases" { "id" } else { "case_id" };
                let rows = format!("{column} = {case}");
                part.columns.iter().any(|known| known == column).then(|| Part { rows, ..part.clone() })
            })
            .collect()
    }
}

/// Whether a route takes files.
pub fn is_upload(route: &str) -> bool {
    matches!(route, "/claims/{id}/documents" | "/claims/{id}/import" | "/admin/cases/{slug}/documents")
}
