//! Every unit is connected to a part of the image, with weights shared by all places (spec 2, 17).
//!
//! The channels of a few neighbouring places of a row make up the lanes, and one tile acts at many sites, each with states of its
//! own.

mod arrivals;
mod carried_gradient;
mod copies;
mod geometry;
mod gradient;
mod input_gradient;
mod landings;
mod lists;
mod runs;
mod winograd;

use spikelet_config::Slid;
use spikelet_kernels::{StepEvents, TILE};

use self::arrivals::Arrivals;
use self::carried_gradient::CarriedGradient;
use self::copies::SharedWeights;
use self::geometry::{Border, Convolution};
use self::gradient::TileGradient;
use self::input_gradient::{InputGradient, timing_sum};
use self::landings::Landings;
use self::runs::RowSums;
use self::winograd::Winograd;
use super::ConnectionState;
use super::backward::{BackwardRun, PassContext, SiteAdjoints, SiteOutput};
use super::forward::ForwardRun;
use super::layout::{Layout, Site};
use super::listed::Injected;
use super::sent::{Sent, SourceSite};
use super::stages::Stages;
use super::sums::DriveSums;
use super::weights::{CONVOLUTION, Routes, Weights, bound_of};
use crate::events::LayerSpikes;
use crate::gradient::{GradientForm, GradientSums, LayerGradient};
use crate::model::{ModelWriter, write_window};
use crate::parameters::TileParameters;
use crate::plan::{TimeRoute, WeightCopies};
use crate::shape::{Kernel, LayerShape};
use crate::state::Adjoints;

/// A convolution.
#[derive(Clone, Debug)]
pub struct Conv2d {
    convolution: Box<Convolution>,
    landings: Box<Landings>,
    /// By tile.
    shared: Vec<SharedWeights>,
    /// Weights for products in squares, where there are enough channels.
    winograd: Option<Box<Winograd>>,
    /// Whether each channel drives itself alone, place by place: a one-to-one connection by channel.
    is_one_to_one: bool,
}

/// What the sites see, and scratch of backward passes.
#[derive(Debug, Default)]
pub(super) struct Conv2dState {
    arrivals: Arrivals,
    row_sums: RowSums,
    tile_gradient: TileGradient,
    input_gradient: InputGradient,
    /// What the units inject, and what comes of it, where errors for the layer before are listed.
    injected: Injected,
    carried_gradient: CarriedGradient,
}

impl Conv2d {
    pub(crate) fn shape(slid: &Slid, is_of_sequence: bool) -> LayerShape {
        let Slid { input, output, window, groups } = slid;
        let kernel = Kernel { height: window.rows.taps, width: window.columns.taps, is_of_sequence };
        LayerShape {
            inputs: input.channels / groups * kernel.height * kernel.width,
            units: output.units(),
            filters: output.channels,
            recurrent: false,
            fires: true,
            image: Some(*output),
            kernel: Some(kernel),
        }
    }

    pub(crate) fn new(slid: &Slid) -> Self {
        Self::beside(slid, std::iter::empty())
    }

    /// A convolution whose layer has other inputs too.
    pub(crate) fn beside<'a>(slid: &Slid, others: impl Iterator<Item = &'a Slid>) -> Self {
        let border = others.fold(Border::of(slid), |border, other| border.or(Border::of(other)));
        let convolution = Box::new(Convolution::new(slid, border));
        let landings = Box::new(Landings::new(&convolution, &convolution.sites().0));
        let winograd = winograd::suits(&convolution).then(Box::default);
        Self { convolution, landings, shared: Vec::new(), winograd, is_one_to_one: false }
    }

    /// The connection as a one-to-one connection by channel, whose weights start from 1.
    pub(crate) fn one_to_one(self) -> Self {
        Self { is_one_to_one: true, ..self }
    }

    /// Visits each unit that an input drives, with the row of the weight in the parameters of its tile.
    pub(crate) fn each_driven(&self, input: u32, mut visit: impl FnMut(u32, usize)) {
        self.convolution.each_driven(input, |unit, _, parameter| visit(unit, parameter));
    }

    pub(crate) fn layout(&self) -> Layout {
        let (sites, unit_of_lane) = self.convolution.sites();
        Layout::new(sites, self.convolution.stride, unit_of_lane)
    }
}

impl Conv2d {
    /// Takes one sample back.
    fn run(&self, state: &mut Conv2dState, run: &mut BackwardRun<'_>) {
        let BackwardRun { context, adjoints, scratch, gradient } = run;
        let LayerGradient { sums: GradientSums { weights: weight_sums, .. }, bias: bias_sums, .. } = &mut **gradient;
        let Conv2dState { arrivals, tile_gradient, injected, .. } = state;
        injected.clear();
        let lists_rows = context.lists_rows();
        let sites = &context.view.layout.sites;
        for (number, site) in sites.iter().enumerate() {
            context.read_ahead(number);
            context.take_errors(number, &mut scratch.error, &mut scratch.timing);
            tile_gradient.plan(&self.convolution, (number, site), arrivals, context.view.steps, context.end);
            let mut bias = [0.0; TILE];
            let (rows, q_rows) = tile_gradient.output();
            let output = SiteOutput {
                rows,
                q_rows,
                r_rows: &mut [],
                bias: &mut bias[..site.lanes],
                carried: [&mut [], &mut [], &mut []],
                timing_terms: &mut scratch.timing_terms,
            };
            let error = context.spike_error(number, &scratch.error);
            if lists_rows && !context.is_observed {
                let of_site = &mut scratch.site;
                context.run_site_apart(number, error, &scratch.timing, (of_site, adjoints), output);
                injected.add(context, number, &adjoints_of_site(of_site, site.lanes, 0));
                keep_times(context, site, of_site, adjoints);
            } else {
                context.run_site(number, (0, context.end), error, &scratch.timing, adjoints, output);
                if lists_rows {
                    injected.add(
                        context,
                        number,
                        &adjoints_of_site(adjoints, context.view.layout.stride, site.adjoint),
                    );
                }
            }
            tile_gradient.add(context.level, &self.convolution, (number, site), arrivals, &bias);
            if sites.get(number + 1).is_none_or(|next| next.tile != site.tile) {
                let tile = &context.view.tiles[site.tile];
                tile_gradient.finish(&self.convolution, tile, context.mixing, weight_sums, bias_sums);
            }
        }
    }
}

impl Weights for Conv2d {
    fn state(&self, layout: &Layout, steps: usize) -> ConnectionState {
        let conv2d = Conv2dState {
            arrivals: Arrivals::new(self.convolution.listed_sites(layout.sites.len()), steps),
            ..Conv2dState::default()
        };
        ConnectionState { conv2d, ..ConnectionState::default() }
    }

    fn clear(&self, state: &mut ConnectionState) {
        state.conv2d.arrivals.clear();
    }

    fn start_bound(&self, shape: &LayerShape, _input: usize) -> f32 {
        self.start_bound_of(shape.inputs)
    }

    fn start_bound_of(&self, fan_in: usize) -> f32 {
        if self.is_one_to_one { 0.0 } else { bound_of(fan_in) }
    }

    fn start_value(&self) -> f32 {
        if self.is_one_to_one { 1.0 } else { 0.0 }
    }

    fn refresh(&mut self, tiles: &[TileParameters], _delays: &[f32]) {
        self.shared.resize_with(tiles.len(), SharedWeights::default);
        for ((tile, block), shared) in tiles.iter().zip(&self.convolution.blocks).zip(&mut self.shared) {
            shared.refresh(&self.convolution, block, &tile.weights, tile.lanes);
        }
    }

    fn refresh_backward(
        &mut self,
        tiles: &[TileParameters],
        _source: Option<(&Layout, &Stages)>,
        _copies: WeightCopies,
    ) {
        for ((tile, block), shared) in tiles.iter().zip(&self.convolution.blocks).zip(&mut self.shared) {
            shared.refresh_backward(&self.convolution, block, &tile.weights, tile.lanes);
        }
        if let Some(winograd) = &mut self.winograd {
            winograd.refresh(&self.convolution, tiles);
        }
    }

    fn spread(&self, tile: usize, values: &[f32], outside: Option<f32>, to: &mut Vec<f32>) {
        let strip = self.convolution.blocks[tile].strip;
        to.clear();
        for _ in 0..strip.places {
            to.extend_from_slice(&values[..strip.channels]);
        }
        to.resize(strip.lanes(), 0.0);
        if let Some(outside) = outside {
            let width = self.convolution.output.width;
            let inside = width - (strip.count(width) - 1) * strip.places;
            to[inside * strip.channels..strip.places * strip.channels].fill(outside);
        }
    }

    fn arrive(&self, state: &mut ConnectionState, arriving: StepEvents<'_>, from: usize, to: usize) {
        state.conv2d.arrivals.list(&self.convolution, arriving, from, to);
    }

    fn forward(&self, state: &mut ConnectionState, run: &mut ForwardRun<'_>) {
        let Conv2dState { arrivals, row_sums, .. } = &mut state.conv2d;
        match arrivals.runs() {
            Some(runs) => runs.forward(&self.convolution, &self.shared, row_sums, run),
            None => run.run_sites(&|site| &self.shared[site.tile].drive, &|number| arrivals.of_site(number)),
        }
    }

    fn add_drive(&self, state: &mut ConnectionState, run: &mut ForwardRun<'_>, sums: &mut DriveSums<'_>) {
        let Conv2dState { arrivals, row_sums, .. } = &mut state.conv2d;
        match arrivals.runs() {
            Some(runs) => runs.add_drive(&self.convolution, &self.shared, row_sums, run, sums),
            None => run.add_rows(&|site| &self.shared[site.tile].drive, &|number| arrivals.of_site(number), sums),
        }
    }

    fn collect(&self, state: &mut ConnectionState, run: &mut BackwardRun<'_>, _arriving: StepEvents<'_>) {
        let BackwardRun { context, adjoints, gradient, .. } = run;
        let LayerGradient { sums: GradientSums { weights: weight_sums, .. }, .. } = &mut **gradient;
        let Conv2dState { arrivals, tile_gradient, .. } = &mut state.conv2d;
        let layout = context.view.layout;
        let mut no_bias = vec![0.0; self.convolution.output.channels];
        for (number, site) in layout.sites.iter().enumerate() {
            tile_gradient.plan(&self.convolution, (number, site), arrivals, context.view.steps, context.end);
            tile_gradient.take(&adjoints.q, layout.stride, site);
            tile_gradient.add(context.level, &self.convolution, (number, site), arrivals, &[0.0; TILE]);
            if layout.sites.get(number + 1).is_none_or(|next| next.tile != site.tile) {
                let tile = &context.view.tiles[site.tile];
                tile_gradient.finish(&self.convolution, tile, context.mixing, weight_sums, &mut no_bias);
            }
        }
    }

    fn operations(&self, _shape: &LayerShape, inputs: &LayerSpikes<'_>) -> u64 {
        self.convolution.operations(inputs.before(inputs.steps))
    }

    fn write_geometry(&self, _shape: &LayerShape, to: &mut ModelWriter) {
        let Convolution { input, window, .. } = &*self.convolution;
        to.words(&[CONVOLUTION, input.units()]);
        write_window(window, input.channels, self.convolution.groups_of_channels(), to);
    }

    fn gradient(&self) -> GradientForm {
        GradientForm::Sums
    }

    fn routes(&self) -> Routes {
        Routes { rows: true, carries: false, times: TimeRoute::Rows, shares: false, prepares: true }
    }

    fn mark_silent(&self, layout: &Layout, fired: &mut dyn Iterator<Item = u64>, gradient: &mut LayerGradient) {
        let silent_places = &mut gradient.sums.silent_places;
        silent_places.clear();
        silent_places.resize(self.convolution.output.channels, self.convolution.output.places() as u32);
        for (site, mut rest) in layout.sites.iter().zip(fired) {
            let block = &self.convolution.blocks[site.tile];
            while rest != 0 {
                silent_places[block.first + rest.trailing_zeros() as usize % block.strip.channels] -= 1;
                rest &= rest - 1;
            }
        }
    }

    fn backward(&self, samples: &mut [(&mut ConnectionState, BackwardRun<'_>)]) {
        samples.iter_mut().for_each(|(state, run)| self.run(&mut state.conv2d, run));
    }

    fn add_weights(&self, tiles: &[TileParameters], input: u32, to: &mut [f32]) {
        self.convolution.add_weights(tiles, input, to);
    }

    fn prepare_error(&self, state: &mut ConnectionState, sent: &Sent<'_>, factor: f32) {
        let Self { convolution, landings, shared, winograd, .. } = self;
        let Conv2dState { injected, carried_gradient, input_gradient, .. } = &mut state.conv2d;
        if injected.is_listed() {
            carried_gradient.fill((convolution, landings), shared, sent, injected);
        } else {
            input_gradient.fill(convolution, (shared, winograd.as_deref()), sent, factor);
        }
    }

    fn spike_error(
        &self,
        state: &ConnectionState,
        _sent: &Sent<'_>,
        source: &SourceSite<'_>,
        factor: f32,
        error: &mut [f32],
    ) {
        let Conv2dState { injected, carried_gradient, input_gradient, .. } = &state.conv2d;
        if injected.is_listed() {
            carried_gradient.read(&self.convolution, source, error);
            let correction = injected.correction(factor);
            if correction != 1.0 {
                error.iter_mut().for_each(|error| *error *= correction);
            }
        } else {
            input_gradient.read(&self.convolution, source, error);
        }
    }

    fn weighted_sum(&self, _state: &ConnectionState, sent: &Sent<'_>, input: u32, t: usize, adjoints: &[f32]) -> f32 {
        let stride = sent.view.layout.stride;
        let of_step = &adjoints[t * stride..(t + 1) * stride];
        timing_sum(sent.level, &self.convolution, &self.shared, input, of_step)
    }
}

/// Adjoints of every step, for what is injected alone.
fn adjoints_of_site(adjoints: &Adjoints, stride: usize, offset: usize) -> SiteAdjoints<'_> {
    SiteAdjoints { inputs: (&[], &[]), r_rows: &[], adjoints, stride, offset }
}

/// Copies r of a site to the array of the layer, in which a spike below finds all places that it reaches.
fn keep_times(context: &PassContext<'_>, site: &Site, from: &Adjoints, to: &mut Adjoints) {
    if context.plan.times != TimeRoute::None {
        let rows = to.r.chunks_exact_mut(context.view.layout.stride);
        for (row, from) in rows.zip(from.r.chunks_exact(site.lanes)) {
            row[site.adjoint..][..site.lanes].copy_from_slice(from);
        }
    }
}
