//! The product as a process.

use std::{
    fs::OpenOptions,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    time::{Duration, Instant},
};

/// How it is started.
#[derive(Debug, Clone)]
pub struct Site {
    pub recoup: PathBuf,
    pub data: PathBuf,
    pub database_url: String,
    pub mail: String,
    pub port: u16,
    /// Where its log goes.
    pub log: PathBuf,
}

impl Site {
    /// A site in a folder, on a port of its own.
    pub fn new(recoup: &Path, data: &Path, database_url: &str, mail: &str, log: &Path) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (recoup, data, log) = (recoup.to_owned(), data.to_owned(), log.to_owned());
        Self { recoup, data, database_url: database_url.to_owned(), mail: mail.to_owned(), port, log }
    }

    /// Its address.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn command(&self, what: &[&str]) -> Command {
        let mut command = Command::new(&self.recoup);
        command
            .args(what)
            .args(["--listen", &format!("127.0.0.1:{}", self.port), "--data-dir"])
            .arg(&self.data)
            .args(["--database-url", &self.database_url, "--mail", &self.mail, "--log", "json"])
            .stdin(Stdio::null());
        command
    }

    /// Starts it and waits until it listens.
    pub fn start(&self) -> Running {
        let log = OpenOptions::new().create(true).append(true).open(&self.log).unwrap();
        let mut child = self.command(&["serve"]).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().map(Result::unwrap);
        assert!(first.as_deref().is_some_and(|line| line.starts_with("Recoup is at")), "it did not start: {first:?}");
        // What it says later must not block it.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Running(child)
    }

    /// Runs another command of the product to its end.
    pub fn run(&self, what: &[&str]) -> Output {
        self.command(what).output().unwrap()
    }
}

/// A running product; dropped, it is killed.
#[derive(Debug)]
pub struct Running(Child);

impl Running {
    /// Kills it: it has no chance to end anything.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Asks it to stop; gives how it ended and how long that took.
    pub fn stop(mut self) -> (ExitStatus, Duration) {
        let begun = Instant::now();
        assert!(Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().unwrap().success());
        (self.0.wait().unwrap(), begun.elapsed())
    }

    /// Whether it still runs.
    pub fn is_up(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
