//! What a statement takes off beside its releases, such as a warehouse fee: off which lines it can be taken.

use serde::{Deserialize, Serialize};

use super::{
    field::Field,
    group::{Group, TakenOff},
    number,
    pass::Aside,
    reading::add_row,
};
use crate::{money::Currency, period::Period};

/// A deduction of the statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deduction {
    /// Its row.
    pub row: u32,
    /// What the row calls it.
    pub words: String,
    /// When.
    pub period: Option<Period>,
    /// The currency.
    pub currency: Option<Currency>,
    /// How much it takes off, in millionths, above zero.
    pub millionths: i128,
    /// How much of that is taken off the lines.
    pub set_off: i128,
    /// How much of that used up releases wholly, so that no line shows it.
    #[serde(default)]
    pub used_up: i128,
}

impl Deduction {
    pub(super) fn of(aside: &Aside) -> Self {
        let Aside { row, period, currency, amount, .. } = *aside;
        Self { row, words: aside.called(), period, currency, millionths: -i128::from(amount), set_off: 0, used_up: 0 }
    }

    /// What no line takes off.
    #[must_use]
    pub const fn left(&self) -> i128 {
        self.millionths - self.set_off
    }

    /// In words: `“Warehouse fee” 125.00 USD (row 12)`, of so many millionths.
    #[must_use]
    pub fn in_words(&self, millionths: i128) -> String {
        let currency = self.currency.map(|currency| format!(" {currency}")).unwrap_or_default();
        format!("“{}” {}{currency} (row {})", self.words, number::show(millionths, 2), self.row)
    }
}

/// Takes deductions off the groups of their currency whose period they share, the largest first, none of them below zero. What one
/// cannot take the next one does; the places of those that take the whole of one are given with its place.
pub(super) fn set_off(groups: &mut [Group], deductions: &mut [Deduction]) -> Vec<(usize, usize)> {
    let mut whole = Vec::new();
    for (place, deduction) in deductions.iter_mut().enumerate() {
        let Some(period) = deduction.period else { continue };
        let shares = |group: &Group| {
            group.currency == deduction.currency
                && group.period.is_some_and(|its| its.from <= period.to && its.to >= period.from)
        };
        let mut fitting: Vec<usize> =
            (0..groups.len()).filter(|at| shares(&groups[*at]) && due(&groups[*at]) > 0).collect();
        fitting.sort_by_key(|at| std::cmp::Reverse(due(&groups[*at])));
        for at in fitting {
            let part = deduction.left().min(due(&groups[at]));
            if part == 0 {
                break;
            }
            let group = &mut groups[at];
            group.amount -= part;
            group.taken_off.push(TakenOff { words: deduction.words.clone(), row: deduction.row, millionths: part });
            deduction.set_off += part;
            if part == deduction.millionths {
                whole.push((place, at));
            }
        }
    }
    // Of what is used up no line is made, which its rows would be cited in.
    for group in groups.iter_mut().filter(|group| !group.taken_off.is_empty() && due(group) > 0) {
        for taken in &group.taken_off {
            add_row(&mut group.rows, taken.row);
        }
    }
    whole
}

/// What is due on a group.
fn due(group: &Group) -> i128 {
    group.amount - group.figure(Field::Paid).unwrap_or(0)
}

/// Keeps of each deduction how much of it a group has taken that is in no line, for nothing is left of it.
pub(super) fn use_up(group: &Group, deductions: &mut [Deduction]) {
    for taken in &group.taken_off {
        if let Some(deduction) = deductions.iter_mut().find(|deduction| deduction.row == taken.row) {
            deduction.used_up += taken.millionths;
        }
    }
}

/// What is taken off a group.
pub(super) fn taken_off(group: &Group) -> i128 {
    group.taken_off.iter().map(|taken| taken.millionths).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deduction_is_shown_with_its_row() {
        let deduction = Deduction {
            row: 12,
            words: "Warehouse fee".to_owned(),
            period: None,
            currency: Currency::parse("USD"),
            millionths: 125_000_000,
            set_off: 0,
            used_up: 0,
        };
        assert_eq!(deduction.in_words(deduction.left()), "“Warehouse fee” 125.00 USD (row 12)");
    }
}
