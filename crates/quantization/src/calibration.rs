//! Largest states on samples, which set the shifts (spec 20.3).

use spikelet_data::Dataset;
use spikelet_kernels::Level;
use spikelet_network::connection::{Keep, LayerView};
use spikelet_network::layer::LayerState;
use spikelet_network::network::Network;
use spikelet_network::pass::{End, ForwardWorkspace, Simulation};

use crate::float_network::{FloatLayer, FloatNetwork};

/// Largest states of a layer, `[unit]` or `[channel]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerMaxima {
    /// max |I|.
    pub current: Vec<f64>,
    /// `max(|V|, θ[t])`.
    pub membrane: Vec<f64>,
}

/// Runs samples through the network, each over all steps.
#[must_use]
pub fn calibrate(
    level: Level,
    network: &Network,
    floats: &FloatNetwork,
    data: &Dataset,
    samples: &[u32],
) -> Vec<LayerMaxima> {
    let mut maxima = Vec::new();
    for layer in &floats.layers {
        let filters = layer.biases.len();
        maxima.push(LayerMaxima { current: vec![0.0; filters], membrane: vec![0.0; filters] });
    }
    let mut work = ForwardWorkspace::new(network);
    work.keep_trace(network.steps);
    work.observe_states(network);
    for &sample in samples {
        let input = data.inputs().events(data.place(sample));
        let simulation = Simulation { level, network, input, keep: Keep::States };
        simulation.run(End::At(network.steps), &mut work);
        simulation.extend(network.steps, &mut work);
        for (layer, maxima) in maxima.iter_mut().enumerate() {
            let (view, state) = (network.view(layer), &work.layers[layer]);
            maxima.add_states(&view, state);
            maxima.add_thresholds(&view, state, &floats.layers[layer]);
        }
    }
    maxima
}

impl LayerMaxima {
    fn add_states(&mut self, view: &LayerView<'_>, state: &LayerState) {
        for site in &view.layout.sites {
            for (lane, &unit) in view.layout.units_of(site) {
                let filter = view.filter_of(unit as usize);
                for t in 0..view.steps {
                    let place = site.lane * view.steps + t * site.lanes + lane;
                    let current = view.neuron.to_current(filter, state.units.observed.current[place]);
                    raise(&mut self.current[filter], current.abs().into());
                    raise(&mut self.membrane[filter], state.units.trace[place].abs().into());
                }
            }
        }
    }

    fn add_thresholds(&mut self, view: &LayerView<'_>, state: &LayerState, layer: &FloatLayer) {
        let [_, _, thresholds, decays, strengths] = &layer.constants;
        for (max, &threshold) in self.membrane.iter_mut().zip(thresholds) {
            raise(max, threshold);
        }
        if decays.is_empty() {
            return;
        }
        let mut raised = vec![0.0; view.shape.units];
        for t in 1..view.steps {
            for (unit, raised) in raised.iter_mut().enumerate() {
                *raised *= decays[view.filter_of(unit)];
            }
            let before = state.spikes.offsets[t - 1] as usize..state.spikes.offsets[t] as usize;
            for &unit in &state.spikes.units[before] {
                let (unit, filter) = (unit as usize, view.filter_of(unit as usize));
                raised[unit] += strengths[filter];
                raise(&mut self.membrane[filter], thresholds[filter] + raised[unit]);
            }
        }
    }
}

/// Also by what is not a number, which fits no state.
fn raise(max: &mut f64, value: f64) {
    if value > *max || value.is_nan() {
        *max = value;
    }
}
