//! E-mail, telephone, tax number, web site.

use super::{code, is_one_repeated};
use crate::matching::{text, words};

/// `Jane.Doe+music@GMail.com` → `janedoe@gmail.com`: case, the tag after `+` and dots in the mailbox do not make another
/// mailbox at the large providers, and hardly ever elsewhere.
pub fn email(raw: &str, out: &mut String) {
    out.clear();
    let raw = text::trim(raw);
    let Some(at) = raw.bytes().rposition(|byte| byte == b'@') else {
        return;
    };
    let (local, domain) = (&raw[..at], &raw[at + 1..]);
    let local = text::split_once(local, b'+').map_or(local, |(before, _)| before);
    text::fold_into(local, out);
    if !out.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        out.retain(|c| c.is_alphanumeric() || c == '_' || c == '-');
    }
    out.push('@');
    let start = out.len();
    let dots = domain.bytes().rev().take_while(|byte| *byte == b'.').count();
    text::fold_into(&domain[..domain.len() - dots], out);
    if out.len() == start || start == 1 {
        out.clear();
    }
}

/// The two halves of a canonical e-mail.
#[must_use]
pub fn mailbox(canonical: &str) -> (&str, &str) {
    text::split_once(canonical, b'@').unwrap_or((canonical, ""))
}

/// The part of a canonical e-mail that names a firm: its domain, unless it is a provider for everybody.
#[must_use]
pub fn firm(canonical: &str) -> Option<&str> {
    let (_, domain) = mailbox(canonical);
    (!domain.is_empty() && !words::is_free_mail(domain)).then_some(domain)
}

/// The part of a canonical e-mail that names a person: the mailbox, unless it is named for a function.
#[must_use]
pub fn person(canonical: &str) -> Option<&str> {
    let (local, _) = mailbox(canonical);
    (local.len() > 3 && !words::is_role_mailbox(local)).then_some(local)
}

/// Digits with the country code (E.164 without the `+`): ten digits are North American (NANP) and get a 1; a leading
/// `00` is the international prefix; an extension (`x12`, `ext. 12`) is dropped.
pub fn phone(raw: &str, out: &mut String) {
    phone_in(raw, || "", out);
}

/// The same of a party in a country, which is asked for only where it matters: a number with a 0 before it, as it is written within a
/// country, gets that country's code. `+49 (0)561 …`, which gives both, is read as well.
pub fn phone_in<'a>(raw: &str, country: impl FnOnce() -> &'a str, out: &mut String) {
    out.clear();
    let main = raw.bytes().take_while(|b| !matches!(b, b'x' | b'X'));
    out.extend(main.filter(u8::is_ascii_digit).map(char::from));
    if out.starts_with("00") {
        out.drain(..2);
    } else if out.starts_with('0') {
        if let Some((code, zero_stays)) = words::calling_code(country()) {
            out.replace_range(..usize::from(!zero_stays), code);
            return checked(out);
        }
    } else if raw.starts_with('+') && raw.contains("(0)") {
        let code = raw.split('(').next().unwrap_or_default().bytes().filter(u8::is_ascii_digit).count();
        if code < out.len() {
            out.remove(code);
        }
        return checked(out);
    }
    if out.len() == 10 {
        out.insert(0, '1');
    }
    checked(out);
}

/// Takes away what is no number.
fn checked(out: &mut String) {
    if out.len() < 7 || out.len() > 15 || is_one_repeated(out) {
        out.clear();
    }
}

/// Letters and digits of a tax number in upper case; one digit repeated (`000000000`) says nothing.
pub fn tax_id(raw: &str, out: &mut String) {
    code(raw, text::LONGEST, 4, out);
    if is_one_repeated(out) {
        out.clear();
    }
}

/// The host of a web site without scheme, `www.`, path and case.
pub fn website(raw: &str, out: &mut String) {
    out.clear();
    let raw = raw.trim();
    if raw.is_empty() {
        return;
    }
    let host = raw.split_once("://").map_or(raw, |(_, rest)| rest).split(['/', '?', '#', ':']).next().unwrap_or("");
    text::fold_into(host, out);
    if let Some(bare) = out.strip_prefix("www.") {
        *out = bare.to_owned();
    }
    if !out.contains('.') {
        out.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::{super::canonical as run, *};

    #[test]
    fn emails() {
        assert_eq!(run(email, " Jane.Doe+music@GMail.com "), "janedoe@gmail.com");
        assert_eq!(run(email, "not an address"), "");
        assert_eq!(run(email, "@x.org"), "");
        assert_eq!(firm("legal@lopezsons.co"), Some("lopezsons.co"));
        assert_eq!(firm("jane@gmail.com"), None);
        assert_eq!(person("legal@lopezsons.co"), None);
    }

    #[test]
    fn phones() {
        assert_eq!(run(phone, "(347) 614-1071"), "13476141071");
        assert_eq!(run(phone, "+1 347 614 1071 x12"), "13476141071");
        assert_eq!(run(phone, "0044 20 7946 0000"), "442079460000");
        assert_eq!(run(phone, "n/a"), "");
    }

    #[test]
    fn a_number_as_it_is_written_within_a_country_is_that_with_its_code() {
        let within = |raw: &str, country: &'static str| {
            let mut out = String::new();
            phone_in(raw, || country, &mut out);
            out
        };
        for written in ["+49 561 445566", "0561 445566", "0561/44 55 66", "0049 561 445566", "+49 (0)561 445566"] {
            assert_eq!(within(written, "Germany"), "49561445566", "{written}");
        }
        assert_eq!(within("0561 445566", " deutschland "), "49561445566");
        assert_eq!(within("06 1234 5678", "Italy"), within("+39 06 1234 5678", "Italy"));
        assert_eq!(within("020 7946 0000", "UK"), "442079460000");
        // In the United States, and where no country is known, nothing is read otherwise than before.
        for country in ["United States", ""] {
            for raw in ["(347) 614-1071", "0561 445566", "+1 347 614 1071"] {
                assert_eq!(within(raw, country), run(phone, raw));
            }
        }
    }

    #[test]
    fn tax_numbers_and_sites() {
        assert_eq!(run(tax_id, "43-7188448"), "437188448");
        assert_eq!(run(tax_id, "000000000"), "");
        assert_eq!(run(website, "https://www.Example.org/a?b"), "example.org");
    }
}
