//! Invented releases: each claimant's catalogue falls the same way wherever it is asked for, so that an artist and their label
//! can both claim the same release.

use super::{
    dice::Dice,
    people::{INVENTED, LABELS},
};

/// A release.
#[derive(Clone)]
pub(super) struct Release {
    pub(super) gtin: String,
    pub(super) number: String,
    pub(super) isrc: String,
    pub(super) artist: String,
    pub(super) title: String,
    pub(super) label: String,
    pub(super) format: &'static str,
    /// Price to dealers, retail list price and cost of making a copy, in cents.
    pub(super) wholesale: i64,
    pub(super) retail: i64,
    pub(super) cost: i64,
}

const TITLES: [&str; 48] = [
    "Slow Weather",
    "Nine Small Bridges",
    "A Lamp for the Ferry",
    "Evensong in Blue",
    "The Cartographer’s Daughter",
    "Low Tide Variations",
    "Music for Long Rooms",
    "Winter Almanac",
    "Songs the Miller Kept",
    "After the Last Tram",
    "Salt and Copper",
    "Seven Nocturnes",
    "Hymns for an Empty House",
    "The Quiet Engine",
    "Letters to the Coast",
    "Paper Boats",
    "Field Notes",
    "The Orchard Suite",
    "Half-Light Sessions",
    "Sonatas and Interludes for Two",
    "Northern Lullabies",
    "Breathing Room",
    "Tides of Stillness",
    "A Fox at the Gate",
    "Lost Stations",
    "Madrigals of the Marsh",
    "Concertos for Brass Choir",
    "The Glass Meadow",
    "Unaccompanied",
    "Seasons of Clay",
    "Live at the Granary",
    "Midnight at Union Street",
    "Psalms and Sparrows",
    "Quartets, Volume One",
    "Quartets, Volume Two",
    "The Honest Fiddle",
    "Sleep, Little Harbor",
    "Dances from a Border Town",
    "Chorale for Small Hands",
    "Morning Raga, Evening Train",
    "Standards for the Unemployed",
    "Rain on Tin",
    "Twelve Etudes",
    "The Beekeeper’s Waltz",
    "Vespers",
    "Open Windows",
    "River Stones",
    "First Snow",
];

const GROUPS: [&str; 12] = [
    "Trio",
    "Quartet",
    "Ensemble",
    "Consort",
    "Quintet",
    "Chamber Players",
    "Big Band",
    "Duo",
    "Singers",
    "Collective",
    "String Band",
    "Orchestra",
];
const SURNAMES: [&str; 20] = [
    "Abernathy-Cole",
    "Brightwater",
    "Castellane",
    "Dunmorrow",
    "Eskildsen",
    "Falkenrath",
    "Greenaway-Tull",
    "Hollenbeck-Rao",
    "Ivarsdotter",
    "Jasperse",
    "Kilbracken",
    "Lindqvist-Bell",
    "Moravec-Stone",
    "Nakashima-Pruitt",
    "Oyelaran-Webb",
    "Pemberley",
    "Quintavalle",
    "Rosenhain",
    "Szalay-Morgan",
    "Thistlewood",
];

/// The catalogue of the claimant at `index` under the name `label`.
pub(super) fn of(index: usize, label: &str, letters: &str, count: usize) -> Vec<Release> {
    let seed = u64::try_from(index).unwrap_or(0);
    let dice = Dice::new(7_000 + seed);
    let prefix: String = letters.chars().filter(char::is_ascii_lowercase).take(3).collect::<String>().to_uppercase();
    let first = dice.between(0, 47);
    let mut releases: Vec<Release> = (0..count)
        .map(|item| {
            let place = i64::try_from(item).unwrap_or(0);
            let wholesale = dice.between(62, 118) * 10;
            let format = if dice.chance(80) { "cd" } else { dice.pick(&["lp", "dvd", "cd"]) };
            let title = TITLES[usize::try_from((first + place * 5) % 48).unwrap_or(0)];
            let artist = match dice.between(0, 2) {
                0 => format!("The {} {}", dice.pick(&SURNAMES), dice.pick(&GROUPS)),
                _ => format!(
                    "{} {}",
                    dice.pick(&["Avery", "Bronwen", "Cato", "Delia", "Ewan", "Freya", "Grigor", "Hettie"]),
                    dice.pick(&SURNAMES)
                ),
            };
            Release {
                gtin: gtin(seed, place),
                number: format!("{prefix} {}", 1_001 + place * 3),
                isrc: format!("ZZ-{prefix}-{:02}-{:05}", dice.between(4, 15), 100 + place * 17),
                artist,
                title: title.to_owned(),
                label: label.to_owned(),
                format,
                wholesale,
                retail: (wholesale * 8 / 5 / 100) * 100 + 99,
                cost: dice.between(92, 185),
            }
        })
        .collect();
    // The artist who claims beside this label is on its first release.
    if let (Some(artist), Some(release)) = (artist_of(index), releases.first_mut()) {
        release.artist = artist.to_owned();
    }
    releases
}

/// The label whose first release a person recorded; only some of the persons have one.
pub(super) fn label_of(person: usize) -> Option<usize> {
    let place = person.checked_sub(LABELS)?;
    (place < 23 && place.is_multiple_of(2)).then_some(place * 2)
}

fn artist_of(label: usize) -> Option<&'static str> {
    (LABELS..LABELS + 23).find(|person| label_of(*person) == Some(label)).map(|person| INVENTED[person].0)
}

/// A barcode under the prefix 952, which GS1 keeps for examples: it is on no sleeve.
fn gtin(company: u64, item: i64) -> String {
    let body = format!("952{:05}{:04}", 2_000 + company, item * 10 + 7);
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| u32::from(b - b'0') * if i.is_multiple_of(2) { 3 } else { 1 })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

#[cfg(test)]
mod tests {
    use claims::identifiers::{Gtin, Isrc};

    use super::*;

    #[test]
    fn barcodes_and_recording_codes_are_right_and_unique() {
        let mut seen = std::collections::BTreeSet::new();
        for index in 0..100 {
            for release in of(index, "Label", "label-name", 12) {
                Isrc::parse(&release.isrc).unwrap();
                assert_eq!(Gtin::parse(&release.gtin).unwrap().as_str(), release.gtin);
                assert!(seen.insert(release.gtin));
            }
        }
    }
}
