//! Fails where files of a crate import each other in a circle: `cargo run -p spikelet-circles`.
#![forbid(unsafe_code)]

mod circles;
mod graph;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    // As it is now: a build folder that was moved keeps programs that were compiled elsewhere.
    let Some(crate_folder) = std::env::var_os("CARGO_MANIFEST_DIR") else {
        eprintln!("is run by cargo: cargo run -p spikelet-circles");
        return ExitCode::FAILURE;
    };
    match circles::check(&Path::new(&crate_folder).join("../..")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(findings) => {
            findings.iter().for_each(|finding| eprintln!("{finding}"));
            ExitCode::FAILURE
        }
    }
}
