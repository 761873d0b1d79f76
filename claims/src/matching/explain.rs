//! Why a pair has its score: the additive parts, the values compared, the level in words.

use super::{
    columns::Kind,
    compare::Outcome,
    decide::Decision,
    model,
    record::{Party, Release},
    records::Records,
    run,
    values::Values,
    weigh::{Base, Millibits, Weights, bits, probability},
};
use std::fmt;

/// One part of a score.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Part {
    /// The field's name.
    pub field: &'static str,
    /// The level in words; empty when a side is missing.
    pub level: &'static str,
    /// What it adds.
    pub weight: Millibits,
    /// The value of the first record as it was compared.
    pub a: String,
    /// The value of the second record as it was compared.
    pub b: String,
}

/// A score taken apart: base, parts and group add up to the score exactly.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Explanation {
    /// Version of the method ([`model::VERSION`]).
    pub version: &'static str,
    /// The odds before comparison.
    pub base: Millibits,
    /// One a field of the model, in its order.
    pub parts: Vec<Part>,
    /// What the group of the two records adds ([`super::group`]).
    pub group: Millibits,
    /// The sum.
    pub score: Millibits,
}

impl Explanation {
    /// The probability that the two are one.
    #[must_use]
    pub fn probability(&self) -> f64 {
        probability(self.score)
    }

    /// The decision of the score alone.
    #[must_use]
    pub fn decision(&self) -> Decision {
        Decision::of(self.score)
    }
}

/// An explanation as it was kept, perhaps by an earlier version whose fields had other names.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[expect(missing_docs, reason = "the fields of `Explanation`")]
pub struct Kept {
    pub version: String,
    pub base: Millibits,
    pub parts: Vec<KeptPart>,
    pub group: Millibits,
    pub score: Millibits,
}

/// A part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[expect(missing_docs, reason = "the fields of `Part`")]
pub struct KeptPart {
    pub field: String,
    pub level: String,
    pub weight: Millibits,
    pub a: String,
    pub b: String,
}

impl Kept {
    /// What the score is the sum of, each with its name, and of a field how much the two agree in it: the odds before comparison, the
    /// fields that were compared, the group. A field that one side left empty was not compared and is left out; it adds nothing.
    #[must_use]
    pub fn addends(&self) -> Vec<(String, i64)> {
        let mut addends = vec![("before comparison".to_owned(), i64::from(self.base))];
        let compared = self.parts.iter().filter(|part| !part.level.is_empty() || part.weight != 0);
        let named = |part: &KeptPart| {
            if part.level.is_empty() { part.field.clone() } else { format!("{} ({})", part.field, part.level) }
        };
        addends.extend(compared.map(|part| (named(part), i64::from(part.weight))));
        if self.group != 0 {
            addends.push(("others of their group".to_owned(), i64::from(self.group)));
        }
        addends
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>9.3}  before comparison", bits(self.base))?;
        for part in self.parts.iter().filter(|p| !p.level.is_empty()) {
            writeln!(f, "{:>+9.3}  {}: {} ({} | {})", bits(part.weight), part.field, part.level, part.a, part.b)?;
        }
        if self.group != 0 {
            writeln!(f, "{:>+9.3}  both resemble other records of their group", bits(self.group))?;
        }
        write!(
            f,
            "{:>9.3}  = {:.1} % probable: {}",
            bits(self.score),
            100.0 * self.probability(),
            self.decision().word()
        )
    }
}

/// Explains the direct comparison of two records.
#[must_use]
pub fn explain(records: &Records, weights: &Weights, base: Base, a: u32, b: u32) -> Explanation {
    let found = weights.weigh(records, a, b);
    let parts: Vec<Part> = weights
        .fields()
        .iter()
        .enumerate()
        .map(|(i, field)| {
            let Outcome { level, .. } = found.outcomes[i];
            let words = usize::from(level).checked_sub(1).map_or("", |nth| field.levels[nth].words);
            Part {
                field: field.name,
                level: words,
                weight: found.weights[i],
                a: value(records, i, a),
                b: value(records, i, b),
            }
        })
        .collect();
    Explanation { version: model::VERSION, base: base.millibits, score: base.millibits + found.sum(), parts, group: 0 }
}

impl run::Outcome {
    /// Explains a pair of a run, with what its group adds.
    #[must_use]
    pub fn explain(&self, records: &Records, a: u32, b: u32) -> Explanation {
        let (a, b) = (a.min(b), a.max(b));
        let mut explanation = explain(records, &self.weights, self.base, a, b);
        if let Ok(at) = self.pairs.binary_search_by_key(&(a, b), |p| (p.a, p.b)) {
            explanation.group = self.pairs[at].score - explanation.score;
            explanation.score = self.pairs[at].score;
        }
        explanation
    }
}

/// The value of a field as it was compared.
fn value(records: &Records, field: usize, record: u32) -> String {
    let i = record as usize;
    match records.kind {
        Kind::Claimants => party_value(&records.values, &records.parties[i], field),
        Kind::Lines => release_value(&records.values, &records.releases[i], field),
    }
}

fn party_value(v: &Values, p: &Party, field: usize) -> String {
    let marks = v.names.marks(p.name);
    match field {
        0 => v.names.text(p.name).to_owned(),
        1 => ["", "Sr.", "Jr.", "III", "IV"].get(usize::from(marks.generation)).unwrap_or(&"").to_string(),
        2 => v.names.text(p.contact).to_owned(),
        3 => v.tax_ids.text(p.tax_id).to_owned(),
        4 => v.birth_dates.text(p.birth_date).to_owned(),
        5 => v.emails.text(p.email).to_owned(),
        6 => v.phones.text(p.phone).to_owned(),
        7 => v.streets.text(p.street).split('|').filter(|s| !s.is_empty()).collect::<Vec<_>>().join(", "),
        8 => [v.postcodes.text(p.postcode), v.cities.text(p.city), v.regions.text(p.region)]
            .into_iter()
            .filter(|s| !s.is_empty())
            .collect::<Vec<_>>()
            .join(" "),
        9 => v.websites.text(p.website).to_owned(),
        _ => if marks.descriptors == 0 { "without" } else { "with" }.to_owned(),
    }
}

fn release_value(v: &Values, r: &Release, field: usize) -> String {
    let marks = v.titles.marks(r.title);
    match field {
        0 => v.titles.text(r.title).to_owned(),
        1 => super::words::edition_names(marks.editions).join(", "),
        2 if marks.volume > 0 => marks.volume.to_string(),
        3 => v.artists.text(r.artist).to_owned(),
        4 => v.albums.text(r.album).to_owned(),
        5 => v.labels.text(r.label).to_owned(),
        6 => v.catalogs.text(r.catalog).replace('|', " ").to_uppercase(),
        7 => v.gtins.text(r.gtin).replace('~', ""),
        8 => v.isrcs.text(r.isrc).to_owned(),
        9 => v.years.text(r.year).to_owned(),
        10 => v.lengths.text(r.length).to_owned(),
        11 => v.tracks.text(r.track).to_owned(),
        12 => v.languages.text(r.language).to_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_adds_up_to_the_score() {
        let part = |field: &str, level: &str, weight| KeptPart {
            field: field.to_owned(),
            level: level.to_owned(),
            weight,
            ..KeptPart::default()
        };
        let kept = Kept {
            version: "1".to_owned(),
            base: -6_724,
            parts: vec![
                part("name", "equal", 9_100),
                part("tax_id", "", 0),
                part("email", "equal", 7_200),
                part("birth_date", "", 0),
            ],
            group: 24,
            score: 9_600,
        };
        let addends = kept.addends();
        assert_eq!(addends.iter().map(|(_, weight)| weight).sum::<i64>(), i64::from(kept.score));
        let names: Vec<&str> = addends.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["before comparison", "name (equal)", "email (equal)", "others of their group"]);
    }
}
