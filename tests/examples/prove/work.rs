//! Claims that are filed over HTTP by people who try again when they get no answer.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use claims::{
    AccountId, ClaimId, Clock, VersionId,
    actions::{Limits, Recoup, seen},
    random::Random,
    store::Store,
};
use reqwest::multipart;
use tests::{Browser, html, stage};

use crate::site::Site;

/// Claims in work at a time.
const HANDS: usize = 8;

/// A claim that is ready to get its document and its signature.
#[derive(Debug, Clone)]
pub struct Ready {
    pub claim: ClaimId,
    pub version: VersionId,
    /// Cookie of a session of its claimant.
    pub session: String,
    /// Key of its signature form.
    pub key: String,
    /// Mark of the draft without its document, as that form carries it.
    pub seen: String,
    /// What it proves itself with.
    pub document: String,
}

/// What was acknowledged.
#[derive(Debug, Clone, Default)]
pub struct Acknowledged {
    /// Claim by the number on its receipt.
    pub numbers: BTreeMap<String, ClaimId>,
    /// How often somebody got no answer, or one that said that it is not available.
    pub tried_again: usize,
}

/// Makes a case and claims by the actions: on SQLite all in one transaction, which is faster there and slower on PostgreSQL.
pub async fn prepare(database_url: &str, address: &str, count: usize) -> Vec<Ready> {
    let store = Store::open(database_url).await.unwrap();
    let whole = if database_url.starts_with("sqlite") { store.whole().await.unwrap() } else { store.clone() };
    let recoup = Recoup::new(whole.clone(), Clock::System, Random::System, address, Limits::default()).await.unwrap();
    let mut settings = stage::case_answers("allegro", "ALG");
    settings.set("deadline_day", "2090-12-31");
    stage::case_with(&recoup, &settings).await;
    let mut ready = Vec::new();
    let mut person: Option<(AccountId, String)> = None;
    for n in 0..count {
        // An account may have so many drafts.
        if n % 50 == 0 {
            let account = stage::person(&recoup, &format!("claimant{n}@example.org"), true, false).await.account;
            person = Some((account, session(&recoup, account).await));
        }
        let (account, session) = person.clone().unwrap();
        let (_, claim) = stage::ready(&recoup, account, "allegro", &format!("Label {n}")).await;
        let version = stage::draft(&recoup, claim).await;
        let document = format!("The statement of label {n}.\n").repeat(1 + n % 200);
        let seen = stage::signed(&recoup, version).await.get(seen::FIELD).to_owned();
        ready.push(Ready { claim, version, session, key: Random::System.token(), seen, document });
    }
    if database_url.starts_with("sqlite") {
        whole.commit_whole().await.unwrap();
    }
    store.close().await;
    ready
}

async fn session(recoup: &Recoup, account: AccountId) -> String {
    let (id, now) = (Random::System.token(), Clock::System.now());
    let data =
        serde_json::json!({ "account": account, "since": now.timestamp(), "seen": now.timestamp(), "client": "prove" });
    let mut tx = recoup.store.write().await.unwrap();
    let until = now + chrono::Duration::days(1);
    let hash = claims::actions::links::hash(&id);
    claims::store::sessions::save(&mut tx, &hash, Some(account), &data, "prove", until, now).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// People at work.
#[derive(Debug)]
pub struct Work {
    pub acknowledged: Arc<Mutex<Acknowledged>>,
    done: Arc<AtomicBool>,
    task: tokio::task::JoinHandle<()>,
}

impl Work {
    /// Begins: each claim gets its document, its signature and its receipt, in this order, until each is acknowledged.
    pub fn begin(address: &str, ready: Vec<Ready>) -> Self {
        let acknowledged = Arc::new(Mutex::new(Acknowledged::default()));
        let (next, ready) = (Arc::new(AtomicUsize::new(0)), Arc::new(ready));
        let done = Arc::new(AtomicBool::new(false));
        let (results, ended, address) = (acknowledged.clone(), done.clone(), address.to_owned());
        let task = tokio::spawn(async move {
            let mut hands = tokio::task::JoinSet::new();
            for _ in 0..HANDS {
                let (next, ready, results, address) = (next.clone(), ready.clone(), results.clone(), address.clone());
                hands.spawn(async move {
                    let browser = Browser::new(&address);
                    while let Some(one) = ready.get(next.fetch_add(1, Ordering::SeqCst)) {
                        browser.set_cookie("recoup", &one.session);
                        file(&browser, one, &results).await;
                    }
                });
            }
            while let Some(hand) = hands.join_next().await {
                hand.unwrap();
            }
            ended.store(true, Ordering::SeqCst);
        });
        Self { acknowledged, done, task }
    }

    /// Whether everything is acknowledged.
    pub fn is_done(&self) -> bool {
        self.done.load(Ordering::SeqCst)
    }

    /// How many claims are acknowledged.
    pub fn count(&self) -> usize {
        self.acknowledged.lock().unwrap().numbers.len()
    }

    /// Waits until everything is acknowledged.
    pub async fn end(self) -> Acknowledged {
        self.task.await.unwrap();
        self.acknowledged.lock().unwrap().clone()
    }
}

/// Begins an upload that nobody sends again, and goes on as soon as its bytes lie in their place; `false` if they never do.
pub async fn abandon(site: &Site, one: &Ready, n: usize) -> bool {
    let document = format!("What nobody sends again, no. {n}.\n").repeat(1_000);
    let sha256 = claims::actions::links::hash(&document);
    let kept = site.data.join("documents/documents").join(&sha256[..2]).join(&sha256);
    let browser = Browser::new(&site.address());
    browser.set_cookie("recoup", &one.session);
    let part = multipart::Part::bytes(document.into_bytes()).file_name("abandoned.txt");
    let form = multipart::Form::new().part("files", part);
    let request =
        browser.request("POST", &format!("/claims/{}/documents", one.claim)).header("sec-fetch-site", "same-origin");
    let sending = tokio::spawn(request.header("accept", "application/json").multipart(form).send());
    let begun = Instant::now();
    while !kept.exists() {
        if sending.is_finished() || begun.elapsed() > Duration::from_secs(10) {
            return kept.exists();
        }
        tokio::task::yield_now().await;
    }
    true
}

/// Does it until it is acknowledged.
macro_rules! again {
    ($results:ident, $once:expr) => {
        loop {
            if let Some(done) = $once.await {
                break done;
            }
            $results.lock().unwrap().tried_again += 1;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
}

async fn file(browser: &Browser, one: &Ready, results: &Mutex<Acknowledged>) {
    let path = format!("/claims/{}/documents", one.claim);
    again!(results, async {
        let part = multipart::Part::bytes(one.document.clone().into_bytes()).file_name("statement.txt");
        let form = multipart::Form::new().part("files", part);
        let request = browser.request("POST", &path).header("sec-fetch-site", "same-origin");
        let answer = request.header("accept", "application/json").multipart(form).send().await.ok()?;
        let answer: serde_json::Value = serde_json::from_str(&answer.text().await.ok()?).ok()?;
        (answer["ok"] == true).then_some(())
    });
    let mut signature: Vec<(String, String)> = stage::signature().0.into_iter().collect();
    signature.push(("version".to_owned(), one.version.to_string()));
    signature.push(("key".to_owned(), one.key.clone()));
    let path = format!("/claims/{}/sign", one.claim);
    let seen = again!(results, async {
        let answer = browser.request("GET", &path).send().await.ok()?;
        let page = answer.text().await.ok()?;
        html::attributes(&page, &format!("input[name={}]", seen::FIELD), "value").pop()
    });
    signature.push((seen::FIELD.to_owned(), seen));
    again!(results, async {
        let request = browser.request("POST", &path).header("sec-fetch-site", "same-origin");
        let answer = request.form(&signature).send().await.ok()?;
        let to = answer.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
        let received = answer.status() == 303 && to == format!("/claims/{}/versions/1?received=yes", one.claim);
        assert!(received || answer.status().is_server_error(), "{}: {} {to}", path, answer.status());
        received.then_some(())
    });
    let path = format!("/claims/{}/versions/1/claim.json", one.claim);
    let number = again!(results, async {
        let answer = browser.request("GET", &path).send().await.ok()?;
        let receipt: serde_json::Value = serde_json::from_str(&answer.text().await.ok()?).ok()?;
        receipt["number"].as_str().map(str::to_owned)
    });
    let before = results.lock().unwrap().numbers.insert(number.clone(), one.claim);
    assert!(before.is_none(), "two claims have the number {number}");
}
