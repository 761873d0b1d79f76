//! Addresses in the configuration: of the site, of documents, of metrics.

use std::net::SocketAddr;

use super::{DocumentsAt, wrong};

/// What a message repeats of an address: with a user there may be a password in it, and messages lie in the log.
fn shown(text: &str) -> &str {
    if text.contains('@') { "…" } else { text }
}

/// The address in one form, however it was typed: what is decided by whether it begins with https:// is decided by this.
pub(super) fn read_base_url(text: &str) -> anyhow::Result<String> {
    let takes = "the address of the site without a path, like https://claims.example.org";
    let url = url::Url::parse(text).map_err(|_| wrong("base_url", shown(text), takes))?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some()
        && url.path() == "/"
        && url.query().is_none();
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        // There may be a password in it, so it is not repeated.
        return Err(wrong("base_url", "…", "an address without user, password and #, like https://claims.example.org"));
    }
    if plain { Ok(url.origin().ascii_serialization()) } else { Err(wrong("base_url", shown(text), takes)) }
}

/// The address of an S3 server.
pub(super) fn read_endpoint(text: &str) -> anyhow::Result<String> {
    let fits = |url: &url::Url| {
        matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    };
    match url::Url::parse(text).ok().filter(fits) {
        Some(url) => Ok(url.as_str().trim_end_matches('/').to_owned()),
        None => Err(wrong("s3_endpoint", shown(text), "http://HOST[:PORT] or https://HOST")),
    }
}

/// Where documents lie.
pub(super) fn read_documents(
    text: &str,
    region: Option<String>,
    endpoint: Option<String>,
    keys: Option<(String, String)>,
) -> anyhow::Result<DocumentsAt> {
    if let Some(directory) = text.strip_prefix("file:") {
        return Ok(DocumentsAt::Directory(directory.trim_start_matches("//").into()));
    }
    let takes = "file:DIRECTORY or s3://BUCKET/PREFIX";
    let rest = text.strip_prefix("s3://").ok_or_else(|| wrong("documents", shown(text), takes))?;
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    if bucket.is_empty() {
        return Err(wrong("documents", shown(text), takes));
    }
    Ok(DocumentsAt::S3 {
        bucket: bucket.to_owned(),
        prefix: prefix.trim_end_matches('/').to_owned(),
        region,
        endpoint,
        keys,
    })
}

/// Port and token of the metrics.
pub(super) fn read_metrics(
    listen: Option<&str>,
    token: Option<String>,
) -> anyhow::Result<(Option<SocketAddr>, Option<String>)> {
    // The token is a secret, so it is not repeated.
    if token.as_ref().is_some_and(|token| token.len() < 16 || token.contains(|letter: char| !letter.is_ascii_graphic()))
    {
        return Err(wrong("metrics_token", "…", "at least 16 letters, digits and signs without spaces"));
    }
    let Some(text) = listen else { return Ok((None, token)) };
    let takes = "an address with a port, like 127.0.0.1:9016";
    let listen: SocketAddr = text.parse().map_err(|_| wrong("metrics_listen", shown(text), takes))?;
    if !listen.ip().is_loopback() && token.is_none() {
        return Err(wrong(
            "metrics_listen",
            shown(text),
            "an address beyond this machine only together with metrics_token",
        ));
    }
    Ok((Some(listen), token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_however_it_is_typed() {
        for typed in [
            "https://claims.example.org",
            "HTTPS://Claims.Example.org/",
            "  https://claims.example.org",
            "https:claims.example.org",
            "https://claims.example.org:443",
        ] {
            assert_eq!(read_base_url(typed).unwrap(), "https://claims.example.org", "{typed}");
        }
        assert_eq!(read_base_url("http://127.0.0.1:8016/").unwrap(), "http://127.0.0.1:8016");
        for typed in
            ["https://ada:hunter2@claims.example.org", "https://claims.example.org/#top", "https://claims.example.org#"]
        {
            let error = read_base_url(typed).unwrap_err().to_string();
            assert!(error.contains("base_url") && error.contains("without user, password and #"), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
        for typed in ["https://claims.example.org/path", "https://claims.example.org/?q", "ftp://claims.example.org"] {
            assert!(read_base_url(typed).unwrap_err().to_string().contains(typed), "{typed}");
        }
        for typed in
            ["https://ada:hunter2@", "ada:hunter2@claims.example.org", "https://ada:hunter2@claims example.org"]
        {
            let error = read_base_url(typed).unwrap_err().to_string();
            assert!(error.contains("base_url is “…”") && !error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn an_endpoint_is_an_address_with_its_scheme() {
        for typed in
            ["127.0.0.1:8316", "localhost:8316", "s3.example.org", "http://s3 example.org", "ftp://s3.example.org"]
        {
            let error = read_endpoint(typed).unwrap_err().to_string();
            let expected = format!("s3_endpoint is “{typed}”, but it takes http://HOST[:PORT] or https://HOST");
            assert_eq!(error, expected);
        }
        for typed in
            ["https://key:hunter2@s3.example.org", "key:hunter2@s3.example.org", "http://key:hunter2@s3 example.org"]
        {
            let error = read_endpoint(typed).unwrap_err().to_string();
            assert!(error.contains("s3_endpoint is “…”") && !error.contains("hunter2"), "{error}");
        }
        let error =
            read_documents("https://key:hunter2@s3.example.org/bucket", None, None, None).unwrap_err().to_string();
        assert!(error.contains("documents is “…”") && !error.contains("hunter2"), "{error}");
        assert_eq!(read_endpoint("http://127.0.0.1:8316").unwrap(), "http://127.0.0.1:8316");
        assert_eq!(read_endpoint(" HTTPS://s3.example.org/").unwrap(), "https://s3.example.org");
    }
}
