//! The arrows of ARCHITECTURE.md: which files and folders of a folder may import which.
//!
//! A block of code that is marked `arrow FOLDER` has lines such as `error, rng ← config ← {neuron, connection} ← network`. What stands
//! right of an arrow may import all that stands left of it, in this line and, through the names there, in others; names between two
//! commas may not import each other, unless another line says so.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::Graph;

/// The arrow of one folder.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Table {
    folder: String,
    /// What each name may import.
    allowed: BTreeMap<String, BTreeSet<String>>,
}

/// Every table of the page.
///
/// # Errors
/// A line of a block that is none of the form above, and an arrow that goes around.
pub(super) fn tables(page: &str) -> Result<Vec<Table>, String> {
    let mut tables = Vec::new();
    let mut open: Option<Table> = None;
    for line in page.lines().map(str::trim) {
        match (&mut open, line.strip_prefix("```")) {
            (Some(_), Some(_)) => tables.extend(open.take()),
            (Some(table), None) => table.read(line)?,
            (None, Some(mark)) => {
                let folder = mark.strip_prefix("arrow ").map(|folder| folder.trim().to_owned());
                open = folder.map(|folder| Table { folder, ..Table::default() });
            }
            (None, None) => {}
        }
    }
    tables.iter_mut().try_for_each(Table::close)?;
    Ok(tables)
}

impl Table {
    pub(super) fn folder(&self) -> &str {
        &self.folder
    }

    fn read(&mut self, line: &str) -> Result<(), String> {
        let mut left = BTreeSet::new();
        for link in line.split('←') {
            let names: Vec<&str> = link.split([',', '{', '}']).map(str::trim).filter(|name| !name.is_empty()).collect();
            if names.is_empty() || names.iter().any(|name| name.contains(char::is_whitespace)) {
                return Err(format!("ARCHITECTURE.md: arrow of {}: not a chain of names: {line}", self.folder));
            }
            for name in &names {
                self.allowed.entry((*name).to_owned()).or_default().extend(left.iter().cloned());
            }
            left.extend(names.into_iter().map(str::to_owned));
        }
        Ok(())
    }

    /// Adds what follows from several lines together.
    fn close(&mut self) -> Result<(), String> {
        loop {
            let mut is_closed = true;
            for name in self.allowed.keys().cloned().collect::<Vec<_>>() {
                let own = &self.allowed[&name];
                let through: Vec<String> = own.iter().flat_map(|left| &self.allowed[left]).cloned().collect();
                let own = self.allowed.entry(name.clone()).or_default();
                let before = own.len();
                own.extend(through);
                is_closed &= own.len() == before;
                if own.contains(&name) {
                    return Err(format!("ARCHITECTURE.md: arrow of {}: {name} stands on both sides", self.folder));
                }
            }
            if is_closed {
                return Ok(());
            }
        }
    }

    /// The longest name that a file belongs to: `a/b` for `a/b.rs` and what lies in `a/b/`.
    fn name_of(&self, file: &str) -> Option<&str> {
        let stem = file.split_once('.').map_or(file, |(stem, _)| stem);
        let is_of = |name: &str| stem.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        self.allowed.keys().map(String::as_str).filter(|name| is_of(name)).max_by_key(|name| name.len())
    }

    /// Imports that the table does not allow, as pairs of names with an import each; and files and names that lack the other.
    pub(super) fn faults(&self, graph: &Graph) -> (BTreeMap<(String, String), String>, Vec<String>) {
        let mut wrong = BTreeMap::new();
        let mut findings = Vec::new();
        let mut seen = BTreeSet::new();
        for (file, imports) in graph {
            let Some(own) = self.name_of(file) else {
                findings.push(format!(
                    "{}/{file}: ARCHITECTURE.md's arrow of {} does not name it",
                    self.folder, self.folder
                ));
                continue;
            };
            seen.insert(own);
            for other in imports {
                if let Some(name) = self.name_of(other)
                    && name != own
                    && !self.allowed[own].contains(name)
                {
                    let import = format!("{}/{file} imports {other}", self.folder);
                    wrong.entry((own.to_owned(), name.to_owned())).or_insert(import);
                }
            }
        }
        let lost = self.allowed.keys().filter(|name| !seen.contains(name.as_str()));
        findings.extend(
            lost.map(|name| format!("ARCHITECTURE.md's arrow of {} names {name}, which is not there", self.folder)),
        );
        (wrong, findings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str =
        "text\n```arrow a/src\nlow, other ← {left, right} ← top\nright ← left/inner\n```\n```sh\nnot ← read\n```\n";

    fn graph(imports: &[(&str, &[&str])]) -> Graph {
        let set = |targets: &[&str]| targets.iter().map(|&target| target.to_owned()).collect();
        imports.iter().map(|&(file, targets)| (file.to_owned(), set(targets))).collect()
    }

    #[test]
    fn what_stands_right_may_import_what_stands_left() {
        let tables = tables(PAGE).expect("a table");
        assert_eq!(tables.len(), 1);
        assert_eq!(tables[0].folder(), "a/src");
        let right: &[(&str, &[&str])] = &[
            ("low.rs", &[]),
            ("other.rs", &[]),
            ("left/mod.rs", &["low.rs", "left/part.rs"]),
            ("left/part.rs", &["other.rs"]),
            ("left/inner.rs", &["right.rs", "low.rs"]),
            ("right.rs", &["low.rs"]),
            ("top.node.ts", &["left/part.rs", "low.rs"]),
        ];
        assert_eq!(tables[0].faults(&graph(right)), (BTreeMap::new(), Vec::new()));
    }

    #[test]
    fn what_points_the_other_way_is_named() {
        let table = tables(PAGE).expect("a table").remove(0);
        let wrong: &[(&str, &[&str])] = &[
            ("low.rs", &["other.rs", "top.rs"]),
            ("other.rs", &[]),
            ("left.rs", &["right.rs", "left/inner.rs"]),
            ("left/inner.rs", &[]),
            ("right.rs", &[]),
            ("top.rs", &["lost.rs"]),
            ("lost.rs", &[]),
        ];
        let (pairs, findings) = table.faults(&graph(wrong));
        let pairs: Vec<_> = pairs.keys().map(|(own, other)| (own.as_str(), other.as_str())).collect();
        assert_eq!(pairs, [("left", "left/inner"), ("left", "right"), ("low", "other"), ("low", "top")]);
        assert_eq!(findings, ["a/src/lost.rs: ARCHITECTURE.md's arrow of a/src does not name it"]);
    }

    #[test]
    fn names_without_a_file_and_arrows_that_go_around_are_refused() {
        let table = tables("```arrow a\nb ← c\n```").expect("a table").remove(0);
        let (_, findings) = table.faults(&graph(&[("b.rs", &[])]));
        assert_eq!(findings, ["ARCHITECTURE.md's arrow of a names c, which is not there"]);
        assert!(tables("```arrow a\nb ← c\nc ← b\n```").is_err());
        assert!(tables("```arrow a\nb ←\n```").is_err());
        assert!(tables("```arrow a\nb and c ← d\n```").is_err());
    }
}
