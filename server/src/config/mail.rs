//! How mail leaves, in the configuration.

use std::path::PathBuf;

use super::wrong;

/// How mail leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailBy {
    /// As files in a directory.
    Files(PathBuf),
    /// By SMTP.
    Smtp {
        /// The URL as lettre reads it.
        url: String,
        /// Certificates of authorities that may vouch for the server, beside those of the system.
        ca: Option<PathBuf>,
    },
}

/// The key `mail`, with that of the authorities.
pub(super) fn read_mail(text: &str, ca: Option<PathBuf>) -> anyhow::Result<MailBy> {
    if let Some(directory) = text.strip_prefix("files:") {
        return Ok(MailBy::Files(directory.trim_start_matches("//").into()));
    }
    // The URL may hold a password, so it is not repeated.
    let takes = "files:DIRECTORY, smtp://USER:PASSWORD@HOST:PORT or smtps://USER:PASSWORD@HOST:PORT";
    let url = url::Url::parse(text).map_err(|_| wrong("mail", "…", takes))?;
    if !matches!(url.scheme(), "smtp" | "smtps") || url.host_str().is_none() {
        return Err(wrong("mail", "…", takes));
    }
    // Plain SMTP is only for a server on the same machine; everywhere else STARTTLS is required.
    let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let mut url = url;
    if url.scheme() == "smtp" && !local {
        let mut asked = url.query_pairs().filter(|(name, _)| name == "tls").map(|(_, how)| how).peekable();
        if asked.peek().is_none() {
            drop(asked);
            url.query_pairs_mut().append_pair("tls", "required");
        } else if asked.any(|how| how != "required") {
            let takes = "for another machine smtp:// without “tls” or with tls=required, or smtps://: no mail leaves in the clear";
            return Err(wrong("mail", "…", takes));
        }
    }
    Ok(MailBy::Smtp { url: url.to_string(), ca })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_away_from_this_machine_is_encrypted() {
        let smtp = |url: &str| MailBy::Smtp { url: url.to_owned(), ca: None };
        let away = read_mail("smtp://u:p@mail.example.org:587", None).unwrap();
        assert_eq!(away, smtp("smtp://u:p@mail.example.org:587?tls=required"));
        assert_eq!(read_mail("smtp://127.0.0.1:2525", None).unwrap(), smtp("smtp://127.0.0.1:2525"));
        let asked = "smtp://mail.example.org?tls=required";
        assert_eq!(read_mail(asked, None).unwrap(), smtp(asked));
        for weaker in ["tls=opportunistic", "tls=none", "tls=", "tls=required&tls=opportunistic"] {
            let error =
                read_mail(&format!("smtp://u:hunter2@mail.example.org:587?{weaker}"), None).unwrap_err().to_string();
            assert!(
                error.contains("mail is") && error.contains("in the clear") && !error.contains("hunter2"),
                "{error}"
            );
        }
        assert!(read_mail("smtp://localhost:2525?tls=opportunistic", None).is_ok());
    }
}
