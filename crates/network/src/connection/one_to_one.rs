//! Every unit is connected to the unit of the sources at its own place (spec 16).
//!
//! ```text
//! X_j[t] = γ W_j s_j[t],   S̄_j[t] = γ W_j q_j[t],   T̄_j[t] = S_j[t] γ/2 W_j r_j[t],   dW_j = γ Σ_t q_j[t] s_j[t]
//! ```

use spikelet_kernels::{StepEvents, TILE};

use super::ConnectionState;
use super::backward::BackwardRun;
use super::forward::ForwardRun;
use super::layout::Layout;
use super::sent::{Sent, SourceSite};
use super::sums::DriveSums;
use super::weights::{ONE_TO_ONE, Weights};
use crate::events::NO_UNIT;
use crate::gradient::{GradientForm, LayerGradient};
use crate::model::ModelWriter;
use crate::parameters::TileParameters;
use crate::shape::LayerShape;

/// A one-to-one connection with a weight for each unit.
#[derive(Clone, Debug)]
pub struct OneToOne {
    /// Units of a channel.
    places: usize,
}

impl OneToOne {
    pub(crate) fn new(places: usize) -> Self {
        Self { places }
    }

    pub(crate) fn shape(units: usize) -> LayerShape {
        LayerShape { inputs: 1, units, filters: units, recurrent: false, fires: true, image: None, kernel: None }
    }
}

/// The weight of a unit.
fn weight(tiles: &[TileParameters], unit: u32) -> f32 {
    tiles[unit as usize / TILE].weights[unit as usize % TILE]
}

/// Place of a unit among the adjoints of a step.
fn adjoint(layout: &Layout, unit: u32) -> usize {
    let lane = layout.lane_of(unit);
    let site = &layout.sites[layout.site_of(lane)];
    site.adjoint + lane - site.lane
}

impl Weights for OneToOne {
    fn start_bound(&self, _shape: &LayerShape, _input: usize) -> f32 {
        0.0
    }

    fn start_bound_of(&self, _fan_in: usize) -> f32 {
        0.0
    }

    fn start_value(&self) -> f32 {
        1.0
    }

    fn forward(&self, _state: &mut ConnectionState, _run: &mut ForwardRun<'_>) {
        unreachable!("its currents are added to sums");
    }

    fn always_sums(&self) -> bool {
        true
    }

    fn add_drive(&self, _state: &mut ConnectionState, run: &mut ForwardRun<'_>, sums: &mut DriveSums<'_>) {
        let layout = run.view.layout;
        for t in run.from..run.to {
            for (unit, value) in run.arriving.weighted_at(t) {
                let lane = layout.lane_of(unit);
                let site = &layout.sites[layout.site_of(lane)];
                let at = site.lane * run.view.steps + t * site.lanes + lane - site.lane;
                sums.values[at] += sums.scale * (weight(run.view.tiles, unit) * value);
            }
        }
    }

    fn write_geometry(&self, shape: &LayerShape, to: &mut ModelWriter) {
        to.words(&[ONE_TO_ONE, shape.units]);
    }

    fn gradient(&self) -> GradientForm {
        GradientForm::Sums
    }

    fn operations(&self, _shape: &LayerShape, inputs: &crate::events::LayerSpikes<'_>) -> u64 {
        inputs.count_before(inputs.steps)
    }

    fn mark_silent(&self, layout: &Layout, fired: &mut dyn Iterator<Item = u64>, gradient: &mut LayerGradient) {
        let mut of_channels = vec![0; layout.units() / self.places];
        for (site, fired) in layout.sites.iter().zip(fired) {
            let silent = layout.units_of(site).filter(|&(lane, _)| fired >> lane & 1 == 0);
            silent.for_each(|(_, &unit)| of_channels[unit as usize / self.places] += 1);
        }
        let silent = &mut gradient.sums.silent_places;
        silent.clear();
        silent.extend((0..layout.units()).map(|unit| of_channels[unit / self.places]));
    }

    fn backward(&self, _samples: &mut [(&mut ConnectionState, BackwardRun<'_>)]) {
        unreachable!("its gradient is collected after the pass over its layer");
    }

    fn collect(&self, _state: &mut ConnectionState, run: &mut BackwardRun<'_>, arriving: StepEvents<'_>) {
        let BackwardRun { context, adjoints, gradient, .. } = run;
        let layout = context.view.layout;
        let weights = &mut gradient.sums.weights;
        let mut sums = vec![0.0; weights.len()];
        for (t, q) in adjoints.q.chunks_exact(layout.stride).enumerate().take(context.end) {
            let events = arriving.weighted_at(t);
            events.for_each(|(unit, value)| sums[unit as usize] += q[adjoint(layout, unit)] * value);
        }
        match context.mixing {
            None => weights.copy_from_slice(&sums),
            Some(mixing) => mixing.mix(weights, &sums),
        }
    }

    fn add_weights(&self, tiles: &[TileParameters], input: u32, to: &mut [f32]) {
        to[input as usize] += weight(tiles, input);
    }

    fn spike_error(
        &self,
        _state: &ConnectionState,
        sent: &Sent<'_>,
        source: &SourceSite<'_>,
        factor: f32,
        error: &mut [f32],
    ) {
        let scale = sent.view.drive_gain() * factor;
        let layout = sent.view.layout;
        for (lane, &unit) in source.arrival_of_lane.iter().enumerate() {
            let of_lane = error.iter_mut().skip(lane).step_by(source.site.lanes);
            if unit == NO_UNIT {
                of_lane.for_each(|error| *error = 0.0);
                continue;
            }
            let (weight, at) = (scale * weight(sent.view.tiles, unit), adjoint(layout, unit));
            of_lane.zip(sent.adjoints.q.chunks_exact(layout.stride)).for_each(|(error, q)| *error = weight * q[at]);
        }
    }

    fn weighted_sum(&self, _state: &ConnectionState, sent: &Sent<'_>, input: u32, t: usize, adjoints: &[f32]) -> f32 {
        let layout = sent.view.layout;
        weight(sent.view.tiles, input) * adjoints[t * layout.stride + adjoint(layout, input)]
    }
}
