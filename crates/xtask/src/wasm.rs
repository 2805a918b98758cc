//! The WebAssembly module and its JavaScript: `bindings/wasm` compiled, then what `wasm-bindgen --target web` makes of it.

use std::path::Path;
use std::process::Command;

use wasm_bindgen_cli_support::Bindgen;

use crate::Outcome;

const TARGET: &str = "wasm32-unknown-unknown";

/// Writes `bindings/wasm/pkg`.
pub(crate) fn build(root: &Path) -> Outcome {
    let module = compile(root)?;
    let folder = root.join("bindings/wasm/pkg");
    // Function names stay: a profile or the trace of a defect says where it was. They are a tenth of the packed size.
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).out_name("spikelet").omit_default_module_path(true).remove_producers_section(true);
    let made = bindgen.typescript(true).web(true).and_then(|bindgen| bindgen.generate(&folder));
    made.map_err(|error| vec![format!("wasm-bindgen: {error:#}")])
}

/// The path of the compiled module.
fn compile(root: &Path) -> Result<String, Vec<String>> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--profile", "wasm", "--package", "spikelet-wasm", "--target", TARGET]);
    let status = cargo.current_dir(root).status().map_err(|error| vec![format!("cargo: {error}")])?;
    if !status.success() {
        return Err(vec![format!("spikelet-wasm does not compile; is the target there? rustup target add {TARGET}")]);
    }
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| root.join("target").display().to_string());
    Ok(format!("{target}/{TARGET}/wasm/spikelet_wasm.wasm"))
}
