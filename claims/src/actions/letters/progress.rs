//! How far the ZIPs of letters are that this process makes.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{CaseId, letters::LetterKind};

/// By case and kind: id, letters made, letters in all.
type Begun = BTreeMap<(CaseId, LetterKind), Vec<(u64, usize, usize)>>;

/// How far they are.
#[derive(Debug, Clone, Default)]
pub struct Zips(Arc<Mutex<(u64, Begun)>>);

/// A ZIP that is being made; it is forgotten when this is dropped, however it ends.
#[derive(Debug)]
pub struct Running {
    zips: Zips,
    of: (CaseId, LetterKind),
    id: u64,
}

impl Zips {
    fn lock(&self) -> MutexGuard<'_, (u64, Begun)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins one of so many letters.
    #[must_use]
    pub fn begin(&self, case: CaseId, kind: LetterKind, total: usize) -> Running {
        let mut all = self.lock();
        all.0 += 1;
        let id = all.0;
        all.1.entry((case, kind)).or_default().push((id, 0, total));
        Running { zips: self.clone(), of: (case, kind), id }
    }

    /// Letters made and letters in all, of the one that was begun last.
    #[must_use]
    pub fn of(&self, case: CaseId, kind: LetterKind) -> Option<(usize, usize)> {
        self.lock().1.get(&(case, kind))?.last().map(|(_, done, total)| (*done, *total))
    }
}

impl Running {
    /// Counts a letter.
    pub fn one_more(&self) {
        let mut all = self.zips.lock();
        let found = all.1.get_mut(&self.of).and_then(|zips| zips.iter_mut().find(|(id, ..)| *id == self.id));
        if let Some((_, done, _)) = found {
            *done += 1;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut all = self.zips.lock();
        if let Some(zips) = all.1.get_mut(&self.of) {
            zips.retain(|(id, ..)| *id != self.id);
            if zips.is_empty() {
                all.1.remove(&self.of);
            }
        }
    }
}
