//! Words of names: of people, labels and firms.

use crate::matching::distance;
use std::sync::LazyLock;

/// What a word of a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Part of what distinguishes the name.
    Distinctive,
    /// A word that many labels bear (`records`, `music`).
    Descriptive,
    /// The legal form (`llc`, `gmbh`).
    LegalForm,
    /// An article or a joining word.
    Joining,
    /// A generation (`jr`, `iii`), with its number: 1 for senior, 2 for junior.
    Generation(u8),
}

#[rustfmt::skip]
const LEGAL: &[&str] = &[
    "llc", "inc", "incorporated", "ltd", "limited", "corp", "corporation", "lp", "llp", "plc", "gmbh", "ag", "ug", "kg",
    "bv", "nv", "sa", "sarl", "srl", "spa", "ab", "as", "oy", "aps", "pty", "co", "ev", "sas", "kk",
];

#[rustfmt::skip]
const DESCRIPTIVE: &[&str] = &[
    "records", "record", "recordings", "recording", "rec", "recs", "music", "entertainment", "productions",
    "production", "prod", "prods", "ent", "company", "discs", "disc", "sound", "sounds", "audio", "tapes", "tape", "group", "collective", "label",
    "musik", "musique", "disques", "studios", "studio", "publishing", "media",
];

const JOINING: &[&str] = &["the", "and", "y", "und", "et", "with", "n", "plus", "feat", "ft", "featuring", "vs"];

/// Classifies one folded word of a name. A longer label word with one slip of the keys (`recordss`) is still one.
#[must_use]
pub fn class(word: &str) -> Class {
    static KNOWN: LazyLock<Known> = LazyLock::new(Known::new);
    KNOWN.class(word)
}

/// The known words of names, kept so that a word which is none of them, as most are, costs a few instructions.
struct Known {
    /// By first letter, and the lengths that occur there as a bit set.
    exact: [Vec<(&'static str, Class)>; 32],
    lengths: [u32; 32],
    /// Label words long enough to be recognised with a slip, by length, with their letters.
    long: [Vec<(u32, &'static str)>; LONGEST_KNOWN + 2],
}

/// Letters of `entertainment`.
const LONGEST_KNOWN: usize = 13;

impl Known {
    fn new() -> Self {
        const GENERATIONS: [(&str, u8); 6] =
            [("sr", 1), ("senior", 1), ("jr", 2), ("junior", 2), ("ii", 2), ("iii", 3)];
        let generations = GENERATIONS.into_iter().chain([("iv", 4)]).map(|(word, n)| (word, Class::Generation(n)));
        let all = JOINING.iter().map(|w| (*w, Class::Joining));
        let all = all.chain(LEGAL.iter().map(|w| (*w, Class::LegalForm))).chain(generations);
        let mut known = Self { exact: Default::default(), lengths: [0; 32], long: Default::default() };
        for (word, class) in all.chain(DESCRIPTIVE.iter().map(|w| (*w, Class::Descriptive))) {
            known.exact[bucket(word)].push((word, class));
            known.lengths[bucket(word)] |= 1 << word.len();
        }
        for word in DESCRIPTIVE.iter().filter(|w| w.len() > 5) {
            known.long[word.len()].push((distance::letters(word), word));
        }
        known
    }

    fn class(&self, word: &str) -> Class {
        let bucket = bucket(word);
        if self.lengths[bucket] >> word.len().min(31) & 1 == 1
            && let Some((_, class)) = self.exact[bucket].iter().find(|(known, _)| *known == word)
        {
            return *class;
        }
        if (5..=LONGEST_KNOWN + 1).contains(&word.len()) {
            let letters = distance::letters(word);
            let near = self.long[word.len() - 1..].iter().take(3).flatten();
            for (of_known, known) in near {
                if distance::letters_allow(letters, *of_known, 1) && distance::within(word, known, 1).is_some() {
                    return Class::Descriptive;
                }
            }
        }
        Class::Distinctive
    }
}

fn bucket(word: &str) -> usize {
    word.as_bytes().first().map_or(0, |b| usize::from(b & 31))
}

fn first_two(word: &str) -> usize {
    let second = word.as_bytes().get(1).map_or(0, |b| usize::from(b & 31));
    bucket(word) << 5 | second
}

/// Names that say there is no label: the cell is empty in meaning.
#[must_use]
pub fn is_no_label(folded: &str) -> bool {
    matches!(
        folded.trim(),
        "independent"
            | "self-released"
            | "self released"
            | "selfreleased"
            | "none"
            | "n/a"
            | "na"
            | "unknown"
            | "unsigned"
            | "self"
            | "various"
            | "no label"
            | "not on label"
            | "diy"
            | "unk"
            | "unk."
            | "-"
    )
}

/// Given names used for one another in English, a group each.
#[rustfmt::skip]
const NICKNAMES: &[&str] = &[
    "abigail abby abbie gail", "alexander alex alec xander sasha", "alexandra alex lexi sandra", "amanda mandy",
    "andrew andy drew", "anthony tony", "barbara barb", "benjamin ben benny benji", "bradley brad", "cameron cam",
    "caroline carol carrie", "catherine cathy kate katie cat kathryn katherine", "charles charlie chuck chas",
    "charlotte lottie charlie", "christina chris tina chrissy", "christopher chris topher kit", "cynthia cindy",
    "daniel dan danny", "david dave davey", "deborah deb debbie", "donald don donnie", "dorothy dot dottie",
    "edward ed eddie ted ned", "elizabeth liz beth betty eliza lizzie libby", "emily em emmy", "eugene gene",
    "frances fran", "francis frank", "frederick fred freddie", "gabriel gabe", "gerald gerry jerry", "gregory greg",
    "harold harry hal", "harrison harry", "henry hank harry", "isabella bella izzy isabel", "jacob jake", "jacqueline jackie",
    "james jim jimmy jamie", "jeffrey jeff", "jennifer jen jenny", "jeremy jerry", "jessica jess jessie", "john jack johnny jon",
    "jonathan jon jonny", "joseph joe joey", "joshua josh", "joyce joy", "judith judy", "katherine kate kathy katie kat",
    "kenneth ken kenny", "kimberly kim", "lawrence larry", "leonard len leo", "louis lou", "madeline maddie maddy",
    "margaret maggie meg peggy marge", "matthew matt", "megan meg", "melissa mel missy", "michael mike mick mickey",
    "michelle shelly", "mitchell mitch", "nathan nate nat", "nathaniel nate nat", "nicholas nick nicky", "olivia liv livvy",
    "oliver ollie", "pamela pam", "patricia pat patty trish", "patrick pat paddy", "peter pete", "philip phil", "rachel rach",
    "raymond ray", "rebecca becky becca", "richard rich rick dick ricky", "robert bob rob bobby robbie", "ronald ron ronnie",
    "russell russ", "samantha sam sammy", "samuel sam sammy", "sarah sadie sally", "sebastian seb", "stephanie steph",
    "stephen steve stevie", "steven steve stevie", "susan sue susie", "theodore ted theo", "theresa terry tess", "thomas tom tommy",
    "timothy tim timmy", "tobias toby", "victoria vicky tori", "vincent vince", "virginia ginny", "walter walt", "william will bill billy liam",
    "zachary zach zack", "zachariah zach zack", "zoe zoey",
];

/// A given name with its groups.
type Nicknamed = (&'static str, [u8; 3]);

/// The groups of given names that are used for one another to which a folded word belongs, counted from 1; 0 for none.
/// No name is in more than three.
#[must_use]
pub fn nickname_groups(word: &str) -> [u8; 3] {
    /// Names by their first two letters, with their groups.
    static GROUPS: LazyLock<Vec<Vec<Nicknamed>>> = LazyLock::new(|| {
        let mut groups: Vec<Vec<Nicknamed>> = vec![Vec::new(); 32 * 32];
        for (number, names) in (1_u8..).zip(NICKNAMES) {
            for name in names.split(' ') {
                let here = &mut groups[first_two(name)];
                let place = here.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
                    here.push((name, [0; 3]));
                    here.len() - 1
                });
                if let Some(free) = here[place].1.iter_mut().find(|g| **g == 0) {
                    *free = number;
                }
            }
        }
        groups
    });
    GROUPS[first_two(word)].iter().find(|(known, _)| *known == word).map_or([0; 3], |(_, groups)| *groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_words_survive_a_slip() {
        assert_eq!(class("records"), Class::Descriptive);
        assert_eq!(class("recodrings"), Class::Descriptive);
        assert_eq!(class("cords"), Class::Distinctive);
        assert_eq!(class("jr"), Class::Generation(2));
    }
}
