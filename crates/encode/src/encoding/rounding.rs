//! Rounding of fractions of spikes.

use serde::Serialize;
use spikelet_config::json::FromJson;
use spikelet_fields::fields;

/// Which way a fraction of a spike is rounded.
#[fields]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Rounding {
    /// A spike comes at the start of its interval.
    #[default]
    Up,
    /// A spike comes once its interval is complete.
    Down,
}
