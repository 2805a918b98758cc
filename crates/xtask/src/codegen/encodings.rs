//! Options of the encodings for `spikelet/infer/encode`, which has no core to ask: defaults and ranges.

use std::collections::{BTreeMap, BTreeSet};

use schemars::schema_for;
use serde_json::Value;
use spikelet_encode::Encoding;

/// Numbers of single precision reach this far: a range that ends there ends nowhere.
const MAX_SINGLE: f64 = f32::MAX as f64;

/// The text of the module.
pub(super) fn render() -> String {
    let schema = schema_for!(Encoding).to_value();
    let definitions = &schema["$defs"];
    let mut types = BTreeMap::new();
    let mut rules = String::new();
    for encoding in schema["oneOf"].as_array().into_iter().flatten() {
        let required: BTreeSet<&str> =
            encoding["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let name = encoding["properties"]["type"]["const"].as_str().expect("an encoding has a name");
        rules.push_str(&format!("  {name}: {{\n"));
        for (option, property) in encoding["properties"].as_object().into_iter().flatten() {
            if option == "type" {
                continue;
            }
            let rule = rule_of(property, definitions, required.contains(option.as_str()));
            rules.push_str(&format!("    {option}: {{{rule}}},\n"));
            types.insert(option.clone(), type_of(property));
        }
        rules.push_str("  },\n");
    }
    let types: String = types.iter().map(|(option, of)| format!("  readonly {option}{of};\n")).collect();
    format!(
        "/** What an option may be. */\nexport interface Rule {{\n  \
         /** What it is where it is not given. */\n  fallback?: unknown;\n  isRequired?: boolean;\n  \
         isWhole?: boolean;\n  min?: number;\n  max?: number;\n  /** What a number must be above. */\n  above?: number;\n  \
         words?: readonly string[];\n  /** Whether it is an encoding itself. */\n  isEncoding?: boolean;\n}}\n\n\
         /** Options of all encodings, of which each has some. */\nexport interface Options {{\n{types}}}\n\n\
         /** Options by type of encoding. */\n\
         export const RULES: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {{\n{rules}}};\n"
    )
}

/// The fields of a rule.
fn rule_of(property: &Value, definitions: &Value, is_required: bool) -> String {
    let mut fields = Vec::new();
    if let Some(fallback) = property.get("default") {
        fields.push(format!("fallback: {}", short(fallback)));
    }
    if is_required {
        fields.push("isRequired: true".to_owned());
    }
    if let Some(reference) = property["$ref"].as_str() {
        fields.push(match words(&definitions[reference.trim_start_matches("#/$defs/")]) {
            Some(words) => format!("words: [{}]", words.join(", ")),
            None => "isEncoding: true".to_owned(),
        });
    }
    if property["type"] == "integer" {
        fields.push("isWhole: true".to_owned());
    }
    let bound = |name: &str| property[name].as_f64().filter(|bound| bound.abs() < MAX_SINGLE);
    match bound("exclusiveMinimum") {
        Some(above) => fields.push(format!("above: {above}")),
        None => fields.extend(bound("minimum").map(|min| format!("min: {min}"))),
    }
    fields.extend(bound("maximum").map(|max| format!("max: {max}")));
    if fields.is_empty() { String::new() } else { format!(" {} ", fields.join(", ")) }
}

/// Words of an enumeration, as TypeScript.
fn words(definition: &Value) -> Option<Vec<String>> {
    if let Some(words) = definition["enum"].as_array() {
        return Some(words.iter().map(Value::to_string).collect());
    }
    let words: Option<Vec<&Value>> = definition["oneOf"].as_array()?.iter().map(|one| one.get("const")).collect();
    Some(words?.into_iter().map(Value::to_string).collect())
}

/// A value as TypeScript, whole numbers without a point.
fn short(value: &Value) -> String {
    match (value, value.as_f64()) {
        (_, Some(number)) => number.to_string(),
        (Value::Object(fields), _) => {
            let fields: Vec<String> = fields.iter().map(|(name, of)| format!("{name}: {}", short(of))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        _ => value.to_string(),
    }
}

/// What stands behind the name of an option in an interface.
fn type_of(property: &Value) -> &'static str {
    match (&property["type"], property.get("$ref")) {
        (Value::String(name), _) if name == "boolean" => ": boolean",
        (Value::Array(_), _) => "?: number",
        (_, Some(_)) => ": unknown",
        _ => ": number",
    }
}
