//! One claim as it could have been sent: answers, lines by the rules of the product, documents, the frozen text.

use chrono::{Datelike, Duration, NaiveDate};
use claims::{
    Instant,
    case::Case,
    declaration::Declaration,
    frozen::{FORMAT, FrozenClaim, FrozenDeclaration, FrozenDocument, FrozenEvidence, FrozenLine},
    intake::{Answers, line},
    line::{Category, LineFacts},
    money,
    totals::{self, Addend, Total},
};

use super::super::{
    Random,
    words::{GIVEN, LABEL_WORDS, LEGAL, capital, family, word},
};
use crate::stage::{answers, claimant_answers};

/// A claimant with a catalogue.
pub struct Claimant {
    /// Legal name.
    pub name: String,
    /// Citizenship, as a register shows it.
    pub citizenship: &'static str,
    /// Answers of the step “Who is claiming”.
    pub answers: Answers,
    prefix: String,
    artists: Vec<String>,
}

/// A line with what the rules read from it.
pub struct Line {
    /// Number.
    pub number: i64,
    /// Category.
    pub category: Category,
    /// Answers.
    pub answers: Answers,
    /// Facts; none for a line that needs attention.
    pub facts: Option<LineFacts>,
    /// Amount, interest and costs in the currency of the case.
    pub in_case: (i64, i64, i64),
    /// Rate into it.
    pub rate: String,
    /// The documents cited, by place in the claim, and the page.
    pub cites: Vec<(usize, String)>,
}

/// A document; its bytes lie nowhere.
pub struct Document {
    /// Name.
    pub name: String,
    /// Hash.
    pub sha256: String,
    /// Size.
    pub bytes: i64,
    /// Pages.
    pub pages: i64,
}

impl Claimant {
    /// Number `n` of the case.
    pub fn new(n: usize, random: &mut Random) -> Self {
        let name = if random.chance(0.3) {
            format!("{} {}", random.pick(GIVEN), family(random))
        } else {
            let name = format!("{} {} {}", capital(&word(random)), random.pick(LABEL_WORDS), random.pick(LEGAL));
            name.trim_end().to_owned()
        };
        let artists = (0..=random.below(4)).map(|_| format!("{} {}", random.pick(GIVEN), family(random))).collect();
        let email = format!("claimant-{n}@example.org");
        let citizenship = random.common(&["Oregon", "California", "New York", "Germany", "United Kingdom"]);
        let prefix: String = name.chars().filter(char::is_ascii_alphabetic).take(3).collect();
        let answers = claimant_answers(&name).with("email", email.as_str());
        Self { name, citizenship, answers, prefix: prefix.to_uppercase(), artists }
    }

    /// Makes line `number`; one in a hundred of a draft needs attention.
    pub fn line(&self, case: &Case, number: i64, documents: usize, draft: bool, random: &mut Random) -> Line {
        let category = *random.common(&[
            &Category::UnpaidSales,
            &Category::DigitalRoyalties,
            &Category::HeldInventory,
            &Category::Other,
        ]);
        let answers = if draft && random.below(100) == 0 {
            Answers::default().with("currency", "USD").with("net_due", "about 12")
        } else {
            self.answers_of(category, number, random)
        };
        let facts = line::read(category, &answers, &case.line_rules()).facts;
        assert!(facts.is_some() || draft, "{category:?} {answers:?}");
        let rate = facts.as_ref().and_then(|facts| case.settings.rate(facts.currency));
        let value = |minor: i64, facts: &LineFacts| {
            money::convert(minor, facts.currency, rate.unwrap(), case.settings.currency).unwrap()
        };
        let in_case = facts.as_ref().map_or((0, 0, 0), |facts| {
            (value(facts.amount, facts), value(facts.interest, facts), value(facts.costs, facts))
        });
        let cites = if documents > 0 && random.chance(0.6) {
            vec![(random.below(documents), format!("p. {}", 1 + random.below(40)))]
        } else {
            Vec::new()
        };
        Line {
            number,
            category,
            answers,
            facts,
            in_case,
            rate: rate.map_or(String::new(), |rate| rate.to_string()),
            cites,
        }
    }

    fn answers_of(&self, category: Category, number: i64, random: &mut Random) -> Answers {
        let artist = &self.artists[random.below(self.artists.len())];
        let catalogue = format!("{} {}", self.prefix, 1_000 + number);
        let title = format!("{} and the {} {}", capital(&word(random)), word(random), capital(&word(random)));
        let currency = random.common(&["USD", "USD", "USD", "EUR", "GBP"]);
        let (from, to) = quarter(random);
        let units = 1 + random.below(400);
        let cents = 99 + 10 * random.below(180);
        let price = format!("{}.{:02}", cents / 100, cents % 100);
        let amount = |minor: usize| format!("{}.{:02}", minor / 100, minor % 100);
        let release: &[(&str, &str)] =
            &[("artist", artist), ("title", &title), ("catalogue_number", &catalogue), ("label", &self.name)];
        let more: Vec<(&str, String)> = match category {
            Category::UnpaidSales => vec![
                ("channel", "physical".to_owned()),
                ("period_from", from),
                ("period_to", to),
                ("units_net", units.to_string()),
                ("unit_price", price),
                ("net_due", amount(units * cents)),
            ],
            Category::HeldInventory => vec![
                ("as_of", "2016-06-03".to_owned()),
                ("units_claimed", units.to_string()),
                ("basis", random.common(&["retail", "retail", "wholesale", "manufacturing_cost"]).to_owned()),
                ("unit_value", price),
            ],
            Category::DigitalRoyalties => vec![
                ("aggregator", "The Orchard".to_owned()),
                ("service", random.pick(&["iTunes", "Amazon", "Spotify", "YouTube"]).to_owned()),
                ("period_from", from),
                ("period_to", to),
                ("amount", amount(units * 40 + cents)),
                ("money_state", "unknown".to_owned()),
                ("letter_state", "none".to_owned()),
            ],
            Category::Other => vec![
                ("loss", "fees".to_owned()),
                ("explanation", "Fees for storage that were taken twice.".to_owned()),
                ("period_from", from),
                ("period_to", to),
                ("amount", amount(units * 100 + cents)),
            ],
        };
        let known = line::form(category).iter().flat_map(|section| section.fields).map(|field| field.name);
        let known: Vec<&str> = known.collect();
        let release = release.iter().filter(|(name, _)| known.contains(name));
        let answers = release.fold(Answers::default(), |answers, (name, typed)| answers.with(name, *typed));
        more.into_iter().fold(answers.with("currency", currency), |answers, (name, typed)| answers.with(name, typed))
    }
}

/// First and last day of a quarter between 2012 and 2015.
fn quarter(random: &mut Random) -> (String, String) {
    let from =
        NaiveDate::from_ymd_opt([2012, 2013, 2014, 2015][random.below(4)], [1, 4, 7, 10][random.below(4)], 1).unwrap();
    let next = from + chrono::Months::new(3);
    (from.to_string(), (next - Duration::days(i64::from(next.day()))).to_string())
}

/// Document `n` of a claim.
pub fn document(claim: i64, n: usize, random: &mut Random) -> Document {
    let name = format!("{} {}.pdf", random.pick(&["Statement", "Invoice", "Contract", "Mail"]), n + 1);
    let sha256 = claims::actions::links::hash(&format!("document {n} of claim {claim}"));
    Document { name, sha256, bytes: 20_000 + random.below(900_000) as i64, pages: 40 }
}

/// The sums of the right lines.
pub fn sums(lines: &[Line]) -> Vec<Total> {
    let addends = lines.iter().filter_map(|line| {
        let facts = line.facts.as_ref()?;
        let (amount, interest, costs) = line.in_case;
        let documented = !line.cites.is_empty();
        Some(Addend {
            category: facts.category,
            basis: facts.basis,
            amount,
            interest,
            costs,
            units: facts.units,
            documented,
        })
    });
    totals::add_up(addends).unwrap()
}

/// What is signed.
pub fn frozen(
    case: &Case,
    claimant: &Claimant,
    (number, version): (&str, i64),
    (lines, documents): (&[Line], &[Document]),
    received_at: Instant,
    late_reason: Option<&str>,
) -> FrozenClaim {
    let evidence = |(document, place): &(usize, String)| FrozenEvidence {
        document: documents[*document].name.clone(),
        sha256: documents[*document].sha256.clone(),
        place: place.clone(),
    };
    let frozen_lines = lines.iter().filter_map(|line| {
        let facts = line.facts.as_ref()?;
        Some(FrozenLine {
            line: line.number,
            category: facts.category,
            answers: line.answers.clone(),
            currency: facts.currency,
            amount: facts.amount,
            rate: line.rate.clone(),
            amount_in_case: line.in_case.0,
            interest_in_case: line.in_case.1,
            costs_in_case: line.in_case.2,
            basis: facts.basis,
            period: facts.period,
            release: facts.release.clone(),
            units: facts.units,
            evidence: line.cites.iter().map(evidence).collect(),
        })
    });
    let settings = &case.settings;
    let date = claims::deadline::day_in(received_at, &settings.time_zone);
    FrozenClaim {
        format: FORMAT,
        case: settings.slug.clone(),
        case_title: settings.title.clone(),
        number: number.to_owned(),
        version,
        received_at,
        time_zone: settings.time_zone.clone(),
        currency: settings.currency,
        valuation_date: settings.valuation_date,
        answers: steps(claimant).into_iter().map(|(step, answers)| (step.to_owned(), answers)).collect(),
        lines: frozen_lines.collect(),
        documents: documents.iter().map(frozen_document).collect(),
        totals: sums(lines),
        declaration: FrozenDeclaration {
            text: Declaration::FederalWithin.key().to_owned(),
            words: Declaration::FederalWithin.words(date),
            name: "Ada Label".to_owned(),
            title: "Owner".to_owned(),
            capacity: "officer".to_owned(),
            place: "Portland, Oregon".to_owned(),
            date,
            client_address: "192.0.2.1".to_owned(),
            late_reason: late_reason.map(str::to_owned),
        },
    }
}

fn frozen_document(document: &Document) -> FrozenDocument {
    FrozenDocument {
        name: document.name.clone(),
        media_type: "application/pdf".to_owned(),
        bytes: document.bytes,
        pages: Some(document.pages),
        sha256: document.sha256.clone(),
        proves: "What the distributor owes.".to_owned(),
    }
}

/// The answers of the steps that are one form.
pub fn steps(claimant: &Claimant) -> [(&'static str, Answers); 3] {
    [
        ("agreement", answers(&[("has_agreement", "no")])),
        ("claimant", claimant.answers.clone()),
        ("others", answers(&[("others", "no")])),
    ]
}
