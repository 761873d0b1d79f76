//! Markup and formulas typed into every field stay text: in every page, mail and file, for everybody who reads them.

use axum::http::Method;
use claims::{
    actions::{cases, documents, edit_lines, save_step},
    intake::{Answers, Kind, Section, case_settings, form, line, steps::Step},
    line::Category,
};
use tests::{Page, html, on_both, stage};

use crate::ground::{Ground, ROLES, Role};

/// Leaves a text area, a title, a script and an attribute.
const BODY: &str = "x</textarea></title></script><x-hostile a=\"1\">\" x-hostile=\"' x-hostile='";
/// Leaves a text and an attribute, where less fits.
const SHORT: &str = "\" x-short <x-short>";
/// What formulas begin with.
const STARTS: [char; 4] = ['=', '+', '-', '@'];
/// Where nothing else is wished.
const HOSTILE: &str = "=x</textarea></title></script><x-hostile a=\"1\">\" x-hostile=\"' x-hostile='";
/// What would be there if any of it were markup.
const MARKUP: [&str; 4] = ["x-hostile", "[x-hostile]", "x-short", "[x-short]"];

/// The answers with it in every field that takes any text of that length, but for those that are read further; each begins otherwise.
fn tainted(form: &'static [Section], answers: Answers) -> Answers {
    const READ: &[&str] =
        &["slug", "prefix", "deadline_time", "time_zone", "rates", "key_dates", "phone", "gs1_prefixes", "ipi", "isni"];
    form::fields(form).zip(STARTS.iter().cycle()).fold(answers, |answers, (field, start)| match field.kind {
        // A question has an answer below it.
        Kind::LongText(_) if field.name == "questions" => answers.with(field.name, format!("{HOSTILE}?\n{HOSTILE}")),
        Kind::Text(most) | Kind::LongText(most) if !READ.contains(&field.name) => {
            let body = if most > BODY.len() { BODY } else { SHORT };
            assert!(most > body.len(), "{} takes {most} characters", field.name);
            answers.with(field.name, format!("{start}{body}"))
        }
        _ => answers,
    })
}

fn check(what: &str, page: &Page) {
    assert!(!page.status.is_server_error(), "{what}: {}", page.status);
    if !page.header("content-type").starts_with("text/html") {
        return;
    }
    for selector in MARKUP {
        assert_eq!(
            html::texts(&page.body, selector).len(),
            0,
            "{what}: markup that somebody typed is markup of the page"
        );
    }
}

/// A claim with it in every field, sent; the case's own texts too.
async fn fill(ground: &Ground) {
    let (app, recoup) = (&ground.app, &ground.app.recoup);
    let administrator = ground.actor(Role::Administrator);
    let before = stage::case_answers("allegro", "ALG");
    // Claims are filed already, with the source of the rates in them.
    let settings = tainted(case_settings::FORM, before.clone()).with("rate_source", before.get("rate_source"));
    let mut tx = recoup.store.read().await.unwrap();
    let row = claims::store::cases::by_slug(&mut tx, "allegro").await.unwrap().unwrap();
    drop(tx);
    cases::save(recoup, &administrator, row.id, row.revision, &settings).await.unwrap();
    let (owner, claim) = (ground.actor(Role::Owner), ground.claim);
    let answers = [
        (Step::Claimant, stage::claimant_answers("Jay Records")),
        (Step::Agreement, stage::answers(&[("has_agreement", "yes"), ("agreement_date", "2010-01-01")])),
        (Step::Others, stage::answers(&[("others", "yes")])),
    ];
    for (step, answers) in answers {
        let answers = tainted(step.form().unwrap(), answers);
        assert!(save_step::save(recoup, &owner, claim, step, &answers).await.unwrap(), "{step:?} is right");
    }
    let royalties = stage::answers(&[
        ("aggregator", "x"),
        ("period_from", "2016-01-01"),
        ("period_to", "2016-02-01"),
        ("currency", "USD"),
        ("amount", "1.00"),
        ("money_state", "escrow"),
        ("letter_state", "none"),
    ]);
    let other = stage::answers(&[
        ("loss", "other"),
        ("explanation", "x"),
        ("period_from", "2015-01-01"),
        ("currency", "USD"),
        ("amount", "1.00"),
    ]);
    for (category, answers) in [
        (Category::UnpaidSales, stage::sales("3.00")),
        (Category::HeldInventory, stage::stock("2", "retail", "4.00")),
        (Category::DigitalRoyalties, royalties),
        (Category::Other, other),
    ] {
        let cite = edit_lines::Cite { document: Some(ground.documents[0]), place: HOSTILE.chars().take(100).collect() };
        let answers = tainted(line::form(category), answers);
        let saved = edit_lines::add(recoup, &owner, claim, category, &answers, &cite, "").await.unwrap();
        assert!(saved.right, "the line of {category:?} is right, so that it is sent: {answers:?}");
    }
    let named = format!("{HOSTILE}.txt");
    let file = stage::bytes(app, &named, "text/plain", b"Something else.").await;
    let documents::Added::New(document) = documents::add(recoup, &owner, claim, &file).await.unwrap() else { panic!() };
    documents::describe(recoup, &owner, claim, document, HOSTILE).await.unwrap();
}

/// Types it into every field of every form that a page shows, and sends them: once into all, once beside what stands there, which
/// is how more of it is taken.
async fn send_all(ground: &Ground, role: Role) {
    let browser = ground.browser(role).await;
    for (_, route) in ground.app.routes.iter().filter(|(method, _)| *method == Method::GET) {
        let page = browser.get(&ground.path(route)).await;
        for form in page.forms() {
            let leaves = ["/sign-out", "withdraw", "discard", "/dismiss", "/disable", "/remove", "/amend"];
            let fields = form.text_fields();
            if fields.is_empty() || leaves.iter().any(|word| form.action.contains(word)) || form.action.is_empty() {
                continue;
            }
            // News goes out by mail where that is wished.
            let form = if form.action.ends_with("/mail/news") { form.tick("mail") } else { form };
            let what = format!("{} as {role:?}", form.action);
            let all = fields.iter().fold(form.clone(), |form, name| form.fill(name, HOSTILE));
            check(&what, &browser.send(all).await);
            let is_empty = |name: &&String| form.value(name).is_none_or(str::is_empty);
            let beside = fields.iter().filter(is_empty).fold(form.clone(), |form, name| form.fill(name, HOSTILE));
            check(&what, &browser.send(beside).await);
        }
    }
}

/// Every page as each of some roles, of which more than `least` show it.
async fn look_at_all(ground: &Ground, roles: &[Role], least: usize) {
    let mut shown = 0;
    for (_, route) in ground.app.routes.iter().filter(|(method, _)| *method == Method::GET) {
        for role in roles {
            let page = ground.ask(&Method::GET, route, *role, &[]).await;
            check(&format!("{route} as {role:?}"), &page);
            shown += usize::from(page.text().contains(BODY));
        }
    }
    assert!(shown > least, "it is to be read as text on many pages, not on {shown}");
}

/// The cells of a file for spreadsheets.
fn cells(page: &Page) -> Vec<String> {
    let text = page.body.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(text.as_bytes());
    reader.records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()).collect()
}

on_both! {
    async fn typed_markup_and_formulas_stay_text(database) {
        let ground = Ground::prepare(&database, None).await;
        let app = &ground.app;
        fill(&ground).await;
        // As a draft, whose forms hold it.
        look_at_all(&ground, &[Role::Owner], 4).await;
        let version = stage::draft(&app.recoup, ground.claim).await;
        let sent = stage::signature().with("signature", HOSTILE).with("signer_title", HOSTILE);
        let sent = stage::on_page(&app.recoup, version, sent).await;
        let owner = ground.actor(Role::Owner);
        let received = claims::actions::submit_claim::submit(&app.recoup, &owner, ground.claim, version, &sent, "192.0.2.1", HOSTILE).await.unwrap();
        assert_eq!(received.version, 2);
        app.run_jobs().await;
        // With a draft again, so that there are forms to be sent.
        stage::open_next_version(&app.recoup, &owner, ground.claim).await;
        for role in ROLES {
            send_all(&ground, role).await;
        }
        app.run_jobs().await;
        look_at_all(&ground, &ROLES, 20).await;

        // As it was sent, to the claimant and to counsel; and what counsel said to everybody.
        let (claimant, counsel) = (ground.browser(Role::Owner).await, ground.browser(Role::Counsel).await);
        let number = &received.number;
        for (browser, path) in [
            (&claimant, format!("/claims/{}/versions/2", ground.claim)),
            (&counsel, "/counsel/allegro/claims".to_owned()),
            (&counsel, format!("/counsel/allegro/claims/{number}")),
            (&counsel, format!("/counsel/allegro/claims/{number}/versions/2")),
            (&app.browser(), "/cases/allegro".to_owned()),
        ] {
            let page = browser.get(&path).await;
            page.expect_status(200);
            check(&path, &page);
            page.expect(BODY);
        }
        let version = counsel.get(&format!("/counsel/allegro/claims/{number}/versions/2")).await;
        version.expect(SHORT);

        // Raw files are for programs and say so; those for people are safe in a spreadsheet.
        let exports = counsel.get("/counsel/allegro/exports").await;
        let files: Vec<_> = html::attributes(&exports.body, "a", "href").into_iter().filter(|href| href.contains(".csv") && !href.contains("raw=")).collect();
        assert!(files.len() > 3, "{files:?}");
        let mut written = Vec::new();
        for file in files {
            let cells = cells(&counsel.get(&file).await);
            for cell in &cells {
                let number = cell.trim_start_matches('-').chars().all(|c| c.is_ascii_digit() || c == '.');
                assert!(number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{file}: {cell}");
            }
            written.extend(cells);
        }
        for start in STARTS {
            let cell = format!("'{start}{BODY}");
            assert!(written.contains(&cell), "no file for people says {cell}");
        }
        assert!(written.iter().any(|cell| cell.starts_with('\'') && cell.ends_with(SHORT)), "{written:?}");
        let raw = cells(&counsel.get("/counsel/allegro/exports/claims.csv?raw=1").await);
        assert!(raw.iter().any(|cell| STARTS.iter().any(|start| *cell == format!("{start}{BODY}"))), "the raw file is exact: {raw:?}");

        let mails = app.mails().await;
        for mail in &mails {
            assert!(!mail.subject.contains(['\r', '\n']), "{}", mail.subject);
            for selector in MARKUP {
                assert_eq!(html::texts(&mail.body_html, selector).len(), 0, "mail {}", mail.kind);
            }
            assert_eq!(mail.body_text.contains(BODY), html::text_of(&mail.body_html).contains(BODY), "mail {}: {}", mail.kind, mail.body_text);
        }
        // Of the claimant's own words, and of counsel's.
        for kind in ["receipt", "news"] {
            let says = |mail: &&claims::store::outbox::Mail| mail.kind == kind && mail.body_text.contains(BODY);
            assert!(mails.iter().any(|mail| says(&mail)), "no mail “{kind}” says it");
        }
    }
}
