//! States of mails, and why one was not delivered, in plain words.

/// States of a mail: key, word, key for the stylesheet.
pub(super) const STATES: [(&str, &str, &str); 5] = [
    ("waiting", "Waiting", "progress"),
    ("sending", "Being sent", "progress"),
    ("sent", "Sent", "done"),
    ("failed", "Failed", "attention"),
    ("discarded", "Discarded", "optional"),
];

/// The word for a state, and its key for the stylesheet.
pub(super) fn state(key: &str) -> (String, &'static str) {
    STATES
        .into_iter()
        .find(|(known, ..)| *known == key)
        .map_or_else(|| (key.to_owned(), ""), |(_, word, style)| (word.to_owned(), style))
}

/// What a kind of mail is.
pub(in crate::pages) fn kind(key: &str) -> &'static str {
    match key {
        "receipt" => "Receipt",
        "claim_withdrawn" => "Confirmation of a withdrawal",
        "claim_filed" => "Claim is in a filing",
        "new_claim" => "A claim came in, to counsel",
        "notice" => "Notice to counsel",
        "digest" => "Daily digest to counsel",
        "reminder" => "Reminder before the deadline",
        "letter" => "Letter of counsel",
        "news" => "News of the case",
        "case_changed" => "Settings were changed, to counsel",
        "deadline_changed" => "Another deadline",
        "counsel_invited" => "Invitation of counsel",
        _ => "Mail",
    }
}

/// What was written to many, with its placeholders as people read them: `Claim [number]`.
pub(super) fn placeholders(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, behind)) = after.split_once("}}") else { break };
        out.extend([before, "[", name.trim(), "]"]);
        rest = behind;
    }
    out + rest
}

/// Why a delivery ended as it did. What the server said is shown beside it.
pub(in crate::pages) fn why(detail: &str) -> &'static str {
    let said = detail.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if has(&["the claim was withdrawn"]) {
        "Its claim was withdrawn before it went out."
    } else if has(&["the mailing was stopped"]) {
        "Its mailing was stopped before it went out."
    } else if has(&["no longer counsel"]) {
        "Whom it is for was dismissed as counsel before it went out."
    } else if has(&["the program ended"]) {
        "This site was ended while it went out, so it may have arrived."
    } else if has(&["(530)", "(534)", "(535)", "(538)"]) {
        "The mail server does not take our sign-in. The operator has to mend it."
    } else if has(&[
        "5.1.1",
        "5.1.10",
        "user unknown",
        "no such user",
        "mailbox unavailable",
        "does not exist",
        "unknown recipient",
    ]) {
        "There is no such mailbox. Ask the claimant for another address."
    } else if has(&["5.2.2", "4.2.2", "mailbox full", "over quota", "quota exceeded"]) {
        "The mailbox is full."
    } else if has(&["5.7", "spam", "blocked", "policy", "rejected"]) {
        "The receiving server refused it as unwanted. Your mail provider can say what to change."
    } else if has(&["5.4", "4.4", "dns", "no route", "domain not found"]) {
        "The domain of the address takes no mail, or could not be found."
    } else if has(&["greylist", "4.7", "try again later"]) {
        "The receiving server asks to wait; it is tried again."
    } else if has(&["connection", "connect", "timeout", "timed out", "network"]) {
        "The mail server could not be reached."
    } else if has(&["authentication", "credentials"]) {
        "The mail server does not take our sign-in. The operator has to mend it."
    } else if has(&["cannot be written"]) {
        "The address is not one that mail can go to."
    } else if has(&["accepted", "written to", "kept in memory"]) {
        "The mail server took it."
    } else {
        "The mail server did not take it."
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_servers_say_in_plain_words() {
        for (detail, words) in [
            ("permanent error (550): 5.1.1 <a@b.c>: Recipient address rejected: User unknown", "no such mailbox"),
            ("given up after 19 attempts: transient error (452): 4.2.2 Over quota", "full"),
            ("permanent error (554): 5.7.1 Message blocked", "unwanted"),
            ("Connection error: Connection refused (os error 111)", "could not be reached"),
            ("the mail cannot be written: Invalid email user", "not one that mail can go to"),
            ("accepted: 250 queued", "took it"),
            ("not sent: the claim was withdrawn after the mail was queued", "claim was withdrawn before"),
            ("not sent: the mailing was stopped", "mailing was stopped before"),
            ("not sent: whom it is for is no longer counsel of the case", "dismissed as counsel"),
            ("given up after 20 attempts: the program ended during the last", "may have arrived"),
            ("permanent error (535): 5.7.8 Username and password not accepted", "our sign-in"),
            ("something else", "did not take it"),
        ] {
            assert!(why(detail).contains(words), "{detail}: {}", why(detail));
        }
    }

    #[test]
    fn placeholders_are_shown_as_such() {
        assert_eq!(placeholders("Claim {{number}} of {{ name }}: {{"), "Claim [number] of [name]: {{");
    }

    #[test]
    fn every_kind_that_a_case_mails_has_words() {
        for kind in [
            "receipt",
            "claim_withdrawn",
            "claim_filed",
            "new_claim",
            "notice",
            "digest",
            "reminder",
            "letter",
            "news",
            "case_changed",
            "deadline_changed",
            "counsel_invited",
        ] {
            assert!(claims::mail::kinds().any(|known| known == kind));
            assert_ne!(super::kind(kind), "Mail");
        }
    }
}
