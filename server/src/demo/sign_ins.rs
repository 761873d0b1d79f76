//! The demo's sign-ins: passwords made at the first start, kept in a file that only its owner reads, and shown at each start.

use std::{fmt::Write, fs, io::Write as _, path::Path};

use anyhow::Context;
use claims::{
    AccountId,
    actions::{Recoup, account},
    intake::Answers,
    random::Random,
    store::accounts,
};
use data_encoding::BASE32_NOPAD;
use tracing::{instrument::WithSubscriber, subscriber::NoSubscriber};

/// The file in the data directory.
const FILE: &str = "demo-sign-ins.txt";

/// Role, address and name of each sign-in.
const PEOPLE: [(&str, &str, &str); 3] = [
    ("claimant", "robin@example.org", "Robin Ashdown"),
    ("counsel", "counsel@example.org", "Jordan Pellworth"),
    ("administrator", "admin@example.org", "Sam Oduya-Lind"),
];

/// The address of the claimant.
pub(super) const CLAIMANT: &str = PEOPLE[0].1;
/// The address of counsel.
pub(super) const COUNSEL: &str = PEOPLE[1].1;

/// The accounts of the sign-ins.
pub(super) struct Accounts {
    pub(super) claimant: AccountId,
    pub(super) counsel: AccountId,
    pub(super) administrator: AccountId,
}

/// Makes the accounts; gives them and the lines to keep and to show.
pub(super) async fn add(recoup: &Recoup, random: &Random) -> anyhow::Result<(Accounts, String)> {
    let mut lines = String::new();
    let mut ids = Vec::new();
    for (role, email, name) in PEOPLE {
        let password = line(&mut lines, role, email, random)?;
        let answers = Answers::default().with("email", email).with("name", name).with("password", password);
        // The log notes accounts that an operator adds; these come with the demo, which says so itself.
        let added =
            account::add(recoup, &answers, role == "administrator").with_subscriber(NoSubscriber::default()).await;
        ids.push(added.with_context(|| format!("the sign-in {email} of the demo cannot be made"))?);
    }
    Ok((Accounts { claimant: ids[0], counsel: ids[1], administrator: ids[2] }, lines))
}

/// The lines that an earlier start kept. If the file is lost, the demo's accounts get new passwords.
///
/// # Errors
/// If the case is not the demo's.
pub(super) async fn again(recoup: &Recoup, data_dir: &Path) -> anyhow::Result<String> {
    let path = data_dir.join(FILE);
    match fs::read_to_string(&path) {
        Ok(lines) => return Ok(lines),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
    let mut lines = String::new();
    let mut hashes = Vec::new();
    for (role, email, _) in PEOPLE {
        let password = line(&mut lines, role, email, &recoup.random)?;
        hashes.push((email, recoup.passwords.hash(&password).await?));
    }
    let mut tx = recoup.store.write().await?;
    for (email, hash) in hashes {
        let account = accounts::by_email(&mut tx, email).await?.filter(|account| account.verified_at.is_some());
        let account = account.context(
            "this database holds a case “allegro” that the demo did not make; start the demo with an empty directory (--data-dir)",
        )?;
        accounts::set_password(&mut tx, account.id, &hash).await?;
    }
    keep(data_dir, &lines)?;
    tx.commit().await?;
    Ok(lines)
}

/// Adds a line with a new password, and gives the password: 80 random bits in small letters and digits.
fn line(lines: &mut String, role: &str, email: &str, random: &Random) -> anyhow::Result<String> {
    let password = BASE32_NOPAD.encode(&random.bytes::<10>()).to_lowercase();
    writeln!(lines, "{role}  {email}  {password}")?;
    Ok(password)
}

/// Writes the file whole or not at all, for its owner only.
pub(super) fn keep(data_dir: &Path, lines: &str) -> anyhow::Result<()> {
    let (path, half) = (data_dir.join(FILE), data_dir.join(format!(".{FILE}")));
    // A file left by a crash would keep its own permissions.
    let _ = fs::remove_file(&half);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&half).and_then(|mut file| {
        file.write_all(lines.as_bytes())?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&half, &path)).with_context(|| format!("{} cannot be written", path.display()))
}

/// Makes an account that nobody can sign in to: `hash` is the hash of bytes that were thrown away.
pub(super) async fn add_invented(recoup: &Recoup, email: &str, name: &str, hash: &str) -> anyhow::Result<AccountId> {
    let now = recoup.clock.now();
    let mut tx = recoup.store.write().await?;
    let id = accounts::add(&mut tx, email, name, hash, false, Some(now), now).await?;
    tx.commit().await?;
    Ok(id)
}
