//! Tasks of the repository: `cargo run -p spikelet-xtask -- codegen | check-codegen`.
#![forbid(unsafe_code)]

mod codegen;

use std::path::Path;
use std::process::ExitCode;

/// What went wrong, one line for each finding.
type Outcome = Result<(), Vec<String>>;

fn main() -> ExitCode {
    // As it is now: a build folder that was moved keeps programs that were compiled elsewhere.
    let Some(crate_folder) = std::env::var_os("CARGO_MANIFEST_DIR") else {
        eprintln!("is run by cargo: cargo run -p spikelet-xtask -- TASK");
        return ExitCode::FAILURE;
    };
    let root = Path::new(&crate_folder).join("../..");
    let task = std::env::args().nth(1);
    let outcome = match task.as_deref() {
        Some("codegen") => codegen::write(&root),
        Some("check-codegen") => codegen::check(&root),
        _ => Err(vec!["usage: spikelet-xtask codegen | check-codegen".to_owned()]),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(findings) => {
            findings.iter().for_each(|finding| eprintln!("{finding}"));
            ExitCode::FAILURE
        }
    }
}
