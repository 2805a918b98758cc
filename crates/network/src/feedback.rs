//! Feedback of e-prop: the weights by which errors at the output reach hidden layers (spec 19.1).
//!
//! ```text
//! L_l[t] = B_l E[t]
//! B_l = Σ β_i Wᵀ over the inputs by which the output reads layer l in the same step, through average pools at most; else U(±1/√fan-in of the output)
//! ```

use spikelet_config::{Config, EpropRule, Feedback as Kind};
use spikelet_data::Stream;

use crate::aligned::Aligned;
use crate::connection::{LayerView, Layout, PoolKind};
use crate::events::NO_UNIT;
use crate::graph::{Graph, Item, Reader};
use crate::layer::Layer;
use crate::learnt::{Learnable, LearntArray, LearntShape, Summed};

/// The feedback of a network.
#[derive(Clone, Debug)]
pub struct Feedback {
    /// Whether hidden layers get the output's adjoints q, which hold the memory of a readout, instead of its errors.
    pub is_filtered: bool,
    /// By hidden layer.
    layers: Vec<LayerFeedback>,
}

/// The feedback of a hidden layer.
#[derive(Clone, Debug)]
struct LayerFeedback {
    /// Where spikes of its lanes arrive at the output; empty with random weights.
    arrivals: Vec<Arrival>,
    /// Factors of what is broadcast in L, site by site `[output][lane]`.
    sites: Vec<Aligned>,
}

/// Where spikes of a lane arrive.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    site: usize,
    lane: usize,
    connection: usize,
    input: u32,
}

impl Feedback {
    /// The feedback that the rule asks for, without weights.
    pub(crate) fn new(config: &Config, layers: &[Layer], graph: Option<&Graph>) -> Option<Self> {
        let &EpropRule { feedback, eligibility_filter, .. } = config.rule.eprop()?;
        let output = neurons(layers, graph) - 1;
        let of_layer = |layer: usize| LayerFeedback {
            arrivals: match feedback {
                Kind::Symmetric => arrivals(layers, graph, layer, output),
                Kind::Random => Vec::new(),
            },
            sites: Vec::new(),
        };
        Some(Self {
            is_filtered: eligibility_filter && !layers[output].neuron.fires,
            layers: (0..output).map(of_layer).collect(),
        })
    }

    /// Adds an array to the hidden layers whose weights are random.
    pub(crate) fn add_arrays(&self, layers: &mut [Layer]) {
        let outputs = layers[self.layers.len()].shape.units;
        for (layer, _) in layers.iter_mut().zip(&self.layers).filter(|(_, feedback)| feedback.is_random()) {
            let array = LearntShape {
                what: Learnable::Feedback,
                shape: vec![layer.shape.units, outputs],
                summed: Summed::Never,
            };
            // Delays, if there are any, stay the last.
            layer.learnt.insert(layer.neuron.learnt.len(), array);
        }
    }

    /// Factors of what is broadcast in L of a site, `[output][lane]`.
    pub fn site(&self, layer: usize, number: usize) -> &[f32] {
        &self.layers[layer].sites[number]
    }

    /// Brings the factors up to date with the parameters; `view` gives the units of a connection.
    pub(crate) fn refresh<'a>(
        &mut self,
        layers: &[Layer],
        learnt: &[Vec<LearntArray>],
        view: impl Fn(usize) -> LayerView<'a>,
    ) {
        let output = view(self.layers.len());
        let outputs = output.shape.units;
        let is_filtered = self.is_filtered;
        for (layer, feedback) in self.layers.iter_mut().enumerate() {
            let layout = &layers[layer].layout;
            feedback.sites.resize_with(layout.sites.len(), Aligned::default);
            for (values, site) in feedback.sites.iter_mut().zip(&layout.sites) {
                values.clear();
                values.resize(outputs * site.lanes);
            }
            if feedback.is_random() {
                feedback.take_random(&output, layout, &learnt[layer], is_filtered);
            } else {
                feedback.take_weights(&output, layers, &view, is_filtered);
            }
        }
    }
}

impl LayerFeedback {
    fn is_random(&self) -> bool {
        self.arrivals.is_empty()
    }

    fn take_random(&mut self, output: &LayerView<'_>, layout: &Layout, learnt: &[LearntArray], is_filtered: bool) {
        let array = learnt.iter().find(|array| array.what == Learnable::Feedback);
        let array = array.expect("a layer with random feedback has an array of it");
        let outputs = output.shape.units;
        // q of the kernels is that of the current up to a factor.
        let factor = |unit: usize| match is_filtered {
            true => output.neuron.to_adjoint(output.filter_of(unit), 1.0),
            false => 1.0,
        };
        for (values, site) in self.sites.iter_mut().zip(&layout.sites) {
            for (lane, &unit) in layout.units_of(site) {
                let row = &array.parameters[unit as usize * outputs..][..outputs];
                for (output, weight) in row.iter().enumerate() {
                    values[output * site.lanes + lane] = factor(output) * weight;
                }
            }
        }
    }

    fn take_weights<'a>(
        &mut self,
        output: &LayerView<'_>,
        layers: &[Layer],
        view: &impl Fn(usize) -> LayerView<'a>,
        is_filtered: bool,
    ) {
        let factor = |unit: usize| match is_filtered {
            true => output.neuron.drive_gain(),
            false => output.neuron.gains.current.at(output.filter_of(unit)) as f32,
        };
        let mut row = vec![0.0; output.shape.units];
        for &Arrival { site, lane, connection, input } in &self.arrivals {
            let layer = &layers[connection];
            row.fill(0.0);
            layer.connection.add_weights(view(connection).tiles, input, &mut row);
            let scale = layer.input_scale * if is_filtered { 1.0 } else { layer.stages.scale };
            let values = &mut self.sites[site];
            let lanes = values.len() / row.len();
            for (output, weight) in row.iter().enumerate() {
                values[output * lanes + lane] += factor(output) * scale * weight;
            }
        }
    }
}

/// Random weights that a layer starts from; the output has so many inputs.
pub(crate) fn start(shape: &LearntShape, fan_in: usize, draw: &mut Stream) -> LearntArray {
    let bound = (1.0 / (fan_in as f64).sqrt()) as f32;
    let values: Vec<f32> = (0..shape.length()).map(|_| bound * draw.symmetric()).collect();
    LearntArray::new(shape.what, shape.summed, &values)
}

fn neurons(layers: &[Layer], graph: Option<&Graph>) -> usize {
    graph.map_or(layers.len(), |graph| graph.inputs.len())
}

/// Where the spikes of a layer arrive at the output in the same step, but for delays.
fn arrivals(layers: &[Layer], graph: Option<&Graph>, layer: usize, output: usize) -> Vec<Arrival> {
    let layout = &layers[layer].layout;
    let mut found = Vec::new();
    for (site, of_site) in layout.sites.iter().enumerate() {
        let lanes: Vec<_> = layout.units_of(of_site).map(|(lane, &unit)| (lane, unit)).collect();
        for (lane, unit) in lanes {
            let mut add = |connection: usize, input: u32| found.push(Arrival { site, lane, connection, input });
            match graph {
                Some(graph) => arrive(graph, output, Item::Layer(layer), unit, &mut add),
                None if layer + 1 == output && !layers[output].stages.selects() => {
                    let stages = &layers[output].stages;
                    let inputs = (0..stages.paths()).map(|path| stages.arrival_of_lane(of_site, path)[lane]);
                    inputs.filter(|&input| input != NO_UNIT).for_each(|input| add(output, input));
                }
                None => {}
            }
        }
    }
    found
}

/// Adds the inputs of the output at which spikes of a unit arrive through average pools at most.
fn arrive(graph: &Graph, output: usize, item: Item, unit: u32, add: &mut impl FnMut(usize, u32)) {
    for &(reader, _) in graph.readers(item).iter().filter(|(_, lag)| *lag == 0) {
        match reader {
            Reader::Connection(connection) if graph.layer_of[connection] == output => add(connection, unit),
            Reader::Connection(_) => {}
            Reader::Pool(pool) => {
                let node = &graph.pools[pool];
                if node.pool.kind == PoolKind::Average {
                    node.outputs_of(unit).for_each(|unit| arrive(graph, output, Item::Pool(pool), unit, &mut *add));
                }
            }
        }
    }
}
