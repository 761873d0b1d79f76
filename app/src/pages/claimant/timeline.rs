//! What happened to a claim, in plain words: events and mails, newest first.

use claims::{
    Instant, deadline,
    letters::{LetterKind, State},
    period::show_day,
    store::events::Event,
};
use serde_json::Value;

use super::parts;
use crate::components::TimeEvent;

/// A mail of the outbox: kind, recipient, state, when it was queued.
pub(super) type Mail = (String, String, String, Instant);

/// The events and mails that concern the claimant. Files added one after the other are one entry.
pub(super) fn timeline(events: &[Event], mails: &[Mail], zone: &str) -> Vec<TimeEvent> {
    let mut entries: Vec<(Instant, String, String)> = Vec::new();
    let mut files: Vec<String> = Vec::new();
    let mut events = events.iter().filter(|event| !event.kind.ends_with("_opened")).peekable();
    while let Some(event) = events.next() {
        let details: Value = serde_json::from_str(&event.details).unwrap_or_default();
        let text = |key: &str| details.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let number = |key: &str| details.get(key).and_then(Value::as_i64).unwrap_or_default();
        let by = event.actor.as_ref().map(|name| format!("By {name}.")).unwrap_or_default();
        let (what, detail) = match event.kind.as_str() {
            "claim_started" => ("The claim was started".to_owned(), by),
            "document_added" => {
                files.push(text("name"));
                if events
                    .peek()
                    .is_some_and(|next| next.kind == "document_added" && next.account_id == event.account_id)
                {
                    continue;
                }
                let names = std::mem::take(&mut files);
                let shown = names.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
                let more = if names.len() > 5 { format!(" and {} more", names.len() - 5) } else { String::new() };
                (
                    format!(
                        "{} added",
                        parts::count(i64::try_from(names.len()).unwrap_or(i64::MAX), "document was", "documents were")
                    ),
                    format!("{shown}{more}."),
                )
            }
            "statement_imported" => (
                "A statement was imported".to_owned(),
                format!("{}: {}.", text("name"), parts::count(number("lines"), "line", "lines")),
            ),
            "statement_undone" => (
                "The lines of a statement were removed".to_owned(),
                format!("{}: {}.", text("name"), parts::count(number("lines"), "line", "lines")),
            ),
            "document_removed" => ("A document was removed".to_owned(), format!("{}.", text("name"))),
            "claim_submitted" => (
                format!("The claim was signed and received as {}", text("number")),
                format!("{by} {}. SHA-256 {}", parts::count(number("lines"), "line", "lines"), text("sha256")),
            ),
            "amendment_started" => ("An amendment was begun".to_owned(), by),
            "draft_purged" => {
                ("What was entered was deleted".to_owned(), "It was not finished for a long time.".to_owned())
            }
            "amendment_discarded" => ("The amendment was discarded".to_owned(), by),
            "claim_amended" => (
                format!("Version {} was signed and received", number("version")),
                format!("{by} {}. SHA-256 {}", parts::count(number("lines"), "line", "lines"), text("sha256")),
            ),
            "claim_withdrawn" => {
                // A draft that was never sent is withdrawn without one.
                let reason = Some(text("reason")).filter(|reason| !reason.is_empty());
                let reason = reason.map_or_else(String::new, |reason| format!(" Reason: {reason}"));
                ("The claim was withdrawn".to_owned(), format!("{by}{reason}"))
            }
            "letter_made" => (format!("A {} was drafted", letter(&text("kind"))), by),
            "letter_step" => {
                let state = State::parse(&text("to")).map_or("", State::word).to_lowercase();
                let day = text("day").parse().map_or(String::new(), |day| format!(" since {}", show_day(day)));
                let corrected = details.get("correction").and_then(Value::as_bool) == Some(true);
                let corrected = if corrected { "Corrected: the" } else { "The" };
                (format!("{corrected} {} is “{state}”{day}", letter(&text("kind"))), text("note"))
            }
            // Who reads a claim, and whatever else is counsel's own work, is in the log of the case, not here.
            _ => continue,
        };
        entries.push((event.at, what, detail));
    }
    for (kind, recipient, state, at) in mails {
        let what = match kind.as_str() {
            "receipt" => "receipt",
            "claim_withdrawn" => "confirmation that the claim was withdrawn",
            // The others go to counsel.
            _ => continue,
        };
        let how = match state.as_str() {
            "sent" => "was mailed",
            "failed" => "could not be mailed",
            _ => "is on its way by mail",
        };
        entries.push((*at, format!("The {what} {how}"), format!("To {recipient}.")));
    }
    // Stable, so that what has the same time stays in the order in which it happened.
    entries.sort_by_key(|(at, ..)| *at);
    entries
        .into_iter()
        .rev()
        .map(|(at, what, detail)| TimeEvent { at: at.to_rfc3339(), when: deadline::show(at, zone), what, detail })
        .collect()
}

/// The kind of a letter in words.
fn letter(key: &str) -> String {
    LetterKind::parse(key).map_or("letter".to_owned(), |kind| kind.title().to_lowercase())
}

#[cfg(test)]
mod tests {
    use claims::AccountId;

    use super::*;

    fn event(seq: i64, kind: &str, details: &str) -> Event {
        Event {
            seq,
            at: Instant::from_timestamp(seq, 0).unwrap(),
            account_id: Some(AccountId(1)),
            actor: Some("Ada".to_owned()),
            claim_id: None,
            number: None,
            kind: kind.to_owned(),
            details: details.to_owned(),
            previous: String::new(),
            hash: String::new(),
        }
    }

    #[test]
    fn files_in_a_row_are_one_entry_and_counsels_mail_is_none() {
        let mut events = vec![event(1, "claim_started", "{}")];
        events.extend((2..9).map(|seq| event(seq, "document_added", &format!("{{\"name\":\"{seq}.pdf\"}}"))));
        events.push(event(10, "document_opened", "{}"));
        events.push(event(11, "claim_submitted", "{\"number\":\"ALG-1\",\"lines\":3}"));
        let mails = ["receipt", "new_claim"].map(|kind| {
            (kind.to_owned(), "a@example.org".to_owned(), "waiting".to_owned(), Instant::from_timestamp(11, 0).unwrap())
        });
        let what: Vec<String> = timeline(&events, &mails, "Etc/UTC").into_iter().map(|event| event.what).collect();
        assert_eq!(
            what,
            [
                "The receipt is on its way by mail",
                "The claim was signed and received as ALG-1",
                "7 documents were added",
                "The claim was started"
            ]
        );
        let detail = timeline(&events, &[], "Etc/UTC").remove(1).detail;
        assert!(detail.starts_with("2.pdf, 3.pdf") && detail.ends_with("and 2 more."), "{detail}");
        let withdrawn =
            |details: &str| timeline(&[event(1, "claim_withdrawn", details)], &[], "Etc/UTC").remove(0).detail;
        assert_eq!(withdrawn(r#"{"reason":""}"#), "By Ada.");
        assert_eq!(withdrawn(r#"{"reason":"Paid."}"#), "By Ada. Reason: Paid.");
    }
}
