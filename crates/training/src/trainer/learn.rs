//! One batch: forward and backward of its samples, then the update of every tile.

use std::ops::Range;

use spikelet_config::{Error, Result};
use spikelet_data::Dataset;
use spikelet_network::network::Network;

use super::Trainer;
use crate::executor::Executor;
use crate::metrics::MetricSums;
use crate::optim::{self, Moments, Step};
use crate::sample::SampleResult;
use crate::update::{BatchSums, Clip, Finish, LayerStep, Update};

/// A batch from its first group to its update.
pub(super) struct Learning<'a> {
    batch_sums: BatchSums,
    moments: Moments,
    metrics: &'a mut MetricSums,
    update: Update,
    /// Number of this update, from 1.
    step: u64,
    loss: f64,
}

impl Learning<'_> {
    /// Adds a group to the sums, and updates every tile with the last one.
    pub(super) fn take_group<E: Executor>(
        &mut self,
        network: &mut Network,
        results: &[SampleResult],
        is_last: bool,
        executor: &E,
    ) -> Result<()> {
        if let Some(result) = results.iter().find(|result| !result.outcome.is_finite) {
            return Err(not_finite(network, result, self.step));
        }
        for result in results {
            self.loss += result.outcome.loss.total();
            self.metrics.add(&result.outcome);
        }
        if is_last {
            self.batch_sums.update(&self.update, network, &mut self.moments, results, executor);
        } else {
            self.batch_sums.gather(self.update.level, network, results, executor);
        }
        Ok(())
    }
}

impl Trainer {
    /// Learns one batch of samples and returns its mean loss.
    pub(super) fn learn<E: Executor>(
        &mut self,
        data: &Dataset,
        batch: &[u32],
        rate: f64,
        metrics: &mut MetricSums,
        executor: &E,
    ) -> Result<f64> {
        if let Some(every) = self.config.training.update_every {
            return self.learn_online(data, batch, (every as usize, rate), metrics);
        }
        self.learn_groups(batch.len(), rate, metrics, executor, |trainer, learning| {
            let Trainer { config, loss, passes, engine, network, run, .. } = trainer;
            let job = Self::learning_job(config, loss, passes, data, run.epoch);
            engine.run_batch(network, &job, batch, executor, |network, results, is_last| {
                learning.take_group(network, results, is_last, executor)
            })
        })
    }

    /// One update from groups that `run` hands over, from its own samples or from elsewhere.
    pub(super) fn learn_groups<E: Executor>(
        &mut self,
        batch: usize,
        rate: f64,
        metrics: &mut MetricSums,
        executor: &E,
        run: impl FnOnce(&mut Self, &mut Learning<'_>) -> Result<()>,
    ) -> Result<f64> {
        let step = self.updates + 1;
        let update = Update { level: self.engine.level, steps: self.steps(rate, step), finish: self.finish(batch) };
        let (batch_sums, moments) = (self.take_sums(), self.take_moments());
        let mut learning = Learning { batch_sums, moments, metrics, update, step, loss: 0.0 };
        let ran = run(self, &mut learning);
        let Learning { batch_sums, moments, metrics, loss, .. } = learning;
        let norm = batch_sums.squared_norm().sqrt();
        self.moments = Some(moments);
        self.sums = Some(batch_sums);
        ran?;
        self.updates = step;
        metrics.add_norm(norm);
        self.network.refresh();
        self.check_update(step)?;
        self.average_update(executor);
        Ok(loss / batch as f64)
    }

    /// Empty sums for a batch.
    pub(super) fn take_sums(&mut self) -> BatchSums {
        let mut sums = self.sums.take().unwrap_or_else(|| BatchSums::new(&self.network));
        sums.clear();
        sums
    }

    /// The moments, of 0 before the first update.
    pub(super) fn take_moments(&mut self) -> Moments {
        let has_second = self.config.optimizer.has_second_moment();
        self.moments.take().unwrap_or_else(|| Moments::zeros(&self.network, has_second))
    }

    /// Turns the sums of so many samples into gradients.
    pub(super) fn finish(&self, batch: usize) -> Finish {
        let bound = |clip: Option<f64>| clip.map_or(f32::INFINITY, |clip| clip as f32);
        let training = &self.config.training;
        let clip = Clip { element: bound(training.gradient_clip), norm: bound(training.gradient_norm_clip) };
        Finish { silent: self.silent, batch, clip, frozen: self.frozen.clone() }
    }

    /// Notes that the moments of these layers are 0 again.
    pub(super) fn note_cleared(&mut self, layers: Range<usize>) {
        if self.updates > 0 {
            self.cleared.resize(self.network.layers.len(), 0);
            self.cleared[layers].fill(self.updates);
        }
    }

    /// The `update`-th step of each layer.
    pub(super) fn steps(&self, rate: f64, update: u64) -> Vec<LayerStep> {
        let steps = optim::steps(&self.config, &self.network, rate, update, &self.cleared);
        let both = steps.into_iter().zip(&self.frozen);
        both.map(|(Step { weights, learnt }, &frozen)| LayerStep { optimizer: weights, learnt, frozen }).collect()
    }

    /// Whether the results of every tile are finite.
    pub(super) fn check_update(&self, step: u64) -> Result<()> {
        self.check_sums(self.sums.as_ref().expect("there was an update"), step)
    }

    /// Whether what these sums led to is finite.
    pub(super) fn check_sums(&self, sums: &BatchSums, step: u64) -> Result<()> {
        let Some(layer) = sums.broken_layer(&self.network) else { return Ok(()) };
        let message = format!("its gradient or its parameters are not finite at step {step}");
        Err(Error::non_finite(format!("layers[{layer}]"), message))
    }
}

/// Names the topmost layer whose adjoints are not finite.
pub(super) fn not_finite(network: &Network, result: &SampleResult, step: u64) -> Error {
    let is_broken = |&layer: &usize| result.layers[layer].bias.iter().any(|p| !p.is_finite());
    match (0..network.layers.len()).rev().find(is_broken) {
        Some(layer) => {
            Error::non_finite(format!("layers[{layer}]"), format!("its gradient is not finite at step {step}"))
        }
        None => Error::non_finite("loss", format!("is not finite at step {step}")),
    }
}
