//! Running other programs: their output as it comes, an end to them when we are told to stop.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::counts::Counts;

/// How long a program may take to end by itself after an interruption before it is ended.
const GRACE: Duration = Duration::from_secs(3);
const POLL: Duration = Duration::from_millis(20);

/// Whether somebody asked us to stop. Everything that waits looks here, so that what was started is also ended.
#[derive(Clone)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on Ctrl-C and its like do not end this process but set the mark.
    pub fn watch() -> Result<Self> {
        let mark = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register(signal, Arc::clone(&mark))?;
        }
        Ok(Self(mark))
    }

    /// An error once somebody asked us to stop.
    pub fn check(&self) -> Result<()> {
        ensure!(!self.0.load(Ordering::Relaxed), "Stopped before the end, as asked.");
        Ok(())
    }

    /// Runs a program to its end; its output goes where ours goes.
    pub fn run(&self, command: &mut Command) -> Result<()> {
        let mut child = start(command)?;
        let status = self.wait(&mut child)?;
        succeeded(command, status)
    }

    /// Runs a program to its end and shows its process to `watch` every now and then; its output goes where ours goes. The
    /// status is not judged.
    pub fn run_watching(&self, command: &mut Command, mut watch: impl FnMut(u32)) -> Result<ExitStatus> {
        let mut child = start(command)?;
        self.wait_watching(&mut child, &mut watch)
    }

    /// Runs a program, passes its output on line by line and adds up the test results it reports.
    /// The status is not judged: a program may report failures and also end in an error.
    pub fn run_counting(&self, command: &mut Command) -> Result<(ExitStatus, Counts)> {
        let mut child = start(command.stdout(Stdio::piped()))?;
        let stdout = child.stdout.take().context("the program's output is not connected")?;
        let reader = thread::spawn(move || {
            let mut counts = Counts::default();
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                counts.read(&line);
                // A closed terminal is no reason to stop counting.
                let _ = writeln!(std::io::stdout(), "{line}");
            }
            counts
        });
        let status = self.wait(&mut child)?;
        let Ok(counts) = reader.join() else { bail!("the output of {} could not be read", name(command)) };
        Ok((status, counts))
    }

    fn wait(&self, child: &mut Child) -> Result<ExitStatus> {
        self.wait_watching(child, &mut |_| {})
    }

    fn wait_watching(&self, child: &mut Child, watch: &mut dyn FnMut(u32)) -> Result<ExitStatus> {
        let mut asked = None;
        loop {
            watch(child.id());
            if let Some(status) = child.try_wait()? {
                self.check()?;
                return Ok(status);
            }
            if self.check().is_err() && asked.get_or_insert_with(Instant::now).elapsed() > GRACE {
                child.kill()?;
                child.wait()?;
                self.check()?;
            }
            thread::sleep(POLL);
        }
    }
}

/// Runs a program whose output matters only when it fails.
pub fn quietly(command: &mut Command) -> Result<Vec<u8>> {
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("{} could not be started", name(command)))?;
    ensure!(
        output.status.success(),
        "{} failed ({}): {}",
        name(command),
        output.status,
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(output.stdout)
}

/// An error that names the program when it did not succeed.
pub fn succeeded(command: &Command, status: ExitStatus) -> Result<()> {
    ensure!(status.success(), "{} failed ({status}).", name(command));
    Ok(())
}

fn start(command: &mut Command) -> Result<Child> {
    command.stdin(Stdio::null()).spawn().with_context(|| format!("{} could not be started", name(command)))
}

/// The program and what it was asked to do, short enough for a sentence.
fn name(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    let first = command.get_args().next().map(|arg| arg.to_string_lossy().into_owned());
    first.map_or_else(|| format!("`{program}`"), |first| format!("`{program} {first}`"))
}
