//! Schedules of the learning rate.

use serde_json::{Map, Value};

/// The library's schedule with the oracle's settings.
#[must_use]
pub fn schedule(settings: &Value) -> Value {
    let settings = settings.as_object().into_iter().flatten();
    let renamed = settings.map(|(name, value)| {
        let name = match name.as_str() {
            "name" => "type",
            "by" => "interval",
            "warmup" => "warmupEpochs",
            "final" => "finalFactor",
            "initial" => "initialFactor",
            "rise" => "rising",
            same => same,
        };
        (name.to_owned(), value.clone())
    });
    Value::Object(renamed.collect::<Map<_, _>>())
}
