//! Which file imports which, and the circles among them.

use std::collections::{BTreeMap, BTreeSet};

/// Files, relative to the folder that is looked at, and those that each imports.
pub(crate) type Graph = BTreeMap<String, BTreeSet<String>>;

/// Files that import each other, each group in order of names: the strongly connected components of more than one file.
pub(crate) fn circles(graph: &Graph) -> Vec<BTreeSet<String>> {
    let mut search = Search::of(graph);
    for file in graph.keys() {
        if !search.numbers.contains_key(file.as_str()) {
            search.visit(file);
        }
    }
    search.found.sort();
    search.found
}

/// A shortest way around in a circle, from its first file back to it: `a → b → a`.
pub(crate) fn way_around(graph: &Graph, circle: &BTreeSet<String>) -> String {
    let Some(first) = circle.first() else { return String::new() };
    let mut ways = vec![vec![first.as_str()]];
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in &ways {
            let last = way[way.len() - 1];
            for next in graph.get(last).into_iter().flatten().filter(|next| circle.contains(*next)) {
                if next == first {
                    return way.iter().chain([&first.as_str()]).copied().collect::<Vec<_>>().join(" → ");
                }
                if seen.insert(next.as_str()) {
                    longer.push([way.as_slice(), &[next.as_str()]].concat());
                }
            }
        }
        ways = longer;
    }
    String::new()
}

/// Tarjan's search for strongly connected components.
struct Search<'a> {
    graph: &'a Graph,
    numbers: BTreeMap<&'a str, usize>,
    lowest: BTreeMap<&'a str, usize>,
    open: Vec<&'a str>,
    found: Vec<BTreeSet<String>>,
}

impl<'a> Search<'a> {
    fn of(graph: &'a Graph) -> Self {
        Self { graph, numbers: BTreeMap::new(), lowest: BTreeMap::new(), open: Vec::new(), found: Vec::new() }
    }

    fn visit(&mut self, file: &'a str) {
        let number = self.numbers.len();
        self.numbers.insert(file, number);
        self.lowest.insert(file, number);
        self.open.push(file);
        let graph = self.graph;
        for next in graph.get(file).into_iter().flatten() {
            if !self.numbers.contains_key(next.as_str()) {
                self.visit(next);
                self.lower(file, self.lowest[next.as_str()]);
            } else if self.open.contains(&next.as_str()) {
                self.lower(file, self.numbers[next.as_str()]);
            }
        }
        if self.lowest[file] == number {
            let start = self.open.iter().position(|open| *open == file).unwrap_or_default();
            let circle: BTreeSet<String> = self.open.split_off(start).into_iter().map(str::to_owned).collect();
            if circle.len() > 1 {
                self.found.push(circle);
            }
        }
    }

    fn lower(&mut self, file: &'a str, number: usize) {
        let lowest = self.lowest.entry(file).or_insert(number);
        *lowest = (*lowest).min(number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(imports: &[(&str, &[&str])]) -> Graph {
        let set = |targets: &[&str]| targets.iter().map(|&target| target.to_owned()).collect();
        imports.iter().map(|&(file, targets)| (file.to_owned(), set(targets))).collect()
    }

    #[test]
    fn a_chain_has_no_circle() {
        assert!(circles(&graph(&[("a", &["b", "c"]), ("b", &["c"]), ("c", &[])])).is_empty());
    }

    #[test]
    fn each_circle_is_found_and_named() {
        let graph = graph(&[
            ("a", &["b"]),
            ("b", &["c", "d"]),
            ("c", &["a", "b"]),
            ("d", &["e"]),
            ("e", &["d"]),
            ("f", &["a"]),
        ]);
        let found = circles(&graph);
        let names: Vec<Vec<&str>> = found.iter().map(|circle| circle.iter().map(String::as_str).collect()).collect();
        assert_eq!(names, [vec!["a", "b", "c"], vec!["d", "e"]]);
        assert_eq!(way_around(&graph, &found[0]), "a → b → c → a");
        assert_eq!(way_around(&graph, &found[1]), "d → e → d");
    }
}
