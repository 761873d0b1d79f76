//! Weights: from the levels of a pair to its score in bits.
//!
//! A score is log2 of the odds that two records are one: the base (the odds before anything is compared) plus one part a
//! field. Parts are whole thousandths of a bit, so that they add up to the score exactly, in any order, in every file.

use super::{
    columns::Kind,
    compare::{Outcome, party, release},
    model::{self, Fact, Field, MOST_FIELDS},
    records::Records,
};

/// Thousandths of a bit.
pub type Millibits = i32;

/// Millibits as text in bits with three decimals.
#[must_use]
pub fn bits(value: Millibits) -> f64 {
    f64::from(value) / 1000.0
}

/// The probability that a score stands for.
#[must_use]
pub fn probability(score: Millibits) -> f64 {
    1.0 / (1.0 + (-bits(score)).exp2())
}

#[expect(clippy::cast_possible_truncation, reason = "weights are a few dozen bits")]
fn milli(bits: f64) -> Millibits {
    (bits * 1000.0).round() as Millibits
}

/// The parts of one pair, in the order of the model's fields; fields beyond the model's are 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parts {
    /// What each comparison found.
    pub outcomes: [Outcome; MOST_FIELDS],
    /// What each field adds.
    pub weights: [Millibits; MOST_FIELDS],
    /// Whether a level contradicts.
    pub contradiction: bool,
}

impl Parts {
    /// The sum of all parts, without the base.
    #[must_use]
    pub fn sum(&self) -> Millibits {
        self.weights.iter().sum()
    }
}

/// What a level adds.
#[derive(Clone, Copy, Debug)]
struct Step {
    bits: Millibits,
    /// The bit of the field in the lower half if the value's rarity is added, in the upper half if the level contradicts.
    flags: u32,
}

/// What each level of a field adds, from the missing level 0 on; as many as a mask gives, so that no level needs to be looked for.
type Steps = [Step; LEVELS];
const LEVELS: usize = 16;

fn steps((nth, field): (usize, &Field)) -> Steps {
    let mut steps = [Step { bits: 0, flags: 0 }; LEVELS];
    for (step, level) in steps[1..].iter_mut().zip(field.levels) {
        let rare = level.rarity && field.fact != Fact::None;
        let flags = (u32::from(level.contradicts) << CONTRADICTS | u32::from(rare)) << nth;
        *step = Step { bits: milli(level.bits), flags };
    }
    steps
}

/// Where the upper half of the flags begins.
const CONTRADICTS: u32 = 16;

/// A model with the numbers of one table.
#[derive(Clone, Debug)]
pub struct Weights {
    fields: &'static [Field],
    total: f64,
    /// Records and imagined records: how rare a value can be.
    population: f64,
    /// What the levels of each field add.
    steps: Vec<Steps>,
    /// Rarity by whole number of expected records.
    rarity: Vec<Millibits>,
    /// That of a value nobody else bears.
    rarest: Millibits,
}

impl Weights {
    /// The weights for a table of this many records.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a number of records is far below 2^52")]
    pub fn new(kind: Kind, records: usize) -> Self {
        let total = records.max(2) as f64;
        let fields = model::of(kind);
        let steps = fields.iter().enumerate().map(steps).collect();
        let mut weights =
            Self { fields, total, population: total + model::IMAGINED_RECORDS, steps, rarity: Vec::new(), rarest: 0 };
        weights.rarest = milli(weights.population.log2());
        weights.rarity = (0_u16..256).map(|n| weights.rarity_of(f64::from(n))).collect();
        weights
    }

    /// The fields of the model.
    #[must_use]
    pub fn fields(&self) -> &'static [Field] {
        self.fields
    }

    /// log2(population / expected), between nothing and that of a value nobody else bears.
    fn rarity_of(&self, expected: f64) -> Millibits {
        milli((self.population / expected.max(1.0)).log2().max(0.0))
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be a small whole number")]
    fn rarity(&self, expected: f32) -> Millibits {
        if expected <= 1.0 {
            return self.rarest;
        }
        let whole = expected as u8;
        if f32::from(whole).to_bits() == expected.to_bits() {
            return self.rarity[usize::from(whole)];
        }
        self.rarity_of(f64::from(expected))
    }

    /// Compares and weighs two records of a table.
    #[must_use]
    pub fn weigh(&self, records: &Records, a: u32, b: u32) -> Parts {
        match records.kind {
            Kind::Claimants => self.parts(&self.parties(records, a, b)),
            Kind::Lines => self.parts(&self.releases(records, a, b)),
        }
    }

    /// What the parts of two records add up to, without keeping them.
    #[must_use]
    pub fn sum(&self, records: &Records, a: u32, b: u32) -> Millibits {
        let mut sum = 0;
        let add = |_, bits| sum += bits;
        match records.kind {
            Kind::Claimants => self.add_up(&self.parties(records, a, b), add),
            Kind::Lines => self.add_up(&self.releases(records, a, b), add),
        };
        sum
    }

    fn parties(&self, records: &Records, a: u32, b: u32) -> [Outcome; party::FIELDS] {
        let of = |record: u32| &records.parties[record as usize];
        party::compare(&records.values, self.total, of(a), of(b))
    }

    fn releases(&self, records: &Records, a: u32, b: u32) -> [Outcome; release::FIELDS] {
        let of = |record: u32| &records.releases[record as usize];
        release::compare(&records.values, self.total, of(a), of(b))
    }

    /// The weights of what was compared, and whether anything contradicts.
    fn parts<const FIELDS: usize>(&self, compared: &[Outcome; FIELDS]) -> Parts {
        let mut outcomes = [Outcome::MISSING; MOST_FIELDS];
        outcomes[..FIELDS].copy_from_slice(compared);
        let mut weights = [0; MOST_FIELDS];
        let contradiction = self.add_up(compared, |field, bits| weights[field] += bits);
        Parts { outcomes, weights, contradiction }
    }

    /// Tells `add` what each field adds, some of them in two parts; says whether anything contradicts. The number of fields is known when this is
    /// compiled, so that no loop counts them.
    #[inline]
    fn add_up<const FIELDS: usize>(&self, outcomes: &[Outcome; FIELDS], mut add: impl FnMut(usize, Millibits)) -> bool {
        let Some((steps, _)) = self.steps.split_first_chunk::<FIELDS>() else { return false };
        // Where titles differ, artist and album agree for every other work of theirs.
        let other_work = self.fields[0].fact == Fact::Work && matches!(outcomes[0].level, 5 | 6);
        let mut work_left = if other_work { OTHER_WORK } else { self.rarest };
        let (mut office, mut code): (Option<Rarest>, Option<Rarest>) = (None, None);
        let mut flags = 0;
        for field in 0..FIELDS {
            let step = &steps[field][usize::from(outcomes[field].level) % LEVELS];
            add(field, step.bits);
            flags |= step.flags;
        }
        // The values of few fields of a pair agree.
        let mut rare = flags & ((1 << CONTRADICTS) - 1);
        while rare != 0 {
            let field = rare.trailing_zeros() as usize;
            rare &= rare - 1;
            let outcome = &outcomes[field];
            let mut rarity = self.rarity(outcome.expected);
            if outcome.limit < u8::MAX {
                rarity = rarity.min(Millibits::from(outcome.limit) * 1000);
            }
            match self.fields[field].fact {
                Fact::Own => add(field, rarity),
                Fact::Work => {
                    let counted = rarity.min(work_left);
                    add(field, counted);
                    work_left -= counted;
                }
                Fact::Office => keep_rarest(&mut office, field, rarity),
                Fact::Code => keep_rarest(&mut code, field, rarity),
                Fact::None => {}
            }
        }
        for (field, rarity) in office.into_iter().chain(code) {
            add(field, rarity);
        }
        flags >> CONTRADICTS != 0
    }
}

/// What the rarity of artist and album is worth between works of different titles.
const OTHER_WORK: Millibits = 3_000;

/// A field and the rarity it counts with.
type Rarest = (usize, Millibits);

fn keep_rarest(best: &mut Option<Rarest>, field: usize, rarity: Millibits) {
    if best.is_none_or(|(_, held)| rarity > held) {
        *best = Some((field, rarity));
    }
}

/// The odds before comparison.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Base {
    /// What every score starts from.
    pub millibits: Millibits,
    /// True pairs expected per record.
    pub pairs_per_record: f64,
}

impl Base {
    /// The base for a number of records and expected true pairs per record: the odds that two records taken at random are a
    /// true pair, and the model's intercept.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a number of records is far below 2^52")]
    pub fn new(kind: Kind, records: usize, pairs_per_record: f64) -> Self {
        let total = records.max(2) as f64;
        let millibits = milli((2.0 * pairs_per_record / total).log2() + model::intercept(kind));
        Self { millibits, pairs_per_record }
    }

    /// Learns how many true pairs to expect, without labels, by expectation maximisation (Dempster, Laird & Rubin 1977):
    /// the expected number of true pairs under the current base gives the next. A few imagined records with the usual
    /// number of pairs keep a small table near it, and no table may be expected to hold nothing or everything.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a number of records is far below 2^52")]
    pub fn learn(kind: Kind, records: usize, sums: &Histogram) -> Self {
        const IMAGINED: f64 = 100.0;
        let total = records as f64;
        let mut base = Self::new(kind, records, model::PRIOR_PAIRS_PER_RECORD);
        for _ in 0..60 {
            let found = sums.expected_pairs(base.millibits);
            let rate = (found + IMAGINED * model::PRIOR_PAIRS_PER_RECORD) / (total + IMAGINED);
            let next = Self::new(kind, records, rate.clamp(0.01, 10.0));
            if next.millibits == base.millibits {
                break;
            }
            base = next;
        }
        base
    }
}

/// How many pairs had which sum of parts, in steps of an eighth of a bit: all that learning the base needs.
#[derive(Clone, Debug)]
pub struct Histogram {
    counts: Vec<u64>,
}

const STEP: Millibits = 125;
const LOWEST: Millibits = -64_000;

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; 1024] }
    }
}

impl Histogram {
    /// Notes one sum.
    pub fn add(&mut self, sum: Millibits) {
        let step = (sum - LOWEST).div_euclid(STEP);
        let last = self.counts.len() - 1;
        self.counts[usize::try_from(step).unwrap_or(0).min(last)] += 1;
    }

    /// Adds the counts of another.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine += theirs;
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a number of pairs is far below 2^52")]
    fn expected_pairs(&self, base: Millibits) -> f64 {
        let mut sum = 0.0;
        let mut at = LOWEST + STEP / 2;
        for count in &self.counts {
            if *count > 0 {
                sum += *count as f64 * probability(base + at);
            }
            at += STEP;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agents_shared_details_count_once() {
        let weights = Weights::new(Kind::Claimants, 10_000);
        let mut one = [Outcome::MISSING; party::FIELDS];
        one[5] = Outcome::counted(1, 30);
        let mut three = one;
        three[6] = Outcome::counted(1, 30);
        three[7] = Outcome::counted(1, 30);
        let sum = |outcomes| weights.parts(outcomes).sum();
        assert!(sum(&three) < sum(&one), "no bits for saying it again");
    }

    #[test]
    fn the_base_follows_what_is_found() {
        let mut none = Histogram::default();
        (0..1000).for_each(|_| none.add(-20_000));
        let mut many = Histogram::default();
        (0..20_000).for_each(|_| many.add(40_000));
        let usual = Base::new(Kind::Claimants, 10_000, model::PRIOR_PAIRS_PER_RECORD);
        assert!(Base::learn(Kind::Claimants, 10_000, &none).millibits < usual.millibits);
        assert!(Base::learn(Kind::Claimants, 10_000, &many).millibits > usual.millibits);
        assert!(Base::learn(Kind::Claimants, 0, &none).pairs_per_record > 0.0);
    }
}
