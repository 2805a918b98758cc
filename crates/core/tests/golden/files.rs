//! Which files there are and which of them wait for a part of the core.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde::de::DeserializeOwned;

/// Tables that are checked where their code lives.
const ELSEWHERE: [&str; 4] = ["encode_latency", "encode_stretch", "encode_shift_back", "aer_nmnist"];
const HERE: [&str; 6] = ["network", "trajectory", "decisions", "count_target", "optimisers", "kernels"];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../test/golden")
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

/// Files that wait for a part of the core, with the reason.
fn not_yet() -> BTreeMap<String, String> {
    read("not-yet")
}

fn kind(name: &str) -> String {
    read::<serde_json::Value>(name)["type"].as_str().expect("every file has a type").to_owned()
}

/// All files of a type that do not wait, with their names.
pub(crate) fn cases<T: DeserializeOwned>(wanted: &str) -> Vec<(String, T)> {
    let waiting = not_yet();
    let found: Vec<_> = names()
        .into_iter()
        .filter(|name| !waiting.contains_key(name) && kind(name) == wanted)
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
fn every_waiting_file_is_there() {
    let names = names();
    for (name, reason) in not_yet() {
        assert!(names.contains(&name), "not-yet.json names {name}, which is not in test/golden");
        assert!(!reason.is_empty(), "not-yet.json gives no reason for {name}");
    }
}
