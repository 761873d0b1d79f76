//! The whole server told to stop: requests, jobs and database end in their time.

use std::time::Duration;

use claims::{Clock, random::Random};
use server::{
    config::{Config, Keys},
    serve::{self, Installation},
};
use tests::on_both;
use tokio::{sync::watch, time::timeout};

on_both! {
    async fn the_server_stops_when_told(database) {
        let keys = Keys {
            data_dir: Some(database.directory().to_owned()),
            database_url: Some(database.url().to_owned()),
            listen: Some("127.0.0.1:0".to_owned()),
            metrics_listen: Some("127.0.0.1:0".to_owned()),
            stop_seconds: Some(1),
            ..Keys::default()
        };
        let config = Config::read(keys, None).unwrap();
        let listening = serve::bind(&config).await.unwrap();
        let base_url = listening.base_url.clone();
        let installation = Installation::open(&config, &base_url, Clock::System, Random::System).await.unwrap();
        let (stop, stopped) = watch::channel(false);
        let server = tokio::spawn(serve::run(installation, listening, stopped));
        tests::Browser::new(&base_url).get("/").await.expect_status(200);
        stop.send(true).unwrap();
        timeout(Duration::from_secs(30), server).await.expect("it stops").unwrap().unwrap();
    }
}
