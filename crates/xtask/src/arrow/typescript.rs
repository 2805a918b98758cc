//! Imports of the TypeScript modules, types included.
//!
//! Own code rather than dependency-cruiser or madge: a resolver takes one module of a `#host` pair, and circles through the other
//! would be lost; the arrow is read from ARCHITECTURE.md, the same way for both languages.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::{fs, io};

use crate::graph::Graph;

/// Imports that the modules of one host, the addon, the WebAssembly and the workers alone may have.
///
/// # Errors
/// A file that cannot be read.
pub(super) fn check(root: &Path) -> Result<Vec<String>, Vec<String>> {
    let mut findings = Vec::new();
    for (module, text) in modules(root).map_err(|error| vec![error])? {
        let wrong = imported(&text).filter_map(|import| Some((import, fault(&module, import)?)));
        findings.extend(wrong.map(|(import, fault)| format!("ts/{}: imports {import}: {fault}", module.display())));
    }
    Ok(findings)
}

/// The imports between the modules; `#host/x` is an import of both modules of the pair.
///
/// # Errors
/// A file that cannot be read.
pub(super) fn imports(root: &Path) -> Result<Graph, String> {
    let modules = modules(root)?;
    let mut graph: Graph = modules.iter().map(|(module, _)| (module.display().to_string(), BTreeSet::new())).collect();
    for (module, text) in &modules {
        let targets = imported(text).flat_map(|import| targets(module, import));
        let targets: BTreeSet<String> = targets.filter(|target| graph.contains_key(target)).collect();
        graph.insert(module.display().to_string(), targets);
    }
    Ok(graph)
}

/// Files that an import may mean, relative to `ts/`.
fn targets(module: &Path, import: &str) -> Vec<String> {
    match import.strip_prefix("#host/") {
        Some(pair) => vec![format!("{pair}.node.ts"), format!("{pair}.browser.ts")],
        None if import.starts_with('.') => {
            vec![joined(module.parent().unwrap_or(Path::new("")), import).display().to_string()]
        }
        None => Vec::new(),
    }
}

/// Every module with its text, its path relative to `ts/`.
fn modules(root: &Path) -> Result<Vec<(PathBuf, String)>, String> {
    let base = root.join("ts");
    let mut paths = Vec::new();
    list(&base, &mut paths).map_err(|error| format!("{}: {error}", base.display()))?;
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok((path.strip_prefix(&base).unwrap_or(&path).to_owned(), text))
    };
    paths.into_iter().map(read).collect()
}

fn list(folder: &Path, modules: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list(&path, modules)?;
        } else if path.extension().is_some_and(|extension| extension == "ts") {
            modules.push(path);
        }
    }
    Ok(())
}

/// What stands in quotes after `from`, `import` and `require`.
fn imported(text: &str) -> impl Iterator<Item = &str> {
    let starts = ["from \"", "import \"", "import(\"", "require(\""];
    starts.into_iter().flat_map(move |start| {
        text.match_indices(start).filter_map(move |(index, _)| text[index + start.len()..].split('"').next())
    })
}

/// Why `module` may not import `import`, if so.
fn fault(module: &Path, import: &str) -> Option<String> {
    let is = |wanted: &str| module == Path::new(wanted);
    let name = module.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if import.contains("bindings/node") || import.ends_with(".node") {
        return (!is("runtime/native.ts")).then(|| "only runtime/native.ts loads the addon".to_owned());
    }
    if import == "comlink" {
        let is_worker = module.starts_with("runtime") && name.starts_with("worker");
        return (!is_worker).then(|| "only runtime/worker*.ts use comlink".to_owned());
    }
    if import.starts_with("node:") {
        let is_of_node = module.starts_with("cli") || is("runtime/native.ts") || name.ends_with(".node.ts");
        return (!is_of_node).then(|| "only cli/, runtime/native.ts and *.node.ts know Node".to_owned());
    }
    if import.starts_with("#wasm") || import.contains("bindings/wasm") {
        let is_wasm = module.starts_with("runtime") && name.starts_with("wasm");
        return (!is_wasm).then(|| "only runtime/wasm*.ts know the WebAssembly".to_owned());
    }
    if !import.starts_with('.') || is_of_host(module) || module.starts_with("cli") {
        return None;
    }
    let target = joined(module.parent().unwrap_or(Path::new("")), import);
    is_of_host(&target).then(|| "modules of one host are imported as #host/…".to_owned())
}

/// Whether a module is for one host alone.
fn is_of_host(module: &Path) -> bool {
    let name = module.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.ends_with(".node.ts") || name.ends_with(".browser.ts")
}

/// `./` and `../` resolved, `.js` as `.ts`.
fn joined(folder: &Path, import: &str) -> PathBuf {
    let mut path = folder.to_owned();
    for component in Path::new(import).components() {
        match component {
            Component::ParentDir => {
                path.pop();
            }
            Component::Normal(part) => path.push(part),
            _ => {}
        }
    }
    path.with_extension("ts")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_stay_apart() {
        let fault = |module: &str, import: &str| fault(Path::new(module), import).is_some();
        assert!(!fault("cli/app.ts", "../index.js"));
        assert!(!fault("runtime/backend.ts", "../generated/config.js"));
        assert!(fault("encode.ts", "node:fs"));
        assert!(!fault("io/files.node.ts", "node:fs/promises"));
        assert!(fault("trainer.ts", "../bindings/node/index.js"));
        assert!(!fault("runtime/native.ts", "../../bindings/node/index.js"));
        assert!(fault("trainer.ts", "comlink"));
        assert!(!fault("runtime/worker-client.ts", "comlink"));
        assert!(fault("runtime/load.node.ts", "#wasm"));
        assert!(!fault("runtime/wasm.ts", "#wasm"));
        assert!(!fault("runtime/wasm-threads.ts", "#wasm-threads"));
        assert!(fault("runtime/worker-threads.ts", "#wasm-threads"));
        assert!(!fault("network.ts", "#host/runtime/load"));
        assert!(fault("network.ts", "./runtime/load.node.js"));
    }

    #[test]
    fn a_pair_of_hosts_is_imported_as_two() {
        let of = |import: &str| targets(Path::new("datasets/index.ts"), import);
        assert_eq!(of("#host/io/files"), ["io/files.node.ts", "io/files.browser.ts"]);
        assert_eq!(of("../errors.js"), ["errors.ts"]);
        assert!(of("node:fs").is_empty());
    }

    #[test]
    fn every_form_of_import_is_seen() {
        let text = "import type { A } from \"./a.js\";\nimport \"b\";\nawait import(\"c\");\nrequire(\"d\");\nexport * from \"e\";";
        let mut found: Vec<&str> = imported(text).collect();
        found.sort_unstable();
        assert_eq!(found, ["./a.js", "b", "c", "d", "e"]);
    }
}
