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
    let months = Minor::from(months.max(1));
    let (each, extra) = (amount / months, amount % months);
    (0..months).map(move |month| each + if month < extra.abs() { extra.signum() } else { 0 })
}
