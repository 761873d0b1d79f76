//! Events in words. Of drafts only their existence is told: not who writes them, and not what is in them.

use std::collections::BTreeSet;

use claims::{
    filing,
    intake::{
        Answers, Section, case_settings,
        form::{self, find},
    },
    letters::{self, LetterKind, State},
    matching::of_case::percent,
    money::grouped_units,
    store::events::Event,
};
use leptos::prelude::*;
use serde_json::Value;

use super::{frame, mail_words::placeholders, match_words};
use crate::components::Table;

/// What happened, and more about it (empty for nothing). A document is named if its hash is among `known`.
pub(super) fn in_words(event: &Event, known: &BTreeSet<&str>) -> (String, String) {
    let details: Value = serde_json::from_str(&event.details).unwrap_or_default();
    let text = |name: &str| details.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let version = || details.get("version").and_then(Value::as_i64).unwrap_or(1);
    let sent = event.number.is_some();
    let document = || if known.contains(text("sha256").as_str()) { text("name") } else { String::new() };
    let (what, more) = match event.kind.as_str() {
        "claim_started" => ("A claim was begun", String::new()),
        "amendment_started" => ("An amendment was begun", String::new()),
        "amendment_discarded" => ("An amendment was discarded", String::new()),
        "claim_submitted" => ("The claim was signed and sent", frozen(&details)),
        "claim_amended" => return (format!("Version {} was signed and sent", version()), frozen(&details)),
        "claim_withdrawn" if sent => ("The claim was withdrawn", text("reason")),
        "claim_withdrawn" => ("A draft was withdrawn", String::new()),
        "draft_purged" => ("A draft that was not finished was deleted", String::new()),
        "claim_opened" => return ("Counsel opened the claim".to_owned(), format!("Version {}", version())),
        "document_added" => ("A document was added to a draft", document()),
        "statement_imported" => ("A statement was imported into a draft", document()),
        "statement_undone" => ("The lines of a statement were taken out of a draft", document()),
        "document_removed" => ("A document was taken off a draft", document()),
        "document_opened" => ("A document was opened", document()),
        "exported" => ("Claims were exported", exported(&details)),
        "match_decided" => {
            return (format!("Two claims were compared: {}", match_words::verdict(&text("verdict"))), pair(&details));
        }
        "match_undone" => ("What was said of two claims was undone", pair(&details)),
        "overlap_decided" => return (format!("An overlap was decided: {}", relation(&details)), pair(&details)),
        "overlap_undone" => ("What was said of an overlap was undone", pair(&details)),
        "parties_written_to" => ("The parties of an overlap were written to", written(&details)),
        "filing_built" => return (format!("Filing {} was built", number(&details, "filing")), built(&details)),
        "filing_failed" => ("A filing could not be built", text("why")),
        "filing_opened" => {
            return (format!("A file of filing {} was opened", number(&details, "filing")), opened(&details));
        }
        "filing_settings_changed" => ("It was changed how filings are made", changed(&details, filing::FORM)),
        "letter_made" => return (format!("A {} was drafted", letter(&details)), hash(&details)),
        "letter_step" => return step(&details),
        "letter_opened" => return (format!("A {} was opened", letter(&details)), String::new()),
        "letters_downloaded" => {
            return (
                format!("All letters of a kind were downloaded: {}", letter(&details)),
                frame::count(number(&details, "letters"), "letter", "letters"),
            );
        }
        "letter_texts_changed" => {
            ("The words of letters were changed, or to whom they go", changed(&details, letters::FORM))
        }
        "case_made" => ("The case was made", text("title")),
        "case_saved" => ("The settings of the case were changed", changed(&details, case_settings::FORM)),
        "case_document_added" => ("A public document was added to the case", text("name")),
        "case_document_removed" => ("A public document was taken off the case", String::new()),
        "mailing_queued" => ("Mails to many were queued", mailing(&details)),
        "mailing_stopped" => (
            "Mails to many were stopped",
            frame::count(number(&details, "discarded"), "mail was discarded", "mails were discarded"),
        ),
        "mail_edited" => ("A mail that waited was edited", mail(&details)),
        "mail_discarded" => ("A mail that waited was discarded", mail(&details)),
        "mail_sent_now" => ("A mail was sent at once", mail(&details)),
        "mail_template_saved" => ("A template for mails was saved", text("name")),
        "mail_template_removed" => ("A template for mails was removed", text("name")),
        "news_published" => ("News was published", text("title")),
        "counsel_invited" => ("Counsel was invited", text("email")),
        "counsel_appointed" => ("Counsel was appointed", text("email")),
        "counsel_invitation_withdrawn" => ("The invitation of counsel was withdrawn", text("email")),
        "counsel_disabled" => ("The account of counsel was disabled", text("email")),
        "counsel_enabled" => ("The account of counsel was enabled again", text("email")),
        "counsel_second_factor_removed" => ("The second factor of counsel was removed", text("email")),
        "counsel_dismissed" => ("Counsel was dismissed", text("email")),
        other => return (other.replace('_', " "), String::new()),
    };
    (what.to_owned(), more)
}

fn frozen(details: &Value) -> String {
    let hash = details.get("sha256").and_then(Value::as_str).unwrap_or_default();
    let lines = details.get("lines").and_then(Value::as_i64).unwrap_or_default();
    format!("Lines: {}. SHA-256 {}…", grouped_units(lines), hash.get(..12).unwrap_or_default())
}

/// The two claims, in what, and why.
fn pair(details: &Value) -> String {
    let text = |name: &str| details.get(name).and_then(Value::as_str).unwrap_or_default();
    let everywhere = details.get("everywhere").and_then(Value::as_bool) == Some(true);
    let release = match text("release") {
        _ if everywhere => ", in all that they share".to_owned(),
        "" => String::new(),
        release => format!(", in “{release}”"),
    };
    let reason = match text("reason") {
        "" => String::new(),
        reason => format!(". Reason: {reason}"),
    };
    let score = details
        .get("score")
        .and_then(Value::as_i64)
        .map(|score| format!(". The engine {} said {} %", text("engine"), percent(score)));
    format!("{} and {}{release}{}{reason}", text("a"), text("b"), score.unwrap_or_default())
}

/// How two claims are related, by their numbers.
fn relation(details: &Value) -> String {
    let text = |name: &str| details.get(name).and_then(Value::as_str).unwrap_or_default();
    match (text("relation"), text("of")) {
        ("derivative", "") => "a share of the other’s money".to_owned(),
        ("derivative", of) => format!("a share of what {of} claims"),
        ("same_money", _) => "the same money".to_owned(),
        _ => "different money".to_owned(),
    }
}

/// A letter to the parties: to whose claims, how many mails, about what.
fn written(details: &Value) -> String {
    let claims = details.get("claims").and_then(Value::as_array);
    let claims: Vec<&str> = claims.into_iter().flatten().filter_map(Value::as_str).collect();
    let mails = details.get("mails").and_then(Value::as_i64).unwrap_or_default();
    let subject = details.get("subject").and_then(Value::as_str).unwrap_or_default();
    let subject = placeholders(subject);
    format!("{}: {}. “{subject}”", claims.join(", "), frame::count(mails, "mail", "mails"))
}

/// Mails to many: to whom, how many, about what.
fn mailing(details: &Value) -> String {
    let text = |name: &str| details.get(name).and_then(Value::as_str).unwrap_or_default();
    format!(
        "{}: {}. “{}”",
        text("to"),
        frame::count(number(details, "mails"), "mail", "mails"),
        placeholders(text("subject"))
    )
}

/// A mail: to whom, about what.
fn mail(details: &Value) -> String {
    let text = |name: &str| details.get(name).and_then(Value::as_str).unwrap_or_default();
    format!("{}: “{}”", text("recipient"), text("subject"))
}

/// The kind of a letter.
fn letter(details: &Value) -> String {
    let kind = details.get("kind").and_then(Value::as_str).and_then(LetterKind::parse);
    kind.map_or("letter".to_owned(), |kind| kind.title().to_lowercase())
}

/// A step of a letter, and why it was corrected.
fn step(details: &Value) -> (String, String) {
    let text = |name: &str| details.get(name).and_then(Value::as_str).unwrap_or_default();
    let corrected = if details.get("correction").and_then(Value::as_bool) == Some(true) { ", corrected" } else { "" };
    let kind = details.get("kind").and_then(Value::as_str).and_then(LetterKind::parse);
    let kind = kind.map_or("Letter", LetterKind::title);
    let state = |name: &str| {
        State::parse(text(name)).map_or_else(|| text(name).to_owned(), |state| state.word().to_lowercase())
    };
    let day = text("day").parse().map_or(String::new(), |day| format!(" on {}", frame::short_day(day)));
    let what = format!("{kind}{corrected}: {}{day} (before: {})", state("to"), state("from"));
    (what, text("note").to_owned())
}

fn number(details: &Value, name: &str) -> i64 {
    details.get(name).and_then(Value::as_i64).unwrap_or_default()
}

fn hash(details: &Value) -> String {
    let hash = details.get("sha256").and_then(Value::as_str).unwrap_or_default();
    format!("SHA-256 {}…", hash.get(..12).unwrap_or_default())
}

/// The hash of the package, which is what counsel have in hands; of filings that were built before it was kept, that of their contents.
fn built(details: &Value) -> String {
    let of = |name: &str| details.get(name).and_then(Value::as_str).and_then(|hash| hash.get(..12));
    match (of("package"), of("sha256")) {
        (Some(hash), _) => format!("SHA-256 of the full package {hash}…"),
        (None, hash) => format!("SHA-256 of filing.json {}…", hash.unwrap_or_default()),
    }
}

/// Which file, and of which variant. The package was recorded without a name once.
fn opened(details: &Value) -> String {
    let text = |name: &str| details.get(name).and_then(Value::as_str).unwrap_or_default();
    let name = if text("name").is_empty() { "package.zip" } else { text("name") };
    match text("variant") {
        "" => name.to_owned(),
        variant => format!("{name}, {variant} variant"),
    }
}

fn exported(details: &Value) -> String {
    let text = |name: &str| details.get(name).and_then(Value::as_str).unwrap_or_default();
    let kind = if details.get("raw").and_then(Value::as_bool) == Some(true) { "raw" } else { "for spreadsheets" };
    let filter = match text("filter") {
        "" => String::new(),
        filter => format!("; {filter}"),
    };
    format!("{}, {kind}{filter}", text("what"))
}

/// The settings of a form that changed: what is short as it was and as it is; what is long, and what was changed before both were kept, by
/// its name. Rates are always shown: every amount depends on them.
fn changed(details: &Value, form: &'static [Section]) -> String {
    const SHORT: usize = 80;
    let of = |name: &str| find(form, name);
    let named = |name: &str| of(name).map_or_else(|| name.replace('_', " "), |field| field.label.to_owned());
    let one = |(name, both): (&String, &Value)| {
        let said = |nth: usize| {
            let answer = both.get(nth).and_then(Value::as_str).unwrap_or_default();
            let words = of(name).map(|field| form::in_words(field, &Answers::default().with(name, answer)));
            let words = words.unwrap_or_default();
            let lines: Vec<&str> = words.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
            if lines.is_empty() { "nothing".to_owned() } else { lines.join(", ") }
        };
        let (before, after) = (said(0), said(1));
        let is_short = |words: &str| words.len() <= SHORT || name == "rates";
        if is_short(&before) && is_short(&after) {
            format!("{}: {before} → {after}", named(name))
        } else {
            named(name)
        }
    };
    let changed: Vec<String> = match details.get("changed") {
        Some(Value::Object(changes)) => changes.iter().map(one).collect(),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).map(named).collect(),
        _ => Vec::new(),
    };
    changed.join("; ")
}

/// Whoever operates the site and needs no account.
pub(super) const OPERATOR: &str = "The operator, on the command line";

/// Who did it, as far as counsel may know.
pub(super) fn who(event: &Event) -> String {
    let draft = event.number.is_none() && event.claim_id.is_some();
    match (&event.actor, event.kind.as_str()) {
        _ if draft => "A claimant".to_owned(),
        (Some(name), _) => name.clone(),
        (
            None,
            "exported"
            | "filing_built"
            | "filing_failed"
            | "counsel_disabled"
            | "counsel_enabled"
            | "counsel_second_factor_removed",
        ) => OPERATOR.to_owned(),
        (None, _) => "Recoup".to_owned(),
    }
}

/// Events as a table.
pub(super) fn table(caption: &'static str, slug: &str, zone: &str, events: &[Event]) -> AnyView {
    if events.is_empty() {
        return view! { <p class="empty">"Nothing has happened yet. Every change, export and opened claim will be listed here."</p> }
            .into_any();
    }
    let nothing = BTreeSet::new();
    let rows: Vec<_> = events
        .iter()
        .map(|event| {
            let (what, more) = in_words(event, &nothing);
            let more = (!more.is_empty()).then(|| view! { <div class="detail">{more}</div> });
            let claim = event.number.clone().map(|number| {
                let href = format!("/counsel/{slug}/claims/{number}");
                view! { <a href=href>{number}</a> }
            });
            let hash = event.hash.get(..8).unwrap_or_default().to_owned();
            view! {
                <tr>
                    <th scope="row">{event.seq}</th>
                    <td class="nowrap"><time datetime=event.at.to_rfc3339()>{frame::short_moment(event.at, zone)}</time></td>
                    <td>{what}{more}</td>
                    <td class="nowrap">{claim}</td>
                    <td class="nowrap">{who(event)}</td>
                    <td class="nowrap"><span class="hash" title=event.hash.clone()>{hash}</span></td>
                </tr>
            }
        })
        .collect();
    view! {
        <Table caption quiet=true class="dense">
            <thead>
                <tr>
                    <th scope="col">"No."</th>
                    <th scope="col">"When"</th>
                    <th scope="col">"What"</th>
                    <th scope="col">"Claim"</th>
                    <th scope="col">"Who"</th>
                    <th scope="col">"Hash"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use claims::{ClaimId, Instant};

    use super::*;

    fn event(kind: &str, details: &str, number: Option<&str>) -> Event {
        Event {
            seq: 1,
            at: Instant::default(),
            account_id: None,
            actor: Some("Ada".to_owned()),
            claim_id: Some(ClaimId(1)),
            number: number.map(str::to_owned),
            kind: kind.to_owned(),
            details: details.to_owned(),
            previous: String::new(),
            hash: String::new(),
        }
    }

    #[test]
    fn the_operator_has_one_name_and_a_built_filing_the_hash_of_its_package() {
        let nothing = BTreeSet::new();
        let by_nobody = |kind: &str, details: &str| Event { actor: None, claim_id: None, ..event(kind, details, None) };
        for kind in ["exported", "filing_built", "filing_failed"] {
            assert_eq!(who(&by_nobody(kind, "{}")), OPERATOR, "{kind}");
        }
        assert_eq!(who(&by_nobody("match_found", "{}")), "Recoup");
        let built =
            by_nobody("filing_built", r#"{"filing":1,"sha256":"aaaaaaaaaaaaaaaa","package":"bbbbbbbbbbbbbbbb"}"#);
        assert_eq!(in_words(&built, &nothing).1, "SHA-256 of the full package bbbbbbbbbbbb…");
        let before = by_nobody("filing_built", r#"{"filing":1,"sha256":"aaaaaaaaaaaaaaaa","package":null}"#);
        assert_eq!(in_words(&before, &nothing).1, "SHA-256 of filing.json aaaaaaaaaaaa…");
    }

    #[test]
    fn a_file_of_a_filing_that_was_opened_is_named_with_its_variant() {
        let words = |details: &str| in_words(&event("filing_opened", details, None), &BTreeSet::new());
        let (what, more) = words(r#"{"filing":2,"name":"filing.pdf","variant":"public","sha256":"ab"}"#);
        assert_eq!((what.as_str(), more.as_str()), ("A file of filing 2 was opened", "filing.pdf, public variant"));
        for name in ["", "package.zip"] {
            let details = format!(r#"{{"filing":2,"name":"{name}","variant":"full","sha256":"ab"}}"#);
            assert_eq!(words(&details).1, "package.zip, full variant", "{name}");
        }
    }

    #[test]
    fn a_changed_setting_is_shown_as_it_was_and_as_it_is() {
        let words = |kind: &str, details: Value| in_words(&event(kind, &details.to_string(), None), &BTreeSet::new()).1;
        let rates = serde_json::json!({ "changed": { "rates": ["EUR 1.1154\r\nGBP 1.4515", "EUR 1.1154\r\nGBP 1.4515\r\nSEK 0.1201"] } });
        assert_eq!(
            words("case_saved", rates),
            "Rates on that date: EUR 1.1154, GBP 1.4515 → EUR 1.1154, GBP 1.4515, SEK 0.1201"
        );
        let filing = serde_json::json!({ "changed": { "bates_prefix": ["ALG", "XYZ"], "declaration": ["Long. ".repeat(50), "Short."], "sworn": ["within", "no"] } });
        let filing = words("filing_settings_changed", filing);
        assert_eq!(
            filing,
            "Bates prefix: ALG → XYZ; Text; How it is sworn: Under penalty of perjury, signed in the United States → Not sworn"
        );
        let letters = serde_json::json!({ "changed": { "holder": ["", "Liquidator"], "receipt": ["Long. ".repeat(50), "x".repeat(90)] } });
        assert_eq!(words("letter_texts_changed", letters), "Who holds the copies: nothing → Liquidator; Receipt");
        // As they were recorded before.
        assert_eq!(words("letter_texts_changed", serde_json::json!({})), "");
        let disabled = event("counsel_disabled", r#"{"email":"lee@law.example"}"#, None);
        let by_operator = Event { actor: None, claim_id: None, ..disabled };
        assert_eq!(in_words(&by_operator, &BTreeSet::new()).1, "lee@law.example");
        assert_eq!(who(&by_operator), OPERATOR);
    }

    #[test]
    fn of_a_draft_neither_person_nor_content_is_told() {
        let nothing = BTreeSet::new();
        let draft = event("document_added", r#"{"name":"secret.pdf","sha256":"ab"}"#, None);
        assert_eq!((in_words(&draft, &nothing).1.as_str(), who(&draft).as_str()), ("", "A claimant"));
        let withdrawn = event("claim_withdrawn", r#"{"reason":"private"}"#, None);
        assert_eq!(in_words(&withdrawn, &nothing).1, "");
        let sent = event("document_added", r#"{"name":"known.pdf","sha256":"ab"}"#, Some("ALG-000001-A"));
        assert_eq!(in_words(&sent, &BTreeSet::from(["ab"])).1, "known.pdf");
        assert_eq!(in_words(&sent, &nothing).1, "");
    }
}
