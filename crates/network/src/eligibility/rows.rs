//! Eligibilities of weights by which every unit sees every input.

use spikelet_data::Archive;
use spikelet_kernels::Level;
use spikelet_kernels::eligibility::{EligibilityRows, EligibilityStep, step_eligibility};

use super::EligibilitySums;
use crate::aligned::Aligned;
use crate::network::Network;

/// Eligibilities of the weights of a dense input; each tile has one site.
#[derive(Debug)]
pub(super) struct RowEligibility {
    /// Spikes that arrive of each input at the step.
    values: Vec<f32>,
    /// Inputs of which any spike has arrived.
    live: Vec<bool>,
    /// Tile by tile `[input][block of lanes][state][lane]`.
    tiles: Vec<Aligned>,
}

impl RowEligibility {
    pub(super) fn new(network: &Network, connection: usize, states: usize) -> Self {
        let inputs = network.shapes[connection].inputs;
        let of_tile = |number: usize| Aligned::zeros(inputs * states * network.tiles[number].lanes);
        Self {
            values: vec![0.0; inputs],
            live: vec![false; inputs],
            tiles: network.tiles_of(connection).map(of_tile).collect(),
        }
    }

    pub(super) fn clear(&mut self) {
        self.live.fill(false);
        self.tiles.iter_mut().for_each(|tile| tile.fill(0.0));
    }

    /// Writes or reads the states of all weights.
    pub(super) fn archive(&mut self, archive: &mut Archive<'_>) {
        archive.array(&mut self.live);
        self.tiles.iter_mut().for_each(|tile| archive.array(tile));
    }

    /// Takes all weights a step on, at which these inputs arrive; the first tile of the connection has that number.
    pub(super) fn step<'a>(
        &mut self,
        level: Level,
        arriving: &mut dyn Iterator<Item = (u32, f32)>,
        step: &dyn Fn(usize) -> EligibilityStep<'a>,
        (first_tile, sums): (usize, &mut dyn EligibilitySums),
    ) {
        self.values.fill(0.0);
        arriving.for_each(|(input, value)| self.values[input as usize] += value);
        for (tile, states) in self.tiles.iter_mut().enumerate() {
            let (weights, _) = sums.tile(first_tile + tile);
            let (values, live) = (&self.values[..], &mut self.live[..]);
            step_eligibility(level, &step(tile), &mut EligibilityRows { values, live, states, sums: weights });
        }
    }
}
