//! The cells of a column as people write them, and the phrases that they turned out to be. Artists and labels stand in line after line:
//! a cell is normalised once a way of writing it, not once a record.

use super::{
    draft::Drafts,
    intern::{Interner, MISSING},
    phrases::Phrases,
};
use std::ops::ControlFlow;

/// Distinct cells with the numbers of their phrases.
#[derive(Default)]
pub(super) struct Cells {
    cells: Interner,
    /// The phrase of each cell.
    phrases: Vec<u32>,
    /// Cells that are new, normalised.
    fresh: Drafts,
    out: String,
}

impl Cells {
    /// The phrases of some cells, given with their hashes. Those seen for the first time are normalised by `canonical`, and added to the phrases
    /// in their order.
    pub(super) fn number<'a>(
        &mut self,
        phrases: &mut Phrases,
        hashes: &[u32],
        texts: impl Iterator<Item = &'a str> + Clone,
        mut canonical: impl FnMut(&str, &mut String),
        mut numbered: impl FnMut(usize, u32),
    ) {
        let Self { cells, phrases: of_cells, fresh, out } = self;
        // The empty cell is the empty phrase.
        of_cells.resize(cells.len(), MISSING);
        let mut known = cells.len();
        let mut ids = Vec::with_capacity(hashes.len());
        let mut of_fresh = texts.clone().enumerate();
        fresh.clear();
        cells.intern_all(hashes, texts, |nth, id| {
            ids.push(id);
            if id as usize == known {
                known += 1;
                canonical(of_fresh.find(|(place, _)| *place == nth).map_or("", |(_, text)| text), out);
                fresh.begin();
                fresh.push(out);
            }
            ControlFlow::Continue(())
        });
        let fresh = fresh.from(0).of(0);
        phrases.add_all(fresh.hashes(), fresh.texts(), |_, phrase| of_cells.push(phrase));
        // One after the other without a look-up between them, so that memory works on many at once.
        for (nth, id) in ids.into_iter().enumerate() {
            numbered(nth, of_cells[id as usize]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::{intern, normalise::phrase};

    #[test]
    fn a_cell_is_normalised_once_and_numbered_as_what_it_turned_out_to_be() {
        let (mut cells, mut phrases, mut scratch) = (Cells::default(), Phrases::default(), phrase::Scratch::default());
        let rows = [
            vec!["The Ocean", "", "OCEAN", "  ", "Jane Doe", "The Ocean"],
            vec!["Jane Doe", "ocean", "The Ocean", "Jane  Doe", ""],
        ];
        let mut normalised = Vec::new();
        let mut found = Vec::new();
        for batch in &rows {
            let hashes: Vec<u32> = batch.iter().map(|cell| intern::short(cell)).collect();
            let canonical = |cell: &str, out: &mut String| {
                normalised.push(cell.to_owned());
                phrase::artist(cell, &mut scratch, out);
            };
            cells.number(&mut phrases, &hashes, batch.iter().copied(), canonical, |_, id| found.push(id));
        }
        assert_eq!(found, [1, MISSING, 1, MISSING, 2, 1, 2, 1, 1, 2, MISSING]);
        assert_eq!(normalised, ["The Ocean", "OCEAN", "  ", "Jane Doe", "ocean", "Jane  Doe"]);
        assert_eq!([phrases.text(1), phrases.text(2)], ["ocean", "jane doe"]);
    }
}
