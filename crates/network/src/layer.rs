//! A layer: a connection, through which spikes arrive, and a neuron, which determines how a unit responds.

use spikelet_config::{Delays, DelaysBy, Fitted, LayerConfig, NetworkConfig, Slid, UnitShape};
use spikelet_data::{Archive, Stream};
use spikelet_kernels::StepEvents;

use crate::aligned::Aligned;
use crate::connection::{
    Connection, ConnectionState, Conv2d, DelayedConnections, Dense, Layout, Pool, PoolKind, Recurrent, StageSource,
    Stages, StagesState,
};
use crate::events::LayerSpikes;
use crate::learnt::{Learnable, LearntArray, LearntShape, Summed};
use crate::neuron::Neuron;
use crate::shape::LayerShape;
use crate::state::{Adjoints, SpikeList, UnitState};

/// A layer of units, with the stages that lead to it.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Sizes.
    pub shape: LayerShape,
    /// Where the units lie.
    pub layout: Layout,
    /// Pools and delays by input on the way to the weights.
    pub stages: Stages,
    /// Weights, through which spikes arrive.
    pub connection: Connection,
    /// What a unit does with what arrives.
    pub neuron: Neuron,
    /// What it learns beside weights and biases.
    pub learnt: Vec<LearntShape>,
    /// What arrives of a spike at one of several inputs, behind average pools; 1 where the neuron holds it.
    pub(crate) input_scale: f32,
    /// Weights of a unit over all inputs of its layer.
    pub fan_in: usize,
    /// Number whose root bounds the weights at the start where a layer has several inputs (spec 16): weights of a unit over all inputs
    /// but that of a recurrent layer's own spikes, and over that alone.
    pub(crate) drawn_by: usize,
}

/// Weights of a layer's own spikes. γ has the scale of the pools before the layer, which these spikes do not pass: passes read the weights
/// times `factor`, and so are their gradients.
#[derive(Clone, Copy, Debug)]
pub struct OwnRows {
    first: usize,
    factor: f32,
}

impl OwnRows {
    /// Scales them in an array `[input][lane]`, or one that is empty.
    #[inline(never)]
    pub fn scale(self, lanes: usize, array: &mut [f32]) {
        array.iter_mut().skip(self.first * lanes).for_each(|value| *value *= self.factor);
    }
}

/// Scratch of a layer on a sample's way.
#[derive(Debug)]
pub struct LayerState {
    /// States and spikes of the units.
    pub units: UnitState,
    /// The layer's spikes.
    pub spikes: SpikeList,
    /// Spikes of the previous layer on their way.
    pub stages: StagesState,
    /// Scratch of the weights.
    pub connection: ConnectionState,
    /// Adjoints of the units.
    pub adjoints: Adjoints,
    /// Currents that several inputs add up, site by site `[step][lane]`; empty without such.
    pub(crate) sums: Aligned,
}

impl LayerState {
    /// Writes or reads what later steps look back to.
    pub(crate) fn archive(&mut self, archive: &mut Archive<'_>) {
        self.units.archive(archive);
        self.spikes.archive(archive);
        self.stages.archive(archive);
        self.connection.archive(archive);
    }
}

impl Layer {
    /// The layer, as the stages of the next one see it.
    pub(crate) fn as_source(&self) -> StageSource<'_> {
        StageSource { layout: &self.layout }
    }

    /// Whether units without input can be run to the end, without those that can no longer fire.
    pub(crate) fn may_finish_early(&self) -> bool {
        self.neuron.may_rest() && !self.connection.drives_itself()
    }

    /// The rows of its own spikes, where the pools before it have a scale.
    #[inline(never)]
    pub fn own_rows(&self) -> Option<OwnRows> {
        let is_scaled = self.connection.drives_itself() && self.stages.scale != 1.0;
        is_scaled.then(|| OwnRows { first: self.shape.previous_units(), factor: 1.0 / self.stages.scale })
    }

    /// Factor on the gradient of a weight, as far as all units share it; sums hold the rest.
    #[must_use]
    pub fn drive_gain(&self) -> f32 {
        self.neuron.drive_gain() * self.input_scale
    }

    /// Delays of what arrives, which are parameters of the layer.
    pub fn delays(&self) -> Option<&Delays> {
        self.stages.delays().or_else(|| self.connection.delays())
    }

    /// An array that the layer learns, as it starts; delays are uniform between 0 and the longest, from `draw`.
    pub(crate) fn start(&self, shape: &LearntShape, draw: &mut Stream) -> LearntArray {
        match shape.what {
            Learnable::Delays { max } => {
                let delays: Vec<f32> = (0..shape.length()).map(|_| draw.uniform() * max as f32).collect();
                LearntArray::new(shape.what, shape.summed, &delays)
            }
            _ => self.neuron.by_unit.as_ref().expect("learnt constants are by unit").start(shape),
        }
    }

    /// Input units of all spikes that the weights got.
    pub fn inputs<'a>(&self, state: &'a LayerState, spikes: LayerSpikes<'a>) -> LayerSpikes<'a> {
        let arriving = self.stages.arriving(&state.stages, spikes.into());
        let StepEvents { offsets, units, values } = self.connection.inputs(&state.connection, arriving);
        LayerSpikes { offsets, units, values, steps: spikes.steps }
    }
}

impl LayerState {
    #[inline(never)]
    pub(crate) fn new(layer: &Layer, previous: Option<&Layer>, steps: usize) -> Self {
        let layout = &layer.layout;
        let mut units = UnitState::new(layout.lanes, layout.sites.len(), steps);
        let own_states = layer.neuron.own_states();
        units.own.resize(layout.lanes * own_states);
        units.keeps_current = !layer.neuron.learnt.is_empty();
        if !layer.neuron.fires {
            units.keep_trace(steps);
        }
        Self {
            units,
            spikes: SpikeList::new(steps),
            stages: layer.stages.state(previous.map(Layer::as_source), steps),
            connection: layer.connection.state(layout, steps),
            adjoints: Adjoints::default(),
            sums: Aligned::default(),
        }
    }

    /// Scratch of a further input, whose units are those of its layer.
    pub(crate) fn of_input(layer: &Layer, steps: usize) -> Self {
        Self {
            units: UnitState::default(),
            spikes: SpikeList::new(steps),
            stages: layer.stages.state(None, steps),
            connection: layer.connection.state(&layer.layout, steps),
            adjoints: Adjoints::default(),
            sums: Aligned::default(),
        }
    }

    /// Resets to step 0 of a simulation of `steps` steps.
    pub(crate) fn start(&mut self, layer: &Layer, steps: usize) {
        self.units.start(steps);
        self.spikes.clear();
        self.stages.clear();
        layer.connection.clear(&mut self.connection);
    }
}

/// A layer of the configuration with what it finds before it.
enum Placed {
    Pool(Pool),
    Dense { inputs: usize, units: usize, recurrent: bool, delays: Option<Delays> },
    Convolution { slid: Slid, is_of_sequence: bool },
}

/// The layers of a valid network but for those that only reshape, from the input up, with their numbers in the configuration.
fn placed(network: &NetworkConfig) -> Vec<(usize, Placed)> {
    let mut layers = Vec::new();
    let mut input = UnitShape::of(network.input);
    for (index, layer) in network.layers.iter().enumerate() {
        let Ok(Fitted { slid, output }) = layer.fit("", input) else { unreachable!("the configuration is valid") };
        let placed = match (layer, slid) {
            (LayerConfig::Dense(dense), _) => {
                let (units, recurrent, delays) = (dense.units as usize, dense.recurrent, dense.delays);
                Some(Placed::Dense { inputs: input.units(), units, recurrent, delays })
            }
            (LayerConfig::Conv2d(_), Some(slid)) => Some(Placed::Convolution { slid, is_of_sequence: false }),
            (LayerConfig::Conv1d(_), Some(slid)) => Some(Placed::Convolution { slid, is_of_sequence: true }),
            (LayerConfig::MaxPool2d(_) | LayerConfig::MaxPool1d(_), Some(slid)) => {
                Some(Placed::Pool(Pool::new(PoolKind::Max, &slid)))
            }
            (_, Some(slid)) => Some(Placed::Pool(Pool::new(PoolKind::Average, &slid))),
            (_, None) => None,
        };
        layers.extend(placed.map(|placed| (index, placed)));
        input = output;
    }
    layers
}

impl Placed {
    fn shape(&self) -> Option<LayerShape> {
        match *self {
            Self::Pool(_) => None,
            Self::Dense { inputs, units, recurrent: false, .. } => Some(Dense::shape(inputs, units)),
            Self::Dense { inputs, units, recurrent: true, .. } => Some(Recurrent::shape(inputs, units)),
            Self::Convolution { ref slid, is_of_sequence } => Some(Conv2d::shape(slid, is_of_sequence)),
        }
    }
}

/// A dense connection, and the delays of its inputs, if these are a stage before it.
pub(crate) fn dense(recurrent: bool, delays: Option<Delays>) -> (Connection, Option<Delays>) {
    match delays {
        _ if recurrent => (Connection::Recurrent(Recurrent::new(delays)), None),
        Some(delays) if delays.by == DelaysBy::Connection => {
            (Connection::DelayedConnections(DelayedConnections::new(delays)), None)
        }
        _ => (Connection::Dense(Dense::default()), delays),
    }
}

/// Sizes of the layers of a chain with neurons, from the input up, found without allocating the network.
pub(crate) fn chain_shapes(network: &NetworkConfig) -> Vec<LayerShape> {
    let fires = |index: usize| network.neuron_of(index).kind.fires();
    let with_neuron =
        |(index, layer): &(usize, Placed)| layer.shape().map(|shape| LayerShape { fires: fires(*index), ..shape });
    placed(network).iter().filter_map(with_neuron).collect()
}

/// The arrays of a layer, of which delays are the last.
pub(crate) fn with_delays(
    mut arrays: Vec<LearntShape>,
    delays: Option<&Delays>,
    layer: &LayerShape,
) -> Vec<LearntShape> {
    arrays.extend(delays.map(|delays| LearntShape {
        what: Learnable::Delays { max: delays.max },
        shape: if delays.is_by_connection() { layer.weight_shape() } else { vec![layer.inputs] },
        summed: match (delays.learn, delays.by) {
            (false, _) => Summed::Never,
            (true, DelaysBy::Input) => Summed::BySample,
            (true, DelaysBy::Connection) => Summed::ByTile,
        },
    }));
    arrays
}

/// The layers of a chain, from the input up.
pub(crate) fn chain(network: &NetworkConfig) -> Vec<Layer> {
    let mut layers: Vec<Layer> = Vec::new();
    let mut pools: Vec<Pool> = Vec::new();
    for (index, placed) in placed(network) {
        let (connection, input_delays, layout) = match placed {
            Placed::Pool(pool) => {
                pools.push(pool);
                continue;
            }
            Placed::Dense { units, recurrent, delays, .. } => {
                let (connection, input_delays) = dense(recurrent, delays);
                (connection, input_delays, Dense::layout(units))
            }
            Placed::Convolution { slid, .. } => {
                let convolution = Conv2d::new(&slid);
                let layout = convolution.layout();
                (Connection::Conv2d(convolution), None, layout)
            }
        };
        let source = layers.last().map(|layer| &layer.layout);
        let stages = Stages::new(std::mem::take(&mut pools), input_delays, source);
        let shape =
            LayerShape { fires: network.neuron_of(index).kind.fires(), ..placed.shape().expect("it has units") };
        let neuron = Neuron::new(&network.neuron_of(index), shape.filters, network.steps, stages.scale);
        let delays = stages.delays().or_else(|| connection.delays());
        let learnt = with_delays(neuron.learnt.clone(), delays, &shape);
        let fan_in = shape.inputs;
        layers.push(Layer {
            shape,
            layout,
            stages,
            connection,
            neuron,
            learnt,
            input_scale: 1.0,
            fan_in,
            drawn_by: fan_in,
        });
    }
    layers
}
