//! Cases of a folder: a `.json` file is one, and so is each line of an `.ndjson` file.

use std::path::Path;
use std::{fs, io};

/// A case as it is written.
pub struct Case {
    /// Name of the file; in an `.ndjson` file with a colon and the number of the line.
    pub place: String,
    /// JSON of the case.
    pub text: String,
}

/// Every case of a folder, in the order of file names and lines; `not-yet.json` is none.
///
/// # Errors
/// A folder or a file that cannot be read.
pub fn cases(folder: &Path) -> io::Result<Vec<Case>> {
    let mut names = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()))
        .collect::<io::Result<Vec<_>>>()?;
    names.sort();
    let mut cases = Vec::new();
    for name in names {
        if name.ends_with(".json") && name != "not-yet.json" {
            let text = fs::read_to_string(folder.join(&name))?;
            cases.push(Case { place: name, text });
        } else if name.ends_with(".ndjson") {
            let text = fs::read_to_string(folder.join(&name))?;
            let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
            cases.extend(
                lines.map(|(index, line)| Case { place: format!("{name}:{}", index + 1), text: line.to_owned() }),
            );
        }
    }
    Ok(cases)
}
