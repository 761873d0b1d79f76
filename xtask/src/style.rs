//! The stylesheet: its files bundled into one and made small.

use std::path::Path;

use anyhow::{Result, anyhow};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions};

/// Reads a stylesheet and what it imports, and returns one small text.
pub fn build(main: &Path) -> Result<Vec<u8>> {
    let files = FileProvider::new();
    let mut sheet = Bundler::new(&files, None, ParserOptions::default())
        .bundle(main)
        .map_err(|cause| anyhow!("{} cannot be bundled: {cause}", main.display()))?;
    sheet
        .minify(MinifyOptions::default())
        .map_err(|cause| anyhow!("{} cannot be minified: {cause}", main.display()))?;
    let css = sheet.to_css(PrinterOptions { minify: true, ..PrinterOptions::default() })?;
    Ok(css.code.into_bytes())
}
