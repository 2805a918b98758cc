//! Passes over data without learning.

use spikelet_config::{EndSimulation, Result};
use spikelet_data::Dataset;

use super::Trainer;
use super::evaluation::Evaluation;
use crate::Error;
use crate::executor::Executor;
use crate::metrics::MetricSums;
use crate::pass::{Job, Until, Want};

/// Samples that are evaluated together, at least.
const MIN_CHUNK: usize = 256;

impl Trainer {
    /// The start of a pass. Loss and decisions by most spikes are those of what is simulated.
    #[must_use]
    pub fn evaluation(&self, until: Until) -> Evaluation {
        Evaluation { until, ..self.evaluation_at(0, self.empty_sums()) }
    }

    pub(super) fn evaluation_at(&self, position: usize, sums: MetricSums) -> Evaluation {
        let decision = self.config.loss.decision();
        Evaluation {
            position,
            samples: None,
            sums,
            shapes: self.network.shapes_with_neurons().to_vec(),
            decision,
            until: Until::End,
        }
    }

    pub(super) fn empty_sums(&self) -> MetricSums {
        MetricSums::new(self.network.neurons(), self.network.steps)
    }

    /// Evaluates up to `max_samples` more samples, whole batches at a time; `true` when the pass is complete.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] for targets that the loss cannot use, [`crate::ErrorCode::NonFinite`] for a loss that
    /// is not finite, [`crate::ErrorCode::ConfigInvalid`] for an early decision of a readout.
    pub fn evaluate<E: Executor>(
        &mut self,
        evaluation: &mut Evaluation,
        data: &Dataset,
        max_samples: usize,
        executor: &E,
    ) -> Result<bool> {
        self.check_targets(data)?;
        self.check_until(evaluation.until)?;
        self.predicting(|trainer| trainer.evaluate_part(evaluation, data, max_samples, executor))
    }

    fn evaluate_part<E: Executor>(
        &mut self,
        evaluation: &mut Evaluation,
        data: &Dataset,
        max_samples: usize,
        executor: &E,
    ) -> Result<bool> {
        let batch = self.evaluation_batch();
        let until = self.evaluation_end(evaluation.position, data.len(), max_samples);
        let want = Want { gradients: false, spikes: false, trace: false };
        while evaluation.position < until {
            let end = data.len().min(evaluation.position + batch);
            let indices: Vec<u32> = (evaluation.position as u32..end as u32).collect();
            data.require("dataset", &indices)?;
            let whole = Self::job(&self.config, Some(&self.loss), &self.passes, data, want);
            let job = Job { until: evaluation.until, ..whole };
            // What was summed before a sample fails is forgotten, since the batch is evaluated again.
            let mut sums = evaluation.sums.clone();
            self.engine.run_batch(&mut self.network, &job, &indices, executor, |_, results, _| {
                for result in results.iter() {
                    if !result.outcome.is_finite {
                        return Err(Error::non_finite("loss", "is not finite: weights or inputs are too large"));
                    }
                    sums.add(&result.outcome);
                }
                Ok(())
            })?;
            (evaluation.position, evaluation.sums) = (end, sums);
        }
        Ok(evaluation.position >= data.len())
    }

    /// Refuses an early decision if the output never fires.
    pub(super) fn check_until(&self, until: Until) -> Result<()> {
        if until == Until::Decision && self.config.network.has_readout() {
            return Err(Error::config(
                "earlyDecision",
                "is decided by a first spike: the last layer is leaky and never fires",
            ));
        }
        Ok(())
    }

    /// Samples that are evaluated together: whole batches if the end of their simulation depends on them.
    fn evaluation_batch(&self) -> usize {
        let batch = self.config.training.batch_size as usize;
        match self.config.loss.end_simulation() {
            EndSimulation::Batch => batch,
            EndSimulation::Sample | EndSimulation::Off => batch.max(MIN_CHUNK),
        }
    }

    /// Position of a pass over so many samples after about `max_samples` more from `position`.
    pub(super) fn evaluation_end(&self, position: usize, samples: usize, max_samples: usize) -> usize {
        let batches = max_samples.div_ceil(self.evaluation_batch()).max(1);
        samples.min(position.saturating_add(batches.saturating_mul(self.evaluation_batch())))
    }

    /// Samples for one unit of a run's budget.
    pub(super) fn evaluation_chunk(&self) -> usize {
        let batch = self.evaluation_batch();
        MIN_CHUNK.div_ceil(batch) * batch
    }
}
