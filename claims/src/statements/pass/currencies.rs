//! The currency of a row: its own column, a sign beside the amount, or what was said of the whole file.

use super::Pass;
use crate::{
    line::Category,
    money::Currency,
    statements::{cells::Cells, field::Field, problem::Kind},
};

impl Pass<'_> {
    pub(super) fn currency_of(&mut self, cells: &Cells, amount: usize, right: &mut bool) -> Option<Currency> {
        let column = self.places.get(Field::Currency);
        let text = cells.get(column);
        if text.is_empty() {
            let value = cells.get(amount);
            // A sign or code beside the amount.
            let sign = match (value.first(), value.last()) {
                (Some(first), Some(last)) if !first.is_ascii_digit() && *first != b'-' || !last.is_ascii_digit() => {
                    currency_sign(value)
                }
                _ => None,
            };
            return match sign.or(self.fixed_currency) {
                Some(currency) => Some(currency),
                // Stock without a value is no money.
                None if self.category == Category::HeldInventory && (!self.values || value.is_empty()) => None,
                None => {
                    let asked = column == usize::MAX && !self.added.iter().any(|added| added.currency.is_some());
                    // What the stock is worth is asked; how much there is of it is known.
                    *right &= asked && self.category == Category::HeldInventory;
                    // Where no row says it, it is asked once for the file.
                    if !asked {
                        self.problem(cells, Kind::Currency, column, |_| {
                            "The row does not say in which currency.".to_owned()
                        });
                    } else {
                        self.unknown.currency = true;
                    }
                    None
                }
            };
        }
        if let Some(known) = self.currency_memo.read.filter(|_| self.currency_memo.text == text) {
            return known;
        }
        let found = std::str::from_utf8(text).ok().and_then(Currency::parse).or_else(|| currency_sign(text));
        match found {
            Some(_) => {
                self.currency_memo.text.clear();
                self.currency_memo.text.extend_from_slice(text);
                self.currency_memo.read = Some(found);
            }
            None => {
                *right = false;
                self.problem(cells, Kind::Currency, column, |value| {
                    format!("“{value}” is not a currency that is known. Write its three letters, like USD.")
                });
            }
        }
        found
    }
}

/// The currency that a sign or code beside an amount names. A bare `$` is the United States dollar.
pub(super) fn currency_sign(value: &[u8]) -> Option<Currency> {
    let text = std::str::from_utf8(value).ok()?;
    let letters: String = text.chars().filter(char::is_ascii_alphabetic).collect();
    if letters.len() == 3
        && let Some(currency) = Currency::parse(&letters)
    {
        return Some(currency);
    }
    let code = match () {
        () if text.contains("CA$") || text.contains("C$") => "CAD",
        () if text.contains("A$") => "AUD",
        () if text.contains('$') => "USD",
        () if text.contains('€') => "EUR",
        () if text.contains('£') => "GBP",
        () if text.contains('¥') => "JPY",
        () => return None,
    };
    Currency::parse(code)
}
