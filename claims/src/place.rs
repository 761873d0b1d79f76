//! Where in a document the proof of a line stands. A citation keeps all of it; where people read, a long list of rows is shortened.

/// Most characters that are shown of a place. What people type is at most as long as this.
pub const SHOWN: usize = 100;

/// A place as it is shown: a list of more rows than one reads ends with how many more there are.
#[must_use]
pub fn in_short(place: &str) -> String {
    if place.chars().count() <= SHOWN {
        return place.to_owned();
    }
    let parts: Vec<&str> = place.split(", ").collect();
    let mut shown = String::new();
    let mut taken = 0;
    for part in &parts {
        // Room for what follows: “ and 1,234,567 more”.
        if taken > 0 && shown.chars().count() + 2 + part.chars().count() > SHOWN - 20 {
            break;
        }
        shown.push_str(if taken > 0 { ", " } else { "" });
        shown.push_str(part);
        taken += 1;
    }
    let left = parts.get(taken..).unwrap_or_default();
    if left.is_empty() {
        return shown;
    }
    match left.iter().map(|part| rows(part)).sum::<Option<u64>>() {
        Some(rows) => format!("{shown} and {rows} more"),
        None => format!("{shown}, …"),
    }
}

/// How many rows a part of a list names: one, a range, or one with how many more there were when it was kept.
fn rows(part: &str) -> Option<u64> {
    if let Some((listed, more)) = part.split_once(" and ") {
        return Some(rows(listed)? + more.strip_suffix(" more")?.parse::<u64>().ok()?);
    }
    let (from, to) = part.split_once('–').unwrap_or((part, part));
    let (from, to): (u64, u64) = (from.parse().ok()?, to.parse().ok()?);
    Some(to.checked_sub(from)? + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_of_rows_is_shortened_and_what_is_left_is_counted() {
        let numbers: Vec<String> = (0..60).map(|place| (2 + place * 16).to_string()).collect();
        let place = format!("sheet June, rows {}, 2000–2009", numbers.join(", "));
        let short = in_short(&place);
        assert!(short.chars().count() <= SHOWN && short.starts_with("sheet June, rows 2, 18, 34"), "{short}");
        let shown = short.split(" and ").next().unwrap().split(", ").count() - 1;
        assert!(short.ends_with(&format!(" and {} more", 60 - shown + 10)), "{short}");
        // What was too long to be kept is counted along.
        let cut = in_short(&format!("{place} and 1000 more"));
        assert!(cut.ends_with(&format!(" and {} more", 60 - shown + 1_010)), "{cut}");
    }

    #[test]
    fn what_people_typed_stays() {
        for place in ["", "page 3", "rows 12–40", &"x".repeat(100)] {
            assert_eq!(in_short(place), place);
        }
        assert_eq!(in_short(&format!("{}, {}", "a".repeat(80), "b".repeat(80))), format!("{}, …", "a".repeat(80)));
    }
}
