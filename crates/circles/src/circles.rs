//! Circles among the files of a crate. What a crate may know is in its `Cargo.toml`; within it, imports only have to go one way.
//!
//! A file imports another where a path that begins with `crate::` or `super::` leads into it. A public `use` passes names on and
//! imports nothing; the name of a re-export belongs to the file that passes it on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::graph::{Graph, circles, way_around};

/// Checks every crate below `crates/`.
///
/// # Errors
///
/// One line for each circle, or why a file can't be read.
pub(crate) fn check(root: &Path) -> Result<(), Vec<String>> {
    let read = |error: io::Error| vec![format!("crates: {error}")];
    let mut findings = Vec::new();
    for folder in fs::read_dir(root.join("crates")).map_err(read)? {
        let source = folder.map_err(read)?.path().join("src");
        let graph = imports(&modules(&source).map_err(read)?);
        findings.extend(circles(&graph).iter().map(|circle| {
            let all: Vec<_> = circle.iter().map(String::as_str).collect();
            let way = way_around(&graph, circle);
            format!("{}: files import each other: {way}; all {} in it: {}", source.display(), all.len(), all.join(", "))
        }));
    }
    if findings.is_empty() { Ok(()) } else { Err(findings) }
}

/// A module's path within its crate, empty for the root.
type Module = Vec<String>;

/// The text of each module that is a file of its own, without tests.
fn modules(source: &Path) -> io::Result<BTreeMap<Module, String>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![source.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Some(module) = module_of(source, &path) {
                found.insert(module, without_tests(&fs::read_to_string(&path)?));
            }
        }
    }
    Ok(found)
}

/// The module that a file holds; `None` for tests and what is not Rust.
fn module_of(source: &Path, path: &Path) -> Option<Module> {
    if path.extension()? != "rs" {
        return None;
    }
    let inner: PathBuf = path.strip_prefix(source).ok()?.with_extension("");
    let mut names: Module = inner.iter().map(|name| name.to_string_lossy().into_owned()).collect();
    let last = names.last()?.clone();
    if last.ends_with("tests") {
        return None;
    }
    if matches!(last.as_str(), "lib" | "main" | "mod") {
        names.pop();
    }
    Some(names)
}

/// A file up to its module of tests, which stands last.
fn without_tests(text: &str) -> String {
    text.split("#[cfg(test)]\nmod ").next().unwrap_or(text).to_owned()
}

fn imports(modules: &BTreeMap<Module, String>) -> Graph {
    let name = |module: &Module| if module.is_empty() { "crate".to_owned() } else { module.join("::") };
    let targets = |module: &Module, text: &str| -> BTreeSet<String> {
        let found = paths(text).into_iter().filter_map(|path| target(modules, module, &path));
        found.filter(|target| target != module).map(|target| name(&target)).collect()
    };
    modules.iter().map(|(module, text)| (name(module), targets(module, text))).collect()
}

/// The module of the crate into which a path leads from `module`.
fn target(modules: &BTreeMap<Module, String>, module: &Module, path: &[String]) -> Option<Module> {
    let mut at = Module::new();
    let mut names = path.iter().peekable();
    if path.first()? == "super" {
        at.clone_from(module);
        while names.next_if(|name| *name == "super").is_some() {
            at.pop()?;
        }
    } else {
        names.next();
    }
    for name in names {
        at.push(name.clone());
        if !modules.contains_key(&at) {
            at.pop();
            break;
        }
    }
    Some(at)
}

/// Every path that begins with `crate::` or `super::`, those of a group one by one; comments and public `use` left out.
fn paths(text: &str) -> Vec<Vec<String>> {
    let code: String =
        text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let mut found = Vec::new();
    for statement in code.split(';') {
        let start = statement.trim_start();
        if start.starts_with("pub use ") || start.starts_with("pub(crate) use ") || start.starts_with("pub(super) use ")
        {
            continue;
        }
        for root in ["crate::", "super::"] {
            for (at, _) in statement.match_indices(root) {
                let is_start =
                    !statement[..at].ends_with(|before: char| before.is_alphanumeric() || "_:$".contains(before));
                if is_start {
                    spread(&statement[at..], &[], &mut found);
                }
            }
        }
    }
    found
}

/// Adds the paths that `text` begins with, each behind `before`, and returns what follows.
fn spread<'a>(text: &'a str, before: &[String], found: &mut Vec<Vec<String>>) -> &'a str {
    let end = text.find(|next: char| !next.is_alphanumeric() && next != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let path: Vec<String> = before.iter().cloned().chain((!name.is_empty()).then(|| name.to_owned())).collect();
    let Some(inner) = rest.strip_prefix("::") else {
        found.push(path);
        return rest;
    };
    let Some(mut group) = inner.strip_prefix('{') else { return spread(inner, &path, found) };
    loop {
        group = group.trim_start_matches(|next: char| next.is_whitespace() || next == ',');
        match group.chars().next() {
            None => return group,
            Some('}') => return &group[1..],
            Some(_) => {
                let rest = spread(group, &path, found);
                // An alias, a glob: to the next entry.
                let skip = rest.find([',', '}']).unwrap_or(rest.len());
                group = &rest[skip..];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The imports of module `a` in a crate where `b`, `b::inner` and `c` are other files.
    fn of(text: &str) -> Vec<String> {
        let files = [("", ""), ("a", text), ("a::own", ""), ("b", ""), ("b::inner", ""), ("c", "")];
        let module = |name: &str| name.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let modules = files.iter().map(|(name, text)| (module(name), without_tests(text))).collect();
        imports(&modules)["a"].iter().cloned().collect()
    }

    #[test]
    fn a_path_leads_to_the_last_file_on_its_way() {
        assert_eq!(of("use crate::b::Shown;"), ["b"]);
        assert_eq!(of("use crate::b::inner::Shown;"), ["b::inner"]);
        assert_eq!(
            of("use crate::{b::{self, inner::{hidden as run, OWN}}, c};\nuse std::fmt;"),
            ["b", "b::inner", "c"]
        );
        assert_eq!(of("use super::c::{One, Two};"), ["c"]);
        assert_eq!(of("use super::Top;"), ["crate"]);
        assert_eq!(
            of("fn f(_: crate::b::Shown) -> super::c::Kind { matches!(k, crate::b::inner::X) }"),
            ["b", "b::inner", "c"]
        );
    }

    #[test]
    fn what_is_passed_on_what_tests_use_and_other_crates_are_no_imports() {
        assert_eq!(of("pub use crate::b::Shown;\npub(crate) use crate::c::Kind;"), [""; 0]);
        assert_eq!(of("// use crate::b::Shown;\nuse other_crate::b::Shown;\nuse $crate::b::Shown;"), [""; 0]);
        assert_eq!(of("fn f() {}\n\n#[cfg(test)]\nmod tests {\n    use crate::b::Shown;\n}"), [""; 0]);
    }
}
