//! The pieces that pages are made of. All render on the server and work without script.
//!
//! | piece | in a page |
//! |---|---|
//! | [`ErrorSummary`] | `<ErrorSummary errors=errors.clone()/>` first in the page, nothing if there are no errors |
//! | [`FormSections`] | `<FormSections sections=FORM answers errors currencies/>` inside the page's own `<form novalidate>` |
//! | [`FormField`] | `<FormField field answer="…" error=None currencies/>` for a field outside a form declared as data |
//! | [`TextArea`] | `<TextArea id="note" name="note" text/>`; never write `<textarea>` in a page |
//! | [`SummaryList`] | `<SummaryList rows=summary_rows(FORM, &answers, Some("/edit"))/>` |
//! | [`Table`] | `<Table caption="Lines"><thead>…</thead><tbody>…</tbody></Table>`; numbers in `<td class="num">` |
//! | [`Pager`] | `<Pager page=2 pages=9 base="/counsel/allegro?sort=total"/>` |
//! | [`Amount`] | `<Amount minor=125_000 currency/>` |
//! | [`ClosingSums`] | `<ClosingSums sums=reading.sums currency/>` |
//! | [`StatusTag`] | `<StatusTag word=status.word() key=status.key()/>` |
//! | [`TaskList`] | `<TaskList tasks/>` |
//! | [`Notice`] | `<Notice kind=NoticeKind::Success>"Saved."</Notice>` |
//! | [`Meter`] | `<Meter label="Documented" part=80 whole=100 words="80 of 100 dollars"/>` |
//! | [`ColumnChart`] | `<ColumnChart title="Claims" what="Month" unit="claims" one="claim" columns/>` |
//! | [`TimeLine`] | `<TimeLine events/>` |
//! | [`QrCode`] | `<QrCode text=uri label="What it is"/>` |
//! | [`Waterfall`] | `<Waterfall title="Weights" steps marks/>` |
//!
//! Classes of the stylesheet for what pages write themselves:
//!
//! | class | for |
//! |---|---|
//! | `lede`, `soft`, `small`, `lines`, `hash`, `hidden` | text: opening paragraph, quiet, small, kept line breaks, hashes, for screen readers only |
//! | `button`, `secondary`, `danger`, `small`, `link` | buttons and links that look like them; `link` makes a button look like a link |
//! | `actions` | the row of buttons under a form or heading |
//! | `bar`, `push` | a row of filters; `push` moves one to the far end |
//! | `inline` | a form of one button inside a line or cell |
//! | `back` | the link above a heading that leads one level up |
//! | `with-aside` > first, `aside` | reading text with facts in the margin |
//! | `columns` | equal columns that fold |
//! | `figures` > `div` > `dt`, `dd`, `dd.detail` | large figures |
//! | `card-list` > `li`, `card` | a list of things with headings; a box |
//! | `num`, `dense`, `row-actions`, `tr.wrong` | tables |
//! | `empty` | what a page says while there is nothing |

#![expect(
    clippy::needless_pass_by_value,
    reason = "the props of a component are owned, whether or not it consumes them"
)]

mod amount;
mod chart;
mod closing_sum;
mod error_summary;
mod field;
mod form_sections;
mod meter;
mod notice;
mod pager;
mod qr_code;
mod status_tag;
mod summary_list;
mod table;
mod task_list;
mod text_area;
mod time_line;
mod waterfall;

pub use amount::Amount;
pub use chart::{Column, ColumnChart};
pub use closing_sum::ClosingSums;
pub use error_summary::ErrorSummary;
pub use field::FormField;
pub use form_sections::FormSections;
pub use meter::Meter;
pub use notice::{Notice, NoticeKind};
pub use pager::Pager;
pub use qr_code::QrCode;
pub use status_tag::StatusTag;
pub use summary_list::{SummaryList, SummaryRow, answer_in_words, answered_and_open, summary_rows};
pub use table::Table;
pub use task_list::{Task, TaskList};
pub use text_area::TextArea;
pub use time_line::{TimeEvent, TimeLine};
pub use waterfall::{Step, Waterfall};
