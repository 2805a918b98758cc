//! Imports between files: they follow the arrow of their folder in ARCHITECTURE.md and go in no circle.

use std::collections::BTreeSet;

use super::graph::{Graph, circles, way_around};
use super::table::Table;

/// Files of a folder that import each other.
type Circle = (&'static str, &'static [&'static str]);
/// A folder, a name of its arrow, and a name that it imports all the same.
type Import = (&'static str, &'static str, &'static str);

/// Checks the imports of one folder; `known` is what is allowed for now.
pub(super) fn check(table: &Table, graph: &Graph, known: (&[Circle], &[Import])) -> Vec<String> {
    let folder = table.folder();
    let (known_circles, known_imports) = known;
    let (wrong, mut findings) = table.faults(graph);
    let known: BTreeSet<(&str, &str)> =
        known_imports.iter().filter(|(of, ..)| *of == folder).map(|&(_, own, other)| (own, other)).collect();
    let found: BTreeSet<(&str, &str)> = wrong.keys().map(|(own, other)| (own.as_str(), other.as_str())).collect();
    for ((own, other), import) in &wrong {
        if !known.contains(&(own.as_str(), other.as_str())) {
            findings.push(format!("{import}: {own} must not know {other} (ARCHITECTURE.md)"));
        }
    }
    for (own, other) in known.difference(&found) {
        findings.push(format!("{folder}: {own} no longer imports {other}: take it off the list in arrow/known.rs"));
    }
    let found = circles(graph);
    let known: Vec<BTreeSet<String>> = known_circles
        .iter()
        .filter(|(of, _)| *of == folder)
        .map(|(_, files)| files.iter().map(|&file| file.to_owned()).collect())
        .collect();
    for circle in found.iter().filter(|circle| !known.contains(circle)) {
        let way = way_around(graph, circle);
        findings.push(format!(
            "{folder}: files import each other: {way}; all {} in it: {}",
            circle.len(),
            names(circle)
        ));
    }
    for circle in known.iter().filter(|circle| !found.contains(circle)) {
        findings.push(format!("{folder}: not the circle that it was, change arrow/known.rs: {}", names(circle)));
    }
    findings
}

fn names(circle: &BTreeSet<String>) -> String {
    circle.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrow::table::tables;

    fn findings(imports: &[(&str, &str)], known: (&[Circle], &[Import])) -> Vec<String> {
        let mut graph = Graph::new();
        for (file, import) in imports {
            graph.entry((*file).to_owned()).or_default().insert((*import).to_owned());
            graph.entry((*import).to_owned()).or_default();
        }
        check(&tables("```arrow src\na ← b\n```").expect("a table")[0], &graph, known)
    }

    #[test]
    fn a_circle_is_named() {
        let found =
            findings(&[("b.rs", "b/x.rs"), ("b/x.rs", "b/y.rs"), ("b/y.rs", "b.rs"), ("b.rs", "a.rs")], (&[], &[]));
        assert_eq!(
            found,
            ["src: files import each other: b.rs → b/x.rs → b/y.rs → b.rs; all 3 in it: b.rs, b/x.rs, b/y.rs"]
        );
    }

    #[test]
    fn what_is_known_may_stay_but_not_change() {
        let imports = [("a.rs", "b.rs"), ("b.rs", "a.rs")];
        let (circle, import): (Circle, Import) = (("src", &["a.rs", "b.rs"]), ("src", "a", "b"));
        assert!(findings(&imports, (&[circle], &[import])).is_empty());
        assert_eq!(findings(&imports, (&[], &[])).len(), 2);
        let gone = findings(&[("b.rs", "a.rs")], (&[circle], &[import]));
        assert_eq!(
            gone,
            [
                "src: a no longer imports b: take it off the list in arrow/known.rs",
                "src: not the circle that it was, change arrow/known.rs: a.rs, b.rs"
            ]
        );
        assert!(findings(&[("b.rs", "a.rs")], (&[("other", &["a.rs"])], &[("other", "a", "b")])).is_empty());
    }
}
