//! The arrow of ARCHITECTURE.md: crates, folders and files may only know those below them, and no imports go in a circle.

mod crates;
mod files;
mod graph;
mod rust;
mod table;
mod typescript;

use std::fs;
use std::path::Path;

use crate::Outcome;

/// Folders whose files follow an arrow of the page.
const FOLDERS: [&str; 3] = ["crates/kernels/src", "crates/core/src", "ts"];

/// Checks the crates, their files and the TypeScript modules.
pub(crate) fn check(root: &Path) -> Outcome {
    let mut findings = crates::check(root)?;
    findings.extend(typescript::check(root)?);
    let page =
        fs::read_to_string(root.join("ARCHITECTURE.md")).map_err(|error| vec![format!("ARCHITECTURE.md: {error}")])?;
    let tables = table::tables(&page).map_err(|error| vec![error])?;
    for folder in FOLDERS {
        let Some(table) = tables.iter().find(|table| table.folder() == folder) else {
            findings.push(format!("ARCHITECTURE.md has no arrow of {folder}"));
            continue;
        };
        let imports = if folder == "ts" { typescript::imports(root) } else { rust::imports(&root.join(folder)) };
        let graph = imports.map_err(|error| vec![error])?;
        findings.extend(files::check(table, &graph));
    }
    if findings.is_empty() { Ok(()) } else { Err(findings) }
}
