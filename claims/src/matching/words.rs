//! Word lists of the field: what carries no identity in a name, and what must never be overlooked in a title.

use super::distance;
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

/// The groups of given names that are used for one another to which a folded word belongs, counted from 1; 0 for none.
/// No name is in more than three.
#[must_use]
pub fn nickname_groups(word: &str) -> [u8; 3] {
    /// Names by first letter, with their groups.
    static GROUPS: LazyLock<[Vec<(&str, [u8; 3])>; 32]> = LazyLock::new(|| {
        let mut groups: [Vec<(&str, [u8; 3])>; 32] = Default::default();
        for (number, names) in (1_u8..).zip(NICKNAMES) {
            for name in names.split(' ') {
                let here = &mut groups[bucket(name)];
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
    GROUPS[bucket(word)].iter().find(|(known, _)| *known == word).map_or([0; 3], |(_, groups)| *groups)
}

/// The one spelling of a street word, if it is a common suffix, direction or unit word; unit words become `#`.
#[must_use]
pub fn street_word(word: &str) -> Option<&'static str> {
    Some(match word {
        "street" | "st" | "str" => "st",
        "avenue" | "ave" | "av" => "ave",
        "road" | "rd" => "rd",
        "boulevard" | "blvd" | "boul" => "blvd",
        "drive" | "dr" => "dr",
        "lane" | "ln" => "ln",
        "court" | "ct" => "ct",
        "place" | "pl" => "pl",
        "terrace" | "ter" | "tce" => "ter",
        "circle" | "cir" => "cir",
        "circuit" | "cct" => "cct",
        "crescent" | "cres" | "cr" => "cres",
        "highway" | "hwy" => "hwy",
        "parkway" | "pkwy" => "pkwy",
        "square" | "sq" => "sq",
        "close" | "cl" => "cl",
        "way" | "wy" => "way",
        "north" => "n",
        "south" => "s",
        "east" => "e",
        "west" => "w",
        "apt" | "apartment" | "unit" | "suite" | "ste" | "flat" | "fl" | "floor" | "room" | "rm" => "#",
        _ => return None,
    })
}

/// What people write into a field that must not be empty. It says nothing, least of all that two who write it are one.
#[must_use]
pub fn says_nothing(raw: &str) -> bool {
    const PLACEHOLDERS: [&str; 14] = [
        "-",
        "--",
        ".",
        "?",
        "n/a",
        "na",
        "none",
        "nil",
        "null",
        "unknown",
        "not known",
        "not given",
        "not reported",
        "tbd",
    ];
    let raw = raw.trim();
    raw.len() <= 12 && PLACEHOLDERS.iter().any(|placeholder| raw.eq_ignore_ascii_case(placeholder))
}

/// Mail providers where the part after the `@` says nothing about the person, and the domains that are kept for examples
/// (RFC 2606).
#[must_use]
pub fn is_free_mail(domain: &str) -> bool {
    matches!(
        domain,
        "example.com"
            | "example.net"
            | "example.org"
            | "gmail.com"
            | "googlemail.com"
            | "yahoo.com"
            | "hotmail.com"
            | "outlook.com"
            | "icloud.com"
            | "me.com"
            | "mac.com"
            | "aol.com"
            | "comcast.net"
            | "att.net"
            | "verizon.net"
            | "protonmail.com"
            | "proton.me"
            | "live.com"
            | "msn.com"
            | "gmx.de"
            | "gmx.net"
            | "web.de"
            | "mail.com"
            | "yahoo.co.uk"
            | "ymail.com"
            | "zoho.com"
            | "fastmail.com"
    )
}

/// Mailboxes named for a function; two firms' `info@` have nothing in common.
#[must_use]
pub fn is_role_mailbox(local: &str) -> bool {
    matches!(
        local,
        "info"
            | "contact"
            | "hello"
            | "legal"
            | "accounts"
            | "accounting"
            | "royalties"
            | "office"
            | "admin"
            | "mail"
            | "sales"
            | "support"
            | "music"
            | "label"
            | "booking"
            | "management"
            | "mgmt"
            | "team"
            | "press"
            | "licensing"
            | "finance"
    )
}

/// Words that make another edition of a recording. Each is one bit; synonyms share it.
#[must_use]
pub fn edition_bit(word: &str) -> u16 {
    match word {
        "live" => 1,
        "remaster" | "remastered" | "remasters" | "remastering" => 1 << 1,
        "deluxe" => 1 << 2,
        "expanded" => 1 << 3,
        "instrumental" | "instrumentals" => 1 << 4,
        "remix" | "remixes" | "remixed" | "mixes" => 1 << 5,
        "ep" => 1 << 6,
        "acoustic" | "unplugged" => 1 << 7,
        "demo" | "demos" => 1 << 8,
        "anniversary" => 1 << 9,
        "bonus" => 1 << 10,
        "mono" => 1 << 11,
        "karaoke" => 1 << 12,
        "reissue" | "reissued" => 1 << 13,
        "limited" | "special" | "collectors" | "collector" => 1 << 14,
        "clean" | "radio" | "edit" => 1 << 15,
        _ => 0,
    }
}

/// The editions of a bit set, in words.
#[must_use]
pub fn edition_names(bits: u16) -> Vec<&'static str> {
    const NAMES: [&str; 16] = [
        "live",
        "remastered",
        "deluxe",
        "expanded",
        "instrumental",
        "remixes",
        "EP",
        "acoustic",
        "demos",
        "anniversary",
        "bonus",
        "mono",
        "karaoke",
        "reissue",
        "special",
        "edit",
    ];
    NAMES.into_iter().enumerate().filter(|(i, _)| bits >> i & 1 == 1).map(|(_, name)| name).collect()
}

/// Words about the carrier or the wrapping that do not make another release.
#[must_use]
pub fn is_edition_filler(word: &str) -> bool {
    matches!(
        word,
        "edition"
            | "version"
            | "original"
            | "album"
            | "single"
            | "lp"
            | "cd"
            | "the"
            | "explicit"
            | "stereo"
            | "tracks"
            | "track"
    )
}

/// The number of a volume word's follower: digits, roman numerals to twelve, or small number words.
#[must_use]
pub fn ordinal(word: &str) -> Option<u16> {
    const ROMAN: [&str; 12] = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"];
    const SPOKEN: [&str; 6] = ["one", "two", "three", "four", "five", "six"];
    if let Ok(number) = word.parse::<u16>() {
        return (word.len() <= 3).then_some(number);
    }
    let at = |list: &[&str]| list.iter().position(|w| *w == word).and_then(|i| u16::try_from(i + 1).ok());
    at(&ROMAN).or_else(|| at(&SPOKEN))
}

/// Words that introduce the number of a part.
#[must_use]
pub fn is_volume_word(word: &str) -> bool {
    // Another letter, or one more, may have up to four bytes in UTF-8.
    if (6..=10).contains(&word.len())
        && word.bytes().any(|byte| byte == b'v' || byte == b'm')
        && distance::within(word, "volume", 1).is_some()
    {
        return true;
    }
    matches!(word, "vol" | "pt" | "part" | "no" | "book" | "chapter" | "disc" | "disk" | "cd" | "bd" | "band")
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

    #[test]
    fn volumes_are_read_in_three_ways() {
        assert_eq!(ordinal("2"), Some(2));
        assert_eq!(ordinal("ii"), Some(2));
        assert_eq!(ordinal("two"), Some(2));
        assert_eq!(ordinal("1999"), None);
    }
}
