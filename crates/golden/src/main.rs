//! `spikelet-golden FOLDER` prints a line of JSON for each golden case of a folder, in order: `place`, and `configuration`, `optimizers`,
//! `schedules`, `unsupported` (names of features) or `error`. A table that names no settings has `place` alone.
#![forbid(unsafe_code)]

use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};
use spikelet_golden::{Case, Translation, Untranslated, cases, translate};

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("usage: spikelet-golden FOLDER");
        return ExitCode::FAILURE;
    };
    match cases(Path::new(&folder)) {
        Ok(cases) => {
            cases.iter().for_each(|case| println!("{}", line(case)));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}

fn line(Case { place, text }: &Case) -> Value {
    let parsed = serde_json::from_str(text).map_err(|error| Untranslated::Malformed(error.to_string()));
    match parsed.and_then(|case| translate(&case)) {
        Ok(Translation::Configuration(configuration)) => json!({ "place": place, "configuration": configuration }),
        Ok(Translation::Optimizers(optimizers)) => json!({ "place": place, "optimizers": optimizers }),
        Ok(Translation::Schedules(schedules)) => json!({ "place": place, "schedules": schedules }),
        Ok(Translation::Table) => json!({ "place": place }),
        Err(Untranslated::Unsupported(features)) => json!({ "place": place, "unsupported": features }),
        Err(Untranslated::Malformed(reason)) => json!({ "place": place, "error": reason }),
    }
}
