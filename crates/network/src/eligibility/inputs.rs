//! Eligibilities of the weights of an input of a layer.

use spikelet_data::Archive;
use spikelet_kernels::eligibility::{
    EligibilityColumn, EligibilityRows, EligibilityStep, coefficient, step_column, step_eligibility,
};
use spikelet_kernels::{Level, StepEvents};

use super::EligibilitySums;
use crate::aligned::Aligned;
use crate::connection::Connection;
use crate::events::LayerSpikes;
use crate::network::Network;
use crate::pass::Stepwise;

/// Eligibilities of the weights of an input.
#[derive(Debug)]
pub(super) struct InputEligibility {
    connection: usize,
    /// Spikes that arrive of each input at the step; of a one-to-one connection at each lane.
    values: Vec<f32>,
    /// Inputs of which any spike has arrived.
    live: Vec<bool>,
    /// Tile by tile `[input][block of lanes][state][lane]`; of a one-to-one connection `[state][lane]`.
    tiles: Vec<Aligned>,
    is_one_to_one: bool,
}

impl InputEligibility {
    pub(super) fn new(network: &Network, connection: usize, states: usize) -> Self {
        let shape = &network.shapes[connection];
        let is_one_to_one = matches!(network.layers[connection].connection, Connection::OneToOne(_));
        let of_tile = |number: usize| Aligned::zeros(shape.inputs * states * network.tiles[number].lanes);
        Self {
            connection,
            values: vec![0.0; if is_one_to_one { network.layers[connection].layout.lanes } else { shape.inputs }],
            live: vec![false; shape.inputs],
            tiles: network.tiles_of(connection).map(of_tile).collect(),
            is_one_to_one,
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

    /// Takes all weights to the step that was run last.
    pub(super) fn step<'a>(
        &mut self,
        level: Level,
        network: &Network,
        states: &Stepwise,
        step: &dyn Fn(usize) -> EligibilityStep<'a>,
        sums: &mut dyn EligibilitySums,
    ) {
        self.values.fill(0.0);
        let layer = &network.layers[self.connection];
        let place = |unit: u32| if self.is_one_to_one { layer.layout.lane_of(unit) } else { unit as usize };
        let arriving = arriving(network, states, self.connection);
        arriving.weighted_at(states.at).for_each(|(unit, value)| self.values[place(unit)] += value);
        let numbers = network.tiles_of(self.connection);
        for (tile, (number, own)) in numbers.zip(&mut self.tiles).enumerate() {
            let (weights, _) = sums.tile(number);
            let step = step(tile);
            if self.is_one_to_one {
                let first = layer.layout.sites[tile].lane;
                let drive = &step.coefficients[coefficient::DRIVE * step.lanes..];
                let values = &self.values[first..first + step.lanes];
                let current: Vec<f32> = values.iter().zip(drive).map(|(value, drive)| drive * value).collect();
                let none = &vec![0.0; step.lanes][..];
                let column = EligibilityColumn { current: &current, membrane: none, threshold: none, adaptation: none };
                step_column(&step, &column, own, weights);
            } else {
                let (values, live) = (&self.values[..], &mut self.live[..]);
                step_eligibility(level, &step, &mut EligibilityRows { values, live, states: own, sums: weights });
            }
        }
    }
}

/// Spikes that the weights of a connection get.
fn arriving<'a>(network: &'a Network, states: &'a Stepwise, connection: usize) -> StepEvents<'a> {
    let work = &states.work;
    let (input, steps) = (states.input(), states.at + 1);
    let sent = match (&network.graph, connection.checked_sub(1)) {
        (Some(graph), _) => work.sent_to(graph, connection, input, steps),
        (None, None) => LayerSpikes::of_input(input, &work.input_offsets, steps),
        (None, Some(previous)) => work.layers[previous].spikes.before(steps),
    };
    network.layers[connection].inputs(&work.layers[connection], sent).into()
}
