//! The arrow of the TypeScript in ARCHITECTURE.md: folders and files may only know those below them, and no imports go in a circle.

mod files;
mod table;
mod typescript;

use std::fs;
use std::path::Path;

use crate::Outcome;

/// The folder whose files follow an arrow of the page.
const FOLDER: &str = "ts";

/// Checks the TypeScript modules.
pub(crate) fn check(root: &Path) -> Outcome {
    let mut findings = typescript::check(root)?;
    let page =
        fs::read_to_string(root.join("ARCHITECTURE.md")).map_err(|error| vec![format!("ARCHITECTURE.md: {error}")])?;
    let tables = table::tables(&page).map_err(|error| vec![error])?;
    let Some(table) = tables.iter().find(|table| table.folder() == FOLDER) else {
        return Err(vec![format!("ARCHITECTURE.md has no arrow of {FOLDER}")]);
    };
    let graph = typescript::imports(root).map_err(|error| vec![error])?;
    findings.extend(files::check(table, &graph));
    if findings.is_empty() { Ok(()) } else { Err(findings) }
}
