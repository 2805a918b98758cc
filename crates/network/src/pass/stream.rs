//! A network that answers step by step, without a last step. Its spikes are those of [`super::simulate`], bit for bit.
//!
//! The arrays over steps are a window: once it is full, the steps that units still look back to move to its start.

use spikelet_config::Result;
use spikelet_data::{EVENT_BYTES, SpikeTrains, memory};
use spikelet_kernels::{FIRES_ONCE, Level, StepEvents};

use super::workspace::ForwardWorkspace;
use crate::connection::{ForwardRun, Keep};
use crate::events::set_bits;
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
    /// Input units of the window's spikes.
    inputs: Vec<u32>,
    /// Steps kept of a window before.
    kept: usize,
    /// Where in the window the next step is.
    at: usize,
    progress: StreamProgress,
}

/// Progress of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamProgress {
    /// Steps so far.
    pub steps: u64,
    /// Spikes of each output so far.
    pub counts: Vec<u32>,
    /// Step and unit of the first output spike, of the lowest unit where several fired.
    pub first: Option<(u64, u32)>,
}

/// Output spikes of some steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamSpikes {
    /// Step of each spike, counted from the first of these steps.
    pub times: Vec<u16>,
    /// Output of each spike.
    pub units: Vec<u32>,
}

impl SpikeStream {
    /// A stream of a network with its current parameters.
    pub fn new(network: &Network, input_units: usize, level: Level) -> Self {
        let kept = kept_steps(network);
        let mut network = network.clone();
        network.steps = kept + ROOM;
        let mut stream = Self {
            level,
            work: ForwardWorkspace::new(&network),
            network,
            input_units,
            inputs: Vec::new(),
            kept,
            at: 0,
            progress: StreamProgress::default(),
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
        work.input_offsets.fill(0);
        self.inputs.clear();
        self.at = 0;
        self.progress = StreamProgress { counts: vec![0; self.network.outputs()], ..StreamProgress::default() };
    }

    /// Where it stands.
    #[must_use]
    pub fn progress(&self) -> &StreamProgress {
        &self.progress
    }

    /// Runs `steps` more steps with these input spikes, `times` counted from the first of them, in any order, and returns the
    /// output's.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] with the path `spikes.times[i]` and the like for spikes outside these steps or the
    /// input; no step is run then. [`crate::ErrorCode::ConfigInvalid`] where there is no memory for the output spikes; the stream is
    /// then between two steps, and has to be restarted.
    pub fn run(&mut self, times: Vec<u16>, units: Vec<u32>, steps: usize) -> Result<StreamSpikes> {
        let offsets = [0, times.len() as u32];
        let trains = SpikeTrains::from_parts(&offsets, times, units, steps, self.input_units, "spikes")?;
        let (times, units) = trains.sample(0);
        let mut found = StreamSpikes::default();
        let (mut done, mut taken) = (0, 0);
        while done < steps {
            if self.at == self.network.steps {
                self.start_window();
            }
            let count = (steps - done).min(self.network.steps - self.at);
            for t in 0..count {
                let here = times[taken..].partition_point(|&time| usize::from(time) <= done + t);
                self.inputs.extend_from_slice(&units[taken..taken + here]);
                self.work.input_offsets[self.at + t + 1] = self.inputs.len() as u32;
                taken += here;
            }
            self.run_window(self.at + count);
            self.answer(done, count, &mut found)?;
            self.at += count;
            done += count;
        }
        Ok(found)
    }

    /// Brings every layer to step `to` of the window.
    fn run_window(&mut self, to: usize) {
        let Self { level, network, work, inputs, at, .. } = self;
        for (index, layer) in network.layers.iter().enumerate() {
            let (previous, here) = work.layers.split_at_mut(index);
            let LayerState { units, stages, connection, spikes: list, .. } = &mut here[0];
            let spikes = match previous.last() {
                Some(LayerState { spikes, .. }) => StepEvents { offsets: &spikes.offsets, units: &spikes.units },
                None => StepEvents { offsets: &work.input_offsets, units: inputs },
            };
            let source = network.previous(index).map(|layer| layer.as_source());
            layer.stages.take(stages, source, spikes, to);
            let arriving = layer.stages.arriving(stages, spikes);
            layer.connection.arrive(connection, arriving, *at, to);
            let view = network.view(index);
            let keep = Keep::Spikes;
            let mut run = ForwardRun { level: *level, view, arriving, units, from: *at, to, keep };
            layer.connection.forward(connection, &mut run);
            for t in *at..to {
                for (site, spikes) in layer.layout.sites.iter().zip(units.spikes.chunks_exact(network.steps)) {
                    let fired = set_bits(spikes[t]).map(|lane| layer.layout.unit_of_lane[site.lane + lane]);
                    list.units.extend(fired);
                }
                list.offsets[t + 1] = list.units.len() as u32;
            }
        }
    }

    /// Adds the output spikes of the `count` steps that were run last to the progress and to `found`, which has `done` steps.
    fn answer(&mut self, done: usize, count: usize, found: &mut StreamSpikes) -> Result<()> {
        let Self { work, at, progress, .. } = self;
        let output = &work.layers[work.layers.len() - 1].spikes;
        for t in 0..count {
            let range = output.offsets[*at + t] as usize..output.offsets[*at + t + 1] as usize;
            let start = found.units.len();
            if found.units.try_reserve(range.len()).is_err() || found.times.try_reserve(range.len()).is_err() {
                let bytes = (start + range.len()) as u64 * EVENT_BYTES;
                return Err(memory::missing(bytes, "steps", "the output spikes of these steps"));
            }
            found.units.extend_from_slice(&output.units[range]);
            // In order of the units: the last layer is dense.
            let fired = &found.units[start..];
            debug_assert!(fired.is_sorted(), "lanes of a dense layer are its units");
            if let (None, Some(&unit)) = (progress.first, fired.first()) {
                progress.first = Some((progress.steps, unit));
            }
            for &unit in fired {
                let count = &mut progress.counts[unit as usize];
                *count = count.saturating_add(1);
                found.times.push((done + t) as u16);
            }
            progress.steps += 1;
        }
        Ok(())
    }

    /// Starts the next window, with the last steps of this one before it.
    fn start_window(&mut self) {
        let Self { network, work, inputs, kept, .. } = self;
        let window = network.steps;
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
            spikes.clear();
            stages.start_window(*kept);
            layer.connection.start_window(connection, *kept);
        }
        work.input_offsets.fill(0);
        inputs.clear();
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
