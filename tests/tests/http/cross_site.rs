//! Forms of other sites do nothing here.

use axum::http::Method;
use tests::on_both;

use crate::ground::{Ground, ROLES};

on_both! {
    async fn every_form_refuses_another_site(database) {
        let ground = Ground::prepare(&database, None).await;
        let before = ground.rows().await;
        // Mail programs end mails from wherever they are (RFC 8058): there a signed address counts, and no cookie.
        let open = |route: &str| route == "/unsubscribe/{token}";
        let forms: Vec<_> = ground.app.routes.iter().filter(|(method, route)| *method == Method::POST && !open(route)).collect();
        assert!(forms.len() > 30);
        for (method, route) in forms {
            for role in ROLES {
                for headers in [
                    [("sec-fetch-site", "cross-site"), ("accept", "text/html")],
                    [("sec-fetch-site", "same-site"), ("accept", "text/html")],
                    [("origin", "https://evil.example"), ("accept", "text/html")],
                    [("origin", "null"), ("accept", "application/json")],
                ] {
                    let page = ground.ask(method, route, role, &headers).await;
                    assert_eq!(page.status.as_u16(), 403, "{route} as {role:?} with {headers:?}: {}", page.body);
                    assert!(page.body.contains("another site"), "{route}: {}", page.body);
                }
            }
        }
        assert_eq!(ground.rows().await, before);
    }

    async fn other_methods_do_nothing(database) {
        let ground = Ground::prepare(&database, None).await;
        let before = ground.rows().await;
        let browser = ground.browser(ROLES[1]).await;
        for (_, route) in &ground.app.routes {
            for method in ["PUT", "DELETE", "PATCH"] {
                let page = browser.fetch(browser.request(method, &ground.path(route))).await;
                assert_eq!(page.status.as_u16(), 405, "{method} {route}: {}", page.body);
            }
        }
        assert_eq!(ground.rows().await, before);
    }
}
