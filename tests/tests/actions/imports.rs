//! Imports of one claim: the same file again, an import that is undone, and one that is to replace what is gone.

use claims::{
    ClaimId, ImportId,
    access::Actor,
    actions::{
        Failure, Limits,
        begin_import::{self, Begun},
        documents,
        import_statement::{self, ReadLines},
        imports, links, undo_import,
    },
    statements::{self, Choices, Grouping, Input, Wish},
    store::{documents::NewDocument, statements as stored},
};
use tests::{App, Database, Options, on_both, stage};

const MARCH: &[u8] = b"Period,Barcode,Title,Net Units,Net Due,Currency\n2015-03,036000291452,One,2,15.00,USD\n";
const CORRECTED: &[u8] = b"Period,Barcode,Title,Net Units,Net Due,Currency\n2015-03,036000291452,One,2,16.00,USD\n";

async fn claim(database: &Database) -> (App, Actor, ClaimId) {
    let app = App::start(database).await;
    stage::case(&app.recoup, "allegro", "ALG").await;
    let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
    let (actor, id) = stage::start(&app.recoup, account, "allegro", "Jay Records").await;
    (app, actor, id)
}

async fn begun(app: &App, actor: &Actor, id: ClaimId, bytes: &'static [u8]) -> ImportId {
    let file = stage::bytes(app, "a.csv", "text/csv", bytes).await;
    stage::import(app, actor, id, &file, bytes).await
}

async fn confirm(app: &App, actor: &Actor, id: ClaimId, import: ImportId, bytes: &[u8]) {
    let (found, _, case) = imports::open(&app.recoup, actor, id, import).await.unwrap();
    let rules = imports::rules(&app.recoup, &case);
    let wish = Wish { rows: true, ..Wish::default() };
    let statement = statements::read(&Input::Memory(bytes), &found.choices, &rules, wish).unwrap();
    let read = ReadLines::of(&app.recoup, actor, id, statement).await.unwrap();
    let key = app.recoup.random.token();
    import_statement::import(&app.recoup, actor, id, import, read, &key).await.unwrap();
}

on_both! {
    async fn a_file_is_imported_once_as_long_as_a_line_of_it_is_left(database) {
        let (app, actor, id) = claim(&database).await;
        let first = begun(&app, &actor, id, MARCH).await;
        confirm(&app, &actor, id, first, MARCH).await;
        let file = stage::bytes(&app, "b.csv", "text/csv", MARCH).await;
        assert_eq!(begin_import::begin(&app.recoup, &actor, id, &file).await.unwrap(), Begun::Done(first));
        assert_eq!(begin_import::begin_again(&app.recoup, &actor, id, first, "").await.unwrap(), Begun::Done(first));
        let no_sheet = begin_import::begin_again(&app.recoup, &actor, id, first, "Q2").await;
        assert!(matches!(no_sheet, Err(Failure::Said(_))), "{no_sheet:?}");

        assert_eq!(undo_import::undo(&app.recoup, &actor, id, first).await.unwrap(), 1);
        assert_eq!(undo_import::undo(&app.recoup, &actor, id, first).await.unwrap(), 0, "once more changes nothing");
        let events: Vec<(i64,)> = database.rows("SELECT COUNT(*) FROM events WHERE kind = 'statement_undone'").await;
        assert_eq!(events[0].0, 1);
        let Begun::New(second) = begin_import::begin(&app.recoup, &actor, id, &file).await.unwrap() else { panic!("it is known") };
        assert_eq!(begin_import::begin_again(&app.recoup, &actor, id, first, "").await.unwrap(), Begun::Open(second));
    }

    async fn what_was_read_by_choices_that_were_changed_since_is_not_shown(database) {
        let (app, actor, id) = claim(&database).await;
        let import = begun(&app, &actor, id, MARCH).await;
        let (found, _, case) = imports::open(&app.recoup, &actor, id, import).await.unwrap();
        let rules = imports::rules(&app.recoup, &case);
        let mut slow = statements::read(&Input::Memory(MARCH), &found.choices, &rules, Wish::default());
        // In another tab.
        let other = Choices { grouping: Grouping::Rows, ..found.choices.0.clone() };
        imports::choose(&app.recoup, &actor, id, import, &other, None).await.unwrap();
        let kept = imports::understood(&app.recoup, &actor, import, &found.choices, slow.as_mut().map_err(|refused| &*refused)).await;
        assert_eq!(kept.unwrap(), None);
        let waiting: Vec<(i64,)> = database.rows("SELECT COUNT(*) FROM imports WHERE read_since IS NOT NULL").await;
        assert_eq!(waiting, [(1,)], "whoever reads by the choices that there are now is waited for");
        stage::read_import(&app.recoup, &actor, id, import, MARCH).await;
        let waiting: Vec<(i64,)> = database.rows("SELECT COUNT(*) FROM imports WHERE read_since IS NOT NULL").await;
        assert_eq!(waiting, [(0,)]);
    }

    async fn files_count_for_the_limit_of_a_claim_before_they_become_lines(database) {
        let limits = Limits { claim_bytes: 100, ..Limits::default() };
        let app = App::start_with(&database, Options { limits: Some(limits), ..Options::default() }).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id) = stage::start(&app.recoup, account, "allegro", "Jay Records").await;
        let file = |name: &str, bytes| NewDocument {
            sha256: links::hash(name),
            name: name.to_owned(),
            media_type: "text/csv".to_owned(),
            bytes,
            pages: None,
            unreadable: None,
        };
        let begin = async |file: NewDocument| begin_import::begin(&app.recoup, &actor, id, &file).await;
        let room = async || documents::room(&app.recoup, &actor, id).await.unwrap();
        let Begun::New(first) = begin(file("a.csv", 60)).await.unwrap() else { panic!("it is new") };
        assert_eq!(room().await, 40);
        let before = database.row_counts().await;
        let full = begin(file("b.csv", 41)).await;
        assert!(matches!(&full, Err(Failure::Said(words)) if words.contains("this file no longer fits")), "{full:?}");
        let full = documents::add(&app.recoup, &actor, id, &file("c.csv", 41)).await;
        assert!(matches!(full, Err(Failure::Said(_))), "{full:?}");
        assert_eq!(database.row_counts().await, before, "nothing is kept of what does not fit");
        documents::add(&app.recoup, &actor, id, &file("a.csv", 60)).await.expect("the same bytes take no more room");
        imports::discard(&app.recoup, &actor, id, first).await.unwrap();
        assert_eq!(room().await, 40, "they are a document now");
        let Begun::New(last) = begin(file("d.csv", 40)).await.unwrap() else { panic!("it is new") };
        assert_eq!(room().await, 0);
        imports::discard(&app.recoup, &actor, id, last).await.unwrap();
        assert_eq!(room().await, 40, "what is discarded makes room");
    }

    // Its import names a file for good, so its bytes are kept and counted: who finds the claim full is told so.
    async fn what_was_imported_goes_on_counting_when_it_is_removed(database) {
        let bytes = MARCH.len();
        let limits = Limits { claim_bytes: u64::try_from(bytes).unwrap(), ..Limits::default() };
        let app = App::start_with(&database, Options { limits: Some(limits), ..Options::default() }).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id) = stage::start(&app.recoup, account, "allegro", "Jay Records").await;
        let import = begun(&app, &actor, id, MARCH).await;
        confirm(&app, &actor, id, import, MARCH).await;
        undo_import::undo(&app.recoup, &actor, id, import).await.unwrap();
        let (found, ..) = imports::open(&app.recoup, &actor, id, import).await.unwrap();
        documents::remove(&app.recoup, &actor, id, found.document_id.unwrap()).await.unwrap();
        assert_eq!(documents::room(&app.recoup, &actor, id).await.unwrap(), 0);
        documents::has_room(&app.recoup, &actor, id, &found.sha256, u64::try_from(bytes).unwrap()).await.unwrap();
        let full = documents::has_room(&app.recoup, &actor, id, &links::hash("another"), 1).await;
        let Err(Failure::Said(words)) = full else { panic!("{full:?}") };
        assert!(words.contains("What was sent or imported goes on counting, also when it was removed."), "{words}");
    }

    async fn a_file_that_is_read_once_more_is_read_by_the_same_choices(database) {
        let (app, actor, id) = claim(&database).await;
        let first = begun(&app, &actor, id, MARCH).await;
        let choices = Choices { grouping: Grouping::Release, accepted: ["overlap".to_owned()].into(), ..Choices::default() };
        imports::choose(&app.recoup, &actor, id, first, &choices, None).await.unwrap();
        stage::read_import(&app.recoup, &actor, id, first, MARCH).await;
        confirm(&app, &actor, id, first, MARCH).await;
        undo_import::undo(&app.recoup, &actor, id, first).await.unwrap();
        let again = begin_import::begin_again(&app.recoup, &actor, id, first, "").await.unwrap();
        let Begun::New(second) = again else { panic!("{again:?}") };
        let (second, ..) = imports::open(&app.recoup, &actor, id, second).await.unwrap();
        let said = Choices { accepted: Default::default(), ..choices };
        assert_eq!(second.choices.0, said, "what was accepted is looked at anew");
    }

    async fn what_a_replacing_file_changes_is_told_in_units(database) {
        let (app, actor, id) = claim(&database).await;
        let first = begun(&app, &actor, id, MARCH).await;
        confirm(&app, &actor, id, first, MARCH).await;
        let one = b"Period,Barcode,Title,Net Units,Net Due,Currency\n2015-03,036000291452,One,1,7.50,USD\n";
        let second = begun(&app, &actor, id, one).await;
        imports::choose(&app.recoup, &actor, id, second, &Choices::default(), Some(first)).await.unwrap();
        stage::read_import(&app.recoup, &actor, id, second, one).await;
        let mut tx = app.recoup.store.read().await.unwrap();
        let difference = stored::find(&mut tx, second).await.unwrap().unwrap().difference.unwrap().0;
        let told: Vec<_> = difference.first.iter().map(|(_, now, after)| (now.as_str(), after.as_str())).collect();
        assert_eq!(told, [("15.00 USD, 2 units", "7.50 USD, 1 unit")]);
    }

    async fn stock_takes_no_place_of_sales(database) {
        let (app, actor, id) = claim(&database).await;
        let first = begun(&app, &actor, id, MARCH).await;
        confirm(&app, &actor, id, first, MARCH).await;
        let stock = b"Catalog #,Title,On hand,As of\nNW 1,Arctic Light,100,2016-06-03\n";
        let second = begun(&app, &actor, id, stock).await;
        let refused = imports::choose(&app.recoup, &actor, id, second, &Choices::default(), Some(first)).await;
        assert!(matches!(&refused, Err(Failure::Said(words)) if words.contains("whose rows are the same")), "{refused:?}");
    }

    // Nobody swears to what nobody said, whatever a page shows.
    async fn royalties_are_imported_only_once_it_is_said_where_the_money_is(database) {
        let (app, actor, id) = claim(&database).await;
        let file = b"Sold from,Sold to,Service,Barcode,Title,Quantity,Your share,Currency\n2015-10-01,2015-10-31,iTunes,036000291452,One,14,98.70,USD\n";
        let import = begun(&app, &actor, id, file).await;
        let attempt = async |choices: &Choices| {
            imports::choose(&app.recoup, &actor, id, import, choices, None).await.unwrap();
            stage::read_import(&app.recoup, &actor, id, import, file).await;
            let (found, _, case) = imports::open(&app.recoup, &actor, id, import).await.unwrap();
            let wish = Wish { rows: true, ..Wish::default() };
            let read = statements::read(&Input::Memory(file), &found.choices, &imports::rules(&app.recoup, &case), wish).unwrap();
            let read = ReadLines::of(&app.recoup, &actor, id, read).await.unwrap();
            import_statement::import(&app.recoup, &actor, id, import, read, &app.recoup.random.token()).await
        };
        let open = Choices { aggregator: "The Orchard".to_owned(), letter_state: "none".to_owned(), ..Choices::default() };
        let refused = attempt(&open).await;
        assert!(matches!(&refused, Err(Failure::Said(words)) if words.contains("The money is: choose an answer.")), "{refused:?}");
        attempt(&Choices { money_state: "escrow".to_owned(), ..open }).await.unwrap();
    }

    async fn what_was_to_be_replaced_and_is_gone_is_replaced_no_more(database) {
        let (app, actor, id) = claim(&database).await;
        let first = begun(&app, &actor, id, MARCH).await;
        confirm(&app, &actor, id, first, MARCH).await;
        let second = begun(&app, &actor, id, CORRECTED).await;
        let choose = async |replaces| imports::choose(&app.recoup, &actor, id, second, &Choices::default(), replaces).await;
        choose(Some(first)).await.unwrap();
        undo_import::undo(&app.recoup, &actor, id, first).await.unwrap();
        // Whoever goes on is not held up by it.
        choose(Some(first)).await.unwrap();
        let mut tx = app.recoup.store.read().await.unwrap();
        assert_eq!(stored::find(&mut tx, second).await.unwrap().unwrap().replaces, None);
        drop(tx);
        assert!(matches!(choose(Some(first)).await, Err(Failure::Said(_))), "it cannot be chosen anew");
    }
}
