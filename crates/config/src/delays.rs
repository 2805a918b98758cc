//! Delays of arriving spikes.

use crate::json::FromJson;
use serde::Serialize;
use spikelet_fields::fields;

/// What each delay belongs to.
#[fields]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum DelaysBy {
    /// An input unit: its spikes reach all units of the layer at the same step (axonal delays).
    #[default]
    Input,
    /// A connection (synaptic delays).
    Connection,
}

/// Delays of the spikes that arrive at a dense layer (spec 13): a spike of step `t` arrives at step `t + round(d)`, halves to
/// even, and never where the simulation has ended by then. In a recurrent layer the layer's own spikes are delayed too, on top of
/// the step that they take.
///
/// They start uniformly distributed between 0 and `max`.
#[fields]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Delays {
    /// What each delay belongs to.
    #[serde(default)]
    pub by: DelaysBy,
    /// Longest delay in steps; learning keeps delays between 0 and this.
    #[range(min = 0, max = 65535)]
    pub max: u32,
    /// Whether training learns the delays.
    #[serde(default)]
    pub learn: bool,
}

impl Delays {
    /// Whether each connection has its own.
    pub fn is_by_connection(&self) -> bool {
        self.by == DelaysBy::Connection
    }
}
