//! When a digest is due: each morning at seven in the zone of the case, at most once a day for a person and a case.

use chrono::{Days, Duration, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;

use crate::{Instant, deadline};

/// The hour of digests, in the zone of the case.
const HOUR: u32 = 7;

/// The last morning that has come, in `zone`: its day and its instant. What happened before that instant belongs into its
/// digest; what comes later waits for the next morning, also where the digest itself goes out later, after a day off.
#[must_use]
pub fn last_morning(now: Instant, zone: &str) -> (NaiveDate, Instant) {
    let today = deadline::day_in(now, zone);
    let this = morning(today, zone);
    if this <= now {
        return (today, this);
    }
    let yesterday = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    (yesterday, morning(yesterday, zone))
}

/// Seven o'clock of a day. Where clocks are put forward over it, the first instant after; where they are put back over it, the
/// first of the two.
fn morning(day: NaiveDate, zone: &str) -> Instant {
    let zone = zone.parse::<Tz>().unwrap_or(Tz::UTC);
    let seven = day.and_time(NaiveTime::from_hms_opt(HOUR, 0, 0).unwrap_or_default());
    let found = zone
        .from_local_datetime(&seven)
        .earliest()
        .or_else(|| zone.from_local_datetime(&(seven + Duration::hours(1))).earliest());
    found.map_or(seven.and_utc(), |at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(now: &str, zone: &str) -> (String, String) {
        let (day, at) = last_morning(now.parse().unwrap(), zone);
        (day.to_string(), at.to_rfc3339())
    }

    fn is(day: &str, at: &str) -> (String, String) {
        (day.to_owned(), at.to_owned())
    }

    #[test]
    fn the_morning_of_the_case_counts() {
        let zone = "America/Los_Angeles";
        assert_eq!(last("2026-03-04T14:59:59Z", zone), is("2026-03-03", "2026-03-03T15:00:00+00:00"));
        assert_eq!(last("2026-03-04T15:00:00Z", zone), is("2026-03-04", "2026-03-04T15:00:00+00:00"));
        // It is the 5th in Berlin and in UTC, and still the 4th in Oregon.
        assert_eq!(last("2026-03-05T03:00:00Z", zone), is("2026-03-04", "2026-03-04T15:00:00+00:00"));
        assert_eq!(last("2026-03-05T06:00:00Z", "Europe/Berlin"), is("2026-03-05", "2026-03-05T06:00:00+00:00"));
        assert_eq!(last("2026-03-05T06:00:00Z", "Nowhere/Else"), is("2026-03-04", "2026-03-04T07:00:00+00:00"));
    }

    #[test]
    fn clocks_that_change_move_the_morning_by_an_hour_and_skip_no_day() {
        let zone = "America/Los_Angeles";
        // Put forward in the night to 8 March, back in the night to 1 November.
        assert_eq!(last("2026-03-08T14:00:00Z", zone), is("2026-03-08", "2026-03-08T14:00:00+00:00"));
        assert_eq!(last("2026-03-08T13:59:59Z", zone), is("2026-03-07", "2026-03-07T15:00:00+00:00"));
        assert_eq!(last("2026-11-01T14:30:00Z", zone), is("2026-10-31", "2026-10-31T14:00:00+00:00"));
        assert_eq!(last("2026-11-01T15:00:00Z", zone), is("2026-11-01", "2026-11-01T15:00:00+00:00"));
    }

    #[test]
    fn every_day_has_one_morning_whatever_the_zone_does() {
        for zone in ["America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "Etc/UTC"] {
            let mut now: Instant = "2011-12-01T00:00:00Z".parse().unwrap();
            let end: Instant = "2012-12-31T00:00:00Z".parse().unwrap();
            let mut before = last_morning(now, zone);
            while now < end {
                now += Duration::minutes(30);
                let next = last_morning(now, zone);
                assert!(next == before || next.0 > before.0 && next.1 > before.1, "{zone} {now}");
                assert!(now - next.1 < Duration::hours(49), "{zone} {now}");
                before = next;
            }
        }
    }
}
