//! Configuration: flags, then `RECOUP_*` environment, then a TOML file, then defaults. Wrong values are refused at start by name.

use std::{net::IpAddr, net::SocketAddr, path::PathBuf};

use anyhow::{Context, bail};
use claims::{actions::Recoup, passwords::Breached};
use clap::Args;
use serde::Deserialize;

use crate::{documents::scan::Scanner, serving::Pace};

mod addresses;
mod mail;

use addresses::{read_base_url, read_documents, read_endpoint, read_metrics};
pub use mail::MailBy;
use mail::read_mail;

/// Every key, as typed. The same names serve as flags (`--data-dir`), environment (`RECOUP_DATA_DIR`) and keys of the file
/// (`data_dir`); `recoup.example.toml` explains each.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// Address and port to listen on [default: 127.0.0.1:8016]
    #[arg(long, env = "RECOUP_LISTEN", global = true, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// Address of the site as people type it, for links in mails [default: http:// and the listen address]
    #[arg(long, env = "RECOUP_BASE_URL", global = true, value_name = "URL")]
    pub base_url: Option<String>,
    /// Directory for everything that has no other place [default: ./data]
    #[arg(long, env = "RECOUP_DATA_DIR", global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// sqlite:PATH or postgres://… [default: sqlite in the data directory]
    #[arg(long, env = "RECOUP_DATABASE_URL", global = true, value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// file:DIR or s3://BUCKET/PREFIX [default: documents in the data directory]
    #[arg(long, env = "RECOUP_DOCUMENTS", global = true, value_name = "URL")]
    pub documents: Option<String>,
    /// Region of the S3 bucket
    #[arg(long, env = "RECOUP_S3_REGION", global = true, value_name = "REGION")]
    pub s3_region: Option<String>,
    /// Endpoint of an S3-compatible server
    #[arg(long, env = "RECOUP_S3_ENDPOINT", global = true, value_name = "URL")]
    pub s3_endpoint: Option<String>,
    /// Access key of the S3 bucket
    #[arg(long, env = "RECOUP_S3_ACCESS_KEY", global = true, value_name = "KEY", hide_env_values = true)]
    pub s3_access_key: Option<String>,
    /// Secret key of the S3 bucket
    #[arg(long, env = "RECOUP_S3_SECRET_KEY", global = true, value_name = "KEY", hide_env_values = true)]
    pub s3_secret_key: Option<String>,
    /// files:DIR, smtp://USER:PASSWORD@HOST:587 (STARTTLS) or smtps://… (TLS) [default: files, mail in the data directory]
    #[arg(long, env = "RECOUP_MAIL", global = true, value_name = "URL", hide_env_values = true)]
    pub mail: Option<String>,
    /// Sender of mails [default: Recoup <recoup@localhost>]
    #[arg(long, env = "RECOUP_MAIL_FROM", global = true, value_name = "ADDRESS")]
    pub mail_from: Option<String>,
    /// File with certificates (PEM) of authorities that may vouch for the SMTP server, beside those of the system
    #[arg(long, env = "RECOUP_MAIL_CA", global = true, value_name = "FILE")]
    pub mail_ca: Option<PathBuf>,
    /// Where clamd listens, which then looks at every upload: HOST:PORT or unix:/PATH [default: none]
    #[arg(long, env = "RECOUP_CLAMD", global = true, value_name = "ADDRESS")]
    pub clamd: Option<String>,
    /// Sorted file of SHA-1 hashes of breached passwords, which are then refused [default: none]
    #[arg(long, env = "RECOUP_BREACHED_PASSWORDS", global = true, value_name = "FILE")]
    pub breached_passwords: Option<PathBuf>,
    /// Largest document in MB [default: 50]
    #[arg(long, env = "RECOUP_DOCUMENT_MB", global = true, value_name = "MB")]
    pub document_mb: Option<u64>,
    /// Largest sum of the documents of a claim in MB [default: 2000]
    #[arg(long, env = "RECOUP_CLAIM_MB", global = true, value_name = "MB")]
    pub claim_mb: Option<u64>,
    /// Addresses of proxies whose X-Forwarded-For is believed, with commas between [default: none]
    #[arg(long, env = "RECOUP_TRUSTED_PROXIES", global = true, value_name = "IPS")]
    pub trusted_proxies: Option<String>,
    /// text or json [default: text]
    #[arg(long, env = "RECOUP_LOG", global = true, value_name = "FORMAT")]
    pub log: Option<String>,
    /// Most connections at a time [default: 1000]
    #[arg(long, env = "RECOUP_CONNECTIONS", global = true, value_name = "NUMBER")]
    pub connections: Option<u64>,
    /// How long requests in flight may take when the process is told to stop [default: 30]
    #[arg(long, env = "RECOUP_STOP_SECONDS", global = true, value_name = "SECONDS")]
    pub stop_seconds: Option<u64>,
    /// Address and port for /metrics alone; beyond this machine only with metrics_token [default: none]
    #[arg(long, env = "RECOUP_METRICS_LISTEN", global = true, value_name = "ADDRESS:PORT")]
    pub metrics_listen: Option<String>,
    /// Who sends this as a bearer token reads /metrics, also on the site's own port [default: nobody]
    #[arg(long, env = "RECOUP_METRICS_TOKEN", global = true, value_name = "TOKEN", hide_env_values = true)]
    pub metrics_token: Option<String>,
    /// Days after which `recoup purge` deletes a draft that was never sent and no longer changed [default: 365]
    #[arg(long, env = "RECOUP_DRAFT_DAYS", global = true, value_name = "DAYS")]
    pub draft_days: Option<u64>,
}

impl Keys {
    /// These keys, and where they are silent those of `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            listen: self.listen.or(other.listen),
            base_url: self.base_url.or(other.base_url),
            data_dir: self.data_dir.or(other.data_dir),
            database_url: self.database_url.or(other.database_url),
            documents: self.documents.or(other.documents),
            s3_region: self.s3_region.or(other.s3_region),
            s3_endpoint: self.s3_endpoint.or(other.s3_endpoint),
            s3_access_key: self.s3_access_key.or(other.s3_access_key),
            s3_secret_key: self.s3_secret_key.or(other.s3_secret_key),
            mail: self.mail.or(other.mail),
            mail_from: self.mail_from.or(other.mail_from),
            clamd: self.clamd.or(other.clamd),
            breached_passwords: self.breached_passwords.or(other.breached_passwords),
            document_mb: self.document_mb.or(other.document_mb),
            claim_mb: self.claim_mb.or(other.claim_mb),
            trusted_proxies: self.trusted_proxies.or(other.trusted_proxies),
            log: self.log.or(other.log),
            mail_ca: self.mail_ca.or(other.mail_ca),
            connections: self.connections.or(other.connections),
            stop_seconds: self.stop_seconds.or(other.stop_seconds),
            metrics_listen: self.metrics_listen.or(other.metrics_listen),
            metrics_token: self.metrics_token.or(other.metrics_token),
            draft_days: self.draft_days.or(other.draft_days),
        }
    }
}

/// Where documents lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentsAt {
    /// A local directory.
    Directory(PathBuf),
    /// A bucket.
    S3 {
        /// Bucket.
        bucket: String,
        /// Prefix of every key; empty for none.
        prefix: String,
        /// Region.
        region: Option<String>,
        /// Endpoint of a server that is not Amazon's.
        endpoint: Option<String>,
        /// Access and secret key; `None` takes them from the machine's role.
        keys: Option<(String, String)>,
    },
}

/// A configuration that was checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address and port.
    pub listen: SocketAddr,
    /// Address of the site, without a slash at the end; `None` until the port is known.
    pub base_url: Option<String>,
    /// Data directory.
    pub data_dir: PathBuf,
    /// Database.
    pub database_url: String,
    /// Documents.
    pub documents: DocumentsAt,
    /// Mail.
    pub mail: MailBy,
    /// Sender.
    pub mail_from: String,
    /// Largest document in bytes.
    pub document_bytes: u64,
    /// Largest sum of a claim's documents in bytes.
    pub claim_bytes: u64,
    /// Proxies that are believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// The scanner that looks at every upload.
    pub clamd: Option<Scanner>,
    /// Breached passwords.
    pub breached_passwords: Option<PathBuf>,
    /// Whether logs are JSON.
    pub log_json: bool,
    /// How long clients may keep us waiting, how many there may be, how long stopping takes.
    pub pace: Pace,
    /// Port of `/metrics`.
    pub metrics_listen: Option<SocketAddr>,
    /// Token of `/metrics`.
    pub metrics_token: Option<String>,
    /// Days after which an abandoned draft may be purged.
    pub draft_days: i64,
}

impl Config {
    /// Reads keys from flags and environment, with a file behind them.
    ///
    /// # Errors
    /// A sentence that names the key, what it holds and what it takes.
    pub fn read(keys: Keys, file: Option<&std::path::Path>) -> anyhow::Result<Self> {
        let keys = match file {
            None => keys,
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("the configuration file {} cannot be read", path.display()))?;
                let behind: Keys = toml::from_str(&text).map_err(|error| {
                    anyhow::anyhow!("the configuration file {} has a mistake{}", path.display(), mistake(&text, &error))
                })?;
                keys.or(behind)
            }
        };
        let listen = keys.listen.as_deref().unwrap_or("127.0.0.1:8016");
        let listen: SocketAddr =
            listen.parse().map_err(|_| wrong("listen", listen, "an address with a port, like 127.0.0.1:8016"))?;
        let base_url = keys.base_url.map(|url| read_base_url(&url)).transpose()?;
        let data_dir = keys.data_dir.unwrap_or_else(|| "data".into());
        let database_url =
            keys.database_url.unwrap_or_else(|| format!("sqlite:{}", data_dir.join("recoup.db").display()));
        if !["sqlite:", "postgres://", "postgresql://"].iter().any(|start| database_url.starts_with(start)) {
            return Err(wrong("database_url", "…", "a URL that starts with sqlite: or postgres://"));
        }
        if !keys.documents.as_deref().is_some_and(|documents| documents.starts_with("s3://")) {
            // Documents would go into a directory, and whoever set these believes that they lie in a bucket.
            let s3 = [
                ("s3_region", &keys.s3_region),
                ("s3_endpoint", &keys.s3_endpoint),
                ("s3_access_key", &keys.s3_access_key),
                ("s3_secret_key", &keys.s3_secret_key),
            ];
            if let Some((key, _)) = s3.into_iter().find(|(_, value)| value.is_some()) {
                bail!(
                    "{key} is set, but documents names no bucket: set documents = \"s3://BUCKET/PREFIX\", or take {key} away"
                );
            }
        }
        let s3_endpoint = keys.s3_endpoint.as_deref().map(read_endpoint).transpose()?;
        let documents = match keys.documents.as_deref() {
            None => DocumentsAt::Directory(data_dir.join("documents")),
            Some(url) => {
                let s3_keys = match (keys.s3_access_key, keys.s3_secret_key) {
                    (Some(access), Some(secret)) => Some((access, secret)),
                    (None, None) => None,
                    _ => bail!("s3_access_key and s3_secret_key go together; one of them is missing"),
                };
                read_documents(url, keys.s3_region, s3_endpoint, s3_keys)?
            }
        };
        let mail = match keys.mail.as_deref() {
            None => MailBy::Files(data_dir.join("mail")),
            Some(url) => read_mail(url, keys.mail_ca)?,
        };
        let mail_from = keys.mail_from.unwrap_or_else(|| "Recoup <recoup@localhost>".to_owned());
        if mail_from.parse::<lettre::message::Mailbox>().is_err() {
            return Err(wrong("mail_from", &mail_from, "an address, like Recoup <claims@example.org>"));
        }
        let megabytes = |key: &str, value: Option<u64>, default: u64| match value.unwrap_or(default) {
            0 => Err(wrong(key, "0", "a number of megabytes from 1")),
            mb if mb > 1_000_000 => Err(wrong(key, &mb.to_string(), "at most 1000000")),
            mb => Ok(mb * 1_000_000),
        };
        let document_bytes = megabytes("document_mb", keys.document_mb, 50)?;
        let claim_bytes = megabytes("claim_mb", keys.claim_mb, 2_000)?;
        let proxies = keys.trusted_proxies.unwrap_or_default();
        let trusted_proxies = proxies.split(',').map(str::trim).filter(|ip| !ip.is_empty());
        let trusted_proxies = trusted_proxies
            .map(|ip| ip.parse().map_err(|_| wrong("trusted_proxies", ip, "IP addresses with commas between")))
            .collect::<anyhow::Result<_>>()?;
        let clamd = keys.clamd.as_deref().map(|at| {
            let takes = "a host with a port, like 127.0.0.1:3310, or unix:/run/clamav/clamd.ctl";
            Scanner::parse(at).ok_or_else(|| wrong("clamd", at, takes))
        });
        let clamd = clamd.transpose()?;
        let log_json = match keys.log.as_deref() {
            None | Some("text") => false,
            Some("json") => true,
            Some(other) => return Err(wrong("log", other, "text or json")),
        };
        let number = |key: &str, value: Option<u64>, default: u64, most: u64| match value.unwrap_or(default) {
            number if (1..=most).contains(&number) => Ok(number),
            number => Err(wrong(key, &number.to_string(), &format!("a number from 1 to {most}"))),
        };
        let connections = usize::try_from(number("connections", keys.connections, 1_000, 100_000)?)?;
        let pace = Pace {
            connections,
            // A browser opens six, and many people may share an address.
            of_one: (connections / 10).max(10),
            stop: std::time::Duration::from_secs(number("stop_seconds", keys.stop_seconds, 30, 3_600)?),
            ..Pace::default()
        };
        let draft_days = i64::try_from(number("draft_days", keys.draft_days, 365, 36_500)?)?;
        let (metrics_listen, metrics_token) = read_metrics(keys.metrics_listen.as_deref(), keys.metrics_token)?;
        Ok(Self {
            pace,
            metrics_listen,
            metrics_token,
            draft_days,
            listen,
            base_url,
            data_dir,
            database_url,
            documents,
            mail,
            mail_from,
            document_bytes,
            claim_bytes,
            trusted_proxies,
            clamd,
            breached_passwords: keys.breached_passwords,
            log_json,
        })
    }

    /// An installation that refuses the breached passwords of this configuration.
    ///
    /// # Errors
    /// A sentence that names the key, if the file is no list of them.
    pub fn refusing_breached(&self, mut recoup: Recoup) -> anyhow::Result<Recoup> {
        if let Some(path) = &self.breached_passwords {
            recoup.passwords = recoup.passwords.refusing(Breached::new(path.clone()).context("breached_passwords")?);
        }
        Ok(recoup)
    }

    /// Address of the site for links in what commands write: as configured, else where the site listens.
    #[must_use]
    pub fn address(&self) -> String {
        self.base_url.clone().unwrap_or_else(|| format!("http://{}", self.listen))
    }

    /// Limits for the actions.
    #[must_use]
    pub fn limits(&self) -> claims::actions::Limits {
        claims::actions::Limits {
            document_bytes: self.document_bytes,
            claim_bytes: self.claim_bytes,
            ..claims::actions::Limits::default()
        }
    }
}

fn wrong(key: &str, value: &str, takes: &str) -> anyhow::Error {
    anyhow::anyhow!("{key} is “{value}”, but it takes {takes}")
}

/// Where a file has a mistake, and which. The line itself is not repeated, nor the value: either may hold a password.
fn mistake(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start));
    let place = before.map_or_else(String::new, |before| {
        let column = before.rsplit('\n').next().map_or(0, |start| start.chars().count()) + 1;
        format!(" in line {}, column {column}", before.matches('\n').count() + 1)
    });
    let message = error.message().trim_end();
    let message = match (message.find(['"', '`']), message.rfind(", expected ")) {
        (Some(from), Some(to)) if from < to && message.starts_with("invalid ") => {
            format!("{}…{}", &message[..from], &message[to..])
        }
        _ => message.to_owned(),
    };
    format!("{place}: {message}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str) -> anyhow::Result<Config> {
        Config::read(toml::from_str(file)?, None)
    }

    #[test]
    fn defaults_need_nothing() {
        let config = Config::read(Keys::default(), None).unwrap();
        assert_eq!(config.database_url, "sqlite:data/recoup.db");
        assert_eq!(config.documents, DocumentsAt::Directory("data/documents".into()));
        assert_eq!(config.document_bytes, 50_000_000);
        assert_eq!(config.address(), "http://127.0.0.1:8016");
        let set = read("base_url = \"https://claims.example.org/\"").unwrap();
        assert_eq!(set.address(), "https://claims.example.org");
    }

    #[test]
    fn wrong_values_are_refused_by_name() {
        for (key, value) in [
            ("listen", "\"nonsense\""),
            ("base_url", "\"claims.example.org\""),
            ("database_url", "\"mysql://x\""),
            ("documents", "\"ftp://x\""),
            ("mail", "\"gopher://x\""),
            ("mail_from", "\"nobody\""),
            ("document_mb", "0"),
            ("trusted_proxies", "\"10.0.0.1, x\""),
            ("log", "\"xml\""),
            ("clamd", "\"clamd\""),
            ("connections", "0"),
            ("stop_seconds", "100000"),
            ("draft_days", "0"),
            ("metrics_listen", "\"9016\""),
            ("metrics_listen", "\"0.0.0.0:9016\""),
            ("metrics_token", "\"short\""),
        ] {
            let error = read(&format!("{key} = {value}")).unwrap_err().to_string();
            assert!(error.contains(key), "{key}: {error}");
        }
        assert!(read("lisen = \"127.0.0.1:1\"").unwrap_err().to_string().contains("lisen"));
        assert!(!read("mail = \"gopher://user:hunter2@x\"").unwrap_err().to_string().contains("hunter2"));
    }

    #[test]
    fn keys_of_a_bucket_without_one_are_refused() {
        for (key, value) in [
            ("s3_region", "us-west-2"),
            ("s3_endpoint", "https://s3.example.org"),
            ("s3_access_key", "hunter2"),
            ("s3_secret_key", "hunter2"),
        ] {
            for documents in ["", "documents = \"file:/srv/documents\"\n"] {
                let error = read(&format!("{documents}{key} = \"{value}\"")).unwrap_err().to_string();
                assert!(error.starts_with(&format!("{key} is set")) && error.contains("s3://BUCKET/PREFIX"), "{error}");
                assert!(!error.contains("hunter2"), "{error}");
            }
        }
        let both = "s3_access_key = \"a\"\ns3_secret_key = \"b\"\ns3_region = \"us-west-2\"";
        let config = read(&format!("documents = \"s3://bucket/prefix\"\n{both}")).unwrap();
        assert!(matches!(config.documents, DocumentsAt::S3 { keys: Some(_), region: Some(_), .. }));
        assert!(
            read("documents = \"s3://bucket\"\ns3_access_key = \"a\"")
                .unwrap_err()
                .to_string()
                .contains("s3_secret_key")
        );
    }

    #[test]
    fn a_mistake_in_the_file_is_told_without_what_stands_there() {
        let told = |text: &str| mistake(text, &toml::from_str::<Keys>(text).unwrap_err());
        for text in [
            "log = \"text\"\nmail = \"smtp://u:hunter2@x\"\nmail = \"smtp://u:hunter2@y\"\n",
            "log = \"text\"\n\nmetrics_token = \"hunter2\nlisten = \"x\"",
            "log = \"text\"\n\ndocument_mb = \"hunter2\"",
        ] {
            let words = told(text);
            assert!(!words.contains("hunter2") && words.starts_with(" in line 3, column "), "{words}");
            assert!(words.chars().count() > 30, "it says what is wrong: {words}");
        }
        assert!(told("s3_secret_key = 31337").contains("expected") && !told("s3_secret_key = 31337").contains("31337"));
        let path = std::env::temp_dir().join(format!("recoup-mistake-{}.toml", std::process::id()));
        std::fs::write(&path, "mail = \"smtp://u:hunter2@x\"\nmail = \"smtp://u:hunter2@y\"\n").unwrap();
        let error = Config::read(Keys::default(), Some(&path)).unwrap_err();
        std::fs::remove_file(&path).unwrap();
        let words = crate::causes::in_a_line(&error);
        assert!(words.contains("has a mistake in line 2") && !words.contains("hunter2"), "{words}");
    }

    #[test]
    fn the_example_file_names_every_key_and_is_right() {
        let text = include_str!("../../recoup.example.toml");
        let active: String =
            text.lines().map(|line| line.strip_prefix("#= ").unwrap_or(line)).collect::<Vec<_>>().join("\n");
        let keys: Keys = toml::from_str(&active).unwrap();
        let shown = format!("{keys:?}");
        assert!(!shown.contains("None"), "a key is missing from recoup.example.toml: {shown}");
        Config::read(keys, None).unwrap();
    }
}
