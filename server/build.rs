//! Puts what the browser loads into the binary: a table of the files that `cargo xtask build` left in `target/site`, or,
//! when there are none, the plain stylesheet, so that `cargo run` shows styled pages, without islands.

use std::error::Error;
use std::fmt::Write;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::Value;

/// What a page needs a file for, as in the manifest.
const ROLES: [&str; 4] = ["style", "loader", "script", "wasm"];

/// One entry of the table.
struct Asset {
    role: &'static str,
    name: String,
    file: PathBuf,
    brotli: Option<PathBuf>,
}

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let style = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("../style");
    let site = site(&out)?;
    println!("cargo::rerun-if-env-changed=RECOUP_SITE");
    println!("cargo::rerun-if-changed={}", site.display());
    println!("cargo::rerun-if-changed=build.rs");

    let assets = match fs::read(site.join("manifest.json")) {
        Ok(manifest) => bundled(&site, &serde_json::from_slice(&manifest)?),
        Err(_) => {
            println!("cargo::rerun-if-changed={}", style.display());
            plain(&style, &out)?
        }
    };
    fs::write(out.join("assets.rs"), table(&assets)?)?;
    Ok(())
}

/// Where the site is. A folder that does not exist yet is made, and dated back, because cargo takes a missing one for a
/// change at every build, and one that is newer than this run for a change at the next.
fn site(out: &Path) -> Result<PathBuf> {
    let site = match std::env::var_os("RECOUP_SITE") {
        Some(named) => PathBuf::from(named),
        // <target>/[<triple>/]<profile>/build/<package>/out: cargo marks its target folder with a tag.
        None => match out.ancestors().find(|folder| folder.join("CACHEDIR.TAG").exists()) {
            Some(target) => target.join("site"),
            None => out.join("site"),
        },
    };
    if !site.exists() {
        fs::create_dir_all(&site)?;
        // Where a folder cannot be dated, the next build runs this once more, no worse.
        let _ = File::open(&site).and_then(|folder| folder.set_modified(SystemTime::UNIX_EPOCH));
    }
    Ok(site)
}

/// What the manifest names.
fn bundled(site: &Path, manifest: &Value) -> Vec<Asset> {
    let named = ROLES.into_iter().filter_map(|role| Some((role, manifest[role].as_str()?)));
    named
        .map(|(role, name)| Asset {
            role,
            name: name.to_owned(),
            file: site.join(name),
            brotli: Some(site.join(format!("{name}.br"))),
        })
        .collect()
}

/// The stylesheet as it is written, its imports put in their places.
fn plain(style: &Path, out: &Path) -> Result<Vec<Asset>> {
    let Ok(main) = fs::read_to_string(style.join("main.css")) else { return Ok(Vec::new()) };
    let mut text = String::new();
    for line in main.lines() {
        match import(line) {
            Some((file, Some(layer))) => {
                writeln!(text, "@layer {layer} {{\n{}\n}}", fs::read_to_string(style.join(file))?)?;
            }
            Some((file, None)) => writeln!(text, "{}", fs::read_to_string(style.join(file))?)?,
            None => writeln!(text, "{line}")?,
        }
    }
    let mut hasher = DefaultHasher::new();
    hasher.write(text.as_bytes());
    let name = format!("plain-{:016x}.css", hasher.finish());
    let file = out.join("plain.css");
    fs::write(&file, text)?;
    Ok(vec![Asset { role: "style", name, file, brotli: None }])
}

/// Reads `@import "forms.css" layer(forms);`, the layer being optional.
fn import(line: &str) -> Option<(&str, Option<&str>)> {
    let rest = line.trim().strip_prefix("@import")?.trim().strip_suffix(';')?;
    let rest = rest.strip_prefix("url(").unwrap_or(rest);
    let (file, rest) = rest.strip_prefix(['"', '\''])?.split_once(['"', '\''])?;
    let layer = rest.trim_start_matches(')').trim().strip_prefix("layer(").and_then(|rest| rest.strip_suffix(')'));
    Some((file.trim_start_matches("./"), layer))
}

/// The Rust source that `assets.rs` includes.
fn table(assets: &[Asset]) -> Result<String> {
    let mut text = String::from("static MANIFEST: Manifest = Manifest {\n");
    for role in ROLES {
        let url = assets.iter().find(|asset| asset.role == role).map(|asset| format!("/assets/{}", asset.name));
        writeln!(text, "    {role}_url: {url:?},")?;
    }
    text.push_str("};\nstatic ASSETS: &[Asset] = &[\n");
    for Asset { name, file, brotli, .. } in assets {
        let brotli =
            brotli.as_ref().map_or_else(|| "None".to_owned(), |file| format!("Some(include_bytes!({file:?}))"));
        writeln!(text, "    Asset {{ name: {name:?}, bytes: include_bytes!({file:?}), brotli: {brotli} }},")?;
    }
    text.push_str("];\n");
    Ok(text)
}
