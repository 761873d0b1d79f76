//! Every route, asked for by every role, against the table of who may what. A route without a row fails.

use std::collections::BTreeSet;

use axum::http::Method;
use tests::{Page, on_both};

use crate::ground::{Ground, ROLES, Role};

/// A row: method, route, and the answer to each of stranger, owner, other claimant, counsel, other counsel, administrator:
///
/// `P` a page or file, `R` done and on to another page, `I` to the sign-in page, `F` forbidden, `N` not found, `W` what was
/// typed is wrong, `D` a dead link, `C` cannot be done now.
pub const TABLE: &[(&str, &str, &str)] = &[
    ("GET", "/", "PPPPPP"),
    ("GET", "/cases/{slug}", "PPPPPP"),
    ("GET", "/cases/{slug}/documents/{id}", "PPPPPP"),
    ("GET", "/verify", "PPPPPP"),
    // Without a file it says so beside the control.
    ("POST", "/verify", "WWWWWW"),
    ("GET", "/filing-key.txt", "PPPPPP"),
    // Ended by what the link says, whoever opens it; a token that is not ours is a dead link.
    ("GET", "/unsubscribe/{token}", "DDDDDD"),
    ("POST", "/unsubscribe/{token}", "DDDDDD"),
    ("GET", "/register", "PRRRRR"),
    ("POST", "/register", "WWWWWW"),
    ("GET", "/sign-in", "PRRRRR"),
    ("POST", "/sign-in", "WWWWWW"),
    // Nobody here gave a password and owes a code.
    ("GET", "/sign-in/code", "RRRRRR"),
    ("POST", "/sign-in/code", "RRRRRR"),
    ("GET", "/sign-in/lost-device", "PPPPPP"),
    ("POST", "/sign-out", "RRRRRR"),
    ("GET", "/forgotten", "PPPPPP"),
    ("POST", "/forgotten", "WWWWWW"),
    ("GET", "/reset/{token}", "DDDDDD"),
    ("POST", "/reset/{token}", "DDDDDD"),
    ("GET", "/confirm/{token}", "DDDDDD"),
    ("POST", "/confirm/{token}", "DDDDDD"),
    ("GET", "/confirm-address/{token}", "DDDDDD"),
    ("POST", "/confirm-address/{token}", "DDDDDD"),
    ("GET", "/counsel-invitation/{token}", "DDDDDD"),
    ("POST", "/counsel-invitation/{token}", "DDDDDD"),
    ("GET", "/first-administrator/{token}", "DDDDDD"),
    ("POST", "/first-administrator/{token}", "DDDDDD"),
    // One's own account.
    ("GET", "/account", "IPPPPP"),
    ("POST", "/account/confirm-again", "IRRRRR"),
    ("POST", "/account/end-session", "IRRRRR"),
    ("POST", "/account/sign-out-everywhere", "IRRRRR"),
    ("GET", "/account/password", "IPPPPP"),
    ("POST", "/account/password", "IWWWWW"),
    ("GET", "/account/second-factor", "IPPPPP"),
    ("POST", "/account/second-factor/begin", "IWWWWW"),
    ("POST", "/account/second-factor/confirm", "IWWWWW"),
    ("POST", "/account/second-factor/codes", "IWWWWW"),
    ("POST", "/account/second-factor/remove", "IWWWWW"),
    ("GET", "/account/email", "IPPPPP"),
    ("POST", "/account/email", "IWWWWW"),
    ("GET", "/account/mail", "IPPPPP"),
    // Only where one files.
    ("POST", "/account/mail/{slug}", "IRRNNN"),
    ("GET", "/mail", "IPPPPP"),
    ("GET", "/mail/{id}", "IPNNNN"),
    // Claims: their owner's alone until they are sent; counsel reads what was sent, on the receipt.
    ("GET", "/claims", "IPPPPP"),
    ("GET", "/cases/{slug}/file", "IPPPPP"),
    ("POST", "/cases/{slug}/file", "IRRRRR"),
    ("GET", "/claims/{id}", "IPNNNN"),
    ("GET", "/claims/{id}/tasks", "IPNNNN"),
    ("GET", "/claims/{id}/{step}", "IPNNNN"),
    ("POST", "/claims/{id}/{step}", "IRNNNN"),
    ("GET", "/claims/{id}/lines/{category}", "IPNNNN"),
    ("POST", "/claims/{id}/lines/{category}", "IRNNNN"),
    ("GET", "/claims/{id}/lines/{category}/new", "IPNNNN"),
    ("GET", "/claims/{id}/line/{line}", "IPNNNN"),
    ("POST", "/claims/{id}/line/{line}", "IRNNNN"),
    ("POST", "/claims/{id}/line/{line}/copy", "IRNNNN"),
    ("GET", "/claims/{id}/line/{line}/remove", "IPNNNN"),
    ("POST", "/claims/{id}/line/{line}/remove", "IRNNNN"),
    ("POST", "/claims/{id}/line/{line}/uncite", "IRNNNN"),
    ("GET", "/claims/{id}/documents", "IPNNNN"),
    ("POST", "/claims/{id}/documents", "IRNNNN"),
    ("GET", "/documents/{id}", "IPNPNN"),
    ("POST", "/claims/{id}/documents/{document}/describe", "IRNNNN"),
    ("POST", "/claims/{id}/documents/{document}/cite", "IRNNNN"),
    ("GET", "/claims/{id}/documents/{document}/remove", "IPNNNN"),
    ("POST", "/claims/{id}/documents/{document}/remove", "IRNNNN"),
    ("GET", "/claims/{id}/import", "IPNNNN"),
    ("POST", "/claims/{id}/import", "IRNNNN"),
    ("GET", "/claims/{id}/import/templates/{category}", "IPNNNN"),
    ("GET", "/claims/{id}/import/{import}", "IPNNNN"),
    ("POST", "/claims/{id}/import/{import}", "IRNNNN"),
    ("GET", "/claims/{id}/import/{import}/columns", "IPNNNN"),
    ("POST", "/claims/{id}/import/{import}/confirm", "IRNNNN"),
    ("GET", "/claims/{id}/import/{import}/corrected.csv", "IPNNNN"),
    ("POST", "/claims/{id}/import/{import}/discard", "IRNNNN"),
    ("GET", "/claims/{id}/import/{import}/remove", "IPNNNN"),
    ("POST", "/claims/{id}/import/{import}/remove", "IRNNNN"),
    ("GET", "/claims/{id}/check", "IPNNNN"),
    ("GET", "/claims/{id}/sign", "IPNNNN"),
    ("POST", "/claims/{id}/sign", "IRNNNN"),
    ("GET", "/claims/{id}/versions/{version}", "IPNPNN"),
    ("GET", "/claims/{id}/versions/{version}/receipt.pdf", "IPNPNN"),
    ("GET", "/letters/{id}", "IPNPNN"),
    ("GET", "/claims/{id}/versions/{version}/lines.csv", "IPNPNN"),
    ("GET", "/claims/{id}/versions/{version}/claim.json", "IPNPNN"),
    ("GET", "/claims/{id}/versions/{version}/changes", "IPNPNN"),
    ("POST", "/claims/{id}/amend", "IRNNNN"),
    ("GET", "/claims/{id}/discard", "IPNNNN"),
    ("POST", "/claims/{id}/discard", "IRNNNN"),
    ("GET", "/claims/{id}/withdraw", "IPNNNN"),
    ("POST", "/claims/{id}/withdraw", "IRNNNN"),
    // Counsel of the case; nobody else knows that there is anything.
    ("GET", "/counsel", "IFFPPF"),
    ("GET", "/counsel/{slug}", "INNPNN"),
    ("GET", "/counsel/{slug}/claims", "INNPNN"),
    ("GET", "/counsel/{slug}/claims/{number}", "INNPNN"),
    ("GET", "/counsel/{slug}/claims/{number}/versions/{version}", "INNPNN"),
    ("GET", "/counsel/{slug}/matches", "INNPNN"),
    ("POST", "/counsel/{slug}/matches/run", "INNRNN"),
    ("GET", "/counsel/{slug}/matches/{id}", "INNPNN"),
    ("POST", "/counsel/{slug}/matches/{id}", "INNRNN"),
    ("POST", "/counsel/{slug}/matches/{id}/undo", "INNRNN"),
    ("GET", "/counsel/{slug}/overlaps", "INNPNN"),
    ("GET", "/counsel/{slug}/overlaps/{id}", "INNPNN"),
    ("GET", "/counsel/{slug}/overlaps/{id}/letter", "INNPNN"),
    ("POST", "/counsel/{slug}/overlaps/{id}/letter", "INNPNN"),
    ("POST", "/counsel/{slug}/overlaps/{id}/{a}/{b}", "INNRNN"),
    ("POST", "/counsel/{slug}/overlaps/{id}/{a}/{b}/undo", "INNRNN"),
    ("GET", "/counsel/{slug}/exports", "INNPNN"),
    ("GET", "/counsel/{slug}/exports/{file}", "INNPNN"),
    // No filing was built here: that one of another case is not found is told by the journey of filings.
    ("GET", "/counsel/{slug}/filings", "INNPNN"),
    ("POST", "/counsel/{slug}/filings/build", "INNRNN"),
    ("GET", "/counsel/{slug}/filings/settings", "INNPNN"),
    ("POST", "/counsel/{slug}/filings/settings", "INNWNN"),
    ("GET", "/counsel/{slug}/filings/{number}", "INNNNN"),
    ("GET", "/counsel/{slug}/filings/{number}/difference", "INNNNN"),
    ("POST", "/counsel/{slug}/filings/{number}/verify", "INNNNN"),
    ("GET", "/counsel/{slug}/filings/{number}/files/{variant}/{*name}", "INNNNN"),
    ("GET", "/counsel/{slug}/letters", "INNPNN"),
    ("POST", "/counsel/{slug}/letters/make", "INNRNN"),
    ("GET", "/counsel/{slug}/letters/texts", "INNPNN"),
    ("POST", "/counsel/{slug}/letters/texts", "INNWNN"),
    ("GET", "/counsel/{slug}/letters/{id}", "INNPNN"),
    ("POST", "/counsel/{slug}/claims/{number}/letters", "INNRNN"),
    ("POST", "/counsel/{slug}/letters/{id}", "INNRNN"),
    ("GET", "/counsel/{slug}/letters/zip/{kind}", "INNPNN"),
    ("GET", "/counsel/{slug}/mail", "INNPNN"),
    ("GET", "/counsel/{slug}/mail/write", "INNPNN"),
    ("POST", "/counsel/{slug}/mail/write", "INNWNN"),
    ("GET", "/counsel/{slug}/mail/mailings/{id}", "INNPNN"),
    ("POST", "/counsel/{slug}/mail/mailings/{id}/stop", "INNRNN"),
    ("GET", "/counsel/{slug}/mail/templates", "INNPNN"),
    ("GET", "/counsel/{slug}/mail/templates/new", "INNPNN"),
    ("POST", "/counsel/{slug}/mail/templates/new", "INNRNN"),
    ("GET", "/counsel/{slug}/mail/templates/{id}", "INNPNN"),
    ("POST", "/counsel/{slug}/mail/templates/{id}", "INNRNN"),
    ("POST", "/counsel/{slug}/mail/templates/{id}/remove", "INNRNN"),
    ("GET", "/counsel/{slug}/mail/preferences", "INNPNN"),
    ("POST", "/counsel/{slug}/mail/preferences", "INNRNN"),
    ("GET", "/counsel/{slug}/mail/news", "INNPNN"),
    ("POST", "/counsel/{slug}/mail/news", "INNRNN"),
    ("GET", "/counsel/{slug}/mail/{id}", "INNPNN"),
    ("POST", "/counsel/{slug}/mail/{id}", "INNWNN"),
    ("POST", "/counsel/{slug}/mail/{id}/discard", "INNRNN"),
    ("POST", "/counsel/{slug}/mail/{id}/send", "INNRNN"),
    ("GET", "/counsel/{slug}/events", "INNPNN"),
    ("POST", "/counsel/{slug}/events/verify", "INNPNN"),
    // The installation.
    ("GET", "/admin", "IFFFFP"),
    ("GET", "/admin/cases/new", "IFFFFP"),
    ("POST", "/admin/cases/new", "IFFFFW"),
    ("GET", "/admin/cases/{slug}", "IFFFFP"),
    ("POST", "/admin/cases/{slug}", "IFFFFW"),
    ("POST", "/admin/cases/{slug}/counsel", "IFFFFR"),
    ("POST", "/admin/cases/{slug}/counsel/withdraw", "IFFFFR"),
    ("GET", "/admin/cases/{slug}/counsel/{account}/dismiss", "IFFFFP"),
    ("POST", "/admin/cases/{slug}/counsel/{account}/dismiss", "IFFFFR"),
    ("POST", "/admin/cases/{slug}/documents", "IFFFFR"),
    ("GET", "/admin/cases/{slug}/documents/{id}/remove", "IFFFFP"),
    ("POST", "/admin/cases/{slug}/documents/{id}/remove", "IFFFFR"),
    ("GET", "/admin/accounts", "IFFFFP"),
    ("GET", "/admin/accounts/{id}/disable", "IFFFFP"),
    ("POST", "/admin/accounts/{id}/disable", "IFFFFR"),
    ("POST", "/admin/accounts/{id}/enable", "IFFFFR"),
    ("GET", "/admin/mail", "IFFFFP"),
];

/// What ends the draft or the session that other rows need comes last.
const LAST: &[&str] = &[
    "/claims/{id}/import/{import}/discard",
    "/claims/{id}/line/{line}/remove",
    "/claims/{id}/documents/{document}/remove",
    "/claims/{id}/sign",
    "/claims/{id}/discard",
    "/claims/{id}/withdraw",
    "/counsel/{slug}/mail/templates/{id}/remove",
    "/counsel/{slug}/mail/mailings/{id}/stop",
];

/// GET that leaves a trace on purpose: the events of a case are its log, and who opened a claim or a document, or took an
/// export away, stands there.
const TRACED: &[&str] = &[
    "/documents/{id}",
    "/counsel/{slug}/claims/{number}",
    "/counsel/{slug}/claims/{number}/versions/{version}",
    "/counsel/{slug}/exports/{file}",
    "/counsel/{slug}/matches/{id}",
    "/letters/{id}",
    "/counsel/{slug}/letters/zip/{kind}",
];

fn class(method: &Method, page: &Page) -> char {
    let location = page.header("location");
    match page.status.as_u16() {
        200 => 'P',
        303 if location.starts_with("/sign-in?next=") => 'I',
        303 => 'R',
        401 if method == Method::POST => 'I',
        403 => 'F',
        404 => 'N',
        409 => 'C',
        410 => 'D',
        422 => 'W',
        _ => '?',
    }
}

on_both! {
    async fn the_table_has_every_route(database) {
        let ground = Ground::prepare(&database, None).await;
        let routes: BTreeSet<(String, String)> = ground.app.routes.iter().map(|(method, path)| (method.to_string(), (*path).to_owned())).collect();
        let rows: BTreeSet<(String, String)> = TABLE.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
        let missing: Vec<_> = routes.difference(&rows).collect();
        let gone: Vec<_> = rows.difference(&routes).collect();
        assert!(missing.is_empty() && gone.is_empty(), "routes without a row: {missing:?}; rows without a route: {gone:?}");
    }

    async fn every_role_gets_what_the_table_says(database) {
        let ground = Ground::prepare(&database, None).await;
        let mut cells: Vec<(Method, &str, Role, char)> = Vec::new();
        for (method, route, answers) in TABLE {
            assert_eq!(answers.len(), ROLES.len(), "{route}");
            let method: Method = method.parse().unwrap();
            cells.extend(ROLES.into_iter().zip(answers.chars()).map(|(role, answer)| (method.clone(), *route, role, answer)));
        }
        // First everybody who may not, and everybody who only looks: nothing may change by that.
        let quiet = |(method, _, _, answer): &(Method, &str, Role, char)| method == Method::GET || "IFNWD".contains(*answer);
        let mut wrong = Vec::new();
        let mut before = ground.rows().await;
        for (method, route, role, expected) in cells.iter().filter(|cell| quiet(cell)) {
            let page = ground.ask(method, route, *role, &[]).await;
            let found = class(method, &page);
            if found != *expected {
                wrong.push(format!("{method} {route} as {role:?}: {expected} expected, {found} ({}) found", page.status));
            }
            let after = ground.rows().await;
            let changed: Vec<_> = after.iter().zip(&before).filter(|(a, b)| a != b).map(|(after, _)| after.0.clone()).collect();
            let traced = TRACED.contains(route) && changed == ["events"];
            if !changed.is_empty() && !traced {
                wrong.push(format!("{method} {route} as {role:?} ({found}) changed rows of {changed:?}"));
            }
            before = after;
        }
        let mut loud: Vec<_> = cells.iter().filter(|cell| !quiet(cell)).collect();
        loud.sort_by_key(|(_, route, ..)| LAST.iter().position(|last| last == route).map_or(0, |place| place + 1));
        for (method, route, role, expected) in loud {
            let page = ground.ask(method, route, *role, &[]).await;
            let found = class(method, &page);
            if found != *expected {
                wrong.push(format!("{method} {route} as {role:?}: {expected} expected, {found} ({}) found: {}", page.status, page.text()));
            }
        }
        assert!(wrong.is_empty(), "{} answers differ:\n{}", wrong.len(), wrong.join("\n"));
    }

    async fn what_is_not_yours_looks_like_what_does_not_exist(database) {
        let ground = Ground::prepare(&database, None).await;
        let browser = ground.browser(Role::OtherClaimant).await;
        let strip = |page: &Page| {
            let nonce = tests::html::attributes(&page.body, "[nonce]", "nonce").first().cloned().unwrap_or_default();
            if nonce.is_empty() { page.body.clone() } else { page.body.replace(&nonce, "") }
        };
        for (theirs, missing) in [("/claims/1", "/claims/99999"), ("/documents/1", "/documents/99999"), ("/claims/1/versions/1", "/claims/99999/versions/1")] {
            let (theirs, missing) = (browser.get(theirs).await, browser.get(missing).await);
            assert_eq!((theirs.status, strip(&theirs)), (missing.status, strip(&missing)));
            theirs.expect_status(404);
        }
    }

    async fn a_zero_byte_breaks_nothing(database) {
        let ground = Ground::prepare(&database, None).await;
        let names = ["key", "email", "name", "password", "current", "next", "legal_name", "kind", "capacity", "title", "slug", "reason", "lines", "place", "who", "document", "signature"];
        for (_, route) in ground.app.routes.iter().filter(|(method, _)| *method == Method::POST) {
            for role in [Role::Stranger, Role::Owner, Role::Administrator] {
                let browser = ground.browser(role).await;
                let body: Vec<_> = names.map(|name| (name, "a\0b@example.org\0")).into();
                let page = browser.fetch(browser.request("POST", &ground.path(route)).form(&body)).await;
                assert!(page.status.as_u16() < 500, "{route} as {role:?}: {} {}", page.status, page.text());
            }
        }
        let browser = ground.browser(Role::Counsel).await;
        for path in ["/counsel/allegro/claims?q=a%00b", "/counsel/allegro/claims/ALG%00", "/sign-in?next=/%00"] {
            let page = browser.get(path).await;
            assert!(page.status.as_u16() < 500, "{path}: {}", page.status);
        }
    }

    async fn nonsense_in_an_address_is_a_page_that_does_not_exist(database) {
        let ground = Ground::prepare(&database, None).await;
        let browser = ground.browser(Role::Owner).await;
        for path in ["/claims/abc", "/claims/99999999999999999999", "/claims/-1", "/claims/1/line/x", "/claims/1/lines/nothing", "/claims/1/versions/x", "/documents/x", "/cases/allegro/documents/x", "/cases/%00", "/nothing", "/claims/1/%ff"] {
            let page = browser.get(path).await;
            page.expect_status(404);
            page.expect("no such page");
        }
    }
}
