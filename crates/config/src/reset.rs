//! What a spike does to its unit.

use crate::json::FromJson;
use serde::Serialize;
use spikelet_fields::fields;

/// What a spike does to the state of its unit that is carried to the next step (spec 10.2).
#[fields]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Reset {
    /// Current and membrane go to 0 (as in the code of the paper's authors).
    #[default]
    All,
    /// The membrane goes to 0, the current continues (as in Norse and EventProp).
    Membrane,
    /// The threshold is subtracted from the membrane before it decays, the current continues.
    Subtract,
}
