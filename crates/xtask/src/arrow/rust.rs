//! Imports between the files of a crate, tests excluded.
//!
//! A path belongs to the file that defines its last name: `pub use` passes names on, it does not import them. Paths within macros are read
//! from their tokens.

mod paths;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::Visit;
use syn::{Item, ItemMod, ItemUse, Visibility};

use super::graph::Graph;
use paths::{Leaf, Names, Reader, attributes, is_for_tests, leaves, name};

/// The imports between the files under `source`, which holds `lib.rs`.
///
/// # Errors
/// A file that cannot be read or parsed.
pub(super) fn imports(source: &Path) -> Result<Graph, String> {
    let mut modules = Modules::default();
    modules.read(source, &source.join("lib.rs"), source, None)?;
    let mut graph: Graph = modules.files.iter().map(|(file, _)| (file.clone(), BTreeSet::new())).collect();
    for (number, module) in modules.all.iter().enumerate() {
        for path in module.paths.iter().chain(&module.imports) {
            if let Some(file) = modules.file_of(number, path, 0)
                && *file != module.file
            {
                graph.entry(module.file.clone()).or_default().insert(file.clone());
            }
        }
    }
    Ok(graph)
}

#[derive(Default)]
struct Module {
    /// Relative to the folder of the crate's sources.
    file: String,
    parent: Option<usize>,
    children: BTreeMap<String, usize>,
    items: BTreeSet<String>,
    /// Names that `use` brings in, public or not, and their paths.
    uses: BTreeMap<String, Names>,
    globs: Vec<Names>,
    /// Paths of `use` that pass nothing on.
    imports: Vec<Names>,
    /// Paths in the code.
    paths: Vec<Names>,
}

#[derive(Default)]
struct Modules {
    all: Vec<Module>,
    files: Vec<(String, usize)>,
}

impl Modules {
    /// Reads a file and those of its modules; `folder` is where these lie.
    fn read(&mut self, source: &Path, path: &Path, folder: &Path, parent: Option<usize>) -> Result<usize, String> {
        let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let parsed = syn::parse_file(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        let file = path.strip_prefix(source).unwrap_or(path).display().to_string();
        let number = self.add(&file, parent);
        self.files.push((file, number));
        self.take(source, folder, number, &parsed.items)?;
        Ok(number)
    }

    fn add(&mut self, file: &str, parent: Option<usize>) -> usize {
        self.all.push(Module { file: file.to_owned(), parent, ..Module::default() });
        self.all.len() - 1
    }

    fn take(&mut self, source: &Path, folder: &Path, number: usize, items: &[Item]) -> Result<(), String> {
        for item in items.iter().filter(|item| !is_for_tests(attributes(item))) {
            match item {
                Item::Mod(module) => {
                    let child = self.child(source, folder, number, module)?;
                    self.all[number].children.insert(module.ident.to_string(), child);
                }
                Item::Use(item) => self.bring_in(number, item),
                _ => {
                    self.all[number].items.extend(name(item));
                    let mut reader = Reader::default();
                    reader.visit_item(item);
                    self.all[number].imports.extend(reader.imports);
                    self.all[number].paths.extend(reader.paths);
                }
            }
        }
        Ok(())
    }

    fn child(&mut self, source: &Path, folder: &Path, parent: usize, module: &ItemMod) -> Result<usize, String> {
        let name = module.ident.to_string();
        let below = folder.join(&name);
        if let Some((_, items)) = &module.content {
            let file = self.all[parent].file.clone();
            let number = self.add(&file, Some(parent));
            self.take(source, &below, number, items)?;
            return Ok(number);
        }
        let candidates: [PathBuf; 2] = [folder.join(format!("{name}.rs")), below.join("mod.rs")];
        let path = candidates.iter().find(|path| path.is_file());
        let path = path.ok_or_else(|| format!("{}: no file for `mod {name}`", folder.display()))?;
        self.read(source, path, &below, Some(parent))
    }

    fn bring_in(&mut self, number: usize, item: &ItemUse) {
        let module = &mut self.all[number];
        for Leaf { path, name } in leaves(item) {
            if matches!(item.vis, Visibility::Inherited) {
                module.imports.push(path.clone());
            }
            match name {
                Some(name) => drop(module.uses.insert(name, path)),
                None => module.globs.push(path),
            }
        }
    }

    /// The file that defines what `path` means in a module; `None` for what is not of this crate.
    fn file_of(&self, module: usize, path: &[String], depth: usize) -> Option<&String> {
        let (first, rest) = path.split_first()?;
        let here = &self.all[module];
        match first.as_str() {
            "crate" => self.walk(0, rest, depth),
            "self" => self.walk(module, rest, depth),
            "super" => self.walk_up(here.parent?, rest, depth),
            _ if here.children.contains_key(first) || here.items.contains(first) => self.walk(module, path, depth),
            _ => self.known(module, path, depth),
        }
    }

    fn walk_up(&self, module: usize, path: &[String], depth: usize) -> Option<&String> {
        match path.split_first() {
            Some((first, rest)) if first == "super" => self.walk_up(self.all[module].parent?, rest, depth),
            _ => self.walk(module, path, depth),
        }
    }

    /// The file of a path whose first name is to be found in `module`.
    fn walk(&self, module: usize, path: &[String], depth: usize) -> Option<&String> {
        let here = &self.all[module];
        let Some((first, rest)) = path.split_first() else { return Some(&here.file) };
        if let Some(&child) = here.children.get(first) {
            return self.walk(child, rest, depth);
        }
        if here.uses.contains_key(first) {
            return self.known(module, path, depth);
        }
        // What a macro made is not among the items.
        let is_own = here.items.contains(first) || here.globs.is_empty();
        if is_own { Some(&here.file) } else { self.known(module, path, depth).or(Some(&here.file)) }
    }

    /// The file of a path whose first name `module` has from elsewhere.
    fn known(&self, module: usize, path: &[String], depth: usize) -> Option<&String> {
        const DEEPEST: usize = 32;
        if depth == DEEPEST {
            return None;
        }
        let (first, rest) = path.split_first()?;
        let here = &self.all[module];
        if let Some(from) = here.uses.get(first) {
            // `use kernels;` of another crate has its own name: it leads nowhere.
            let whole = [from.as_slice(), rest].concat();
            return if whole == path { None } else { self.file_of(module, &whole, depth + 1) };
        }
        here.globs.iter().find_map(|glob| {
            let target = self.module_of(module, glob)?;
            let there = &self.all[target];
            let has =
                there.items.contains(first) || there.children.contains_key(first) || there.uses.contains_key(first);
            has.then(|| self.walk(target, path, depth + 1)).flatten()
        })
    }

    fn module_of(&self, from: usize, path: &[String]) -> Option<usize> {
        path.iter().enumerate().try_fold(from, |module, (index, name)| match name.as_str() {
            "crate" if index == 0 => Some(0),
            "self" if index == 0 => Some(module),
            "super" => self.all[module].parent,
            _ => self.all[module].children.get(name).copied(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The imports of `file` in a crate of these files.
    fn imports_of(name: &str, files: &[(&str, &str)], file: &str) -> Vec<String> {
        let folder = std::env::temp_dir().join(format!("spikelet-arrow-{}-{name}", std::process::id()));
        for (path, text) in files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        let graph = imports(&folder);
        fs::remove_dir_all(&folder).expect("the folder is there");
        graph.expect("the files are Rust")[file].iter().cloned().collect()
    }

    const LIB: (&str, &str) = ("lib.rs", "mod a; mod b; mod c; pub use b::Shown;");
    const B: (&str, &str) =
        ("b.rs", "mod inner; pub use inner::Shown; pub(crate) use inner::hidden; pub const OWN: u8 = 0;");
    const INNER: (&str, &str) = ("b/inner.rs", "pub struct Shown; pub(crate) fn hidden() {}");
    const C: (&str, &str) =
        ("c/mod.rs", "pub(crate) enum Kind { One } pub(crate) mod deep { pub(crate) fn work() {} }");

    fn of(name: &str, text: &str) -> Vec<String> {
        imports_of(name, &[LIB, B, INNER, C, ("a.rs", text)], "a.rs")
    }

    #[test]
    fn a_name_belongs_to_the_file_that_defines_it() {
        assert_eq!(of("whole", "use crate::Shown;"), ["b/inner.rs"]);
        assert_eq!(of("group", "use crate::{b::{hidden as run, OWN}, c};"), ["b.rs", "b/inner.rs", "c/mod.rs"]);
        assert_eq!(of("module", "use crate::b; fn f() { b::hidden(); }"), ["b.rs", "b/inner.rs"]);
        assert_eq!(of("alias", "use super::c::deep as below; use below::work;"), ["c/mod.rs"]);
        assert_eq!(of("outside", "use std::fmt; use other::b::Shown; fn f() -> fmt::Result { Ok(()) }"), [""; 0]);
    }

    #[test]
    fn paths_are_seen_wherever_they_stand() {
        assert_eq!(
            of("inline", "pub(crate) fn f(_: crate::Shown) -> super::c::Kind { loop {} }"),
            ["b/inner.rs", "c/mod.rs"]
        );
        assert_eq!(of("macro", "fn f(k: u8) -> bool { matches!(k, 0 | crate::b::OWN) }"), ["b.rs"]);
        assert_eq!(of("body", "fn f() { use crate::c::Kind::One; let _ = One; }"), ["c/mod.rs"]);
        assert_eq!(of("nested", "mod own { fn f() { super::super::c::deep::work(); } }"), ["c/mod.rs"]);
        assert_eq!(of("glob", "use crate::b::*; fn f() -> Shown { Shown }"), ["b.rs", "b/inner.rs"]);
    }

    #[test]
    fn what_is_passed_on_and_what_tests_use_are_no_imports() {
        let files = [
            LIB,
            B,
            INNER,
            C,
            ("a.rs", "#[cfg(test)] mod tests { use crate::c::Kind; } #[cfg(test)] fn f(_: crate::Shown) {}"),
        ];
        assert!(imports_of("tests", &files, "a.rs").is_empty());
        assert!(imports_of("passed", &files, "b.rs").is_empty());
        let used = ("b.rs", "mod inner; pub use inner::Shown; fn f(_: Shown) {}");
        assert_eq!(imports_of("used", &[LIB, used, INNER, C, ("a.rs", "")], "b.rs"), ["b/inner.rs"]);
    }
}
