//! Leaky integrate-and-fire (spec 1.1, 10.2), and the readout that is the same without a threshold (spec 10.4).

use spikelet_config::{NeuronConfig, NeuronType};
use spikelet_kernels::{LifConstants, Reset};

use super::gains::Gains;

/// The reset of the kernels.
fn reset(reset: spikelet_config::Reset) -> Reset {
    match reset {
        spikelet_config::Reset::All => Reset::All,
        spikelet_config::Reset::Membrane => Reset::Membrane,
        spikelet_config::Reset::Subtract => Reset::Subtract,
    }
}

/// Constants of the first unit, which are those of all where none has its own; behind stages that let `scale` of every spike arrive.
pub(super) fn constants(config: &NeuronConfig, gains: &Gains, scale: f32) -> LifConstants {
    of_unit(config, gains, scale, 0)
}

/// Constants of one unit.
pub(super) fn of_unit(config: &NeuronConfig, gains: &Gains, scale: f32, unit: usize) -> LifConstants {
    let is_readout = config.kind == NeuronType::Leaky;
    LifConstants {
        current_decay: config.current_decay.at(unit) as f32,
        membrane_decay: config.membrane_decay.at(unit) as f32,
        drive_gain: (gains.current.at(unit) * gains.membrane.at(unit)) as f32 * scale,
        threshold: if is_readout { f32::INFINITY } else { config.threshold.at(unit) as f32 },
        reset: if is_readout { Reset::All } else { reset(config.reset) },
    }
}
