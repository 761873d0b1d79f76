//! Matches and overlaps in words.

use claims::{
    actions::match_case::channel_key,
    intake::{form, sales},
    line::Category,
    matching::{
        decide::{MATCH_FROM, REVIEW_FROM},
        of_case::percent,
    },
    overlap::Runs,
    store::overlaps::Overlap,
};

/// How probable a score makes it, in words.
pub(super) fn probably(score: i64) -> &'static str {
    match percent(score) {
        90.. => "very probably the same",
        50.. => "probably the same",
        20.. => "perhaps the same",
        _ => "hardly the same, but worth a look",
    }
}

/// How probable a score makes it: per cent and words.
pub(super) fn probability(score: i64) -> String {
    format!("{}\u{a0}%, {}", percent(score), probably(score))
}

/// What a person said of two claims.
pub(super) fn verdict(key: &str) -> &'static str {
    match key {
        "same" => "the same claimant",
        "different" => "different claimants",
        "later" => "put off",
        _ => "open",
    }
}

/// Style of a verdict's tag.
pub(super) fn verdict_style(key: &str) -> &'static str {
    match key {
        "same" | "different" => "done",
        "later" => "not-yet",
        _ => "attention",
    }
}

/// Thousandths of a bit, signed, to the last one, so that a column of them adds up.
pub(super) fn bits(thousandths: i64) -> String {
    let sign = if thousandths < 0 { "\u{2212}" } else { "+" };
    let size = thousandths.unsigned_abs();
    format!("{sign}{}.{:03}", size / 1_000, size % 1_000)
}

/// The thresholds of the engine, lowest first: thousandths of a bit and what they part.
pub(super) const THRESHOLDS: [(i64, &str); 2] = [(REVIEW_FROM as i64, "shown"), (MATCH_FROM as i64, "likely")];

/// A field of the engine in words.
pub(super) fn field(key: &str) -> String {
    match key {
        "name" => "Name".to_owned(),
        "generation" => "Sr. or Jr.".to_owned(),
        "contact" => "Contact".to_owned(),
        "tax_id" => "Tax number".to_owned(),
        "birth_date" => "Date of birth".to_owned(),
        "email" => "E-mail".to_owned(),
        "phone" => "Telephone".to_owned(),
        "street" => "Street".to_owned(),
        "place" => "Place".to_owned(),
        "website" => "Website".to_owned(),
        "form" => "Form of the name".to_owned(),
        other => other.replace('_', " "),
    }
}

/// A channel or service as it stands in the ledger. Empty for stock, and for lines that name none.
pub(super) fn channel(family: &str, key: &str) -> String {
    let known = form::find(sales::FORM, "channel").and_then(|field| match field.kind {
        form::Kind::Select(choices) => choices.iter().find(|(value, _)| channel_key(value) == key),
        _ => None,
    });
    match (family, key, known) {
        (_, _, Some((_, words))) => (*words).to_owned(),
        ("stock", ..) => Category::HeldInventory.title().to_owned(),
        (_, "", None) => "No channel named".to_owned(),
        (_, key, None) => service(key),
    }
}

/// A service as it writes itself. Only small letters and digits of what claimants typed are kept, so that it is the same for all.
fn service(key: &str) -> String {
    const KNOWN: [(&str, &str); 10] = [
        ("itunes", "iTunes"),
        ("applemusic", "Apple Music"),
        ("amazonmusic", "Amazon Music"),
        ("youtube", "YouTube"),
        ("youtubemusic", "YouTube Music"),
        ("googleplay", "Google Play"),
        ("googleplaymusic", "Google Play Music"),
        ("soundcloud", "SoundCloud"),
        ("emusic", "eMusic"),
        ("tidal", "TIDAL"),
    ];
    if let Some((_, words)) = KNOWN.into_iter().find(|(known, _)| *known == key) {
        return words.to_owned();
    }
    let mut letters = key.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The release of an entry.
pub(super) fn release(words: &str) -> String {
    if words.is_empty() { "Lump sums, without a release".to_owned() } else { words.to_owned() }
}

/// A month, counted from year 0: `Jan 2015`.
pub(super) fn month(month: i64) -> String {
    const NAMES: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let name = usize::try_from(month.rem_euclid(12)).ok().and_then(|place| NAMES.get(place)).unwrap_or(&"");
    format!("{name} {}", month.div_euclid(12))
}

/// The months of an entry: `Jan–Dec 2015, 12 months`; nothing for what has no period.
pub(super) fn months(first: i64, last: i64, count: i64) -> String {
    let span = match (first, last) {
        (0, 0) => return String::new(),
        (first, last) if first == last => return month(first),
        (first, last) if first.div_euclid(12) == last.div_euclid(12) => {
            format!("{}–{}", month(first).get(..3).unwrap_or_default(), month(last))
        }
        (first, last) => format!("{} – {}", month(first), month(last)),
    };
    format!("{span}, {count} months")
}

/// The months of an entry that are meant, in words: those given, else, where they were not kept, all of the entry.
pub(super) fn meeting(entry: &Overlap, of: Option<&Runs>) -> String {
    match of.and_then(|of| Some((of.ends()?, of.count()))) {
        Some(((first, last), count)) => months(first, last, count),
        None => months(entry.first_month, entry.last_month, entry.months),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_in_few_words() {
        let january = 2015 * 12;
        assert_eq!(months(january, january + 11, 12), "Jan–Dec 2015, 12 months");
        assert_eq!(months(january - 6, january + 5, 9), "Jul 2014 – Jun 2015, 9 months");
        assert_eq!((months(january, january, 1), months(0, 0, 1)), ("Jan 2015".to_owned(), String::new()));
    }

    #[test]
    fn bits_are_exact() {
        assert_eq!([bits(12_345), bits(-7), bits(0)], ["+12.345", "\u{2212}0.007", "+0.000"]);
    }

    #[test]
    fn certainty_is_for_people() {
        assert_eq!(probability(90_000), "99\u{a0}%, very probably the same");
        assert_eq!(probability(-90_000), "1\u{a0}%, hardly the same, but worth a look");
        assert_eq!(probability(0), "50\u{a0}%, probably the same");
    }

    #[test]
    fn channels_in_words() {
        assert_eq!(channel("sales", "physical"), "Physical copies");
        assert_eq!(
            (channel("sales", "itunes"), channel("stock", "")),
            ("iTunes".to_owned(), "Held inventory".to_owned())
        );
        assert_eq!(channel("sales", "spotify"), "Spotify");
    }
}
