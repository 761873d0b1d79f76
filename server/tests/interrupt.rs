//! `recoup match` that is told to end leaves nothing half-made.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Many groups of equal records: few to read, very many pairs to write.
fn records() -> String {
    let mut text = "id,name,email,phone\n".to_owned();
    for i in 0..24_000 {
        let n = i / 40;
        let _ = writeln!(text, "r{i},Ann Family{n},box{n}@example{n}.org,212555{n:04}");
    }
    text
}

fn start(folder: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_recoup"))
        .arg("match")
        .args([
            "--records",
            "records.csv",
            "--pairs",
            "pairs.csv",
            "--clusters",
            "clusters.csv",
            "--report",
            "report.json",
        ])
        .current_dir(folder)
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn an_interrupted_match_leaves_no_file() {
    let folder = std::env::temp_dir().join(format!("recoup-interrupt-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("records.csv"), records()).unwrap();
    for (signal, code) in [("TERM", 143), ("INT", 130), ("HUP", 129)] {
        let mut child = start(&folder);
        let begun = Instant::now();
        while !names(&folder).iter().any(|name| name.ends_with(".partial")) {
            assert!(begun.elapsed() < Duration::from_secs(60), "nothing is written");
            assert!(child.try_wait().unwrap().is_none(), "it ended before it was interrupted");
            std::thread::sleep(Duration::from_millis(1));
        }
        let sent = Command::new("sh").args(["-c", &format!("kill -{signal} {}", child.id())]).status().unwrap();
        assert!(sent.success());
        assert_eq!(child.wait().unwrap().code(), Some(code), "SIG{signal}");
        assert_eq!(names(&folder), ["records.csv"], "SIG{signal}");
    }
    fs::remove_dir_all(&folder).unwrap();
}
