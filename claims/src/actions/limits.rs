//! Limits of an installation, and the counting of attempts with a growing wait.

use std::net::Ipv6Addr;

use chrono::Duration;

use super::{Failure, Recoup};
use crate::{
    Instant,
    store::{Tx, attempts, queue_up},
};

/// Limits of an installation, from its configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one document.
    pub document_bytes: u64,
    /// Bytes of all documents of a claim.
    pub claim_bytes: u64,
    /// Lines of a claim.
    pub lines: i64,
    /// Drafts that one account may have open.
    pub drafts: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { document_bytes: 50_000_000, claim_bytes: 2_000_000_000, lines: 20_000, drafts: 200 }
    }
}

/// What is counted, how many are free, and how the wait grows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// Name in the keys.
    pub name: &'static str,
    /// Attempts without a wait.
    pub free: i64,
    /// First wait in seconds; it doubles with every further attempt.
    pub first: i64,
    /// Longest wait in seconds.
    pub most: i64,
    /// Seconds after which earlier attempts no longer count.
    pub memory: i64,
}

/// Sign-in, per address and client together: this is who is guessing.
pub(super) const SIGN_IN_PAIR: Rule = Rule { name: "sign-in pair", free: 5, first: 2, most: 3_600, memory: 86_400 };
/// Sign-in, per client over all addresses. Many people may share a client, as in an office: who gets in is not counted.
pub(super) const SIGN_IN_CLIENT: Rule =
    Rule { name: "sign-in client", free: 30, first: 2, most: 3_600, memory: 86_400 };
/// Sign-in, per address over all clients. The wait stays short, so that a stranger cannot lock the owner out.
pub(super) const SIGN_IN_ACCOUNT: Rule = Rule { name: "sign-in account", free: 50, first: 1, most: 30, memory: 3_600 };
/// New accounts and mails for forgotten passwords per client. Here the successes are what a flood is made of: they stay counted.
pub(super) const REGISTER: Rule = Rule { name: "register", free: 20, first: 60, most: 3_600, memory: 86_400 };
/// Asking for mails to one address, per address and whoever asks together: whether one is sent or not, so that this wait tells nobody
/// whether the address is known.
pub(super) const MAIL_PAIR: Rule = Rule { name: "mail pair", free: 5, first: 60, most: 3_600, memory: 3_600 };
/// Mails to one address that anybody asked for. Nobody is refused for what others asked for: what is over waits ([`next_mail`]).
pub(super) const MAIL: Rule = Rule { name: "mail", free: 10, first: 60, most: 1_800, memory: 3_600 };
/// The same for an address without an account, to which no mail goes: what is counted there holds up nobody who registers.
pub(super) const NO_MAIL: Rule = Rule { name: "no mail", ..MAIL };
/// The present password, asked again inside a session, per account and session together.
pub(super) const PASSWORD_AGAIN: Rule = Rule { name: "password again", free: 5, first: 2, most: 900, memory: 86_400 };
/// The same per account over all sessions. The wait stays short, so that who got hold of one session keeps its owner, in another one, from
/// no new password.
pub(super) const PASSWORD_AGAIN_ACCOUNT: Rule =
    Rule { name: "password again account", free: 50, first: 1, most: 30, memory: 3_600 };

/// Codes of a second factor, per account: whoever types them knows the password, so a longer wait locks no stranger's victim out.
pub(super) const SECOND_FACTOR: Rule = Rule { name: "second factor", free: 5, first: 5, most: 900, memory: 86_400 };

/// Versions of a claim that were signed after its first. Each is kept for good, with a copy of every line, is mailed, and has what is built
/// of the case begin anew; who mends a claim needs a few of them. The first, which the deadline waits for, never waits.
pub(super) const AMENDMENT: Rule = Rule { name: "amendment", free: 10, first: 60, most: 3_600, memory: 86_400 };

/// What is counted as one client: its address, of IPv6 the network of 64 bits. That is what one subscriber is given, so whoever
/// floods could take another address in it for each try.
pub(super) fn client_key(address: &str) -> String {
    match address.parse::<Ipv6Addr>() {
        Ok(whole) => format!("{}/64", Ipv6Addr::from_bits(whole.to_bits() >> 64 << 64)),
        Err(_) => address.to_owned(),
    }
}

impl Rule {
    fn key(&self, of: &str) -> String {
        format!("{}:{of}", self.name)
    }

    fn wait(&self, attempts: i64) -> Duration {
        let over = attempts - self.free;
        if over < 0 {
            return Duration::zero();
        }
        let doubled =
            self.first.saturating_mul(1_i64.checked_shl(u32::try_from(over.min(30)).unwrap_or(30)).unwrap_or(i64::MAX));
        Duration::seconds(doubled.min(self.most))
    }
}

/// Refuses while the wait after earlier attempts is not over. Whoever asks at the same moment waits until this transaction has
/// counted, so that a hundred at once cannot all find the count below its limit.
pub(super) async fn check(recoup: &Recoup, tx: &mut Tx, rule: &Rule, of: &str) -> Result<(), Failure> {
    let now = recoup.clock.now();
    queue_up(tx, &rule.key(of)).await?;
    let Some((attempts, last)) = attempts::find(tx, &rule.key(of)).await? else { return Ok(()) };
    let until = last + rule.wait(attempts);
    if now < until && now - last < Duration::seconds(rule.memory) {
        Err(Failure::TooOften(until - now))
    } else {
        Ok(())
    }
}

/// How long a mail may wait for its turn.
fn longest_turn() -> Duration {
    Duration::hours(6)
}

/// When the next mail to an address may leave; it is counted. `None` if so many wait already that this one is not sent at all: whoever
/// still needs it asks again. Nothing of it may show in an answer: it depends on what others asked for, and so on whether the address is
/// known.
pub(super) async fn next_mail(
    recoup: &Recoup,
    tx: &mut Tx,
    rule: &Rule,
    email: &str,
) -> Result<Option<Instant>, Failure> {
    let (key, now) = (rule.key(email), recoup.clock.now());
    queue_up(tx, &key).await?;
    // The last one may itself be waiting: then this one comes after it.
    let at = attempts::find(tx, &key).await?.map_or(now, |(sent, last)| now.max(last + rule.wait(sent)));
    if at - now > longest_turn() {
        return Ok(None);
    }
    attempts::count(tx, &key, at, at - Duration::seconds(rule.memory)).await?;
    Ok(Some(at))
}

/// An attempt that was counted: what [`take_back`] needs to know of it.
#[derive(Debug)]
pub(super) struct Counted {
    key: String,
    at: Instant,
    /// When the attempt before it was counted.
    before: Instant,
}

/// Counts an attempt.
pub(super) async fn count(recoup: &Recoup, tx: &mut Tx, rule: &Rule, of: &str) -> Result<Counted, Failure> {
    let (key, at) = (rule.key(of), recoup.clock.now());
    let before = attempts::find(tx, &key).await?.map_or(at, |(_, last)| last);
    attempts::count(tx, &key, at, at - Duration::seconds(rule.memory)).await?;
    Ok(Counted { key, at, before })
}

/// Takes one attempt back, after a success. The others stay counted: nobody who guesses gets rid of them by signing in to an
/// account of their own in between.
pub(super) async fn take_back(tx: &mut Tx, counted: &Counted) -> Result<(), Failure> {
    Ok(attempts::take_back(tx, &counted.key, counted.at, counted.before).await?)
}

/// Forgets the attempts, after a success.
pub(super) async fn clear(tx: &mut Tx, rule: &Rule, of: &str) -> Result<(), Failure> {
    Ok(attempts::clear(tx, &rule.key(of)).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_and_ends() {
        assert_eq!(SIGN_IN_PAIR.wait(4), Duration::zero());
        assert_eq!(SIGN_IN_PAIR.wait(5), Duration::seconds(2));
        assert_eq!(SIGN_IN_PAIR.wait(8), Duration::seconds(16));
        assert_eq!(SIGN_IN_PAIR.wait(i64::MAX), Duration::seconds(3_600));
        assert_eq!(SIGN_IN_ACCOUNT.wait(1_000), Duration::seconds(30));
    }

    #[test]
    fn addresses_of_one_subscriber_are_one_client() {
        assert_eq!(client_key("2001:db8:1:2::1"), "2001:db8:1:2::/64");
        assert_eq!(client_key("2001:db8:1:2:ffff:ffff:ffff:ffff"), "2001:db8:1:2::/64");
        assert_ne!(client_key("2001:db8:1:3::1"), client_key("2001:db8:1:2::1"));
        assert_eq!(client_key("192.0.2.1"), "192.0.2.1");
        assert_eq!(client_key("unknown"), "unknown");
    }
}
