//! The only code that reaches the browser. Each island attaches behaviour to controls that the server has rendered;
//! a page without script loses nothing but the comfort.
//!
//! On the server an island renders its first state and does nothing else: effects run in the browser only.

#![expect(
    clippy::needless_pass_by_value,
    reason = "the props of an island are owned, because they travel to the browser"
)]

mod dom;
mod line_sums;
pub mod sum_view;
mod unsaved;
mod upload;

pub use line_sums::LineSums;
pub use unsaved::Unsaved;
pub use upload::Upload;
