//! The deadlines that a case had before, from what was recorded each time its settings were saved.

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate, NaiveTime};
use serde::Deserialize;

use crate::{
    Instant,
    actions::Failure,
    case::Case,
    deadline, period,
    store::{Tx, cases},
};

/// The settings that make a deadline, and the one that says whether the public sees the case.
const PARTS: [&str; 4] = ["deadline_day", "deadline_time", "time_zone", "state"];

/// What an event of saved settings says: each that changed, as it was and as it became.
#[derive(Deserialize)]
struct Saved {
    #[serde(default)]
    changed: BTreeMap<String, [String; 2]>,
}

/// Deadlines that held before the present one, oldest first, each with the day on which it ended to hold. What was set while the case was
/// still being prepared is left out: nobody was told of it. Before an event that does not say what a setting was, as they were once recorded,
/// nothing is known.
pub(super) async fn earlier(tx: &mut Tx, case: &Case) -> Result<Vec<(NaiveDate, String)>, Failure> {
    Ok(of_events(case, &cases::saved(tx, case.id).await?))
}

/// The same from the events, newest first.
fn of_events(case: &Case, events: &[(Instant, String)]) -> Vec<(NaiveDate, String)> {
    let settings = &case.settings;
    let mut state = [
        settings.deadline_day.to_string(),
        settings.deadline_time.format("%H:%M").to_string(),
        settings.time_zone.clone(),
        settings.state.key().to_owned(),
    ];
    let mut held = case.deadline;
    let mut found = Vec::new();
    for (at, details) in events {
        let Ok(Saved { changed }) = serde_json::from_str(details) else { break };
        for (part, name) in state.iter_mut().zip(PARTS) {
            if let Some([was, _]) = changed.get(name) {
                part.clone_from(was);
            }
        }
        let [day, time, zone, seen] = &state;
        let Some(before) = instant(day, time, zone) else { continue };
        if before != held && seen != "preparing" {
            let words = deadline::show(before - Duration::minutes(1), zone);
            found.push((deadline::day_in(*at, &settings.time_zone), words));
        }
        held = before;
    }
    found.reverse();
    found
}

fn instant(day: &str, time: &str, zone: &str) -> Option<Instant> {
    let day = period::parse_kept_day(day).ok()?;
    let time = NaiveTime::parse_from_str(time, "%H:%M").ok()?;
    deadline::instant(day, time, zone).ok()
}
