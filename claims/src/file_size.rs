//! Sizes of files as people read them: the same file has one size on every page, in every mail and answer.

/// A size in the units that people know it in (SI: a kB is a thousand bytes).
#[must_use]
pub fn show(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..999_500 => format!("{} kB", (bytes + 500) / 1_000),
        999_500..999_950_000 => tenths(bytes, 100_000, "MB"),
        _ => tenths(bytes, 100_000_000, "GB"),
    }
}

/// The same of a size as it is stored.
#[must_use]
pub fn show_stored(bytes: i64) -> String {
    show(u64::try_from(bytes).unwrap_or(0))
}

/// A size in tenths of a unit, to the nearest: of 2 GB less a few kB there are 2 GB left, not 1.9.
fn tenths(bytes: u64, tenth: u64, unit: &str) -> String {
    let tenths = bytes.saturating_add(tenth / 2) / tenth;
    format!("{}.{} {unit}", tenths / 10, tenths % 10).replace(".0 ", " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded_and_short() {
        assert_eq!(
            [999, 1_000, 50_000_000, 2_000_000_000, 1_549_999].map(show),
            ["999 bytes", "1 kB", "50 MB", "2 GB", "1.5 MB"]
        );
        assert_eq!(
            [1_999_976_000, 1_949_999_999, 999_499, 999_500, 999_949_999, 999_950_000].map(show),
            ["2 GB", "1.9 GB", "999 kB", "1 MB", "999.9 MB", "1 GB"]
        );
        assert_eq!([1_600, -1].map(show_stored), ["2 kB", "0 bytes"]);
    }
}
