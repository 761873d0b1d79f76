//! Anybody may ask what a hash belongs to.

use axum::response::Response;
use claims::{
    Instant,
    access::Refusal,
    deadline,
    intake::{Field, FieldError, Kind},
    store::{
        cases,
        filings::{self, Known},
    },
};
use leptos::prelude::*;

use crate::{
    components::{ErrorSummary, FormField, Notice, NoticeKind},
    islands::HashFile,
    prepared::{Begun, Turn},
    request::{Answer, Query, Visitor},
    shell::Page,
};

const HASH: Field = Field::required("hash", "SHA-256 hash", Kind::Text(64));

/// `GET /verify`, with `?hash=` the answer.
pub async fn page(visitor: Visitor, Query(query): Query) -> Answer {
    let turn = match Turn::begin(&visitor, "/verify", "/verify".to_owned()).await {
        Begun::Ready(answer) => return Ok(answer),
        Begun::Turn(turn) => turn,
    };
    // Without a hash it always says the same.
    let stamp = String::new();
    if let Some(answer) = turn.unchanged(&stamp) {
        return Ok(answer);
    }
    let typed: String = query.get("hash").chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    let right = typed.len() == 64 && typed.bytes().all(|b| b.is_ascii_hexdigit());
    let mut known = Vec::new();
    if right {
        let mut tx = visitor.recoup().store.read().await?;
        for of in filings::by_hash(&mut tx, &typed).await? {
            let case = cases::by_slug(&mut tx, &of.slug).await?.ok_or(Refusal::NotFound)?.read()?;
            known.push((of, case.settings.title, case.settings.time_zone));
        }
    }
    let asked = query.0.0.contains_key(HASH.name);
    let error = match (asked, right, typed.is_empty()) {
        (false, ..) | (_, true, _) => None,
        (.., true) => Some("Give the hash: 64 digits 0 to 9 and letters a to f.".to_owned()),
        _ => Some("This is not a SHA-256 hash. It has 64 digits 0 to 9 and letters a to f: copy it whole.".to_owned()),
    };
    let wrong = error.is_some();
    let page = show(Asked { typed, right, known, error, file_error: None });
    Ok(if wrong { visitor.again(page) } else { turn.give(stamp, page) })
}

/// The page again after a file that cannot be hashed, with the reason beside the control.
#[must_use]
pub fn without_file(visitor: &Visitor, why: String) -> Response {
    visitor.again(show(Asked { file_error: Some(why), ..Asked::default() }))
}

/// What was asked, and what is known of it.
#[derive(Default)]
struct Asked {
    typed: String,
    right: bool,
    /// Each with the title and the zone of its case, as the file itself has them.
    known: Vec<(Known, String, String)>,
    error: Option<String>,
    file_error: Option<String>,
}

fn show(asked: Asked) -> Page {
    let Asked { typed, right, known, error, file_error } = asked;
    let of_fields = [(HASH.name, &error), ("file", &file_error)];
    let errors = of_fields.into_iter().filter_map(|(field, words)| {
        words.as_ref().map(|words| FieldError { field: field.to_owned(), message: words.clone() })
    });
    let errors: Vec<_> = errors.collect();
    Page::new("Verify a file", move || {
        let described = if file_error.is_some() { "file-hint error-file" } else { "file-hint" };
        let invalid = file_error.is_some().then_some("true");
        let class = if file_error.is_some() { "field long wrong" } else { "field long" };
        let file_error = file_error
            .map(|words| view! { <p class="error" id="error-file"><span class="hidden">"Error: "</span>{words}</p> });
        let answer = match (right, known.is_empty()) {
            (false, _) => ().into_any(),
            (_, true) => view! {
                <Notice kind=NoticeKind::Warning title="Unknown">
                    "No filing, no file of a filing, no receipt and no frozen text of a claim of this site has this hash. Either it was not made here, or it was changed since. \
                     If it is a receipt, type the hash that stands on it as “SHA-256 of what was sent”."
                </Notice>
            }
            .into_any(),
            _ => found(&known).into_any(),
        };
        view! {
            <ErrorSummary errors/>
            <h1>"Verify a file"</h1>
            {answer}
            <p class="lede">"Was this file made here, and is it as it was made? Give the file, or its SHA-256 hash."</p>
            <p>"Known are the packages of filings with every file in them, and of each claim that was sent its receipt as PDF and its canonical text (JSON). Other files, like the lines of a claim as CSV, are not."</p>
            <form method="get" action="/verify" novalidate>
                <div class="fields"><FormField field=HASH answer=typed error/></div>
                <div class="actions"><button type="submit">"Verify the hash"</button></div>
            </form>
            <h2>"Or the file itself"</h2>
            <form method="post" action="/verify" enctype="multipart/form-data" novalidate>
                <HashFile/>
                <div class=class>
                    <label for="field-file">"File"</label>
                    <p class="hint" id="file-hint">"With script your browser works the hash out itself, and the file does not leave your machine. Without script the file is sent, hashed, and not kept."</p>
                    <div class="control"><input id="field-file" name="file" type="file" aria-describedby=described aria-invalid=invalid/></div>
                    {file_error}
                </div>
                <div class="actions"><button class="secondary" type="submit">"Verify the file"</button></div>
            </form>
            <p class="small soft">
                "This page says whether a file is known. To check a whole package offline, with every file in it, use "<code>"recoup filing verify"</code>
                " and the "<a href="/filing-key.txt">"public key"</a>" of this site."
            </p>
        }
    })
}

fn found(known: &[(Known, String, String)]) -> impl IntoView + use<> {
    let items: Vec<_> =
        known.iter().map(|(known, case, zone)| view! { <li>{in_words(known, case, zone)}</li> }).collect();
    view! { <Notice kind=NoticeKind::Success title="Known, and unchanged"><ul>{items}</ul></Notice> }
}

/// What a hash belongs to. Nobody learns from it who claims what: a claim is named by its number alone, and only whoever has the file or its
/// hash hears of it.
fn in_words(known: &Known, case: &str, zone: &str) -> String {
    let at = |at: Instant| deadline::show(at, zone);
    let number = known.number.as_str();
    match known.kind.as_str() {
        "package" => format!(
            "The {} package of filing {number} of the case “{case}”, built {}.",
            known.what.trim(),
            at(known.at)
        ),
        "file" => {
            let (variant, name) = known.what.split_once(' ').unwrap_or(("", known.what.as_str()));
            format!(
                "The file {name} in the {variant} package of filing {number} of the case “{case}”, built {}.",
                at(known.at)
            )
        }
        "filing" => format!("The frozen text of filing {number} of the case “{case}”, built {}.", at(known.at)),
        of_claim => {
            let file = if of_claim == "text" { "canonical text (JSON)" } else { "receipt (PDF)" };
            format!(
                "The {file} of claim {number}, version {}, of the case “{case}”, received {}.{}",
                known.what,
                at(known.at),
                since(known)
            )
        }
    }
}

/// What became of a version of a claim since: a file may be as it was made, and still not be what counts.
fn since(known: &Known) -> String {
    let replaced = match (known.replaced_by, known.withdrawn) {
        (None, _) => String::new(),
        (Some(by), false) => format!(" This version was replaced: version {by} is in force."),
        (Some(by), true) => format!(" This version was replaced by version {by}."),
    };
    let withdrawn = if known.withdrawn { " The claim was withdrawn since: it counts in no total." } else { "" };
    format!("{replaced}{withdrawn}")
}
