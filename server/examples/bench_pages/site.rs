//! The product as a process, and people who sign in to it.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

use crate::load::{self, Connection};

/// A running process; dropped, it is killed.
pub struct Running {
    child: Child,
    /// Where it listens.
    pub port: u16,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody listens on.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

impl Running {
    /// Starts a program and waits for the first line that it prints; gives how long that took too.
    pub fn start(command: &mut Command, port: u16) -> Result<(Self, Duration)> {
        let begun = Instant::now();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("it cannot be started")?;
        let mut lines = BufReader::new(child.stdout.take().context("its output")?).lines();
        let first = lines.next();
        let took = begun.elapsed();
        let running = Self { child, port };
        ensure!(matches!(first, Some(Ok(_))), "it did not start");
        // What it says later must not block it.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Ok((running, took))
    }

    /// Starts `recoup serve`, which believes what comes from this machine as from a proxy. Its log goes where no disk waits.
    pub fn recoup(binary: &Path, data: &Path, database_url: Option<&str>) -> Result<(Self, Duration)> {
        let port = free_port()?;
        let mut command = Command::new(binary);
        command.args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--trusted-proxies", "127.0.0.1"]);
        command.arg("--data-dir").arg(data).stderr(Stdio::null());
        command.args(database_url.iter().flat_map(|url| ["--database-url", url]));
        Self::start(&mut command, port)
    }

    /// The processor time that it has taken so far, in microseconds.
    pub fn processor_time(&self) -> Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The second field, the name, is in parentheses; user and system time in hundredths of a second are the 12th and 13th after.
        let rest = stat.rsplit_once(')').context("its times")?.1;
        let ticks = rest.split_whitespace().skip(11).take(2).map(str::parse::<f64>).sum::<Result<f64, _>>()?;
        Ok(ticks * 10_000.0)
    }

    /// Its resident memory in megabytes.
    pub fn memory(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("its memory")?;
        let kilobytes: f64 = line.split_whitespace().nth(1).context("its memory")?.parse()?;
        Ok(kilobytes * 1_024.0 / 1e6)
    }
}

/// The form that signs somebody in.
pub fn sign_in_form(email: &str, password: &str) -> String {
    format!("email={}&password={}", email.replace('@', "%40"), password.replace(' ', "+"))
}

/// Signs somebody in; gives the cookie.
pub async fn sign_in(port: u16, email: &str, password: &str) -> Result<String> {
    let mut connection = Connection::open(port).await?;
    let request = load::post("/sign-in", &sign_in_form(email, password), "192.0.2.7");
    let answer = connection.ask(&request).await?;
    ensure!(answer.status == 303, "{email} could not sign in: {}", answer.status);
    let cookie = answer.header("set-cookie").context("a session")?;
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}
