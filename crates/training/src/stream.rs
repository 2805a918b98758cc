//! A network that answers step by step, and what it decides.

mod decision;
mod windows;

use decision::StepDecision;
use spikelet_config::{Error, Result};
use spikelet_data::{Archive, EVENT_BYTES, memory};
use spikelet_network::pass::{SpikeStream, StepOutput};
use windows::WindowDecisions;

use crate::loss::MembraneStatistic;
use crate::trainer::{LearningStream, Trainer};

pub use decision::StreamDecision;
pub use windows::DecisionWindow;

/// A stream with its decisions: over all its steps, and over windows of steps where these were asked for.
#[derive(Debug)]
pub struct DecidingStream {
    stream: Runner,
    overall: StepDecision,
    windows: Option<WindowDecisions>,
    /// What the outputs did at a step, `[output]`: membranes of a readout, otherwise 1 for each that fired.
    row: Vec<f32>,
}

/// Times, units and perhaps values of the events of some steps.
type StreamEvents = (Vec<u16>, Vec<u32>, Option<Vec<f32>>);

/// A stream that learns, between two steps.
#[derive(Debug)]
pub struct SavedStream {
    /// Configuration, parameters and moments.
    pub trainer: Trainer,
    /// States, eligibilities and decisions.
    pub words: Vec<u32>,
}

/// What runs the steps.
#[derive(Debug)]
enum Runner {
    /// A stream whose parameters stay as they were.
    Fixed(Box<SpikeStream>),
    /// A stream whose parameters move.
    Learning(Box<LearningStream>),
}

/// What the outputs did in some steps, and the decisions over windows that ended in them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamSteps {
    /// Step of each output spike, counted from the first of these steps.
    pub times: Vec<u16>,
    /// Output of each spike.
    pub units: Vec<u32>,
    /// Membranes of a readout, `[step][output]`; empty where the outputs fire.
    pub membranes: Vec<f32>,
    /// Decisions over windows, in order of steps.
    pub windows: Vec<StreamDecision>,
    /// The action at the last step, of a stream that learns by rewards.
    pub action: Option<u32>,
}

impl DecidingStream {
    /// A stream that decides by the statistic of a readout's membranes, if there is one.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] where there is no memory for the windows.
    pub(crate) fn new(
        stream: SpikeStream,
        statistic: Option<MembraneStatistic>,
        window: Option<DecisionWindow>,
    ) -> Result<Self> {
        let (outputs, fires) = (stream.outputs(), stream.fires());
        Self::over(Runner::Fixed(Box::new(stream)), (outputs, fires), statistic, window)
    }

    /// A stream whose parameters move.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] where there is no memory for the windows.
    pub(crate) fn learning(
        stream: LearningStream,
        statistic: Option<MembraneStatistic>,
        window: Option<DecisionWindow>,
    ) -> Result<Self> {
        let outputs = stream.outputs();
        Self::over(Runner::Learning(Box::new(stream)), (outputs, false), statistic, window)
    }

    fn over(
        stream: Runner,
        (outputs, fires): (usize, bool),
        statistic: Option<MembraneStatistic>,
        window: Option<DecisionWindow>,
    ) -> Result<Self> {
        let overall = StepDecision::new(statistic, outputs, fires);
        let windows = window.map(|size| WindowDecisions::new(size, overall.clone())).transpose()?;
        Ok(Self { stream, overall, windows, row: vec![0.0; outputs] })
    }

    /// Resets the network and the decisions to before the first step.
    pub fn restart(&mut self) {
        match &mut self.stream {
            Runner::Fixed(stream) => stream.restart(),
            Runner::Learning(stream) => stream.restart(),
        }
        self.decide_from(0);
    }

    /// Makes decisions over the steps to come alone; the network goes on.
    pub fn restart_decision(&mut self) {
        self.decide_from(self.steps());
    }

    /// Steps so far.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.overall.end()
    }

    /// The decision over all steps since the start, or since decisions were restarted.
    #[must_use]
    pub fn decision(&self) -> StreamDecision {
        self.overall.decision()
    }

    /// Runs `steps` more steps with these input events, times, units and perhaps values, times counted from the first step, in any order.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] with the path `spikes.times[i]` and the like for spikes outside these steps or the
    /// input, [`crate::ErrorCode::DataFormat`] for values that are not finite or reach a max pool, and [`crate::ErrorCode::ConfigInvalid`] where there is no memory for membranes and decisions; no step is run then.
    /// [`crate::ErrorCode::ConfigInvalid`] also where there is no memory for the output spikes; the stream is then between two
    /// steps, and has to be restarted.
    pub fn run(&mut self, events: StreamEvents, steps: usize) -> Result<StreamSteps> {
        self.run_steps(events, steps, None)
    }

    /// Runs one more step with an event of value 1 for each of these units, in any order, and writes what the outputs do to `row`,
    /// `[output]`: membranes of a readout, otherwise 1 for each that fires and 0 for the others.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] for a unit that the input does not have and for a row of another length,
    /// [`crate::ErrorCode::ConfigInvalid`] for a stream that decides over windows; no step is run then.
    pub fn step(&mut self, units: &[u32], row: &mut [f32]) -> Result<()> {
        let Self { stream, overall, windows, row: last } = self;
        if windows.is_some() {
            return Err(Error::config("window", "has decisions of its own, which only run() returns"));
        }
        if row.len() != last.len() {
            return Err(Error::shape("row", format!("must have {} entries, got {}", last.len(), row.len())));
        }
        let inputs = match stream {
            Runner::Fixed(stream) => stream.inputs(),
            Runner::Learning(stream) => stream.inputs(),
        };
        if let Some(at) = units.iter().position(|&unit| unit as usize >= inputs) {
            let message = format!("must be below the number of units ({inputs}), got {}", units[at]);
            return Err(Error::shape(format!("units[{at}]"), message));
        }
        let sorted;
        let units = if units.is_sorted() {
            units
        } else {
            let mut copy = units.to_vec();
            copy.sort_unstable();
            sorted = copy;
            &sorted
        };
        match stream {
            Runner::Fixed(stream) => read(stream.step(units), row),
            Runner::Learning(stream) => {
                stream.step((units, &[]), &[])?;
                read(stream.output(), row);
            }
        }
        overall.add(row);
        Ok(())
    }

    /// Runs steps as [`DecidingStream::run`], with a target for each step that learns: of the loss `trace` a membrane for each output,
    /// `[step][output]`, of others a label, `[step]`; a number that is not finite stands for none.
    ///
    /// # Errors
    /// The errors of [`DecidingStream::run`]; [`crate::ErrorCode::ShapeMismatch`] with the path `targets` for another number of these, a label
    /// that is no output, and for a stream that does not learn; [`crate::ErrorCode::NonFinite`] for what an update left.
    pub fn learn(&mut self, events: StreamEvents, steps: usize, targets: &[f32]) -> Result<StreamSteps> {
        self.run_steps(events, steps, Some(targets))
    }

    /// Moves the parameters by a reward for what was done.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] for a stream that does not learn by rewards, [`crate::ErrorCode::NonFinite`] for a reward that
    /// is not finite and for what the update left.
    pub fn reward(&mut self, reward: f32) -> Result<()> {
        match &mut self.stream {
            Runner::Fixed(_) => {
                Err(Error::shape("reward", "is for a stream that learns: give it the option learn.reward"))
            }
            Runner::Learning(stream) => stream.reward(reward),
        }
    }

    /// The words of the states, eligibilities and decisions of a stream that learns.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] for a stream that does not learn, and where there is no memory for the words.
    pub fn save(&mut self) -> Result<Vec<u32>> {
        let Runner::Learning(stream) = &self.stream else {
            return Err(Error::config("learn", "is missing: a stream that does not learn is not saved"));
        };
        let bytes = stream.saved_bytes();
        memory::require(2 * bytes, "stream", || "what is saved of it".to_owned())?;
        let mut archive = Archive::writing(bytes as usize / size_of::<u32>());
        self.archive(&mut archive);
        archive.finish()
    }

    /// Goes on where a stream was saved.
    ///
    /// # Errors
    /// [`crate::ErrorCode::CheckpointInvalid`] for the words of a stream with other options.
    pub(crate) fn resume(&mut self, words: &[u32]) -> Result<()> {
        let mut archive = Archive::reading(words);
        self.archive(&mut archive);
        archive.finish().map(drop)
    }

    fn archive(&mut self, archive: &mut Archive<'_>) {
        if let Runner::Learning(stream) = &mut self.stream {
            stream.archive(archive);
        }
        self.overall.archive(archive);
        archive.same(u32::from(self.windows.is_some()));
        self.windows.iter_mut().for_each(|windows| windows.archive(archive));
    }

    /// The stream that learns, if it is one.
    pub fn learner(&self) -> Option<&LearningStream> {
        match &self.stream {
            Runner::Fixed(_) => None,
            Runner::Learning(stream) => Some(stream),
        }
    }

    fn run_steps(&mut self, events: StreamEvents, steps: usize, targets: Option<&[f32]>) -> Result<StreamSteps> {
        let Self { stream, overall, windows, row } = self;
        let fires = matches!(stream, Runner::Fixed(stream) if stream.fires());
        let membranes = if fires { 0 } else { steps * row.len() };
        let mut found = StreamSteps {
            membranes: memory::reserved(membranes, "steps", "the membranes of these steps")?,
            ..StreamSteps::default()
        };
        if let Some(windows) = windows {
            windows.require_memory_for(steps)?;
        }
        let mut step = 0;
        let mut take = |output: StepOutput<'_>| {
            found.add(step, output)?;
            read(output, row);
            overall.add(row);
            if let Some(windows) = windows {
                found.windows.extend(windows.add(row));
            }
            step += 1;
            Ok(())
        };
        match (stream, targets) {
            (Runner::Fixed(stream), None) => stream.run(events, steps, &mut take)?,
            (Runner::Fixed(_), Some(_)) => {
                return Err(Error::shape("targets", "are for a stream that learns: give it the option learn"));
            }
            (Runner::Learning(stream), targets) => {
                stream.run(events, steps, targets.unwrap_or_default(), &mut take)?;
                found.action = stream.action();
            }
        }
        Ok(found)
    }

    fn decide_from(&mut self, step: u64) {
        self.overall.restart(step);
        if let Some(windows) = &mut self.windows {
            windows.restart(step);
        }
    }
}

/// Writes the membranes of a step, or 1 for each output that fired, to `row`.
fn read(StepOutput { spikes, membranes }: StepOutput<'_>, row: &mut [f32]) {
    if membranes.is_empty() {
        row.fill(0.0);
        spikes.iter().for_each(|&unit| row[unit as usize] = 1.0);
    } else {
        row.copy_from_slice(membranes);
    }
}

impl StreamSteps {
    /// Adds the outputs of the step with that number.
    fn add(&mut self, step: usize, StepOutput { spikes, membranes }: StepOutput<'_>) -> Result<()> {
        if self.units.try_reserve(spikes.len()).is_err() || self.times.try_reserve(spikes.len()).is_err() {
            let bytes = (self.units.len() + spikes.len()) as u64 * EVENT_BYTES;
            return Err(memory::missing(bytes, "steps", "the output spikes of these steps"));
        }
        self.units.extend_from_slice(spikes);
        self.times.resize(self.units.len(), step as u16);
        self.membranes.extend_from_slice(membranes);
        Ok(())
    }
}
