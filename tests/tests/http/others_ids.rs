//! Ids of somebody else's things, put into one's own forms: nothing of theirs is shown, changed or linked.
//!
//! That nobody's addresses open for others is told by `access`: each route, with the owner's ids, as everybody.

use tests::{Database, on_both, stage};

use crate::{
    access::TABLE,
    ground::{Ground, Role},
};

/// Everything that belongs to the owner's claim, column by column.
async fn of_claim(database: &Database, claim: claims::ClaimId) -> Vec<String> {
    let mut all = Vec::new();
    for sql in [
        "SELECT 'claim ' || id || ' ' || claimant_id || ' ' || status || ' ' || COALESCE(draft_id, 0) || ' ' || COALESCE(in_force_id, 0) FROM claims WHERE id = {claim}",
        "SELECT 'version ' || id || ' ' || version || ' ' || COALESCE(sha256, '') FROM versions WHERE claim_id = {claim} ORDER BY id",
        "SELECT 'line ' || id || ' ' || version_id || ' ' || line || ' ' || CAST(answers AS TEXT) FROM lines WHERE version_id IN (SELECT id FROM versions WHERE claim_id = {claim}) ORDER BY id",
        "SELECT 'evidence ' || id || ' ' || line_id || ' ' || document_id || ' ' || place FROM evidence WHERE document_id IN (SELECT id FROM documents WHERE claim_id = {claim}) ORDER BY id",
        "SELECT 'document ' || id || ' ' || name || ' ' || proves || ' ' || COALESCE(removed_in, 0) FROM documents WHERE claim_id = {claim} ORDER BY id",
        "SELECT 'import ' || id || ' ' || state FROM imports WHERE claim_id = {claim} ORDER BY id",
        "SELECT 'answers ' || version_id || ' ' || step || ' ' || CAST(answers AS TEXT) FROM answers WHERE version_id IN (SELECT id FROM versions WHERE claim_id = {claim}) ORDER BY 1",
    ] {
        let rows: Vec<(String,)> = database.rows(&sql.replace("{claim}", &claim.to_string())).await;
        all.extend(rows.into_iter().map(|(row,)| row));
    }
    all
}

on_both! {
    async fn anothers_ids_in_ones_own_forms_do_nothing_to_them(database) {
        let ground = Ground::prepare(&database, None).await;
        let app = &ground.app;
        // Eve has a claim of her own with a line and a document, so that each of her forms does something.
        let eve = stage::person(&app.recoup, "eve@example.org", true, false).await;
        let (eve, own) = stage::ready(&app.recoup, eve.account, "allegro", "Eve’s Label").await;
        let file = stage::bytes(app, "eve.txt", "text/plain", b"Of Eve.").await;
        let added = claims::actions::documents::add(&app.recoup, &eve, own, &file).await.unwrap();
        assert!(matches!(added, claims::actions::documents::Added::New(_)));
        let browser = app.browser_of(&eve).await;

        let theirs: Vec<(i64, i64, i64, i64, i64)> = database
            .rows(&format!(
                "SELECT c.claimant_id, c.draft_id, (SELECT MIN(id) FROM documents WHERE claim_id = c.id), (SELECT MIN(e.id) FROM evidence e JOIN documents d ON d.id = e.document_id WHERE d.claim_id = c.id), (SELECT MIN(id) FROM imports WHERE claim_id = c.id) FROM claims c WHERE c.id = {}",
                ground.claim
            ))
            .await;
        let (claimant, draft, document, evidence, import) = theirs[0];
        let ids: Vec<(&str, String)> = [
            ("document", document),
            ("documents", document),
            ("evidence", evidence),
            ("version", draft),
            ("who", claimant),
            ("claimant", claimant),
            ("claimant_id", claimant),
            ("claim", ground.claim.0),
            ("claim_id", ground.claim.0),
            ("replaces", import),
            ("import", import),
            ("account_id", ground.actor(Role::Owner).account.0),
            ("line", 1),
        ]
        .map(|(name, id)| (name, id.to_string()))
        .into();
        let before = of_claim(&database, ground.claim).await;
        assert!(before.len() > 12, "{before:#?}");

        let mut sent = 0;
        for route in app.routes.iter().filter(|(method, _)| *method == axum::http::Method::POST).map(|(_, route)| *route) {
            if !(route.starts_with("/claims/") || route == "/cases/{slug}/file") || crate::ground::is_upload(route) {
                continue;
            }
            // Her own claim in the address, and once the owner's document, statement and version under it.
            let own_path = route
                .replace("{slug}", "allegro")
                .replace("{id}", &own.to_string())
                .replace("{line}", "1")
                .replace("{category}", "unpaid_sales")
                .replace("{step}", "others")
                .replace("{document}", &document.to_string())
                .replace("{import}", &import.to_string())
                .replace("{version}", "1");
            let leaves = ["/withdraw", "/discard", "/sign", "/remove"];
            if leaves.iter().any(|leave| route.ends_with(leave)) && !route.contains("{document}") && !route.contains("{import}") {
                continue;
            }
            let mut fields = ids.clone();
            fields.extend(stage::sales("3.00").0.iter().map(|(name, value)| (&*name.clone().leak(), value.clone())));
            fields.extend([("lines", "1".to_owned()), ("place", "top".to_owned()), ("others", "no".to_owned()), ("kind", "label".to_owned()), ("capacity", "officer".to_owned())]);
            let request = browser.request("POST", &own_path).header("sec-fetch-site", "same-origin").form(&fields);
            let page = browser.fetch(request).await;
            assert!(!page.status.is_server_error(), "{route}: {}", page.text());
            if route.contains("{document}") || route.contains("{import}") {
                assert_eq!(page.status.as_u16(), 404, "{route}: {}", page.text());
            }
            sent += 1;
            assert_eq!(of_claim(&database, ground.claim).await, before, "{route} changed what is another’s");
        }
        assert!(sent > 8, "{sent}");
        // The signature form of her claim with the owner's version in it.
        let mut signature: Vec<(String, String)> = stage::signature().0.into_iter().collect();
        signature.push(("version".to_owned(), draft.to_string()));
        let request = browser.request("POST", &format!("/claims/{own}/sign")).header("sec-fetch-site", "same-origin");
        browser.fetch(request.form(&signature)).await;
        assert_eq!(of_claim(&database, ground.claim).await, before);
        // And nothing of hers is linked to what is theirs.
        for (what, sql) in [
            ("a line cites their document", format!("SELECT COUNT(*) FROM evidence e JOIN documents d ON d.id = e.document_id JOIN lines l ON l.id = e.line_id JOIN versions v ON v.id = l.version_id WHERE v.claim_id <> d.claim_id AND v.claim_id = {own}")),
            ("a claim is of their claimant", format!("SELECT COUNT(*) FROM claims WHERE claimant_id = {claimant} AND id <> {}", ground.claim)),
            ("an import replaces theirs", format!("SELECT COUNT(*) FROM imports WHERE claim_id = {own}")),
        ] {
            let count: Vec<(i64,)> = database.rows(&sql).await;
            assert_eq!(count, [(0,)], "{what}");
        }
    }

    async fn what_is_of_another_case_is_not_there_under_ones_own(database) {
        let ground = Ground::prepare(&database, None).await;
        let browser = ground.browser(Role::OtherCounsel).await;
        browser.get("/counsel/other").await.expect_status(200);
        let before = ground.rows().await;
        let (mut asked, mut wrong) = (Vec::new(), Vec::new());
        for (method, route, _) in TABLE {
            // These name a kind of thing, of which every case has its own.
            let names = |rest: &&str| rest.contains('{') && !rest.contains("{file}") && !rest.contains("{kind}");
            if route.strip_prefix("/counsel/{slug}/").filter(names).is_none() {
                continue;
            }
            let path = ground.path(route).replacen("/counsel/allegro/", "/counsel/other/", 1);
            let request = browser.request(method, &path);
            let request = if *method == "POST" {
                request.header("sec-fetch-site", "same-origin").form(&ground.body(route))
            } else {
                request
            };
            let page = browser.fetch(request).await;
            // A template that is gone is said to be removed, whoever removed it, and so is one that never was there.
            let expected = if route.ends_with("/templates/{id}/remove") { 303 } else { 404 };
            if page.status.as_u16() != expected {
                wrong.push(format!("{method} {path}: {} {}", page.status, page.text()));
            }
            asked.push(path);
            let after = ground.rows().await;
            let changed: Vec<_> = after.iter().zip(&before).filter(|(a, b)| a != b).map(|(after, _)| after.0.as_str()).collect();
            assert!(changed.is_empty(), "{method} {route} changed {changed:?}");
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        for of in ["claims", "matches", "overlaps", "filings", "letters", "mail", "mail/mailings", "mail/templates"] {
            assert!(asked.iter().any(|path| path.starts_with(&format!("/counsel/other/{of}/"))), "{of}: {asked:?}");
        }
        // In a query neither: no words of their template, none of their claims.
        let theirs = ground.path("/counsel/{slug}/mail/templates/{id}");
        let template = theirs.rsplit('/').next().unwrap();
        let page = browser.get(&format!("/counsel/other/mail/write?template={template}")).await;
        let form = page.forms().into_iter().find(|form| form.post && form.has("subject")).expect("the form of the mail");
        assert_eq!((form.value("subject"), form.value("text")), (Some(""), Some("")));
        let number = ground.path("/counsel/{slug}/claims/{number}");
        let number = number.rsplit('/').next().unwrap();
        browser.get(&format!("/counsel/other/claims?q={number}")).await.expect_no("Jay Records");
        browser.get(&format!("/counsel/other/matches?claim={number}")).await.expect_status(404);
        assert_eq!(ground.rows().await, before);
    }
}
