//! A way to a server that can be shut: what is under way is cut, and nothing new comes through.

use std::net::SocketAddr;

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// The way.
#[derive(Debug)]
pub struct Proxy {
    /// Its address.
    pub address: SocketAddr,
    open: watch::Sender<bool>,
}

impl Proxy {
    /// An open way to a server.
    pub async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (open, mut is_open) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                if !*is_open.borrow_and_update() {
                    continue;
                }
                let mut shut = is_open.clone();
                tokio::spawn(async move {
                    let Ok(mut server) = TcpStream::connect(server).await else { return };
                    tokio::select! {
                        _ = copy_bidirectional(&mut client, &mut server) => {}
                        _ = shut.wait_for(|open| !*open) => {}
                    }
                });
            }
        });
        Self { address, open }
    }

    /// Shuts or opens it.
    pub fn set_open(&self, open: bool) {
        self.open.send_replace(open);
    }
}
