//! `/healthz` and `/readyz`; the number of a request on the page that says that something failed.

use tests::{App, on_both};

on_both! {
    async fn ready_while_database_schema_and_documents_are_there(database) {
        let app = App::start(&database).await;
        let browser = app.browser();
        for path in ["/healthz", "/readyz"] {
            let page = browser.get(path).await;
            page.expect_status(200);
            assert_eq!(page.body, "ok\n");
        }
        let folder = database.directory().join("documents");
        std::fs::remove_dir_all(&folder).unwrap();
        let page = browser.get("/readyz").await;
        page.expect_status(503);
        assert_eq!(page.body, "the document store does not answer\n");
        std::fs::create_dir(&folder).unwrap();
        browser.get("/readyz").await.expect_status(200);

        database.tamper("UPDATE _sqlx_migrations SET version = 999 WHERE version = 1").await;
        let page = browser.get("/readyz").await;
        page.expect_status(503);
        assert_eq!(page.body, "the database has another schema than this program\n");
        database.tamper("UPDATE _sqlx_migrations SET version = 1 WHERE version = 999").await;
        browser.get("/readyz").await.expect_status(200);

        app.recoup.store.close().await;
        let page = browser.get("/readyz").await;
        page.expect_status(503);
        assert_eq!(page.body, "the database does not answer\n");
        browser.get("/healthz").await.expect_status(200);
    }

    async fn a_page_that_failed_names_its_request(database) {
        let app = App::start(&database).await;
        let browser = app.browser();
        let fine = browser.get("/").await;
        let (one, other) = (fine.header("x-request-id").to_owned(), browser.get("/").await.header("x-request-id").to_owned());
        assert!(one.len() == 16 && other.len() == 16 && one != other, "{one} {other}");
        fine.expect_no("Number of this request");
        app.recoup.store.close().await;
        // Not the very address of a public page, which is prepared and is given for a second more.
        let page = browser.get("/?again").await;
        page.expect_status(503);
        page.expect("The database does not answer. Wait a minute");
        page.expect(&format!("Number of this request: {}", page.header("x-request-id")));
        for hidden in ["sqlx", "sqlite", "postgres", "PoolClosed", "pool"] {
            assert!(!page.body.contains(hidden), "{hidden} is told to a stranger");
        }
    }
}
