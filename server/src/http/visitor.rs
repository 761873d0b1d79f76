//! Finds out who asks: session, account, client address.

use std::{net::IpAddr, sync::Arc};

use app::request::{RequestId, Site, Unknown, Visitor};
use axum::{
    body::Body,
    extract::{ConnectInfo, State},
    http::{HeaderMap, Request, header},
    middleware::Next,
    response::Response,
};
use claims::{AccountId, access::Actor, store::accounts};
use tower_sessions::Session;

use super::{Http, headers::Nonce, requests::Asked};
use crate::sessions::absolute;

/// A used session is written anew at most this often, so that reading pages costs no write.
const TOUCH_SECONDS: i64 = 600;

/// Puts the [`Visitor`] into the request.
pub async fn identify(
    State(shared): State<Arc<(Http, Site)>>,
    session: Session,
    mut request: Request<Body>,
    next: Next,
) -> Response {
    let (http, site) = &*shared;
    let client = client_of(http, &request);
    let actor = match person(http, &session, &client, request.headers()).await {
        Ok(actor) => actor,
        // Who asks is not known then, and nothing is done for them; the page says so.
        Err(error) => {
            request.extensions_mut().insert(Unknown(error.to_string().into()));
            None
        }
    };
    let nonce = request.extensions().get::<Nonce>().map_or_else(|| Arc::from(""), |nonce| nonce.0.clone());
    let uri = request.uri();
    let asked = Asked { account: actor.as_ref().map(|actor| actor.account), client: client.clone() };
    let request_id = request.extensions().get::<RequestId>().cloned().unwrap_or_default();
    let visitor = Visitor {
        site: site.clone(),
        actor,
        session,
        nonce,
        path: uri.path().into(),
        path_and_query: uri.path_and_query().map_or("/", |path| path.as_str()).into(),
        client,
        request_id,
    };
    request.extensions_mut().insert(visitor);
    let mut response = next.run(request).await;
    response.extensions_mut().insert(asked);
    response
}

/// The address of the client.
pub(super) fn client_of(http: &Http, request: &Request<Body>) -> Arc<str> {
    let peer = request.extensions().get::<ConnectInfo<std::net::SocketAddr>>().map(|info| info.0.ip());
    client_address(peer, request.headers(), &http.trusted_proxies).into()
}

async fn person(http: &Http, session: &Session, client: &str, headers: &HeaderMap) -> anyhow::Result<Option<Actor>> {
    let Some(account) = session.get::<i64>("account").await? else { return Ok(None) };
    let now = http.recoup.clock.now().timestamp();
    let since = session.get::<i64>("since").await?.unwrap_or(0);
    let mut tx = http.recoup.store.glance().await?;
    let actor = accounts::actor(&mut tx, AccountId(account)).await?;
    if actor.is_none() || now - since > absolute().num_seconds() {
        session.flush().await?;
        return Ok(None);
    }
    if now - session.get::<i64>("seen").await?.unwrap_or(0) > TOUCH_SECONDS {
        session.insert("seen", now).await?;
        if session.get::<String>("client").await?.is_none() {
            let agent =
                headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or("unknown browser");
            let agent = claims::intake::form::clean(agent, 160);
            session.insert("client", format!("{agent}, {client}")).await?;
        }
    }
    Ok(actor)
}

/// The address of the client: of the connection, or, behind trusted proxies, the last one in `X-Forwarded-For` that is not a
/// trusted proxy itself. What a client writes into the header before its proxy is never believed.
fn client_address(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpAddr]) -> String {
    // A socket that listens on both protocols shows IPv4 addresses as IPv6 ones: they are the same client, and the same proxy.
    let Some(mut address) = peer.map(|peer| peer.to_canonical()) else { return "unknown".to_owned() };
    let is_trusted = |address: &IpAddr| trusted.iter().any(|proxy| proxy.to_canonical() == *address);
    if is_trusted(&address) {
        let forwarded = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect::<Vec<_>>()
            .join(",");
        for hop in forwarded.rsplit(',').map(str::trim) {
            let Ok(hop) = hop.parse::<IpAddr>() else { break };
            address = hop.to_canonical();
            if !is_trusted(&address) {
                break;
            }
        }
    }
    address.to_string()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_made_up_header_is_not_believed() {
        let proxy: IpAddr = "10.0.0.1".parse().unwrap();
        let stranger: IpAddr = "203.0.113.9".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("1.2.3.4, 198.51.100.7"));
        assert_eq!(client_address(Some(stranger), &headers, &[proxy]), "203.0.113.9");
        assert_eq!(client_address(Some(proxy), &headers, &[proxy]), "198.51.100.7");
        assert_eq!(client_address(Some(proxy), &HeaderMap::new(), &[proxy]), "10.0.0.1");
        headers.insert("x-forwarded-for", HeaderValue::from_static("1.2.3.4, 198.51.100.7, 10.0.0.1"));
        assert_eq!(client_address(Some(proxy), &headers, &[proxy]), "198.51.100.7");
    }

    #[test]
    fn an_ipv4_address_is_the_same_however_it_arrives() {
        let proxy: IpAddr = "10.0.0.1".parse().unwrap();
        let mapped: IpAddr = "::ffff:10.0.0.1".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("198.51.100.7, ::ffff:10.0.0.1"));
        for (peer, trusted) in [(proxy, mapped), (mapped, proxy), (mapped, mapped)] {
            assert_eq!(client_address(Some(peer), &headers, &[trusted]), "198.51.100.7");
        }
        assert_eq!(client_address(Some("::ffff:203.0.113.9".parse().unwrap()), &headers, &[proxy]), "203.0.113.9");
        headers.insert("x-forwarded-for", HeaderValue::from_static("::ffff:198.51.100.7"));
        assert_eq!(client_address(Some(mapped), &headers, &[proxy]), "198.51.100.7");
        headers.insert("x-forwarded-for", HeaderValue::from_static("2001:db8::7"));
        assert_eq!(client_address(Some(mapped), &headers, &[proxy]), "2001:db8::7");
    }
}
