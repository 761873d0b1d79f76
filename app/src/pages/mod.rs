//! One page a file. A page reads the store directly or through an action, and forms stand beside the page they belong to:
//! parse, action, redirect.

pub mod account;
pub mod admin;
pub mod claimant;
pub mod counsel;
pub mod public;
