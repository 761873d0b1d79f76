//! One copy of every distinct text, known by a number: a comparison of equal values is a comparison of two integers,
//! and everything derived from a value is computed once a value, not once a record.

use super::text;
use std::ops::ControlFlow;

/// The number of the empty value. Missing is neutral in every comparison.
pub const MISSING: u32 = 0;

/// Distinct texts, numbered in order of first appearance; number 0 is the empty text.
#[derive(Clone, Debug)]
pub struct Interner {
    arena: String,
    ends: Vec<u32>,
    /// Open addressing with linear probing: hash above, number below. Most values of most fields are new, and a look-up of a
    /// new value touches nothing but its slot, so slots are as small as can be.
    slots: Vec<u64>,
}

const FREE: u64 = u64::MAX;

/// So many look-ups wait for memory together.
const TOGETHER: usize = 512;

/// A text that another probably is.
#[derive(Clone, Copy, Default)]
struct Likely {
    id: u32,
    start: u32,
    end: u32,
}

impl Default for Interner {
    fn default() -> Self {
        Self { arena: String::new(), ends: vec![0], slots: vec![FREE; 64] }
    }
}

impl Interner {
    /// The number of `text`, which is given one if it is new.
    pub fn intern(&mut self, text: &str) -> u32 {
        self.intern_hashed((text, short(text)))
    }

    /// The same for a text whose hash is known already.
    pub(super) fn intern_hashed(&mut self, (text, hash): (&str, u32)) -> u32 {
        if text.is_empty() {
            return MISSING;
        }
        if self.slots.is_empty() {
            self.open();
        }
        match self.find(text, hash) {
            Ok(id) => id,
            Err(slot) => {
                let id = u32::try_from(self.ends.len()).unwrap_or(u32::MAX - 1);
                self.slots[slot] = entry(hash, id);
                self.arena.push_str(text);
                self.ends.push(u32::try_from(self.arena.len()).unwrap_or(u32::MAX));
                if self.ends.len() * 4 > self.slots.len() * 3 {
                    self.grow();
                }
                id
            }
        }
    }

    /// Numbers texts, given with their hashes, one after another until `numbered`, which is told the place of each and its number, breaks off.
    ///
    /// Looking a text up waits for memory three times over: for its slot, for its place in the arena, for the text there. Each is asked for
    /// for many texts before the next needs any answer, so that memory works on many of them at once.
    pub(super) fn intern_all<'a>(
        &mut self,
        hashes: &[u32],
        texts: impl Iterator<Item = &'a str>,
        mut numbered: impl FnMut(usize, u32) -> ControlFlow<()>,
    ) {
        let mut texts = texts.enumerate();
        for hashes in hashes.chunks(TOGETHER) {
            self.make_room(hashes.len());
            let likely = self.likely(hashes);
            for ((likely, hash), (nth, text)) in likely.iter().zip(hashes).zip(&mut texts) {
                let known = likely.id != MISSING && text == &self.arena[likely.start as usize..likely.end as usize];
                let id = if known {
                    likely.id
                } else if text.is_empty() {
                    MISSING
                } else {
                    self.intern_hashed((text, *hash))
                };
                if numbered(nth, id).is_break() {
                    return;
                }
            }
        }
    }

    /// For each hash the text of that hash, if there is one.
    fn likely(&self, hashes: &[u32]) -> [Likely; TOGETHER] {
        let mask = self.slots.len() - 1;
        let mut all = [Likely::default(); TOGETHER];
        let mut seen = hashes.iter().fold(0, |seen, hash| seen ^ self.slots[*hash as usize & mask]);
        for (likely, hash) in all.iter_mut().zip(hashes) {
            let mut slot = *hash as usize & mask;
            let mut entry = self.slots[slot];
            while entry != FREE && entry >> 32 != u64::from(*hash) {
                slot = (slot + 1) & mask;
                entry = self.slots[slot];
            }
            likely.id = if entry == FREE { MISSING } else { low(entry) };
        }
        for likely in &mut all[..hashes.len()] {
            let id = likely.id as usize;
            (likely.start, likely.end) = (self.ends[id.saturating_sub(1)], self.ends[id]);
        }
        for likely in &all[..hashes.len()] {
            let at = |place: u32| u64::from(self.arena.as_bytes().get(place as usize).copied().unwrap_or(0));
            seen ^= at(likely.start) ^ at(likely.end.saturating_sub(1));
        }
        std::hint::black_box(seen);
        all
    }

    /// Makes room for this many more texts.
    fn make_room(&mut self, texts: usize) {
        self.reserve(self.ends.len() + texts);
    }

    /// Loads the texts of these numbers.
    #[cfg(feature = "matching-files")]
    pub(super) fn foresee_texts(&self, ids: impl Iterator<Item = u32>) {
        let starts = ids.map(|id| self.ends[(id as usize).saturating_sub(1)]);
        let seen = starts.fold(0, |seen, start| seen ^ self.arena.as_bytes().get(start as usize).unwrap_or(&0));
        std::hint::black_box(seen);
    }

    /// The number of `text` if it has been seen.
    #[must_use]
    pub fn get(&self, text: &str) -> Option<u32> {
        if self.slots.is_empty() || text.is_empty() {
            return (0..).zip(&self.ends).map(|(id, _)| id).find(|id| self.text(*id) == text);
        }
        self.find(text, short(text)).ok()
    }

    /// The text of a number.
    #[inline]
    #[must_use]
    pub fn text(&self, id: u32) -> &str {
        let id = id as usize;
        let start = if id == 0 { 0 } else { self.ends[id - 1] as usize };
        &self.arena[start..self.ends[id] as usize]
    }

    /// A hash of the text of a number, the same in every run.
    #[must_use]
    pub fn hash(&self, id: u32) -> u32 {
        short(self.text(id))
    }

    /// How many distinct texts there are, the empty one included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether only the empty text is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.len() <= 1
    }

    /// Total bytes of text kept.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.arena.len()
    }

    fn find(&self, text: &str, hash: u32) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            let found = self.slots[slot];
            if found == FREE {
                return Err(slot);
            }
            if found >> 32 == u64::from(hash) && self.text(low(found)) == text {
                return Ok(low(found));
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Makes room for this many distinct texts, so that the table need not grow on the way.
    pub fn reserve(&mut self, texts: usize) {
        if self.slots.is_empty() {
            self.open();
        }
        let size = (texts.saturating_mul(4) / 3 + 1).next_power_of_two();
        if size > self.slots.len() {
            self.resize(size);
        }
    }

    /// Gives back the room for looking texts up, until the next one is interned.
    pub(super) fn close(&mut self) {
        self.slots = Vec::new();
    }

    /// Makes texts ready to be looked up again.
    #[cold]
    pub(super) fn open(&mut self) {
        if !self.slots.is_empty() {
            return;
        }
        self.slots = vec![FREE; (self.ends.len() * 4 / 3 + 1).next_power_of_two().max(64)];
        for id in 1..u32::try_from(self.ends.len()).unwrap_or(u32::MAX) {
            self.place(entry(self.hash(id), id));
        }
    }

    fn grow(&mut self) {
        self.resize(self.slots.len() * 2);
    }

    fn resize(&mut self, size: usize) {
        let old = std::mem::replace(&mut self.slots, vec![FREE; size]);
        for entry in old.into_iter().filter(|entry| *entry != FREE) {
            self.place(entry);
        }
    }

    fn place(&mut self, entry: u64) {
        let mask = self.slots.len() - 1;
        let mut slot = (entry >> 32) as usize & mask;
        while self.slots[slot] != FREE {
            slot = (slot + 1) & mask;
        }
        self.slots[slot] = entry;
    }
}

fn entry(hash: u32, id: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(id)
}

#[expect(clippy::cast_possible_truncation, reason = "the number is the low half")]
fn low(entry: u64) -> u32 {
    entry as u32
}

#[expect(clippy::cast_possible_truncation, reason = "a shorter hash is what is wanted")]
pub(super) fn short(text: &str) -> u32 {
    text::hash(text.as_bytes()) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_stable_and_texts_come_back() {
        let mut interner = Interner::default();
        let ids: Vec<u32> = (0..1000).map(|i| interner.intern(&format!("value {i}"))).collect();
        for (i, id) in ids.iter().enumerate() {
            assert_eq!(interner.text(*id), format!("value {i}"));
            assert_eq!(interner.intern(&format!("value {i}")), *id);
        }
        assert_eq!(interner.intern(""), MISSING);
        assert_eq!(interner.get("nothing"), None);
    }
}
