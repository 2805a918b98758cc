//! When a run ends: after its last epoch, or after too many epochs without an improvement.

use spikelet_config::{BestBy, Error, Result};
use spikelet_data::{Dataset, Targets};
use spikelet_network::parameters::Kind;

use super::Trainer;
use super::best::Best;
use crate::metrics::Metrics;

impl Trainer {
    /// Refuses validation data that the loss cannot use, and a run that may stop early without any.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] below `validation`; [`crate::ErrorCode::ConfigInvalid`] at `training.earlyStopping`, and
    /// at `training.bestBy` for decisions without labels.
    pub fn check_validation(&self, validation: Option<&Dataset>) -> Result<()> {
        if let Some(data) = validation {
            let below = |error: Error| Error { path: format!("validation.{}", error.path), ..error };
            self.check_targets(data).map_err(below)?;
        }
        let training = &self.config.training;
        let Some(data) = validation.filter(|data| !data.is_empty()) else {
            return match training.early_stopping {
                Some(_) => Err(Error::config("training.earlyStopping", "needs validation data")),
                None => Ok(()),
            };
        };
        let is_of_decisions = matches!(training.best_by, Some(BestBy::Decision | BestBy::FirstSpike | BestBy::Count));
        if is_of_decisions && !matches!(data.targets(), Targets::Labels(_)) {
            return Err(Error::config("training.bestBy", "must be \"loss\": the validation data have no labels"));
        }
        Ok(())
    }

    /// The best epoch so far on the validation data, counted from 1, the earliest of equals; none without such data.
    #[must_use]
    pub fn best_epoch(&self) -> Option<u32> {
        self.run.best.as_ref().map(|best| best.epoch)
    }

    fn best_by(&self) -> BestBy {
        self.config.training.best_by.unwrap_or_else(|| self.config.loss.best_by())
    }

    /// Compares the epoch that has just ended with the best one; without validation data there is none.
    pub(super) fn judge_epoch(&mut self, validation: Option<&Metrics>) {
        let Some(metrics) = validation else {
            self.run.best = None;
            return;
        };
        let stopping = self.config.training.early_stopping.as_ref();
        let min_improvement = stopping.map_or(0.0, |stopping| stopping.min_improvement);
        let score = score(self.best_by(), metrics);
        match &mut self.run.best {
            Some(best) if score <= best.score + min_improvement => best.stale += 1,
            _ => {
                let arrays = self.network.learnt.iter().enumerate().filter(|_| stopping.is_some());
                let of_layer = |(layer, learnt): (usize, &Vec<_>)| {
                    Kind::all(learnt.len()).map(|kind| self.read(layer, kind)).collect()
                };
                let parameters = arrays.map(of_layer).collect();
                self.run.best = Some(Best { epoch: self.run.epoch, score, stale: 0, parameters });
            }
        }
    }

    /// Whether no epoch is left to learn.
    pub(super) fn is_at_end(&self) -> bool {
        self.run.epoch >= self.config.training.epochs || self.has_stopped_improving()
    }

    /// Whether the patience of the run is exhausted.
    pub(super) fn has_stopped_improving(&self) -> bool {
        let stopping = self.config.training.early_stopping.as_ref();
        stopping.zip(self.run.best.as_ref()).is_some_and(|(stopping, best)| best.stale >= stopping.patience)
    }

    /// Gives the network the weights of the best epoch, if the run is to end with them; returns that epoch.
    pub(super) fn restore_best(&mut self) -> Option<u32> {
        let stopping = self.config.training.early_stopping.as_ref()?;
        let best = self.run.best.as_ref().filter(|_| stopping.restore_best)?;
        for (layer, parameters) in best.parameters.iter().enumerate() {
            // Further inputs have no biases, which a snapshot leaves out.
            for (kind, array) in Kind::all(parameters.len() - 2).zip(parameters).filter(|(_, array)| !array.is_empty())
            {
                self.network.write(layer, kind, array);
            }
        }
        let epoch = best.epoch;
        self.network.refresh();
        self.average = None;
        self.moments = None;
        self.note_cleared(0..self.network.layers.len());
        Some(epoch)
    }
}

/// The larger the better; by the loss where the measure is missing, as for data without labels.
fn score(by: BestBy, metrics: &Metrics) -> f64 {
    let measured = match by {
        BestBy::Decision => metrics.accuracy.decision,
        BestBy::FirstSpike => metrics.accuracy.first_spike,
        BestBy::Count => metrics.accuracy.count,
        BestBy::Membrane => metrics.accuracy.membrane,
        BestBy::MeanSquaredError => metrics.mean_squared_error.map(|error| -error),
        BestBy::Loss => None,
    };
    measured.unwrap_or(-metrics.loss)
}
