//! Placeholders of letters: `{{ claimant }}` in a text that counsel wrote. They name values and nothing else: a text can neither
//! compute nor reach other data.

use std::collections::BTreeMap;

use super::{LetterKind, Order, catalogue, claimant, stock};
use crate::{
    intake::steps::Step,
    money::grouped_units,
    period,
    placeholders::{Piece, pieces},
};

/// A placeholder with what it stands for.
type Known = (&'static str, &'static str);

const ALL: &[Known] = &[
    ("claimant", "legal name of the claimant"),
    ("number", "claim number"),
    ("case", "title of the case"),
    ("day", "day of the letter"),
    ("contact", "contact of the case"),
];
const RECEIPT: &[Known] = &[("version", "version of the claim"), ("received", "when it was received")];
const DIRECTION: &[Known] = &[
    ("aggregator", "who is to pay"),
    ("distributor", "who directs the payment"),
    ("agreement", "the agreement, with its date if it was told; if none is known, the terms that applied between them"),
    ("effective_date", "from when on"),
    ("accrued", "sums of the schedule by currency"),
];
const RETURN: &[Known] = &[
    ("holder", "who holds the copies"),
    ("distributor", "the distributor"),
    ("agreement", "the agreement, with its date if it was told; if none is known, the terms that applied between them"),
    ("units", "copies demanded"),
    ("offer", "that they are not bought back, if the claim says that this was offered; else nothing"),
];

/// What is said of an offer, where a claim says that there was one.
const OFFER: &str = "An offer to sell them back for money is not accepted.";

/// The placeholders of a kind of letter.
pub(super) fn known(kind: LetterKind) -> impl Iterator<Item = &'static Known> {
    let own = match kind {
        LetterKind::Receipt => RECEIPT,
        LetterKind::Direction => DIRECTION,
        LetterKind::Return => RETURN,
    };
    ALL.iter().chain(own)
}

/// Checks the placeholders of a text.
///
/// # Errors
/// What is wrong, with its name, and what would be right.
pub(super) fn check(kind: LetterKind, text: &str) -> Result<(), String> {
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) if words.contains("}}") => {
                return Err("There are two closing braces that nothing opens. Write placeholders like {{ claimant }}."
                    .to_owned());
            }
            Piece::Words(_) => {}
            Piece::Open(after) => {
                let near: String = after.chars().take(20).collect();
                return Err(format!(
                    "The placeholder that begins with “{{{{{near}” is not closed. Write it like {{{{ claimant }}}}."
                ));
            }
            Piece::Name(name) if known(kind).any(|(known, _)| *known == name) => {}
            Piece::Name(name) => {
                let names: Vec<&str> = known(kind).map(|(known, _)| *known).collect();
                let name: String = name.chars().take(60).collect();
                return Err(format!(
                    "There is no placeholder “{name}” here. Those that there are: {}.",
                    names.join(", ")
                ));
            }
        }
    }
    Ok(())
}

/// What the placeholders stand for in a letter.
pub(super) fn values(order: &Order<'_>) -> BTreeMap<&'static str, String> {
    let (claim, texts) = (order.claim, order.texts);
    let agreed = claim
        .answers
        .get(Step::Agreement.key())
        .and_then(|answers| period::parse_kept_day(answers.get("agreement_date")).ok());
    let agreement = match agreed {
        Some(day) => format!("the distribution agreement of {}", period::show_day(day)),
        None if super::has_agreement(claim) => "the distribution agreement".to_owned(),
        // Nothing is asserted that the claim does not say.
        None => "the terms that applied between them".to_owned(),
    };
    let effective = match texts.effective {
        Some(day) => period::show_day(day),
        None => "the day of the directing party’s signature below".to_owned(),
    };
    let name = |name: &str, missing: &str| if name.is_empty() { missing.to_owned() } else { name.to_owned() };
    let mut values = BTreeMap::from([
        ("claimant", claimant(claim).name),
        ("number", claim.number.clone()),
        ("case", order.case_title.to_owned()),
        ("day", period::show_day(order.day)),
        ("contact", order.contact.replace('\n', ", ")),
        ("version", claim.version.to_string()),
        ("received", order.received.to_owned()),
        ("aggregator", name(&texts.aggregator.name, "the aggregator")),
        ("distributor", name(&texts.distributor.name, "the distributor")),
        ("holder", name(&texts.holder.name, "whoever holds the copies")),
        ("agreement", agreement),
        ("effective_date", effective),
    ]);
    match order.kind {
        LetterKind::Receipt => {}
        LetterKind::Direction => {
            let sums = super::sums(&catalogue(claim, &texts.aggregator.name));
            let sums: Vec<String> = sums.into_iter().map(|(currency, sum)| currency.show(sum)).collect();
            values.insert("accrued", sums.join(" and "));
        }
        LetterKind::Return => {
            let known: Vec<i64> = stock(claim).iter().filter_map(|stock| stock.claimed).collect();
            let words = match known.iter().fold(0i64, |sum, units| sum.saturating_add(*units)) {
                0 => "all copies".to_owned(),
                1 => "1 copy".to_owned(),
                units => format!("{} copies", grouped_units(units)),
            };
            values.insert("units", words);
            let offered = claim
                .answers
                .get(Step::Agreement.key())
                .is_some_and(|answers| answers.get("buy_back_offered") == "yes");
            values.insert("offer", if offered { OFFER.to_owned() } else { String::new() });
        }
    }
    values
}
