//! Imports of the TypeScript modules, types included.

use std::path::{Component, Path, PathBuf};
use std::{fs, io};

/// Layers from the bottom up; a module may import from its own and those below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    /// Words that every layer uses: generated types, errors, events, warnings, version.
    Words,
    Runtime,
    Api,
    CommandLine,
}

const WORDS: [&str; 5] = ["config.ts", "errors.ts", "events.ts", "health/warning.ts", "version.ts"];

impl Layer {
    /// The layer of a module, its path relative to `ts/`.
    fn of(module: &Path) -> Self {
        if module.starts_with("generated") || WORDS.iter().any(|word| module == Path::new(word)) {
            Self::Words
        } else if module.starts_with("runtime") {
            Self::Runtime
        } else if module.starts_with("cli") {
            Self::CommandLine
        } else {
            Self::Api
        }
    }
}

pub(super) fn check(root: &Path) -> Result<Vec<String>, Vec<String>> {
    let base = root.join("ts");
    let mut modules = Vec::new();
    list(&base, &mut modules).map_err(|error| vec![format!("{}: {error}", base.display())])?;
    modules.sort();
    let mut findings = Vec::new();
    for path in modules {
        let text = fs::read_to_string(&path).map_err(|error| vec![format!("{}: {error}", path.display())])?;
        let module = path.strip_prefix(&base).unwrap_or(&path);
        let wrong = imports(&text).filter_map(|import| Some((import, fault(module, import)?)));
        findings.extend(wrong.map(|(import, fault)| format!("ts/{}: imports {import}: {fault}", module.display())));
    }
    Ok(findings)
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
fn imports(text: &str) -> impl Iterator<Item = &str> {
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
    if import == "#wasm" || import.contains("bindings/wasm") {
        return (!is("runtime/wasm.ts")).then(|| "only runtime/wasm.ts knows the WebAssembly".to_owned());
    }
    let target = match import.strip_prefix("#host/") {
        // One of a pair of modules, x.node.ts and x.browser.ts.
        Some(pair) => PathBuf::from(pair),
        None if import.starts_with('.') => joined(module.parent().unwrap_or(Path::new("")), import),
        None => return None,
    };
    if import.starts_with('.') && is_of_host(&target) && !is_of_host(module) && !module.starts_with("cli") {
        return Some("modules of one host are imported as #host/…".to_owned());
    }
    let (own, other) = (Layer::of(module), Layer::of(&target));
    (other > own).then(|| format!("{own:?} lies below {other:?}"))
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
    fn the_arrow_points_one_way() {
        let fault = |module: &str, import: &str| fault(Path::new(module), import).is_some();
        assert!(fault("runtime/feed.ts", "../trainer.js"));
        assert!(fault("trainer.ts", "./cli/app.js"));
        assert!(fault("errors.ts", "./runtime/backend.js"));
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
        assert!(fault("runtime/feed.ts", "#host/io/files"));
        assert!(!fault("network.ts", "#host/runtime/load"));
        assert!(fault("network.ts", "./runtime/load.node.js"));
    }

    #[test]
    fn every_form_of_import_is_seen() {
        let text = "import type { A } from \"./a.js\";\nimport \"b\";\nawait import(\"c\");\nrequire(\"d\");\nexport * from \"e\";";
        let mut found: Vec<&str> = imports(text).collect();
        found.sort_unstable();
        assert_eq!(found, ["./a.js", "b", "c", "d", "e"]);
    }
}
