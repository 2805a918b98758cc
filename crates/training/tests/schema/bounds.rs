//! Where numbers stand in what a schema describes.

use std::rc::Rc;

use serde_json::{Map, Value, json};

use super::draw::{is_required, resolve};
use super::numbers;

/// A number in the smallest value of a schema that has it.
#[derive(Clone)]
pub(crate) struct Place {
    /// As errors have it.
    pub(crate) path: String,
    /// The number's schema.
    pub(crate) number: Value,
    around: Rc<dyn Fn(Value) -> Value>,
}

impl Place {
    /// The value with `number` in this place.
    pub(crate) fn with(&self, number: &Value) -> Value {
        (self.around)(number.clone())
    }

    /// The place within what stands at `step`.
    fn within(self, step: &str, around: impl Fn(Value) -> Value + 'static) -> Self {
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        let inner = self.around;
        Self {
            path: format!("{step}{dot}{}", self.path),
            number: self.number,
            around: Rc::new(move |number| around(inner(number))),
        }
    }
}

/// Every place of a number, in each variant.
pub(crate) fn places(definitions: &Value, schema: &Value) -> Vec<Place> {
    if let Some(reference) = schema.get("$ref") {
        return places(definitions, resolve(definitions, reference));
    }
    if let Some(branches) = branches(schema) {
        return branches.iter().flat_map(|branch| places(definitions, branch)).collect();
    }
    if numbers::is_number(schema) {
        return vec![Place { path: String::new(), number: schema.clone(), around: Rc::new(|number| number) }];
    }
    let smallest = smallest(definitions, schema);
    if schema["type"] == "array" {
        let within = |place: Place| {
            let list = smallest.clone();
            place.within("[0]", move |entry| {
                let mut entries = list.as_array().cloned().unwrap_or_default();
                entries.splice(..1.min(entries.len()), [entry]);
                Value::Array(entries)
            })
        };
        return places(definitions, &schema["items"]).into_iter().map(within).collect();
    }
    let properties = schema["properties"].as_object().into_iter().flatten();
    let of_property = |(name, property): (&String, &Value)| {
        let within = |place: Place| {
            let (object, field) = (smallest.clone(), name.clone());
            place.within(name, move |value| {
                let mut object = object.clone();
                object[&field] = value;
                object
            })
        };
        places(definitions, property).into_iter().map(within).collect::<Vec<_>>()
    };
    properties.flat_map(of_property).collect()
}

fn branches(schema: &Value) -> Option<&Vec<Value>> {
    ["oneOf", "anyOf"].iter().find_map(|choice| schema.get(choice)).and_then(Value::as_array)
}

/// A value with as little as the schema allows.
fn smallest(definitions: &Value, schema: &Value) -> Value {
    if let Some(constant) = schema.get("const") {
        return constant.clone();
    }
    if let Some(reference) = schema.get("$ref") {
        return smallest(definitions, resolve(definitions, reference));
    }
    if let Some(branches) = branches(schema) {
        return smallest(definitions, &branches[0]);
    }
    if numbers::is_number(schema) {
        return numbers::smallest(schema);
    }
    match schema["type"].as_str() {
        Some("object") => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            let required = properties.filter(|(name, _)| is_required(schema, name));
            Value::Object(required.map(|(name, of)| (name.clone(), smallest(definitions, of))).collect::<Map<_, _>>())
        }
        Some("array") => {
            let length = schema.get("minItems").and_then(Value::as_u64).unwrap_or(0);
            (0..length).map(|_| smallest(definitions, &schema["items"])).collect()
        }
        Some("boolean") => json!(false),
        Some("string") => json!("input"),
        _ => Value::Null,
    }
}

/// Every schema of a number, with its place in the schema.
pub(crate) fn numbers(schema: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    collect("", schema, &mut found);
    found
}

fn collect(place: &str, schema: &Value, found: &mut Vec<(String, Value)>) {
    if schema.is_object() && numbers::is_number(schema) {
        found.push((place.to_owned(), schema.clone()));
    }
    for (keyword, of) in schema.as_object().into_iter().flatten() {
        let place = format!("{place}/{keyword}");
        match (keyword.as_str(), of) {
            ("$defs" | "properties", Value::Object(named)) => {
                named.iter().for_each(|(name, of)| collect(&format!("{place}/{name}"), of, found));
            }
            ("oneOf" | "anyOf", Value::Array(branches)) => {
                branches.iter().enumerate().for_each(|(index, of)| collect(&format!("{place}/{index}"), of, found));
            }
            ("items", of) => collect(&place, of, found),
            _ => {}
        }
    }
}
