//! Dependencies of the crates, as `cargo metadata` knows them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Crates of this workspace and those of them that they may depend on.
const LAYERS: [(&str, &[&str]); 8] = [
    ("spikelet-kernels", &[]),
    ("spikelet-fields", &[]),
    ("spikelet-core", &["spikelet-fields", "spikelet-kernels"]),
    ("spikelet-io", &["spikelet-core"]),
    ("spikelet-session", &["spikelet-core", "spikelet-io"]),
    ("spikelet-golden", &[]),
    ("spikelet-node", &["spikelet-session"]),
    ("spikelet-wasm", &["spikelet-session"]),
];

/// Crates that know no host and start no thread.
const PURE: [&str; 3] = ["spikelet-kernels", "spikelet-core", "spikelet-io"];
const IMPURE: [&str; 8] = ["napi", "napi-derive", "wasm-bindgen", "js-sys", "web-sys", "tokio", "rayon", "rayon-core"];

/// Names of the dependencies of each package, without those for tests and builds.
type Graph = BTreeMap<String, BTreeSet<String>>;

pub(super) fn check(root: &Path) -> Result<Vec<String>, Vec<String>> {
    let graph = graph(root).map_err(|error| vec![format!("cargo metadata: {error}")])?;
    let mut findings = Vec::new();
    for (name, allowed) in LAYERS {
        for dependency in graph.get(name).into_iter().flatten() {
            if dependency.starts_with("spikelet-") && !allowed.contains(&dependency.as_str()) {
                findings.push(format!("{name} must not depend on {dependency}"));
            }
        }
    }
    for name in PURE {
        let mut reached = BTreeSet::new();
        reach(&graph, name, &mut reached);
        for impure in IMPURE.iter().filter(|impure| reached.contains(**impure)) {
            findings.push(format!("{name} must not depend on {impure}, directly or through others"));
        }
    }
    Ok(findings)
}

fn reach<'a>(graph: &'a Graph, name: &str, reached: &mut BTreeSet<&'a str>) {
    for dependency in graph.get(name).into_iter().flatten() {
        if reached.insert(dependency) {
            reach(graph, dependency, reached);
        }
    }
}

fn graph(root: &Path) -> Result<Graph, String> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let output = cargo.args(["metadata", "--format-version", "1"]).current_dir(root).output();
    let output = output.map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let names: BTreeMap<String, String> =
        list(&metadata["packages"]).iter().map(|package| (text(&package["id"]), text(&package["name"]))).collect();
    let name = |id: &Value| names.get(id.as_str().unwrap_or_default()).cloned().unwrap_or_default();
    let is_normal = |dependency: &Value| list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
    let mut graph = Graph::new();
    for node in list(&metadata["resolve"]["nodes"]) {
        let dependencies = list(&node["deps"]).into_iter().filter(|dependency| is_normal(dependency));
        graph.entry(name(&node["id"])).or_default().extend(dependencies.map(|dependency| name(&dependency["pkg"])));
    }
    Ok(graph)
}
