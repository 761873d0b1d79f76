//! The demo case.

use std::path::Path;

use crate::serve::Installation;

/// Loads the demo case unless it is there.
///
/// # Errors
/// If something cannot be stored.
pub async fn load(_installation: &Installation, _data_dir: &Path) -> anyhow::Result<String> {
    Ok(String::new())
}
