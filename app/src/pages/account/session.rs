//! Beginning and ending a session, and where somebody goes on afterwards.

use claims::{
    AccountId,
    access::Actor,
    actions::{Failure, links, second_factor, sign_in::Proved},
    store,
};

use crate::request::{Answer, Query, Sent, Visitor, safe_path, see_other};

/// How long a right password waits for its code.
const HALF_SECONDS: i64 = 600;

/// Lets somebody in who proved who they are, on to `next`; first to the page that asks for a code if the account has a second factor.
///
/// # Errors
/// If session or database fail, or as [`begin`].
pub async fn enter(visitor: &Visitor, proved: &Proved, next: &str) -> Answer {
    Ok(see_other(&match admit(visitor, proved).await? {
        Admitted::Whole => next.to_owned(),
        Admitted::Half => with_next("/sign-in/code", Some(next)),
    }))
}

/// How far a right password lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admitted {
    /// The session has begun.
    Whole,
    /// A code is to be given first.
    Half,
}

/// The same without going anywhere.
///
/// # Errors
/// If session or database fail, or as [`begin`].
pub async fn admit(visitor: &Visitor, proved: &Proved) -> Result<Admitted, Failure> {
    if !second_factor::is_asked_of(visitor.recoup(), proved.account).await? {
        begin(visitor, proved, false).await?;
        return Ok(Admitted::Whole);
    }
    let session = &visitor.session;
    session.cycle_id().await.map_err(lost)?;
    session.clear().await;
    let now = visitor.recoup().clock.now().timestamp();
    session.insert("half", (proved.account.0, now, &proved.password)).await.map_err(lost)?;
    stand(visitor, proved, true).await?;
    Ok(Admitted::Half)
}

/// Who gave the right password a short while ago, and is still to give a code.
pub async fn half(visitor: &Visitor) -> Option<Proved> {
    let (account, since, password) = visitor.session.get::<(i64, i64, String)>("half").await.ok().flatten()?;
    let waited = visitor.recoup().clock.now().timestamp() - since;
    (0..=HALF_SECONDS).contains(&waited).then_some(Proved { account: AccountId(account), password })
}

/// Begins the session of somebody who proved who they are, and gave a code if `by_code`. Its id is new, so that nobody who knew the old one
/// is signed in with them, and nothing of an earlier person is left in it.
///
/// # Errors
/// If the session could not be written, or what they proved themselves by was changed meanwhile.
pub async fn begin(visitor: &Visitor, proved: &Proved, by_code: bool) -> Result<(), Failure> {
    let session = &visitor.session;
    session.cycle_id().await.map_err(lost)?;
    session.clear().await;
    session.insert("account", proved.account.0).await.map_err(lost)?;
    session.insert("since", visitor.recoup().clock.now().timestamp()).await.map_err(lost)?;
    stand(visitor, proved, by_code).await
}

/// Writes the session, and looks whether whom it is of is still let in: from now on whoever changes the password ends it.
async fn stand(visitor: &Visitor, proved: &Proved, by_code: bool) -> Result<(), Failure> {
    visitor.session.save().await.map_err(lost)?;
    if proved.holds(visitor.recoup(), by_code).await? {
        return Ok(());
    }
    visitor.session.flush().await.map_err(lost)?;
    Err(Failure::said(
        "The password or the second factor of this account was changed at this very moment. Sign in again.",
    ))
}

/// Keeps the mark of a second factor that was begun in this session.
///
/// # Errors
/// If the session could not be written.
pub async fn keep_factor(visitor: &Visitor, mark: &str) -> Result<(), Failure> {
    visitor.session.insert("factor", mark).await.map_err(lost)
}

/// The same; empty if none was.
pub async fn factor(visitor: &Visitor) -> String {
    visitor.session.get("factor").await.ok().flatten().unwrap_or_default()
}

/// Ends the session. What is said afterwards begins a stranger's under another id: the old one must never be found again,
/// not even by a request of the same person that is still under way.
///
/// # Errors
/// If the session could not be deleted.
pub async fn end(visitor: &Visitor) -> Result<(), Failure> {
    visitor.session.clear().await;
    visitor.session.cycle_id().await.map_err(lost)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err asks for")]
fn lost(error: tower_sessions::session::Error) -> Failure {
    Failure::Internal(format!("the session could not be written: {error}"))
}

/// The hash under which the present session is listed.
#[must_use]
pub fn hash(visitor: &Visitor) -> String {
    visitor.session.id().map(|id| links::hash(&id.to_string())).unwrap_or_default()
}

/// Where a person's own work is.
#[must_use]
pub fn home(actor: &Actor) -> &'static str {
    match actor {
        Actor { claimants, .. } if !claimants.is_empty() => "/claims",
        Actor { counsel_of, .. } if !counsel_of.is_empty() => "/counsel",
        Actor { administrator: true, .. } => "/admin",
        _ => "/claims",
    }
}

/// The same for an account that has just signed in.
///
/// # Errors
/// If the database fails.
pub async fn home_of(visitor: &Visitor, account: AccountId) -> Result<&'static str, Failure> {
    let mut tx = visitor.recoup().store.read().await?;
    Ok(store::accounts::actor(&mut tx, account).await?.as_ref().map_or("/claims", home))
}

/// Where the visitor wants to go on: the form's answer, else the address's.
#[must_use]
pub fn next(query: &Query, sent: &Sent) -> Option<String> {
    [sent.get("next"), query.0.get("next")].into_iter().find_map(safe_path).map(str::to_owned)
}

/// An address that carries on where the visitor wants to go.
#[must_use]
pub fn with_next(path: &str, next: Option<&str>) -> String {
    next.map_or_else(
        || path.to_owned(),
        |next| {
            let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
            format!("{path}?next={next}")
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_on_inside_this_site_only() {
        let query = |text: &str| Query(Sent::read(text.as_bytes()));
        let nothing = Sent::default();
        assert_eq!(next(&query("next=%2Fclaims%2F7"), &nothing).as_deref(), Some("/claims/7"));
        assert_eq!(next(&query("next=%2Fa"), &Sent::read(b"next=%2Fb")).as_deref(), Some("/b"));
        for foreign in
            ["next=https%3A%2F%2Fevil.example", "next=%2F%2Fevil.example", "next=%2F%5Cevil.example", "next="]
        {
            assert_eq!(next(&query(foreign), &nothing), None, "{foreign}");
        }
        assert_eq!(
            with_next("/register", Some("/cases/a/file?x=1&y")),
            "/register?next=%2Fcases%2Fa%2Ffile%3Fx%3D1%26y"
        );
    }
}
