//! How many connections each client has.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

/// The clients that have connections, each with how many.
#[derive(Debug)]
pub(super) struct Clients {
    most: usize,
    proxies: Arc<[IpAddr]>,
    seated: Mutex<HashMap<IpAddr, usize>>,
}

/// The place of one connection; free again when it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    /// `None` for a proxy, which is not counted.
    of: Option<(Arc<Clients>, IpAddr)>,
}

impl Clients {
    /// Nobody yet; `most` for each but `proxies`.
    pub(super) fn new(most: usize, proxies: Arc<[IpAddr]>) -> Arc<Self> {
        Arc::new(Self { most, proxies, seated: Mutex::default() })
    }

    /// A place for one more connection from an address; `None` if its client has as many as one may have.
    pub(super) fn seat(self: &Arc<Self>, peer: IpAddr) -> Option<Seat> {
        let peer = peer.to_canonical();
        if self.proxies.iter().any(|proxy| proxy.to_canonical() == peer) {
            return Some(Seat { of: None });
        }
        let client = client(peer);
        let mut seated = self.seated.lock().unwrap_or_else(PoisonError::into_inner);
        let count = seated.entry(client).or_default();
        if *count >= self.most {
            drop(seated);
            tracing::debug!("a connection was closed: its client has too many");
            return None;
        }
        *count += 1;
        drop(seated);
        Some(Seat { of: Some((self.clone(), client)) })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let Some((clients, client)) = &self.of else { return };
        let mut seated = clients.seated.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = seated.get_mut(client) {
            *count -= 1;
            if *count == 0 {
                seated.remove(client);
            }
        }
    }
}

/// What is counted as one client, as where attempts are counted: an address, of IPv6 the network of 64 bits.
fn client(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(whole) => Ipv6Addr::from_bits(whole.to_bits() >> 64 << 64).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> IpAddr {
        address.parse().unwrap()
    }

    #[test]
    fn each_client_has_its_places_and_gets_them_back() {
        let clients = Clients::new(2, Arc::new([]));
        let first = clients.seat(at("192.0.2.1")).expect("a place");
        let _second = clients.seat(at("::ffff:192.0.2.1")).expect("a place for the same client");
        assert!(clients.seat(at("192.0.2.1")).is_none());
        assert!(clients.seat(at("192.0.2.2")).is_some());
        drop(first);
        assert!(clients.seat(at("192.0.2.1")).is_some());
    }

    #[test]
    fn a_network_of_one_subscriber_is_one_client() {
        let clients = Clients::new(1, Arc::new([]));
        let first = clients.seat(at("2001:db8:1:2::1"));
        assert!(first.is_some() && clients.seat(at("2001:db8:1:2:ffff::9")).is_none());
        assert!(clients.seat(at("2001:db8:1:3::1")).is_some());
        drop(first);
        assert!(clients.seated.lock().unwrap().is_empty(), "who is gone takes no memory");
    }

    #[test]
    fn a_trusted_proxy_is_no_client() {
        let clients = Clients::new(1, Arc::new([at("10.0.0.1")]));
        let seats: Vec<_> = (0..5).map(|_| clients.seat(at("::ffff:10.0.0.1"))).collect();
        assert!(seats.iter().all(Option::is_some));
    }
}
