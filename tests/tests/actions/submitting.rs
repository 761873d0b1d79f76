//! Sending a claim: once, whole, or not at all.

use std::collections::BTreeSet;

use claims::{
    ClaimId,
    access::Refusal,
    actions::{
        Failure, claim_view,
        edit_lines::{self, Cite},
        save_step, sign_in,
        submit_claim::submit,
    },
    frozen::FrozenClaim,
    intake::steps::Step,
    line::Category,
    store::{claims as rows, events, lines, totals},
};
use tests::{App, on_both, stage};

/// An app with a case, its counsel and a claim that is ready.
pub async fn ready(database: &tests::Database) -> (App, claims::access::Actor, ClaimId) {
    let app = App::start(database).await;
    let case = stage::case(&app.recoup, "allegro", "ALG").await;
    for counsel in ["counsel@example.org", "partner@example.org"] {
        let counsel = stage::person(&app.recoup, counsel, true, false).await;
        claims::actions::counsel::appoint(&app.recoup, case, counsel.account).await.unwrap();
    }
    let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
    let (actor, id) = stage::ready(&app.recoup, account, "allegro", "Jay Records").await;
    (app, actor, id)
}

async fn kinds(app: &App, id: ClaimId) -> Vec<String> {
    let mut tx = app.recoup.store.read().await.unwrap();
    events::of_claim(&mut tx, id).await.unwrap().into_iter().map(|event| event.kind).collect()
}

async fn mailed(app: &App) -> Vec<(String, String)> {
    let mut mails: Vec<_> = app.mails().await.into_iter().map(|mail| (mail.kind, mail.recipient)).collect();
    mails.sort();
    mails
}

fn one_set_of_mails() -> Vec<(String, String)> {
    [("new_claim", "counsel@example.org"), ("new_claim", "partner@example.org"), ("receipt", "ada@example.org")]
        .map(|(kind, to)| (kind.to_owned(), to.to_owned()))
        .to_vec()
}

on_both! {
    async fn nobody_signs_in_the_united_states_at_a_place_abroad(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id) = stage::ready(&app.recoup, account, "allegro", "Jay Records").await;
        let version = stage::draft(&app.recoup, id).await;
        let sign = async |place: &str, name: &str| {
            let typed = stage::signature().with("place", place).with("place_name", name);
            let signed = stage::on_page(&app.recoup, version, typed).await;
            claims::actions::submit_claim::submit(&app.recoup, &actor, id, version, &signed, "", "").await
        };
        let Err(Failure::Invalid(errors)) = sign("us", "Chur, Switzerland").await else { panic!("it was taken") };
        assert_eq!(errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["place_name"]);
        assert!(errors[0].message.contains("choose “Outside the United States”"), "{}", errors[0].message);
        sign("abroad", "Chur, Switzerland").await.unwrap();
    }

    async fn what_is_sent_is_frozen_with_its_hash(database) {
        let (app, actor, id) = ready(&database).await;
        let version = stage::draft(&app.recoup, id).await;
        let received = stage::send(&app.recoup, &actor, id).await.unwrap();
        assert_eq!(received.version, 1);
        let mut tx = app.recoup.store.read().await.unwrap();
        let claim = rows::by_id(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((claim.status.as_str(), claim.number.as_deref()), ("submitted", Some(received.number.as_str())));
        assert_eq!((claim.in_force_id, claim.draft_id), (Some(version), None));
        let row = rows::version(&mut tx, version).await.unwrap().unwrap();
        let text = row.frozen.unwrap();
        assert_eq!(claims::actions::links::hash(&text), row.sha256.unwrap());
        let frozen = FrozenClaim::read(&text).unwrap();
        assert_eq!(frozen.canonical().unwrap(), text, "reading and writing gives the same bytes");
        assert_eq!(frozen.totals, totals::of_version(&mut tx, version).await.unwrap());
        assert_eq!(frozen.totals[0].amount, 1_500_000);
        assert!(frozen.declaration.words.contains("penalty of perjury"), "{}", frozen.declaration.words);
        drop(tx);
        assert_eq!(mailed(&app).await, one_set_of_mails());
        let receipt = app.mail("receipt", "ada@example.org").await;
        assert!(receipt.body_text.contains(&received.number) && receipt.body_text.contains("15,000.00"), "{}", receipt.body_text);
    }

    // What all claims of a case come to stands on its pages, and must be countable whoever files: no line is too large here, nor would a
    // computer mind the sum of this one claim.
    async fn a_claim_comes_to_no_more_than_a_line_may(database) {
        let (app, actor, id) = ready(&database).await;
        let largest = stage::sales("99,999,999,999.99");
        stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &largest, None).await;
        let words = "Your lines, with interest and costs, come to more than one claim may, 99,999,999,999.99 USD.";
        let refused = stage::send(&app.recoup, &actor, id).await.unwrap_err();
        assert!(refused.to_string().contains(words), "{refused}");
        let draft = claim_view::draft(&app.recoup, &actor, id).await.unwrap();
        assert_eq!(draft.answers_of(Step::Sign).get("signature"), "Ada Label", "what was typed is kept");
        let remark = draft.remarks().remove(0);
        assert!(remark.words.starts_with(words) && remark.stops, "{remark:?}");
        assert_eq!(remark.step, Step::Lines(Category::UnpaidSales));

        // Interest counts as well.
        edit_lines::remove(&app.recoup, &actor, id, 1).await.unwrap();
        let save = async |answers| edit_lines::save(&app.recoup, &actor, id, 2, &answers, &Cite::default()).await.unwrap();
        save(largest.clone().with("interest", "0.01")).await;
        let refused = stage::send(&app.recoup, &actor, id).await.unwrap_err();
        assert!(refused.to_string().contains(words), "{refused}");
        save(largest).await;
        stage::send(&app.recoup, &actor, id).await.unwrap();
    }

    async fn the_same_form_twice_gives_the_same_answer(database) {
        let (app, actor, id) = ready(&database).await;
        let version = stage::draft(&app.recoup, id).await;
        let signed = stage::signed(&app.recoup, version).await;
        let first = submit(&app.recoup, &actor, id, version, &signed, "192.0.2.1", "key").await.unwrap();
        let events = kinds(&app, id).await;
        let again = submit(&app.recoup, &actor, id, version, &signed, "192.0.2.1", "key").await.unwrap();
        assert_eq!(first, again);
        let other_tab = submit(&app.recoup, &actor, id, version, &signed, "192.0.2.1", "other key").await.unwrap();
        assert_eq!(first, other_tab);
        assert_eq!(kinds(&app, id).await, events);
        assert_eq!(mailed(&app).await, one_set_of_mails());
    }

    async fn twenty_at_once_give_one_number_and_one_set_of_mails(database) {
        let (app, actor, id) = ready(&database).await;
        let version = stage::draft(&app.recoup, id).await;
        let signed = stage::signed(&app.recoup, version).await;
        let sends = (0..20).map(|n| {
            let (recoup, actor, signed) = (app.recoup.clone(), actor.clone(), signed.clone());
            // Half are double clicks with one key, half are tabs with their own.
            let key = if n % 2 == 0 { "same".to_owned() } else { format!("tab {n}") };
            tokio::spawn(async move { submit(&recoup, &actor, id, version, &signed, "192.0.2.1", &key).await })
        });
        let answers: BTreeSet<String> = futures::future::join_all(sends).await.into_iter().map(|sent| format!("{:?}", sent.unwrap().unwrap())).collect();
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!(kinds(&app, id).await.iter().filter(|kind| *kind == "claim_submitted").count(), 1);
        assert_eq!(mailed(&app).await, one_set_of_mails());
    }

    async fn many_claims_at_once_get_numbers_of_their_own(database) {
        let app = App::start(&database).await;
        let case = stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let mut ready = Vec::new();
        for n in 0..12 {
            ready.push(stage::ready(&app.recoup, account, "allegro", &format!("Label {n}")).await);
        }
        let sends = ready.into_iter().map(|(actor, id)| {
            let recoup = app.recoup.clone();
            tokio::spawn(async move { stage::send(&recoup, &actor, id).await.unwrap().number })
        });
        let numbers: BTreeSet<String> = futures::future::join_all(sends).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(numbers.len(), 12);
        let mut tx = app.recoup.store.read().await.unwrap();
        assert_eq!(events::verify(&mut tx, case).await.unwrap().1, None);
    }

    async fn a_claim_started_twice_at_once_is_one_claim(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let actor = stage::person(&app.recoup, "ada@example.org", true, false).await;
        let starts = (0..10).map(|_| {
            let (recoup, actor) = (app.recoup.clone(), actor.clone());
            tokio::spawn(async move {
                let who = claims::actions::start_claim::Who::New(stage::answers(&[("kind", "label"), ("legal_name", "Jay"), ("capacity", "officer")]));
                claims::actions::start_claim::start(&recoup, &actor, "allegro", &who, "key").await.expect("a double click gets the first click's answer")
            })
        });
        let claims: BTreeSet<ClaimId> = futures::future::join_all(starts).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(claims.len(), 1);
        let mut tx = app.recoup.store.read().await.unwrap();
        assert_eq!(rows::of_account(&mut tx, actor.account).await.unwrap().len(), 1);
    }

    async fn a_known_claimant_from_two_tabs_has_one_claim(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        stage::case(&app.recoup, "second", "SEC").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, _) = stage::start(&app.recoup, account, "allegro", "Jay").await;
        let claimant = *actor.claimants.first().unwrap();
        let starts = (0..10).map(|n| {
            let (recoup, actor) = (app.recoup.clone(), actor.clone());
            tokio::spawn(async move {
                let who = claims::actions::start_claim::Who::Known(claimant);
                claims::actions::start_claim::start(&recoup, &actor, "second", &who, &format!("tab {n}")).await.unwrap()
            })
        });
        let claims: BTreeSet<ClaimId> = futures::future::join_all(starts).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(claims.len(), 1);
    }

    async fn an_unconfirmed_address_cannot_send_but_keeps_its_answers(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", false, false).await.account;
        let (actor, id) = stage::ready(&app.recoup, account, "allegro", "Jay Records").await;
        assert!(matches!(stage::send(&app.recoup, &actor, id).await, Err(Failure::Refused(Refusal::VerifyEmail))));
        let draft = claim_view::draft(&app.recoup, &actor, id).await.unwrap();
        let kept = draft.answers_of(Step::Sign);
        assert_eq!((kept.get("signature"), kept.get("place_name"), kept.get("agree")), ("Ada Label", "Portland, Oregon", ""));
        assert_eq!(kinds(&app, id).await, ["claim_started"]);

        sign_in::mail_confirmation_again(&app.recoup, &actor).await.unwrap();
        let token = crate::accounts::token(&app, "verify_address", "ada@example.org").await;
        sign_in::confirm_address(&app.recoup, &token, Some(account)).await.unwrap();
        let actor = stage::actor(&app.recoup, account).await;
        stage::send(&app.recoup, &actor, id).await.unwrap();
    }

    async fn an_edit_voids_the_typed_signature(database) {
        let (app, actor, id) = ready(&database).await;
        let version = stage::draft(&app.recoup, id).await;
        let half_signed = async || {
            let half = stage::on_page(&app.recoup, version, stage::signature().with("agree", "")).await;
            assert!(matches!(submit(&app.recoup, &actor, id, version, &half, "", "k").await, Err(Failure::Invalid(_))));
        };
        half_signed().await;
        let signed = async || claim_view::draft(&app.recoup, &actor, id).await.unwrap().answers_of(Step::Sign);
        assert_eq!(signed().await.get("signature"), "Ada Label", "a page that was not right keeps what was typed");
        save_step::save(&app.recoup, &actor, id, Step::Others, &stage::answers(&[("others", "no")])).await.unwrap();
        assert!(signed().await.is_empty());

        half_signed().await;
        stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("1.00"), None).await;
        assert!(signed().await.is_empty());
        half_signed().await;
        stage::document(&app.recoup, &actor, id, "a.pdf").await;
        assert!(signed().await.is_empty());
    }

    async fn a_claim_that_is_not_ready_is_not_sent(database) {
        let app = App::start(&database).await;
        stage::case(&app.recoup, "allegro", "ALG").await;
        let account = stage::person(&app.recoup, "ada@example.org", true, false).await.account;
        let (actor, id) = stage::start(&app.recoup, account, "allegro", "Jay Records").await;
        let refused = async || match stage::send(&app.recoup, &actor, id).await {
            Err(Failure::Said(words)) => words,
            other => panic!("{other:?}"),
        };
        assert!(refused().await.contains("cannot be sent yet"));
        stage::fill_steps(&app.recoup, &actor, id, "Jay Records").await;
        assert!(refused().await.contains("add at least one line"));
        let wrong = claims::actions::edit_lines::add(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("12,3"), &Default::default(), "").await.unwrap();
        assert!(!wrong.right);
        assert!(refused().await.contains("attention"));
        let mut tx = app.recoup.store.read().await.unwrap();
        let claim = rows::by_id(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((claim.number, claim.status.as_str()), (None, "draft"), "a refused claim uses no number up");
        drop(tx);
        assert_eq!(app.mails().await, []);
    }

    // Lines that were right when they were saved and are not any more are found at once, not one at each signature.
    async fn all_lines_that_are_no_longer_right_are_listed_at_once(database) {
        let (app, actor, id) = ready(&database).await;
        let pounds = stage::sales("100.00").with("currency", "GBP");
        for _ in 0..3 {
            stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &pounds, None).await;
        }
        stage::line(&app.recoup, &actor, id, Category::UnpaidSales, &stage::sales("7.00"), None).await;
        stage::setting(&app.recoup, "allegro", "rates", "EUR 1.1154").await;
        let remarks = async || claim_view::draft(&app.recoup, &actor, id).await.unwrap().remarks();
        let stopping = async || remarks().await.into_iter().filter(|remark| remark.stops).map(|remark| remark.words).collect::<Vec<_>>();
        assert_eq!(stopping().await, ["3 lines of “Unpaid sales” need attention."], "the settings were saved just now");
        // As if the process had ended between the settings and the lines.
        database.tamper("UPDATE lines SET is_right = TRUE, currency = 'GBP', amount = 10000, rate = '1.4515', case_amount = 14515, case_interest = 0, case_costs = 0 WHERE NOT is_right").await;
        assert_eq!(stopping().await, [""; 0], "nobody has looked yet");
        let version = stage::draft(&app.recoup, id).await;
        let page = stage::signed(&app.recoup, version).await;
        let sent = submit(&app.recoup, &actor, id, version, &page, "192.0.2.1", "key").await;
        assert!(matches!(&sent, Err(Failure::Said(words)) if words.contains("3 lines need attention")), "{sent:?}");
        assert_eq!(stopping().await, ["3 lines of “Unpaid sales” need attention."]);
        let mut tx = app.recoup.store.read().await.unwrap();
        let wrong = lines::list(&mut tx, version, None, lines::Order::Wrong, 10, 0).await.unwrap();
        drop(tx);
        assert_eq!(wrong.iter().map(|line| (line.line, line.is_right)).collect::<Vec<_>>(), [(2, false), (3, false), (4, false), (1, true), (5, true)]);
        assert_ne!(stage::signed(&app.recoup, version).await, page, "its sums are others now");
        for line in 2..=4 {
            claims::actions::edit_lines::remove(&app.recoup, &actor, id, line).await.unwrap();
        }
        stage::send(&app.recoup, &actor, id).await.unwrap();
    }

    async fn another_persons_claim_does_not_exist(database) {
        let (app, _, id) = ready(&database).await;
        let eve = stage::person(&app.recoup, "eve@example.org", true, false).await;
        let counsel = stage::actor(&app.recoup, claims::AccountId(2)).await;
        for actor in [eve, counsel] {
            assert!(matches!(stage::send(&app.recoup, &actor, id).await, Err(Failure::Refused(Refusal::NotFound))));
            assert!(matches!(claim_view::draft(&app.recoup, &actor, id).await, Err(Failure::Refused(Refusal::NotFound))));
            let saved = save_step::save(&app.recoup, &actor, id, Step::Others, &stage::answers(&[("others", "no")])).await;
            assert!(matches!(saved, Err(Failure::Refused(Refusal::NotFound))));
        }
    }
}
