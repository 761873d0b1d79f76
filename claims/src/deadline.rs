//! Deadlines in the zone of the case, and in the reader's words.

use chrono::{Datelike, LocalResult, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;

use crate::{
    Instant,
    case::{Case, Intake},
    period::show_day,
};

/// The first instant after the minute named by day, time and zone: a claim at 23:59:59 on a 23:59 deadline is in time.
///
/// # Errors
/// A text for the field that is wrong: an unknown zone, or a time that the zone skips.
pub fn instant(day: NaiveDate, time: NaiveTime, zone: &str) -> Result<Instant, String> {
    let zone: Tz = zone.parse().map_err(|_| format!("“{zone}” is not a time zone."))?;
    match zone.from_local_datetime(&day.and_time(time)) {
        LocalResult::Single(at) | LocalResult::Ambiguous(_, at) => Ok(at.to_utc() + chrono::Duration::minutes(1)),
        LocalResult::None => Err("Clocks are put forward over this time on that day; choose another.".to_owned()),
    }
}

/// An instant in a zone, as a person reads it: `20 November 2026, 6:02 p.m. PST`. UTC where the zone is unknown.
#[must_use]
pub fn show(at: Instant, zone: &str) -> String {
    let local = at.with_timezone(&zone.parse::<Tz>().unwrap_or(Tz::UTC));
    let hour = local.format("%-I:%M");
    let half = if local.format("%P").to_string() == "am" { "a.m." } else { "p.m." };
    format!("{}, {hour} {half} {}", show_day(local.date_naive()), local.format("%Z"))
}

/// Until when a claim that was sent can be changed and taken back, in a sentence or two. The same wherever it is said.
#[must_use]
pub fn changes_in_words(case: &Case, now: Instant) -> String {
    format!("{} You can withdraw it at any time.", amending_in_words(case, now))
}

/// Until when a claim that was sent can be changed, in a sentence.
#[must_use]
pub fn amending_in_words(case: &Case, now: Instant) -> String {
    can_until(case, now, "amend the claim").unwrap_or_else(|| "The claim can no longer be amended.".to_owned())
}

/// Until when what was withdrawn can be taken up again, in a sentence: `it`, `the draft`.
#[must_use]
pub fn taking_up_in_words(case: &Case, now: Instant, what: &str) -> String {
    can_until(case, now, &format!("take {what} up again"))
        .unwrap_or_else(|| "The case takes no more claims, so it cannot be taken up again.".to_owned())
}

/// Until when something can be done that a claim in time is needed for; `None` where the case takes none.
fn can_until(case: &Case, now: Instant, what: &str) -> Option<String> {
    let until = show(case.deadline - chrono::Duration::minutes(1), &case.settings.time_zone);
    match case.intake(now) {
        Intake::Open if case.settings.late_with_reason => {
            Some(format!("You can {what} until {until}, and after that if you say why it is late."))
        }
        Intake::Open => Some(format!("You can {what} until {until}.")),
        Intake::LateWithReason => Some(format!("The deadline has passed: you can {what} if you say why it is late.")),
        Intake::Closed => None,
    }
}

/// What becomes of a claim that is filed after the deadline, said while it is still to come.
#[must_use]
pub const fn after_in_words(case: &Case) -> &'static str {
    if case.settings.late_with_reason {
        "After that a claim is still taken if you say why it is late; whether it counts is decided then."
    } else {
        "After that no claim is taken."
    }
}

/// The day of an instant in a zone.
#[must_use]
pub fn day_in(at: Instant, zone: &str) -> NaiveDate {
    at.with_timezone(&zone.parse::<Tz>().unwrap_or(Tz::UTC)).date_naive()
}

/// The first instant of a day in a zone; UTC where the zone is unknown. Where clocks are put forward over midnight, the day
/// starts an hour later.
#[must_use]
pub fn start_of(day: NaiveDate, zone: &str) -> Instant {
    let zone = zone.parse::<Tz>().unwrap_or(Tz::UTC);
    let midnight = day.and_time(NaiveTime::MIN);
    let found = zone
        .from_local_datetime(&midnight)
        .earliest()
        .or_else(|| zone.from_local_datetime(&(midnight + chrono::Duration::hours(1))).earliest());
    found.map_or(midnight.and_utc(), |at| at.to_utc())
}

/// A deadline in the reader's words: `14 March 2027, 11:59 p.m. PST, 114 days left`.
#[must_use]
pub fn in_words(deadline: Instant, zone: &str, now: Instant) -> String {
    let last = deadline - chrono::Duration::minutes(1);
    let local = last.with_timezone(&zone.parse::<Tz>().unwrap_or(Tz::UTC));
    let days = local.date_naive().num_days_from_ce() - day_in(now, zone).num_days_from_ce();
    let left = match days {
        _ if now >= deadline => "passed".to_owned(),
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        days => format!("{days} days left"),
    };
    format!("{}, {left}", show(last, zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_last_minute_counts() {
        let day = NaiveDate::from_ymd_opt(2027, 3, 13).unwrap();
        let at = instant(day, NaiveTime::from_hms_opt(23, 59, 0).unwrap(), "America/Los_Angeles").unwrap();
        assert_eq!(at.to_rfc3339(), "2027-03-14T08:00:00+00:00");
        let now = at - chrono::Duration::days(114);
        assert_eq!(in_words(at, "America/Los_Angeles", now), "13 March 2027, 11:59 p.m. PST, 113 days left");
        assert!(in_words(at, "America/Los_Angeles", at).ends_with("passed"));
        assert!(in_words(at, "America/Los_Angeles", at - chrono::Duration::seconds(1)).ends_with("today"));
    }

    #[test]
    fn skipped_and_unknown() {
        let day = NaiveDate::from_ymd_opt(2027, 3, 14).unwrap();
        let time = NaiveTime::from_hms_opt(2, 30, 0).unwrap();
        assert!(instant(day, time, "America/Los_Angeles").unwrap_err().contains("put forward"));
        assert!(instant(day, time, "Mars/Olympus").is_err());
    }
}
