//! Sums that a row states itself: whether its own figures close.

use super::Pass;
use crate::{
    line::Category,
    money::grouped_units,
    statements::{
        cells::Cells,
        field::Field,
        group::MORE,
        number::{self, ONE},
        problem::Kind,
    },
};

/// The figures from which the amount due is worked out, as they are called.
pub(in crate::statements) const FIGURES: [(Field, &str); 6] = [
    (Field::UnitPrice, "price per unit"),
    (Field::Gross, "gross"),
    (Field::Fee, "fee"),
    (Field::ReserveWithheld, "reserve withheld"),
    (Field::ReserveReleased, "reserve released"),
    (Field::Chargebacks, "chargebacks"),
];

/// The figures between gross and the amount due.
const TERMS: [Field; 4] = [Field::Fee, Field::ReserveWithheld, Field::ReserveReleased, Field::Chargebacks];

impl Pass<'_> {
    /// Whether the row's own figures close.
    pub(super) fn arithmetic(&mut self, cells: &Cells, figures: &[Option<i64>; MORE.len()], net: i64, units: i64) {
        let figure = |field: Field| MORE.iter().position(|known| *known == field).and_then(|place| figures[place]);
        if self.category == Category::UnpaidSales {
            let whole = |field| figure(field).map(|value| value / ONE);
            if let (Some(shipped), Some(returned), true) =
                (whole(Field::Shipped), whole(Field::Returned), self.places.has(Field::Units))
                && shipped - returned.abs() != units
            {
                let net = shipped - returned.abs();
                self.problem(cells, Kind::Sums, self.places.get(Field::Units), |value| {
                    format!(
                        "Shipped less returned is {net}, but {value} is given. Units shipped and returned are not taken into the line, but kept in its note."
                    )
                });
            }
            self.times_price(cells, figure(Field::UnitPrice), figure(Field::Gross), net, units);
            let taken_off = [Field::Fee, Field::ReserveWithheld, Field::Chargebacks]
                .into_iter()
                .any(|field| self.places.has(field));
            if let Some(gross) = figure(Field::Gross).filter(|_| taken_off) {
                let off = |field| figure(field).map_or(0, i64::abs);
                let terms = [
                    -off(Field::Fee),
                    -off(Field::ReserveWithheld),
                    off(Field::ReserveReleased),
                    -off(Field::Chargebacks),
                ];
                // A return gives back what was taken off the sale, unless the fee is kept. Whichever way it is written,
                // one that closes is meant; so it is where a reserve or chargeback of a sale is below zero.
                let returned = gross < 0;
                let turns =
                    TERMS.map(|field| returned || field != Field::Fee && figure(field).is_some_and(|value| value < 0));
                let due_by = |turned: usize| {
                    let term = |(place, term): (usize, &i64)| if turned >> place & 1 == 1 { -term } else { *term };
                    gross + terms.iter().enumerate().map(term).sum::<i64>()
                };
                let may = |turned: &usize| (0..4).all(|place| turned >> place & 1 == 0 || turns[place]);
                let due = due_by(usize::from(returned));
                // Each figure of a statement is rounded by itself: up to two hundredths are no mistake.
                let closes = |due: i64| (due - net).abs() <= 20_000;
                if !closes(due) && !(0..16).filter(may).any(|turned| closes(due_by(turned))) {
                    let due = number::show(i128::from(due), 2);
                    let given: Vec<(Field, &str)> = FIGURES
                        .into_iter()
                        .filter(|(field, _)| figure(*field).is_some_and(|value| value != 0))
                        .collect();
                    self.problem(cells, Kind::Sums, self.places.get(Field::Amount), |value| {
                        let words: Vec<String> = given
                            .iter()
                            .filter_map(|(field, word)| {
                                Some(format!("{word} {}", number::show(figure(*field)?.into(), 2)))
                            })
                            .collect();
                        let kept = match &words[..] {
                            [] => String::new(),
                            words => format!(" Not taken into the line, but kept in its note: {}.", words.join(", ")),
                        };
                        format!("Gross less fee, reserve and chargebacks is {due}, but {value} is given.{kept}")
                    });
                }
            }
        }
        if self.category == Category::HeldInventory && figure(Field::Opening).is_some() {
            let of = |field| figure(field).unwrap_or(0) / ONE;
            let expected = of(Field::Opening) + of(Field::SentIn)
                - of(Field::Sold)
                - of(Field::ReturnedToLabel)
                - of(Field::Destroyed);
            if expected != units {
                self.problem(cells, Kind::RollForward, self.places.get(Field::OnHand), |value| {
                    format!("By the row’s own figures {expected} copies should be there, but {value} are reported.")
                });
            }
        }
    }

    /// Whether more is given than the units come to at their price, as where a mark before decimals was read as one between
    /// thousands. Of what is less nothing is said: the price may be that of shops.
    fn times_price(&mut self, cells: &Cells, price: Option<i64>, gross: Option<i64>, net: i64, units: i64) {
        let Some(price) = price.filter(|price| *price != 0 && units != 0) else { return };
        // What is due where gross is given too may be more by a reserve that comes back; those figures are to close by themselves.
        let worked_out = self.places.has(Field::Gross) && TERMS.iter().any(|field| self.places.has(*field));
        let net = Some(net).filter(|_| self.places.has(Field::Amount) && !worked_out);
        let come = i128::from(units) * i128::from(price);
        // A price may be rounded, and so may what it comes to.
        let most = come.abs() * 101 / 100 + 20_000;
        let mut given = [(Field::Gross, gross), (Field::Amount, net)].into_iter();
        let Some((field, given)) = given.find_map(|(field, given)| {
            let given = i128::from(given?);
            (given.abs() > most).then_some((field, given))
        }) else {
            return;
        };
        self.problem(cells, Kind::Sums, self.places.get(field), |_| {
            let [price, come, given] = [price.into(), come, given].map(|figure| number::show(figure, 2));
            let (units, come_to) = match units {
                1 => ("1 unit".to_owned(), "comes to"),
                units => (format!("{} units", grouped_units(units)), "come to"),
            };
            let gross = gross.filter(|gross| field == Field::Amount && *gross != 0);
            let gross = gross.map_or(String::new(), |gross| format!(", gross {}", number::show(gross.into(), 2)));
            format!(
                "{units} at {price} {come_to} {come}, but {given} is given. Not taken into the line, but kept in its note: price per unit {price}{gross}."
            )
        });
    }
}
