//! Eligibilities of the weights of an input of a layer.

use spikelet_data::Archive;
use spikelet_kernels::eligibility::EligibilityStep;
use spikelet_kernels::{Level, StepEvents};

use super::EligibilitySums;
use super::lanes::LaneEligibility;
use super::rows::RowEligibility;
use crate::connection::Connection;
use crate::events::LayerSpikes;
use crate::network::Network;
use crate::pass::Stepwise;

/// Eligibilities of the weights of an input.
#[derive(Debug)]
pub(super) struct InputEligibility {
    connection: usize,
    weights: WeightEligibility,
}

#[derive(Debug)]
enum WeightEligibility {
    /// Every unit sees every input.
    Rows(RowEligibility),
    /// Units see parts of the input.
    Lanes(LaneEligibility),
}

impl InputEligibility {
    pub(super) fn new(network: &Network, connection: usize, states: usize) -> Self {
        let weights = match network.layers[connection].connection {
            Connection::Dense(_) | Connection::DelayedConnections(_) | Connection::Recurrent(_) => {
                WeightEligibility::Rows(RowEligibility::new(network, connection, states))
            }
            Connection::Conv2d(_) | Connection::OneToOne(_) => {
                WeightEligibility::Lanes(LaneEligibility::new(network, connection, states))
            }
        };
        Self { connection, weights }
    }

    pub(super) fn clear(&mut self) {
        match &mut self.weights {
            WeightEligibility::Rows(rows) => rows.clear(),
            WeightEligibility::Lanes(lanes) => lanes.clear(),
        }
    }

    /// Writes or reads the states of all weights.
    pub(super) fn archive(&mut self, archive: &mut Archive<'_>) {
        match &mut self.weights {
            WeightEligibility::Rows(rows) => rows.archive(archive),
            WeightEligibility::Lanes(lanes) => lanes.archive(archive),
        }
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
        let mut arriving = arriving(network, states, self.connection).weighted_at(states.at);
        let first_tile = network.tiles_of(self.connection).start;
        match &mut self.weights {
            WeightEligibility::Rows(rows) => rows.step(level, &mut arriving, step, (first_tile, sums)),
            WeightEligibility::Lanes(lanes) => {
                lanes.step(&network.layers[self.connection], &mut arriving, step, (first_tile, sums));
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
