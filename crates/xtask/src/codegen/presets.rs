//! The presets as a TypeScript module, for programs and pages.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// The text of the module.
pub(super) fn render(root: &Path) -> Result<String, String> {
    let mut names: Vec<String> = Vec::new();
    let mut entries = String::new();
    let folder = root.join("presets");
    let listed = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<_> = listed.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.sort();
    for file in files {
        let Some(name) = file.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned) else { continue };
        let at = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let text = fs::read_to_string(&file).map_err(|error| at(&error))?;
        let mut preset: Value = serde_json::from_str(&text).map_err(|error| at(&error))?;
        if let Some(fields) = preset.as_object_mut() {
            fields.remove("$schema");
        }
        let json = serde_json::to_string_pretty(&preset).expect("it was JSON").replace('\n', "\n  ");
        entries.push_str(&format!("  {name}: {json},\n"));
        names.push(format!("\"{name}\""));
    }
    let names = names.join(" | ");
    Ok(format!(
        "import type {{ Config }} from \"./config.js\";\n\n/** Name of a preset. */\nexport type PresetName = {names};\n\n\
         /** Configurations to start from: `{{ ...presets.toy, network: {{ ...presets.toy.network, input: 3 }} }}`. */\n\
         export const presets: Readonly<Record<PresetName, Config>> = {{\n{entries}}};\n"
    ))
}
