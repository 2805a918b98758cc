//! Spikes as they are.

use serde::Serialize;
use spikelet_config::json::FromJson;
use spikelet_fields::fields;

/// The samples are spikes already and go in unchanged; values are refused.
#[fields]
#[derive(Clone, Debug, Default, PartialEq, Serialize, FromJson)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct DirectEncoding {}
