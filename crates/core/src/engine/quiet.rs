//! The rest of a layer's simulation once its last input has come.

use spikelet_kernels::{Level, QuietRun, QuietState, TILE, list_restless, pick, run_quiet};

use super::workspace::LayerWork;
use crate::network::Network;

/// Scratch for the units that can still fire.
#[derive(Debug, Default)]
pub(crate) struct Quiet {
    units: Vec<u32>,
    current: Vec<f32>,
    membrane: Vec<f32>,
    bias: Vec<f32>,
    rest: Vec<f32>,
    fired: Vec<(u32, u32)>,
}

impl Quiet {
    /// Adds the layer's spikes from where it stands up to step `to`, without input. State and trace stay where they are:
    /// gradients need less of them than there is.
    pub(super) fn finish(&mut self, level: Level, network: &Network, index: usize, to: usize, layer: &mut LayerWork) {
        let tiles = network.layer(index);
        self.units.clear();
        for tile in tiles {
            let lanes = tile.first..tile.first + tile.lanes;
            let state = QuietState {
                current: &layer.current[lanes.clone()],
                membrane: &layer.membrane[lanes],
                rest: &tile.rest,
            };
            list_restless(level, &network.quiet, &state, tile.first as u32, &mut self.units);
        }
        if self.units.is_empty() {
            return;
        }
        pick(&self.units, |unit| layer.current[unit], &mut self.current);
        pick(&self.units, |unit| layer.membrane[unit], &mut self.membrane);
        pick(&self.units, |unit| tiles[unit / TILE].drive_bias[unit % TILE], &mut self.bias);
        pick(&self.units, |unit| tiles[unit / TILE].rest[unit % TILE], &mut self.rest);
        self.fired.clear();
        let run = QuietRun {
            current: &self.current,
            membrane: &self.membrane,
            bias: &self.bias,
            rest: &self.rest,
            from: layer.reached,
            to,
            constants: network.constants,
        };
        run_quiet(level, &run, &mut self.fired);
        let (steps, words) = (network.steps, network.steps.div_ceil(64));
        for &(step, index) in &self.fired {
            let (step, unit) = (step as usize, self.units[index as usize] as usize);
            layer.spikes[unit / TILE * steps + step] |= 1 << (unit % TILE);
            layer.busy[unit / TILE * words + step / 64] |= 1 << (step % 64);
        }
    }
}
