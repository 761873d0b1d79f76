//! Whoever finds a session of theirs that they do not know ends it, and no other.

use tests::{App, html, on_both, stage};

on_both! {
    async fn one_session_is_ended_from_another(database) {
        let app = App::start(&database).await;
        stage::person(&app.recoup, "ada@example.org", true, false).await;
        stage::person(&app.recoup, "eve@example.org", true, false).await;
        let (here, there, eve) =
            (app.signed_in("ada@example.org").await, app.signed_in("ada@example.org").await, app.signed_in("eve@example.org").await);
        let page = here.get("/account").await;
        assert_eq!(html::table(&page.body, "Sessions of your account").expect("the sessions").len(), 3, "two, and the head");
        let ends: Vec<_> = page.forms().into_iter().filter(|form| form.action == "/account/end-session").collect();
        assert_eq!(ends.len(), 1, "not the one that is looking");
        // Somebody else's account knows no such session.
        let forged = eve.get("/account").await.form("/account/sign-out-everywhere");
        assert!(!forged.has("session"));
        let answer = eve.request("POST", "/account/end-session").header("sec-fetch-site", "same-origin");
        let name = ends[0].value("session").expect("the name of the session").to_owned();
        assert_eq!(answer.form(&[("session", name.as_str())]).send().await.unwrap().status().as_u16(), 303);
        assert_eq!(there.get("/claims").await.path, "/claims", "it goes on");
        here.send(ends[0].clone()).await.expect("The session is ended");
        assert!(there.get("/claims").await.path.starts_with("/sign-in"));
        assert_eq!(here.get("/claims").await.path, "/claims");
        here.send(ends[0].clone()).await.expect("The session is ended");
        assert_eq!(here.get("/account").await.forms().into_iter().filter(|form| form.action == "/account/end-session").count(), 0);
    }
}
