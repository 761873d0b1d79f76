//! Opening the database of an installation: a new one is made only where that is meant, and what cannot be opened is said in words
//! with its remedy.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, anyhow, bail};
use claims::store::{Error, Store, newest_schema, sqlite_file};

use crate::{
    backup::make_folder,
    config::{Config, DocumentsAt},
    serve::CLOSING,
};

/// How often it is looked whether another process has ended.
const LOOK: Duration = Duration::from_millis(100);

/// What to do where there is no installation.
pub const SAY_WHERE: &str = "Say where it is by --config or --data-dir.";
/// What to do where the database is of a later version than this program.
pub const LATER: &str = "A later Recoup served it. Use that one, or restore the backup from before the upgrade.";

/// The database as it is, with the number of its schema; `None` if there is no installation. Nothing is made.
///
/// # Errors
/// If it cannot be opened.
pub async fn find(config: &Config) -> Result<Option<(Store, i64)>, Error> {
    // A folder that cannot be looked into is no empty place: opening the file says what is wrong.
    if sqlite_file(&config.database_url).is_some_and(|file| matches!(file.try_exists(), Ok(false))) {
        return Ok(None);
    }
    let store = Store::connect(&config.database_url).await?;
    if let Some(schema) = store.schema().await? {
        return Ok(Some((store, schema)));
    }
    store.close().await;
    Ok(None)
}

/// The database of an installation that is there, as it is.
///
/// # Errors
/// A sentence if there is none, or if it cannot be opened.
pub async fn as_it_is(config: &Config) -> anyhow::Result<Store> {
    Ok(with_schema(config).await?.0)
}

async fn with_schema(config: &Config) -> anyhow::Result<(Store, i64)> {
    match find(config).await {
        Ok(Some(found)) => Ok(found),
        Ok(None) => bail!("{}. {SAY_WHERE}", none(config)),
        Err(error) => Err(cannot(config, &error)),
    }
}

/// The database of an installation that is there, brought up to date.
///
/// # Errors
/// As [`as_it_is`], if it is of a later version, and if it is of an earlier one which another process serves.
pub async fn up_to_date(config: &Config) -> anyhow::Result<Store> {
    let (store, schema) = with_schema(config).await?;
    store.close().await;
    if schema < newest_schema()
        && let Some(database) = sqlite_file(&config.database_url)
        && is_served(&database)
    {
        bail!(
            "an earlier Recoup serves {}, whose schema is {schema}; this program would bring it to {} below it. Stop it first, or use that program for this command",
            shown(&database),
            newest_schema()
        );
    }
    open(config).await
}

/// As [`up_to_date`]; in an empty place as [`or_made`].
///
/// # Errors
/// As both.
pub async fn up_to_date_or_made(config: &Config) -> anyhow::Result<Store> {
    match find(config).await {
        Ok(Some((store, _))) => {
            store.close().await;
            up_to_date(config).await
        }
        Ok(None) | Err(_) => or_made(config).await,
    }
}

/// The database of an installation, brought up to date; in an empty place a new one is made, in folders for its owner alone.
///
/// # Errors
/// If the folders cannot be made or the database cannot be opened.
pub async fn or_made(config: &Config) -> anyhow::Result<Store> {
    make_folder(&config.data_dir).context("the data directory (key data_dir)")?;
    if let DocumentsAt::Directory(directory) = &config.documents {
        make_folder(directory).context("the document directory (key documents)")?;
    }
    open(config).await
}

/// Held by the process that serves an installation, as long as it lives.
#[derive(Debug)]
pub struct Alone {
    _lock: Option<File>,
}

/// Sees to it that no other process serves the same SQLite database: two would wait for each other's writing, and whoever started the
/// second by mistake would not know. One that is about to stop is waited for, as long as stopping may take. On PostgreSQL several
/// processes may serve one installation.
///
/// It is asked before the database is opened, so that nobody migrates it below an older process. In an empty place it makes the data
/// directory, and a file to lock, which is no installation yet.
///
/// # Errors
/// If another process goes on serving it, or the file that shows it cannot be made or locked.
pub async fn alone(config: &Config) -> anyhow::Result<Alone> {
    let Some(database) = sqlite_file(&config.database_url) else { return Ok(Alone { _lock: None }) };
    let path = lock_of(&database);
    make_folder(&config.data_dir).context("the data directory (key data_dir)")?;
    let lock = File::options().write(true).create(true).truncate(false).open(&path).map_err(|error| {
        anyhow!(
            "{} cannot be opened (key database_url): {error}. Check that its folder is there and, like the file, belongs to the user who runs this command, for example with sudo -u recoup.",
            shown(&path)
        )
    })?;
    let until = tokio::time::Instant::now() + config.pace.stop + CLOSING;
    let mut told = false;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(Alone { _lock: Some(lock) }),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("{} cannot be locked", shown(&path)));
            }
            Err(TryLockError::WouldBlock) if tokio::time::Instant::now() >= until => {
                bail!("another Recoup serves {}; stop it first", shown(&database))
            }
            Err(TryLockError::WouldBlock) => {}
        }
        if !told {
            tracing::info!("another Recoup serves this database; waiting for it to stop");
            told = true;
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// The file that is locked by whoever serves a SQLite database.
fn lock_of(database: &Path) -> PathBuf {
    let mut path = database.to_owned().into_os_string();
    path.push(".serve");
    path.into()
}

/// Whether a process serves a SQLite database.
fn is_served(database: &Path) -> bool {
    File::options()
        .write(true)
        .open(lock_of(database))
        .is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// Takes a SQLite database from every user of the machine: one that an earlier version made they could read, with all that people entered
/// and the keys. A group that somebody let in by hand stays.
#[cfg(unix)]
fn keep_private(config: &Config) {
    use std::os::unix::fs::PermissionsExt;
    let Some(database) = sqlite_file(&config.database_url) else { return };
    for ending in ["", "-wal", "-shm"] {
        let mut file = database.clone().into_os_string();
        file.push(ending);
        let is_open = std::fs::metadata(&file).is_ok_and(|meta| meta.permissions().mode() & 0o007 != 0);
        if is_open && let Err(error) = std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)) {
            tracing::warn!(%error, "every user of this machine can read {}: chmod 600", shown(Path::new(&file)));
        }
    }
}

async fn open(config: &Config) -> anyhow::Result<Store> {
    #[cfg(unix)]
    keep_private(config);
    let error = match Store::open(&config.database_url).await {
        Ok(store) => return Ok(store),
        Err(error) => error,
    };
    // What the database says of a later version names a migration and no remedy.
    if matches!(error, Error::Migrate(_))
        && let Ok(Some((store, schema))) = find(config).await
    {
        store.close().await;
        if schema > newest_schema() {
            bail!("the database cannot be opened (key database_url): {}. {LATER}", later(schema));
        }
    }
    Err(cannot(config, &error))
}

/// That there is no installation, and where not; without a full stop.
#[must_use]
pub fn none(config: &Config) -> String {
    match sqlite_file(&config.database_url) {
        Some(file) if file == config.data_dir.join("recoup.db") => {
            format!("There is no installation in {} (key data_dir)", shown(&config.data_dir))
        }
        Some(file) => format!("There is no installation in {} (key database_url)", shown(&file)),
        None => "There is no installation in the PostgreSQL database (key database_url): it is empty".to_owned(),
    }
}

/// That the schema of a database is later than that of this program.
#[must_use]
pub fn later(schema: i64) -> String {
    format!("its schema is {schema}, and this program knows {}", newest_schema())
}

/// What a database said, once.
#[must_use]
pub fn reason(error: &Error) -> String {
    // Of a file nobody communicates with a database.
    if let Error::Io(error) = error {
        return error.to_string();
    }
    error.to_string()
}

fn cannot(config: &Config, error: &Error) -> anyhow::Error {
    let reason = reason(error);
    let Some(file) = sqlite_file(&config.database_url) else {
        return anyhow!(
            "the database cannot be opened (key database_url): {reason}. Check that its server runs, and the name, user and password in the URL."
        );
    };
    let folder = file.parent().map_or_else(String::new, shown);
    anyhow!(
        "the database {} cannot be opened (key database_url): {reason}. Check that the folder {folder} is there and belongs to the user who runs this command, for example with sudo -u recoup.",
        shown(&file)
    )
}

/// A path as a person sees where it begins.
fn shown(path: &Path) -> String {
    match path.components().next() {
        Some(std::path::Component::Normal(_)) => Path::new(".").join(path).display().to_string(),
        None => ".".to_owned(),
        Some(_) => path.display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Keys;

    #[test]
    fn it_is_said_where_there_is_no_installation() {
        let of = |keys: Keys| none(&Config::read(keys, None).unwrap());
        assert_eq!(of(Keys::default()), "There is no installation in ./data (key data_dir)");
        let elsewhere = Keys { data_dir: Some("/srv/recoup".into()), ..Keys::default() };
        assert_eq!(of(elsewhere), "There is no installation in /srv/recoup (key data_dir)");
        let file = Keys { database_url: Some("sqlite:/srv/other.db".to_owned()), ..Keys::default() };
        assert_eq!(of(file), "There is no installation in /srv/other.db (key database_url)");
        let server = Keys { database_url: Some("postgres://x@localhost/y".to_owned()), ..Keys::default() };
        assert!(of(server).contains("PostgreSQL"));
    }

    #[test]
    fn what_cannot_be_opened_is_named_with_its_remedy_and_said_once() {
        let keys = Keys { data_dir: Some("/srv/recoup".into()), ..Keys::default() };
        let config = Config::read(keys, None).unwrap();
        let denied = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        let words = denied.to_string();
        let said = crate::causes::in_a_line(&cannot(&config, &Error::Io(denied)));
        assert!(said.starts_with("the database /srv/recoup/recoup.db cannot be opened (key database_url): "), "{said}");
        assert_eq!(said.matches(&words).count(), 1, "{said}");
        assert!(said.contains("the folder /srv/recoup is there and belongs to"), "{said}");
    }
}
