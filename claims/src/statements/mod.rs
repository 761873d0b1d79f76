//! Reading the statements that distributors and services send: bytes in, lines and problems out. Pure.
//!
//! 1. [`file`] finds what the bytes are (text in any encoding and with any separator, XLSX, ODS) within stated
//!    [`limits`], and gives rows as [`cells`].
//! 2. [`shape`] finds the header and what the columns mean: a [`layouts`] declared as data, or a mapping.
//! 3. [`marks`] decides from evidence how numbers and days are written; what nothing proves is asked.
//! 4. [`pass`] reads every row: values ([`number`], [`dates`], [`codes`]), [`problem`]s, groups and exact sums.
//! 5. [`lines`] makes the answers of lines of the groups, rounding once; [`reading`] holds all that is shown of it.
//!
//! [`read::read`] does all of it.

pub mod archive;
pub mod cells;
pub mod choices;
pub mod codes;
pub mod corrected;
pub mod dates;
pub mod deductions;
pub mod encoding;
pub mod field;
pub mod file;
mod fill;
pub mod group;
pub mod input;
pub mod layouts;
pub mod limits;
pub mod lines;
pub mod marks;
mod names;
pub mod number;
pub mod pass;
pub mod problem;
mod questions;
pub mod read;
pub mod reading;
mod rows;
pub mod shape;
mod sheets;
pub mod split;
pub mod template;
mod totals;
pub mod unpacked;
pub mod workbook;

pub use choices::{Choices, Grouping, Rules};
pub use input::Input;
pub use limits::Refused;
pub use read::{Statement, Wish, read};
pub use reading::Reading;
