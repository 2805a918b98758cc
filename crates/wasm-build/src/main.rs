//! The WebAssembly module and its JavaScript, in `bindings/wasm/pkg`: `bindings/wasm` compiled, then what `wasm-bindgen --target web` makes of
//! it.
#![forbid(unsafe_code)]

use std::path::Path;
use std::process::{Command, ExitCode};

use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";

fn main() -> ExitCode {
    // As it is now: a build folder that was moved keeps programs that were compiled elsewhere.
    let Some(crate_folder) = std::env::var_os("CARGO_MANIFEST_DIR") else {
        eprintln!("is run by cargo: cargo run -p spikelet-wasm-build");
        return ExitCode::FAILURE;
    };
    let root = Path::new(&crate_folder).join("../..");
    match compile(&root).and_then(|module| generate(module, &root.join("bindings/wasm/pkg"))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

/// The path of the compiled module.
fn compile(root: &Path) -> Result<String, String> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--locked", "--profile", "wasm", "--package", "spikelet-wasm", "--target", TARGET]);
    let status = cargo.current_dir(root).status().map_err(|error| format!("cargo: {error}"))?;
    if !status.success() {
        return Err(format!("spikelet-wasm does not compile; is the target there? rustup target add {TARGET}"));
    }
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| root.join("target").display().to_string());
    Ok(format!("{target}/{TARGET}/wasm/spikelet_wasm.wasm"))
}

fn generate(module: String, folder: &Path) -> Result<(), String> {
    // Function names stay: a profile or the trace of a defect says where it was. They are a tenth of the packed size.
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).out_name("spikelet").omit_default_module_path(true).remove_producers_section(true);
    let made = bindgen.typescript(true).web(true).and_then(|bindgen| bindgen.generate(folder));
    made.map_err(|error| format!("wasm-bindgen: {error:#}"))
}
