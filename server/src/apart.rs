//! Strangers' files are read apart: by a process of its own, whose memory and time are limited, and which is no loss.
//!
//! The libraries that read PDFs, pictures and spreadsheets follow what a file says of itself. A few hundred bytes can nest without end,
//! name themselves a billion times, or unpack to gigabytes, and no check of ours sees all of it before. A process that overflows its
//! stack or asks for too much memory ends at once, and no `catch_unwind` helps; so it must not be the one that serves. What it ends over
//! is damaged, as far as anybody can tell; what somebody else ended says nothing of the file, but that the machine has not its memory.

use std::{
    ffi::OsStr,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    process::{ExitCode, Stdio},
    sync::OnceLock,
    time::Duration,
};

use anyhow::{Context, anyhow, bail};
use bytes::Bytes;
use claims::{
    background,
    statements::{Input, Refused, unpacked},
    unreadable::Unreadable,
};
use clap::{Args, Subcommand};
use render::exhibits::{self, Look, VolumeOrder};
use serde::{Deserialize, Serialize};
use tokio::{io::AsyncWriteExt as _, process::Command, sync::Semaphore};

/// Memory that the work may address: the program itself and what a document of a usual size needs.
const MEMORY: u64 = 1_200_000_000;
/// Further memory for each byte of the file, which is copied a few times.
const MEMORY_PER_BYTE: u64 = 6;
/// Memory that no file may need.
const MOST_MEMORY: u64 = 4_000_000_000;
/// Largest file that may be written.
const LARGEST_WRITTEN: u64 = 2_000_000_000;
/// Stack of the work and of the threads that it starts: a document that goes well when it is looked at goes well in its volume.
const STACK: usize = 1_500_000;

/// How long pages may be counted, in time of the processor, as the others here.
pub const COUNTING: Duration = Duration::from_secs(20);
/// How long a document of a filing may be looked at.
const LOOKING: Duration = Duration::from_secs(60);
/// How long a volume of a filing may be typeset.
const BINDING: Duration = Duration::from_secs(300);
/// How long a spreadsheet may be unpacked.
const UNPACKING: Duration = Duration::from_secs(60);

/// How many times longer it may take by the clock: where much else is done, a whole file must not count as damaged.
const SLOWER: u32 = 10;

/// How often a process is started that the system kills. One that is killed every time asks for more memory than the machine has: a file
/// that does so must not keep its case from being filed.
const TRIES: u32 = 3;

/// More than ever run at once.
const ALL: u32 = 1_000;

/// Whose turn it is. The last try has its turn alone, so that no other process of ours takes the memory.
struct Turns {
    turns: Semaphore,
    /// How long the second try waits for others to be done with their memory; each further one waits longer.
    pause: Duration,
}

impl Turns {
    const fn new(pause: Duration) -> Self {
        Self { turns: Semaphore::const_new(ALL as usize), pause }
    }
}

static TURNS: Turns = Turns::new(Duration::from_secs(3));

/// What is said of a file whose process was killed every time.
const NO_MEMORY: &str = "reading it asks for more memory than this machine has";

/// The process's word for: I could not even begin.
const NOT_BEGUN: i32 = 3;

/// What is done apart. Not for people: what it reads and writes may change with every version.
#[derive(Debug, Args)]
pub struct ApartArgs {
    /// Bytes of memory
    memory: u64,
    /// Seconds of the processor
    seconds: u64,
    #[command(subcommand)]
    job: Job,
}

#[derive(Debug, Subcommand)]
enum Job {
    /// Count the pages of the PDF on the standard input
    Pages,
    /// Look whether the document on the standard input can stand in a filing
    Look {
        /// Its type
        media_type: String,
    },
    /// Typeset the volume on the standard input
    Volume,
    /// Unpack a spreadsheet
    Unpack {
        /// The spreadsheet
        from: PathBuf,
        /// Where its rows are written
        to: PathBuf,
    },
}

/// What came of the work, as it is handed over.
#[derive(Debug, Serialize, Deserialize)]
enum Done {
    Pages(i64),
    Unreadable(String),
    Look(Look),
    Unpacked,
    Refused(String),
}

/// Does a piece of work in this process, which was started for it.
///
/// # Errors
/// If the result cannot be handed over.
pub fn work(args: ApartArgs) -> anyhow::Result<ExitCode> {
    if let Err(error) = limit(args.memory, args.seconds) {
        eprintln!("recoup: the memory and time of this process cannot be limited: {error}");
        return Ok(ExitCode::from(u8::try_from(NOT_BEGUN)?));
    }
    let job = args.job;
    // The first thread has a stack as large as the system gives it.
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || done(job))?;
    let Ok(done) = thread.join() else { bail!("the work broke off") };
    std::io::stdout().write_all(&done?)?;
    Ok(ExitCode::SUCCESS)
}

/// Does the work; gives what is handed over: a [`Done`] as JSON, or a volume's PDF.
fn done(job: Job) -> anyhow::Result<Vec<u8>> {
    // Nobody waits for a filing as for an answer.
    if matches!(job, Job::Look { .. } | Job::Volume) {
        background::give_way();
    }
    let done = match job {
        Job::Pages => match exhibits::pages(read_input()?) {
            Ok(pages) => Done::Pages(pages),
            Err(reason) => Done::Unreadable(reason.key().to_owned()),
        },
        Job::Look { media_type } => Done::Look(exhibits::look(&media_type, &read_input()?)),
        Job::Volume => {
            let (order, files) = volume_of(&read_input()?)?;
            return Ok(order.make(files)?.bytes);
        }
        Job::Unpack { from, to } => match unpacked::write(&Input::File(from), &to) {
            Ok(()) => Done::Unpacked,
            Err(refused) => Done::Refused(refused.to_string()),
        },
    };
    Ok(serde_json::to_vec(&done)?)
}

/// An order and its files as they are handed over: the sizes of the order and of each file, in a line of JSON; then all of them.
fn of_volume(order: &VolumeOrder, files: &[Bytes]) -> serde_json::Result<Vec<u8>> {
    let order = serde_json::to_vec(order)?;
    let sizes: Vec<usize> = std::iter::once(order.len()).chain(files.iter().map(Bytes::len)).collect();
    let mut input = serde_json::to_vec(&sizes)?;
    input.push(b'\n');
    input.extend(order);
    for file in files {
        input.extend_from_slice(file);
    }
    Ok(input)
}

fn volume_of(input: &[u8]) -> anyhow::Result<(VolumeOrder, Vec<Vec<u8>>)> {
    let line = input.iter().position(|byte| *byte == b'\n').context("no sizes")?;
    let sizes: Vec<usize> = serde_json::from_slice(&input[..line])?;
    let mut rest = &input[line + 1..];
    let mut parts = Vec::new();
    for size in sizes {
        let (part, after) = rest.split_at_checked(size).context("it ends too early")?;
        parts.push(part.to_vec());
        rest = after;
    }
    anyhow::ensure!(!parts.is_empty(), "no order");
    let order = serde_json::from_slice(&parts.remove(0))?;
    Ok((order, parts))
}

fn read_input() -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(unix)]
fn limit(memory: u64, seconds: u64) -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let most = |most: u64| Rlimit { current: Some(most), maximum: Some(most) };
    // The first limit ends it by a signal of its own, which tells that from a kill by others.
    let time = Rlimit { current: Some(seconds), maximum: Some(seconds + 5) };
    // Where memory runs out all the same, this process is the one to end.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
    // Where a system has no such limit, the others count.
    let of_memory = setrlimit(Resource::As, most(memory));
    if cfg!(target_os = "linux") {
        of_memory?;
    }
    setrlimit(Resource::Cpu, time)?;
    setrlimit(Resource::Fsize, most(LARGEST_WRITTEN))?;
    Ok(setrlimit(Resource::Core, most(0))?)
}

#[cfg(not(unix))]
fn limit(_: u64, _: u64) -> std::io::Result<()> {
    Ok(())
}

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Says which program does the work, for a process that is not `recoup` itself. The first word counts.
pub fn use_program(program: PathBuf) {
    let _ = PROGRAM.set(program);
}

/// Has the program do the work that was built into the folder above, as for tests and examples, which are programs of their own.
pub fn use_program_above() {
    let this = std::env::current_exe().unwrap_or_default();
    if let Some(folder) = this.parent().and_then(Path::parent) {
        use_program(folder.join(format!("recoup{}", std::env::consts::EXE_SUFFIX)));
    }
}

/// This program, as it was started: it may have been replaced by another version since.
fn program() -> anyhow::Result<&'static Path> {
    if let Some(program) = PROGRAM.get() {
        return Ok(program);
    }
    let this = if cfg!(target_os = "linux") { PathBuf::from("/proc/self/exe") } else { std::env::current_exe()? };
    Ok(PROGRAM.get_or_init(|| this))
}

/// How a process ended.
enum Ended {
    /// It did its work and says this.
    Said(Vec<u8>),
    /// Over the file: it asked for more memory or time than it may have, or broke off.
    Broken,
    /// The system ended it, as one without memory does.
    Killed,
}

/// Why nothing is said of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Silent {
    /// Reading it asked for more memory or time than it may have, or broke off.
    Broken,
    /// The machine has not the memory that reading it asks for.
    NoMemory,
}

/// Runs a piece of work over a file of `size` bytes; gives what it says, or why the process ended over it.
///
/// # Errors
/// If no process could be started or limited, its turn did not come, or it was stopped or did not end: that says nothing of the file.
async fn run(
    job: &[&OsStr],
    input: Option<Bytes>,
    size: u64,
    within: Duration,
) -> anyhow::Result<Result<Vec<u8>, Silent>> {
    let program = program()?;
    run_by(|| Command::new(program), &TURNS, job, input, size, within).await
}

async fn run_by(
    command: impl Fn() -> Command,
    turns: &Turns,
    job: &[&OsStr],
    input: Option<Bytes>,
    size: u64,
    within: Duration,
) -> anyhow::Result<Result<Vec<u8>, Silent>> {
    for tried in 0..TRIES {
        tokio::time::sleep(turns.pause * tried).await;
        let turn = turns.turns.acquire_many(if tried + 1 < TRIES { 1 } else { ALL });
        let turn = tokio::time::timeout(within * SLOWER, turn).await;
        let turn = turn.context("other processes that read files apart did not end")??;
        match once(command(), job, input.clone(), size, within).await? {
            Ended::Said(said) => return Ok(Ok(said)),
            Ended::Broken => return Ok(Err(Silent::Broken)),
            Ended::Killed => {
                tracing::warn!("a process that read a file apart was killed; does the machine lack memory?");
            }
        }
        drop(turn);
    }
    Ok(Err(Silent::NoMemory))
}

async fn once(
    mut command: Command,
    job: &[&OsStr],
    input: Option<Bytes>,
    size: u64,
    within: Duration,
) -> anyhow::Result<Ended> {
    let memory = MEMORY.saturating_add(size.saturating_mul(MEMORY_PER_BYTE)).min(MOST_MEMORY);
    // Nothing of ours is handed to it: no secret stands in its environment.
    command.env_clear().env("RUST_MIN_STACK", STACK.to_string());
    command.args(["apart", &memory.to_string(), &within.as_secs().max(1).to_string()]).args(job);
    let piped = if input.is_some() { Stdio::piped() } else { Stdio::null() };
    command.stdin(piped).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn().context("no process can be started that reads files apart")?;
    let stdin = child.stdin.take();
    let feed = async {
        if let (Some(mut stdin), Some(input)) = (stdin, input) {
            // A process that ended takes no more.
            let _ = stdin.write_all(&input).await;
        }
    };
    let ended = async { tokio::join!(feed, child.wait_with_output()).1 };
    let ended = tokio::time::timeout(within * SLOWER, ended).await;
    let output = ended.context("a process that reads a file apart did not end")??;
    if output.status.code() == Some(NOT_BEGUN) {
        bail!("the memory and time of a process that reads files apart cannot be limited");
    }
    let ended = if output.status.success() { Ended::Said(output.stdout) } else { Ended::Broken };
    by_others(output.status).unwrap_or(Ok(ended))
}

/// What it says if a process was ended by a signal that no file brings about.
#[cfg(unix)]
fn by_others(status: std::process::ExitStatus) -> Option<anyhow::Result<Ended>> {
    use rustix::process::Signal;
    use std::os::unix::process::ExitStatusExt as _;
    match Signal::from_named_raw(status.signal()?)? {
        Signal::KILL => Some(Ok(Ended::Killed)),
        Signal::TERM | Signal::INT | Signal::HUP => Some(Err(anyhow!("a process that read a file apart was stopped"))),
        _ => None,
    }
}

#[cfg(not(unix))]
fn by_others(_: std::process::ExitStatus) -> Option<anyhow::Result<Ended>> {
    None
}

/// The same for work that says what it found.
async fn found(
    job: &[&OsStr],
    input: Option<Bytes>,
    size: u64,
    within: Duration,
) -> anyhow::Result<Result<Done, Silent>> {
    Ok(match run(job, input, size, within).await? {
        Ok(said) => Ok(serde_json::from_slice(&said)?),
        Err(silent) => Err(silent),
    })
}

/// The number of pages of a PDF, as filings will count them, or why nobody can read it.
///
/// # Errors
/// If no process could be started or limited, its turn did not come, or it was stopped or did not end; and if the machine has not the memory:
/// that is no damage, and may be otherwise when it is filed.
pub async fn pages(pdf: Bytes, within: Duration) -> anyhow::Result<Result<i64, Unreadable>> {
    let size = pdf.len() as u64;
    Ok(match found(&["pages".as_ref()], Some(pdf), size, within).await? {
        Ok(Done::Pages(pages)) => Ok(pages),
        Ok(Done::Unreadable(reason)) => Err(Unreadable::parse(&reason).unwrap_or(Unreadable::Damaged)),
        Err(Silent::NoMemory) => bail!(NO_MEMORY),
        _ => Err(Unreadable::Damaged),
    })
}

/// How a document will stand in the volumes of a filing.
///
/// # Errors
/// If no process could be started or limited, its turn did not come, or it was stopped or did not end.
pub async fn look(media_type: &str, bytes: Bytes) -> anyhow::Result<Look> {
    let size = bytes.len() as u64;
    Ok(match found(&["look".as_ref(), media_type.as_ref()], Some(bytes), size, LOOKING).await? {
        Ok(Done::Look(look)) => look,
        Err(Silent::NoMemory) => Look::slip(NO_MEMORY),
        _ => Look::slip("its content cannot be shown; it may be damaged, or asks for too much memory or time"),
    })
}

/// The PDF of a volume of exhibits, of the bytes of its files; `None` if it asks for too much memory or time, or cannot be typeset.
///
/// # Errors
/// If no process could be started or limited, its turn did not come, or it was stopped or did not end.
pub async fn volume(order: &VolumeOrder, files: &[Bytes]) -> anyhow::Result<Option<Vec<u8>>> {
    let input = of_volume(order, files)?;
    let size = input.len() as u64;
    Ok(run(&["volume".as_ref()], Some(input.into()), size, BINDING).await?.ok())
}

/// Unpacks a spreadsheet into a file of its rows; gives why it is not read, if it is not.
///
/// # Errors
/// If no process could be started or limited, its turn did not come, or it was stopped or did not end; and if the file is not there.
pub async fn unpack(from: &Path, to: &Path) -> anyhow::Result<Result<(), Refused>> {
    let size = tokio::fs::metadata(from).await?.len();
    let job: [&OsStr; 3] = ["unpack".as_ref(), from.as_ref(), to.as_ref()];
    Ok(match found(&job, None, size, UNPACKING).await? {
        Ok(Done::Unpacked) => Ok(()),
        Ok(Done::Refused(why)) => Err(Refused::NotATable(why)),
        Err(Silent::NoMemory) => Err(Refused::Workbook(NO_MEMORY.to_owned())),
        _ => Err(Refused::Workbook("it asks for more memory or time than a statement needs".to_owned())),
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// What a shell that does this in place of the work says of the file.
    async fn by(script: &str) -> Result<Result<Vec<u8>, Silent>, String> {
        by_turns(script, &Turns::new(Duration::ZERO)).await
    }

    async fn by_turns(script: &str, turns: &Turns) -> Result<Result<Vec<u8>, Silent>, String> {
        let command = || {
            let mut command = Command::new("/bin/sh");
            command.args(["-c", script]);
            command
        };
        let (job, file) = (["pages".as_ref()], Bytes::from_static(b"%PDF"));
        run_by(command, turns, &job, Some(file), 4, Duration::from_secs(6)).await.map_err(|error| format!("{error:#}"))
    }

    #[tokio::test]
    async fn only_what_a_file_does_is_said_of_it() {
        assert_eq!(by("/bin/cat").await, Ok(Ok(b"%PDF".to_vec())));
        // It broke off, overflowed its stack or asked for too much memory, took too long.
        for end in ["exit 1", "kill -ABRT $$", "kill -SEGV $$", "kill -XCPU $$"] {
            assert_eq!(by(end).await, Ok(Err(Silent::Broken)), "{end}");
        }
        // Somebody stopped the machine, the limits are not to be had.
        for end in ["kill -TERM $$", "exit 3"] {
            assert!(by(end).await.is_err(), "{end}");
        }
        // Nothing of ours is handed over.
        let environment = String::from_utf8(by("/usr/bin/env").await.unwrap().unwrap()).unwrap();
        assert!(environment.contains("RUST_MIN_STACK") && !environment.contains("HOME"), "{environment}");
    }

    /// A script that counts its starts in a file first, and the file.
    fn counted(then: &str) -> (String, PathBuf) {
        let starts = std::env::temp_dir().join(format!("recoup-apart-{}", claims::random::Random::System.token()));
        (format!("echo >> {0}; n=$(/usr/bin/wc -l < {0}); {then}", starts.display()), starts)
    }

    fn count(starts: &Path) -> u32 {
        let text = std::fs::read_to_string(starts).unwrap_or_default();
        text.lines().map(|_| 1).sum()
    }

    #[tokio::test]
    async fn a_process_that_the_system_kills_is_started_again_and_no_more_than_twice() {
        let (script, starts) = counted("[ $n = 2 ] || kill -KILL $$; /bin/cat");
        assert_eq!(by(&script).await, Ok(Ok(b"%PDF".to_vec())));
        assert_eq!(count(&starts), 2);
        std::fs::remove_file(starts).unwrap();
        let (script, starts) = counted("kill -KILL $$");
        assert_eq!(by(&script).await, Ok(Err(Silent::NoMemory)));
        assert_eq!(count(&starts), TRIES);
        std::fs::remove_file(starts).unwrap();
    }

    #[tokio::test]
    async fn the_last_try_runs_alone() {
        let turns = Turns::new(Duration::ZERO);
        let (script, starts) = counted("kill -KILL $$");
        let other = turns.turns.acquire().await.unwrap();
        let mut run = std::pin::pin!(by_turns(&script, &turns));
        // Who waits for all turns lets nobody before.
        let waits = async {
            while turns.turns.try_acquire().is_ok() {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            ended = &mut run => panic!("it did not wait: {ended:?}"),
            () = waits => {}
        }
        assert_eq!(count(&starts), TRIES - 1);
        drop(other);
        // Whoever comes next has a turn when that has ended.
        let next = async {
            let _turn = turns.turns.acquire().await.unwrap();
            count(&starts)
        };
        assert_eq!(tokio::join!(run, next), (Ok(Err(Silent::NoMemory)), TRIES));
        std::fs::remove_file(starts).unwrap();
    }

    #[test]
    fn a_volume_arrives_as_it_was_handed_over() {
        let order = VolumeOrder::default();
        let files = [Bytes::from_static(b"%PDF\n[1,2]\n"), Bytes::new(), Bytes::from_static(b"\n")];
        let input = of_volume(&order, &files).unwrap();
        let (again, parts) = volume_of(&input).unwrap();
        assert_eq!(again, order);
        assert_eq!(parts, files.map(|file| file.to_vec()));
        assert!(volume_of(&input[..input.len() - 1]).is_err(), "it was cut off");
        assert!(volume_of(b"[]\n").is_err() && volume_of(b"").is_err());
    }
}
