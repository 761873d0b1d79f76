//! Codes of a second factor: time-based one-time passwords (RFC 6238) of six digits and 30 seconds, as every authenticator
//! app makes them; and the codes that replace a lost device.

use data_encoding::BASE32_NOPAD;
use totp_rs::{Algorithm, Builder, Totp};

use crate::{Instant, random::Random};

/// Seconds of a step (RFC 6238, section 5.2, recommends 30).
const STEP: u64 = 30;
/// Recovery codes that are handed out at once.
pub const RECOVERY_CODES: usize = 10;

/// What account and device both know: 160 bits, as RFC 4226, section 4, recommends.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 20]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A new one.
    #[must_use]
    pub fn random(random: &Random) -> Self {
        Self(random.bytes())
    }

    /// Reads what [`Self::base32`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        BASE32_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok().map(Self)
    }

    /// As it is kept, and typed into a device that cannot read the picture.
    #[must_use]
    pub fn base32(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }

    /// What the picture says to an authenticator app.
    #[must_use]
    pub fn uri(&self, site: &str, email: &str) -> String {
        let encode = |text: &str| -> String {
            text.bytes()
                .map(|byte| match byte {
                    b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
                    byte => format!("%{byte:02X}"),
                })
                .collect()
        };
        let (site, email) = (encode(site), encode(email));
        format!("otpauth://totp/{site}:{email}?secret={}&issuer={site}", self.base32())
    }

    /// The step of which `code` is, if it is the present one or the one before or after it: clocks differ, and typing takes time.
    #[must_use]
    pub fn step(&self, code: &str, now: Instant) -> Option<i64> {
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let time = u64::try_from(now.timestamp()).ok()?;
        self.totp().check(&digits, time).and_then(|step| i64::try_from(step).ok())
    }

    /// The code that a device shows at a time.
    #[must_use]
    pub fn code(&self, now: Instant) -> String {
        self.totp().generate(u64::try_from(now.timestamp()).unwrap_or(0)).to_string()
    }

    fn totp(&self) -> Totp {
        // A secret of 20 bytes, six digits and a step of 30 seconds are what the standard asks for, so nothing is left to check.
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_skew(1)
            .with_step_duration(STEP)
            .with_secret(self.0.to_vec())
            .build_noncompliant()
    }
}

/// A recovery code: 80 bits in four groups of small letters and digits.
#[must_use]
pub fn recovery_code(random: &Random) -> String {
    let text = BASE32_NOPAD.encode(&random.bytes::<10>()).to_lowercase();
    format!("{}-{}-{}-{}", &text[..4], &text[4..8], &text[8..12], &text[12..])
}

/// A recovery code as typed, in the form in which it is hashed; `None` if it cannot be one.
#[must_use]
pub fn read_recovery_code(typed: &str) -> Option<String> {
    let letters: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().to_lowercase();
    let known = |c: char| c.is_ascii_lowercase() || ('2'..='7').contains(&c);
    (letters.len() == 16 && letters.chars().all(known)).then_some(letters)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn at(seconds: i64) -> Instant {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    /// RFC 6238, appendix B, SHA-1, the last six digits of each.
    #[test]
    fn the_codes_are_those_of_the_standard() {
        let secret = Secret(*b"12345678901234567890");
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret.code(at(time)), code);
            assert_eq!(secret.step(code, at(time)), Some(time / 30));
        }
    }

    #[test]
    fn a_code_is_taken_one_step_early_or_late_and_no_further() {
        let secret = Secret::random(&Random::seeded(1));
        let code = secret.code(at(3_000));
        for (time, taken) in [(2_969, false), (2_970, true), (3_029, true), (3_059, true), (3_060, false)] {
            assert_eq!(secret.step(&code, at(time)).is_some(), taken, "{time}");
        }
        let spaced = format!(" {} {} ", &code[..3], &code[3..]);
        assert_eq!(secret.step(&spaced, at(3_000)), Some(100));
        for wrong in ["", "12345", "1234567", "abcdef", "１２３４５６", "-12345"] {
            assert_eq!(secret.step(wrong, at(3_000)), None, "{wrong}");
        }
    }

    #[test]
    fn a_secret_is_kept_and_written_for_a_device() {
        let secret = Secret::random(&Random::seeded(2));
        assert_eq!(Secret::parse(&secret.base32()), Some(secret.clone()));
        assert_eq!(Secret::parse("MFRGG"), None);
        let uri = secret.uri("Claims & Co", "ada+x@example.org");
        assert!(uri.starts_with("otpauth://totp/Claims%20%26%20Co:ada%2Bx%40example.org?secret="), "{uri}");
        assert!(!format!("{secret:?}").contains(&secret.base32()));
    }

    #[test]
    fn recovery_codes_are_read_as_people_write_them() {
        let code = recovery_code(&Random::seeded(3));
        assert_eq!(code.len(), 19);
        let kept = read_recovery_code(&code).unwrap();
        assert_eq!(read_recovery_code(&format!(" {} ", code.to_uppercase().replace('-', " "))), Some(kept));
        for wrong in ["", "aaaa-bbbb-cccc", "aaaa-bbbb-cccc-ddd1", "aaaa-bbbb-cccc-dddd-eeee", "123456"] {
            assert_eq!(read_recovery_code(wrong), None, "{wrong}");
        }
    }
}
