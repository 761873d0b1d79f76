//! The same line, or the same step, open in two tabs: the second does not overwrite what it never showed.

use claims::{
    ClaimId,
    access::Actor,
    actions::{
        Failure,
        edit_lines::{self, Cite},
        save_step, seen,
    },
    intake::{Answers, line, others, steps::Step},
    line::Category,
    store::{claims as store, lines},
};
use tests::{App, on_both, stage};

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
