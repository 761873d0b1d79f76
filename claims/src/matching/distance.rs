//! Edit distance for short words.
//!
//! Optimal string alignment (Damerau 1964, restricted as in Boytsov 2011, §2.1): insertions, deletions, substitutions
//! and swaps of neighbours each count one. Typing errors are almost always one of these four.

/// Words longer than this are compared by equality only: no name or code is longer, and the table below stays on the
/// stack.
const LONGEST: usize = 48;

/// The optimal string alignment distance between two strings if it is at most `limit`, else `None`.
///
/// ```
/// use claims::matching::distance::within;
/// assert_eq!(within("robert", "rober", 2), Some(1));
/// assert_eq!(within("traivs", "travis", 1), Some(1));
/// assert_eq!(within("smith", "jones", 2), None);
/// ```
#[must_use]
pub fn within(a: &str, b: &str, limit: usize) -> Option<usize> {
    if a == b {
        return Some(0);
    }
    if a.is_ascii() && b.is_ascii() {
        if a.len().abs_diff(b.len()) > limit || (a.len() > 4 && !letters_allow(letters(a), letters(b), limit)) {
            return None;
        }
        return bounded(a.as_bytes(), b.as_bytes(), limit);
    }
    let (mut left, mut right) = (['\0'; LONGEST], ['\0'; LONGEST]);
    let (n, m) = (fill(a, &mut left)?, fill(b, &mut right)?);
    bounded(&left[..n], &right[..m], limit)
}

/// A number of up to fifteen figures as four bits each, 0 for anything else: two such numbers show how many figures differ
/// without being taken apart.
#[must_use]
pub fn figures(text: &str) -> u64 {
    if text.len() > 15 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return 0;
    }
    text.bytes().fold(0, |packed, b| packed << 4 | u64::from(b - b'0' + 1))
}

/// Whether two packed numbers of one length are a substitution or a swap of neighbours apart; `None` where the
/// texts must tell.
#[must_use]
pub fn one_figure_apart(a: u64, b: u64) -> Option<bool> {
    if a == 0 || b == 0 || a.leading_zeros() / 4 != b.leading_zeros() / 4 {
        return None;
    }
    let differs = a ^ b;
    if differs == 0 {
        return Some(true);
    }
    let low = differs.trailing_zeros() / 4 * 4;
    let rest = differs >> low;
    if rest <= 0xf {
        return Some(true);
    }
    let (x, y) = (a >> low & 0xff, b >> low & 0xff);
    Some(rest <= 0xff && x == (y >> 4 | (y & 0xf) << 4))
}

/// Which letters occur in a text, as a bit set; others than a to z share the bits.
#[must_use]
pub fn letters(text: &str) -> u32 {
    // Most texts are ASCII: that is found out on the way.
    let (set, all) = text.bytes().fold((0, 0_u8), |(set, all), b| (set | 1 << (b & 31), all | b));
    if all.is_ascii() { set } else { text.chars().fold(0, |set, c| set | 1 << (u32::from(c) & 31)) }
}

/// Whether texts of these letters can be within `limit` edits: one edit adds or removes at most two kinds of letter.
#[inline]
#[must_use]
pub fn letters_allow(a: u32, b: u32, limit: usize) -> bool {
    // Taking away the lowest bit that often is cheaper than counting bits on processors that have no instruction for it.
    let mut differ = a ^ b;
    for _ in 0..2 * limit {
        differ &= differ.wrapping_sub(1);
    }
    differ == 0
}

fn fill(text: &str, into: &mut [char; LONGEST]) -> Option<usize> {
    let mut n = 0;
    for c in text.chars() {
        *into.get_mut(n)? = c;
        n += 1;
    }
    Some(n)
}

fn bounded<T: PartialEq + Copy>(a: &[T], b: &[T], limit: usize) -> Option<usize> {
    let same_start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[same_start..], &b[same_start..]);
    let same_end = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - same_end], &b[..b.len() - same_end]);
    let (a, b) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if b.len() - a.len() > limit {
        return None;
    }
    if a.is_empty() {
        return Some(b.len());
    }
    if b.len() > LONGEST || limit == 0 {
        return None;
    }
    if limit == 1 {
        // Nothing in common at either end is left, so one edit is a single letter or a swap of two.
        let swap = a.len() == 2 && b.len() == 2 && a[0] == b[1] && a[1] == b[0];
        return (b.len() == 1 || swap).then_some(1);
    }
    table(a, b, limit)
}

/// Three rows of the dynamic programme, given up as soon as a whole row exceeds the limit. Only cells are reckoned that lie so near the
/// diagonal that the limit may reach them (Ukkonen 1985); `a` is not longer than `b`.
fn table<T: PartialEq + Copy>(a: &[T], b: &[T], limit: usize) -> Option<usize> {
    /// More than any distance in a table of [`LONGEST`].
    const FAR: u8 = 100;
    let mut rows = [[FAR; LONGEST + 2]; 3];
    let width = b.len();
    for (cell, j) in rows[0].iter_mut().take(width.min(limit) + 1).zip(0..) {
        *cell = j;
    }
    for (i, x) in (1_usize..).zip(a) {
        let [older, old, new] = &mut rows;
        if i > 1 {
            std::mem::swap(older, old);
            std::mem::swap(old, new);
        } else {
            std::mem::swap(old, older);
        }
        let (first, last) = (i.saturating_sub(limit).max(1), width.min(i + limit));
        // Beside the cells of this row stands what no cell of the next may take for nearer than it is.
        new[first - 1] = if first == 1 { u8::try_from(i).unwrap_or(FAR) } else { FAR };
        new[last + 1] = FAR;
        let mut best = new[first - 1];
        for j in first..=last {
            let change = u8::from(*x != b[j - 1]);
            let mut cost = (old[j] + 1).min(new[j - 1] + 1).min(old[j - 1] + change);
            if i > 1 && j > 1 && *x == b[j - 2] && a[i - 2] == b[j - 1] {
                cost = cost.min(older[j - 2] + 1);
            }
            new[j] = cost;
            best = best.min(cost);
        }
        if usize::from(best) > limit {
            return None;
        }
    }
    let distance = usize::from(rows[2][width]);
    (distance <= limit).then_some(distance)
}

/// The most edits that count as slips of the keys in any word ([`slips`]).
pub const MOST_SLIPS: usize = 2;

/// How many edits still count as a slip of the keys in a word of this many characters: none below four letters, one up to
/// seven, two from eight (a tenth to a quarter of the letters; Christen 2012, §5.4).
#[must_use]
pub fn slips(characters: usize) -> usize {
    match characters {
        0..=3 => 0,
        4..=7 => 1,
        _ => MOST_SLIPS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(a: &[char], b: &[char]) -> usize {
        let mut d = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                d[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let mut c = (d[i - 1][j] + 1).min(d[i][j - 1] + 1);
                    c = c.min(d[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]));
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        c = c.min(d[i - 2][j - 2] + 1);
                    }
                    c
                };
            }
        }
        d[a.len()][b.len()]
    }

    #[test]
    fn a_number_is_no_figure_apart_from_itself() {
        assert_eq!(one_figure_apart(figures("10303"), figures("10303")), Some(true));
        assert_eq!(one_figure_apart(figures("10303"), figures("10330")), Some(true));
        assert_eq!(one_figure_apart(figures("10303"), figures("13003")), Some(true));
        assert_eq!(one_figure_apart(figures("10303"), figures("33301")), Some(false));
    }

    proptest! {
        #[test]
        fn packed_figures_agree_with_the_texts(a in "[0-3]{5,9}", b in "[0-3]{5,9}") {
            if let Some(near) = one_figure_apart(figures(&a), figures(&b)) {
                prop_assert_eq!(near, within(&a, &b, 1).is_some());
            }
        }

        #[test]
        fn agrees_with_the_full_table(a in "[abcé]{0,9}", b in "[abcé]{0,9}", limit in 0_usize..6) {
            let full = plain(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
            prop_assert_eq!(within(&a, &b, limit), (full <= limit).then_some(full));
            prop_assert_eq!(within(&a, &b, limit), within(&b, &a, limit));
        }
    }
}
