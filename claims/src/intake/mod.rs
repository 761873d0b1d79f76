//! What people type: forms declared as data, raw answers kept as typed, and the pure reading of answers into values or
//! field errors. The page shows errors by running the same reading again, so nothing but the raw answers is stored.

pub mod account;
pub mod agreement;
pub mod case_settings;
pub mod claimant;
pub mod form;
mod further;
pub mod inventory;
pub mod line;
pub mod mailing;
pub mod other_losses;
pub mod others;
pub mod place;
pub mod reader;
pub mod resolution;
pub mod royalties;
pub mod sales;
pub mod sign;
pub mod steps;

pub use form::{Answers, Choice, Field, FieldError, Kind, Section};
pub use further::further;
pub use reader::Reader;
