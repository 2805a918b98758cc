//! The streams that a session holds.

use spikelet_config::json::FromJson;
use std::collections::BTreeMap;
use std::num::NonZeroU16;

use spikelet_config::{Error, Result, json};
use spikelet_encode::{Encoding, SeriesEncoder};
use spikelet_training::{DecidingStream, DecisionWindow, LayerParameters, LearningBy, StreamLearning, Trainer};

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
    held: BTreeMap<u32, Held>,
    next: u32,
}

#[derive(Debug)]
struct Held {
    stream: DecidingStream,
    encoder: Option<SeriesEncoder>,
}

impl Streams {
    pub(crate) fn open(&mut self, options: &str, trainer: &mut Trainer) -> Result<u32> {
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
        let id = self.next;
        self.next = id.checked_add(1).ok_or_else(|| Error::shape("stream", "too many streams were opened"))?;
        let learning = learn.map(learning).transpose()?;
        self.held.insert(id, Held { stream: trainer.stream(window, learning)?, encoder });
        Ok(id)
    }

    pub(crate) fn close(&mut self, id: u32) -> Result<()> {
        self.held.remove(&id).map(drop).ok_or_else(|| unknown(id))
    }

    pub(crate) fn restart(&mut self, id: u32) -> Result<()> {
        let Held { stream, encoder } = self.find(id)?;
        stream.restart();
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
            return Err(Error::config("learn", "is missing: the parameters of this stream stay those of the network"));
        };
        learner.layer_parameters(layer as usize)
    }

    pub(crate) fn run_signal(&mut self, id: u32, values: &[f32]) -> Result<StreamAnswer> {
        let Held { stream, encoder } = self.find(id)?;
        let Some(encoder) = encoder else {
            return Err(Error::config("encoding", "is missing: a stream of signals needs one"));
        };
        if values.len() / encoder.channels() > MAX_STEPS {
            let message =
                format!("must be at most {MAX_STEPS} times a call, got {}", values.len() / encoder.channels());
            return Err(Error::shape("values", message));
        }
        let (mut times, mut units, mut steps) = (Vec::new(), Vec::new(), 0u16);
        encoder.push_all(values, |fired| {
            times.extend(std::iter::repeat_n(steps, fired.len()));
            units.extend_from_slice(fired);
            steps += 1;
        })?;
        run(stream, (times, units, None), usize::from(steps))
    }

    fn find(&mut self, id: u32) -> Result<&mut Held> {
        self.held.get_mut(&id).ok_or_else(|| unknown(id))
    }
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
