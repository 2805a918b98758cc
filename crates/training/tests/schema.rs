//! `spikelet.schema.json` knows the range of every field: what it allows is accepted, or refused by a rule that more than one field takes
//! part in; what is just outside of a bound is refused with the path of the field.

mod bounds;
mod draw;
mod numbers;

use std::collections::BTreeMap;

use draw::Draw;
use serde_json::Value;
use spikelet_config::json::FromJson;
use spikelet_config::{CONSTRAINTS, Config, Constraint, Error, json};
use spikelet_encode::{ENCODING_CONSTRAINTS, Encoding};

const DRAWS: u64 = 20_000;
/// Fewest draws that are accepted.
const ACCEPTED: u64 = 100;

fn schema() -> Value {
    serde_json::from_str(include_str!("../../../spikelet.schema.json")).expect("the schema is JSON")
}

/// The schema of what the core reads: `data` and `$schema` are the command line's.
fn configuration(schema: &Value) -> Value {
    let mut root = schema.clone();
    let properties = root["properties"].as_object_mut().expect("a configuration has fields");
    properties.retain(|name, _| name != "data" && name != "$schema");
    root
}

fn encoding(schema: &Value) -> &Value {
    &schema["properties"]["data"]["properties"]["encoding"]
}

/// Draws from a schema; what is refused must be refused by a rule, word for word.
fn refused_by_rules<T: FromJson>(
    definitions: &Value,
    schema: &Value,
    parse: impl Fn(&str) -> Result<T, Error>,
    rules: &[Constraint<T>],
) {
    let mut accepted = 0;
    let mut refused: BTreeMap<&str, u32> = rules.iter().map(|rule| (rule.name, 0)).collect();
    for seed in 0..DRAWS {
        let text = Draw::new(definitions, seed).value(schema).to_string();
        match parse(&text) {
            Ok(_) => accepted += 1,
            Err(error) => {
                let of: T = json::parse(&text).unwrap_or_else(|_| panic!("{error}\n{text}"));
                let broken: Vec<_> =
                    rules.iter().filter_map(|rule| Some((rule.name, rule.check(&of).err()?))).collect();
                assert!(broken.iter().any(|(_, of_rule)| *of_rule == error), "no rule says {error}\n{text}");
                for (name, _) in broken {
                    *refused.get_mut(name).expect("the rule is listed") += 1;
                }
            }
        }
    }
    // Layers that are drawn one by one seldom fit onto each other, and a readout seldom comes last and with a loss of its own.
    assert!(accepted >= ACCEPTED, "{accepted} of {DRAWS} accepted, {refused:?}");
    let unused: Vec<_> = refused.iter().filter(|(_, count)| **count == 0).collect();
    assert!(unused.is_empty(), "no draw broke {unused:?}");
}

#[test]
fn what_the_schema_allows_is_accepted_or_breaks_a_rule_across_fields() {
    let schema = schema();
    refused_by_rules(&schema, &configuration(&schema), Config::from_json, CONSTRAINTS);
}

#[test]
fn encodings_that_the_schema_allows_are_accepted_or_break_a_rule_across_fields() {
    let schema = schema();
    refused_by_rules(&schema, encoding(&schema), Encoding::from_json, ENCODING_CONSTRAINTS);
}

#[test]
fn every_number_has_both_bounds() {
    let schema = schema();
    let unbounded: Vec<String> = bounds::numbers(&schema)
        .into_iter()
        .filter(|(_, number)| {
            let has = |names: [&str; 2]| names.iter().any(|name| number.get(name).is_some());
            !has(["minimum", "exclusiveMinimum"]) || !has(["maximum", "exclusiveMaximum"])
        })
        .map(|(place, _)| place)
        .collect();
    assert_eq!(unbounded, Vec::<String>::new());
}

/// Puts every value that is just outside of a bound in its place and wants it refused there.
fn refused_at_its_path<T>(definitions: &Value, schema: &Value, parse: impl Fn(&str) -> Result<T, Error>) -> usize {
    let mut count = 0;
    for place in bounds::places(definitions, schema) {
        for wrong in numbers::outside(&place.number) {
            let text = place.with(&wrong).to_string();
            let error = parse(&text).err().unwrap_or_else(|| panic!("{} = {wrong} is accepted\n{text}", place.path));
            assert_eq!(error.path, place.path, "{error}\n{text}");
            count += 1;
        }
    }
    count
}

#[test]
fn what_is_just_outside_of_a_bound_is_refused_at_its_path() {
    let schema = schema();
    let count = refused_at_its_path(&schema, &configuration(&schema), Config::from_json);
    assert!(count > 150, "{count} values");
    let count = refused_at_its_path(&schema, encoding(&schema), Encoding::from_json);
    assert!(count > 20, "{count} values");
}
