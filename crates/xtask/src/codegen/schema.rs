//! JSON Schemas: of the configuration for editors, and of all that users write to learn which fields may be left out.

use std::collections::BTreeMap;

use schemars::{SchemaGenerator, schema_for};
use serde_json::{Map, Value, json};
use spikelet_config::Config;
use spikelet_encode::{Encoding, Generator, SaccadeCamera};

/// The schema of a configuration file, in which `$schema` and, for the command line, `data` may stand.
pub(super) fn render() -> String {
    let mut schema = schema_for!(Config).to_value();
    let encoding = schema_for!(Encoding).to_value();
    if let Some(definitions) = encoding["$defs"].as_object() {
        definitions.iter().for_each(|(name, of)| schema["$defs"][name] = of.clone());
    }
    schema["properties"]["data"] = json!({
        "description": "What the command line trains on; `spikelet data list` names the data sets.",
        "type": "object",
        "properties": {
            "dataset": { "description": "Name of the data set.", "type": "string" },
            "dir": { "description": "Its folder or file, relative to the file of the configuration.", "type": "string" },
            "options": { "description": "Options of the data set.", "type": "object" },
            "encoding": { "description": "How values become spikes.", "oneOf": encoding["oneOf"] },
        },
        "additionalProperties": false,
    });
    schema["title"] = json!("Spikelet configuration");
    schema["properties"]["$schema"] =
        json!({ "description": "The place of this schema, for editors.", "type": "string" });
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    text.push('\n');
    text
}

/// Fields that may be left out, with their default where it is a plain value.
pub(super) type Fields = BTreeMap<String, Option<String>>;

/// Schemas by type.
pub(super) fn definitions() -> Map<String, Value> {
    let mut generator = SchemaGenerator::default();
    generator.subschema_for::<Config>();
    generator.subschema_for::<Encoding>();
    generator.subschema_for::<Generator>();
    generator.subschema_for::<SaccadeCamera>();
    generator.take_definitions(true)
}

/// Fields that may be left out, by the name of the type; `variant` names the type of a tagged variant.
pub(super) fn optional_fields(
    definitions: &Map<String, Value>,
    variant: impl Fn(&str, &str) -> Option<String>,
) -> BTreeMap<String, Fields> {
    let mut optional = BTreeMap::new();
    for (name, schema) in definitions {
        optional.insert(name.clone(), not_required(schema));
        for one in schema["oneOf"].as_array().into_iter().flatten() {
            let tag = one["properties"]["type"]["const"].as_str();
            if let Some(of) = tag.and_then(|tag| variant(name, tag)) {
                optional.insert(of, not_required(one));
            }
        }
    }
    optional
}

/// Tags of the variants of a union that may be given without their `type`.
pub(super) fn optional_tags(schema: &Value) -> Vec<String> {
    let variants = schema["oneOf"].as_array().into_iter().flatten();
    let optional = variants.filter(|variant| not_required(variant).contains_key("type"));
    optional.filter_map(|variant| variant["properties"]["type"]["const"].as_str().map(str::to_owned)).collect()
}

fn not_required(schema: &Value) -> Fields {
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties
        .filter(|(name, _)| !required.contains(&name.as_str()))
        .map(|(name, property)| (name.clone(), property.get("default").and_then(plain)))
        .collect()
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Array(_) | Value::Object(_) => None,
        Value::Number(number) => Some(number.to_string().trim_end_matches(".0").to_owned()),
        Value::Bool(_) | Value::String(_) => Some(value.to_string()),
    }
}
