//! The rest of a layer's simulation once its last input has come.

use spikelet_kernels::{Level, QuietRun, QuietSpikes, QuietState, TILE, list_restless, pick, run_quiet};

use super::workspace::{LayerWork, set_bits, set_steps};
use crate::geometry::NO_UNIT;
use crate::network::Network;

/// Scratch for the units that can still fire.
#[derive(Debug, Default)]
pub(crate) struct Quiet {
    units: Vec<u32>,
    current: Vec<f32>,
    membrane: Vec<f32>,
    bias: Vec<f32>,
    rest: Vec<f32>,
    /// Spikes by block of units; all 0 between two runs.
    spikes: Vec<u64>,
    busy: Vec<u64>,
}

impl Quiet {
    /// Adds the layer's spikes from where it stands up to step `to`, without input. State and trace stay where they are:
    /// gradients need less of them than there is.
    pub(super) fn finish(&mut self, level: Level, network: &Network, index: usize, to: usize, layer: &mut LayerWork) {
        let (wiring, tiles) = (&network.wirings[index], network.layer(index));
        self.units.clear();
        for site in &wiring.sites {
            let lanes = site.lane..site.lane + site.lanes;
            let state = QuietState {
                current: &layer.current[lanes.clone()],
                membrane: &layer.membrane[lanes],
                rest: tiles[site.tile].site_rest(),
            };
            list_restless(level, &network.quiet, &state, site.lane as u32, &mut self.units);
        }
        if wiring.convolution.is_some() {
            self.units.retain(|&lane| wiring.unit_of_lane[lane as usize] != NO_UNIT);
        }
        if self.units.is_empty() {
            return;
        }
        let place = |lane: usize| {
            let site = &wiring.sites[wiring.site_of(lane)];
            (&tiles[site.tile], site, lane - site.lane)
        };
        let bias = |lane| {
            let (tile, site, lane) = place(lane);
            tile.site_bias(site)[lane]
        };
        let rest = |lane| {
            let (tile, _, lane) = place(lane);
            tile.site_rest()[lane]
        };
        pick(&self.units, |lane| layer.current[lane], &mut self.current);
        pick(&self.units, |lane| layer.membrane[lane], &mut self.membrane);
        pick(&self.units, bias, &mut self.bias);
        pick(&self.units, rest, &mut self.rest);
        let run = QuietRun {
            current: &self.current,
            membrane: &self.membrane,
            bias: &self.bias,
            rest: &self.rest,
            from: layer.reached,
            to,
            constants: network.constants,
        };
        let (steps, words) = (network.steps, network.steps.div_ceil(64));
        let blocks = self.current.len().div_ceil(TILE);
        self.spikes.resize(blocks * steps, 0);
        self.busy.resize(blocks * words, 0);
        run_quiet(level, &run, &mut QuietSpikes { spikes: &mut self.spikes, busy: &mut self.busy });
        let blocks = self.spikes.chunks_exact_mut(steps).zip(self.busy.chunks_exact_mut(words));
        for ((spikes, busy), units) in blocks.zip(self.units.chunks(TILE)) {
            for t in set_steps(busy) {
                for index in set_bits(std::mem::take(&mut spikes[t])) {
                    let lane = units[index] as usize;
                    let site = wiring.site_of(lane);
                    layer.spikes[site * steps + t] |= 1 << (lane - wiring.sites[site].lane);
                    layer.busy[site * words + t / 64] |= 1 << (t % 64);
                }
            }
            busy.fill(0);
        }
    }
}
