//! Registering, signing in, changing password and address.

use super::form::{Field, FieldError, Kind, Section};
use super::reader::Reader;

/// The e-mail field of every sign-in form.
const EMAIL: Field = Field::required("email", "E-mail", Kind::Email).autocomplete("username");

/// Registering.
pub const REGISTER: &[Section] = &[Section {
    title: "",
    intro: "",
    fields: &[
        Field::required("name", "Your name", Kind::Text(120)).autocomplete("name"),
        EMAIL,
        Field::required("password", "Password", Kind::NewPassword)
            .hint("At least 10 characters. A few words in a row are easy to remember and hard to guess.")
            .autocomplete("new-password"),
    ],
}];

/// Signing in.
pub const SIGN_IN: &[Section] = &[Section {
    title: "",
    intro: "",
    fields: &[EMAIL, Field::required("password", "Password", Kind::Password).autocomplete("current-password")],
}];

/// Confirming the address of an account in a browser in which nobody is signed in to it.
pub const CONFIRM: &[Section] = &[Section {
    title: "",
    intro: "",
    fields: &[Field::required("current", "The password that you registered with", Kind::Password)
        .autocomplete("current-password")],
}];

/// Asking for a link to set a new password.
pub const FORGOTTEN: &[Section] = &[Section { title: "", intro: "", fields: &[EMAIL] }];

/// Setting a password by a mailed link.
pub const RESET: &[Section] = &[Section {
    title: "",
    intro: "",
    fields: &[Field::required("password", "New password", Kind::NewPassword)
        .hint("At least 10 characters.")
        .autocomplete("new-password")],
}];

/// Accepting an invitation or the first administrator's link, for somebody without an account.
pub const ACCEPT: &[Section] = &[Section {
    title: "",
    intro: "",
    fields: &[
        Field::required("name", "Your name", Kind::Text(120)).autocomplete("name"),
        Field::required("password", "Password", Kind::NewPassword)
            .hint("At least 10 characters.")
            .autocomplete("new-password"),
    ],
}];

/// The first administrator, who has no address in the system yet.
pub const FIRST: &[Section] = REGISTER;

/// Changing the password.
pub const CHANGE_PASSWORD: &[Section] = &[Section {
    title: "",
    intro: "",
    fields: &[
        Field::required("current", "Present password", Kind::Password).autocomplete("current-password"),
        Field::required("password", "New password", Kind::NewPassword)
            .hint("At least 10 characters.")
            .autocomplete("new-password"),
    ],
}];

/// The present password, asked again before something that matters.
pub const PASSWORD_AGAIN: &[Section] = &[Section {
    title: "",
    intro: "",
    fields: &[Field::required("current", "Password", Kind::Password).autocomplete("current-password")],
}];

/// The code of a second factor, or a recovery code in its place.
const SECOND: Field = Field::required("code", "Code", Kind::Text(30))
    .hint("Six digits from your authenticator app, or a recovery code.")
    .autocomplete("one-time-code");

/// The first code of a device that is being set up; there are no recovery codes yet.
pub const FIRST_CODE: &[Section] = &[Section {
    title: "",
    intro: "",
    fields: &[Field::required("code", "Code", Kind::Text(30))
        .hint("Six digits from your authenticator app.")
        .autocomplete("one-time-code")],
}];

/// A code alone.
pub const CODE: &[Section] = &[Section { title: "", intro: "", fields: &[SECOND] }];

/// Password and code, asked again before a second factor is changed.
pub const PASSWORD_AND_CODE: &[Section] = &[Section {
    title: "",
    intro: "",
    fields: &[Field::required("current", "Password", Kind::Password).autocomplete("current-password"), SECOND],
}];

/// Changing the address.
pub const CHANGE_EMAIL: &[Section] = &[Section {
    title: "",
    intro: "",
    fields: &[
        Field::required("email", "New e-mail", Kind::Email).autocomplete("email"),
        Field::required("current", "Password", Kind::Password).autocomplete("current-password"),
    ],
}];

/// Inviting somebody by mail.
pub const INVITE: &[Section] =
    &[Section { title: "", intro: "", fields: &[Field::required("email", "E-mail", Kind::Email)] }];

/// Why a password is refused at sight, if it is: too short, too long to be hashed in bounded time, or the address itself. Whether it is
/// known to attackers, `passwords` asks.
///
/// NIST SP 800-63B, section 5.1.1.2: length and lists of known passwords, no rules of composition.
#[must_use]
pub fn password_problem(password: &str, email: &str) -> Option<&'static str> {
    let lower = password.to_lowercase();
    let name = email.split('@').next().unwrap_or_default().to_lowercase();
    if password.chars().count() < 10 {
        Some("Choose at least 10 characters.")
    } else if password.chars().count() > 1_000 {
        Some("This is longer than 1,000 characters.")
    } else if !email.is_empty()
        && (lower == email.to_lowercase()
            || name.len() >= 5 && lower.trim_end_matches(|c: char| c.is_ascii_digit()) == name)
    {
        Some("This password is your address. Choose another.")
    } else {
        None
    }
}

/// Reads a form of this module and looks at its new password, if it has one.
///
/// # Errors
/// Every field that is wrong.
pub fn read(form: &'static [Section], answers: &super::Answers, email: &str) -> Result<(), Vec<FieldError>> {
    let mut reader = Reader::new(form, answers, crate::money::Currency::USD);
    let chooses = super::form::find(form, "password").is_some_and(|field| field.kind == Kind::NewPassword);
    let password = answers.0.get("password").map_or("", String::as_str);
    if chooses
        && !password.is_empty()
        && let Some(problem) = password_problem(password, email)
    {
        reader.error("password", problem);
    }
    reader.finish(Some(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_of_a_password_is_counted_in_characters() {
        for letter in ["x", "ü", "楽", "🎻"] {
            for (length, fits) in [(9, false), (10, true), (1_000, true), (1_001, false)] {
                let problem = password_problem(&letter.repeat(length), "ada@example.org");
                assert_eq!(problem.is_none(), fits, "{length} times {letter}: {problem:?}");
            }
        }
    }

    #[test]
    fn password_managers_know_every_password() {
        let forms = [
            REGISTER,
            SIGN_IN,
            CONFIRM,
            RESET,
            ACCEPT,
            CHANGE_PASSWORD,
            PASSWORD_AGAIN,
            PASSWORD_AND_CODE,
            CHANGE_EMAIL,
        ];
        for form in forms {
            let fields = form.iter().flat_map(|section| section.fields);
            let passwords: Vec<_> =
                fields.filter(|field| matches!(field.kind, Kind::Password | Kind::NewPassword)).collect();
            assert!(!passwords.is_empty());
            for field in passwords {
                let expected = if field.kind == Kind::NewPassword { "new-password" } else { "current-password" };
                assert_eq!(field.autocomplete, expected, "{}", field.name);
            }
        }
    }
}
