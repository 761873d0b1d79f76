//! Documents that nobody can read. They are kept, for evidence is never refused for that; but who relies on one is told.

/// Why nobody can read a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unreadable {
    /// It cannot be opened without a password.
    Password,
    /// Something of it is missing or wrong.
    Damaged,
}

impl Unreadable {
    /// All reasons.
    pub const ALL: [Self; 2] = [Self::Password, Self::Damaged];

    /// The name in storage.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Damaged => "damaged",
        }
    }

    /// Reads the name in storage.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.key() == key)
    }

    /// What one or several documents are.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Password => "protected by a password, so counsel and the court cannot read what it says",
            Self::Damaged => "damaged or cut off, so counsel and the court may not be able to read what it says",
        }
    }

    /// What its claimant can do.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Password => "Save a copy without the password and add that.",
            Self::Damaged => "Find a whole copy and add that.",
        }
    }

    /// Of documents, by the name of the first: `“a.pdf” is …`.
    #[must_use]
    pub fn said_of(self, first: &str, documents: usize) -> String {
        let who = match documents {
            0 | 1 => format!("“{first}” is"),
            2 => format!("“{first}” and another document are each"),
            more => format!("“{first}” and {} other documents are each", more - 1),
        };
        format!("{who} {}. {}", self.words(), self.remedy())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_stored_by_their_names() {
        for reason in Unreadable::ALL {
            assert_eq!(Unreadable::parse(reason.key()), Some(reason));
        }
        assert_eq!(Unreadable::parse(""), None);
    }

    #[test]
    fn it_is_said_of_one_and_of_many() {
        let one = Unreadable::Password.said_of("a.pdf", 1);
        assert_eq!(
            one,
            "“a.pdf” is protected by a password, so counsel and the court cannot read what it says. Save a copy without the password and add that."
        );
        assert!(Unreadable::Damaged.said_of("a.pdf", 2).starts_with("“a.pdf” and another document are each damaged"));
        assert!(Unreadable::Damaged.said_of("a.pdf", 3).starts_with("“a.pdf” and 2 other documents are each damaged"));
    }
}
