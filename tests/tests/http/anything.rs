//! Anything at all, sent to every route by everybody: no answer is a failure of ours, and who may not write leaves no row.

use axum::http::Method;
use claims::random::Random;
use tests::{Page, on_both};

use crate::{
    access::TABLE,
    ground::{Ground, ROLES, Role, is_upload},
};

/// Names of fields of our forms, and some that are of none.
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
    "",
];

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

struct Dice(Random);

impl Dice {
    fn of<T: Copy>(&self, list: &[T]) -> T {
        list[self.0.below(u32::try_from(list.len()).unwrap()) as usize]
    }

    /// A form as a browser would send it, with any fields.
    fn form(&self) -> Vec<u8> {
        let fields = (0..self.0.below(12)).map(|_| format!("{}={}", self.of(NAMES), self.of(VALUES)));
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

async fn post(ground: &Ground, dice: &Dice, route: &str, role: Role) -> (String, Page) {
    let browser = ground.browser(role).await;
    let (kind, body) = match dice.0.below(if is_upload(route) { 6 } else { 4 }) {
        0 => ("application/x-www-form-urlencoded", dice.bytes()),
        1 => (dice.of(&["text/plain", "multipart/form-data; boundary=x", "application/json", "x"]), dice.bytes()),
        2 | 3 => ("application/x-www-form-urlencoded", dice.form()),
        _ => ("multipart/form-data; boundary=x", dice.parts()),
    };
    let said = format!("{kind} {}", body.escape_ascii());
    let request = browser.request("POST", &ground.path(route)).header("content-type", kind).body(body);
    (said, browser.fetch(request).await)
}

on_both! {
    async fn no_answer_is_a_failure_and_nothing_is_written_by_who_may_not(database) {
        let ground = Ground::prepare(&database, None).await;
        // Another seed asks for other things; this one gives the same every time.
        let dice = Dice(Random::seeded(5));
        let mut wrong = Vec::new();
        let mut before = ground.rows().await;
        for (method, route, answers) in TABLE {
            for (role, answer) in ROLES.into_iter().zip(answers.chars()) {
                for _ in 0..2 {
                    let (said, page) = if *method == "POST" {
                        post(&ground, &dice, route, role).await
                    } else {
                        let query = String::from_utf8_lossy(&dice.form()).into_owned();
                        let path = format!("{}?{query}", ground.path(route));
                        let browser = ground.browser(role).await;
                        (query, browser.fetch(browser.request("GET", &path)).await)
                    };
                    if page.status.is_server_error() {
                        wrong.push(format!("{method} {route} as {role:?} with {said}: {} {}", page.status, page.text()));
                    }
                }
                if "IFN".contains(answer) {
                    let after = ground.rows().await;
                    if after != before {
                        wrong.push(format!("{method} {route} as {role:?} wrote rows"));
                    }
                }
                before = ground.rows().await;
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    async fn addresses_are_anything_too(database) {
        let ground = Ground::prepare(&database, None).await;
        let dice = Dice(Random::seeded(6));
        let (owner, counsel) = (ground.browser(Role::Owner).await, ground.browser(Role::Counsel).await);
        for (_, route) in ground.app.routes.iter().filter(|(method, _)| *method == Method::GET) {
            for browser in [&owner, &counsel] {
                let mut path = (*route).to_owned();
                while let (Some(open), Some(close)) = (path.find('{'), path.find('}')) {
                    path.replace_range(open..=close, dice.of(VALUES));
                }
                let path = path.replace("?", "%3F").replace("%zz", "zz").replace('%', "%25").replace("%2525", "%25");
                let page = browser.fetch(browser.request("GET", &path)).await;
                assert!(!page.status.is_server_error(), "{path}: {}", page.status);
            }
        }
    }
}
