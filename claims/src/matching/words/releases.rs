//! Words of titles: editions and volumes.

use crate::matching::distance;

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
    fn volumes_are_read_in_three_ways() {
        assert_eq!(ordinal("2"), Some(2));
        assert_eq!(ordinal("ii"), Some(2));
        assert_eq!(ordinal("two"), Some(2));
        assert_eq!(ordinal("1999"), None);
    }
}
