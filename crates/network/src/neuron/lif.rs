//! Leaky integrate-and-fire (spec 1.1, 10.2).

use spikelet_config::NeuronConfig;
use spikelet_kernels::{LifConstants, Reset};

use super::gains::Gains;
use super::leaky;

/// The reset of the kernels.
fn reset(reset: spikelet_config::Reset) -> Reset {
    match reset {
        spikelet_config::Reset::All => Reset::All,
        spikelet_config::Reset::Membrane => Reset::Membrane,
        spikelet_config::Reset::Subtract => Reset::Subtract,
        spikelet_config::Reset::SubtractAfterDecay => Reset::SubtractAfterDecay,
        spikelet_config::Reset::None => Reset::None,
    }
}

/// Constants of the first unit, which are those of all where none has its own; behind stages that let `scale` of every spike arrive.
pub(super) fn constants(config: &NeuronConfig, gains: &Gains, scale: f32) -> LifConstants {
    of_unit(config, gains, scale, 0)
}

/// Constants of one unit.
pub(super) fn of_unit(config: &NeuronConfig, gains: &Gains, scale: f32, unit: usize) -> LifConstants {
    let constants = LifConstants {
        current_decay: config.current_decay.at(unit) as f32,
        membrane_decay: config.membrane_decay.at(unit) as f32,
        drive_gain: (gains.current.at(unit) * gains.membrane.at(unit)) as f32 * scale,
        threshold: config.threshold.at(unit) as f32,
        reset: reset(config.reset),
    };
    if config.kind.fires() { constants } else { leaky::silenced(constants) }
}
