//! Defaults that TypeScript needs before the core is asked.

use serde::Serialize;
use serde_json::{Map, Value, json};
use spikelet_config::json::from_value;
use spikelet_encode::{Generator, SaccadeCamera};
use spikelet_io::AerOptions;

use super::schema;

/// The text of the module.
pub(super) fn render() -> String {
    let definitions = schema::definitions();
    let types = [
        ("network", of_schema(&definitions["NetworkConfig"])),
        ("training", of_schema(&definitions["TrainingConfig"])),
        ("aer", plain(&AerOptions::default())),
        ("saccadeCamera", plain(&SaccadeCamera::default())),
        ("randman", plain(&generator("randman"))),
        ("spikeTrainMatching", plain(&generator("spikeTrainMatching"))),
    ];
    let mut text =
        String::from("/** What the core takes where a field is not given, by type. */\nexport const DEFAULTS = {\n");
    for (name, fields) in types {
        let fields: Vec<String> = fields.iter().map(|(field, value)| format!("{field}: {value}")).collect();
        text.push_str(&format!("  {name}: {{ {} }},\n", fields.join(", ")));
    }
    text.push_str("} as const;\n");
    text
}

/// A data set that is drawn, all of whose options are left out.
fn generator(name: &str) -> Generator {
    from_value(&json!({ "type": name })).expect("every option has a default")
}

/// The defaults in a schema.
fn of_schema(schema: &Value) -> Map<String, Value> {
    let properties = schema["properties"].as_object().into_iter().flatten();
    let defaults = properties.filter_map(|(name, property)| Some((name.clone(), property.get("default")?.clone())));
    plain(&defaults.collect::<Map<String, Value>>())
}

/// Fields whose default is a number, a word or a truth value.
fn plain(options: &impl Serialize) -> Map<String, Value> {
    let Ok(Value::Object(fields)) = serde_json::to_value(options) else { return Map::new() };
    fields
        .into_iter()
        .filter(|(_, value)| value.is_number() || value.is_string() || value.is_boolean())
        .filter(|(field, _)| field != "type")
        .collect()
}
