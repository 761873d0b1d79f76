//! The declaration under which a claim is signed: exact words, chosen by forum and place of signing.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::period::show_day;

/// Where the case is, or would be, heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forum {
    /// A federal court of the United States.
    Federal,
    /// A court of the State of Oregon.
    Oregon,
    /// No forum yet, or another one: the federal words, which are the stricter.
    Other,
}

impl Forum {
    /// Reads the value of the case form.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        match key {
            "federal" => Some(Self::Federal),
            "oregon" => Some(Self::Oregon),
            "other" => Some(Self::Other),
            _ => None,
        }
    }
}

/// Which text of declaration, with its version, as stored with a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Declaration {
    /// 28 U.S.C. § 1746(2), signed within the United States.
    #[serde(rename = "28usc1746-within-1")]
    FederalWithin,
    /// 28 U.S.C. § 1746(1), signed outside the United States.
    #[serde(rename = "28usc1746-without-1")]
    FederalWithout,
    /// Oregon Rules of Civil Procedure, Rule 1 E.
    #[serde(rename = "orcp1e-1")]
    Oregon,
}

impl Declaration {
    /// The declaration for a forum and a place of signing.
    #[must_use]
    pub const fn choose(forum: Forum, signed_in_united_states: bool) -> Self {
        match (forum, signed_in_united_states) {
            (Forum::Oregon, true) => Self::Oregon,
            (_, true) => Self::FederalWithin,
            (_, false) => Self::FederalWithout,
        }
    }

    /// The statute, and the version of the text as stored.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::FederalWithin => "28usc1746-within-1",
            Self::FederalWithout => "28usc1746-without-1",
            Self::Oregon => "orcp1e-1",
        }
    }

    /// The text that a key names, if it is one of these.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        [Self::FederalWithin, Self::FederalWithout, Self::Oregon].into_iter().find(|text| text.key() == key)
    }

    /// Which text it is, for people: the rule, and what it is for.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::FederalWithin => "28 U.S.C. § 1746, signed within the United States",
            Self::FederalWithout => "28 U.S.C. § 1746, signed outside the United States",
            Self::Oregon => "ORCP 1 E, the rule of the State of Oregon",
        }
    }

    /// The words as they are declared, with the day of signing where the statute has it.
    #[must_use]
    pub fn words(self, on: NaiveDate) -> String {
        self.executed_on(&show_day(on))
    }

    /// The words on a paper that is still to be signed, with room for the day.
    #[must_use]
    pub fn words_to_sign(self) -> String {
        self.executed_on("____________________")
    }

    fn executed_on(self, day: &str) -> String {
        match self {
            Self::FederalWithin => format!("I declare under penalty of perjury that the foregoing is true and correct. Executed on {day}."),
            Self::FederalWithout => format!(
                "I declare under penalty of perjury under the laws of the United States of America that the foregoing is true and correct. Executed on {day}."
            ),
            Self::Oregon => "I hereby declare that the above statement is true to the best of my knowledge and belief, and that I understand it is made for use as evidence in court and is subject to penalty for perjury.".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chosen_by_forum_and_place() {
        assert_eq!(Declaration::choose(Forum::Federal, true), Declaration::FederalWithin);
        assert_eq!(Declaration::choose(Forum::Federal, false), Declaration::FederalWithout);
        assert_eq!(Declaration::choose(Forum::Oregon, true), Declaration::Oregon);
        assert_eq!(Declaration::choose(Forum::Oregon, false), Declaration::FederalWithout);
        let on = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        assert_eq!(
            Declaration::FederalWithin.words(on),
            "I declare under penalty of perjury that the foregoing is true and correct. Executed on 20 November 2026."
        );
        assert!(Declaration::FederalWithout.words(on).contains("under the laws of the United States of America"));
        assert!(Declaration::Oregon.words(on).contains("subject to penalty for perjury"));
        for text in [Declaration::FederalWithin, Declaration::FederalWithout, Declaration::Oregon] {
            assert_eq!(Declaration::parse(text.key()), Some(text));
        }
        assert_eq!(Declaration::parse("of another day"), None);
    }
}
