//! Anything at all, sent to every route by everybody: no answer is a failure of ours, who may not write changes no row, and who may
//! changes none of others.

use std::collections::{BTreeMap, BTreeSet};

use claims::random::Random;
use tests::{Page, html, html::Form, on_both};

use crate::{
    access::TABLE,
    ground::{Ground, ROLES, Role, is_upload},
};

/// Names that no page may show to those who ask here, and some that are of no form; the others stand on the pages.
const NAMES: &[&str] = &[
    "key",
    "email",
    "name",
    "password",
    "current",
    "code",
    "next",
    "kept_path",
    "kept_form",
    "seen",
    "legal_name",
    "kind",
    "capacity",
    "title",
    "slug",
    "prefix",
    "reason",
    "lines",
    "place",
    "who",
    "document",
    "signature",
    "version",
    "agree",
    "others",
    "period_from",
    "period_to",
    "currency",
    "net_due",
    "units_claimed",
    "basis",
    "amount",
    "gtin",
    "isrc",
    "verdict",
    "resolution",
    "page",
    "sort",
    "q",
    "from",
    "to",
    "status",
    "category",
    "show",
    "claim",
    "inline",
    "revision",
    "hash",
    "subject",
    "body",
    "to_a",
    "grouping",
    "proves",
    "evidence",
    "administrator",
    "account_id",
    "case_id",
    "claim_id",
    "filter",
    "template",
    "steps",
    "everywhere",
    "part",
    "layout",
    "replaces",
    "accept",
    "loss",
    "back",
    "confirmed",
    "",
];

/// Of which the pages have so many names and forms at least.
const LEAST: (usize, usize) = (80, 25);

/// What is put into them, urlencoded: ordinary, wrong, hostile, and bytes that are no text.
const VALUES: &[&str] = &[
    "",
    "0",
    "1",
    "-1",
    "2",
    "99999999999999999999",
    "1.234%2C56",
    "abc",
    "yes",
    "no",
    "USD",
    "label",
    "same",
    "different",
    "2015-01-01",
    "31+February+2015",
    "0000-00-00",
    "9999-12-31",
    "ada%40example.org",
    "%00",
    "a%00b",
    "%FF%FE",
    "%ED%A0%80",
    "%E2%80%AEx",
    "%F0%9F%8E%BB",
    "..%2F..%2Fx",
    "%2F%2Fevil.example",
    "%3Cscript%3E",
    "'%3B+DROP+TABLE+claims%3B--",
    "%25",
    "%",
    "%zz",
    "a%0D%0AB",
    "=1%2B1",
    "%09",
    "NaN",
    "1e999",
    "-0",
    "%C2%A0",
];

/// What the pages send.
struct Forms {
    names: Vec<String>,
    /// The form of a route, as it stands on a page of somebody who may send it.
    of: BTreeMap<&'static str, Form>,
}

impl Forms {
    /// Reads every page as the first who may.
    async fn read(ground: &Ground) -> Self {
        let routes: BTreeMap<String, &'static str> = TABLE
            .iter()
            .filter(|(method, route, _)| *method == "POST" && !is_upload(route))
            .map(|(_, route, _)| (ground.path(route), *route))
            .collect();
        let (mut names, mut of) = (BTreeSet::new(), BTreeMap::new());
        for (_, route, answers) in TABLE.iter().filter(|(method, ..)| *method == "GET") {
            let Some(place) = answers.find('P') else { continue };
            let browser = ground.browser(ROLES[place]).await;
            let page = browser.get(&ground.path(route)).await;
            if !page.header("content-type").starts_with("text/html") {
                continue;
            }
            let controls = "input[name], select[name], textarea[name], button[name]";
            names.extend(html::attributes(&page.body, controls, "name"));
            for form in page.forms().into_iter().filter(|form| form.post) {
                if let Some(route) = routes.get(&form.action) {
                    of.entry(*route).or_insert(form);
                }
            }
        }
        assert!(names.len() >= LEAST.0 && of.len() >= LEAST.1, "{names:?}; {:?}", of.keys());
        names.extend(NAMES.iter().map(|name| (*name).to_owned()));
        Self { names: names.into_iter().collect(), of }
    }
}

struct Dice(Random);

impl Dice {
    fn of<T: Copy>(&self, list: &[T]) -> T {
        list[self.0.below(u32::try_from(list.len()).unwrap()) as usize]
    }

    fn name<'n>(&self, names: &'n [String]) -> &'n str {
        &names[self.0.below(u32::try_from(names.len()).unwrap()) as usize]
    }

    /// A form as a browser would send it, with any fields.
    fn form(&self, names: &[String]) -> Vec<u8> {
        let fields = (0..self.0.below(12)).map(|_| format!("{}={}", encoded(self.name(names)), self.of(VALUES)));
        fields.collect::<Vec<_>>().join("&").into_bytes()
    }

    /// A form as it stands on its page, but for some of its fields.
    fn altered(&self, form: &Form) -> Vec<u8> {
        let mut fields: Vec<_> = form.pairs().into_iter().map(|(name, value)| (name, encoded(&value))).collect();
        let names = form.names();
        for _ in 0..self.0.below(4) {
            if names.is_empty() {
                break;
            }
            let name = self.name(&names).to_owned();
            fields.retain(|(known, _)| *known != name);
            fields.push((name, self.of(VALUES).to_owned()));
        }
        let fields = fields.into_iter().map(|(name, value)| format!("{}={value}", encoded(&name)));
        fields.collect::<Vec<_>>().join("&").into_bytes()
    }

    fn bytes(&self) -> Vec<u8> {
        self.0.bytes::<96>()[..self.0.below(97) as usize].to_vec()
    }

    /// Parts of a form with files, some of them broken.
    fn parts(&self) -> Vec<u8> {
        let mut body = Vec::new();
        for _ in 0..self.0.below(4) {
            let name = self.of(&["files", "file", "x", ""]);
            let file = self.of(&["a.pdf", "a.csv", "..\\a.txt", "a.exe", "", "a\u{202e}.pdf"]);
            body.extend_from_slice(
                format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\r\n")
                    .as_bytes(),
            );
            body.extend_from_slice(self.of(&[
                b"%PDF-1.7\n".as_slice(),
                b"",
                b"MZ\x90",
                b"Period,Net Due\n2015-01,1.00\n",
            ]));
            body.extend(self.bytes());
            body.extend_from_slice(self.of(&["\r\n", "", "\r\n\r\n"]).as_bytes());
        }
        body.extend_from_slice(self.of(&["--x--\r\n", "--x", ""]).as_bytes());
        body
    }
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

async fn post(ground: &Ground, dice: &Dice, forms: &Forms, route: &str, role: Role) -> (String, Page) {
    let browser = ground.browser(role).await;
    let (kind, body) = match dice.0.below(if is_upload(route) { 6 } else { 4 }) {
        0 => ("application/x-www-form-urlencoded", dice.bytes()),
        1 => (dice.of(&["text/plain", "multipart/form-data; boundary=x", "application/json", "x"]), dice.bytes()),
        2 => ("application/x-www-form-urlencoded", dice.form(&forms.names)),
        3 => {
            let body = forms.of.get(route).map_or_else(|| dice.form(&forms.names), |form| dice.altered(form));
            ("application/x-www-form-urlencoded", body)
        }
        _ => ("multipart/form-data; boundary=x", dice.parts()),
    };
    let said = format!("{kind} {}", body.escape_ascii());
    let request = browser.request("POST", &ground.path(route)).header("content-type", kind).body(body);
    (said, browser.fetch(request).await)
}

on_both! {
    async fn no_answer_is_a_failure_and_nothing_is_written_by_who_may_not(database) {
        let ground = Ground::prepare(&database, None).await;
        let forms = Forms::read(&ground).await;
        // Another seed asks for other things; this one gives the same every time.
        let dice = Dice(Random::seeded(5));
        let mut wrong = Vec::new();
        let mut before = ground.rows().await;
        for (method, route, answers) in TABLE {
            for (role, answer) in ROLES.into_iter().zip(answers.chars()) {
                let refused = "IFN".contains(answer);
                // Everybody who has an account may begin a claim in a case.
                let others = if refused || *route == "/cases/{slug}/file" { None } else { Some(ground.rows_of_others(role).await) };
                for _ in 0..2 {
                    let (said, page) = if *method == "POST" {
                        post(&ground, &dice, &forms, route, role).await
                    } else {
                        let query = String::from_utf8_lossy(&dice.form(&forms.names)).into_owned();
                        let path = format!("{}?{query}", ground.path(route));
                        let browser = ground.browser(role).await;
                        (query, browser.fetch(browser.request("GET", &path)).await)
                    };
                    if page.status.is_server_error() {
                        wrong.push(format!("{method} {route} as {role:?} with {said}: {} {}", page.status, page.text()));
                    }
                }
                if let Some(others) = others {
                    let after = ground.rows_of_others(role).await;
                    wrong.extend(changed(&others, &after).map(|table| format!("{method} {route} as {role:?} changed what is others’ in {table}")));
                }
                let after = ground.rows().await;
                if refused {
                    wrong.extend(changed(&before, &after).map(|table| format!("{method} {route} as {role:?} changed {table}")));
                }
                before = after;
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    async fn addresses_are_anything_too(database) {
        let ground = Ground::prepare(&database, None).await;
        let dice = Dice(Random::seeded(6));
        let (owner, counsel) = (ground.browser(Role::Owner).await, ground.browser(Role::Counsel).await);
        let filled = |route: &str, value: &dyn Fn() -> &'static str| {
            let mut path = route.to_owned();
            while let (Some(open), Some(close)) = (path.find('{'), path.find('}')) {
                path.replace_range(open..=close, value());
            }
            path
        };
        let mut sent = 0;
        for route in TABLE.iter().filter(|(method, route, _)| *method == "GET" && route.contains('{')).map(|(_, route, _)| *route) {
            for browser in [&owner, &counsel] {
                let path = filled(route, &|| dice.of(VALUES));
                let page = browser.fetch(browser.request("GET", &path)).await;
                assert!(!page.status.is_server_error(), "{path}: {}", page.status);
            }
            // Bytes that are no text, and what is no encoding of any, reach the server as they stand here.
            for value in ["%00", "a%00b", "%FF%FE", "%ED%A0%80", "%", "%zz"] {
                let path = filled(route, &|| value);
                let page = counsel.fetch(counsel.request("GET", &path)).await;
                assert!(page.path.contains(value) && page.status.is_client_error(), "{path} ({}): {}", page.path, page.status);
                sent += 1;
            }
        }
        assert!(sent > 200, "{sent}");
    }
}

/// The tables that are not what they were.
fn changed<'t>(before: &'t [(String, u64)], after: &'t [(String, u64)]) -> impl Iterator<Item = &'t str> {
    assert_eq!(before.len(), after.len());
    before.iter().zip(after).filter(|(before, after)| before != after).map(|(before, _)| before.0.as_str())
}
