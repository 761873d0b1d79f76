//! Letters of claims: their words, making them, reading them, and where each of them is.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::Failure;
use crate::letters::Letter;

mod download;
mod make;
mod progress;
mod read;
mod receipt;
mod step;
mod texts;

pub use download::{Download, download};
pub use make::{Made, make, make_all};
pub use progress::{Running, Zips};
pub use read::{contents, open};
pub(super) use receipt::keep as keep_receipt;
pub use receipt::{ReceiptFile, filing_basis, know, receipt};
pub use step::{day_of, take_step};
pub use texts::{save_texts, texts_of};

/// The canonical text of a letter with its hash.
fn canonical(letter: &Letter) -> Result<(String, String), Failure> {
    let text = letter.canonical().map_err(|error| Failure::Internal(error.to_string()))?;
    let sha256 = HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
    Ok((text, sha256))
}
