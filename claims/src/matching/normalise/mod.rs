//! From what people type to what can be compared. Every function writes the canonical form of one cell to a buffer that
//! the caller reuses; an empty buffer means that the cell says nothing.

pub mod address;
pub mod contact;
pub mod derived;
pub mod numbers;
pub mod phrase;
pub mod release;
