//! A network that answers step by step, without a last step.

use spikelet_config::Result;
use spikelet_data::{SampleEvents, SpikeTrains};
use spikelet_kernels::Level;

use super::stepwise::{Stepwise, window_steps};
use crate::connection::Keep;
use crate::layer::LayerState;
use crate::network::Network;

/// A stream: a network that runs further steps with the parameters that it had when the stream began.
#[derive(Debug)]
pub struct SpikeStream {
    level: Level,
    /// Network whose number of steps is that of the window.
    network: Network,
    states: Stepwise,
    /// Units of the input.
    input_units: usize,
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
        let mut network = network.clone();
        network.steps = window_steps(&network);
        let fires = network.with_neurons().last().is_some_and(|layer| layer.neuron.fires);
        let membranes = vec![0.0; if fires { 0 } else { network.outputs() }];
        Self { level, states: Stepwise::new(&network, Keep::Spikes), network, input_units, membranes }
    }

    /// Resets the stream to before the first step.
    pub fn restart(&mut self) {
        self.states.restart(&self.network);
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
    /// input, [`crate::ErrorCode::DataFormat`] for values that are not finite or that reach a max pool; no step is run then. Those of
    /// `take`; the stream is then between two steps, and has to be restarted.
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
            self.states.make_room(&self.network);
            let at = self.states.at;
            let count = (steps - done).min(self.network.steps - at);
            for t in 0..count {
                let here = times[taken..].partition_point(|&time| usize::from(time) <= done + t);
                let here_values = values.get(taken..taken + here).unwrap_or_default();
                self.states.send(t, &units[taken..taken + here], here_values);
                taken += here;
            }
            self.states.run(self.level, &self.network, at + count);
            self.read(count, take)?;
            self.states.at += count;
            done += count;
        }
        Ok(())
    }

    /// Runs one more step with an event of value 1 for each of these units, which are in order and below those of the input.
    pub fn step(&mut self, units: &[u32]) -> StepOutput<'_> {
        self.states.make_room(&self.network);
        self.states.send(0, units, &[]);
        let at = self.states.at;
        self.states.run(self.level, &self.network, at + 1);
        self.states.at += 1;
        self.output(at)
    }

    /// Units of the input.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.input_units
    }

    /// Hands over what the outputs did at the `count` steps that were run last.
    fn read(&mut self, count: usize, take: &mut dyn FnMut(StepOutput<'_>) -> Result<()>) -> Result<()> {
        let at = self.states.at;
        (at..at + count).try_for_each(|t| take(self.output(t)))
    }

    /// What the outputs did at a step of the window.
    fn output(&mut self, t: usize) -> StepOutput<'_> {
        let Self { network, states: Stepwise { work, .. }, membranes, .. } = self;
        let last = network.neurons() - 1;
        let LayerState { units, spikes, .. } = &work.layers[last];
        if !membranes.is_empty() {
            network.view(last).read_membranes(units, t, membranes);
        }
        let fired = &spikes.units[spikes.offsets[t] as usize..spikes.offsets[t + 1] as usize];
        debug_assert!(fired.is_sorted(), "lanes of a dense layer are its units");
        StepOutput { spikes: fired, membranes }
    }
}
