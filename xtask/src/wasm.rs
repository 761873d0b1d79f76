//! The islands as a WebAssembly module and the script that binds it to the page.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::fingerprint::Fingerprint;
use crate::run::{Interrupt, quietly};
use crate::tools::{self, Program};
use crate::workspace::Workspace;

/// What the browser runs.
pub const TARGET: &str = "wasm32-unknown-unknown";
/// Older ones write modules that browsers refuse.
const OLDEST_WASM_OPT: u32 = 120;

/// What the browser loads for the islands.
pub struct Islands {
    /// The script; it loads the module from the address it is given and knows none itself.
    pub script: Vec<u8>,
    /// The module.
    pub module: Vec<u8>,
}

/// Compiles the islands, or takes them from the last time when the compiler's result is the same.
pub fn build(workspace: &Workspace, interrupt: &Interrupt, optimisers: &[Program]) -> Result<Islands> {
    install_target(workspace, interrupt)?;
    // The crate type is said here because, with a Rust library beside the module, rustc leaves out link-time optimisation.
    interrupt.run(&mut workspace.cargo([
        "rustc",
        "--profile",
        "wasm",
        "--target",
        TARGET,
        "--package",
        "app",
        "--lib",
        "--crate-type",
        "cdylib",
        "--no-default-features",
        "--features",
        "hydrate",
    ]))?;
    let compiled = workspace.target.join(TARGET).join("wasm/app.wasm");
    let work = workspace.target.join("xtask");
    fs::create_dir_all(&work)?;
    let (script, module) = (work.join("islands.js"), work.join("islands.wasm"));
    let inputs = Fingerprint::new().file(&compiled)?.programs(optimisers)?;
    let stamp = work.join("islands.inputs");
    if !(inputs.matches(&stamp) && script.exists() && module.exists()) {
        bind(&compiled, &script, &module)?;
        if let Some(optimiser) = optimisers.iter().find(|program| is_new_enough(program)) {
            optimise(optimiser, &module)?;
        }
        inputs.write(&stamp)?;
    }
    Ok(Islands { script: fs::read(script)?, module: fs::read(module)? })
}

/// Makes the compiler able to build for the browser.
pub fn install_target(workspace: &Workspace, interrupt: &Interrupt) -> Result<()> {
    let rustc = std::process::Command::new("rustc")
        .args(["--print", "target-libdir", "--target", TARGET])
        .current_dir(&workspace.root)
        .output()
        .context("rustc could not be started; install Rust from https://rustup.rs")?;
    if rustc.status.success() && Path::new(String::from_utf8_lossy(&rustc.stdout).trim()).is_dir() {
        return Ok(());
    }
    let mut command = std::process::Command::new("rustup");
    command.args(["target", "add", TARGET]).current_dir(&workspace.root);
    interrupt.run(&mut command).map_err(|cause| {
        anyhow!(
            "The Rust standard library for {TARGET} is missing; install it with `rustup target add {TARGET}` ({cause})"
        )
    })
}

/// Optimisers that are installed, new enough or not.
pub fn optimisers(workspace: &Workspace) -> Vec<Program> {
    let beside = workspace.browser().join("node_modules/.bin/wasm-opt");
    tools::on_path("wasm-opt").into_iter().chain([beside]).filter_map(Program::found).collect()
}

fn is_new_enough(optimiser: &Program) -> bool {
    let version = quietly(optimiser.command().arg("--version")).unwrap_or_default();
    wasm_opt_version(&String::from_utf8_lossy(&version)).is_some_and(|version| version >= OLDEST_WASM_OPT)
}

/// Reads `wasm-opt version 132 (version_132)`.
fn wasm_opt_version(text: &str) -> Option<u32> {
    text.split_whitespace().find_map(|word| word.parse().ok())
}

fn bind(compiled: &Path, script: &Path, module: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(compiled).out_name("islands").typescript(false).omit_default_module_path(true);
    bindgen.remove_name_section(true).remove_producers_section(true);
    let mut output = bindgen.web(true)?.generate_output()?;
    let inline = output.snippets().iter().filter(|(_, scripts)| !scripts.is_empty()).map(|(name, _)| name);
    if let Some(name) = inline.chain(output.local_modules().keys()).next() {
        bail!(
            "{name} brings a JavaScript file of its own, and the site has no place for it: bind to what the browser has."
        );
    }
    fs::write(script, output.js())?;
    fs::write(module, output.wasm_mut().emit_wasm())?;
    Ok(())
}

fn optimise(optimiser: &Program, module: &Path) -> Result<()> {
    let smaller = module.with_extension("smaller.wasm");
    quietly(optimiser.command().args(["-Oz", "--all-features", "-o"]).args([&smaller, module]))?;
    ensure!(fs::metadata(&smaller)?.len() > 0, "wasm-opt wrote an empty module");
    fs::rename(smaller, module)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::wasm_opt_version;

    #[test]
    fn reads_the_version_of_wasm_opt() {
        assert_eq!(wasm_opt_version("wasm-opt version 132 (version_132)\n"), Some(132));
        assert_eq!(wasm_opt_version("wasm-opt version 108"), Some(108));
        assert_eq!(wasm_opt_version("not found"), None);
    }
}
