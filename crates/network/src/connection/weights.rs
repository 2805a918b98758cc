//! The trait of weights: how a kind of connection brings spikes to units, and gradients back.

use spikelet_config::Delays;
use spikelet_kernels::StepEvents;

use super::ConnectionState;
use super::backward::BackwardRun;
use super::forward::ForwardRun;
use super::layout::{Layout, Site};
use super::listed::Injected;
use super::sent::{Sent, SourceSite};
use super::stages::Stages;
use super::sums::DriveSums;
use crate::events::{LayerSpikes, last_event};
use crate::gradient::{GradientForm, LayerGradient};
use crate::model::ModelWriter;
use crate::parameters::TileParameters;
use crate::plan::{LayerPlan, TimeRoute, WeightCopies};
use crate::shape::LayerShape;

/// Kinds of connections in a model file.
const DENSE: usize = 0;
pub(super) const CONVOLUTION: usize = 1;
pub(super) const ONE_TO_ONE: usize = 2;

/// Routes that a kind of weights has for the errors of the previous layer, besides products.
#[derive(Clone, Copy, Debug)]
pub struct Routes {
    /// Whether S̄ can come as rows from units with a direct gradient.
    pub(crate) rows: bool,
    /// Whether S̄ can be carried along.
    pub(crate) carries: bool,
    /// How T̄ comes.
    pub(crate) times: TimeRoute,
    /// Whether samples that go back together can share loads of the weights for S̄.
    pub(crate) shares: bool,
    /// Whether [`Weights::prepare_error`] computes S̄ of all inputs, which [`Weights::spike_error`] reads for units in any order.
    pub prepares: bool,
}

/// Weights of a layer, with the copies that sums read in another order.
pub trait Weights {
    /// Scratch for samples of so many steps.
    fn state(&self, _layout: &Layout, _steps: usize) -> ConnectionState {
        ConnectionState::default()
    }

    /// Forgets a sample.
    fn clear(&self, _state: &mut ConnectionState) {}

    /// Makes room for what arrives behind the last step, so that [`Weights::start_window`] can keep it.
    fn look_ahead(&self, _state: &mut ConnectionState) {}

    /// Starts again at step 0, where the first `kept` steps are the last ones so far: keeps spikes that are still on their way.
    fn start_window(&self, state: &mut ConnectionState, _kept: usize) {
        self.clear(state);
    }

    /// Bound of the uniform distribution that the weights of an input start from.
    fn start_bound(&self, shape: &LayerShape, _input: usize) -> f32 {
        bound_of(shape.inputs)
    }

    /// Delays within the connection, which are parameters of the layer.
    fn delays(&self) -> Option<&Delays> {
        None
    }

    /// Bound of the uniform distribution that the weights of one of several inputs start from; a unit has so many over all of them.
    fn start_bound_of(&self, fan_in: usize) -> f32 {
        bound_of(fan_in)
    }

    /// What every weight starts from, besides what is drawn.
    fn start_value(&self) -> f32 {
        0.0
    }

    /// Brings the copies up to date that the forward pass reads.
    fn refresh(&mut self, _tiles: &[TileParameters], _delays: &[f32]) {}

    /// Brings the copies up to date that backward passes read; `source` is the previous layer with the stages between, if its `S̄` is
    /// read.
    fn refresh_backward(
        &mut self,
        _tiles: &[TileParameters],
        _source: Option<(&Layout, &Stages)>,
        _copies: WeightCopies,
    ) {
    }

    /// A value of each unit of a tile, `[lane]`, as the sites of the tile read it; for sites that are cut off by an edge, with
    /// `outside` in the lanes beyond it.
    fn spread(&self, _tile: usize, values: &[f32], _outside: Option<f32>, to: &mut Vec<f32>) {
        to.clear();
        to.extend_from_slice(values);
    }

    /// Takes arriving spikes of steps `from..to`, unless it has them.
    fn arrive(&self, _state: &mut ConnectionState, _arriving: StepEvents<'_>, _from: usize, _to: usize) {}

    /// Whether units drive each other within the layer, so that their spikes are not known before the last step was run.
    fn drives_itself(&self) -> bool {
        false
    }

    /// Runs the units from one step to another.
    fn forward(&self, state: &mut ConnectionState, run: &mut ForwardRun<'_>);

    /// Whether [`Weights::forward`] takes events with values; without, their currents are summed before.
    fn takes_values(&self) -> bool {
        false
    }

    /// Whether its currents are always added to sums.
    fn always_sums(&self) -> bool {
        false
    }

    /// Adds the currents of some steps to the sums of a layer that has several inputs.
    fn add_drive(&self, state: &mut ConnectionState, run: &mut ForwardRun<'_>, sums: &mut DriveSums<'_>);

    /// Input units of all spikes that the weights got, as far as the layer was run.
    fn inputs<'a>(&self, _state: &'a ConnectionState, arriving: StepEvents<'a>) -> StepEvents<'a> {
        arriving
    }

    /// Step after the last one at which a spike arrives, of all that set out.
    fn last_arrival(&self, state: &ConnectionState, arriving: StepEvents<'_>) -> usize {
        last_event(self.inputs(state, arriving).offsets)
    }

    /// Additions of a weight to a unit that spikes of these inputs cost.
    fn operations(&self, shape: &LayerShape, inputs: &LayerSpikes<'_>) -> u64 {
        inputs.count_before(inputs.steps) * shape.units as u64
    }

    /// Most steps that a spike is under way.
    fn longest_delay(&self) -> usize {
        0
    }

    /// Whole steps of the delays of a tile's connections, `[input][lane]`; empty unless connections have delays of their own.
    fn delay_steps(&self, _tile: usize) -> &[u16] {
        &[]
    }

    /// Whole steps of the delays of the inputs, where the connection itself holds spikes back; otherwise empty.
    fn input_delay_steps(&self) -> &[u16] {
        &[]
    }

    /// Writes which weight is between which units, as a model file says it.
    fn write_geometry(&self, shape: &LayerShape, to: &mut ModelWriter) {
        to.words(&[DENSE, shape.inputs]);
    }

    /// How samples keep the gradient of the weights.
    fn gradient(&self) -> GradientForm {
        GradientForm::Rows
    }

    /// Marks the units that stayed silent; `fired` has the bits of the lanes that fired, site by site.
    fn mark_silent(&self, _layout: &Layout, fired: &mut dyn Iterator<Item = u64>, gradient: &mut LayerGradient) {
        gradient.rows.fired.clear();
        gradient.rows.fired.extend(fired);
    }

    /// Adjoints of the units, and the layer's part of the weight gradient, of samples of one batch that go back together.
    fn backward(&self, samples: &mut [(&mut ConnectionState, BackwardRun<'_>)]);

    /// Writes the connection's part of the weight gradient, from the adjoints of every step that the pass over its layer left;
    /// `arriving` are the spikes that the weights got.
    fn collect(&self, state: &mut ConnectionState, run: &mut BackwardRun<'_>, arriving: StepEvents<'_>);

    /// Adds the weights by which an input drives each unit, without delays.
    fn add_weights(&self, tiles: &[TileParameters], input: u32, to: &mut [f32]) {
        for tile in tiles {
            let row = &tile.weights[input as usize * tile.lanes..][..tile.units];
            to[tile.first..].iter_mut().zip(row).for_each(|(sum, weight)| *sum += weight);
        }
    }

    /// Prepares [`Weights::spike_error`] of all sites of the previous layer.
    fn prepare_error(&self, _state: &mut ConnectionState, _sent: &Sent<'_>, _factor: f32) {}

    /// Prepares [`Weights::spike_error`] of samples that go back together and share each load of the weights, where the plan of the pass
    /// says so.
    fn share_errors(&self, _samples: &mut [(&mut ConnectionState, Sent<'_>)], _plan: &LayerPlan) {}

    /// Writes `factor · S̄` at the steps of arrival, for a site of the previous layer, `[step][lane]`.
    fn spike_error(
        &self,
        state: &ConnectionState,
        sent: &Sent<'_>,
        source: &SourceSite<'_>,
        factor: f32,
        error: &mut [f32],
    );

    /// Σ_j W_j r_j over the units that a spike of `input`, arriving at step `t`, reaches, at the steps at which it reaches them.
    fn time_gradient(&self, state: &ConnectionState, sent: &Sent<'_>, input: u32, t: usize) -> f32 {
        self.weighted_sum(state, sent, input, t, &sent.adjoints.r)
    }

    /// Σ_j W_j a_j over these units, from adjoints of every step.
    fn weighted_sum(&self, state: &ConnectionState, sent: &Sent<'_>, input: u32, t: usize, adjoints: &[f32]) -> f32;

    /// Routes for the errors of the previous layer.
    fn routes(&self) -> Routes {
        Routes { rows: false, carries: false, times: TimeRoute::Rows, shares: false, prepares: false }
    }

    /// What the units inject into projections of their adjoints, where errors come from these.
    fn injected<'a>(&self, _state: &'a ConnectionState) -> Option<&'a Injected> {
        None
    }

    /// The weights towards a site of the previous layer, `[unit][lane]`, where adjoints may be projected onto it as they come.
    fn projection(&self, _source: &SourceSite<'_>) -> Option<&[f32]> {
        None
    }

    /// Adds `factor · S̄` that comes back to a site from the layer itself, `[step][lane]`.
    fn add_own_error(&self, _sent: &Sent<'_>, _site: &Site, _factor: f32, _error: &mut [f32]) {}

    /// Adds T̄ that comes back to a site's spikes from the layer itself.
    fn add_own_times(&self, _sent: &Sent<'_>, _site: &Site, _spikes: &[u64], _timing: &mut [f32]) {}
}

/// `1 / √inputs`.
pub(super) fn bound_of(inputs: usize) -> f32 {
    (1.0 / (inputs as f64).sqrt()) as f32
}
