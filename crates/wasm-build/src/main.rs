//! `spikelet-wasm-build MODULE FOLDER NAME`: what `wasm-bindgen --target web` makes of a compiled module, for machines without wasm-pack.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [module, folder, name] = words.as_slice() else {
        eprintln!("usage: spikelet-wasm-build MODULE FOLDER NAME");
        return ExitCode::from(2);
    };
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).out_name(name).omit_default_module_path(true).remove_producers_section(true);
    match bindgen.typescript(true).web(true).and_then(|bindgen| bindgen.generate(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("wasm-bindgen: {problem:#}");
            ExitCode::FAILURE
        }
    }
}
