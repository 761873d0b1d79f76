//! Word lists of the field: what carries no identity in a name, and what must never be overlooked in a title.

mod contacts;
mod names;
mod releases;

pub use contacts::{calling_code, is_free_mail, is_role_mailbox, says_nothing, street_ending, street_word};
pub use names::{Class, class, is_no_label, nickname_groups};
pub use releases::{edition_bit, edition_names, is_edition_filler, is_volume_word, ordinal};
