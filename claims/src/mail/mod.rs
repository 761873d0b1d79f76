//! The mails that actions cause: text and HTML from one template each, written so that a phone shows them well.
//!
//! A template begins with `Subject: …` and an empty line. The HTML part is made from the rendered text: paragraphs stay
//! paragraphs, a line that is a link becomes one, and so do words that [`linked`] marked, such as figures. So the two parts
//! cannot say different things.

use minijinja::{Environment, UndefinedBehavior, Value};

use crate::{CaseId, ClaimId, store::outbox::NewMail};

mod marks;

pub use marks::{linked, plain, unmarked};

/// Mails with a link that signs somebody in or proves an address: only the mailbox may have it, so the portal shows them
/// without.
const SECRET: &[&str] =
    &["verify_address", "address_known", "reset_password", "confirm_new_address", "counsel_invited"];

/// Mails in which people write: they may be edited while they wait.
const WRITTEN: &[&str] = &["letter", "news"];

/// Mails that tell claimants how their own claim stands, or people what holds in their case: the program's word, which nobody edits or
/// takes back.
const OF_A_CLAIM: &[&str] = &["receipt", "claim_withdrawn", "claim_filed", "case_changed", "deadline_changed"];

/// Whether a mail holds a link that only its mailbox may have.
#[must_use]
pub fn is_secret(kind: &str) -> bool {
    SECRET.contains(&kind)
}

/// Whether a mail may be edited while it waits.
#[must_use]
pub fn may_be_edited(kind: &str) -> bool {
    WRITTEN.contains(&kind)
}

/// Whether a mail may be discarded while it waits.
#[must_use]
pub fn may_be_discarded(kind: &str) -> bool {
    !OF_A_CLAIM.contains(&kind) && !is_secret(kind)
}

/// Every kind of mail.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    TEMPLATES.iter().map(|(kind, _)| *kind)
}

/// Templates by the kind of mail.
const TEMPLATES: &[(&str, &str)] = &[
    ("verify_address", include_str!("verify_address.txt")),
    ("address_known", include_str!("address_known.txt")),
    ("reset_password", include_str!("reset_password.txt")),
    ("confirm_new_address", include_str!("confirm_new_address.txt")),
    ("address_changed", include_str!("address_changed.txt")),
    ("address_left", include_str!("address_left.txt")),
    ("password_changed", include_str!("password_changed.txt")),
    ("second_factor", include_str!("second_factor.txt")),
    ("counsel_invited", include_str!("counsel_invited.txt")),
    ("receipt", include_str!("receipt.txt")),
    ("claim_withdrawn", include_str!("claim_withdrawn.txt")),
    ("new_claim", include_str!("new_claim.txt")),
    ("letter", include_str!("letter.txt")),
    ("notice", include_str!("notice.txt")),
    ("digest", include_str!("digest.txt")),
    ("reminder", include_str!("reminder.txt")),
    ("news", include_str!("news.txt")),
    ("claim_filed", include_str!("claim_filed.txt")),
    ("case_changed", include_str!("case_changed.txt")),
    ("deadline_changed", include_str!("deadline_changed.txt")),
];

/// The compiled templates.
#[derive(Debug, Clone)]
pub struct Templates {
    environment: Environment<'static>,
}

/// A template that does not render, which only a mistake in the product can cause.
#[derive(Debug, thiserror::Error)]
#[error("the mail {kind} cannot be written: {source}")]
pub struct TemplateError {
    kind: String,
    source: minijinja::Error,
}

impl Templates {
    /// Compiles the templates.
    ///
    /// # Errors
    /// If a template has a mistake.
    pub fn new() -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        environment.set_formatter(marks::write);
        for (kind, source) in TEMPLATES {
            environment
                .add_template(kind, source)
                .map_err(|source| TemplateError { kind: (*kind).to_owned(), source })?;
        }
        Ok(Self { environment })
    }

    /// Writes a mail.
    ///
    /// # Errors
    /// If a placeholder of the template is missing from `values`.
    pub fn write(
        &self,
        kind: &'static str,
        recipient: &str,
        values: Value,
        about: (Option<CaseId>, Option<ClaimId>),
    ) -> Result<NewMail, TemplateError> {
        let failed = |source| TemplateError { kind: kind.to_owned(), source };
        let rendered =
            self.environment.get_template(kind).and_then(|template| template.render(values)).map_err(failed)?;
        let (subject, text) = rendered.split_once("\n\n").unwrap_or((rendered.as_str(), ""));
        let subject = marks::words(subject);
        let subject = subject.trim_start_matches("Subject:").split_whitespace().collect::<Vec<_>>().join(" ");
        let (text, body_html) = bodies(&subject, text);
        Ok(NewMail {
            case_id: about.0,
            claim_id: about.1,
            kind,
            recipient: recipient.to_owned(),
            subject,
            body_text: text,
            body_html,
            account_id: None,
            mailing_id: None,
            unsubscribe: String::new(),
            not_before: None,
        })
    }
}

/// The two parts of a mail: what a person typed, or a template rendered, with its links.
#[must_use]
pub fn bodies(subject: &str, marked: &str) -> (String, String) {
    let marked = marked.trim();
    (marks::text(marked) + "\n", html(subject, marked))
}

/// The HTML part of a text: paragraphs, line breaks, links on lines of their own. Everything else is escaped.
fn html(subject: &str, text: &str) -> String {
    let mut body = String::new();
    for paragraph in text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        let lines: Vec<String> = paragraph
            .lines()
            .map(|line| {
                let escaped = escape(line);
                if (line.starts_with("http://") || line.starts_with("https://")) && !line.contains(char::is_whitespace)
                {
                    format!("<a href=\"{escaped}\">{escaped}</a>")
                } else {
                    marks::html(&escaped)
                }
            })
            .collect();
        body.push_str("<p>");
        body.push_str(&lines.join("<br>\n"));
        body.push_str("</p>\n");
    }
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{}</title></head>\n\
         <body style=\"font: 16px/1.5 Georgia, serif; max-width: 36em; margin: 1.5em auto; padding: 0 1em; overflow-wrap: anywhere\">\n{body}</body></html>\n",
        escape(subject)
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_typed_reaches_a_header_or_the_markup() {
        let templates = Templates::new().unwrap();
        let values = minijinja::context! {
            name => "<b>Eve</b>\nBcc: all@example.org", number => "ALG-1\nBcc: all@example.org", claimant => "Jay Records",
            case => "Claims", at => "today", link => "https://recoup.example/verify#x"
        };
        let mail = templates.write("claim_withdrawn", "eve@example.org", values, (None, None)).unwrap();
        assert!(!mail.subject.contains('\n'));
        assert!(mail.body_html.contains("&lt;b&gt;Eve&lt;/b&gt;"));
        assert!(mail.body_html.contains("<a href=\"https://recoup.example/verify#x\">"));
        assert!(mail.body_text.contains("<b>Eve</b>"));
    }

    // A stranger may have begun the account under somebody else's address, and would have words of theirs mailed there by this site.
    #[test]
    fn mails_to_addresses_that_nobody_proved_carry_nobodys_words() {
        let unproved = [
            "verify_address",
            "address_known",
            "reset_password",
            "password_changed",
            "confirm_new_address",
            "address_changed",
            "address_left",
            "second_factor",
        ];
        let ours = ["link", "hours", "minutes", "at", "what", "new"];
        for kind in unproved {
            let (_, text) = TEMPLATES.iter().find(|(name, _)| *name == kind).unwrap();
            let values = text.split("{{").skip(1).map(|rest| rest.split("}}").next().unwrap_or_default().trim());
            let theirs: Vec<&str> = values.filter(|value| !ours.contains(value)).collect();
            assert_eq!(theirs, [""; 0], "{kind}");
        }
    }

    #[test]
    fn no_name_or_title_ends_a_sentence() {
        // Many end in a full stop of their own, like “Inc.”.
        for (kind, text) in TEMPLATES {
            for name in ["name", "claimant", "case", "contact", "inviter", "counsel"] {
                for end in [format!("{{{{ {name} }}}}."), format!("{{{{ {name} }}}}”.")] {
                    assert!(!text.contains(&end), "{end} in {kind}");
                }
            }
        }
    }

    #[test]
    fn a_missing_placeholder_is_an_error() {
        assert!(
            Templates::new().unwrap().write("receipt", "a@example.org", minijinja::context! {}, (None, None)).is_err()
        );
    }
}
