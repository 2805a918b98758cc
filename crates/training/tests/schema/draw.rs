//! Random values from a schema alone.

use serde_json::{Map, Value, json};

use super::numbers;

/// Every keyword that a draw follows or that says nothing about values.
const KEYWORDS: [&str; 21] = [
    "$defs",
    "$ref",
    "$schema",
    "additionalProperties",
    "anyOf",
    "const",
    "default",
    "description",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maximum",
    "minItems",
    "minimum",
    "not",
    "oneOf",
    "properties",
    "required",
    "title",
];

/// A stream of draws.
pub(crate) struct Draw<'a> {
    definitions: &'a Value,
    state: u64,
}

impl<'a> Draw<'a> {
    /// Draws that depend on the seed alone; `definitions` is the schema with `$defs`.
    pub(crate) fn new(definitions: &'a Value, seed: u64) -> Self {
        Self { definitions, state: seed.wrapping_mul(0xD134_2543_DE82_EF95) }
    }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    /// Uniform in 0..1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A value that the schema allows.
    pub(crate) fn value(&mut self, schema: &Value) -> Value {
        for keyword in schema.as_object().expect("a schema is an object").keys() {
            assert!(keyword == "type" || KEYWORDS.contains(&keyword.as_str()), "no draw follows {keyword}: {schema}");
        }
        if let Some(constant) = schema.get("const") {
            return constant.clone();
        }
        if let Some(reference) = schema.get("$ref") {
            return self.value(resolve(self.definitions, reference));
        }
        if let Some(default) = schema.get("default").filter(|_| schema.get("type").is_some() && self.share() < 0.2) {
            return default.clone();
        }
        for choice in ["oneOf", "anyOf"] {
            if let Some(branches) = schema.get(choice).and_then(Value::as_array) {
                let branch = self.below(branches.len());
                return self.value(&branches[branch]);
            }
        }
        match kind(schema, self.share()) {
            "object" => self.object(schema),
            "array" => self.array(schema),
            "integer" => json!(numbers::Integers::of(schema).at(self.below(4), self.share())),
            "number" => json!(numbers::Reals::of(schema).at(self.below(6), self.share())),
            // Names of parameters: no other text is free.
            "string" => json!(["layers.0", "layers.0.weights", "layers.0.biases", "layers.1"][self.below(4)]),
            "boolean" => json!(self.share() < 0.5),
            "null" => Value::Null,
            other => panic!("no draw of the type {other}: {schema}"),
        }
    }

    fn object(&mut self, schema: &Value) -> Value {
        let mut object = Map::new();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            // Names that are drawn seldom name each other.
            let is_of_graph = ["name", "from", "inputs"].contains(&name.as_str());
            if is_required(schema, name) || self.share() < if is_of_graph { 0.04 } else { 0.4 } {
                let is_source = name == "from" && self.share() < 0.5;
                let value = if is_source { json!("input") } else { self.value(property) };
                object.insert(name.clone(), value);
            }
        }
        Value::Object(object)
    }

    fn array(&mut self, schema: &Value) -> Value {
        let min = schema.get("minItems").and_then(Value::as_u64).unwrap_or(0) as usize;
        let max = schema.get("maxItems").and_then(Value::as_u64).map_or(min + 3, |max| max as usize);
        let length = min + self.below(max - min + 1);
        (0..length).map(|_| self.value(&schema["items"])).collect()
    }
}

/// The schema that a `$ref` names.
pub(crate) fn resolve<'a>(definitions: &'a Value, reference: &Value) -> &'a Value {
    let name = reference.as_str().and_then(|path| path.strip_prefix("#/$defs/")).expect("a definition of this schema");
    definitions["$defs"].get(name).unwrap_or_else(|| panic!("{name} is defined"))
}

pub(crate) fn is_required(schema: &Value, name: &str) -> bool {
    schema["required"].as_array().into_iter().flatten().any(|required| required == name)
}

/// The type, one of them where there are several; `share` chooses.
fn kind(schema: &Value, share: f64) -> &str {
    match &schema["type"] {
        Value::String(kind) => kind,
        Value::Array(kinds) => {
            let index = (share * kinds.len() as f64) as usize;
            kinds[index].as_str().expect("a type is a word")
        }
        other => panic!("no type {other}: {schema}"),
    }
}
