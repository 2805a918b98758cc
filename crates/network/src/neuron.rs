//! Neurons: from the configuration to the constants of the kernels. One file for each kind.

mod by_unit;
mod gains;
mod lanes;
mod leaky;
mod learnt;
mod lif;

use spikelet_config::{LearntConstant, NeuronConfig};
use spikelet_kernels::{LifConstants, QuietBound, constant};

use crate::learnt::{LearntArray, LearntShape};

pub use by_unit::UnitConstants;
pub(crate) use by_unit::number_of;
pub use gains::Gains;
pub use lanes::Lanes;
pub use learnt::learnt_shapes;

/// The neuron of a layer.
#[derive(Clone, Debug)]
pub struct Neuron {
    /// Gains of drive, membrane and bias.
    pub gains: Gains,
    /// Constants of the kernels, apart from the scale of the layer's stages; those that differ from unit to unit are in
    /// `by_unit`.
    pub constants: LifConstants,
    /// Constants of each unit, or channel, where units differ, thresholds adapt or constants are learnt; learnt ones with their
    /// initial values.
    pub by_unit: Option<UnitConstants>,
    /// Constants that are learnt.
    pub learnt: Vec<LearntShape>,
    /// Factor on their learning rate.
    pub learning_rate_factor: f64,
    /// Steps after a spike in which a unit is blocked.
    pub refractory: u32,
    /// Whether units fire.
    pub fires: bool,
    /// Which units can still fire without input.
    pub(crate) quiet: QuietBound,
}

impl Neuron {
    /// The neuron of `filters` units or channels, for a simulation of `steps` steps, behind stages that let `scale` of every spike arrive.
    pub(crate) fn new(config: &NeuronConfig, filters: usize, steps: u32, scale: f32) -> Self {
        let gains = Gains::of(config, steps);
        let constants = lif::constants(config, &gains, scale);
        let learnt = learnt_shapes(config, filters);
        let is_by_unit = config.kind.has_own_constants() || config.has_lists() || !learnt.is_empty();
        let by_unit = is_by_unit.then(|| UnitConstants::new(config, &gains, filters, scale));
        Self {
            gains,
            learnt,
            learning_rate_factor: config.learning_rate_factor,
            refractory: config.refractory_steps(),
            fires: config.kind.fires(),
            quiet: match &by_unit {
                Some(constants) => QuietBound::new(constants.iter(), steps as usize),
                None => QuietBound::new(std::iter::once(constants), steps as usize),
            },
            by_unit,
            constants,
        }
    }

    /// γ: what a spike drives through a weight of 1, as far as all units share it; adjoints hold the rest.
    pub fn drive_gain(&self) -> f32 {
        if self.by_unit.is_some() { 1.0 } else { self.constants.drive_gain }
    }

    /// Factor on the gradient of a bias, as far as all units share it; sums hold the rest.
    pub fn bias_gain(&self) -> f32 {
        if self.by_unit.is_some() { 1.0 } else { self.gains.bias.at(0) as f32 }
    }

    /// The drive of a bias at each step, of a unit or channel.
    pub(crate) fn bias_drive(&self, filter: usize, bias: f32) -> f32 {
        let gain = match &self.by_unit {
            Some(constants) => constants.of(filter, constant::BIAS_GAIN),
            None => self.bias_gain(),
        };
        bias * gain
    }

    /// J of a unit or channel as I.
    pub fn to_current(&self, filter: usize, driven: f32) -> f32 {
        driven / self.gains.membrane.at(filter) as f32
    }

    /// An adjoint q of a unit or channel as the kernels leave it, as that of I.
    pub fn to_adjoint(&self, filter: usize, q: f32) -> f32 {
        let gain = self.gains.membrane.at(filter) as f32;
        match &self.by_unit {
            Some(constants) => q / constants.of(filter, constant::DRIVE_GAIN) * gain,
            None => q * gain,
        }
    }

    /// V∞, to which the drive of a bias alone takes the membrane of a unit or channel: `b / (1 − αᵥ)`, without end where nothing
    /// decays.
    pub(crate) fn rest(&self, filter: usize, drive: f32) -> f32 {
        let of_unit = self.by_unit.as_ref().map(|constants| constants.of(filter, constant::MEMBRANE_DECAY));
        if drive == 0.0 { 0.0 } else { drive / (1.0 - of_unit.unwrap_or(self.constants.membrane_decay)) }
    }

    /// Brings what an update or an average left of the learnt arrays back into range.
    pub fn hold(&self, arrays: &mut [LearntArray]) {
        learnt::hold(arrays);
        if let Some(constants) = &self.by_unit {
            constants.hold_coupling(arrays);
        }
    }

    /// Why learnt arrays do not fit each other, with name and index of the value, if so.
    pub(crate) fn refusal(&self, arrays: &[LearntArray]) -> Option<(&'static str, usize, String)> {
        let (index, why) = self.by_unit.as_ref()?.coupling_refusal(arrays)?;
        Some((LearntConstant::SubthresholdCoupling.name(), index, why))
    }

    /// Number of arrays of state that a unit has beside J and V.
    pub(crate) fn own_states(&self) -> usize {
        self.by_unit.as_ref().map_or(0, |constants| constants.kind().states())
    }

    /// Number of adjoints that a unit has beside p and q.
    pub(crate) fn own_adjoints(&self) -> usize {
        self.by_unit.as_ref().map_or(0, |constants| constants.kind().adjoints())
    }

    /// Whether a spike only resets states and all units share their constants, as the plain passes assume.
    pub(crate) fn is_plain(&self) -> bool {
        self.refractory == 0 && self.by_unit.is_none()
    }

    /// Whether there is a bound that tells which units can no longer fire without input.
    pub(crate) fn may_rest(&self) -> bool {
        let is_bounded = self.by_unit.as_ref().is_none_or(|constants| constants.kind().has_bound());
        self.refractory == 0 && self.learnt.is_empty() && self.fires && is_bounded
    }
}
