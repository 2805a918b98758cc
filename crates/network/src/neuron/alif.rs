//! Thresholds that adapt (spec 10.3).

use spikelet_config::NeuronConfig;
use spikelet_kernels::own::alif;

/// Number of κ in the kernels.
pub(super) const STRENGTH: usize = alif::ADAPTATION_STRENGTH;

/// ρ and κ of a unit.
pub(super) fn constants(config: &NeuronConfig, unit: usize) -> [f32; 2] {
    [config.adaptation_decay.at(unit) as f32, config.adaptation_strength.at(unit) as f32]
}
