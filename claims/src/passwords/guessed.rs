//! How soon a password is guessed: zxcvbn (Wheeler, *zxcvbn: Low-Budget Password Strength Estimation*, USENIX Security 2016), which knows
//! 30,000 common passwords, names, words, keyboards and dates, and how people change them.

use zxcvbn::zxcvbn;

/// So many guesses are what an attack over the network comes to before somebody notices; every one of the 3,000 commonest passwords
/// (ASVS 5.0, 6.2.4) is guessed far sooner.
const GUESSES: u64 = 1_000_000;

/// So many characters are looked at: what somebody makes up to keep zxcvbn busy costs no more than hashing then (0.06 s; of a hundred
/// characters it would be 0.7). Whoever starts so long a password with what is guessed soon is asked for another.
const LONGEST: usize = 32;

/// What this product suggests by its name, and the one long password that everybody has read about.
const SUGGESTED: [&str; 2] = ["recoup", "correcthorsebatterystaple"];

/// Whether a password is guessed soon by who knows these facts about its owner.
pub(super) fn soon(password: &str, about: &[String]) -> bool {
    let start = beginning(password);
    let mailboxes = about.iter().filter_map(|fact| fact.split_once('@')).map(|(mailbox, _)| mailbox);
    let parts = about.iter().flat_map(|fact| fact.split(['@', '.', ' ', '-', '_', '+']).filter(|part| part.len() > 2));
    let facts: Vec<&str> = SUGGESTED
        .into_iter()
        .chain(about.iter().map(String::as_str))
        .chain(mailboxes)
        .chain(parts)
        .map(beginning)
        .collect();
    zxcvbn(start, &facts).guesses() < GUESSES
}

/// What is looked at of a password, and so of a fact about its owner: a whole address may be longer, and is no secret either.
fn beginning(text: &str) -> &str {
    text.char_indices().nth(LONGEST).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_uses_is_guessed_soon() {
        for password in [
            "1234567890",
            "password123",
            "P@ssw0rd123",
            "qwertyuiop123",
            "iloveyou12",
            "administrator",
            "December2026",
            "aaaaaaaaaa",
            "1qaz2wsx3edc",
            "recoup1234",
            "recouprecoup",
            "correcthorsebatterystaple",
        ] {
            assert!(soon(password, &[]), "{password}");
        }
    }

    #[test]
    fn a_few_words_in_a_row_are_not() {
        for password in [
            "nine loud trombones",
            "horse-violin-42",
            "Tr0ub4dor&3",
            "新しい長い合言葉です",
            &"the moon is a coin ".repeat(50),
        ] {
            assert!(!soon(password, &["ada@example.org".to_owned()]), "{password}");
        }
    }

    #[test]
    fn names_and_addresses_are_no_secret() {
        let about = ["carolina.nightingale@odeon.example".to_owned(), "Carolina Nightingale".to_owned()];
        for password in ["nightingale1", "Carolina.Nightingale", "carolina.nightingale@odeon.example"] {
            assert!(soon(password, &about), "{password}");
        }
    }
}
