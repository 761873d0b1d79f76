//! Every mail that the product can send, in both parts, as it was last read and found good: a file a mail under
//! `fixtures/mails`. They come from real actions, on both databases. After a change that is meant, run this test with
//! `RECOUP_WRITE_MAILS=1` and read the difference.

use std::{collections::BTreeSet, path::PathBuf};

use chrono::Duration;
use claims::{
    Instant,
    access::Actor,
    actions::{
        account, build_filing,
        cases::save as save_case,
        counsel as appoint,
        notices::preferences,
        publish_news, save_step, second_factor, sign_in, withdraw,
        write_to_many::{self, Wish},
    },
    case::Case,
    intake::{Answers, steps::Step},
    line::Category,
    mail,
    notices::{Kind, Way},
    store::{
        cases,
        outbox::{self, Mail},
        register::Filter,
    },
};
use tests::{App, Database, Options, on_both, stage};

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/mails")
}

/// What differs from run to run: tokens of links, and hashes.
fn steady(text: &str) -> String {
    let mut text = text.to_owned();
    for path in ["/confirm/", "/reset/", "/confirm-address/", "/counsel-invitation/", "/unsubscribe/"] {
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once(path) {
            out.push_str(before);
            out.push_str(path);
            out.push_str("TOKEN");
            rest = after.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        }
        out.push_str(rest);
        text = out;
    }
    let hash = |word: &str| word.len() == 64 && word.chars().all(|c| c.is_ascii_hexdigit());
    let words = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()).map(|word| {
        let bare = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        if hash(bare) { word.replace(bare, "HASH") } else { word.to_owned() }
    });
    words.collect()
}

struct Scene {
    app: App,
    case: Case,
    counsel: Actor,
}

impl Scene {
    fn to(&self, moment: &str) {
        let moment: Instant = moment.parse().unwrap();
        self.app.pass(moment - self.app.clock.now());
    }

    async fn draft(&self, email: &str, who: &str, street: &str, amount: &str) -> (Actor, claims::ClaimId) {
        let recoup = &self.app.recoup;
        let account = stage::person(recoup, email, true, false).await.account;
        let (actor, id) = stage::start(recoup, account, "allegro", who).await;
        stage::fill_steps(recoup, &actor, id, who).await;
        let answers = stage::claimant_answers(who)
            .with("street", street)
            .with("email", format!("office@{}.example", street.len()));
        assert!(save_step::save(recoup, &actor, id, Step::Claimant, &answers).await.unwrap());
        let sales = stage::sales(amount).with("title", "Sonatas <& more>").with("catalogue_number", "HL 7");
        stage::line(recoup, &actor, id, Category::UnpaidSales, &sales, None).await;
        (actor, id)
    }
}

async fn listen(scene: (&App, &Case), email: &str, all: Way, but: &[(Kind, Way)]) -> Actor {
    let (app, case) = scene;
    let person = stage::person(&app.recoup, email, true, false).await;
    appoint::appoint(&app.recoup, case.id, person.account).await.unwrap();
    let actor = stage::actor(&app.recoup, person.account).await;
    let mut answers = Kind::ALL.iter().fold(Answers::default(), |answers, kind| answers.with(kind.key(), all.key()));
    for (kind, way) in but {
        answers.set(kind.key(), way.key());
    }
    preferences::set_of_counsel(&app.recoup, &actor, case.id, &answers).await.unwrap();
    actor
}

/// Lets everything happen of which anybody is mailed.
async fn everything(database: &Database) -> Vec<Mail> {
    let options = Options { base_url: Some("https://recoup.example".to_owned()), ..Options::default() };
    let app = App::start_with(database, options).await;
    let recoup = app.recoup.clone();
    let settings = stage::case_answers("allegro", "ALG")
        .with("alert_members", "2")
        .with("alert_claim", "20,000.00")
        .with("alert_total", "25,000.00");
    let id = stage::case_with(&recoup, &settings).await;
    let mut tx = recoup.store.read().await.unwrap();
    let case = cases::by_id(&mut tx, id).await.unwrap().unwrap().read().unwrap();
    drop(tx);
    Box::pin(accounts(&app, &case)).await;
    let counsel = listen((&app, &case), "counsel@example.org", Way::AtOnce, &[]).await;
    listen((&app, &case), "partner@example.org", Way::Digest, &[]).await;
    listen((&app, &case), "third@example.org", Way::Off, &[(Kind::ClaimLarge, Way::AtOnce)]).await;
    let scene = Scene { app, case, counsel };

    scene.draft("dan@example.org", "Night Ferry", "9 Quay", "5.00").await;
    let (ada, first) = scene.draft("ada@example.org", "Harbor Light LLC", "1 Main Street", "15,000.00").await;
    stage::send(&recoup, &ada, first).await.unwrap();
    scene.app.run_jobs().await;
    let (bob, second) = scene.draft("bob@example.org", "Harbor Light Recordings", "1 Main Street", "30,000.00").await;
    stage::send(&recoup, &bob, second).await.unwrap();
    scene.app.run_jobs().await;
    let (cem, third) = scene.draft("cem@example.org", "Odile & Söhne <GmbH>", "77 Uferweg", "400.00").await;
    stage::send(&recoup, &cem, third).await.unwrap();
    scene.app.run_jobs().await;
    // The first digest, and what changed until the second.
    scene.to("2026-03-05T15:00:00Z");
    scene.app.run_jobs().await;
    stage::open_next_version(&recoup, &ada, first).await;
    stage::line(&recoup, &ada, first, Category::Other, &other_loss(), None).await;
    stage::send(&recoup, &ada, first).await.unwrap();
    withdraw::withdraw(&recoup, &cem, third, "Paid <in full>.").await.unwrap();
    scene.app.run_jobs().await;
    Box::pin(filings(&scene)).await;
    Box::pin(letters(&scene)).await;
    scene.to("2026-03-06T15:00:00Z");
    scene.app.run_jobs().await;
    stage::open_next_version(&recoup, &ada, first).await;
    scene.to("2026-05-31T20:00:00Z");
    scene.app.run_jobs().await;
    scene.to("2026-06-16T20:00:00Z");
    scene.app.run_jobs().await;
    Box::pin(another_deadline(&scene)).await;
    scene.app.mails().await
}

/// More time, and another forum.
async fn another_deadline(scene: &Scene) {
    let root = stage::person(&scene.app.recoup, "administrator@example.org", true, true).await;
    let mut tx = scene.app.recoup.store.read().await.unwrap();
    let row = cases::by_id(&mut tx, scene.case.id).await.unwrap().unwrap();
    drop(tx);
    let settings = row.settings.0.clone().with("deadline_day", "2026-07-31").with("forum", "oregon");
    save_case(&scene.app.recoup, &root, row.id, row.revision, &settings).await.unwrap();
}

fn other_loss() -> Answers {
    stage::answers(&[
        ("loss", "fees"),
        ("explanation", "Fees for storage."),
        ("period_from", "2016-07-01"),
        ("currency", "USD"),
        ("amount", "12.00"),
    ])
}

/// Mails about accounts and invitations.
async fn accounts(app: &App, case: &Case) {
    let recoup = &app.recoup;
    let root = stage::person(recoup, "root@example.org", true, true).await;
    appoint::invite(recoup, &root, case.id, &Answers::default().with("email", "new@law.example"), "").await.unwrap();
    let eve = stage::answers(&[("name", "Eve <b>"), ("email", "eve@example.org"), ("password", stage::PASSWORD)]);
    let own = sign_in::register(recoup, &eve, "192.0.2.1", "").await.unwrap();
    let link = app.mailed_path("verify_address", "eve@example.org").await;
    sign_in::confirm_address(recoup, link.rsplit('/').next().unwrap(), Some(own)).await.unwrap();
    sign_in::register(recoup, &eve, "192.0.2.2", "").await.unwrap();
    sign_in::forgotten(recoup, &Answers::default().with("email", "eve@example.org"), "192.0.2.1").await.unwrap();
    let link = app.mailed_path("reset_password", "eve@example.org").await;
    let password = Answers::default().with("password", stage::PASSWORD);
    let account = sign_in::reset(recoup, link.rsplit('/').next().unwrap(), &password).await.unwrap();
    let eve = stage::actor(recoup, account).await;
    let new = stage::answers(&[("email", "eve@new.example"), ("current", stage::PASSWORD)]);
    account::change_address(recoup, &eve, &new, "").await.unwrap();
    let password = Answers::default().with("current", stage::PASSWORD);
    second_factor::begin(recoup, &eve, &password, "").await.unwrap();
    let second_factor::Standing::Begun(secret) = second_factor::standing(recoup, &eve).await.unwrap() else { panic!() };
    let code = Answers::default().with("code", secret.code(app.clock.now()));
    second_factor::confirm(recoup, &eve, &code, "", &second_factor::mark(&secret)).await.unwrap();
    let link = app.mailed_path("confirm_new_address", "eve@new.example").await;
    account::confirm_new_address(recoup, link.rsplit('/').next().unwrap(), Some(account)).await.unwrap();
}

/// A filing that is built and one that is not.
async fn filings(scene: &Scene) {
    let Scene { app, case, counsel } = scene;
    build_filing::ask(&app.recoup, Some(counsel), case.id).await.unwrap();
    app.run_jobs().await;
    let build = build_filing::ask(&app.recoup, Some(counsel), case.id).await.unwrap();
    assert!(build_filing::take(&app.recoup, build, "a builder").await.unwrap().is_some());
    let why = "Claim ALG-000001: the sum of line 1 is 15,000.00 in the signed text and 1,500.00 in the portal.";
    build_filing::fail(&app.recoup, build, "a builder", why).await.unwrap();
    app.run_jobs().await;
}

/// What counsel write, one of which cannot be delivered.
async fn letters(scene: &Scene) {
    let Scene { app, case, counsel } = scene;
    let letter = stage::answers(&[
        ("about", "claim"),
        ("subject", "Claim {{number}}: documents"),
        (
            "text",
            "Dear {{name}},\n\nof {{claimed}} that {{claimant}} claims, {{documented}} is documented. Please add what you have before {{deadline}} <soon>.",
        ),
        ("per_hour", "3600"),
    ]);
    let filter = Filter { text: "LLC".to_owned(), ..Filter::default() };
    let seen = write_to_many::preview(&app.recoup, counsel, case, &filter, &letter).await.unwrap().mark;
    let wish = Wish { filter: &filter, filter_words: "LLC", seen: &seen, answers: &letter, key: "" };
    write_to_many::queue(&app.recoup, counsel, case, &wish).await.unwrap();
    let news = stage::answers(&[
        ("title", "A hearing on 4 May"),
        ("text", "The court hears counsel on 4 May.\n\nNobody needs to come."),
        ("mail", "yes"),
        ("per_hour", "3600"),
    ]);
    publish_news::publish(&app.recoup, counsel, case, &news, "").await.unwrap();
    app.pass(Duration::minutes(1));
    app.run_jobs().await;
    let filter = Filter { text: "Recordings".to_owned(), ..Filter::default() };
    let seen = write_to_many::preview(&app.recoup, counsel, case, &filter, &letter).await.unwrap().mark;
    let wish = Wish { filter: &filter, filter_words: "Recordings", seen: &seen, answers: &letter, key: "" };
    write_to_many::queue(&app.recoup, counsel, case, &wish).await.unwrap();
    let now = app.clock.now();
    let mut tx = app.recoup.store.write().await.unwrap();
    for mail in outbox::lease(&mut tx, "w", 10, now, now + Duration::minutes(5)).await.unwrap() {
        outbox::settle(&mut tx, mail.id, "w", "failed", "permanent error (550): 5.1.1 no such user <here>", now, now)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    app.run_jobs().await;
}

/// Name of the file, kind, recipient, and words of the subject or the text.
const KEPT: &[(&str, &str, &str, &str)] = &[
    ("verify_address", "verify_address", "eve@example.org", ""),
    ("address_known", "address_known", "eve@example.org", ""),
    ("reset_password", "reset_password", "eve@example.org", ""),
    ("password_changed", "password_changed", "eve@example.org", ""),
    ("confirm_new_address", "confirm_new_address", "eve@new.example", ""),
    ("address_changed", "address_changed", "eve@example.org", ""),
    ("address_left", "address_left", "eve@example.org", ""),
    ("second_factor", "second_factor", "eve@example.org", "set up"),
    ("counsel_invited", "counsel_invited", "new@law.example", ""),
    ("receipt", "receipt", "ada@example.org", "Version: 1"),
    ("receipt-amended", "receipt", "ada@example.org", "Version: 2"),
    ("claim_withdrawn", "claim_withdrawn", "cem@example.org", ""),
    ("claim_filed", "claim_filed", "ada@example.org", ""),
    ("new_claim", "new_claim", "counsel@example.org", "resembles no other"),
    ("new_claim-resembling", "new_claim", "counsel@example.org", "may be of the same claimant"),
    ("new_claim-amended", "new_claim", "counsel@example.org", "this is version 2"),
    ("notice-claim_withdrawn", "notice", "counsel@example.org", "Withdrawn: claim"),
    ("notice-claim_large", "notice", "third@example.org", "A large claim"),
    ("notice-members", "notice", "counsel@example.org", "members reached"),
    ("notice-total", "notice", "counsel@example.org", "Unique total above"),
    ("notice-duplicates", "notice", "counsel@example.org", "likely duplicates"),
    ("notice-filing", "notice", "counsel@example.org", "Filing 1 is built"),
    ("notice-filing_failed", "notice", "counsel@example.org", "could not be built"),
    ("notice-deadline", "notice", "counsel@example.org", "30 days left"),
    ("notice-mail_failed", "notice", "counsel@example.org", "could not be delivered"),
    ("notice-drafts_stalled", "notice", "counsel@example.org", "stall"),
    ("digest-first", "digest", "partner@example.org", "this is the first such mail"),
    ("digest", "digest", "partner@example.org", "since the last such mail, 5 March"),
    ("letter", "letter", "ada@example.org", ""),
    ("news", "news", "ada@example.org", ""),
    ("reminder", "reminder", "dan@example.org", ""),
    ("reminder-amendment", "reminder", "ada@example.org", ""),
    ("case_changed", "case_changed", "counsel@example.org", ""),
    ("deadline_changed", "deadline_changed", "ada@example.org", ""),
    ("deadline_changed-draft", "deadline_changed", "dan@example.org", ""),
];

fn find<'a>(mails: &'a [Mail], (name, kind, to, words): &(&str, &str, &str, &str)) -> &'a Mail {
    let fits = |mail: &&Mail| {
        mail.kind == *kind && mail.recipient == *to && (mail.subject.contains(words) || mail.body_text.contains(words))
    };
    mails.iter().find(fits).unwrap_or_else(|| {
        let seen: Vec<_> =
            mails.iter().map(|mail| format!("{} to {}: {}", mail.kind, mail.recipient, mail.subject)).collect();
        panic!("no mail for {name}; there are\n{}", seen.join("\n"))
    })
}

/// What stands outside of links in an HTML part.
fn outside_links(html: &str) -> String {
    let mut out = String::new();
    for (place, part) in html.split("<a ").enumerate() {
        out.push_str(if place == 0 { part } else { part.split_once("</a>").map_or("", |(_, after)| after) });
    }
    out
}

on_both! {
    async fn every_mail_reads_as_it_was_last_read(database) {
        let mails = Box::pin(everything(&database)).await;
        let write = std::env::var_os("RECOUP_WRITE_MAILS").is_some();
        let mut wrong = Vec::new();
        for mail in mails.iter().filter(|mail| mail.kind == "receipt") {
            assert_eq!(mail.reply_to, "claims@example.org", "{} is answered to the contact of its case", mail.kind);
        }
        for kept in KEPT {
            let mail = find(&mails, kept);
            let mut header = format!("To: {}\nSubject: {}\n", mail.recipient, mail.subject);
            if !mail.unsubscribe.is_empty() {
                header.push_str(&format!("List-Unsubscribe: <{}>\n", mail.unsubscribe));
            }
            for (end, text) in [("txt", steady(&format!("{header}\n{}", mail.body_text))), ("html", steady(&mail.body_html))] {
                let path = directory().join(format!("{}.{end}", kept.0));
                if write {
                    std::fs::create_dir_all(directory()).unwrap();
                    std::fs::write(&path, &text).unwrap();
                } else if std::fs::read_to_string(&path).unwrap_or_default() != text {
                    wrong.push(format!("{}:\n{text}", path.display()));
                }
            }
        }
        assert!(wrong.is_empty(), "{} parts differ from what was kept:\n{}", wrong.len(), wrong.join("\n----\n"));

        // What claimants get names nobody else and leads to no page of counsel.
        for mail in mails.iter().filter(|mail| ["ada@example.org", "bob@example.org", "cem@example.org", "dan@example.org"].contains(&mail.recipient.as_str())) {
            let own = match mail.recipient.as_str() { "ada@example.org" => "LLC", "bob@example.org" => "Recordings", "cem@example.org" => "Odile", _ => "Night Ferry" };
            for other in ["Harbor Light LLC", "Harbor Light Recordings", "Odile", "Night Ferry", "/counsel/", "probable"] {
                assert!(other.contains(own) || !mail.body_text.contains(other) && !mail.body_html.contains(other), "{} to {} says “{other}”", mail.kind, mail.recipient);
            }
        }
        // Every figure of money that counsel are mailed leads to what it sums; what people typed stays text.
        for mail in mails.iter().filter(|mail| matches!(mail.kind.as_str(), "new_claim" | "notice" | "digest")) {
            let rest = outside_links(mail.body_html.split("<body").nth(1).unwrap());
            // Why a build failed is quoted as it is.
            let quoted = mail.subject.contains("could not be built") || mail.body_text.contains("The build failed");
            assert!(quoted || !rest.contains(" USD"), "{}: {rest}", mail.subject);
        }
        for mail in &mails {
            assert!(!mail.subject.contains(['\n', '\r']) && !mail.body_html.contains("<b>") && !mail.body_html.contains("<GmbH>"), "{}", mail.body_html);
            assert!(!mail.body_text.contains(['\u{e000}', '\u{e001}', '\u{e002}']) && !mail.body_html.contains(['\u{e000}', '\u{e001}', '\u{e002}']));
            assert_eq!(mail.unsubscribe.is_empty(), !matches!(mail.kind.as_str(), "news" | "reminder"), "{}", mail.kind);
        }
    }
}

#[test]
fn every_kind_of_mail_is_kept_and_nothing_else() {
    let kinds: BTreeSet<&str> = KEPT.iter().map(|(_, kind, ..)| *kind).collect();
    assert_eq!(kinds, mail::kinds().collect::<BTreeSet<_>>(), "a template without a kept mail, or the other way round");
    for kind in Kind::ALL {
        let told = kind == Kind::ClaimNew
            || kind == Kind::ClaimAmended
            || KEPT.iter().any(|(name, ..)| *name == format!("notice-{}", kind.key()));
        assert!(told, "no kept mail tells of {kind:?}");
    }
    let files: BTreeSet<String> =
        std::fs::read_dir(directory()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    let named: BTreeSet<String> =
        KEPT.iter().flat_map(|(name, ..)| [format!("{name}.txt"), format!("{name}.html")]).collect();
    assert_eq!(files, named);
}
