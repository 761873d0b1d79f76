//! Idempotency: a form that is sent twice does its work once and gives the same answer.

use super::{Failure, Recoup, links};
use crate::{
    access::Actor,
    store::{Tx, queue_up, submissions},
};

/// What is said of a key that comes again with another form.
pub(super) const OTHER_CONTENT: &str =
    "This form was sent before with other content, and that was done. Send it once more if this is to be done as well.";

/// The answer that a key was given before, if it was. A double click waits here for the first click's answer.
///
/// # Errors
/// If the key was used for something else: two different forms cannot be the same one sent twice.
pub(super) async fn answered(
    tx: &mut Tx,
    actor: &Actor,
    key: &str,
    action: &str,
    fingerprint: &str,
) -> Result<Option<String>, Failure> {
    if !key.is_empty() {
        queue_up(tx, &format!("key {} {}", actor.account, kept(key))).await?;
    }
    found(tx, actor, key, action, fingerprint).await
}

/// The same by a look, for whoever has much to do before the transaction: one that waits for nobody, so that the form may be at work all
/// the same.
///
/// # Errors
/// As [`answered`].
pub(super) async fn found(
    tx: &mut Tx,
    actor: &Actor,
    key: &str,
    action: &str,
    fingerprint: &str,
) -> Result<Option<String>, Failure> {
    if key.is_empty() {
        return Ok(None);
    }
    match submissions::find(tx, actor.account, &kept(key)).await? {
        None => Ok(None),
        Some((earlier, print, answer)) if earlier == action && print == links::hash(fingerprint) => Ok(Some(answer)),
        Some(_) => Err(Failure::said(OTHER_CONTENT)),
    }
}

/// Keeps the answer of a key, in the transaction of its effect. Without a key nothing is kept.
///
/// # Errors
/// If the database fails.
pub(super) async fn keep(
    recoup: &Recoup,
    tx: &mut Tx,
    actor: &Actor,
    key: &str,
    action: &str,
    fingerprint: &str,
    answer: &str,
) -> Result<(), Failure> {
    if key.is_empty() {
        return Ok(());
    }
    let key = kept(key);
    Ok(submissions::add(tx, actor.account, &key, action, &links::hash(fingerprint), answer, recoup.clock.now()).await?)
}

/// As much of a key as is kept.
fn kept(key: &str) -> String {
    key.chars().take(100).collect()
}
