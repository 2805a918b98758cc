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
    /// The threshold is subtracted from the membrane after it decayed, the current continues (as in snnTorch by default). Needs a
    /// `membraneDecay` above 0, not for `adlif` and the rule `eprop`.
    SubtractAfterDecay,
    /// Nothing: a unit fires at every step at which its membrane is at the threshold or above.
    None,
}

impl Reset {
    /// Whether the membrane continues after a spike, less its threshold or not.
    pub(crate) fn keeps_membrane(self) -> bool {
        !matches!(self, Self::All | Self::Membrane)
    }

    /// Name in the configuration.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Membrane => "membrane",
            Self::Subtract => "subtract",
            Self::SubtractAfterDecay => "subtractAfterDecay",
            Self::None => "none",
        }
    }
}
