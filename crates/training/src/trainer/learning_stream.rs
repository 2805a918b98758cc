//! A stream whose parameters move as it runs (spec 19.2, 19.5).

use spikelet_config::{Error, Result};
use spikelet_data::{SampleEvents, SpikeTrains, memory};
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
    /// Steps from one update to the next.
    pub every: u32,
    /// Learning rate; that of the optimiser by default.
    pub rate: Option<f64>,
}

/// A stream that learns.
#[derive(Debug)]
pub struct LearningStream {
    /// A copy of the network, with the optimiser's moments; the steps of its network are those of the window.
    trainer: Trainer,
    online: OnlineStates,
    /// Gradients since the last update.
    sums: Box<OnlineSums>,
    every: u32,
    /// Steps since the last update.
    since: u32,
    /// Steps since the stream began.
    steps: usize,
    rate: f64,
    has_labels: bool,
}

impl Trainer {
    /// A stream that learns, with the parameters of the network now as its own.
    pub(super) fn learning_stream(&mut self, learning: StreamLearning) -> Result<LearningStream> {
        let mut config = self.config.clone();
        config.training.update_every = Some(learning.every);
        config.training.batch_size = 1;
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
        let network = self.predicting(|trainer| {
            let mut network = trainer.network.clone();
            network.steps = window_steps(&network);
            network
        });
        Ok(LearningStream::new(Self::assemble(config, network, level), learning.every, rate))
    }
}

impl LearningStream {
    fn new(mut trainer: Trainer, every: u32, rate: f64) -> Self {
        let online = OnlineStates::new(&trainer.network);
        let has_labels = trainer.config.loss.membrane().is_some();
        let sums = trainer.take_online_sums();
        Self { trainer, online, sums, every, since: 0, steps: 0, rate, has_labels }
    }

    /// Number of outputs.
    pub(crate) fn outputs(&self) -> usize {
        self.trainer.network.outputs()
    }

    /// Resets states and eligibilities to before the first step; what was learnt stays.
    pub(crate) fn restart(&mut self) {
        self.online.restart(&self.trainer.network);
        self.sums.clear(&self.trainer.network);
        (self.since, self.steps) = (0, 0);
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
            take(StepOutput { spikes: &[], membranes: &self.online.membranes })?;
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
        let is_label = |label: f32| label >= 0.0 && label < outputs as f32 && label.fract() == 0.0;
        let wrong = targets.iter().position(|&label| self.has_labels && label.is_finite() && !is_label(label));
        match wrong {
            Some(at) => {
                let got = targets[at];
                Err(Error::shape(format!("targets[{at}]"), format!("must be an output below {outputs}, got {got}")))
            }
            None => Ok(()),
        }
    }

    fn step(&mut self, (units, values): (&[u32], &[f32]), target: &[f32]) -> Result<()> {
        let Self { trainer, online, has_labels, .. } = self;
        let (level, batch) = (trainer.engine.level, 1);
        let network: &Network = &trainer.network;
        online.states.make_room(network);
        online.states.send(0, units, values);
        online.run(level, network);
        let target = match target {
            [] => StepTarget::None,
            values if values.iter().any(|value| !value.is_finite()) => StepTarget::None,
            [label] if *has_labels => StepTarget::Label(*label as u32),
            values => StepTarget::Values(values),
        };
        trainer.loss.step_error((self.steps, &online.membranes), target, batch, &mut online.errors);
        let rule = trainer.passes[0].eligibility(trainer.spike_penalty(batch));
        online.learn(level, &trainer.network, &rule, &mut *self.sums);
        self.steps += 1;
        self.since += 1;
        if self.since == self.every {
            self.since = 0;
            trainer.update_online(&mut self.sums, batch, self.rate)?;
            self.sums.clear(&trainer.network);
        }
        Ok(())
    }
}
