//! Programs that are measured: how long, and how much memory.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// What a program took.
#[derive(Debug, Clone, Copy)]
pub struct Took {
    pub seconds: f64,
    /// The most memory that it ever had resident, in bytes.
    pub peak: u64,
}

/// Runs a program to its end.
pub fn run(command: &mut Command) -> Took {
    let begun = Instant::now();
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let mut peak = 0;
    loop {
        // The kernel keeps the peak; it is gone when the program is.
        peak = peak.max(memory(child.id(), "VmHWM"));
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "{command:?} ended with {status}");
            return Took { seconds: begun.elapsed().as_secs_f64(), peak };
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The fastest of several runs, and the most memory of all of them.
pub fn best(times: usize, mut once: impl FnMut() -> Took) -> Took {
    let runs = (0..times.max(1)).map(|_| once());
    runs.reduce(|best, next| Took { seconds: best.seconds.min(next.seconds), peak: best.peak.max(next.peak) }).unwrap()
}

/// A line of `/proc/…/status` in bytes.
pub fn memory(process: u32, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).map_or(0, |kilobytes| kilobytes * 1_024)
}

/// The product as a server; dropped, it ends.
#[derive(Debug)]
pub struct Server {
    child: Child,
    pub address: String,
    idle: u64,
}

impl Server {
    /// Starts it and waits until it has been idle for a moment.
    pub fn start(recoup: &Path, data: &Path, database_url: &str, more: &[&str]) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = std::fs::File::create(data.join("bench.log")).unwrap();
        let mut child = Command::new(recoup)
            .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--data-dir"])
            .arg(data)
            .args(["--database-url", database_url])
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().map(Result::unwrap);
        assert!(first.as_deref().is_some_and(|line| line.starts_with("Recoup is at")), "it did not start: {first:?}");
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        std::thread::sleep(Duration::from_secs(2));
        Self { idle: memory(child.id(), "VmRSS"), child, address: format!("http://127.0.0.1:{port}") }
    }

    /// How much more memory it had at its peak than when it was idle.
    pub fn grown(&self) -> u64 {
        memory(self.child.id(), "VmHWM").saturating_sub(self.idle)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where things are.
#[derive(Debug, Clone)]
pub struct Places {
    /// The product.
    pub recoup: PathBuf,
    /// Makes the case of a million lines: the example `bench_case`.
    pub seed: PathBuf,
    /// Writes the rows of submits without the product: `benches/bare_submits`.
    pub bare_submits: PathBuf,
    /// A folder for what is made.
    pub folder: PathBuf,
    /// How often each thing is done; the fastest counts.
    pub times: usize,
}

impl Places {
    /// An empty folder in the folder.
    pub fn empty(&self, name: &str) -> PathBuf {
        let folder = self.folder.join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }
}
