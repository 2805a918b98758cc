//! How spikes reach a layer's units: stages on the way, which map spikes to spikes, then weights.
//!
//! ```text
//! spikes of the previous layer → stages → arriving spikes → site by site (step, row of the tile's weights) → lanes
//! ```
//!
//! Each kind of weights is one file with its forward pass, its weight gradient and what it sends back to the previous layer; this page
//! has the list of them.

mod backward;
mod conv2d;
mod delayed_connections;
mod delayed_inputs;
mod delays;
mod dense;
mod drive;
mod forward;
mod layout;
mod pool;
mod recurrent;
mod sparse;
mod stages;
mod underway;
mod view;
mod weights;

use spikelet_config::Delays;
use spikelet_kernels::{Level, StepEvents};

use crate::events::LayerSpikes;
use crate::gradient::{LayerGradient, WeightGradient};
use crate::parameters::TileParameters;
use crate::shape::LayerShape;

pub use backward::{BackwardRun, BackwardScratch, LayerPass, Mixing, OutputErrors, PassContext, Read};
pub use conv2d::Conv2d;
pub use delayed_connections::DelayedConnections;
pub use delayed_inputs::DelayedInputs;
pub use dense::Dense;
pub use forward::{ForwardRun, Keep};
pub use layout::{Layout, Site};
pub use pool::{Pool, PoolKind};
pub use recurrent::Recurrent;
pub use sparse::Injected;
pub use stages::{StageSource, Stages, StagesState};
pub use view::{LayerBiases, LayerView, TileBiases};
pub use weights::{Reads, Sent, SourceSite, Weights, together};

macro_rules! connections {
    ($($kind:ident),+) => {
        /// The weights of a layer, of any kind.
        #[derive(Clone, Debug)]
        pub enum Connection {
            $(
                /// Weights of this kind.
                $kind($kind),
            )+
        }

        /// Copies of a layer's weights.
        #[derive(Clone, Debug)]
        pub enum Copies {
            $(
                /// Copies of weights of this kind.
                $kind(<$kind as Weights>::Copies),
            )+
        }

        /// Scratch of a layer's weights.
        #[derive(Debug)]
        pub enum ConnectionState {
            $(
                /// Scratch of weights of this kind.
                $kind(<$kind as Weights>::State),
            )+
        }

        impl Connection {
            pub(crate) fn state(&self, layout: &Layout, steps: usize) -> ConnectionState {
                match self {
                    $(Self::$kind(weights) => ConnectionState::$kind(weights.state(layout, steps)),)+
                }
            }

            pub(crate) fn copies(&self) -> Copies {
                match self {
                    $(Self::$kind(_) => Copies::$kind(Default::default()),)+
                }
            }

            pub(crate) fn clear(&self, state: &mut ConnectionState) {
                match (self, state) {
                    $((Self::$kind(weights), ConnectionState::$kind(state)) => weights.clear(state),)+
                    _ => foreign(),
                }
            }

            pub(crate) fn look_ahead(&self, copies: &Copies, state: &mut ConnectionState) {
                match (self, copies, state) {
                    $((Self::$kind(weights), Copies::$kind(copies), ConnectionState::$kind(state)) => {
                        weights.look_ahead(copies, state);
                    })+
                    _ => foreign(),
                }
            }

            pub(crate) fn turn(&self, state: &mut ConnectionState, kept: usize) {
                match (self, state) {
                    $((Self::$kind(weights), ConnectionState::$kind(state)) => weights.turn(state, kept),)+
                    _ => foreign(),
                }
            }

            pub(crate) fn start_bound(&self, shape: &LayerShape, input: usize) -> f32 {
                match self {
                    $(Self::$kind(weights) => weights.start_bound(shape, input),)+
                }
            }

            pub(crate) fn delays(&self) -> Option<&Delays> {
                match self {
                    $(Self::$kind(weights) => weights.delays(),)+
                }
            }

            pub(crate) fn refresh(&self, tiles: &[TileParameters], delays: &[f32], copies: &mut Copies) {
                match (self, copies) {
                    $((Self::$kind(weights), Copies::$kind(copies)) => weights.refresh(tiles, delays, copies),)+
                    _ => foreign(),
                }
            }

            pub(crate) fn refresh_backward(
                &self,
                tiles: &[TileParameters],
                source: Option<(&Layout, &Stages)>,
                layout: &Layout,
                reads: Reads,
                copies: &mut Copies,
            ) {
                match (self, copies) {
                    $((Self::$kind(weights), Copies::$kind(copies)) => {
                        weights.refresh_backward(tiles, source, layout, reads, copies);
                    })+
                    _ => foreign(),
                }
            }

            pub(crate) fn spread(&self, tile: usize, values: &[f32], outside: Option<f32>, to: &mut Vec<f32>) {
                match self {
                    $(Self::$kind(weights) => weights.spread(tile, values, outside, to),)+
                }
            }

            pub(crate) fn arrive(
                &self,
                copies: &Copies,
                state: &mut ConnectionState,
                arriving: StepEvents<'_>,
                from: usize,
                to: usize,
            ) {
                match (self, copies, state) {
                    $((Self::$kind(weights), Copies::$kind(copies), ConnectionState::$kind(state)) => {
                        weights.arrive(copies, state, arriving, from, to);
                    })+
                    _ => foreign(),
                }
            }

            /// Whether units drive each other within the layer.
            pub fn drives_itself(&self) -> bool {
                match self {
                    $(Self::$kind(weights) => weights.drives_itself(),)+
                }
            }

            pub(crate) fn forward(&self, copies: &Copies, state: &mut ConnectionState, run: &mut ForwardRun<'_>) {
                match (self, copies, state) {
                    $((Self::$kind(weights), Copies::$kind(copies), ConnectionState::$kind(state)) => {
                        weights.forward(copies, state, run);
                    })+
                    _ => foreign(),
                }
            }

            pub(crate) fn inputs<'a>(&self, state: &'a ConnectionState, arriving: StepEvents<'a>) -> StepEvents<'a> {
                match (self, state) {
                    $((Self::$kind(weights), ConnectionState::$kind(state)) => weights.inputs(state, arriving),)+
                    _ => foreign(),
                }
            }

            pub(crate) fn last_arrival(
                &self,
                copies: &Copies,
                state: &ConnectionState,
                arriving: StepEvents<'_>,
            ) -> usize {
                match (self, copies, state) {
                    $((Self::$kind(weights), Copies::$kind(copies), ConnectionState::$kind(state)) => {
                        weights.last_arrival(copies, state, arriving)
                    })+
                    _ => foreign(),
                }
            }

            /// Additions of a weight to a unit that the spikes of these inputs cost.
            pub fn operations(&self, copies: &Copies, shape: &LayerShape, inputs: &LayerSpikes<'_>) -> u64 {
                match (self, copies) {
                    $((Self::$kind(weights), Copies::$kind(copies)) => weights.operations(copies, shape, inputs),)+
                    _ => foreign(),
                }
            }

            /// Most steps that a spike is under way.
            pub fn longest_delay(&self, copies: &Copies) -> usize {
                match (self, copies) {
                    $((Self::$kind(weights), Copies::$kind(copies)) => weights.longest_delay(copies),)+
                    _ => foreign(),
                }
            }

            /// Whole steps of the delays of a tile, `[input][lane]`; empty unless connections have delays of their own.
            pub fn delay_steps<'a>(&self, copies: &'a Copies, tile: usize) -> &'a [u16] {
                match (self, copies) {
                    $((Self::$kind(weights), Copies::$kind(copies)) => weights.delay_steps(copies, tile),)+
                    _ => foreign(),
                }
            }

            /// An empty gradient of the weights.
            pub fn gradient(&self) -> WeightGradient {
                match self {
                    $(Self::$kind(weights) => weights.gradient(),)+
                }
            }

            /// Marks the units that stayed silent; `fired` has the bits of the lanes that fired, site by site.
            pub fn mark_silent(
                &self,
                layout: &Layout,
                fired: &mut dyn Iterator<Item = u64>,
                gradient: &mut LayerGradient,
            ) {
                match self {
                    $(Self::$kind(weights) => weights.mark_silent(layout, fired, &mut gradient.weights),)+
                }
            }

            /// What a backward pass reads of the weights by which units of the layer drive each other.
            pub fn reads(&self, pass: &LayerPass, view: &LayerView<'_>) -> Reads {
                match self {
                    $(Self::$kind(weights) => weights.reads(pass, view),)+
                }
            }

            /// Runs the backward pass of samples that go back together over this layer.
            pub fn backward(&self, copies: &Copies, samples: &mut [(&mut ConnectionState, BackwardRun<'_>)]) {
                match (self, copies) {
                    $((Self::$kind(weights), Copies::$kind(copies)) => {
                        let samples = samples.iter_mut().map(|(state, run)| match state {
                            ConnectionState::$kind(state) => (state, run),
                            _ => foreign(),
                        });
                        weights.backward_together(copies, &mut samples.collect::<Vec<_>>());
                    })+
                    _ => foreign(),
                }
            }

            /// Prepares what [`Self::spike_error`] reads.
            pub fn prepare_error(
                &self,
                copies: &Copies,
                state: &mut ConnectionState,
                sent: &Sent<'_>,
                factor: f32,
            ) {
                match (self, copies, state) {
                    $((Self::$kind(weights), Copies::$kind(copies), ConnectionState::$kind(state)) => {
                        weights.prepare_error(copies, state, sent, factor);
                    })+
                    _ => foreign(),
                }
            }

            /// Writes `factor · S̄` of a site of the previous layer, `[step][lane]`.
            pub fn spike_error(
                &self,
                copies: &Copies,
                state: &ConnectionState,
                sent: &Sent<'_>,
                site: &SourceSite<'_>,
                factor: f32,
                error: &mut [f32],
            ) {
                match (self, copies, state) {
                    $((Self::$kind(weights), Copies::$kind(copies), ConnectionState::$kind(state)) => {
                        weights.spike_error(copies, state, sent, site, factor, error);
                    })+
                    _ => foreign(),
                }
            }

            /// Σ_j W_j r_j over the units that a spike of `input` at step `t` reaches, at the steps at which it reaches them.
            pub fn time_gradient(
                &self,
                copies: &Copies,
                state: &ConnectionState,
                sent: &Sent<'_>,
                input: u32,
                t: usize,
            ) -> f32 {
                match (self, copies, state) {
                    $((Self::$kind(weights), Copies::$kind(copies), ConnectionState::$kind(state)) => {
                        weights.time_gradient(copies, state, sent, input, t)
                    })+
                    _ => foreign(),
                }
            }

            pub(crate) fn keeps_adjoints(&self) -> bool {
                match self {
                    $(Self::$kind(weights) => weights.keeps_adjoints(),)+
                }
            }

            /// What the units inject into projections of their adjoints, where errors come from these.
            pub fn injected<'a>(&self, state: &'a ConnectionState) -> Option<&'a Injected> {
                match (self, state) {
                    $((Self::$kind(weights), ConnectionState::$kind(state)) => weights.injected(state),)+
                    _ => foreign(),
                }
            }

            /// Weights towards a site of the previous layer, `[unit][lane]`, where adjoints may be projected onto it as they come.
            pub fn projection<'a>(&self, copies: &'a Copies, site: &Site) -> Option<&'a [f32]> {
                match (self, copies) {
                    $((Self::$kind(weights), Copies::$kind(copies)) => weights.projection(copies, site),)+
                    _ => foreign(),
                }
            }

            /// Whether errors, once projected, still have to go back to the steps at which spikes set out.
            pub fn shifts_errors(&self) -> bool {
                match self {
                    $(Self::$kind(weights) => weights.shifts_errors(),)+
                }
            }

            /// Moves errors `[step][lane]` of a site of the previous layer there.
            pub fn shift_error(&self, copies: &Copies, level: Level, source: &SourceSite<'_>, error: &mut [f32]) {
                match (self, copies) {
                    $((Self::$kind(weights), Copies::$kind(copies)) => weights.shift_error(copies, level, source, error),)+
                    _ => foreign(),
                }
            }

            /// Adds `factor · S̄` that comes back to a site from the layer itself, `[step][lane]`.
            pub fn add_own_error(
                &self,
                copies: &Copies,
                sent: &Sent<'_>,
                site: &Site,
                factor: f32,
                error: &mut [f32],
            ) {
                match (self, copies) {
                    $((Self::$kind(weights), Copies::$kind(copies)) => {
                        weights.add_own_error(copies, sent, site, factor, error);
                    })+
                    _ => foreign(),
                }
            }

            /// Adds T̄ that comes back to a site's spikes from the layer itself.
            pub fn add_own_times(
                &self,
                copies: &Copies,
                sent: &Sent<'_>,
                site: &Site,
                spikes: &[u64],
                timing: &mut [f32],
            ) {
                match (self, copies) {
                    $((Self::$kind(weights), Copies::$kind(copies)) => {
                        weights.add_own_times(copies, sent, site, spikes, timing);
                    })+
                    _ => foreign(),
                }
            }
        }
    };
}

connections!(Dense, DelayedInputs, DelayedConnections, Recurrent, Conv2d);

fn foreign() -> ! {
    unreachable!("a layer's state and copies are made by its own connection")
}
