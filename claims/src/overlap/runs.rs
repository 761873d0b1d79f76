//! The months in which a claimant meets others, as they are kept beside its amounts.

/// Months in order, as runs: the first and the last of each, counted from year 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Runs(Vec<(i32, i32)>);

/// What is kept where there is no month.
const NONE: &str = "-";

impl Runs {
    /// Adds a month, which comes after those that are there.
    pub fn push(&mut self, month: i32) {
        match self.0.last_mut() {
            Some((_, last)) if *last + 1 == month => *last = month,
            _ => self.0.push((month, month)),
        }
    }

    /// The months as they are kept: `24180-24182 24185`.
    #[must_use]
    pub fn text(&self) -> String {
        let run = |(first, last): &(i32, i32)| {
            if first == last { first.to_string() } else { format!("{first}-{last}") }
        };
        if self.0.is_empty() {
            return NONE.to_owned();
        }
        self.0.iter().map(run).collect::<Vec<_>>().join(" ")
    }

    /// Reads [`Self::text`]; `None` for what was kept before months were.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        #[cfg(test)]
        PARSED.with(|texts| texts.set(texts.get() + 1));
        if text == NONE {
            return Some(Self::default());
        }
        let run = |text: &str| match text.split_once('-') {
            Some((first, last)) => Some((first.parse().ok()?, last.parse().ok()?)),
            None => text.parse().ok().map(|month| (month, month)),
        };
        text.split(' ').map(run).collect::<Option<Vec<_>>>().map(Self)
    }

    /// The months that are in both.
    #[must_use]
    pub fn shared(&self, other: &Self) -> Self {
        let (mut mine, mut theirs) = (self.0.as_slice(), other.0.as_slice());
        let mut shared = Vec::new();
        while let ([a, ..], [b, ..]) = (mine, theirs) {
            let (first, last) = (a.0.max(b.0), a.1.min(b.1));
            if first <= last {
                shared.push((first, last));
            }
            if a.1 < b.1 {
                mine = &mine[1..];
            } else {
                theirs = &theirs[1..];
            }
        }
        Self(shared)
    }

    /// Whether some month is in both.
    #[must_use]
    pub fn meet(&self, other: &Self) -> bool {
        let (mut mine, mut theirs) = (self.0.as_slice(), other.0.as_slice());
        while let ([a, ..], [b, ..]) = (mine, theirs) {
            if a.0.max(b.0) <= a.1.min(b.1) {
                return true;
            }
            if a.1 < b.1 {
                mine = &mine[1..];
            } else {
                theirs = &theirs[1..];
            }
        }
        false
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many months there are.
    #[must_use]
    pub fn count(&self) -> i64 {
        self.0.iter().map(|(first, last)| i64::from(last - first) + 1).sum()
    }

    /// The runs, first and last month of each.
    pub fn each(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.0.iter().map(|(first, last)| (i64::from(*first), i64::from(*last)))
    }

    /// The first and the last month.
    #[must_use]
    pub fn ends(&self) -> Option<(i64, i64)> {
        Some((i64::from(self.0.first()?.0), i64::from(self.0.last()?.1)))
    }
}

#[cfg(test)]
thread_local! {
    /// Texts that this thread read so far: what asking about every two of many claims costs, whatever the machine.
    static PARSED: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Texts that this thread read so far.
#[cfg(test)]
pub(crate) fn parsed() -> u64 {
    PARSED.with(std::cell::Cell::get)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(months: &[i32]) -> Runs {
        let mut runs = Runs::default();
        months.iter().for_each(|month| runs.push(*month));
        runs
    }

    #[test]
    fn months_are_kept_as_runs() {
        let months = of(&[24_180, 24_181, 24_182, 24_185]);
        assert_eq!(months.text(), "24180-24182 24185");
        assert_eq!((months.count(), months.ends()), (4, Some((24_180, 24_185))));
        assert_eq!((of(&[0]).text(), Runs::default().text()), ("0".to_owned(), "-".to_owned()));
        assert_eq!((Runs::parse("-"), Runs::parse("")), (Some(Runs::default()), None), "kept before months were");
    }

    proptest! {
        #[test]
        fn what_is_kept_is_read_back_and_shared_months_are_those_of_both(
            one in prop::collection::btree_set(0i32..40, 0..30),
            other in prop::collection::btree_set(0i32..40, 0..30),
        ) {
            let [a, b] = [&one, &other].map(|months| of(&months.iter().copied().collect::<Vec<_>>()));
            prop_assert_eq!(Runs::parse(&a.text()).unwrap(), a.clone());
            let both: Vec<i32> = one.intersection(&other).copied().collect();
            let shared = a.shared(&b);
            let months: Vec<i64> = shared.each().flat_map(|(first, last)| first..=last).collect();
            prop_assert_eq!(months, both.iter().copied().map(i64::from).collect::<Vec<_>>());
            prop_assert_eq!(shared.count(), i64::try_from(both.len()).unwrap());
            prop_assert_eq!(a.meet(&b), !both.is_empty());
        }
    }
}
