//! The engine at work in a case: which claims may be of the same claimant, and which descriptions are of the same release.

use std::collections::HashMap;

use super::{
    columns::{Column, Kind},
    decide::Decision,
    explain::Explanation,
    records::Records,
    run::{self, Options, Phase},
    weigh::{Millibits, probability},
};

/// Who claims, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the columns' own")]
pub struct Party {
    pub name: String,
    pub contact: String,
    pub email: String,
    pub phone: String,
    pub street: String,
    pub city: String,
    pub region: String,
    pub postcode: String,
    pub country: String,
}

/// Two parties that resemble each other, by their places in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Resemblance {
    /// The smaller place.
    pub a: usize,
    /// The larger place.
    pub b: usize,
    /// How much.
    pub score: Millibits,
    /// What the engine proposes: a match, or to be looked at.
    pub decision: Decision,
    /// Why.
    pub explanation: Explanation,
}

/// The pairs of parties that are taken for one or should be looked at, in order.
#[must_use]
pub fn parties(parties: &[Party], threads: usize, progress: impl Fn(Phase, f64)) -> Vec<Resemblance> {
    let columns = [
        Column::Name,
        Column::Contact,
        Column::Email,
        Column::Phone,
        Column::Street,
        Column::City,
        Column::Region,
        Column::Postcode,
        Column::Country,
    ];
    let rows = parties.iter().map(|party| {
        [
            &party.name,
            &party.contact,
            &party.email,
            &party.phone,
            &party.street,
            &party.city,
            &party.region,
            &party.postcode,
            &party.country,
        ]
        .map(String::as_str)
    });
    let records = Records::of_rows(Kind::Claimants, columns, rows);
    let outcome = run::run(&records, Options { threads, link: false }, progress);
    let worth = |pair: &&run::Pair| outcome.decision(pair) != Decision::None;
    outcome
        .pairs
        .iter()
        .filter(worth)
        .map(|pair| Resemblance {
            a: pair.a as usize,
            b: pair.b as usize,
            score: pair.score,
            decision: outcome.decision(pair),
            explanation: outcome.explain(&records, pair.a, pair.b),
        })
        .collect()
}

/// A score, in thousandths of a bit, as a whole per cent: never 0 or 100, for certainty is for people.
#[must_use]
pub fn percent(score: i64) -> u8 {
    let score = Millibits::try_from(score).unwrap_or(if score < 0 { Millibits::MIN } else { Millibits::MAX });
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 to 99")]
    let percent = (probability(score) * 100.0).round().clamp(1.0, 99.0) as u8;
    percent
}

/// What names the release of a line, as typed; barcodes as GTIN-13.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are those of `line::Release`")]
pub struct Description {
    pub gtin: String,
    pub aggregator_gtin: String,
    pub catalogue_number: String,
    pub isrc: String,
    pub artist: String,
    pub title: String,
    pub label: String,
}

impl Description {
    /// Whether it names a release at all. A line that names only an artist or a label is a lump sum.
    #[must_use]
    pub fn names_a_release(&self) -> bool {
        [&self.gtin, &self.aggregator_gtin, &self.catalogue_number, &self.isrc, &self.title]
            .into_iter()
            .any(|named| !named.trim().is_empty())
    }

    /// What two lines of the same description have in common: the fields without case and outer white space.
    #[must_use]
    pub fn key(&self) -> String {
        let fields = [
            &self.gtin,
            &self.aggregator_gtin,
            &self.catalogue_number,
            &self.isrc,
            &self.artist,
            &self.title,
            &self.label,
        ];
        fields.map(|field| field.trim().to_lowercase()).join("\u{1f}")
    }

    /// The release in a few words: artist and title, else its first number.
    #[must_use]
    pub fn words(&self) -> String {
        let named: Vec<&str> =
            [&self.artist, &self.title].map(|text| text.trim()).into_iter().filter(|text| !text.is_empty()).collect();
        if !self.title.trim().is_empty() {
            return named.join(": ");
        }
        let number = [&self.catalogue_number, &self.gtin, &self.aggregator_gtin, &self.isrc]
            .into_iter()
            .find(|text| !text.trim().is_empty());
        [&self.artist, number.unwrap_or(&self.label)]
            .map(|text| text.trim())
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(": ")
    }
}

/// For each description the first one of the same release. Besides what the engine finds, a barcode that one line gives as the
/// manufacturer's and another as the aggregator's is one and the same.
#[must_use]
pub fn releases(descriptions: &[Description], threads: usize, progress: impl Fn(Phase, f64)) -> Vec<usize> {
    let columns = [Column::Upc, Column::CatalogNo, Column::Isrc, Column::Artist, Column::Title, Column::Label];
    let rows = descriptions.iter().map(|of| {
        let barcode = if of.gtin.is_empty() { &of.aggregator_gtin } else { &of.gtin };
        [barcode, &of.catalogue_number, &of.isrc, &of.artist, &of.title, &of.label].map(String::as_str)
    });
    let records = Records::of_rows(Kind::Lines, columns, rows);
    let outcome = run::run(&records, Options { threads, link: false }, progress);
    let mut first: Vec<usize> = outcome.clusters.of.iter().map(|of| *of as usize).collect();
    let mut by_code: HashMap<&str, usize> = HashMap::new();
    for (place, of) in descriptions.iter().enumerate() {
        for code in [of.gtin.as_str(), of.aggregator_gtin.as_str()].into_iter().filter(|code| !code.is_empty()) {
            match by_code.get(code) {
                Some(other) => unite(&mut first, place, *other),
                None => {
                    by_code.insert(code, place);
                }
            }
        }
    }
    (0..first.len()).map(|place| root(&first, place)).collect()
}

/// Follows a place to the first of its group: every place points to itself or to an earlier one.
fn root(first: &[usize], mut place: usize) -> usize {
    while first[place] != place {
        place = first[place];
    }
    place
}

fn unite(first: &mut [usize], a: usize, b: usize) {
    let (a, b) = (root(first, a), root(first, b));
    first[a.max(b)] = a.min(b);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn description(gtin: &str, aggregator: &str, artist: &str, title: &str) -> Description {
        Description {
            gtin: gtin.to_owned(),
            aggregator_gtin: aggregator.to_owned(),
            artist: artist.to_owned(),
            title: title.to_owned(),
            ..Description::default()
        }
    }

    #[test]
    fn a_barcode_is_one_release_in_whichever_column() {
        let all = [
            description("0036000291452", "", "Ilse Varga", "Sonatas"),
            description("", "0036000291452", "", ""),
            description("4006381333931", "0036000291452", "", ""),
            description("4006381333931", "", "Varga", "Sonatas for solo violin"),
            description("", "", "Somebody Else", "Another Thing"),
        ];
        assert_eq!(releases(&all, 1, |_, _| {}), [0, 0, 0, 0, 4]);
    }

    #[test]
    fn a_claimant_who_files_twice_is_found_with_the_reasons() {
        let jay = Party {
            name: "Jay Records LLC".to_owned(),
            email: "office@jayrecords.example".to_owned(),
            phone: "+1 503 555 0143".to_owned(),
            street: "12 Alder Street".to_owned(),
            city: "Portland".to_owned(),
            ..Party::default()
        };
        let again =
            Party { name: "JAY RECORDINGS".to_owned(), email: "Office@JayRecords.example".to_owned(), ..jay.clone() };
        let other = Party { name: "Ilse Varga".to_owned(), email: "ilse@varga.example".to_owned(), ..Party::default() };
        let found = parties(&[jay, other, again], 1, |_, _| {});
        assert_eq!(
            found.iter().map(|found| (found.a, found.b, found.decision)).collect::<Vec<_>>(),
            [(0, 2, Decision::Match)]
        );
        let explained = &found[0].explanation;
        let sum = explained.base + explained.group + explained.parts.iter().map(|part| part.weight).sum::<Millibits>();
        assert_eq!(sum, found[0].score);
    }

    /// A case's claims have the scores that `recoup match` gives the same parties: an agent's address says little, a name that many bear
    /// less than one that nobody else has.
    #[cfg(feature = "matching-files")]
    #[test]
    fn the_parties_of_a_case_score_as_in_a_file() {
        let given = ["Jane", "John", "Ruth", "Omar", "Ilse", "Hugo", "Vera", "Noel"];
        let family = ["Smith", "Varga", "Okafor", "Lindqvist", "Marsh"];
        let mut all: Vec<Party> = Vec::new();
        for place in 0..300 {
            // Three to a name, of whom some came through one agent.
            let (first, last) = (given[place % 8], family[place / 3 % 5]);
            let agent = place % 7 == 0;
            all.push(Party {
                name: format!("{first} {last}"),
                contact: if agent { "Agnes Agent" } else { "" }.to_owned(),
                email: if agent { "claims@agency.example".to_owned() } else { format!("m{}@mail.example", place / 2) },
                phone: if agent { "+1 503 555 0143".to_owned() } else { format!("+1 212 555 {:04}", place / 3) },
                street: format!("{} Alder Street", place / 4),
                city: "Portland".to_owned(),
                postcode: "97201".to_owned(),
                ..Party::default()
            });
        }
        let mut table = "id,name,contact,email,phone,street,city,region,postcode,country\n".to_owned();
        for (place, of) in all.iter().enumerate() {
            let Party { name, contact, email, phone, street, city, region, postcode, country } = of;
            table +=
                &format!("{place},{name},{contact},{email},{phone},{street},{city},{region},{postcode},{country}\n");
        }
        let records = super::super::read::read(table.as_bytes(), Some(Kind::Claimants), None, |_| {}).unwrap().records;
        let outcome = run::run(&records, Options::default(), |_, _| {});
        let listed = outcome.pairs.iter().filter(|pair| outcome.decision(pair) != Decision::None);
        let expected: Vec<_> = listed.map(|pair| (pair.a as usize, pair.b as usize, pair.score)).collect();
        let found: Vec<_> = parties(&all, 1, |_, _| {}).iter().map(|found| (found.a, found.b, found.score)).collect();
        assert!(!expected.is_empty());
        assert_eq!(found, expected);
    }

    /// And so are its releases grouped: works of one title by many artists, issued again and again, under numbers that some share.
    #[cfg(feature = "matching-files")]
    #[test]
    fn the_releases_of_a_case_are_grouped_as_in_a_file() {
        let titles = ["Greatest Hits", "Live", "Sonatas for solo violin", "Night Music", "The Glass Meadow"];
        let artists = ["Ilse Varga", "The Thistlewood String Band", "Ilse Varga Trio", "Omar Okafor"];
        let mut all: Vec<Description> = Vec::new();
        for place in 0..400 {
            let title = titles[place % 5].to_owned() + if place % 11 == 0 { ", Vol. 2" } else { "" };
            all.push(Description {
                catalogue_number: if place % 3 == 0 { format!("AB-{}", place / 24) } else { String::new() },
                artist: artists[place / 5 % 4].to_owned(),
                title,
                label: if place % 2 == 0 { "Copper Thimble Records" } else { "Redshank" }.to_owned(),
                ..Description::default()
            });
        }
        let mut table = "id,upc,catalog_no,isrc,artist,title,label\n".to_owned();
        for (place, of) in all.iter().enumerate() {
            table += &format!("{place},,{},,{},\"{}\",{}\n", of.catalogue_number, of.artist, of.title, of.label);
        }
        let records = super::super::read::read(table.as_bytes(), Some(Kind::Lines), None, |_| {}).unwrap().records;
        let outcome = run::run(&records, Options::default(), |_, _| {});
        let expected: Vec<usize> = outcome.clusters.of.iter().map(|of| *of as usize).collect();
        assert!(expected.iter().enumerate().any(|(place, of)| place != *of));
        assert_eq!(releases(&all, 1, |_, _| {}), expected);
    }

    /// Claims of a case with nothing known of where they are: neither the words for nothing nor an address that is kept for
    /// examples makes two of them one.
    #[test]
    fn what_nobody_gave_is_nothing_in_common() {
        let party = |name: &str, mailbox: &str| Party {
            name: name.to_owned(),
            email: format!("{mailbox}@example.org"),
            street: "Not reported".to_owned(),
            city: "N/A".to_owned(),
            country: "United States".to_owned(),
            ..Party::default()
        };
        let all = [
            party("Cappella Romana", "cappella"),
            party("Summit Records", "summit"),
            party("Small jazz label", "jazz"),
        ];
        assert_eq!(parties(&all, 1, |_, _| {}), []);
    }

    #[test]
    fn an_artist_alone_is_a_lump_sum() {
        assert!(!description("", "", "Ilse Varga", "").names_a_release());
        assert!(description("", "", "", "Sonatas").names_a_release());
        assert_eq!(description("0036000291452", "", "Ilse Varga", "").words(), "Ilse Varga: 0036000291452");
        assert_eq!(description("1", "", " Ilse", "Sonatas ").key(), description("1", "", "ilse", "SONATAS").key());
    }
}
