//! The only code that reaches the browser. Each island attaches behaviour to controls that the server has rendered;
//! a page without script loses nothing but the comfort.
//!
//! On the server an island renders its first state and does nothing else: `use:` runs in the browser only. What changes
//! later is written by hand instead of by signals and views, which would double the weight of the wasm.

#![expect(
    clippy::needless_pass_by_value,
    reason = "the props of a component are owned, whether or not it consumes them; a directive is given its element"
)]

mod dom;
mod hash_file;
mod line_sums;
pub mod sum_html;
mod unsaved;
mod upload;
mod upload_row;

pub use hash_file::HashFile;
pub use line_sums::{LineSums, LineSumsAwake};
pub use unsaved::Unsaved;
pub use upload::Upload;
