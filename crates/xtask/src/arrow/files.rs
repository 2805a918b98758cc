//! Imports between files: they follow the arrow of their folder in ARCHITECTURE.md and go in no circle.

use std::collections::BTreeSet;

use super::table::Table;
use crate::graph::{Graph, circles, way_around};

/// Checks the imports of one folder.
pub(super) fn check(table: &Table, graph: &Graph) -> Vec<String> {
    let folder = table.folder();
    let (wrong, mut findings) = table.faults(graph);
    for ((own, other), import) in &wrong {
        findings.push(format!("{import}: {own} must not know {other} (ARCHITECTURE.md)"));
    }
    for circle in circles(graph) {
        let way = way_around(graph, &circle);
        let all = names(&circle);
        findings.push(format!("{folder}: files import each other: {way}; all {} in it: {all}", circle.len()));
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

    fn findings(imports: &[(&str, &str)]) -> Vec<String> {
        let mut graph = Graph::new();
        for (file, import) in imports {
            graph.entry((*file).to_owned()).or_default().insert((*import).to_owned());
            graph.entry((*import).to_owned()).or_default();
        }
        check(&tables("```arrow src\na ← b\n```").expect("a table")[0], &graph)
    }

    #[test]
    fn a_circle_is_named() {
        let found = findings(&[("b.rs", "b/x.rs"), ("b/x.rs", "b/y.rs"), ("b/y.rs", "b.rs"), ("b.rs", "a.rs")]);
        assert_eq!(
            found,
            ["src: files import each other: b.rs → b/x.rs → b/y.rs → b.rs; all 3 in it: b.rs, b/x.rs, b/y.rs"]
        );
    }

    #[test]
    fn an_import_against_the_arrow_is_named() {
        assert_eq!(findings(&[("b.rs", "a.rs")]), Vec::<String>::new());
        let found = findings(&[("a.rs", "b.rs")]);
        assert_eq!(found, ["src/a.rs imports b.rs: a must not know b (ARCHITECTURE.md)"]);
    }
}
