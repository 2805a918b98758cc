//! Optimisers of trajectories and tables.

use serde_json::{Value, json};

use crate::{Untranslated, malformed};

/// The library's optimiser of this name, with the settings that are given: `lr`, `beta1`, `beta2`, `eps`, `momentum`, `weight_decay`.
///
/// # Errors
/// [`Untranslated::Malformed`] for another name than `adam`, `adamw` and `sgd`.
pub fn optimizer(name: &str, settings: &Value) -> Result<Value, Untranslated> {
    const ADAM: &[(&str, &str)] = &[("beta1", "beta1"), ("beta2", "beta2"), ("eps", "epsilon")];
    let (name, own) = match name {
        "adam" => ("adam", ADAM),
        "adamw" => ("adamW", ADAM),
        "sgd" => ("sgd", &[("momentum", "momentum")][..]),
        other => return malformed(format!("no optimiser {other}")),
    };
    let mut json = json!({ "type": name });
    for (setting, field) in own.iter().chain(&[("lr", "learningRate"), ("weight_decay", "weightDecay")]) {
        if let Some(value) = settings.get(setting).filter(|value| !value.is_null()) {
            json[field] = value.clone();
        }
    }
    Ok(json)
}
