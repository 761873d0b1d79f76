//! Documents: the same bytes once, removed ones brought back, the limit of a claim, opening as an event.

use claims::{
    access::{Actor, Refusal},
    actions::{
        Failure, Limits, amend, claim_view,
        documents::{self, Added},
        edit_lines::{self, Cite},
        links,
    },
    intake::steps::Step,
    store::{documents as rows, documents::NewDocument, events},
    unreadable::Unreadable,
};
use tests::{App, Options, on_both, stage};

use crate::submitting::ready;

fn file(name: &str, content: &str, bytes: i64) -> NewDocument {
    NewDocument {
        sha256: links::hash(content),
        name: name.to_owned(),
        media_type: "text/plain".to_owned(),
        bytes,
        pages: None,
        unreadable: None,
    }
}

on_both! {
    async fn the_same_bytes_are_known(database) {
        let (app, actor, id) = ready(&database).await;
        let Added::New(first) = documents::add(&app.recoup, &actor, id, &file("a.txt", "x", 1)).await.unwrap() else { panic!() };
        let again = documents::add(&app.recoup, &actor, id, &file("b.txt", "x", 1)).await.unwrap();
        assert_eq!(again, Added::Known(first, "a.txt".to_owned()));
        let other = stage::ready(&app.recoup, actor.account, "allegro", "Other").await;
        assert!(matches!(documents::add(&app.recoup, &other.0, other.1, &file("a.txt", "x", 1)).await.unwrap(), Added::New(_)), "another claim has its own row");
    }

    async fn what_was_taken_away_and_comes_back_has_its_name_and_stands_in_the_events(database) {
        let (app, actor, id) = ready(&database).await;
        let Added::New(document) = documents::add(&app.recoup, &actor, id, &file("a.txt", "x", 1)).await.unwrap() else { panic!() };
        stage::send(&app.recoup, &actor, id).await.unwrap();
        stage::open_next_version(&app.recoup, &actor, id).await;
        documents::remove(&app.recoup, &actor, id, document).await.unwrap();
        let back = documents::add(&app.recoup, &actor, id, &file("b.txt", "x", 1)).await.unwrap();
        assert_eq!(back, Added::Back(document, "a.txt".to_owned()), "what was sent has it under this name");
        let events: Vec<(String,)> = database.rows("SELECT kind FROM events WHERE kind LIKE 'document_%' ORDER BY seq").await;
        assert_eq!(events.into_iter().map(|(kind,)| kind).collect::<Vec<_>>(), ["document_added", "document_removed", "document_added"]);
    }

    async fn uploaded_twice_at_once_there_is_one_row(database) {
        let (app, actor, id) = ready(&database).await;
        let uploads = (0..8).map(|_| {
            let (recoup, actor) = (app.recoup.clone(), actor.clone());
            tokio::spawn(async move { documents::add(&recoup, &actor, id, &file("a.txt", "x", 1)).await.unwrap() })
        });
        let added = futures::future::join_all(uploads).await.into_iter().filter(|added| matches!(added.as_ref().unwrap(), Added::New(_))).count();
        assert_eq!(added, 1);
    }

    async fn a_page_that_the_document_does_not_have_is_not_cited(database) {
        let (app, actor, id) = ready(&database).await;
        let two_pages = NewDocument { pages: Some(2), ..file("two.pdf", "two pages", 9) };
        let Added::New(document) = documents::add(&app.recoup, &actor, id, &two_pages).await.unwrap() else { panic!() };
        for (place, cited) in [("page 5", false), ("pp. 2-3", false), ("page 2", true), ("1-2", true), ("row 40", true)] {
            let done = edit_lines::cite_many(&app.recoup, &actor, id, document, "1", place).await;
            assert_eq!(done.is_ok(), cited, "{place}");
            if let Err(failure) = done {
                let Failure::Invalid(errors) = failure else { panic!("{place}: {failure:?}") };
                assert_eq!(errors[0].field, "place");
                assert!(errors[0].message.contains("“two.pdf” has 2 pages"), "{}", errors[0].message);
            }
        }
    }

    async fn what_has_no_pages_is_cited_without_one(database) {
        let (app, actor, id) = ready(&database).await;
        let sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        let ods = "application/vnd.oasis.opendocument.spreadsheet";
        for (name, kind) in [("notes.txt", "text/plain"), ("list.csv", "text/csv"), ("mail.eml", "message/rfc822"), ("list.xlsx", sheet), ("list.ods", ods)] {
            let without = NewDocument { media_type: kind.to_owned(), ..file(name, name, 11) };
            let Added::New(document) = documents::add(&app.recoup, &actor, id, &without).await.unwrap() else { panic!() };
            for place in ["page 500", "pp. 2-3", "1"] {
                let refused = edit_lines::cite_many(&app.recoup, &actor, id, document, "1", place).await;
                let Err(Failure::Invalid(errors)) = refused else { panic!("{name} {place}: {refused:?}") };
                assert_eq!(errors[0].field, "place");
                assert!(errors[0].message.starts_with(&format!("“{name}” has no pages. Cite it without one, ")), "{}", errors[0].message);
                let cite = Cite { document: Some(document), place: place.to_owned() };
                assert!(edit_lines::save(&app.recoup, &actor, id, 1, &stage::sales("1.00"), &cite).await.is_err(), "{name} {place}");
            }
            for place in ["", "row 12", "rows 2-13", "sheet 2", "page 1, row 3"] {
                edit_lines::cite_many(&app.recoup, &actor, id, document, "1", place).await.unwrap();
            }
        }
        // Of these nobody knows how many pages they have.
        for (name, kind) in [("locked.pdf", "application/pdf"), ("fax.tif", "image/tiff"), ("photo.jpg", "image/jpeg")] {
            let unknown = NewDocument { media_type: kind.to_owned(), ..file(name, name, 11) };
            let Added::New(document) = documents::add(&app.recoup, &actor, id, &unknown).await.unwrap() else { panic!() };
            edit_lines::cite_many(&app.recoup, &actor, id, document, "1", "page 5").await.unwrap();
        }
    }

    // What was cited before pages were looked at may be copied with its line: the line is as it was.
    async fn a_copy_cites_what_the_line_cites(database) {
        let (app, actor, id) = ready(&database).await;
        let Added::New(document) = documents::add(&app.recoup, &actor, id, &file("notes.txt", "x", 11)).await.unwrap() else { panic!() };
        edit_lines::cite_many(&app.recoup, &actor, id, document, "1", "row 1").await.unwrap();
        database.tamper("UPDATE evidence SET place = 'page 500'").await;
        assert_eq!(edit_lines::copy(&app.recoup, &actor, id, 1, "key").await.unwrap(), 2);
    }

    async fn a_document_that_nobody_can_read_is_kept_and_remarked_on(database) {
        let (app, actor, id) = ready(&database).await;
        let remarks = async || {
            let draft = claim_view::draft(&app.recoup, &actor, id).await.unwrap();
            draft.remarks().into_iter().filter(|remark| remark.words.contains("the court")).collect::<Vec<_>>()
        };
        documents::add(&app.recoup, &actor, id, &file("sound.txt", "sound", 1)).await.unwrap();
        assert_eq!(remarks().await, []);
        for (name, reason) in [("locked.pdf", Unreadable::Password), ("cut.pdf", Unreadable::Damaged), ("more.pdf", Unreadable::Damaged)] {
            let such = NewDocument { unreadable: Some(reason), ..file(name, name, 1) };
            documents::add(&app.recoup, &actor, id, &such).await.unwrap();
        }
        let remarks = remarks().await;
        assert!(remarks.iter().all(|remark| !remark.stops && remark.step == Step::Documents), "{remarks:?}");
        let words: Vec<_> = remarks.iter().map(|remark| remark.words.clone()).collect();
        assert_eq!(words, [Unreadable::Password.said_of("locked.pdf", 1), Unreadable::Damaged.said_of("cut.pdf", 2)]);
        stage::send(&app.recoup, &actor, id).await.unwrap();
    }

    async fn a_removed_document_comes_back(database) {
        let (app, actor, id) = ready(&database).await;
        let document = stage::document(&app.recoup, &actor, id, "a.pdf").await;
        edit_lines::cite_many(&app.recoup, &actor, id, document, "1", "").await.unwrap();
        stage::send(&app.recoup, &actor, id).await.unwrap();
        amend::amend(&app.recoup, &actor, id).await.unwrap();
        documents::remove(&app.recoup, &actor, id, document).await.unwrap();
        let again = stage::document(&app.recoup, &actor, id, "a.pdf").await;
        assert_eq!(again, document);
        let mut tx = app.recoup.store.read().await.unwrap();
        assert_eq!(rows::of_version(&mut tx, id, 2).await.unwrap().len(), 1);
    }

    async fn a_document_removed_in_a_sent_version_stays_out_of_that_version(database) {
        let (app, actor, id) = ready(&database).await;
        let document = stage::document(&app.recoup, &actor, id, "a.pdf").await;
        stage::send(&app.recoup, &actor, id).await.unwrap();
        amend::amend(&app.recoup, &actor, id).await.unwrap();
        documents::remove(&app.recoup, &actor, id, document).await.unwrap();
        stage::send(&app.recoup, &actor, id).await.unwrap();
        amend::amend(&app.recoup, &actor, id).await.unwrap();
        stage::document(&app.recoup, &actor, id, "a.pdf").await;
        let (_, _, versions) = claims::actions::claim_view::sent_versions(&app.recoup, &actor, id).await.unwrap();
        assert_eq!(versions.iter().map(|version| version.frozen.documents.len()).collect::<Vec<_>>(), [1, 0], "what was signed does not change");
        let draft = claims::actions::claim_view::draft(&app.recoup, &actor, id).await.unwrap();
        assert_eq!(draft.documents.len(), 1);
        stage::send(&app.recoup, &actor, id).await.unwrap();
        let mut tx = app.recoup.store.read().await.unwrap();
        for (version, held) in [(1, 1), (2, 0), (3, 1)] {
            assert_eq!(rows::of_version(&mut tx, id, version).await.unwrap().len(), held, "version {version}");
        }
        assert_eq!(rows::bytes_of_claim(&mut tx, id).await.unwrap(), draft.documents[0].bytes, "the same bytes count once");
    }

    async fn a_claims_documents_have_a_limit(database) {
        let limits = Limits { claim_bytes: 100, ..Limits::default() };
        let app = App::start_with(&database, Options { limits: Some(limits), ..Options::default() }).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id) = stage::ready(&app.recoup, account, "allegro", "A").await;
        documents::add(&app.recoup, &actor, id, &file("a.txt", "x", 60)).await.unwrap();
        assert_eq!(documents::room(&app.recoup, &actor, id).await.unwrap(), 40);
        assert!(matches!(documents::add(&app.recoup, &actor, id, &file("b.txt", "y", 41)).await, Err(Failure::Said(_))));
        // The same is asked before the bytes are kept; those that the claim has already take no room.
        let has_room = async |content: &str, bytes| {
            documents::has_room(&app.recoup, &actor, id, &links::hash(content), bytes).await
        };
        has_room("y", 40).await.unwrap();
        has_room("x", 60).await.unwrap();
        let full = has_room("y", 41).await;
        assert!(matches!(&full, Err(Failure::Said(words)) if words.contains("this file no longer fits")), "{full:?}");
        let eve = stage::person(&app.recoup, "eve@example.org", true, false).await;
        let others = documents::has_room(&app.recoup, &eve, id, &links::hash("y"), 1).await;
        assert!(matches!(others, Err(Failure::Refused(Refusal::NotFound))), "{others:?}");
        documents::add(&app.recoup, &actor, id, &file("c.txt", "z", 40)).await.unwrap();
        stage::send(&app.recoup, &actor, id).await.unwrap();
        let sent = has_room("x", 60).await;
        assert!(matches!(&sent, Err(Failure::Said(words)) if words.contains("was sent meanwhile")), "{sent:?}");
    }

    async fn opening_is_an_event_and_only_for_those_who_may(database) {
        let (app, actor, id) = ready(&database).await;
        let document = stage::document(&app.recoup, &actor, id, "a.pdf").await;
        let counsel = stage::actor(&app.recoup, claims::AccountId(2)).await;
        assert!(!counsel.counsel_of.is_empty());
        let root = stage::person(&app.recoup, "root@example.org", true, true).await;
        let eve = stage::person(&app.recoup, "eve@example.org", true, false).await;
        let refused = async |actor| matches!(documents::open(&app.recoup, actor, document).await, Err(Failure::Refused(Refusal::NotFound)));
        assert!(refused(&counsel).await, "a draft is the claimant's own");
        documents::open(&app.recoup, &actor, document).await.unwrap();
        stage::send(&app.recoup, &actor, id).await.unwrap();
        documents::open(&app.recoup, &counsel, document).await.unwrap();
        assert!(refused(&root).await && refused(&eve).await);
        let mut tx = app.recoup.store.read().await.unwrap();
        let opened: Vec<_> = events::of_claim(&mut tx, id).await.unwrap().into_iter().filter(|event| event.kind == "document_opened").filter_map(|event| event.account_id).collect();
        assert_eq!(opened, [actor.account, counsel.account]);
    }

    async fn looking_at_a_document_again_soon_is_one_opening(database) {
        let (app, actor, id) = ready(&database).await;
        let first = stage::document(&app.recoup, &actor, id, "a.pdf").await;
        let second = stage::document(&app.recoup, &actor, id, "b.pdf").await;
        stage::send(&app.recoup, &actor, id).await.unwrap();
        let counsel = stage::actor(&app.recoup, claims::AccountId(2)).await;
        let opened = async |by: &Actor, document| {
            documents::open(&app.recoup, by, document).await.unwrap();
            let mut tx = app.recoup.store.read().await.unwrap();
            let events = events::of_claim(&mut tx, id).await.unwrap();
            events.iter().filter(|event| event.kind == "document_opened").count()
        };
        assert_eq!(opened(&counsel, first).await, 1);
        app.pass(chrono::Duration::minutes(14));
        assert_eq!(opened(&counsel, first).await, 1, "the same");
        assert_eq!(opened(&counsel, second).await, 2, "another document");
        assert_eq!(opened(&actor, first).await, 3, "another person");
        app.pass(chrono::Duration::minutes(1));
        assert_eq!(opened(&counsel, first).await, 4, "later");
    }
}
