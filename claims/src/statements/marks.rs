//! Decides once for a whole column how its numbers, and once for the file how its days, are to be read.

use serde::{Deserialize, Serialize};

use super::{
    cells::{CellKind, Cells},
    dates::{self, DayOrder},
    field::{Field, Holds},
    number::{self, Evidence, Mark},
    problem::quoted,
};

/// What the values of a column of numbers say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// Values that need a point before the decimals.
    pub point: u64,
    /// Values that need a comma before the decimals.
    pub comma: u64,
    /// Values that can be read either way.
    pub either: u64,
    /// The first of these.
    pub examples: Vec<String>,
}

impl Marks {
    /// Looks at a value.
    #[inline]
    pub fn see(&mut self, value: &[u8]) {
        match number::evidence(value) {
            Evidence::None => {}
            Evidence::Point => self.point += 1,
            Evidence::Comma => self.comma += 1,
            Evidence::Either => {
                self.either += 1;
                if self.examples.len() < 3 {
                    let example = quoted(value);
                    if !self.examples.contains(&example) {
                        self.examples.push(example);
                    }
                }
            }
        }
    }

    /// The mark that the column's own values prove; the majority where they contradict each other, whose minority is then
    /// named row by row.
    fn own(&self) -> Option<Mark> {
        match self.point.cmp(&self.comma) {
            std::cmp::Ordering::Greater => Some(Mark::Point),
            std::cmp::Ordering::Less => Some(Mark::Comma),
            std::cmp::Ordering::Equal => (self.point > 0).then_some(Mark::Point),
        }
    }
}

/// What the days of a file say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Days {
    /// Values in which the day comes first.
    pub day_first: u64,
    /// Values in which the month comes first.
    pub month_first: u64,
    /// Values that can be read either way.
    pub either: u64,
    /// The first of these.
    pub examples: Vec<String>,
}

impl Days {
    /// Looks at a value.
    pub fn see(&mut self, value: &str) {
        match dates::evidence(value) {
            None => {}
            Some(Some(DayOrder::DayFirst)) => self.day_first += 1,
            Some(Some(DayOrder::MonthFirst)) => self.month_first += 1,
            Some(None) => {
                self.either += 1;
                if self.examples.len() < 3 && !self.examples.iter().any(|known| known == value) {
                    self.examples.push(value.to_owned());
                }
            }
        }
    }
}

/// What the whole file says.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// For each column, what its numbers say; empty for other columns.
    pub numbers: Vec<Marks>,
    /// What the days of all columns say together: one program wrote them.
    pub days: Days,
}

/// How columns are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// For each column.
    pub marks: Vec<Mark>,
    /// Columns whose mark nothing proves, to be asked.
    pub asked: Vec<usize>,
    /// For the file.
    pub days: DayOrder,
    /// Whether nothing proves that, to be asked.
    pub days_asked: bool,
    /// The same where it is known: proved by the file, or chosen.
    pub order: Option<DayOrder>,
}

impl Seen {
    /// For so many columns.
    #[must_use]
    pub fn new(columns: usize) -> Self {
        Self { numbers: vec![Marks::default(); columns], days: Days::default() }
    }

    /// Looks at the values of a row.
    pub fn row(&mut self, cells: &Cells, columns: &[Option<Field>]) {
        for (column, field) in columns.iter().enumerate() {
            let value = cells.get(column);
            match field.map(Field::holds) {
                Some(Holds::Number | Holds::Units) if cells.kind(column) == CellKind::Text => {
                    self.numbers[column].see(value);
                }
                Some(Holds::Period) if cells.kind(column) == CellKind::Text => {
                    if let Ok(text) = std::str::from_utf8(value) {
                        self.days.see(text);
                    }
                }
                _ => {}
            }
        }
    }

    /// Decides. A column that proves nothing follows the others, for one program wrote the file; what nothing proves is as
    /// `decimal` and `days` say, or asked.
    #[must_use]
    pub fn decide(&self, decimal: Option<Mark>, days: Option<DayOrder>) -> Decided {
        let own: Vec<Option<Mark>> = self.numbers.iter().map(Marks::own).collect();
        let all = |mark| own.contains(&Some(mark));
        let common = match (all(Mark::Point), all(Mark::Comma)) {
            (true, false) => Some(Mark::Point),
            (false, true) => Some(Mark::Comma),
            _ => None,
        };
        let asked = (0..own.len())
            .filter(|column| own[*column].is_none() && self.numbers[*column].either > 0)
            .filter(|_| common.is_none() && decimal.is_none())
            .collect();
        let marks = own.into_iter().map(|own| own.or(common).or(decimal).unwrap_or(Mark::Point)).collect();
        let order = match self.days.day_first.cmp(&self.days.month_first) {
            std::cmp::Ordering::Greater => Some(DayOrder::DayFirst),
            std::cmp::Ordering::Less => Some(DayOrder::MonthFirst),
            std::cmp::Ordering::Equal => (self.days.day_first > 0).then_some(DayOrder::DayFirst),
        };
        let order = order.or(days);
        let days_asked = order.is_none() && self.days.either > 0;
        Decided { marks, asked, days: order.unwrap_or(DayOrder::DayFirst), days_asked, order }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(values: &[&str]) -> Marks {
        let mut marks = Marks::default();
        values.iter().for_each(|value| marks.see(value.as_bytes()));
        marks
    }

    #[test]
    fn a_column_is_decided_by_its_own_values_then_by_the_others() {
        let seen =
            Seen { numbers: vec![marks(&["1.234", "1.234,56"]), marks(&["1.234", "2.500"])], days: Days::default() };
        assert_eq!(seen.decide(None, None).marks, [Mark::Comma, Mark::Comma]);
        let alone =
            Seen { numbers: vec![marks(&["1.234", "2.500", "1.234", "7.125", "9.999"])], days: Days::default() };
        assert_eq!(alone.decide(None, None).asked, [0]);
        assert_eq!(alone.numbers[0].examples, ["1.234", "2.500", "7.125"]);
        assert_eq!(alone.decide(Some(Mark::Comma), None).marks, [Mark::Comma]);
        assert!(alone.decide(Some(Mark::Comma), None).asked.is_empty());
    }

    #[test]
    fn days_are_decided_for_the_file() {
        let mut seen = Seen::new(0);
        for value in ["01/03/2015", "02/03/2015"] {
            seen.days.see(value);
        }
        assert!(seen.decide(None, None).days_asked);
        assert_eq!(seen.decide(None, None).order, None);
        assert_eq!(seen.decide(None, Some(DayOrder::MonthFirst)).order, Some(DayOrder::MonthFirst));
        seen.days.see("31/03/2015");
        assert_eq!((seen.decide(None, None).days, seen.decide(None, None).days_asked), (DayOrder::DayFirst, false));
    }
}
