//! Every unit is connected to a square of the image, with weights shared by all places (spec 2).
//!
//! The channels of a few neighbouring places of a row make up the lanes, and one tile acts at many sites, each with states of its
//! own.

mod carried_gradient;
mod copies;
mod geometry;
mod gradient;
mod input_gradient;
mod landings;
mod lists;

use spikelet_config::Image;
use spikelet_kernels::{StepEvents, TILE};

use self::carried_gradient::CarriedGradient;
use self::copies::SharedWeights;
use self::geometry::Convolution;
use self::gradient::TileGradient;
use self::input_gradient::{InputGradient, timing_sum};
use self::landings::Landings;
use self::lists::SiteLists;
use super::backward::{BackwardRun, PassContext, SiteAdjoints, SiteOutput};
use super::forward::ForwardRun;
use super::layout::{Layout, Site};
use super::sparse::Injected;
use super::stages::Stages;
use super::weights::{Reads, Sent, SourceSite, Weights};
use crate::events::LayerSpikes;
use crate::gradient::{GradientSums, LayerGradient, WeightGradient};
use crate::parameters::TileParameters;
use crate::shape::LayerShape;
use crate::state::Adjoints;

/// A convolution.
#[derive(Clone, Debug)]
pub struct Conv2d {
    convolution: Convolution,
    landings: Box<Landings>,
}

/// What the sites see, and scratch of backward passes.
#[derive(Debug)]
pub struct Conv2dState {
    lists: SiteLists,
    tile_gradient: TileGradient,
    input_gradient: InputGradient,
    /// What the units inject, and what comes of it, where errors for the layer before are listed.
    injected: Injected,
    carried_gradient: CarriedGradient,
}

impl Conv2d {
    pub(crate) fn shape(input: Image, output: Image, kernel: usize) -> LayerShape {
        LayerShape {
            inputs: input.channels * kernel * kernel,
            units: output.units(),
            filters: output.channels,
            recurrent: false,
            readout: false,
            image: Some(output),
            kernel: Some(kernel),
        }
    }

    pub(crate) fn new(input: Image, output: Image, kernel: usize) -> Self {
        let convolution = Convolution::new(input, output, kernel);
        let landings = Box::new(Landings::new(&convolution, &convolution.sites().0));
        Self { convolution, landings }
    }

    pub(crate) fn layout(&self) -> Layout {
        let (sites, unit_of_lane) = self.convolution.sites();
        Layout::new(sites, self.convolution.stride, unit_of_lane)
    }
}

impl Weights for Conv2d {
    type State = Conv2dState;
    type Copies = Vec<SharedWeights>;

    fn state(&self, layout: &Layout, steps: usize) -> Conv2dState {
        Conv2dState {
            lists: SiteLists::new(layout.sites.len(), steps),
            tile_gradient: TileGradient::default(),
            input_gradient: InputGradient::default(),
            injected: Injected::default(),
            carried_gradient: CarriedGradient::default(),
        }
    }

    fn clear(&self, state: &mut Conv2dState) {
        state.lists.clear();
    }

    fn start_bound(&self, shape: &LayerShape, _input: usize) -> f32 {
        (1.0 / (shape.inputs as f64).sqrt()) as f32
    }

    fn refresh(&self, tiles: &[TileParameters], _delays: &[f32], copies: &mut Vec<SharedWeights>) {
        copies.resize_with(tiles.len(), SharedWeights::default);
        for ((tile, block), copies) in tiles.iter().zip(&self.convolution.blocks).zip(copies) {
            copies.refresh(&self.convolution, block, &tile.weights, tile.lanes);
        }
    }

    fn refresh_backward(
        &self,
        tiles: &[TileParameters],
        _source: Option<(&Layout, &Stages)>,
        _layout: &Layout,
        _reads: Reads,
        copies: &mut Vec<SharedWeights>,
    ) {
        for ((tile, block), copies) in tiles.iter().zip(&self.convolution.blocks).zip(copies) {
            copies.refresh_backward(&self.convolution, block, &tile.weights, tile.lanes);
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

    fn arrive(
        &self,
        _copies: &Vec<SharedWeights>,
        state: &mut Conv2dState,
        arriving: StepEvents<'_>,
        from: usize,
        to: usize,
    ) {
        state.lists.list(&self.convolution, arriving, from, to);
    }

    fn forward(&self, copies: &Vec<SharedWeights>, state: &mut Conv2dState, run: &mut ForwardRun<'_>) {
        let lists = &state.lists;
        run.run_sites(&|site| &copies[site.tile].drive, &|number| lists.events(number));
    }

    fn operations(&self, _copies: &Vec<SharedWeights>, _shape: &LayerShape, inputs: &LayerSpikes<'_>) -> u64 {
        self.convolution.operations(inputs.before(inputs.steps))
    }

    fn gradient(&self) -> WeightGradient {
        WeightGradient::Sums(GradientSums::default())
    }

    fn mark_silent(&self, layout: &Layout, fired: &mut dyn Iterator<Item = u64>, gradient: &mut WeightGradient) {
        let WeightGradient::Sums(GradientSums { silent_places, .. }) = gradient else {
            unreachable!("it is made here")
        };
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

    fn backward(&self, _copies: &Vec<SharedWeights>, state: &mut Conv2dState, run: &mut BackwardRun<'_>) {
        let BackwardRun { context, adjoints, scratch, gradient } = run;
        let LayerGradient { weights, bias: bias_sums, .. } = &mut **gradient;
        let WeightGradient::Sums(GradientSums { weights: weight_sums, .. }) = weights else {
            unreachable!("it is made here")
        };
        let Conv2dState { lists, tile_gradient, injected, .. } = state;
        injected.clear();
        let lists_injections = context.lists_injections();
        let sites = &context.view.layout.sites;
        for (number, site) in sites.iter().enumerate() {
            let events = lists.events(number);
            context.take_errors(number, &mut scratch.error, &mut scratch.timing);
            tile_gradient.plan(&self.convolution, site, events, context.view.steps, context.end);
            let mut bias = [0.0; TILE];
            let output = SiteOutput {
                rows: &tile_gradient.row_of_step,
                q_rows: &mut tile_gradient.q_rows,
                r_rows: &mut [],
                bias: &mut bias[..site.lanes],
                carried: [&mut [], &mut [], &mut []],
                timing_terms: &mut scratch.timing_terms,
            };
            let error = context.spike_error(number, &scratch.error);
            if lists_injections && !context.is_observed {
                let of_site = &mut scratch.site;
                context.run_site_apart(number, error, &scratch.timing, (of_site, adjoints), output);
                injected.add(context, number, &shown(of_site, site.lanes, 0));
                keep_times(context, site, of_site, adjoints);
            } else {
                context.run_site(number, (0, context.end), error, &scratch.timing, adjoints, output);
                if lists_injections {
                    injected.add(context, number, &shown(adjoints, context.view.layout.stride, site.adjoint));
                }
            }
            tile_gradient.add(context.level, &self.convolution, site, events, &bias);
            if sites.get(number + 1).is_none_or(|next| next.tile != site.tile) {
                let tile = &context.view.tiles[site.tile];
                tile_gradient.finish(&self.convolution, tile, context.mixing, weight_sums, bias_sums);
            }
        }
    }

    fn prepare_error(&self, copies: &Vec<SharedWeights>, state: &mut Conv2dState, sent: &Sent<'_>, factor: f32) {
        let Self { convolution, landings } = self;
        if state.injected.is_listed() {
            state.carried_gradient.fill((convolution, landings), copies, sent, &state.injected);
        } else {
            state.input_gradient.fill(convolution, copies, sent, factor);
        }
    }

    fn spike_error(
        &self,
        _copies: &Vec<SharedWeights>,
        state: &Conv2dState,
        _sent: &Sent<'_>,
        site: &SourceSite<'_>,
        factor: f32,
        error: &mut [f32],
    ) {
        if state.injected.is_listed() {
            state.carried_gradient.read(&self.convolution, site, error);
            let correction = state.injected.correction(factor);
            if correction != 1.0 {
                error.iter_mut().for_each(|error| *error *= correction);
            }
        } else {
            state.input_gradient.read(&self.convolution, site, error);
        }
    }

    fn time_gradient(
        &self,
        copies: &Vec<SharedWeights>,
        _state: &Self::State,
        sent: &Sent<'_>,
        input: u32,
        t: usize,
    ) -> f32 {
        let stride = sent.view.layout.stride;
        timing_sum(sent.level, &self.convolution, copies, input, &sent.adjoints.r[t * stride..(t + 1) * stride])
    }
}

/// Adjoints of every step, for what is injected alone.
fn shown(adjoints: &Adjoints, stride: usize, offset: usize) -> SiteAdjoints<'_> {
    SiteAdjoints { inputs: (&[], &[]), r_rows: &[], adjoints, stride, offset }
}

/// Copies r of a site to the array of the layer, in which a spike below finds all places that it reaches.
fn keep_times(context: &PassContext<'_>, site: &Site, from: &Adjoints, to: &mut Adjoints) {
    if context.read.times {
        let rows = to.r.chunks_exact_mut(context.view.layout.stride);
        for (row, from) in rows.zip(from.r.chunks_exact(site.lanes)) {
            row[site.adjoint..][..site.lanes].copy_from_slice(from);
        }
    }
}
