//! The claims that the press reported, as they lie in `tests/fixtures/allegro`: loaded by the demo, filed again by the journeys.

use anyhow::Context;
use chrono::NaiveDate;
use claims::{intake::Answers, line::Category, totals::Total};
use serde::Deserialize;

use super::pdf;

/// One reported claim: what is typed, what is uploaded, what it adds up to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fixture {
    /// Where each figure was reported.
    pub sources: Vec<String>,
    /// Fields that the press does not give.
    pub not_reported: Vec<String>,
    /// Answers of the step “Who is claiming”; the form that starts a claim takes some of them.
    pub claimant: Answers,
    /// Answers of the step “Your agreement”.
    pub agreement: Answers,
    /// Answers of the step “Who else may claim this”.
    pub others: Answers,
    /// What is uploaded.
    pub documents: Vec<Paper>,
    /// What is claimed.
    pub lines: Vec<Line>,
    /// Answers of the step “Sign and send”.
    pub signature: Answers,
    /// What it adds up to.
    pub expected: Expected,
}

/// A document to upload.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// Name of the file.
    pub name: String,
    /// What it proves.
    pub proves: String,
    /// Its bytes, for a file of text.
    #[serde(default)]
    pub text: Option<String>,
    /// Lines of text per page, for a PDF.
    #[serde(default)]
    pub pages: Option<Vec<Vec<String>>>,
}

impl Paper {
    /// The bytes of the file, always the same.
    ///
    /// # Errors
    /// If it is neither text nor a PDF.
    pub fn bytes(&self) -> anyhow::Result<Vec<u8>> {
        match (&self.text, &self.pages) {
            (Some(text), None) => Ok(text.clone().into_bytes()),
            (None, Some(pages)) => Ok(pdf::draw(pages)?),
            _ => anyhow::bail!("{} is neither text nor pages", self.name),
        }
    }
}

/// A line to enter.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Category.
    pub category: Category,
    /// Answers of the category's form.
    pub answers: Answers,
    /// What it cites.
    pub evidence: Vec<Evidence>,
}

/// A document that a line cites, and where in it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Name of the document.
    pub document: String,
    /// Page or row.
    pub place: String,
}

/// What a claim adds up to, in cents of the case's currency.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// Lines.
    pub lines: i64,
    /// Sums by category and basis.
    pub totals: Vec<Total>,
    /// What counts in the one figure of the case.
    pub counted: i64,
}

/// The reported claims, each under the name of its file.
///
/// # Errors
/// If a file has a mistake.
pub fn all() -> anyhow::Result<Vec<(&'static str, Fixture)>> {
    let texts = [
        ("cappella-romana", include_str!("../../../tests/fixtures/allegro/cappella-romana.json")),
        ("waveform-records", include_str!("../../../tests/fixtures/allegro/waveform-records.json")),
        ("summit-records", include_str!("../../../tests/fixtures/allegro/summit-records.json")),
        ("small-jazz-label", include_str!("../../../tests/fixtures/allegro/small-jazz-label.json")),
        ("steven-halpern", include_str!("../../../tests/fixtures/allegro/steven-halpern.json")),
    ];
    texts.into_iter().map(|(name, text)| Ok((name, serde_json::from_str(text).context(name)?))).collect()
}

/// The answers of the case form, with another last day if one is given.
///
/// # Errors
/// If the file has a mistake.
pub fn case(deadline: Option<NaiveDate>) -> anyhow::Result<Answers> {
    let answers: Answers = serde_json::from_str(include_str!("../../../tests/fixtures/allegro/case.json"))?;
    Ok(match deadline {
        Some(day) => answers.with("deadline_day", day.to_string()),
        None => answers,
    })
}

#[cfg(test)]
mod tests {
    use claims::{
        intake::{agreement, case_settings, claimant, line, others, sign},
        money,
        totals::{self, Addend},
    };

    use super::*;

    #[test]
    fn the_intake_rules_find_nothing_wrong_and_the_sums_are_right() {
        let settings = case_settings::read(&case(None).unwrap()).unwrap();
        assert_eq!(settings.questions.len(), 10);
        assert!(settings.questions.iter().all(|(question, answer)| question.ends_with('?') && !answer.is_empty()));
        let rules = line::LineRules { currency: settings.currency, currencies: settings.currencies() };
        for (name, fixture) in all().unwrap() {
            claimant::read_start(&fixture.claimant).unwrap_or_else(|errors| panic!("{name}: {errors:?}"));
            claimant::read(&fixture.claimant).unwrap_or_else(|errors| panic!("{name}: {errors:?}"));
            agreement::read(&fixture.agreement).unwrap_or_else(|errors| panic!("{name}: {errors:?}"));
            others::read(&fixture.others).unwrap_or_else(|errors| panic!("{name}: {errors:?}"));
            sign::read(&fixture.signature, &fixture.claimant, settings.forum, false)
                .unwrap_or_else(|errors| panic!("{name}: {errors:?}"));
            assert!(!fixture.sources.is_empty() && !fixture.not_reported.is_empty(), "{name}");
            for paper in &fixture.documents {
                crate::documents::kind::find(&paper.name, &paper.bytes().unwrap()).unwrap();
            }
            let addends: Vec<Addend> = fixture
                .lines
                .iter()
                .map(|line| {
                    let known = |cited: &Evidence| fixture.documents.iter().any(|paper| paper.name == cited.document);
                    assert!(line.evidence.iter().all(known), "{name}: a line cites what is not there");
                    let reading = line::read(line.category, &line.answers, &rules);
                    let facts = reading.facts.unwrap_or_else(|| panic!("{name}: {:?}", reading.errors));
                    let rate = settings.rate(facts.currency).unwrap();
                    Addend {
                        category: facts.category,
                        basis: facts.basis,
                        amount: money::convert(facts.amount, facts.currency, rate, settings.currency).unwrap(),
                        interest: facts.interest,
                        costs: facts.costs,
                        units: facts.units,
                        documented: !line.evidence.is_empty(),
                    }
                })
                .collect();
            assert_eq!(i64::try_from(addends.len()), Ok(fixture.expected.lines), "{name}");
            let sums = totals::add_up(addends).unwrap();
            assert_eq!(sums, fixture.expected.totals, "{name}");
            assert_eq!(totals::counted(&sums, settings.filing_basis).amount, fixture.expected.counted, "{name}");
        }
    }
}
