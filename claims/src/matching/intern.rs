//! One copy of every distinct text, known by a number: a comparison of equal values is a comparison of two integers,
//! and everything derived from a value is computed once a value, not once a record.

use super::text;

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

    /// Loads what interning texts of these hashes will look at. Each step asks for something of all texts before the next step
    /// needs any answer, so that memory works on many of them at once.
    pub(super) fn foresee(&self, hashes: impl Iterator<Item = u32> + Clone) {
        let Some(mask) = self.slots.len().checked_sub(1) else { return };
        let likely = |hash: u32| {
            let entry = self.slots[hash as usize & mask];
            if entry >> 32 == u64::from(hash) { low(entry) as usize } else { 0 }
        };
        let mut seen = hashes.clone().fold(0, |seen, hash| seen ^ self.slots[hash as usize & mask]);
        let start = |id: usize| self.ends.get(id.saturating_sub(1)).copied().unwrap_or(0) as usize;
        seen ^= hashes.clone().fold(0, |seen, hash| seen ^ start(likely(hash)) as u64);
        seen ^= hashes.fold(0, |seen, hash| {
            seen ^ u64::from(self.arena.as_bytes().get(start(likely(hash))).copied().unwrap_or(0))
        });
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
