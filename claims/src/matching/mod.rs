//! Who is the same claimant, and which lines are about the same release: probabilistic record linkage after Fellegi and
//! Sunter (1969), in-process, deterministic, and readable.
//!
//! One module a step: [`normalise`] makes values comparable, [`block`] proposes pairs, [`compare`] finds levels of agreement,
//! [`model`] holds their weights as data, [`weigh`] adds them up, [`decide`] draws the lines, [`cluster`] makes groups and
//! [`group`] lets them speak for their pairs, [`explain`] says why. [`run`] does all of it for a table, [`index`] for one new
//! record.
//!
//! What is particular here is how evidence that is not independent is kept from being counted twice:
//! - an agent's e-mail, telephone and door are one fact, weighed by how many names share it ([`model::Fact`], [`partners`]);
//! - an e-mail made of the name says little beyond the name ([`normalise::derived`]);
//! - a name is as common as it has bearers, not filings ([`partners`]);
//! - title and artist of re-issues are one fact about the work.
//!
//! ```
//! # #[cfg(feature = "matching-files")] {
//! use claims::matching::{decide::Decision, read, run};
//!
//! let table = "id,name,email,phone\n\
//!     1,Odeon Mirror Records LLC,legal@odeonmirror.com,(212) 555-0143\n\
//!     2,ODEON MIRROR RECORDSS,legal+claim@odeonmirror.com,2125550143\n\
//!     3,Jane Doe,jane.doe@gmail.com,(503) 555-0100\n";
//! let records = read::read(table.as_bytes(), None, None, |_| {}).unwrap().records;
//! let outcome = run::run(&records, run::Options::default(), |_, _| {});
//! assert_eq!(outcome.pairs.len(), 1);
//! assert_eq!(outcome.decision(&outcome.pairs[0]), Decision::Match);
//! println!("{}", outcome.explain(&records, 0, 1));
//! # }
//! ```

mod alignment;
pub mod block;
mod cells;
pub mod cluster;
pub mod codes;
pub mod columns;
pub mod compare;
pub mod decide;
pub mod distance;
mod draft;
mod eight;
pub mod explain;
pub mod group;
pub mod index;
pub mod intern;
pub mod keys;
mod memo;
pub mod model;
pub mod normalise;
pub mod of_case;
pub mod partners;
pub mod period;
pub mod phrases;
#[cfg(feature = "matching-files")]
pub mod read;
pub mod record;
pub mod records;
#[cfg(feature = "matching-files")]
mod rows;
pub mod run;
pub mod text;
pub mod threads;
pub mod values;
pub mod weigh;
pub mod word;
pub mod words;
#[cfg(feature = "matching-files")]
pub mod write;
