//! Answers in the form of files: numbers without separators, days in ISO form.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, MapAccess, Visitor},
};

use super::{Column, Type, sheet::Sheet};
use crate::{
    intake::{
        Section,
        form::{Kind, find},
    },
    money::{self, Currency},
    period,
};

/// Writes an answer as typed into a column; `field` is of the form that asked for it.
pub(super) fn write(typed: &str, column: Type, field: Option<Kind>, currency: Currency, sheet: &mut Sheet) {
    if typed.is_empty() {
        return sheet.plain("");
    }
    match (column, field) {
        (Type::Amount, _) => match money::parse_amount(typed, currency) {
            Ok(minor) => sheet.amount(minor, currency),
            Err(_) => sheet.text(typed),
        },
        (Type::Integer | Type::Decimal, _) => match money::parse_decimal(typed.trim_end_matches(['%', ' ']), 12) {
            Ok(number) => sheet.shown(&number),
            Err(_) => sheet.text(typed),
        },
        (Type::Day, field) => {
            let read = match field {
                Some(Kind::FirstDay) => period::parse_kept_first_day,
                Some(Kind::LastDay) => period::parse_kept_last_day,
                _ => period::parse_kept_day,
            };
            match read(typed) {
                Ok(day) => sheet.day(Some(day)),
                Err(_) => sheet.text(typed),
            }
        }
        (Type::Key, Some(Kind::Select(choices) | Kind::Radio(choices))) => {
            match choices.iter().find(|(value, _)| *value == typed) {
                Some((value, _)) => sheet.plain(value),
                None => sheet.text(typed),
            }
        }
        _ => sheet.text(typed),
    }
}

/// The columns that hold the answers to a form, found once for many rows.
pub(super) struct Answered {
    /// Type of each column, and the field whose answer is in it. A field of the same name in another category's form would be
    /// another fact: the amount of “paid”, say.
    columns: Vec<(Type, Option<Kind>)>,
    /// Names of fields in order, with their columns.
    places: Vec<(&'static str, usize)>,
}

impl Answered {
    pub(super) fn new(columns: &'static [Column], form: &'static [Section]) -> Self {
        let fields: Vec<_> = columns.iter().map(|column| (column, find(form, column.name))).collect();
        let mut places: Vec<_> = fields
            .iter()
            .enumerate()
            .filter_map(|(place, (_, field))| field.map(|field| (field.name, place)))
            .collect();
        places.sort_unstable();
        let columns = fields.into_iter().map(|(column, field)| (column.kind, field.map(|field| field.kind))).collect();
        Self { columns, places }
    }

    /// Writes the columns from answers as JSON.
    ///
    /// # Errors
    /// If it is no JSON object of texts.
    pub(super) fn write(&self, answers: &str, currency: Currency, sheet: &mut Sheet) -> serde_json::Result<()> {
        let mut sorted: Vec<Cow<'_, str>> = vec![Cow::Borrowed(""); self.columns.len()];
        let mut json = serde_json::Deserializer::from_str(answers);
        Sort { places: &self.places, sorted: &mut sorted }.deserialize(&mut json)?;
        json.end()?;
        for ((column, field), typed) in self.columns.iter().zip(&sorted) {
            write(typed.trim(), *column, *field, currency, sheet);
        }
        Ok(())
    }
}

/// Puts each answer where its column is, without a copy of what needs none.
struct Sort<'s, 'a> {
    places: &'s [(&'static str, usize)],
    sorted: &'s mut [Cow<'a, str>],
}

#[derive(Deserialize)]
struct Word<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> DeserializeSeed<'a> for Sort<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for Sort<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("answers by the names of their fields")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut answers: A) -> Result<(), A::Error> {
        while let Some((Word(name), Word(answer))) = answers.next_entry()? {
            let found = self.places.binary_search_by(|(known, _)| (*known).cmp(&*name)).ok();
            let place = found.and_then(|at| self.places.get(at));
            if let Some(slot) = place.and_then(|(_, place)| self.sorted.get_mut(*place)) {
                *slot = answer;
            }
        }
        Ok(())
    }
}
