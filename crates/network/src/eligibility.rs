//! Eligibilities of a network's parameters, forward in time (spec 19.2).

mod constants;
mod inputs;
mod lanes;
mod rows;
mod unit_step;

use spikelet_data::Archive;
use spikelet_kernels::eligibility::EligibilityStep;
use spikelet_kernels::{Level, Surrogate, constant};

use self::constants::Columns;
use self::inputs::InputEligibility;
use self::unit_step::UnitStep;
use crate::connection::LayerView;
use crate::network::Network;
use crate::pass::Stepwise;

/// What the rule says of eligibilities.
#[derive(Clone, Copy, Debug)]
pub struct EligibilityRule<'a> {
    /// σ̂.
    pub surrogate: Surrogate<'a>,
    /// Height of the surrogate derivative.
    pub scale: f32,
    /// Whether the effect of a spike on later steps of its unit counts.
    pub adaptation_path: bool,
    /// Factor of e in the gradients of hidden layers, besides that of f.
    pub penalty: f32,
}

/// Gradients that eligibilities add to.
pub trait EligibilitySums {
    /// Gradients of a tile's weights, `[input][lane]`, and biases, `[lane]`.
    fn tile(&mut self, number: usize) -> (&mut [f32], &mut [f32]);
    /// Gradients of a constant that a layer learns, `[lane]` of all sites.
    fn constant(&mut self, layer: usize, index: usize) -> &mut [f32];
}

/// The eligibilities of a sample.
#[derive(Debug)]
pub struct Eligibilities {
    /// By layer with neurons.
    layers: Vec<LayerEligibility>,
    steps: usize,
    /// αᵢ and αᵥ of the readout at the first step, where its memory counts; they stay, whatever it learns.
    filter: Option<[f32; 2]>,
}

/// The eligibilities of a layer.
#[derive(Debug)]
struct LayerEligibility {
    units: UnitStep,
    /// By input: its own, then its further ones.
    inputs: Vec<InputEligibility>,
    columns: Columns,
}

impl Eligibilities {
    /// Eligibilities before the first step.
    #[must_use]
    pub fn new(network: &Network) -> Self {
        let is_filtered = network.feedback.as_ref().is_some_and(|feedback| feedback.is_filtered);
        let last = network.neurons() - 1;
        let of_layer = |layer: usize| {
            let view = network.view(layer);
            let kind = view.neuron.by_unit.as_ref().map(|constants| constants.kind());
            let states = EligibilityStep::states(kind, is_filtered && layer < last);
            let inputs = network.connections(layer).into_iter();
            LayerEligibility {
                units: UnitStep::new(&view),
                inputs: inputs.map(|connection| InputEligibility::new(network, connection, states)).collect(),
                columns: Columns::new(&view, states),
            }
        };
        Self { layers: (0..=last).map(of_layer).collect(), steps: 0, filter: None }
    }

    /// Forgets all steps.
    pub fn clear(&mut self) {
        self.steps = 0;
        for layer in &mut self.layers {
            layer.units.clear();
            layer.inputs.iter_mut().for_each(InputEligibility::clear);
            layer.columns.clear();
        }
    }

    /// Writes or reads the eligibilities between two steps.
    pub fn archive(&mut self, archive: &mut Archive<'_>) {
        archive.count(&mut self.steps);
        let mut filter = self.filter.map_or(Vec::new(), Vec::from);
        archive.list(&mut filter);
        self.filter = filter.try_into().ok();
        for LayerEligibility { units, inputs, columns } in &mut self.layers {
            units.archive(archive);
            inputs.iter_mut().for_each(|input| input.archive(archive));
            columns.archive(archive);
        }
    }

    /// Bytes of the eligibilities of a sample.
    #[must_use]
    pub fn bytes(network: &Network) -> u64 {
        // As many states as an adaptive layer below a readout has.
        const STATES: u64 = 6;
        let of_connection = |shape: &crate::shape::LayerShape| shape.inputs as u64 * shape.units as u64;
        network.shapes.iter().map(of_connection).sum::<u64>() * STATES * size_of::<f32>() as u64
    }

    /// Takes all parameters to the step that was run last, and adds to their gradients; `errors` are those of the readout at that step.
    pub fn step(
        &mut self,
        (level, network): (Level, &Network),
        states: &Stepwise,
        rule: &EligibilityRule<'_>,
        errors: &[f32],
        sums: &mut dyn EligibilitySums,
    ) {
        let last = network.neurons() - 1;
        let feedback = network.feedback.as_ref().expect("e-prop has weights for errors");
        let output = network.view(last);
        if self.steps == 0 {
            self.filter = feedback.is_filtered.then(|| memory(&output));
        }
        let filter = self.filter;
        let sent: Vec<f32> =
            errors.iter().enumerate().map(|(unit, error)| error * gain(&output, unit, filter)).collect();
        self.steps += 1;
        let flushes = self.steps.is_multiple_of(spikelet_kernels::FLOOR_EVERY);
        for (layer, eligibility) in self.layers.iter_mut().enumerate() {
            let (view, is_output) = (network.view(layer), layer == last);
            let LayerEligibility { units, inputs, columns } = eligibility;
            units.take(&view, &states.work.layers[layer].units, states.at, rule);
            for (number, site) in view.layout.sites.iter().enumerate() {
                let signal = units.signal(number, site.lanes);
                if is_output {
                    view.layout.units_of(site).for_each(|(lane, &unit)| signal[lane] = errors[unit as usize]);
                } else {
                    spread(feedback.site(layer, number), &sent, signal);
                }
            }
            let step = |number: usize| EligibilityStep {
                kind: view.neuron.by_unit.as_ref().map(|constants| constants.kind()),
                lanes: view.layout.sites[number].lanes,
                coefficients: units.coefficients(number),
                filter: if is_output { None } else { filter },
                penalty: if is_output { 0.0 } else { rule.penalty },
                flushes,
            };
            for input in inputs {
                input.step(level, network, states, &step, sums);
            }
            let tiles = network.tiles_of(layer);
            columns.step(&view, layer, units, (&step, tiles.start), sums);
            units.finish(&view);
        }
    }
}

/// αᵢ and αᵥ of a readout whose units share them.
fn memory(output: &LayerView<'_>) -> [f32; 2] {
    match output.by_lane(&output.layout.sites[0]) {
        Some(lanes) => [lanes.of(constant::CURRENT_DECAY)[0], lanes.of(constant::MEMBRANE_DECAY)[0]],
        None => [output.neuron.constants.current_decay, output.neuron.constants.membrane_decay],
    }
}

/// What turns an error into a factor of the feedback, which is that of the adjoints of the kernels where a readout's memory counts.
fn gain(output: &LayerView<'_>, unit: usize, filter: Option<[f32; 2]>) -> f32 {
    match (&output.neuron.by_unit, filter) {
        (Some(constants), Some(_)) => constants.of(output.filter_of(unit), constant::DRIVE_GAIN),
        _ => 1.0,
    }
}

/// L of a site: Σ_n B_n E_n.
fn spread(feedback: &[f32], errors: &[f32], signal: &mut [f32]) {
    signal.fill(0.0);
    for (row, &error) in feedback.chunks_exact(signal.len()).zip(errors).filter(|(_, error)| **error != 0.0) {
        signal.iter_mut().zip(row).for_each(|(sum, weight)| *sum += error * weight);
    }
}
