//! Letters to and for claimants.
