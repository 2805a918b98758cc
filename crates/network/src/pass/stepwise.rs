//! Layers that run on step by step, without a last step. What they do is what [`super::simulate`] computes, bit for bit.
//!
//! The arrays over steps are a window: once it is full, the steps that units still look back to move to its start.

use spikelet_data::{Archive, SampleEvents};
use spikelet_kernels::{FIRES_ONCE, Level};

use super::simulate::{Simulation, input_events};
use super::workspace::ForwardWorkspace;
use crate::connection::{ForwardRun, Keep};
use crate::events::{append, set_bits};
use crate::layer::LayerState;
use crate::network::Network;

/// Steps of a window beside those that are kept of the one before. All of these are whole words of steps, also for the kernels,
/// which do something every few steps.
const ROOM: usize = 512;

/// States of a network on its way, whose number of steps is that of a window.
#[derive(Debug)]
pub struct Stepwise {
    /// States and spikes of the layers in the window.
    pub work: ForwardWorkspace,
    /// Input units of the window's events.
    inputs: Vec<u32>,
    /// Values of the window's events; empty: all are 1.
    values: Vec<f32>,
    /// Where in the window the next step is.
    pub at: usize,
    /// Steps kept of a window before.
    kept: usize,
    keep: Keep,
}

impl Stepwise {
    /// States before the first step.
    #[must_use]
    pub fn new(network: &Network, keep: Keep) -> Self {
        let mut work = ForwardWorkspace::new(network);
        for (state, layer) in work.layers.iter_mut().zip(&network.layers) {
            layer.connection.look_ahead(&mut state.connection);
        }
        if keep != Keep::Spikes {
            work.layers.iter_mut().for_each(|layer| layer.units.keeps_current = true);
            work.keep_trace(network.steps);
        }
        let mut stepwise =
            Self { work, inputs: Vec::new(), values: Vec::new(), at: 0, kept: kept_steps(network), keep };
        stepwise.restart(network);
        stepwise
    }

    /// Goes back to before the first step.
    pub fn restart(&mut self, network: &Network) {
        let Self { work, .. } = self;
        for (state, layer) in work.layers.iter_mut().zip(&network.layers) {
            state.start(layer, network.steps);
            // Those of the window before are in no word of busy steps.
            state.units.spikes.fill(0);
        }
        work.start_graph(network);
        work.input_offsets.fill(0);
        self.inputs.clear();
        self.values.clear();
        self.at = 0;
    }

    /// Adds input events of the step `ahead` steps after those that were run; without values, all are 1.
    pub fn send(&mut self, ahead: usize, units: &[u32], values: &[f32]) {
        append((&mut self.inputs, &mut self.values), (units, values));
        self.work.input_offsets[self.at + ahead + 1] = self.inputs.len() as u32;
    }

    /// Writes or reads the states between two steps.
    pub fn archive(&mut self, archive: &mut Archive<'_>) {
        let Self { work, inputs, values, at, .. } = self;
        archive.array(&mut work.input_offsets);
        archive.list(inputs);
        archive.list(values);
        archive.count(at);
        work.layers.iter_mut().for_each(|state| state.archive(archive));
        work.graph.archive(archive);
    }

    /// Input events of the window, without their times.
    #[must_use]
    pub fn input(&self) -> SampleEvents<'_> {
        SampleEvents { times: &[], units: &self.inputs, values: &self.values }
    }

    /// Brings every layer to step `to` of the window; [`Stepwise::at`] stays where it is.
    pub fn run(&mut self, level: Level, network: &Network, to: usize) {
        let Self { work, inputs, values, at, keep, .. } = self;
        let input = SampleEvents { times: &[], units: inputs, values };
        if let Some(graph) = &network.graph {
            let simulation = Simulation { level, network, input, keep: *keep };
            return simulation.run_graph(graph, (*at, to), work);
        }
        for (index, layer) in network.layers.iter().enumerate() {
            let (previous, here) = work.layers.split_at_mut(index);
            let LayerState { units, stages, connection, spikes: list, sums, .. } = &mut here[0];
            let spikes = match previous.last() {
                Some(LayerState { spikes, .. }) => spikes.events(),
                None => input_events(input, &work.input_offsets),
            };
            let source = network.previous(index).map(|layer| layer.as_source());
            layer.stages.take(stages, source, spikes, to);
            let arriving = layer.stages.arriving(stages, spikes);
            layer.connection.arrive(connection, arriving, *at, to);
            let view = network.view(index);
            let mut run = ForwardRun { level, view, arriving, units, from: *at, to, keep: *keep };
            run.run(&layer.connection, connection, (sums, &mut work.sum_scratch));
            for t in *at..to {
                for (site, spikes) in layer.layout.sites.iter().zip(units.spikes.chunks_exact(network.steps)) {
                    let fired = set_bits(spikes[t]).map(|lane| layer.layout.unit_of_lane[site.lane + lane]);
                    list.units.extend(fired);
                }
                list.offsets[t + 1] = list.units.len() as u32;
            }
        }
    }

    /// Starts the next window if this one is full, with its last steps before it.
    pub fn make_room(&mut self, network: &Network) {
        if self.at < network.steps {
            return;
        }
        let Self { work, inputs, values, kept, .. } = self;
        let window = network.steps;
        work.start_graph_window(network, *kept);
        for (state, layer) in work.layers.iter_mut().zip(&network.layers) {
            let LayerState { units, stages, connection, spikes, .. } = state;
            for site in units.spikes.chunks_exact_mut(window) {
                let ever = site.iter().fold(0, |all, bits| all | bits);
                site.copy_within(window - *kept.., 0);
                site[*kept..].fill(0);
                if layer.neuron.refractory == FIRES_ONCE {
                    site[0] = ever;
                }
            }
            units.busy.fill(0);
            if network.graph.is_none() {
                spikes.clear();
            }
            stages.start_window(*kept);
            layer.connection.start_window(connection, *kept);
        }
        work.input_offsets.fill(0);
        inputs.clear();
        values.clear();
        self.at = *kept;
    }
}

/// Steps of the window of a stream.
pub fn window_steps(network: &Network) -> usize {
    kept_steps(network) + ROOM
}

/// Steps that the arrays of a stream have: those of its window, and those that the longest delay reaches beyond it.
pub fn stream_steps(network: &Network) -> usize {
    let delays = network.layers.iter().map(|layer| layer.connection.longest_delay());
    window_steps(network) + delays.max().unwrap_or(0)
}

/// Steps of a window that the next one begins with.
fn kept_steps(network: &Network) -> usize {
    network.layers.iter().map(|layer| looks_back(layer.neuron.refractory)).max().unwrap_or(0)
}

/// Steps that units look back to, the one before at least.
fn looks_back(refractory: u32) -> usize {
    let steps = if refractory == FIRES_ONCE { 1 } else { refractory.max(1) as usize };
    steps.next_multiple_of(64)
}
