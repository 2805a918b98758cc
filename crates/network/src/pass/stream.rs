//! A network that answers step by step, without a last step. Its spikes and membranes are those of [`super::simulate`], bit for
//! bit.
//!
//! The arrays over steps are a window: once it is full, the steps that units still look back to move to its start.

use spikelet_config::Result;
use spikelet_data::{SampleEvents, SpikeTrains};
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

/// A stream: a network that runs further steps with the parameters that it had when the stream began.
#[derive(Debug)]
pub struct SpikeStream {
    level: Level,
    /// Network whose number of steps is that of the window.
    network: Network,
    work: ForwardWorkspace,
    /// Units of the input.
    input_units: usize,
    /// Input units of the window's events.
    inputs: Vec<u32>,
    /// Values of the window's events; empty: all are 1.
    values: Vec<f32>,
    /// Steps kept of a window before.
    kept: usize,
    /// Where in the window the next step is.
    at: usize,
    /// Membranes of a readout at a step, `[output]`; empty where the outputs fire.
    membranes: Vec<f32>,
}

/// What the outputs did at a step.
#[derive(Clone, Copy, Debug)]
pub struct StepOutput<'a> {
    /// Outputs that fired, in order.
    pub spikes: &'a [u32],
    /// Membranes of a readout, `[output]`; empty where the outputs fire.
    pub membranes: &'a [f32],
}

impl SpikeStream {
    /// A stream of a network with its current parameters.
    pub fn new(network: &Network, input_units: usize, level: Level) -> Self {
        let kept = kept_steps(network);
        let mut network = network.clone();
        network.steps = kept + ROOM;
        let fires = network.with_neurons().last().is_some_and(|layer| layer.neuron.fires);
        let membranes = vec![0.0; if fires { 0 } else { network.outputs() }];
        let mut stream = Self {
            level,
            work: ForwardWorkspace::new(&network),
            network,
            input_units,
            inputs: Vec::new(),
            values: Vec::new(),
            kept,
            at: 0,
            membranes,
        };
        for (state, layer) in stream.work.layers.iter_mut().zip(&stream.network.layers) {
            layer.connection.look_ahead(&mut state.connection);
        }
        stream.restart();
        stream
    }

    /// Resets the stream to before the first step.
    pub fn restart(&mut self) {
        let Self { work, network, .. } = self;
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

    /// Number of outputs.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.network.outputs()
    }

    /// Whether the outputs fire; those of a readout have membranes instead.
    #[must_use]
    pub fn fires(&self) -> bool {
        self.membranes.is_empty()
    }

    /// Runs `steps` more steps with these input events, times, units and perhaps values, times counted from the first of the steps, in any
    /// order, and hands what the outputs do at each step to `take`.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] with the path `spikes.times[i]` and the like for spikes outside these steps or the
    /// input, [`crate::ErrorCode::DataFormat`] for values that are not finite or that reach a max pool; no step is run then. Those of `take`; the stream is then between two steps, and has to be restarted.
    pub fn run(
        &mut self,
        events: (Vec<u16>, Vec<u32>, Option<Vec<f32>>),
        steps: usize,
        take: &mut dyn FnMut(StepOutput<'_>) -> Result<()>,
    ) -> Result<()> {
        let offsets = [0, events.0.len() as u32];
        let trains = SpikeTrains::from_parts(&offsets, events, steps, self.input_units, "spikes")?;
        trains.check_values(self.network.input_reaches_max_pool(), "spikes")?;
        let SampleEvents { times, units, values } = trains.events(0);
        let (mut done, mut taken) = (0, 0);
        while done < steps {
            if self.at == self.network.steps {
                self.start_window();
            }
            let count = (steps - done).min(self.network.steps - self.at);
            for t in 0..count {
                let here = times[taken..].partition_point(|&time| usize::from(time) <= done + t);
                let here_values = values.get(taken..taken + here).unwrap_or_default();
                append((&mut self.inputs, &mut self.values), (&units[taken..taken + here], here_values));
                self.work.input_offsets[self.at + t + 1] = self.inputs.len() as u32;
                taken += here;
            }
            self.run_window(self.at + count);
            self.read(count, take)?;
            self.at += count;
            done += count;
        }
        Ok(())
    }

    /// Brings every layer to step `to` of the window.
    fn run_window(&mut self, to: usize) {
        let Self { level, network, work, inputs, values, at, .. } = self;
        let input = SampleEvents { times: &[], units: inputs, values };
        if let Some(graph) = &network.graph {
            let simulation = Simulation { level: *level, network, input, keep: Keep::Spikes };
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
            let keep = Keep::Spikes;
            let mut run = ForwardRun { level: *level, view, arriving, units, from: *at, to, keep };
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

    /// Hands over what the outputs did at the `count` steps that were run last.
    fn read(&mut self, count: usize, take: &mut dyn FnMut(StepOutput<'_>) -> Result<()>) -> Result<()> {
        let Self { network, work, at, membranes, .. } = self;
        let last = network.neurons() - 1;
        let LayerState { units, spikes, .. } = &work.layers[last];
        let view = network.view(last);
        for t in *at..*at + count {
            if !membranes.is_empty() {
                view.read_membranes(units, t, membranes);
            }
            let fired = &spikes.units[spikes.offsets[t] as usize..spikes.offsets[t + 1] as usize];
            debug_assert!(fired.is_sorted(), "lanes of a dense layer are its units");
            take(StepOutput { spikes: fired, membranes })?;
        }
        Ok(())
    }

    /// Starts the next window, with the last steps of this one before it.
    fn start_window(&mut self) {
        let Self { network, work, inputs, values, kept, .. } = self;
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

/// Steps that the arrays of a stream have: those of its window, and those that the longest delay reaches beyond it.
pub fn stream_steps(network: &Network) -> usize {
    let delays = network.layers.iter().map(|layer| layer.connection.longest_delay());
    kept_steps(network) + ROOM + delays.max().unwrap_or(0)
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
