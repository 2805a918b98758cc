//! Eligibilities of weights by which units see parts of the input, each its own: of convolutions and one-to-one connections.

use spikelet_data::Archive;
use spikelet_kernels::TILE;
use spikelet_kernels::eligibility::{EligibilityColumn, EligibilityStep, coefficient, step_column};

use super::EligibilitySums;
use crate::aligned::Aligned;
use crate::connection::{Connection, Site};
use crate::layer::Layer;
use crate::network::Network;

/// Eligibilities of the weights of each lane. Where lanes share a weight, its gradient is the sum over them.
#[derive(Debug)]
pub(super) struct LaneEligibility {
    /// Weights of a unit.
    taps: usize,
    sites: Vec<SiteEligibility>,
    is_shared: bool,
}

/// Eligibilities of the lanes of a site.
#[derive(Debug)]
struct SiteEligibility {
    /// What arrives at the step, `[tap][lane]`.
    values: Vec<f32>,
    /// Taps that something has arrived at: the states of the others are 0.
    live: Vec<bool>,
    /// `[tap][state][lane]`.
    states: Aligned,
    places: Vec<WeightPlace>,
}

/// Where the weights of a lane lie.
#[derive(Clone, Copy, Debug)]
struct WeightPlace {
    /// Lane of the site.
    of: usize,
    /// Tile of the connection.
    tile: usize,
    /// Lane of the tile.
    lane: usize,
}

impl LaneEligibility {
    pub(super) fn new(network: &Network, connection: usize, states: usize) -> Self {
        let Layer { layout, shape, .. } = &network.layers[connection];
        let place = |(of, &unit): (usize, &u32)| {
            let filter = unit as usize / (shape.units / shape.filters);
            WeightPlace { of, tile: filter / TILE, lane: filter % TILE }
        };
        let of_site = |site: &Site| SiteEligibility {
            values: vec![0.0; shape.inputs * site.lanes],
            live: vec![false; shape.inputs],
            states: Aligned::zeros(shape.inputs * states * site.lanes),
            places: layout.units_of(site).map(place).collect(),
        };
        Self {
            taps: shape.inputs,
            sites: layout.sites.iter().map(of_site).collect(),
            is_shared: shape.filters < shape.units,
        }
    }

    pub(super) fn clear(&mut self) {
        for site in &mut self.sites {
            site.live.fill(false);
            site.states.fill(0.0);
        }
    }

    /// Writes or reads the states of all weights.
    pub(super) fn archive(&mut self, archive: &mut Archive<'_>) {
        for SiteEligibility { live, states, .. } in &mut self.sites {
            archive.array(states);
            let of_taps = states.chunks_exact(states.len() / self.taps);
            live.iter_mut().zip(of_taps).for_each(|(live, of_tap)| *live = of_tap.iter().any(|&state| state != 0.0));
        }
    }

    /// Takes all weights a step on, at which these inputs arrive; the first tile of the connection has that number.
    pub(super) fn step<'a>(
        &mut self,
        layer: &Layer,
        arriving: &mut dyn Iterator<Item = (u32, f32)>,
        step: &dyn Fn(usize) -> EligibilityStep<'a>,
        (first_tile, sums): (usize, &mut dyn EligibilitySums),
    ) {
        self.take(layer, arriving);
        let (mut current, mut of_lanes) = ([0.0; TILE], [0.0; TILE]);
        for (number, SiteEligibility { values, live, states, places }) in self.sites.iter_mut().enumerate() {
            let step = step(number);
            let lanes = step.lanes;
            let drive = &step.coefficients[coefficient::DRIVE * lanes..];
            let (current, none) = (&mut current[..lanes], &[0.0; TILE][..lanes]);
            let of_tap = states.len() / self.taps;
            let of_taps = values.chunks_exact(lanes).zip(states.chunks_exact_mut(of_tap));
            for (tap, (values, states)) in of_taps.enumerate().filter(|&(tap, _)| live[tap]) {
                current.iter_mut().zip(values).zip(drive).for_each(|((to, value), drive)| *to = drive * value);
                let column = EligibilityColumn { current, membrane: none, threshold: none, adaptation: none };
                of_lanes.fill(0.0);
                if !self.is_shared {
                    each_weight(places, tap, (first_tile, sums), |of, weight| of_lanes[of] = *weight);
                }
                step_column(&step, &column, states, &mut of_lanes);
                if self.is_shared {
                    each_weight(places, tap, (first_tile, sums), |of, weight| *weight += of_lanes[of]);
                } else {
                    each_weight(places, tap, (first_tile, sums), |of, weight| *weight = of_lanes[of]);
                }
            }
        }
    }

    /// Adds what arrives at each weight.
    fn take(&mut self, layer: &Layer, arriving: &mut dyn Iterator<Item = (u32, f32)>) {
        let Layer { layout, connection, .. } = layer;
        self.sites.iter_mut().for_each(|site| site.values.fill(0.0));
        for (input, value) in arriving {
            let mut add = |unit: u32, tap: usize| {
                let lane = layout.lane_of(unit);
                let number = layout.site_of(lane);
                let Site { lane: first, lanes, .. } = layout.sites[number];
                let site = &mut self.sites[number];
                site.values[tap * lanes + lane - first] += value;
                site.live[tap] = true;
            };
            match connection {
                Connection::Conv2d(convolution) => convolution.each_driven(input, add),
                Connection::OneToOne(_) => add(input, 0),
                Connection::Dense(_) | Connection::DelayedConnections(_) | Connection::Recurrent(_) => {
                    unreachable!("its weights are seen by every unit")
                }
            }
        }
    }
}

/// Visits the sums of the weights that lanes have at a tap, with the lane.
fn each_weight(
    places: &[WeightPlace],
    tap: usize,
    (first_tile, sums): (usize, &mut dyn EligibilitySums),
    mut visit: impl FnMut(usize, &mut f32),
) {
    for &WeightPlace { of, tile, lane } in places {
        let (weights, biases) = sums.tile(first_tile + tile);
        visit(of, &mut weights[tap * biases.len() + lane]);
    }
}
