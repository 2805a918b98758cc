//! Golden files (formats 1 to 3, `test/golden/README.md`) to the JSON of configurations: the only place that knows both the oracle's names
//! and those of the library. The tests of the core and, by the program of this crate, the tests of the public API call it.
#![forbid(unsafe_code)]

mod files;
mod loss;
mod network;
mod optimizer;
mod rule;
mod schedule;
mod switches;

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;
use serde_json::{Value, json};

pub use files::{Case, cases};
pub use optimizer::optimizer;
pub use schedule::schedule;

use switches::Switches;

/// Why there is no configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Untranslated {
    /// The library does not have these features.
    Unsupported(BTreeSet<String>),
    /// The file is not of a known format.
    Malformed(String),
}

impl fmt::Display for Untranslated {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported(features) => {
                let names: Vec<&str> = features.iter().map(String::as_str).collect();
                write!(formatter, "not supported: {}", names.join(", "))
            }
            Self::Malformed(reason) => formatter.write_str(reason),
        }
    }
}

impl std::error::Error for Untranslated {}

fn malformed<T>(reason: impl Into<String>) -> Result<T, Untranslated> {
    Err(Untranslated::Malformed(reason.into()))
}

/// Features of a file that the library does not have.
#[derive(Default)]
struct Unsupported(BTreeSet<String>);

impl Unsupported {
    fn note(&mut self, feature: impl Into<String>) {
        self.0.insert(feature.into());
    }
}

/// What a golden case asks of the library.
#[derive(Clone, Debug, PartialEq)]
pub enum Translation {
    /// The configuration of a network.
    Configuration(Value),
    /// The optimiser of each case of an `optimisers` file.
    Optimizers(Vec<Value>),
    /// The schedule of each case of a `schedules` file.
    Schedules(Vec<Value>),
    /// The other tables name no settings.
    Table,
}

/// Translates a case.
///
/// # Errors
/// [`Untranslated`] for features that the library does not have, unknown formats and files that do not follow theirs.
pub fn translate(file: &Value) -> Result<Translation, Untranslated> {
    let format = &file["format"];
    if ![1, 2, 3].iter().any(|known| *format == *known) {
        return malformed(format!("unknown format {format}"));
    }
    match file["type"].as_str() {
        Some("network" | "trajectory" | "integer") => {
            let Some(batch) = file["batch"].as_u64() else { return malformed("has no batch") };
            configuration(&file["config"], batch, file.get("optimiser")).map(Translation::Configuration)
        }
        Some("online") => {
            let Some(batch) = file["batch"].as_u64() else { return malformed("has no batch") };
            let mut found = configuration(&file["config"], batch, file.get("optimiser"))?;
            found["training"]["updateEvery"] = file["every"].clone();
            Ok(Translation::Configuration(found))
        }
        Some("optimisers") => {
            let cases = file["cases"].as_array().map(Vec::as_slice).unwrap_or_default();
            cases
                .iter()
                .map(|case| optimizer(case["optimiser"].as_str().unwrap_or_default(), case))
                .collect::<Result<_, _>>()
                .map(Translation::Optimizers)
        }
        Some("schedules") => {
            let cases = file["cases"].as_array().map(Vec::as_slice).unwrap_or_default();
            Ok(Translation::Schedules(cases.iter().map(|case| schedule(&case["schedule"])).collect()))
        }
        _ => Ok(Translation::Table),
    }
}

/// The configuration of the switches of a file; `optimiser` is that of a trajectory.
///
/// # Errors
/// The errors of [`translate`].
pub fn configuration(switches: &Value, batch: u64, optimiser: Option<&Value>) -> Result<Value, Untranslated> {
    let switches = Switches::deserialize(switches).map_err(|error| Untranslated::Malformed(error.to_string()))?;
    let mut unsupported = Unsupported::default();
    switches.note_fixed(&mut unsupported);
    let mut configuration = json!({
        "network": network::network(&switches)?,
        "rule": rule::rule(&switches)?,
        "loss": loss::loss(&switches, &mut unsupported)?,
        "regularizers": loss::regularizers(&switches),
        "schedule": { "type": "constant" },
        "training": {
            "batchSize": batch,
            "gradientClip": switches.grad_clip,
            "gradientNormClip": switches.grad_norm_clip,
            "silentUnitUpdate": {
                "strength": switches.timing_penalty,
                "rules": switches.penalty_scope,
                "convolutions": switches.penalty_conv,
            },
        },
    });
    if let Some(settings) = optimiser {
        if let Some(decay) = settings.get("ema") {
            configuration["training"]["averaging"] = json!({ "type": "ema", "decay": decay });
        }
        configuration["optimizer"] = optimizer(settings["name"].as_str().unwrap_or_default(), settings)?;
    }
    if unsupported.0.is_empty() { Ok(configuration) } else { Err(Untranslated::Unsupported(unsupported.0)) }
}

#[cfg(test)]
mod tests;
