//! The lines of two versions beside one another.

use std::collections::{HashMap, VecDeque};

use super::{FrozenEvidence, FrozenLine};
use crate::money::grouped_units;

/// A line before and after: one of the two is absent where the line was added or taken out.
pub type Pair<'a> = (Option<&'a FrozenLine>, Option<&'a FrozenLine>);

/// Pairs the lines of two versions: by number, and those that are left by what they say, because a statement that replaces
/// another gives lines that did not change new numbers. One to one and in order; first lines that are equal in all but the
/// number, then those that cite other evidence too, because a mended statement is another document.
///
/// The pairs come in the order of `after`, then what was taken out in the order of `before`.
#[must_use]
pub fn pairs<'a>(before: &'a [FrozenLine], after: &'a [FrozenLine]) -> Vec<Pair<'a>> {
    let numbers: HashMap<i64, usize> = before.iter().enumerate().map(|(at, line)| (line.line, at)).collect();
    let mut partners: Vec<Option<usize>> = after.iter().map(|line| numbers.get(&line.line).copied()).collect();
    let mut left = vec![true; before.len()];
    for at in partners.iter().flatten() {
        left[*at] = false;
    }
    for said in [without_number, without_evidence] {
        let mut waiting: HashMap<FrozenLine, VecDeque<usize>> = HashMap::new();
        for (at, line) in before.iter().enumerate().filter(|(at, _)| left[*at]) {
            waiting.entry(said(line)).or_default().push_back(at);
        }
        if waiting.is_empty() {
            break;
        }
        for (line, partner) in after.iter().zip(&mut partners).filter(|(_, partner)| partner.is_none()) {
            *partner = waiting.get_mut(&said(line)).and_then(VecDeque::pop_front);
            if let Some(at) = *partner {
                left[at] = false;
            }
        }
    }
    let kept = after.iter().zip(partners).map(|(line, partner)| (partner.map(|at| &before[at]), Some(line)));
    let gone = before.iter().zip(left).filter(|(_, left)| *left).map(|(line, _)| (Some(line), None));
    kept.chain(gone).collect()
}

/// All that a line says but its number.
fn without_number(line: &FrozenLine) -> FrozenLine {
    FrozenLine { line: 0, ..line.clone() }
}

/// All that a line says but its number and what it cites; whether it cites anything stays.
fn without_evidence(line: &FrozenLine) -> FrozenLine {
    let cited = FrozenEvidence { document: String::new(), sha256: String::new(), place: String::new() };
    let evidence = line.evidence.first().map(|_| cited).into_iter().collect();
    FrozenLine { line: 0, evidence, ..line.clone() }
}

/// How many lines have new numbers: they are told of together, not one by one.
#[derive(Debug, Clone, Copy, Default)]
pub struct NewNumbers {
    equal: i64,
    other_evidence: i64,
}

impl NewNumbers {
    /// Counts a pair of [`pairs`] if its line has a new number, and says whether it has.
    pub fn add(&mut self, pair: Pair<'_>) -> bool {
        let (Some(before), Some(after)) = pair else { return false };
        let renumbered = before.line != after.line;
        if renumbered {
            let count = if before.evidence == after.evidence { &mut self.equal } else { &mut self.other_evidence };
            *count += 1;
        }
        renumbered
    }

    /// The same in words, without a full stop; nothing where no line has a new number.
    #[must_use]
    pub fn words(self) -> Vec<String> {
        let lines = |count: i64, rest: &str| match count {
            0 => None,
            1 => Some(format!("1 line has a new number{rest}")),
            count => Some(format!("{} lines have new numbers{rest}", grouped_units(count))),
        };
        let equal = lines(self.equal, " and no other change");
        let other_evidence = lines(self.other_evidence, " and other evidence, and no other change");
        equal.into_iter().chain(other_evidence).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::example, *};

    fn line(number: i64, amount: i64, evidence: Option<&str>) -> FrozenLine {
        let cited = |sha256: &str| FrozenEvidence {
            document: "statement.csv".to_owned(),
            sha256: sha256.to_owned(),
            place: "row 2".to_owned(),
        };
        let evidence = evidence.map(cited).into_iter().collect();
        FrozenLine { line: number, amount, amount_in_case: amount, evidence, ..example().lines[0].clone() }
    }

    fn numbers(before: &[FrozenLine], after: &[FrozenLine]) -> Vec<(Option<i64>, Option<i64>)> {
        let number = |line: Option<&FrozenLine>| line.map(|line| line.line);
        pairs(before, after).into_iter().map(|(was, is)| (number(was), number(is))).collect()
    }

    #[test]
    fn lines_that_only_have_new_numbers_are_paired_one_to_one_and_in_order() {
        let before = [line(1, 700, None), line(2, 500, None), line(3, 500, None), line(4, 40, None)];
        let after = [line(1, 701, None), line(5, 500, None), line(6, 40, None), line(7, 500, None), line(8, 500, None)];
        assert_eq!(
            numbers(&before, &after),
            [(Some(1), Some(1)), (Some(2), Some(5)), (Some(4), Some(6)), (Some(3), Some(7)), (None, Some(8))]
        );
        assert_eq!(numbers(&before, &[]), [1, 2, 3, 4].map(|number| (Some(number), None)));
    }

    #[test]
    fn the_same_evidence_comes_first_then_other_evidence_but_never_none() {
        let before = [line(1, 500, Some("aa")), line(2, 500, Some("bb")), line(3, 40, Some("aa"))];
        let after = [line(4, 500, Some("cc")), line(5, 500, Some("aa")), line(6, 40, None)];
        assert_eq!(
            numbers(&before, &after),
            [(Some(2), Some(4)), (Some(1), Some(5)), (None, Some(6)), (Some(3), None)]
        );
    }

    #[test]
    fn a_replaced_statement_is_told_by_what_differs() {
        let mut before = example();
        before.lines = (1..=30).map(|number| line(number, number * 100, Some("aa"))).collect();
        let mut after = before.clone();
        // Line 1 is left out, line 2 has 0.90 more, the other 28 are as they were, in another file.
        after.lines = (2..=30).map(|number| line(number + 30, number * 100, Some("bb"))).collect();
        after.lines[0].amount += 90;
        assert_eq!(
            super::super::changes(&before, &after),
            [
                "Line 32 added: Unpaid sales, 2.90 USD.",
                "Line 1 removed: Unpaid sales, 1.00 USD.",
                "Line 2 removed: Unpaid sales, 2.00 USD.",
                "28 lines have new numbers and other evidence, and no other change.",
            ]
        );
        after.lines = vec![line(31, 100, Some("aa"))];
        before.lines.truncate(1);
        assert_eq!(super::super::changes(&before, &after), ["1 line has a new number and no other change."]);
    }

    #[test]
    fn many_lines_are_paired_without_looking_at_each_two_of_them() {
        let before: Vec<_> = (0..100_000).map(|number| line(number, number % 7, Some("aa"))).collect();
        let after: Vec<_> = (0..100_000).map(|number| line(200_000 + number, number % 7, Some("bb"))).collect();
        assert!(pairs(&before, &after).iter().all(|(was, is)| was.is_some() && is.is_some()));
    }
}
