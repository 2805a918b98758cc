//! Which cases there are and which of them wait for a part of the core.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use spikelet_golden::Case;

/// Tables that are checked where their code lives.
const ELSEWHERE: [&str; 9] = [
    "encode_latency",
    "encode_stretch",
    "encode_shift_back",
    "encode_delta",
    "encode_levels",
    "encode_current",
    "log_mel",
    "aer_nmnist",
    "shapes",
];
const HERE: [&str; 9] =
    ["network", "trajectory", "online", "integer", "decisions", "count_target", "optimisers", "schedules", "kernels"];

fn folder() -> PathBuf {
    // cargo sets it anew for each run: a build folder that was moved has tests that were compiled elsewhere.
    let crate_folder = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    PathBuf::from(crate_folder).join("../../test/golden")
}

/// What every case has.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "type")]
    kind: String,
    name: String,
}

/// Every case, and what it is.
fn all() -> Vec<(Head, Case)> {
    let cases = spikelet_golden::cases(&folder()).expect("test/golden can be read");
    cases.into_iter().map(|case| (read(&case.place, &case.text), case)).collect()
}

fn read<T: DeserializeOwned>(place: &str, text: &str) -> T {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{place}: {error}"))
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
    let text = fs::read_to_string(folder().join("not-yet.json")).expect("not-yet.json can be read");
    match read("not-yet.json", &text) {
        NotYet::Reasons(reasons) => reasons.into_keys().collect(),
        NotYet::Names(names) => names,
    }
}

/// All cases of a type that do not wait, with their places and names.
pub(crate) fn cases<T: DeserializeOwned>(expected: &str) -> Vec<(String, T)> {
    let waiting = not_yet();
    let found: Vec<_> = all()
        .into_iter()
        .filter(|(head, _)| head.kind == expected && !waiting.contains(&head.name))
        .map(|(head, case)| (format!("{} {}", case.place, head.name), read(&case.place, &case.text)))
        .collect();
    assert!(!found.is_empty(), "no {expected} in test/golden");
    found
}

#[test]
fn every_case_has_a_known_type() {
    for (Head { kind, .. }, case) in all() {
        assert!(
            HERE.contains(&kind.as_str()) || ELSEWHERE.contains(&kind.as_str()),
            "{}: unknown type {kind}",
            case.place
        );
    }
}

#[test]
fn every_waiting_case_is_there() {
    let names: BTreeSet<String> = all().into_iter().map(|(head, _)| head.name).collect();
    for waiting in not_yet() {
        assert!(names.contains(&waiting), "not-yet.json names {waiting}, which is not there");
    }
}
