//! Spreading a line over its months.

use super::Minor;

/// The parts of an amount spread equally over `months` (at least one): whole minor units, the remainder one each to the
/// first months, so that the parts add up to the amount (largest remainder; with equal shares all remainders are equal and the
/// earliest month comes first). A negative amount is the mirror image of a positive one.
///
/// ```
/// assert_eq!(claims::overlap::spread(100, 12).collect::<Vec<_>>(), [9, 9, 9, 9, 8, 8, 8, 8, 8, 8, 8, 8]);
/// ```
pub fn spread(amount: Minor, months: u32) -> impl Iterator<Item = Minor> {
    #[cfg(test)]
    MONTHS.with(|spread| spread.set(spread.get() + u64::from(months.max(1))));
    let months = Minor::from(months.max(1));
    let (each, extra) = (amount / months, amount % months);
    (0..months).map(move |month| each + if month < extra.abs() { extra.signum() } else { 0 })
}

#[cfg(test)]
thread_local! {
    /// Months over which this thread spread anything so far: what reckoning costs, whatever the machine.
    static MONTHS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Months over which this thread spread anything so far.
#[cfg(test)]
pub(super) fn months_spread() -> u64 {
    MONTHS.with(std::cell::Cell::get)
}
