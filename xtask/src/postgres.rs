//! A PostgreSQL cluster that lives as long as the tests.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::run::{Interrupt, quietly};
use crate::tools;

/// Time to start, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running cluster; dropping it stops the server and removes its files.
pub struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    server: Child,
}

impl Postgres {
    /// Starts an empty cluster, after installing PostgreSQL where that is missing and allowed.
    pub fn start(interrupt: &Interrupt) -> Result<Self> {
        let programs = tools::find_or_install(interrupt, &["postgresql"], programs)?;
        // Made by the user that will own it, so that no owner has to be changed.
        let made = quietly(as_postgres("mktemp").args(["-d", "-t", "recoup-postgres-XXXXXX"]))?;
        let folder = PathBuf::from(String::from_utf8_lossy(&made).trim());
        let started = Self::start_in(programs, folder.clone(), interrupt);
        if started.is_err() {
            // The error that brought us here is the one to tell.
            let _ = fs::remove_dir_all(&folder);
        }
        started
    }

    /// Where tests reach it.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn start_in(programs: PathBuf, folder: PathBuf, interrupt: &Interrupt) -> Result<Self> {
        quietly(
            as_postgres(programs.join("initdb"))
                .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "-D"])
                .arg(folder.join("data"))
                .current_dir(&folder),
        )?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let log = File::create(folder.join("log"))?;
        let server = as_postgres(programs.join("postgres"))
            .arg("-D")
            .arg(folder.join("data"))
            .arg("-k")
            .arg(&folder)
            .args(["-h", "127.0.0.1", "-p", &port.to_string()])
            // Nothing here has to survive a power cut.
            .args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"])
            .args(["-c", "max_connections=300"])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            // Out of reach of Ctrl-C: the tests end first.
            .process_group(0)
            .spawn()
            .context("PostgreSQL could not be started")?;
        let mut cluster = Self { programs, folder, port, server };
        cluster.wait_until_ready(interrupt)?;
        Ok(cluster)
    }

    fn wait_until_ready(&mut self, interrupt: &Interrupt) -> Result<()> {
        let begun = Instant::now();
        let mut ask = Command::new(self.programs.join("pg_isready"));
        ask.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]);
        while !ask.status().context("pg_isready could not be started")?.success() {
            interrupt.check()?;
            if self.server.try_wait()?.is_some() || begun.elapsed() > PATIENCE {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                bail!("PostgreSQL did not start; its log says:\n{log}");
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let stopped = quietly(
            as_postgres(self.programs.join("pg_ctl"))
                .args(["stop", "-m", "immediate", "-D"])
                .arg(self.folder.join("data"))
                .current_dir(&self.folder),
        );
        if stopped.is_err() {
            // It may have ended by itself; if not, this does it.
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
        if let Err(cause) = fs::remove_dir_all(&self.folder) {
            eprintln!("{} could not be removed: {cause}", self.folder.display());
        }
    }
}

/// The folder of the newest PostgreSQL's programs: Debian keeps them off the path.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| is_complete(folder))
        .max();
    let on_path = || tools::on_path("postgres")?.parent().map(Path::to_path_buf).filter(|folder| is_complete(folder));
    newest.map(|(_, folder)| folder).or_else(on_path)
}

fn is_complete(folder: &Path) -> bool {
    ["initdb", "pg_ctl", "pg_isready", "postgres"].iter().all(|program| folder.join(program).is_file())
}

/// A command as the user `postgres` when we are root, which PostgreSQL refuses to be. On Linux the program is also told to
/// end when we do, however that happens.
fn as_postgres(program: impl Into<PathBuf>) -> Command {
    let program = program.into();
    let Some(setpriv) = tools::on_path("setpriv") else { return Command::new(program) };
    let mut command = Command::new(setpriv);
    command.arg("--pdeathsig=INT");
    if tools::is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]);
    }
    command.arg(program);
    command
}
