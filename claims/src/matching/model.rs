//! The two built-in models, as data: for each field its levels in words and their weights in bits.
//!
//! Weights are log2(m/u) after Fellegi and Sunter (1969): m is how often a level occurs among true pairs, u how often by
//! chance. For agreement on a value u is the value's own frequency, so a weight has a fixed part, given here, and the
//! value's **rarity**, log2(records / records expected to agree by chance), which [`super::weigh`] adds.
//!
//! Fields that are not independent form one [`Fact`], and a fact's rarity counts once: e-mail, telephone and door of an
//! agent are one fact about the agent, title and artist of a re-issued album one fact about the work.
//!
//! The fixed parts were estimated once, by maximum likelihood with a small ridge, over synthetic and published data of
//! several kinds, and rounded; they are part of the program and of its version, not of a data set. What is learned from
//! the data at hand, without labels, is how often values occur, how many names share them, and how many true pairs to
//! expect ([`super::weigh::Base`]).

use super::columns::Kind;

/// Version of weights and method; part of every report and of every decision that is recorded.
pub const VERSION: &str = "2026.4";

/// Which fields share one rarity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The field's rarity is its own.
    Own,
    /// How a party is reached: only the rarest of these counts.
    Office,
    /// Which work it is: rarities add up to at most that of a value nobody else bears, for every work has re-issues.
    Work,
    /// A number that names a release: only the rarest of these counts.
    Code,
    /// The field has levels only.
    None,
}

/// One level of agreement.
#[derive(Clone, Copy, Debug)]
pub struct Level {
    /// The level in words.
    pub words: &'static str,
    /// The fixed part of its weight in bits.
    pub bits: f64,
    /// Whether the rarity of the value is added.
    pub rarity: bool,
    /// Whether it contradicts: no group may hold two records that contradict each other.
    pub contradicts: bool,
}

/// One field of a model.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The field's name, which is its column in the list of pairs.
    pub name: &'static str,
    /// Which rarity it takes part in.
    pub fact: Fact,
    /// Its levels; level 1 of an outcome is the first.
    pub levels: &'static [Level],
}

const fn plain(words: &'static str, bits: f64) -> Level {
    Level { words, bits, rarity: false, contradicts: false }
}

const fn rare(words: &'static str, bits: f64) -> Level {
    Level { words, bits, rarity: true, contradicts: false }
}

const fn against(words: &'static str, bits: f64) -> Level {
    Level { words, bits, rarity: false, contradicts: true }
}

/// The model for claimants, people and firms; fields in the order of [`super::compare::party::compare`].
pub const CLAIMANTS: &[Field] = &[
    Field {
        name: "name",
        fact: Fact::Own,
        levels: &[
            rare("the same", -1.7),
            rare("the same but for initials or a nickname", -4.2),
            rare("the same but for slips of the keys", -1.2),
            plain("one contains the other", 2.6),
            plain("the last word is the same, others differ", -2.1),
            plain("a word is the same", 0.0),
            plain("different", -3.1),
            rare("one's name is the other's contact", -4.9),
        ],
    },
    Field {
        name: "generation",
        fact: Fact::None,
        levels: &[plain("the same", 1.0), plain("one side has Sr. or Jr.", -2.8), against("Sr. against Jr.", -13.0)],
    },
    Field {
        name: "contact",
        fact: Fact::None,
        levels: &[
            plain("the same", 0.1),
            plain("nearly the same", 2.4),
            plain("different", -2.5),
            plain("the same, and so is the name", 1.9),
        ],
    },
    Field {
        name: "tax_id",
        fact: Fact::Own,
        levels: &[rare("the same", 6.9), rare("one character apart", -3.5), against("different", -8.3)],
    },
    Field {
        name: "birth_date",
        fact: Fact::Own,
        levels: &[
            rare("the same", 1.9),
            plain("one figure apart, or day and month swapped", 7.5),
            plain("two figures apart, or the same year", 4.7),
            plain("different", -0.8),
        ],
    },
    Field {
        name: "email",
        fact: Fact::Office,
        levels: &[
            rare("the same", -1.4),
            rare("the same but for slips of the keys", -2.5),
            rare("the same mailbox at another provider", -4.8),
            rare("the same firm", -5.1),
            plain("different", -3.3),
        ],
    },
    Field {
        name: "phone",
        fact: Fact::Office,
        levels: &[rare("the same", -4.4), rare("one figure apart", -1.8), plain("different", -3.0)],
    },
    Field {
        name: "street",
        fact: Fact::Office,
        levels: &[
            rare("the same door", -1.1),
            rare("the same door but for slips of the keys", 0.5),
            rare("another unit in the same house", 0.0),
            plain("the same street", 4.8),
            plain("another address, as after a move", 3.1),
        ],
    },
    Field {
        name: "place",
        fact: Fact::None,
        levels: &[
            plain("the same postcode", 2.1),
            plain("the same town", 1.1),
            plain("a postcode one character apart", -1.1),
            plain("the same region", -0.4),
            plain("different", -1.4),
        ],
    },
    Field { name: "website", fact: Fact::Office, levels: &[rare("the same", 0.0), plain("different", -1.0)] },
    Field {
        name: "form",
        fact: Fact::None,
        levels: &[
            plain("names with the same kind of legal form or label word", 2.7),
            plain("names with different kinds of legal form or label word", -1.8),
            plain("a legal form or label word in one of the names only", -0.3),
        ],
    },
];

/// The model for lines: releases and recordings; fields in the order of [`super::compare::release::compare`].
pub const LINES: &[Field] = &[
    Field {
        name: "title",
        fact: Fact::Work,
        levels: &[
            rare("the same", 2.1),
            rare("the same but for initials", 0.6),
            rare("the same but for slips of the keys", 1.8),
            plain("one contains the other", -1.1),
            plain("a word is the same", -1.2),
            plain("different", -4.7),
            plain("both are named for the artist", 4.2),
            rare("the same but for artist or album in the title", 0.6),
        ],
    },
    Field {
        name: "edition",
        fact: Fact::None,
        levels: &[
            plain("the same edition", 3.7),
            plain("one side names an edition", -9.7),
            against("different editions", -10.0),
        ],
    },
    Field {
        name: "volume",
        fact: Fact::None,
        levels: &[
            plain("the same volume", 3.4),
            plain("one side names a volume", -13.5),
            against("different volumes", -14.0),
        ],
    },
    Field {
        name: "artist",
        fact: Fact::Work,
        levels: &[
            rare("the same", 1.2),
            rare("the same but for initials", 0.4),
            rare("the same but for slips of the keys", 1.0),
            plain("one contains the other", 1.7),
            plain("a word is the same", 0.3),
            plain("different", -4.3),
        ],
    },
    Field {
        name: "album",
        fact: Fact::Work,
        levels: &[
            rare("the same", 0.5),
            rare("the same but for initials", 0.0),
            rare("the same but for slips of the keys", 0.0),
            plain("one contains the other", 0.5),
            plain("a word is the same", -0.5),
            plain("different", -2.0),
        ],
    },
    Field {
        name: "label",
        fact: Fact::None,
        levels: &[
            plain("the same", 0.3),
            plain("shortened or misspelt", 1.1),
            plain("a word is the same", 0.3),
            plain("different", -5.2),
        ],
    },
    Field {
        name: "catalog_no",
        fact: Fact::Code,
        levels: &[
            rare("the same", 5.4),
            rare("the same but for the carrier", 2.0),
            plain("a character swapped, lost or doubled", 5.3),
            plain("one character differs", 1.8),
            plain("different", -7.3),
        ],
    },
    Field {
        name: "upc",
        fact: Fact::Code,
        levels: &[
            rare("the same", 4.3),
            plain("agrees as far as a spreadsheet kept it", 0.5),
            plain("a slip that breaks the check digit", 2.6),
            plain("different", -6.1),
        ],
    },
    Field {
        name: "isrc",
        fact: Fact::Code,
        levels: &[rare("the same", 2.0), plain("one character apart", 2.0), plain("different", -4.0)],
    },
    Field {
        name: "year",
        fact: Fact::None,
        levels: &[
            plain("the same", 1.7),
            plain("the next", 0.2),
            plain("two or three years apart", -4.5),
            plain("further apart", -6.4),
        ],
    },
    Field {
        name: "length",
        fact: Fact::None,
        levels: &[plain("within two seconds", 4.0), plain("within ten seconds", 1.0), plain("different", -3.0)],
    },
    Field { name: "track_no", fact: Fact::None, levels: &[plain("the same", 2.0), plain("different", -1.5)] },
    Field { name: "language", fact: Fact::None, levels: &[plain("the same", 0.3), plain("different", -1.5)] },
];

/// The model of a kind.
#[must_use]
pub fn of(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::Claimants => CLAIMANTS,
        Kind::Lines => LINES,
    }
}

/// What is added to the logarithm of the prior odds, in bits, to make up for levels whose weights are relative.
#[must_use]
pub fn intercept(kind: Kind) -> f64 {
    match kind {
        Kind::Claimants => 1.8,
        Kind::Lines => 1.4,
    }
}

/// Records imagined beside those of the table when it is asked how rare a value is, each with values of its own: that an
/// e-mail is rare is known before a case has many claimants.
pub const IMAGINED_RECORDS: f64 = 5_000.0;

/// True pairs per record expected before anything is seen.
pub const PRIOR_PAIRS_PER_RECORD: f64 = 0.25;

/// The longest list of fields of any model.
pub const MOST_FIELDS: usize = 13;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_get_worse_from_first_to_last() {
        for field in CLAIMANTS.iter().chain(LINES) {
            assert!(!field.levels.is_empty() && field.levels.len() < 250, "{}", field.name);
            assert!(field.levels.iter().all(|l| l.bits.abs() < 20.0 && !l.words.is_empty()), "{}", field.name);
        }
        // What speaks for two being one is not called different.
        let levels = CLAIMANTS.iter().chain(LINES).flat_map(|field| field.levels);
        assert!(levels.filter(|level| level.words == "different").all(|level| level.bits < 0.0));
        assert!(CLAIMANTS.len() <= MOST_FIELDS && LINES.len() <= MOST_FIELDS);
    }
}
