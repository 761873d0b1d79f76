//! A PostgreSQL cluster that can be stopped the hard way. What it acknowledged survives that: it waits for its log.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The cluster; dropped, it is stopped.
#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
}

impl Cluster {
    /// Makes and starts one.
    pub fn start(folder: &Path) -> Self {
        let versions = fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is installed").flatten();
        let newest =
            versions.filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path())));
        let programs = newest.max().expect("PostgreSQL is installed").1.join("bin");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = folder.join("cluster");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let cluster = Self { programs, folder, port };
        if is_root() {
            // PostgreSQL refuses to be root.
            assert!(Command::new("chown").arg("postgres").arg(&cluster.folder).status().unwrap().success());
            // And its user has to come as far as the folder.
            for above in cluster
                .folder
                .ancestors()
                .skip(1)
                .take_while(|above| above.starts_with("/tmp/") || above.ends_with("target"))
            {
                let _ = Command::new("chmod").arg("a+x").arg(above).status();
            }
        }
        let data = cluster.folder.join("data");
        cluster.call(
            "initdb",
            &[
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "-D",
                &data.to_string_lossy(),
            ],
        );
        cluster.up();
        cluster
    }

    /// Its address for the product.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Starts it again and waits until it answers.
    pub fn up(&self) {
        let options = format!("-h 127.0.0.1 -p {} -k {} -c max_connections=100", self.port, self.folder.display());
        let (data, log) = (self.folder.join("data"), self.folder.join("log"));
        self.call(
            "pg_ctl",
            &["start", "-w", "-t", "120", "-D", &data.to_string_lossy(), "-l", &log.to_string_lossy(), "-o", &options],
        );
    }

    /// Stops it: `fast` lets it end in order, `immediate` does not.
    pub fn down(&self, mode: &str) {
        self.call("pg_ctl", &["stop", "-w", "-m", mode, "-D", &self.folder.join("data").to_string_lossy()]);
    }

    fn call(&self, program: &str, arguments: &[&str]) {
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(self.programs.join(program));
            command
        } else {
            Command::new(self.programs.join(program))
        };
        // A server that is started keeps what it inherits open: no pipe that somebody would wait for.
        let status =
            command.args(arguments).current_dir(&self.folder).stdin(Stdio::null()).stdout(Stdio::null()).status();
        assert!(status.unwrap().success(), "{program} {arguments:?} failed");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let data = self.folder.join("data");
        if data.join("postmaster.pid").exists() {
            self.down("immediate");
        }
    }
}

/// Whether we may do everything here.
pub fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0)
}
