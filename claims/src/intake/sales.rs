//! A line of unpaid sales: what the distributor's statement says, or should have said.

use super::form::{Field, Kind, Section};
use super::line::{
    ARTIST, BARCODE, CATALOGUE, CURRENCY, EXTRAS, FORMAT, LABEL, TITLE, agrees, bounded, close, minus, plus, release,
    rounded, times,
};
use super::reader::Reader;
use crate::line::{Category, ClosingSum, LineFacts};

/// The form.
pub const FORM: &[Section] = &[
    Section {
        title: "What was sold",
        intro: "One line can be one release in one statement, or a lump sum over all releases if that is all you know. Leave barcode, catalogue number, artist and title empty for a lump sum.",
        fields: &[
            Field::required("period_from", "Sold from", Kind::FirstDay)
                .hint("For example 2015-01-01 or 1 January 2015; a month will do, like January 2015."),
            Field::required("period_to", "Sold to", Kind::LastDay).hint("The last day; of a month, its last."),
            Field::required(
                "channel",
                "Sold as",
                Kind::Select(&[("physical", "Physical copies"), ("download", "Downloads"), ("both", "Both together")]),
            ),
            Field::optional("statement_number", "Statement number", Kind::Text(60))
                .hint("As printed on the distributor's statement, if there was one."),
            BARCODE,
            CATALOGUE,
            ARTIST,
            TITLE,
            LABEL,
            FORMAT,
        ],
    },
    Section {
        title: "Units and price",
        intro: "Fill in what your statement shows. Whatever you fill in is checked against the rest.",
        fields: &[
            CURRENCY,
            Field::optional("units_shipped", "Units shipped", Kind::Units),
            Field::optional("units_returned", "Units returned", Kind::Units),
            Field::optional("units_net", "Net units", Kind::Units).hint("Shipped less returned."),
            Field::optional("unit_price", "Price per unit", Kind::Price),
            Field::optional("gross", "Gross", Kind::Amount).hint("Net units times the price per unit."),
        ],
    },
    Section {
        title: "What is owed",
        intro: "",
        fields: &[
            Field::optional("distribution_fee", "Distribution fee taken", Kind::Amount),
            Field::optional("reserve_withheld", "Reserve withheld", Kind::Amount)
                .hint("What the distributor kept back against returns."),
            Field::optional("reserve_released", "Reserve released", Kind::Amount),
            Field::optional("chargebacks", "Chargebacks", Kind::Amount),
            Field::required("net_due", "Net due to you", Kind::Amount)
                .hint("Gross less fee, reserve and chargebacks, plus reserve released; or the lump sum owed."),
            Field::optional("paid", "Already paid", Kind::Amount).hint("Leave empty if nothing was paid."),
            Field::optional("balance", "Balance claimed", Kind::Amount)
                .hint("Net due less what was paid. Leave empty and it is worked out."),
        ],
    },
    EXTRAS,
];

/// What is taken off the gross or added to it: field, label, whether it is taken off.
const PARTS: [(&str, &str, bool); 4] = [
    ("distribution_fee", "fee", true),
    ("reserve_withheld", "reserve withheld", true),
    ("reserve_released", "reserve released", false),
    ("chargebacks", "chargebacks", true),
];

/// Reads the line: net units, gross, net due and balance each close. Nothing is worked out from a figure that cannot be
/// read.
pub(super) fn read(reader: &mut Reader<'_>, sums: &mut Vec<ClosingSum>) -> Option<LineFacts> {
    let period = reader.period("period_from", "period_to");
    let stated_net = reader.units("units_net");
    let units = match (reader.units("units_shipped"), reader.units("units_returned")) {
        _ if reader.any_error(&["units_shipped", "units_returned"]) => stated_net,
        (Some(shipped), returned) => {
            let mut terms = vec![plus("shipped", shipped)];
            terms.extend(returned.map(|returned| minus("returned", returned)));
            close(reader, sums, "units_net", "net units", terms, stated_net, false)
        }
        (None, Some(_)) if stated_net.is_none() && !reader.has_error("units_net") => {
            reader.require("units_shipped");
            None
        }
        _ => stated_net,
    };
    let stated_gross = reader.amount("gross");
    let no_units = units.is_none() && reader.any_error(&["units_shipped", "units_returned", "units_net"]);
    let unread = reader.any_error(&PARTS.map(|(name, ..)| name))
        || reader.has_error("gross")
        || stated_gross.is_none() && (no_units || reader.has_error("unit_price"));
    let exact = units.zip(reader.decimal("unit_price")).and_then(|(units, price)| times(units, price));
    agrees(reader, "gross", "Net units times the price", exact, stated_gross);

    let net_due = reader.amount("net_due");
    let amounts = PARTS.map(|(name, label, off)| {
        let value = reader.amount(name).filter(|value| *value != 0)?;
        Some(if off { minus(label, value) } else { plus(label, value) })
    });
    let parts: Vec<_> = amounts.into_iter().flatten().collect();
    // The gross that goes with the net due, where the gross itself is not given.
    let implied = net_due.and_then(|net_due| {
        parts.iter().try_fold(net_due, |rest, part| {
            if part.minus { rest.checked_add(part.value) } else { rest.checked_sub(part.value) }
        })
    });
    match stated_gross.or_else(|| rounded(reader, exact?, implied)) {
        _ if unread => {}
        Some(gross) => {
            let terms = [plus("gross", gross)].into_iter().chain(parts).collect();
            if let Some(worked_out) = close(reader, sums, "net_due", "net due", terms, net_due, true) {
                // It stands in the sums already: what is needed is that the claimant says it.
                let amount = reader.currency().show(worked_out);
                let message = format!("Net due to you: your figures make {amount}. Enter that here, or correct them.");
                reader.instead_of_missing("net_due", message);
            }
        }
        None if parts.is_empty() => {}
        None => reader.error(
            "gross",
            "Give the gross that the fee, reserve and chargebacks are taken from, or leave those empty.",
        ),
    }
    if reader.has_error("paid") {
        return None;
    }
    let terms = vec![plus("net due", net_due?), minus("paid", reader.amount("paid").unwrap_or(0))];
    let stated = reader.amount("balance");
    let balance = close(reader, sums, "balance", "balance claimed", terms, stated, true);
    let amount = bounded(reader, "balance", balance)?;
    if net_due == Some(0) && amount == 0 {
        reader.error(
            "net_due",
            "The net due is zero, so there is nothing to claim on this line. Enter what is owed, or remove the line.",
        );
    } else if amount == 0 {
        reader.error("balance", "Nothing is left to claim on this line: the net due was paid in full. Remove the line, or correct the figures.");
    }
    Some(LineFacts {
        category: Category::UnpaidSales,
        currency: reader.currency(),
        amount,
        interest: reader.amount("interest").unwrap_or(0),
        costs: reader.amount("costs").unwrap_or(0),
        basis: None,
        period,
        release: release(reader),
        units,
        channel: reader.text("channel"),
    })
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
    fn a_net_due_that_is_worked_out_is_asked_for_by_its_figure() {
        let rules = LineRules { currency: Currency::USD, currencies: [Currency::USD].into() };
        let said = |more: &[(&str, &str)]| {
            let answers = Answers::default()
                .with("channel", "physical")
                .with("period_from", "January 2015")
                .with("period_to", "March 2015")
                .with("currency", "USD");
            let answers = more.iter().fold(answers, |answers, (name, typed)| answers.with(name, *typed));
            let reading = read(Category::UnpaidSales, &answers, &rules);
            let errors = reading.errors.into_iter().map(|error| format!("{}: {}", error.field, error.message));
            (errors.collect::<Vec<_>>(), reading.sums.first().map(|sum| sum.computed))
        };
        let worked_out = [("gross", "100"), ("distribution_fee", "16")];
        assert_eq!(
            said(&worked_out),
            (
                vec![
                    "net_due: Net due to you: your figures make 84.00 USD. Enter that here, or correct them."
                        .to_owned()
                ],
                Some(8_400)
            )
        );
        assert_eq!(said(&[worked_out[0], worked_out[1], ("net_due", "84")]).0, [""; 0]);
        assert_eq!(said(&[]).0, ["net_due: Net due to you: this is needed."]);
        assert!(said(&[worked_out[0], worked_out[1], ("net_due", "85")]).0[0].contains("but 85.00 USD is given"));
    }

    #[test]
    fn it_is_said_why_nothing_is_left_to_claim() {
        let rules = LineRules { currency: Currency::USD, currencies: [Currency::USD].into() };
        let said = |net_due: &str, paid: &str| {
            let answers = Answers::default()
                .with("channel", "physical")
                .with("period_from", "2015-01-01")
                .with("period_to", "2015-12-31")
                .with("currency", "USD")
                .with("net_due", net_due)
                .with("paid", paid);
            let errors = read(Category::UnpaidSales, &answers, &rules).errors.into_iter();
            errors.map(|error| format!("{}: {}", error.field, error.message)).collect::<Vec<_>>()
        };
        assert_eq!(
            said("0", ""),
            [
                "net_due: The net due is zero, so there is nothing to claim on this line. Enter what is owed, or remove the line."
            ]
        );
        assert!(
            said("5.00", "5.00")[0]
                .starts_with("balance: Nothing is left to claim on this line: the net due was paid in full.")
        );
        assert!(said("5.00", "").is_empty());
    }
}
