//! SECURITY.md names what is there: every crate that is deployed, and code and tests that exist.

use std::{collections::BTreeSet, path::Path};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What stands in the text between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The names of the dependencies of a manifest, without those of its tests and of this workspace.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut section = "";
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
        } else if section.ends_with("dependencies") && !section.contains("dev-") {
            let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
            if name.starts_with(char::is_alphabetic) && !["claims", "app", "render", "server"].contains(&name) {
                names.insert(name.to_owned());
            }
        }
    }
    names
}

#[test]
fn every_deployed_crate_is_in_the_list_and_no_other() {
    let security = read("SECURITY.md");
    let list = security.split("## Crates").nth(1).expect("the list of crates");
    let listed: BTreeSet<String> =
        list.lines().filter(|line| line.starts_with("| ")).flat_map(quoted).map(str::to_owned).collect();
    let deployed: BTreeSet<String> = ["claims", "app", "render", "server"]
        .iter()
        .flat_map(|part| dependencies(&read(&format!("{part}/Cargo.toml"))))
        .collect();
    assert!(deployed.len() > 40, "{deployed:?}");
    let missing: Vec<_> = deployed.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&deployed).collect();
    assert!(missing.is_empty() && gone.is_empty(), "not in the list: {missing:?}; no longer there: {gone:?}");
}

#[test]
fn what_the_table_names_exists() {
    let security = read("SECURITY.md");
    let table = security.split("## OWASP").nth(1).and_then(|rest| rest.split("## Crates").next()).expect("the table");
    let mut seen = 0;
    for line in table.lines().filter(|line| line.starts_with("| ")) {
        for path in quoted(line).filter(|path| path.contains('/') && !path.contains([' ', '*', ':'])) {
            let places = [root().join(path), root().join("tests/tests").join(path)];
            assert!(places.iter().any(|place| place.exists()), "{path} is not there: {line}");
            seen += 1;
        }
    }
    assert!(seen > 80, "{seen}");
}
