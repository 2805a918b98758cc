//! `spikelet-golden FOLDER` prints a line of JSON for each golden file of a folder, in order: `file`, and `configuration`, `optimizers`,
//! `schedules`, `unsupported` (names of features) or `error`. A table that names no settings has `file` alone.
#![forbid(unsafe_code)]

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};
use spikelet_golden::{Translation, Untranslated, translate};

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("usage: spikelet-golden FOLDER");
        return ExitCode::FAILURE;
    };
    match lines(Path::new(&folder)) {
        Ok(lines) => {
            lines.iter().for_each(|line| println!("{line}"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}

fn lines(folder: &Path) -> std::io::Result<Vec<Value>> {
    let mut names = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()))
        .collect::<Result<Vec<_>, _>>()?;
    names.retain(|name| name.ends_with(".json") && name != "not-yet.json");
    names.sort();
    Ok(names.iter().map(|name| line(folder, name)).collect())
}

fn line(folder: &Path, name: &str) -> Value {
    let read = fs::read_to_string(folder.join(name)).map_err(|error| error.to_string());
    let parsed = read.and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string()));
    match parsed.map_err(Untranslated::Malformed).and_then(|file| translate(&file)) {
        Ok(Translation::Configuration(configuration)) => json!({ "file": name, "configuration": configuration }),
        Ok(Translation::Optimizers(optimizers)) => json!({ "file": name, "optimizers": optimizers }),
        Ok(Translation::Schedules(schedules)) => json!({ "file": name, "schedules": schedules }),
        Ok(Translation::Table) => json!({ "file": name }),
        Err(Untranslated::Unsupported(features)) => json!({ "file": name, "unsupported": features }),
        Err(Untranslated::Malformed(reason)) => json!({ "file": name, "error": reason }),
    }
}
