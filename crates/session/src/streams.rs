//! The streams that a session holds.

use spikelet_config::json::FromJson;
use std::num::NonZeroU16;

use spikelet_config::{Error, ErrorCode, Result, json};
use spikelet_data::memory;
use spikelet_encode::{Encoding, SeriesEncoder};
use spikelet_io::Checkpoint;
use spikelet_training::{
    DecidingStream, DecisionWindow, LayerParameters, LearningBy, Level, SavedStream, StreamLearning, Trainer,
};

use crate::checkpoint;
use crate::numbered::Numbered;
use crate::wire::StreamAnswer;

/// Steps of a call, of a window and of a hop at most, and times of a signal.
const MAX_STEPS: usize = u16::MAX as usize;

/// How a stream begins.
#[derive(Debug, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StreamOptions {
    /// How a signal becomes spikes, where there is one.
    #[serde(default)]
    encoding: Option<Encoding>,
    /// Channels of the signal.
    #[serde(default = "one")]
    channels: u32,
    /// Steps of each decision; without it, there are none over windows.
    window: Option<u32>,
    /// Steps from one decision to the next; those of the window by default.
    hop: Option<u32>,
    /// How the stream learns, if it does.
    learn: Option<LearnOptions>,
}

/// How a stream learns.
#[derive(Debug, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LearnOptions {
    /// Steps from one update to the next, 1 by default; only for targets.
    every: Option<u32>,
    /// How rewards move the parameters, in the place of targets.
    reward: Option<RewardOptions>,
    /// Learning rate; that of the optimiser by default.
    learning_rate: Option<f64>,
}

/// How rewards move the parameters of a stream.
#[derive(Debug, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RewardOptions {
    /// What is left of an action's share in a reward a step later.
    #[serde(default = "reward_decay")]
    decay: f64,
    /// Seed of the actions; that of the training by default.
    seed: Option<u32>,
}

fn reward_decay() -> f64 {
    0.95
}

fn one() -> u32 {
    1
}

/// Times, units and perhaps values of input events.
pub type StreamEvents = (Vec<u16>, Vec<u32>, Option<Vec<f32>>);

/// Streams by number; numbers are not used again.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    held: Numbered<Held>,
}

#[derive(Debug)]
struct Held {
    stream: DecidingStream,
    encoder: Option<SeriesEncoder>,
    /// Whether the encoder has taken values.
    has_signal: bool,
}

impl Streams {
    pub(crate) fn open(&mut self, options: &str, saved: Option<&[u8]>, trainer: &mut Trainer) -> Result<u32> {
        let StreamOptions { encoding, channels, window, hop, learn } = json::parse(options)?;
        let window = decision_window(window, hop)?;
        let inputs = trainer.config().network.input.units();
        let encoder = match encoding {
            None => None,
            Some(encoding) => {
                encoding.validate("encoding")?;
                crate::datasets::check_units(&encoding, channels as usize, inputs)?;
                Some(SeriesEncoder::new(&encoding, channels as usize)?)
            }
        };
        let learning = learn.map(learning).transpose()?;
        let learning = match (learning, saved) {
            (None, Some(_)) => return Err(Error::config("learn", "is missing: only streams that learn are saved")),
            (learning, saved) => learning
                .map(|learning| Ok((learning, saved.map(|saved| read_saved(saved, trainer.level())).transpose()?)))
                .transpose()?,
        };
        let stream = trainer.stream(window, learning).map_err(at_saved)?;
        Ok(self.held.add(Held { stream, encoder, has_signal: false }))
    }

    pub(crate) fn close(&mut self, id: u32) -> Result<()> {
        self.held.remove(id).map(drop).ok_or_else(|| unknown(id))
    }

    pub(crate) fn restart(&mut self, id: u32) -> Result<()> {
        let Held { stream, encoder, has_signal } = self.find(id)?;
        stream.restart();
        *has_signal = false;
        if let Some(encoder) = encoder {
            encoder.restart();
        }
        Ok(())
    }

    pub(crate) fn restart_decision(&mut self, id: u32) -> Result<()> {
        self.find(id)?.stream.restart_decision();
        Ok(())
    }

    pub(crate) fn run(&mut self, id: u32, events: StreamEvents, steps: u32) -> Result<StreamAnswer> {
        let Held { stream, .. } = self.find(id)?;
        run(stream, events, in_range(steps)?)
    }

    pub(crate) fn step(&mut self, id: u32, units: &[u32], row: &mut [f32]) -> Result<()> {
        self.find(id)?.stream.step(units, row)
    }

    pub(crate) fn learn(&mut self, id: u32, events: StreamEvents, steps: u32, targets: &[f32]) -> Result<StreamAnswer> {
        let Held { stream, .. } = self.find(id)?;
        let steps = in_range(steps)?;
        let found = stream.learn(events, steps, targets)?;
        Ok(StreamAnswer::new(found, steps, stream))
    }

    pub(crate) fn reward(&mut self, id: u32, reward: f32) -> Result<()> {
        self.find(id)?.stream.reward(reward)
    }

    /// Parameters of a layer of a stream that learns.
    pub(crate) fn parameters(&mut self, id: u32, layer: u32) -> Result<LayerParameters> {
        let Held { stream, .. } = self.find(id)?;
        let Some(learner) = stream.learner() else {
            return Err(not_learning());
        };
        learner.layer_parameters(layer as usize)
    }

    /// Bytes from which a stream that learns goes on.
    pub(crate) fn save(&mut self, id: u32) -> Result<Vec<u8>> {
        let Held { stream, has_signal, .. } = self.find(id)?;
        if *has_signal {
            return Err(Error::config("encoding", "has begun a signal, which is not saved: restart the stream first"));
        }
        let words = stream.save()?;
        let Some(learner) = stream.learner() else { return Err(not_learning()) };
        checkpoint::write(learner.trainer(), true, Some(&words), None, None)
    }

    pub(crate) fn run_signal(&mut self, id: u32, values: &[f32]) -> Result<StreamAnswer> {
        let Held { stream, encoder, has_signal } = self.find(id)?;
        let Some(encoder) = encoder else {
            return Err(Error::config("encoding", "is missing: a stream of signals needs one"));
        };
        if values.len() / encoder.channels() > MAX_STEPS {
            let message =
                format!("must be at most {MAX_STEPS} times a call, got {}", values.len() / encoder.channels());
            return Err(Error::shape("values", message));
        }
        *has_signal = true;
        let (mut times, mut units, mut steps) = (Vec::new(), Vec::new(), 0u16);
        encoder.push_all(values, |fired| {
            times.extend(std::iter::repeat_n(steps, fired.len()));
            units.extend_from_slice(fired);
            steps += 1;
        })?;
        run(stream, (times, units, None), usize::from(steps))
    }

    fn find(&mut self, id: u32) -> Result<&mut Held> {
        self.held.get_mut(id).ok_or_else(|| unknown(id))
    }
}

/// What a stream that learns left.
fn read_saved(bytes: &[u8], level: Level) -> Result<SavedStream> {
    memory::require(2 * bytes.len() as u64, "saved", || "its arrays".to_owned())?;
    let Checkpoint { snapshot, stream, .. } = spikelet_io::read_checkpoint(bytes).map_err(at_saved)?;
    let words =
        stream.ok_or_else(|| at_saved(Error::checkpoint("it is a checkpoint of a network, not of a stream")))?;
    Ok(SavedStream { trainer: checkpoint::restore(snapshot, level).map_err(at_saved)?, words })
}

/// Says that what is wrong with a checkpoint is wrong with the option `saved`.
fn at_saved(error: Error) -> Error {
    if error.code == ErrorCode::CheckpointInvalid { Error { path: "saved".to_owned(), ..error } } else { error }
}

fn not_learning() -> Error {
    Error::config("learn", "is missing: the parameters of this stream stay those of the network")
}

fn in_range(steps: u32) -> Result<usize> {
    if steps as usize > MAX_STEPS {
        return Err(Error::shape("steps", format!("must be at most {MAX_STEPS} a call, got {steps}")));
    }
    Ok(steps as usize)
}

fn learning(LearnOptions { every, reward, learning_rate: rate }: LearnOptions) -> Result<StreamLearning> {
    let by = match (every, reward) {
        (Some(0), _) => return Err(Error::config("learn.every", "must be at least 1, got 0")),
        (Some(_), Some(_)) => {
            return Err(Error::config("learn.every", "is for targets: a reward moves the parameters at once"));
        }
        (every, None) => LearningBy::Targets(every.unwrap_or(1)),
        (None, Some(RewardOptions { decay, seed })) => LearningBy::Rewards { decay, seed },
    };
    Ok(StreamLearning { by, rate })
}

fn decision_window(window: Option<u32>, hop: Option<u32>) -> Result<Option<DecisionWindow>> {
    let steps = |steps: u32, path: &str| {
        let steps_or_none = u16::try_from(steps).ok().and_then(NonZeroU16::new);
        steps_or_none.ok_or_else(|| Error::config(path, format!("must be from 1 to {MAX_STEPS} steps, got {steps}")))
    };
    match (window, hop) {
        (None, None) => Ok(None),
        (None, Some(_)) => {
            Err(Error::config("hop", "is the number of steps from one window to the next: give a window too"))
        }
        (Some(window), hop) => {
            Ok(Some(DecisionWindow { window: steps(window, "window")?, hop: steps(hop.unwrap_or(window), "hop")? }))
        }
    }
}

fn run(stream: &mut DecidingStream, events: StreamEvents, steps: usize) -> Result<StreamAnswer> {
    let found = stream.run(events, steps)?;
    Ok(StreamAnswer::new(found, steps, stream))
}

fn unknown(id: u32) -> Error {
    Error::shape("stream", format!("there is no stream {id}: it was never opened, or closed"))
}
