//! The names of a file's groups, to find whose total a row is without going through all groups each time.

use std::collections::{BTreeSet, HashMap};

/// Groups that are looked at for all totals of a file together: each takes time.
const MOST_SEEN: usize = 10_000_000;

/// Groups by what they are called, in small letters. What a group is no longer called stays; whoever finds it compares.
#[derive(Debug, Default)]
pub(super) struct Names {
    by_name: HashMap<Box<[u8]>, BTreeSet<u32>>,
    /// So many groups are in it; none until a name is looked for.
    indexed: usize,
    /// Groups among these that were called something more since.
    renamed: Vec<u32>,
    seen: usize,
}

impl Names {
    /// Notes that a group is called something more.
    pub fn renamed(&mut self, group: u32) {
        if (group as usize) < self.indexed {
            self.renamed.push(group);
        }
    }

    /// Whether so much was looked for that nothing more is found.
    pub const fn is_exhausted(&self) -> bool {
        self.seen >= MOST_SEEN
    }

    /// The groups that are to be added before the next look-up, of so many.
    pub fn missing(&mut self, groups: usize) -> impl Iterator<Item = u32> + use<> {
        let new = u32::try_from(self.indexed).unwrap_or(u32::MAX)..u32::try_from(groups).unwrap_or(u32::MAX);
        self.indexed = groups;
        std::mem::take(&mut self.renamed).into_iter().chain(new)
    }

    /// Adds a name of a group.
    pub fn add(&mut self, name: &[u8], group: u32) {
        if !name.is_empty() {
            self.by_name.entry(name.to_ascii_lowercase().into()).or_default().insert(group);
        }
    }

    /// The groups that are or were called one of these.
    pub fn find(&mut self, names: &[&[u8]]) -> BTreeSet<u32> {
        let mut found = BTreeSet::new();
        for groups in names.iter().filter_map(|name| self.by_name.get(&name.to_ascii_lowercase()[..])) {
            self.seen += groups.len();
            found.extend(groups);
        }
        found
    }
}
