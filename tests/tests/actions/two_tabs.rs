//! The same line, or the same step, open in two tabs: the second does not overwrite what it never showed, nor sign it. And what is sent
//! from two tabs at once is done once.

use claims::{
    ClaimId,
    access::Actor,
    actions::{
        Failure, counsel, documents,
        edit_lines::{self, Cite},
        save_step, seen,
        start_claim::{self, Who},
        submit_claim::submit,
    },
    intake::{Answers, line, others, steps::Step},
    line::Category,
    store::{cases, claims as store, lines, queue_up},
};
use tests::{App, Database, Kind, on_both, stage};
use tokio::task::JoinHandle;

use crate::submitting::ready;

/// Answers as a form sends them that was opened while `stored` was stored.
fn opened_on(stored: &Answers, typed: Answers) -> Answers {
    typed.with(seen::FIELD, seen::mark(line::form(Category::UnpaidSales), stored))
}

/// The same for the step “Who else may claim this”.
fn step_opened_on(stored: &Answers, typed: Answers) -> Answers {
    typed.with(seen::FIELD, seen::mark(others::FORM, stored))
}

async fn stored_line(app: &App, id: ClaimId) -> Answers {
    let draft = stage::draft(&app.recoup, id).await;
    let mut tx = app.recoup.store.read().await.unwrap();
    lines::find(&mut tx, draft, 1).await.unwrap().unwrap().answers.0
}

async fn stored_step(app: &App, id: ClaimId, step: Step) -> Option<Answers> {
    let draft = stage::draft(&app.recoup, id).await;
    let mut tx = app.recoup.store.read().await.unwrap();
    store::answers(&mut tx, draft).await.unwrap().remove(step.key())
}

async fn save_line(app: &App, actor: &Actor, id: ClaimId, typed: &Answers) -> Result<edit_lines::Saved, Failure> {
    edit_lines::save(&app.recoup, actor, id, 1, typed, &Cite::default()).await
}

/// Waits until all of these wait for a lock. On SQLite whoever writes queues up before anything is read; on PostgreSQL it is seen.
async fn until_waiting<T>(database: &Database, tabs: &[JoinHandle<T>]) {
    let locks = "SELECT DISTINCT a.pid FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE NOT l.granted AND a.datname = current_database()";
    let waiting = async {
        while database.kind() == Kind::Postgres && database.rows::<(i32,)>(locks).await.len() < tabs.len() {
            assert!(!tabs.iter().any(JoinHandle::is_finished), "they wait for whoever was first");
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), waiting).await.expect("all of them wait");
}

fn shared_with(who: &str) -> Answers {
    stage::answers(&[("others", "yes"), ("others_who", who)])
}

on_both! {
    async fn a_line_that_was_changed_is_not_overwritten_unseen(database) {
        let (app, actor, id) = ready(&database).await;
        let first = stored_line(&app, id).await;
        let changed = stage::sales("700.00");
        assert!(save_line(&app, &actor, id, &opened_on(&first, changed.clone())).await.unwrap().right);
        // The other tab was opened before that, and only a note is typed there.
        let noted = first.clone().with("note", "From the ledger.");
        let late = opened_on(&first, noted.clone());
        let before = database.row_counts().await;
        let document = stage::document(&app.recoup, &actor, id, "a.pdf").await;
        let cite = Cite { document: Some(document), place: "page 1".to_owned() };
        let refused = edit_lines::save(&app.recoup, &actor, id, 1, &late, &cite).await;
        assert!(matches!(refused, Err(Failure::Changed(stored)) if stored == changed));
        assert_eq!(stored_line(&app, id).await, changed);
        let evidence = |rows: Vec<(String, i64)>| rows.into_iter().find(|(table, _)| table == "evidence");
        assert_eq!(evidence(database.row_counts().await), evidence(before), "nothing is cited either");
        // What is stored already may come again: a double click.
        save_line(&app, &actor, id, &opened_on(&first, changed.clone())).await.unwrap();
        // Opened anew, it overwrites; and so does who brings no mark.
        save_line(&app, &actor, id, &opened_on(&changed, noted.clone())).await.unwrap();
        assert_eq!(stored_line(&app, id).await, noted);
        save_line(&app, &actor, id, &changed).await.unwrap();
        assert_eq!(stored_line(&app, id).await, changed);
    }

    async fn what_is_done_beside_a_line_does_not_change_it(database) {
        let (app, actor, id) = ready(&database).await;
        let first = stored_line(&app, id).await;
        stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("5.00"), None).await;
        let document = stage::document(&app.recoup, &actor, id, "a.pdf").await;
        edit_lines::cite_many(&app.recoup, &actor, id, document, "1-2", "page 1").await.unwrap();
        save_step::save(&app.recoup, &actor, id, Step::Others, &shared_with("Her brother.")).await.unwrap();
        save_line(&app, &actor, id, &opened_on(&first, stage::sales("6.00"))).await.unwrap();
        assert_eq!(stored_line(&app, id).await, stage::sales("6.00"));
    }

    async fn a_step_that_was_changed_is_not_overwritten_unseen(database) {
        let (app, actor, id) = ready(&database).await;
        let save = async |typed: Answers| save_step::save(&app.recoup, &actor, id, Step::Others, &typed).await;
        let first = stored_step(&app, id, Step::Others).await.unwrap();
        let changed = shared_with("Her brother.");
        assert!(save(step_opened_on(&first, changed.clone())).await.unwrap());
        let refused = save(step_opened_on(&first, shared_with("Her sister."))).await;
        assert!(matches!(refused, Err(Failure::Changed(stored)) if stored == changed));
        assert_eq!(stored_step(&app, id, Step::Others).await.unwrap(), changed);
        assert!(save(step_opened_on(&first, changed.clone())).await.unwrap(), "the same again");
        assert!(save(step_opened_on(&changed, shared_with("Her sister."))).await.unwrap(), "opened anew");
        assert!(save(shared_with("Her aunt.")).await.unwrap(), "no mark");
        assert_eq!(stored_step(&app, id, Step::Others).await.unwrap(), shared_with("Her aunt."));
    }

    async fn a_step_that_was_never_saved_has_a_mark_too(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id) = stage::start(&app.recoup, account, "allegro", "Jay Records").await;
        assert_eq!(stored_step(&app, id, Step::Others).await, None);
        let save = async |typed: Answers| save_step::save(&app.recoup, &actor, id, Step::Others, &typed).await;
        let blank = Answers::default();
        assert!(save(step_opened_on(&blank, shared_with("Her brother."))).await.unwrap());
        assert!(matches!(save(step_opened_on(&blank, shared_with("Her sister."))).await, Err(Failure::Changed(_))));
        assert_eq!(stored_step(&app, id, Step::Others).await.unwrap(), shared_with("Her brother."));
    }

    // Every kind of edit; what nobody edited is signed as the page showed it, twice too.
    async fn a_claim_is_signed_only_as_its_page_showed_it(database) {
        let (app, actor, id) = ready(&database).await;
        let recoup = &app.recoup;
        let version = stage::draft(recoup, id).await;
        let document = stage::document(recoup, &actor, id, "a.pdf").await;
        let mut marks = std::collections::BTreeSet::new();
        for edit in ["add", "save", "copy", "cite", "uncite", "remove", "another document", "describe", "take away", "step"] {
            let page = stage::signed(recoup, version).await;
            assert!(marks.insert(page.get(seen::FIELD).to_owned()), "{edit}");
            match edit {
                "add" => drop(stage::line(recoup, &actor, id, Category::UnpaidSales, &stage::sales("9,999,999.00"), None).await),
                "save" => assert!(save_line(&app, &actor, id, &stage::sales("700.00")).await.unwrap().right),
                "copy" => drop(edit_lines::copy(recoup, &actor, id, 1, "copy").await.unwrap()),
                "cite" => drop(edit_lines::cite_many(recoup, &actor, id, document, "1", "page 1").await.unwrap()),
                "uncite" => {
                    let mut tx = recoup.store.read().await.unwrap();
                    let cited = lines::citations(&mut tx, version, None).await.unwrap().remove(0).id;
                    drop(tx);
                    edit_lines::uncite(recoup, &actor, id, 1, cited).await.unwrap();
                }
                "remove" => edit_lines::remove(recoup, &actor, id, 2).await.unwrap(),
                "another document" => drop(stage::document(recoup, &actor, id, "b.pdf").await),
                "describe" => documents::describe(recoup, &actor, id, document, "Statement.").await.unwrap(),
                "take away" => documents::remove(recoup, &actor, id, document).await.unwrap(),
                _ => assert!(save_step::save(recoup, &actor, id, Step::Others, &shared_with("Her brother.")).await.unwrap()),
            }
            let before = database.row_counts().await;
            let refused = submit(recoup, &actor, id, version, &page, "192.0.2.1", "key").await;
            assert!(matches!(refused, Err(Failure::Changed(_))), "{edit}: {refused:?}");
            assert_eq!(database.row_counts().await, before, "{edit}");
            let kept = stored_step(&app, id, Step::Sign).await.unwrap();
            assert_eq!((kept.get("signature"), kept.get("agree")), ("Ada Label", ""), "{edit}");
        }
        let page = stage::signed(recoup, version).await;
        assert!(matches!(submit(recoup, &actor, id, version, &stage::signature(), "192.0.2.1", "key").await, Err(Failure::Changed(_))), "no mark");
        assert_eq!(stage::signed(recoup, version).await, page, "what is kept of a refused page is no edit");
        let received = submit(recoup, &actor, id, version, &page, "192.0.2.1", "key").await.unwrap();
        for (sent, key) in [(&page, "key"), (&page, "another tab"), (&stage::signature(), "old tab")] {
            assert_eq!(submit(recoup, &actor, id, version, sent, "192.0.2.1", key).await.unwrap(), received);
        }
    }

    // The words of the declaration are those of the forum; title, zone and rates are of the case as well.
    async fn a_claim_is_signed_only_in_the_case_that_its_page_showed(database) {
        let (app, actor, id) = ready(&database).await;
        let recoup = &app.recoup;
        let version = stage::draft(recoup, id).await;
        for (field, answer) in [("forum", "oregon"), ("title", "Claims in the matter of Allegro"), ("time_zone", "America/New_York")] {
            let page = stage::signed(recoup, version).await;
            stage::setting(recoup, "allegro", field, answer).await;
            let refused = submit(recoup, &actor, id, version, &page, "192.0.2.1", "key").await;
            assert!(matches!(refused, Err(Failure::Changed(_))), "{field}: {refused:?}");
        }
        stage::send(recoup, &actor, id).await.unwrap();
        let mut tx = recoup.store.read().await.unwrap();
        let frozen = store::version(&mut tx, version).await.unwrap().unwrap().frozen.unwrap();
        let frozen = claims::frozen::FrozenClaim::read(&frozen).unwrap();
        let oregon = claims::declaration::Declaration::choose(claims::declaration::Forum::Oregon, true);
        assert_eq!(frozen.declaration.text, oregon.key());
    }

    // Each tab has a form of its own, with a key of its own.
    async fn a_claim_that_is_started_in_two_tabs_at_once_is_started_once(database) {
        let app = App::start(&database).await;
        let case = stage::case(&app.recoup, "allegro", "ALG").await;
        let ada = stage::person(&app.recoup, "ada@example.org", true, false).await;
        let mut tx = app.recoup.store.write().await.unwrap();
        queue_up(&mut tx, &format!("start {} {case}", ada.account)).await.unwrap();
        let tabs = ["one", "another"].map(|key| {
            let (recoup, ada) = (app.recoup.clone(), ada.clone());
            tokio::spawn(async move {
                let answers = stage::answers(&[("kind", "label"), ("legal_name", "Jay Records"), ("capacity", "officer")]);
                start_claim::start(&recoup, &ada, "allegro", &Who::New(answers), key).await
            })
        });
        until_waiting(&database, &tabs).await;
        tx.commit().await.unwrap();
        let ended = futures::future::join_all(tabs).await.into_iter().map(Result::unwrap);
        let (started, refused): (Vec<_>, Vec<_>) = ended.partition(Result::is_ok);
        assert_eq!((started.len(), refused.len()), (1, 1), "{refused:?}");
        let refused = refused[0].as_ref().unwrap_err().to_string();
        assert!(refused.contains("You have a claim of “Jay Records” in this case already"), "{refused}");
        assert_eq!(database.rows::<(i64,)>("SELECT COUNT(*) FROM claims").await, [(1,)]);
    }

    // Two invitations went to one address: whoever accepts one ends the other, which somebody accepts as well.
    async fn two_invitations_that_are_accepted_at_once_appoint_once(database) {
        let app = App::start(&database).await;
        let case = stage::case(&app.recoup, "allegro", "ALG").await;
        let root = stage::person(&app.recoup, "root@example.org", true, true).await;
        let mut tokens = Vec::new();
        for _ in 0..2 {
            counsel::invite(&app.recoup, &root, case, &stage::answers(&[("email", "lee@law.example")]), "").await.unwrap();
            tokens.push(crate::accounts::token(&app, "counsel_invited", "lee@law.example").await);
        }
        assert_ne!(tokens[0], tokens[1]);
        let mut tx = app.recoup.store.write().await.unwrap();
        cases::lock(&mut tx, case).await.unwrap();
        let tabs: Vec<_> = tokens
            .into_iter()
            .map(|token| {
                let recoup = app.recoup.clone();
                tokio::spawn(async move {
                    counsel::accept(&recoup, &token, None, &stage::answers(&[("name", "Lee"), ("password", stage::PASSWORD)])).await
                })
            })
            .collect();
        until_waiting(&database, &tabs).await;
        tx.commit().await.unwrap();
        let ended = futures::future::join_all(tabs).await.into_iter().map(Result::unwrap);
        let (accepted, refused): (Vec<_>, Vec<_>) = ended.partition(Result::is_ok);
        assert_eq!((accepted.len(), refused.len()), (1, 1), "{refused:?}");
        let refused = refused[0].as_ref().unwrap_err().to_string();
        assert!(refused.contains("This link was used already"), "{refused}");
        assert_eq!(database.rows::<(i64,)>("SELECT COUNT(*) FROM case_counsel").await, [(1,)]);
    }

    // A refused form leaves no trace, so it does not void what was typed on the signature page, nor rename the claimant.
    async fn a_refused_step_changes_nothing_else(database) {
        let (app, actor, id) = ready(&database).await;
        let form = Step::Claimant.form().unwrap();
        let first = stored_step(&app, id, Step::Claimant).await.unwrap();
        let changed = first.clone().with("phone", "+1 503 555 0199");
        assert!(save_step::save(&app.recoup, &actor, id, Step::Claimant, &changed).await.unwrap());
        let late = first.clone().with("legal_name", "Another Name").with(seen::FIELD, seen::mark(form, &first));
        let refused = save_step::save(&app.recoup, &actor, id, Step::Claimant, &late).await;
        assert!(matches!(refused, Err(Failure::Changed(stored)) if stored.get("phone") == "+1 503 555 0199"));
        assert_eq!(stored_step(&app, id, Step::Claimant).await.unwrap(), changed);
        let mut tx = app.recoup.store.read().await.unwrap();
        assert_eq!(store::by_id(&mut tx, id).await.unwrap().unwrap().claimant, "Jay Records");
    }
}
