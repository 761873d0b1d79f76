//! What the browser loads, gathered in `target/site`: files named by their content, each with a Brotli copy, and a
//! `manifest.json` that says which is which. `server/build.rs` builds them into the product.

use std::collections::HashSet;
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use data_encoding::HEXLOWER;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::fingerprint::Fingerprint;
use crate::run::Interrupt;
use crate::workspace::Workspace;
use crate::{style, wasm};

/// Everything that the site is made from; the sources of this program are among it, since they decide how.
const FOLDERS: [&str; 4] = ["app", "claims", "style", "xtask"];
const FILES: [&str; 4] = ["Cargo.lock", "Cargo.toml", "rust-toolchain.toml", ".cargo/config.toml"];

/// Brings `target/site` up to date.
pub fn build(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    let site = workspace.site();
    let optimisers = wasm::optimisers(workspace);
    let mut inputs = Fingerprint::new().programs(&optimisers)?;
    for folder in FOLDERS {
        inputs = inputs.folder(&workspace.root.join(folder))?;
    }
    for file in FILES {
        inputs = inputs.file(&workspace.root.join(file))?;
    }
    let stamp = workspace.target.join("xtask/site.inputs");
    if inputs.matches(&stamp) && is_whole(&site) {
        return Ok(());
    }

    println!("Building what the browser loads …");
    let islands = wasm::build(workspace, interrupt, &optimisers)?;
    let mut assets = vec![
        Asset::new("style", "recoup", "css", style::build(&workspace.root.join("style/main.css"))?),
        Asset::new("script", "islands", "js", islands.script),
        Asset::new("wasm", "islands", "wasm", islands.module),
    ];
    if let Ok(loader) = fs::read(workspace.root.join("app/src/islands/load.js")) {
        assets.push(Asset::new("loader", "load", "js", loader));
    }
    fs::create_dir_all(&site)?;
    write(&site, &assets)?;
    inputs.write(&stamp)
}

/// One file that the browser loads.
struct Asset {
    /// What the page needs it for.
    role: &'static str,
    /// Its name with a hash of the content in it, so that a browser may keep it for ever.
    name: String,
    bytes: Vec<u8>,
}

impl Asset {
    fn new(role: &'static str, stem: &str, extension: &str, bytes: Vec<u8>) -> Self {
        let hash = HEXLOWER.encode(&Sha256::digest(&bytes)[..8]);
        Self { role, name: format!("{stem}-{hash}.{extension}"), bytes }
    }
}

/// Writes the assets, then the manifest, then removes what is no longer named. What is already right is left untouched,
/// because a changed time stamp makes cargo build the server anew.
fn write(site: &Path, assets: &[Asset]) -> Result<()> {
    let mut manifest = Map::new();
    let mut files = Map::new();
    let mut named = HashSet::from(["manifest.json".to_owned()]);
    for asset in assets {
        let compressed = format!("{}.br", asset.name);
        let path = site.join(&compressed);
        if !path.exists() {
            // The compressed copy comes last: when it is there, so is the original.
            put(&site.join(&asset.name), &asset.bytes)?;
            put(&path, &brotli(&asset.bytes)?)?;
        }
        let small = fs::metadata(&path)?.len();
        println!("  {:28} {:>9} bytes, {small:>8} with Brotli", asset.name, asset.bytes.len());
        manifest.insert(asset.role.to_owned(), json!(asset.name));
        files.insert(asset.name.clone(), json!({ "bytes": asset.bytes.len(), "brotli": small }));
        named.extend([asset.name.clone(), compressed]);
    }
    manifest.insert("files".to_owned(), Value::Object(files));
    let text = serde_json::to_vec_pretty(&manifest)?;
    let path = site.join("manifest.json");
    if fs::read(&path).is_ok_and(|written| written == text) {
        return Ok(());
    }
    put(&path, &text)?;
    for entry in fs::read_dir(site)? {
        let entry = entry?;
        if !named.contains(&*entry.file_name().to_string_lossy()) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Writes under another name first, so that an interruption leaves no half file.
fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    let half = path.with_added_extension("half");
    fs::write(&half, bytes).with_context(|| format!("{} could not be written", half.display()))?;
    fs::rename(&half, path)?;
    Ok(())
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    const QUALITY: u32 = 11;
    const WINDOW: u32 = 22;
    let mut compressed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut compressed, 1 << 16, QUALITY, WINDOW);
    writer.write_all(bytes)?;
    drop(writer);
    Ok(compressed)
}

/// Whether the manifest and all it names are there.
fn is_whole(site: &Path) -> bool {
    let Ok(text) = fs::read(site.join("manifest.json")) else { return false };
    let Ok(manifest) = serde_json::from_slice::<Value>(&text) else { return false };
    manifest["files"].as_object().is_some_and(|files| {
        files.keys().all(|name| site.join(name).exists() && site.join(format!("{name}.br")).exists())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_files_by_content_and_removes_old_ones() -> Result<()> {
        let site = std::env::temp_dir().join(format!("recoup-site-{}", std::process::id()));
        fs::create_dir_all(&site)?;
        let names = || -> Result<Vec<String>> {
            let mut names = Vec::new();
            for entry in fs::read_dir(&site)? {
                names.push(entry?.file_name().to_string_lossy().into_owned());
            }
            names.sort();
            Ok(names)
        };
        write(&site, &[Asset::new("style", "recoup", "css", b"a{color:red}".to_vec())])?;
        let first = names()?;
        assert_eq!(first.len(), 3, "{first:?}");
        assert!(is_whole(&site));
        write(&site, &[Asset::new("style", "recoup", "css", b"a{color:tan}".to_vec())])?;
        let second = names()?;
        assert_eq!(second.len(), 3, "{second:?}");
        assert_ne!(first, second);
        fs::remove_file(site.join(&second[2]))?;
        assert!(!is_whole(&site));
        fs::remove_dir_all(&site)?;
        Ok(())
    }
}
