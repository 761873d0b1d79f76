//! When the sales of a row were made, or its stock counted.

use super::Pass;
use crate::{
    line::Category,
    period::Period,
    statements::{
        cells::{CellKind, Cells},
        dates::{self, NotADate},
        field::Field,
        problem::Kind,
        workbook::MONTH,
    },
};

impl Pass<'_> {
    /// The month of a row (the very days of stock) as a number.
    pub(super) fn month(&mut self, period: Option<Period>, stock: bool) -> u32 {
        let Some(period) = period else { return 0 };
        if let Some((known, place)) = self.month_memo
            && known == period
        {
            return place;
        }
        let month = if stock { period } else { dates::month_of(period) };
        let next = u32::try_from(self.months.len() + 1).unwrap_or(u32::MAX) & 0x0fff_ffff;
        let place = *self.months.entry(month).or_insert(next);
        self.month_memo = Some((period, place));
        place
    }

    pub(super) fn period_of(&mut self, cells: &Cells, right: &mut bool) -> Option<Period> {
        let stock = self.category == Category::HeldInventory;
        let single = if stock { Field::AsOf } else { Field::Period };
        if !stock && self.places.has(Field::PeriodFrom) && !cells.get(self.places.get(Field::PeriodFrom)).is_empty() {
            let from = self.period(cells, 0, Field::PeriodFrom, right)?;
            let to = if self.places.has(Field::PeriodTo) && !cells.get(self.places.get(Field::PeriodTo)).is_empty() {
                self.period(cells, 1, Field::PeriodTo, right)?
            } else {
                from
            };
            let period = Period::new(from.from, to.to);
            if period.is_none() {
                *right = false;
                self.problem(cells, Kind::Period, self.places.get(Field::PeriodTo), |value| {
                    format!("The period ends on {value}, before it begins.")
                });
            }
            return period;
        }
        for field in [single, Field::StatementPeriod] {
            if self.places.has(field) && !cells.get(self.places.get(field)).is_empty() {
                return self.period(cells, 0, field, right);
            }
        }
        if self.fixed_period.is_none() {
            *right = false;
            // Where no column says it, it is asked once for the file.
            let column =
                [single, Field::PeriodFrom, Field::StatementPeriod].into_iter().find(|field| self.places.has(*field));
            if let Some(field) = column {
                self.problem(cells, Kind::Period, self.places.get(field), |_| "The row does not say when.".to_owned());
            } else {
                self.unknown.period = true;
            }
        }
        self.fixed_period
    }

    fn period(&mut self, cells: &Cells, memo: usize, field: Field, right: &mut bool) -> Option<Period> {
        let column = self.places.get(field);
        let (text, kind) = (cells.get(column), cells.kind(column));
        // A day on which stock was counted or a period ends is that day, be it the first of its month on every row.
        let month = kind == CellKind::First && !matches!(field, Field::AsOf | Field::PeriodTo);
        let text = text.get(..MONTH).filter(|_| month).unwrap_or(text);
        if let Some(known) = self.period_memo[memo]
            .read
            .filter(|_| self.period_memo[memo].text == text && self.period_memo[memo].kind == kind)
            && known.is_some()
        {
            return known;
        }
        let order = self.decided.days;
        let read = match kind {
            CellKind::Failed => Err(NotADate::Text),
            // A whole number in a column of days: 201510, or a spreadsheet's count of days since 1900.
            CellKind::Number => serial_day(text)
                .or_else(|| dates::read(&String::from_utf8_lossy(text), order).ok())
                .ok_or(NotADate::Text),
            CellKind::Text | CellKind::Day | CellKind::First => match self.periods.get(text) {
                Some(known) => Ok(*known),
                None => std::str::from_utf8(text)
                    .map_err(|_| NotADate::Text)
                    .and_then(|text| dates::read(text, order))
                    .inspect(|period| {
                        if self.periods.len() < 100_000 {
                            self.periods.insert(text.to_vec(), *period);
                        }
                    }),
            },
        };
        match read {
            Ok(period) => {
                let memo = &mut self.period_memo[memo];
                memo.text.clear();
                memo.text.extend_from_slice(text);
                (memo.kind, memo.read) = (kind, Some(Some(period)));
                Some(period)
            }
            Err(error) => {
                *right = false;
                self.problem(cells, Kind::Period, column, |value| match error {
                    NotADate::Text => format!("“{value}” is not a period. Write the month like 2015-03, or the day like 2015-03-31."),
                    NotADate::NoYear => format!("“{value}” has no year: a spreadsheet shortened it. Write it like 2015-03."),
                    NotADate::Year(year) => format!("The year {year} cannot be right here."),
                    NotADate::OtherOrder => {
                        let order = match order {
                            dates::DayOrder::DayFirst => "the day first (31/12/2015)",
                            dates::DayOrder::MonthFirst => "the month first (12/31/2015)",
                        };
                        format!("The file writes {order}, but {value} can only be read the other way. Write it with the year first.")
                    }
                });
                None
            }
        }
    }
}

/// The day of a spreadsheet's count of days, where it lies between 1982 and 2064.
fn serial_day(text: &[u8]) -> Option<Period> {
    let days: i64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    if !(30_000..60_000).contains(&days) {
        return None;
    }
    let day = chrono::NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_signed(chrono::Duration::days(days))?;
    Some(Period { from: day, to: day })
}
