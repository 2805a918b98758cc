//! Which files there are and which of them wait for a part of the core.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Tables that are checked where their code lives.
const ELSEWHERE: [&str; 8] = [
    "encode_latency",
    "encode_stretch",
    "encode_shift_back",
    "encode_delta",
    "encode_levels",
    "encode_current",
    "log_mel",
    "aer_nmnist",
];
const HERE: [&str; 7] = ["network", "trajectory", "decisions", "count_target", "optimisers", "schedules", "kernels"];

fn folder() -> PathBuf {
    // cargo sets it anew for each run: a build folder that was moved has tests that were compiled elsewhere.
    let crate_folder = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    PathBuf::from(crate_folder).join("../../test/golden")
}

fn text(name: &str) -> String {
    let path = folder().join(format!("{name}.json"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn read<T: DeserializeOwned>(name: &str) -> T {
    serde_json::from_str(&text(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// File names without `.json`, in order.
fn names() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder())
        .expect("test/golden is there")
        .filter_map(|entry| entry.expect("test/golden can be listed").file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
        .filter(|name| name.starts_with(|first: char| first.is_ascii_digit()))
        .collect();
    names.sort();
    names
}

/// `not-yet.json`: case names, with or without a reason each.
#[derive(Deserialize)]
#[serde(untagged)]
enum NotYet {
    Reasons(BTreeMap<String, String>),
    Names(BTreeSet<String>),
}

/// Names of the cases that wait for a part of the core.
fn not_yet() -> BTreeSet<String> {
    match read("not-yet") {
        NotYet::Reasons(reasons) => reasons.into_keys().collect(),
        NotYet::Names(names) => names,
    }
}

/// The case's name: the file's without its number.
fn case_name(file: &str) -> &str {
    file.split_once('_').map_or(file, |(_, name)| name)
}

fn kind(name: &str) -> String {
    read::<serde_json::Value>(name)["type"].as_str().expect("every file has a type").to_owned()
}

/// All files of a type that do not wait, with their names.
pub(crate) fn cases<T: DeserializeOwned>(wanted: &str) -> Vec<(String, T)> {
    let waiting = not_yet();
    let found: Vec<_> = names()
        .into_iter()
        .filter(|name| !waiting.contains(case_name(name)) && kind(name) == wanted)
        .map(|name| {
            let case = read(&name);
            (name, case)
        })
        .collect();
    assert!(!found.is_empty(), "no {wanted} file in test/golden");
    found
}

#[test]
fn every_file_has_a_known_type() {
    for name in names() {
        let kind = kind(&name);
        assert!(HERE.contains(&kind.as_str()) || ELSEWHERE.contains(&kind.as_str()), "{name}: unknown type {kind}");
    }
}

#[test]
fn every_waiting_case_is_there() {
    let names = names();
    for waiting in not_yet() {
        assert!(
            names.iter().any(|name| case_name(name) == waiting),
            "not-yet.json names {waiting}, which is not there"
        );
    }
}
