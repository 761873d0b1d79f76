//! A line of held inventory: a roll-forward that must balance, and a named basis for every amount.

use super::form::{Field, Kind, Section};
use super::line::{
    ARTIST, BARCODE, CATALOGUE, CURRENCY, EXTRAS, FORMAT, LABEL, TITLE, agrees, bounded, close, minus, plus, release,
    rounded, times,
};
use super::reader::Reader;
use crate::{
    line::{Basis, Category, ClosingSum, LineFacts},
    period::Period,
};

/// The form.
pub const FORM: &[Section] = &[
    Section {
        title: "The copies",
        intro: "One line can be one release, or your whole stock if that is all you know. Leave barcode, catalogue number, artist and title empty for the whole stock.",
        fields: &[
            Field::required("as_of", "Stock as of", Kind::Day)
                .hint("The day on which the copies were last counted, or taken, for example 31 December 2019."),
            BARCODE,
            CATALOGUE,
            ARTIST,
            TITLE,
            LABEL,
            FORMAT,
        ],
    },
    Section {
        title: "How the stock came about",
        intro: "If you know these figures, fill them in: opening + sent in − sold − returned to you − destroyed or promotional = expected stock. Leave all empty if you do not.",
        fields: &[
            Field::optional("opening", "Opening stock", Kind::Units),
            Field::optional("sent_in", "Sent in", Kind::Units),
            Field::optional("sold", "Sold", Kind::Units),
            Field::optional("returned_to_label", "Returned to you", Kind::Units),
            Field::optional("destroyed", "Destroyed or promotional", Kind::Units),
            Field::optional("reported", "Stock the distributor reported", Kind::Units),
            Field::optional("difference", "Why the reported stock differs", Kind::LongText(1_000))
                .hint("Needed when the reported stock is not the expected stock, or less than you claim."),
        ],
    },
    Section {
        title: "What is claimed",
        intro: "Every amount needs a named basis, because amounts of different bases are never added together.",
        fields: &[
            Field::optional("units_claimed", "Units claimed", Kind::Units),
            Field::required(
                "basis",
                "Basis of the value",
                Kind::Select(&[
                    ("manufacturing_cost", "Manufacturing cost"),
                    ("wholesale", "Wholesale price (PPD)"),
                    ("retail", "Retail list price"),
                    ("units_only", "No value: claim the units only"),
                ]),
            ),
            CURRENCY,
            Field::optional("unit_value", "Value per unit", Kind::Price).hint("On the basis chosen above."),
            Field::optional("amount", "Amount claimed", Kind::Amount)
                .hint("Units times value. Leave empty and it is worked out."),
        ],
    },
    EXTRAS,
];

/// Reads the line: the roll-forward balances, a difference to the reported stock is explained, units × value = amount.
pub(super) fn read(reader: &mut Reader<'_>, sums: &mut Vec<ClosingSum>) -> Option<LineFacts> {
    let as_of = reader.day("as_of");
    let units = reader.units("units_claimed");
    roll_forward(reader, sums, units);

    let basis = reader.text("basis").and_then(|basis| Basis::parse(&basis));
    let stated = reader.amount("amount");
    let price = reader.decimal("unit_value");
    let amount = if basis == Some(Basis::UnitsOnly) {
        reader.require("units_claimed");
        // The units are all that is claimed.
        if units == Some(0) {
            reader.error("units_claimed", "Enter how many copies are held; at least 1.");
        }
        if price.is_some() || stated.is_some_and(|amount| amount != 0) {
            reader.error("basis", "A value is given below: choose the basis it was worked out on.");
        }
        Some(0)
    } else {
        let exact = units.zip(price).and_then(|(units, price)| times(units, price));
        agrees(reader, "amount", "Units times the value per unit", exact, stated);
        let computed = exact.and_then(|exact| rounded(reader, exact, None));
        let unread =
            reader.any_error(&["amount", "unit_value"]) || units.is_none() && reader.has_error("units_claimed");
        if computed.is_none() && stated.is_none() && !unread {
            reader.error("amount", "Give the amount, or the units and the value per unit.");
        }
        let amount = stated.or(computed);
        if amount == Some(0) {
            reader
                .error("amount", "The amount is zero. To claim units without a value, choose “No value” as the basis.");
        }
        amount
    };
    Some(LineFacts {
        category: Category::HeldInventory,
        currency: reader.currency(),
        amount: bounded(reader, "amount", amount)?,
        interest: reader.amount("interest").unwrap_or(0),
        costs: reader.amount("costs").unwrap_or(0),
        basis: Some(basis?),
        period: as_of.and_then(|day| Period::new(day, day)),
        release: release(reader),
        units,
        channel: None,
    })
}

fn roll_forward(reader: &mut Reader<'_>, sums: &mut Vec<ClosingSum>, claimed: Option<i64>) {
    let parts = [
        ("opening", "opening", false),
        ("sent_in", "sent in", false),
        ("sold", "sold", true),
        ("returned_to_label", "returned", true),
        ("destroyed", "destroyed", true),
    ];
    let terms: Vec<_> = parts
        .into_iter()
        .filter_map(|(name, label, off)| {
            reader.units(name).map(|value| if off { minus(label, value) } else { plus(label, value) })
        })
        .collect();
    // Nothing is worked out from a figure that cannot be read.
    if reader.any_error(&parts.map(|(name, ..)| name)) {
        return;
    }
    if terms.is_empty() {
        // Nothing says what to expect but the claim.
        if let (Some(claimed), Some(reported)) = (claimed, reader.units("reported"))
            && claimed > reported
            && reader.text("difference").is_none()
        {
            let (claimed, reported) = (crate::money::grouped_units(claimed), crate::money::grouped_units(reported));
            reader.error(
                "difference",
                format!("{claimed} copies are claimed but {reported} were reported. Say why, as far as you know."),
            );
        }
        return;
    }
    let Some(expected) = close(reader, sums, "destroyed", "expected stock", terms, None, false) else { return };
    if let Some(reported) = reader.units("reported")
        && reported != expected
        && reader.text("difference").is_none()
    {
        let (expected, reported) = (crate::money::grouped_units(expected), crate::money::grouped_units(reported));
        reader.error(
            "difference",
            format!("{expected} copies are expected but {reported} were reported. Say why, as far as you know."),
        );
    }
    let most = expected.max(reader.units("reported").unwrap_or(0));
    if let Some(claimed) = claimed
        && claimed > most
        && !reader.has_error("reported")
    {
        reader.error(
            "units_claimed",
            format!(
                "{} copies are claimed, but the figures above leave only {}.",
                crate::money::grouped_units(claimed),
                crate::money::grouped_units(most)
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        intake::{
            Answers,
            line::{LineRules, read},
        },
        money::Currency,
    };

    #[test]
    fn units_that_are_all_that_is_claimed_are_not_none() {
        let rules = LineRules { currency: Currency::USD, currencies: [Currency::USD].into() };
        let errors = |units: &str, basis: &str| {
            let answers = Answers::default()
                .with("as_of", "2016-06-03")
                .with("currency", "USD")
                .with("units_claimed", units)
                .with("basis", basis);
            let reading = read(Category::HeldInventory, &answers, &rules);
            let errors = reading.errors.into_iter();
            errors.map(|error| (error.field, error.message)).collect::<Vec<_>>()
        };
        let none = "Enter how many copies are held; at least 1.".to_owned();
        assert_eq!(errors("0", "units_only"), [("units_claimed".to_owned(), none)]);
        assert_eq!(errors("", "units_only").len(), 1);
        assert!(errors("1", "units_only").is_empty());
        assert!(errors("0", "retail").iter().all(|(field, _)| field != "units_claimed"));
    }
}
