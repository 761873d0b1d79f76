//! Claims over time: first submissions by day, week or month.

use chrono::{Datelike, Days, Months, NaiveDate};
use claims::store::register::Filter;
use leptos::prelude::*;

use super::{filter, frame};
use crate::components::{Column, ColumnChart};

/// A column and the days it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    label: String,
    from: NaiveDate,
    to: NaiveDate,
    claims: i64,
}

/// The chart, each of its figures leading to the claims received in that time.
pub(super) fn chart(slug: &str, zone: &str, days: &[(NaiveDate, i64)]) -> impl IntoView + use<> {
    let (what, spans) = spans(days);
    let links = spans
        .iter()
        .map(|span| {
            let of = Filter { from: Some(span.from), to: Some(span.to), zone: zone.to_owned(), ..Filter::default() };
            filter::register(slug, &of)
        })
        .collect();
    let columns = spans.into_iter().map(|span| Column { label: span.label, value: span.claims }).collect();
    let title = match (days.first(), days.last()) {
        (Some((first, _)), Some((last, _))) => {
            format!(
                "Received from {} to {}, withdrawn ones included",
                frame::short_day(*first),
                frame::short_day(*last)
            )
        }
        _ => "Claims received".to_owned(),
    };
    view! { <ColumnChart title what unit="claims" one="claim" columns links/> }
}

/// Days, weeks from Monday or months, whatever gives a few dozen columns at most; those without claims included.
fn spans(days: &[(NaiveDate, i64)]) -> (&'static str, Vec<Span>) {
    let (Some((first, _)), Some((last, _))) = (days.first(), days.last()) else { return ("Day", Vec::new()) };
    let length = (*last - *first).num_days();
    type Start = fn(NaiveDate) -> NaiveDate;
    type Next = fn(NaiveDate) -> Option<NaiveDate>;
    let (what, format, start, next): (_, _, Start, Next) = match length {
        ..=31 => ("Day", "%-d %b", |day| day, |day| day.succ_opt()),
        32..=190 => (
            "Week from",
            "%-d %b",
            |day| day - Days::new(u64::from(day.weekday().num_days_from_monday())),
            |day| day.checked_add_days(Days::new(7)),
        ),
        _ => ("Month", "%b %Y", |day| day.with_day(1).unwrap_or(day), |day| day.checked_add_months(Months::new(1))),
    };
    let mut spans = Vec::new();
    let mut from = start(*first);
    while from <= *last {
        let Some(after) = next(from) else { break };
        let claims = days.iter().filter(|(day, _)| (from..after).contains(day)).map(|(_, claims)| claims).sum();
        let to = after.pred_opt().unwrap_or(from);
        spans.push(Span { label: from.format(format).to_string(), from, to, claims });
        from = after;
    }
    (what, spans)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn every_claim_is_in_one_column() {
        for last in ["2026-11-02", "2026-12-25", "2027-04-30", "2029-02-28"] {
            let days = [(day("2026-11-02"), 3), (day("2026-12-01").min(day(last)), 4), (day(last), 5)];
            let (_, spans) = spans(&days);
            assert_eq!(spans.iter().map(|span| span.claims).sum::<i64>(), 12, "{last}");
            assert!(spans.windows(2).all(|pair| pair[0].to.succ_opt() == Some(pair[1].from)), "{last}");
            assert!(spans.len() <= 60, "{last}: {}", spans.len());
        }
    }

    #[test]
    fn weeks_start_on_monday_and_months_on_the_first() {
        let (what, weeks) = spans(&[(day("2026-11-20"), 1), (day("2027-01-20"), 1)]);
        assert_eq!((what, weeks[0].from, weeks[0].label.as_str()), ("Week from", day("2026-11-16"), "16 Nov"));
        let (what, months) = spans(&[(day("2026-11-20"), 1), (day("2027-11-20"), 1)]);
        assert_eq!(
            (what, months[0].from, months[0].to, months.len()),
            ("Month", day("2026-11-01"), day("2026-11-30"), 13)
        );
        assert!(spans(&[]).1.is_empty());
    }
}
