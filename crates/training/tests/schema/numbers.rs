//! Bounds of numbers in a schema.

use serde_json::{Value, json};

/// Whole numbers that a schema allows.
pub(crate) struct Integers {
    min: i64,
    max: i64,
    is_odd: bool,
}

impl Integers {
    pub(crate) fn of(schema: &Value) -> Self {
        let bound = |name: &str| schema[name].as_i64().unwrap_or_else(|| panic!("no {name}: {schema}"));
        let is_odd = schema.get("not").is_some_and(|not| *not == json!({ "multipleOf": 2 }));
        assert_eq!(is_odd, schema.get("not").is_some(), "{schema}");
        Self { min: bound("minimum"), max: bound("maximum"), is_odd }
    }

    /// One of them: mostly small, now and then a bound or of any size.
    pub(crate) fn at(&self, form: usize, share: f64) -> i64 {
        let width = (self.max - self.min) as f64;
        let above = match form {
            0 => libm::pow(width + 1.0, share) - 1.0,
            1 if share < 0.05 => width,
            1 if share < 0.2 => 0.0,
            _ => share * width.min(9.0),
        };
        let value = self.min + above as i64;
        if !self.is_odd || value % 2 != 0 {
            value
        } else if value < self.max {
            value + 1
        } else {
            value - 1
        }
    }
}

/// Real numbers that a schema allows: the smallest and the largest.
pub(crate) struct Reals {
    min: f64,
    max: f64,
}

impl Reals {
    pub(crate) fn of(schema: &Value) -> Self {
        let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
        let lower = [bound("minimum"), bound("exclusiveMinimum").map(f64::next_up)];
        let upper = [bound("maximum"), bound("exclusiveMaximum").map(f64::next_down)];
        let min = lower.into_iter().flatten().reduce(f64::max).unwrap_or_else(|| panic!("no minimum: {schema}"));
        let max = upper.into_iter().flatten().reduce(f64::min).unwrap_or_else(|| panic!("no maximum: {schema}"));
        Self { min, max }
    }

    /// One of them: the bounds, their neighbourhood, usual numbers and those of any size.
    pub(crate) fn at(&self, form: usize, share: f64) -> f64 {
        let value = match form {
            0 if share < 0.3 => self.min,
            0 if share < 0.6 => self.max,
            1 => libm::pow(10.0, share * 80.0 - 42.0),
            2 => -libm::pow(10.0, share * 40.0 - 2.0),
            _ => share * 2.0,
        };
        value.clamp(self.min, self.max)
    }
}

fn is_whole(schema: &Value) -> bool {
    match &schema["type"] {
        Value::Array(kinds) => kinds.contains(&json!("integer")),
        kind => kind == "integer",
    }
}

/// Whether a schema allows numbers.
pub(crate) fn is_number(schema: &Value) -> bool {
    let is = |kind: &Value| kind == "integer" || kind == "number";
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(is),
        kind => is(kind),
    }
}

/// The numbers next to the bounds that the schema does not allow.
pub(crate) fn outside(schema: &Value) -> Vec<Value> {
    if is_whole(schema) {
        let integers = Integers::of(schema);
        let even = integers.is_odd.then(|| json!(2));
        return [json!(integers.min - 1), json!(integers.max + 1)].into_iter().chain(even).collect();
    }
    let reals = Reals::of(schema);
    let mut outside = vec![json!(reals.min.next_down()), json!(reals.max.next_up())];
    outside.extend(["exclusiveMinimum", "exclusiveMaximum"].into_iter().filter_map(|bound| schema.get(bound).cloned()));
    outside
}

/// The smallest number that the schema allows.
pub(crate) fn smallest(schema: &Value) -> Value {
    if is_whole(schema) { json!(Integers::of(schema).at(2, 0.0)) } else { json!(Reals::of(schema).min) }
}
