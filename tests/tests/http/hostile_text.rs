//! Markup and formulas typed into every field stay text: in every page, mail and file, for everybody who reads them.

use axum::http::Method;
use claims::{
    actions::{cases, documents, edit_lines, save_step},
    intake::{Answers, Kind, Section, case_settings, form, line, steps::Step},
    line::Category,
};
use tests::{Page, html, on_both, stage};

use crate::ground::{Ground, ROLES, Role};

/// Leaves a text area, a title, a script and an attribute, and begins like a formula.
const HOSTILE: &str = "=x</textarea></title></script><x-hostile a=\"1\">\" x-hostile=\"' x-hostile='";

/// The answers with it in every field that takes any text of that length, but for those that are read further.
fn tainted(form: &'static [Section], answers: Answers) -> Answers {
    const READ: &[&str] = &["slug", "prefix", "deadline_time", "time_zone", "rates", "key_dates", "catalogue_number"];
    form::fields(form).fold(answers, |answers, field| match field.kind {
        // A question has an answer below it.
        Kind::LongText(_) if field.name == "questions" => answers.with(field.name, format!("{HOSTILE}?\n{HOSTILE}")),
        Kind::Text(most) | Kind::LongText(most) if most >= HOSTILE.len() && !READ.contains(&field.name) => {
            answers.with(field.name, HOSTILE)
        }
        _ => answers,
    })
}

fn check(what: &str, page: &Page) {
    assert!(!page.status.is_server_error(), "{what}: {}", page.status);
    if !page.header("content-type").starts_with("text/html") {
        return;
    }
    for selector in ["x-hostile", "[x-hostile]"] {
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
        // Kept whether or not all of it is right: it is shown either way.
        save_step::save(recoup, &owner, claim, step, &answers).await.unwrap();
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
    let other = stage::answers(&[("currency", "USD"), ("amount", "1.00"), ("description", "x")]);
    for (category, answers) in [
        (Category::UnpaidSales, stage::sales("3.00")),
        (Category::HeldInventory, stage::stock("2", "retail", "4.00")),
        (Category::DigitalRoyalties, royalties),
        (Category::Other, other),
    ] {
        let cite = edit_lines::Cite { document: Some(ground.documents[0]), place: HOSTILE.chars().take(100).collect() };
        edit_lines::add(recoup, &owner, claim, category, &tainted(line::form(category), answers), &cite, "")
            .await
            .unwrap();
    }
    let named = format!("{HOSTILE}.txt");
    let file = stage::bytes(app, &named, "text/plain", b"Something else.").await;
    let documents::Added::New(document) = documents::add(recoup, &owner, claim, &file).await.unwrap() else { panic!() };
    documents::describe(recoup, &owner, claim, document, HOSTILE).await.unwrap();
}

/// Types it into every field of every form that a page shows, and sends them.
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
            let what = format!("{} as {role:?}", form.action);
            let form = fields.iter().fold(form, |form, name| form.fill(name, HOSTILE));
            check(&what, &browser.send(form).await);
        }
    }
}

on_both! {
    async fn typed_markup_and_formulas_stay_text(database) {
        let ground = Ground::prepare(&database, None).await;
        fill(&ground).await;
        let version = stage::draft(&ground.app.recoup, ground.claim).await;
        let sent = stage::signature().with("signature", HOSTILE).with("signer_title", HOSTILE);
        let sent = stage::on_page(&ground.app.recoup, version, sent).await;
        let owner = ground.actor(Role::Owner);
        // What is still missing is not what this is about: the pages show the draft either way.
        let _ = claims::actions::submit_claim::submit(&ground.app.recoup, &owner, ground.claim, version, &sent, "192.0.2.1", HOSTILE).await;
        ground.app.run_jobs().await;
        for role in ROLES {
            send_all(&ground, role).await;
        }
        ground.app.run_jobs().await;
        let mut shown = 0;
        for (_, route) in ground.app.routes.iter().filter(|(method, _)| *method == Method::GET) {
            for role in ROLES {
                let page = ground.ask(&Method::GET, route, role, &[]).await;
                check(&format!("{route} as {role:?}"), &page);
                shown += usize::from(page.text().contains("x-hostile"));
            }
        }
        assert!(shown > 20, "it is to be read as text on many pages, not on {shown}");

        let counsel = ground.browser(Role::Counsel).await;
        // Raw files are for programs and say so; those for people are safe in a spreadsheet.
        let exports = counsel.get("/counsel/allegro/exports").await;
        let files: Vec<_> = html::attributes(&exports.body, "a", "href").into_iter().filter(|href| href.contains(".csv") && !href.contains("raw=")).collect();
        assert!(files.len() > 3, "{files:?}");
        for file in files {
            let page = counsel.get(&file).await;
            for row in csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(page.body.trim_start_matches('\u{feff}').as_bytes()).records() {
                for cell in &row.unwrap() {
                    assert!(!cell.starts_with(['=', '@', '\t', '\r']), "{file}: {cell}");
                }
            }
        }

        for mail in ground.app.mails().await {
            assert!(!mail.subject.contains(['\r', '\n']), "{}", mail.subject);
            for selector in ["x-hostile", "[x-hostile]"] {
                assert_eq!(html::texts(&mail.body_html, selector).len(), 0, "mail {}", mail.kind);
            }
        }
    }
}
