//! A stream whose parameters move as it runs: by targets (spec 19.2, 19.5), or by rewards (spec 19.6).
//!
//! ```text
//! π = softmax(β y[t]),   E[t] = π − [action] at steps with an action, else 0
//! z[t] = γ z[t−1] + Σ L[t] f[t],   a reward r: the optimiser takes r z
//! ```

use spikelet_config::loss::Statistic;
use spikelet_config::{Error, LossConfig, Result};
use spikelet_data::{Archive, Purpose, SampleEvents, SpikeTrains, Stream, memory};
use spikelet_network::eligibility::Eligibilities;
use spikelet_network::gradient::LayerParameters;
use spikelet_network::network::Network;
use spikelet_network::pass::{StepOutput, window_steps};

use super::Trainer;
use crate::loss::StepTarget;
use crate::pass::OnlineStates;
use crate::update::OnlineSums;

/// How a stream learns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StreamLearning {
    /// What moves the parameters.
    pub by: LearningBy,
    /// Learning rate; that of the optimiser by default.
    pub rate: Option<f64>,
}

/// What moves the parameters of a stream.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LearningBy {
    /// Targets, by an update after so many steps.
    Targets(u32),
    /// Rewards of actions, drawn by a seed; what an action did decays by `decay` at each step.
    Rewards {
        /// γ, from 0 to below 1.
        decay: f64,
        /// Seed of the actions; that of the training by default.
        seed: Option<u32>,
    },
}

/// A stream that learns.
#[derive(Debug)]
pub struct LearningStream {
    /// A copy of the network, with the optimiser's moments; the steps of its network are those of the window.
    trainer: Trainer,
    online: OnlineStates,
    /// Gradients since the last update, or z.
    sums: Box<OnlineSums>,
    pace: Pace,
    /// Steps since the stream began.
    steps: usize,
    rate: f64,
    has_labels: bool,
}

/// When the parameters move.
#[derive(Debug)]
enum Pace {
    /// After `every` steps, of which `since` have passed.
    Steps { every: u32, since: u32 },
    /// With each reward.
    Rewards(Box<Rewards>),
}

#[derive(Debug)]
struct Rewards {
    decay: f32,
    draw: Stream,
    /// Actions drawn so far.
    drawn: u64,
    /// r z.
    gradient: Box<OnlineSums>,
    /// The action of the step that was run last.
    action: Option<u32>,
}

/// Label of a step at which an action is drawn.
const DRAWN: f32 = -1.0;

impl Trainer {
    /// A stream that learns, with the parameters of the network now as its own.
    ///
    /// With the trainer of such a stream, the parameters are those that it had learnt.
    pub(super) fn learning_stream(
        &mut self,
        learning: StreamLearning,
        saved: Option<Trainer>,
    ) -> Result<LearningStream> {
        self.check_moments()?;
        let mut config = self.config.clone();
        config.training.update_every = Some(match learning.by {
            LearningBy::Targets(every) => every,
            LearningBy::Rewards { .. } => 1,
        });
        config.training.batch_size = 1;
        if let LearningBy::Rewards { decay, .. } = learning.by {
            self.check_rewards(decay)?;
            // An action takes the membranes of one step; the statistic over all steps plays no part.
            if let LossConfig::Membrane(loss) = &mut config.loss {
                loss.statistic = Statistic::Each;
            }
        }
        config.validate().map_err(|error| match error.path.as_str() {
            "training.updateEvery" => Error { path: "learn".to_owned(), ..error },
            _ => error,
        })?;
        memory::require(Eligibilities::bytes(&self.network), "learn", || "the eligibilities of a stream".to_owned())?;
        let rate = learning.rate.unwrap_or_else(|| config.optimizer.learning_rate());
        if !(rate >= 0.0 && rate.is_finite()) {
            return Err(Error::config("learn.learningRate", format!("must be a number of 0 or more, got {rate}")));
        }
        let level = self.engine.level;
        if let Some(trainer) = saved {
            if trainer.config.to_json() != config.to_json() {
                return Err(Error::checkpoint("a stream of another configuration was saved"));
            }
            return Ok(LearningStream::new(trainer, learning.by, rate));
        }
        let network = self.predicting(|trainer| trainer.network.clone());
        Ok(LearningStream::new(Self::assemble(config, network, level), learning.by, rate))
    }

    fn check_rewards(&self, decay: f64) -> Result<()> {
        if !(0.0..1.0).contains(&decay) {
            return Err(Error::config("learn.reward.decay", format!("must be from 0 to below 1, got {decay}")));
        }
        if self.config.loss.membrane().is_none() {
            let message = "draws actions from the softmax of the loss membrane, which this network does not have";
            return Err(Error::config("learn.reward", message));
        }
        if self.config.regularizers.spike_penalty > 0.0 {
            return Err(Error::config("learn.reward", "has no place for regularizers.spikePenalty: leave it out"));
        }
        Ok(())
    }
}

impl LearningStream {
    fn new(mut trainer: Trainer, by: LearningBy, rate: f64) -> Self {
        trainer.network.steps = window_steps(&trainer.network);
        let online = OnlineStates::new(&trainer.network);
        let has_labels = trainer.config.loss.membrane().is_some();
        let sums = trainer.take_online_sums();
        let pace = match by {
            LearningBy::Targets(every) => Pace::Steps { every, since: 0 },
            LearningBy::Rewards { decay, seed } => {
                let seed = seed.unwrap_or(trainer.config.training.seed);
                Pace::Rewards(Box::new(Rewards {
                    decay: decay as f32,
                    draw: Stream::new(seed, Purpose::Actions, 0),
                    drawn: 0,
                    gradient: trainer.take_online_sums(),
                    action: None,
                }))
            }
        };
        Self { trainer, online, sums, pace, steps: 0, rate, has_labels }
    }

    /// The action of the step that was run last, of a stream that learns by rewards.
    pub(crate) fn action(&self) -> Option<u32> {
        match &self.pace {
            Pace::Steps { .. } => None,
            Pace::Rewards(rewards) => rewards.action,
        }
    }

    /// Moves the parameters by a reward for what was done.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] for a stream that learns by targets, [`crate::ErrorCode::NonFinite`] for a reward that is not
    /// finite and for what the update left.
    pub fn reward(&mut self, reward: f32) -> Result<()> {
        let Self { trainer, sums, pace, rate, .. } = self;
        let Pace::Rewards(rewards) = pace else {
            return Err(Error::shape(
                "reward",
                "is for a stream that learns by rewards: give it the option learn.reward",
            ));
        };
        if !reward.is_finite() {
            return Err(Error::non_finite("reward", format!("must be a finite number, got {reward}")));
        }
        rewards.gradient.clear(&trainer.network);
        rewards.gradient.copy(sums);
        rewards.gradient.scale(reward);
        trainer.update_online(&mut rewards.gradient, 1, *rate)
    }

    /// Units of the input.
    pub(crate) fn inputs(&self) -> usize {
        self.trainer.config.network.input.units()
    }

    /// What the outputs did at the step that was run last.
    pub(crate) fn output(&self) -> StepOutput<'_> {
        StepOutput { spikes: &[], membranes: &self.online.membranes }
    }

    /// Configuration, parameters and moments.
    #[must_use]
    pub fn trainer(&self) -> &Trainer {
        &self.trainer
    }

    /// Bytes of everything that is saved, about.
    pub(crate) fn saved_bytes(&self) -> u64 {
        2 * self.trainer.snapshot_bytes() + Eligibilities::bytes(&self.trainer.network)
    }

    /// Writes or reads states, eligibilities and sums between two steps.
    pub(crate) fn archive(&mut self, archive: &mut Archive<'_>) {
        self.online.archive(archive);
        self.sums.archive(archive);
        archive.count(&mut self.steps);
        match &mut self.pace {
            Pace::Steps { every, since } => {
                archive.same(0);
                archive.number(since);
                *since %= *every;
            }
            Pace::Rewards(rewards) => {
                archive.same(1);
                let drawn = rewards.drawn;
                archive.number(&mut rewards.drawn);
                rewards.draw.skip(rewards.drawn.wrapping_sub(drawn));
            }
        }
    }

    /// Number of outputs.
    pub(crate) fn outputs(&self) -> usize {
        self.trainer.network.outputs()
    }

    /// Resets states and eligibilities to before the first step; what was learnt stays.
    pub(crate) fn restart(&mut self) {
        self.online.restart(&self.trainer.network);
        self.sums.clear(&self.trainer.network);
        self.steps = 0;
        match &mut self.pace {
            Pace::Steps { since, .. } => *since = 0,
            Pace::Rewards(rewards) => rewards.action = None,
        }
    }

    /// Parameters of a layer with neurons as they are now.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] for a layer that does not exist.
    pub fn layer_parameters(&self, layer: usize) -> Result<LayerParameters> {
        self.trainer.layer_parameters(layer)
    }

    /// Runs `steps` more steps with these input spikes and targets, which are empty where there are none, and hands what the outputs do
    /// to `take`.
    pub(crate) fn run(
        &mut self,
        events: (Vec<u16>, Vec<u32>, Option<Vec<f32>>),
        steps: usize,
        targets: &[f32],
        take: &mut dyn FnMut(StepOutput<'_>) -> Result<()>,
    ) -> Result<()> {
        let offsets = [0, events.0.len() as u32];
        let inputs = self.trainer.config.network.input.units();
        let trains = SpikeTrains::from_parts(&offsets, events, steps, inputs, "spikes")?;
        trains.check_values(self.trainer.network.input_reaches_max_pool(), "spikes")?;
        self.check_targets(targets, steps)?;
        let SampleEvents { times, units, values } = trains.events(0);
        let mut sent = 0;
        for t in 0..steps {
            let here = times[sent..].partition_point(|&time| usize::from(time) <= t);
            let events = (&units[sent..sent + here], values.get(sent..sent + here).unwrap_or_default());
            self.step(events, targets.chunks(self.targets_of_step()).nth(t).unwrap_or_default())?;
            sent += here;
            take(self.output())?;
        }
        Ok(())
    }

    /// Numbers of a target.
    fn targets_of_step(&self) -> usize {
        if self.has_labels { 1 } else { self.outputs() }
    }

    fn check_targets(&self, targets: &[f32], steps: usize) -> Result<()> {
        let length = steps * self.targets_of_step();
        if !targets.is_empty() && targets.len() != length {
            return Err(Error::shape("targets", format!("must have {length} entries, got {}", targets.len())));
        }
        let outputs = self.outputs();
        let may_draw = matches!(self.pace, Pace::Rewards(_));
        let is_label =
            |label: f32| label >= 0.0 && label < outputs as f32 && label.fract() == 0.0 || may_draw && label == DRAWN;
        let wrong = targets.iter().position(|&label| self.has_labels && label.is_finite() && !is_label(label));
        match wrong {
            Some(at) => {
                let got = targets[at];
                Err(Error::shape(format!("targets[{at}]"), format!("must be an output below {outputs}, got {got}")))
            }
            None => Ok(()),
        }
    }

    /// Runs a step with events of these units, which are in order, with their values unless all are 1, and learns from its target.
    pub(crate) fn step(&mut self, (units, values): (&[u32], &[f32]), target: &[f32]) -> Result<()> {
        let Self { trainer, online, has_labels, .. } = self;
        let (level, batch) = (trainer.engine.level, 1);
        let network: &Network = &trainer.network;
        online.states.make_room(network);
        online.states.send(0, units, values);
        online.run(level, network);
        match &mut self.pace {
            Pace::Rewards(rewards) => {
                self.sums.scale(rewards.decay);
                rewards.action = match *target {
                    [label] if label.is_finite() => {
                        let given = (label != DRAWN).then_some(label as u32);
                        let uniform = f64::from(rewards.draw.uniform());
                        rewards.drawn += 1;
                        Some(trainer.loss.act(&online.membranes, given, uniform, &mut online.errors))
                    }
                    _ => {
                        online.errors.fill(0.0);
                        None
                    }
                };
            }
            Pace::Steps { .. } => {
                let target = match target {
                    [] => StepTarget::None,
                    values if values.iter().any(|value| !value.is_finite()) => StepTarget::None,
                    [label] if *has_labels => StepTarget::Label(*label as u32),
                    values => StepTarget::Values(values),
                };
                trainer.loss.step_error((self.steps, &online.membranes), target, batch, &mut online.errors);
            }
        }
        let rule = trainer.passes[0].eligibility(trainer.spike_penalty(batch));
        online.learn(level, &trainer.network, &rule, &mut *self.sums);
        self.steps += 1;
        if let Pace::Steps { every, since } = &mut self.pace {
            *since += 1;
            if since == every {
                *since = 0;
                trainer.update_online(&mut self.sums, batch, self.rate)?;
                self.sums.clear(&trainer.network);
            }
        }
        Ok(())
    }
}
