//! What a network answers to data sets.

use spikelet_config::{Error, Result};
use spikelet_training::{Executor, Until, Work};

use super::Session;
use crate::status::{EvaluationStatus, to_json};
use crate::wire::Prediction;

impl Session {
    /// Starts a pass over a data set; if requested, each sample only up to its first output spike; an earlier pass is discarded.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` when there is no such data set, `DATA_FORMAT` for other classes than the network has learnt.
    pub fn begin_evaluation(&mut self, dataset: u32, early_decision: bool) -> Result<()> {
        self.change(|session| {
            session.datasets.find("dataset", dataset)?;
            session.check_classes(dataset)?;
            session.evaluation = Some((dataset, session.trainer.evaluation(until(early_decision))));
            Ok(())
        })
    }

    /// Refuses a data set whose labels mean other classes than those of the network.
    pub(super) fn check_classes(&self, dataset: u32) -> Result<()> {
        let Some(trained_on) = &self.trained_on else { return Ok(()) };
        trained_on.check_classes(self.datasets.descriptor("dataset", dataset)?, "classes")
    }

    /// Evaluates about `max_samples` more samples, whole batches at a time; JSON `{"done","samples","report"?}` with the samples
    /// so far, and the metrics at the end.
    ///
    /// # Errors
    /// `CONFIG_INVALID` before [`Session::begin_evaluation`], `SHAPE_MISMATCH` for targets that do not fit the loss,
    /// `NON_FINITE`.
    pub fn advance_evaluation(&mut self, max_samples: u32) -> Result<String> {
        self.change(|session| {
            let Self { trainer, workers, datasets, evaluation, .. } = session;
            let (id, position) = evaluation.as_mut().ok_or_else(|| Error::config("", "no evaluation has begun"))?;
            let data = datasets.find("dataset", *id)?;
            trainer.require_room(Work::Predict, workers.threads())?;
            let done = workers.run(|| trainer.evaluate(position, data, max_samples as usize, &*workers))?;
            let report = done.then(|| position.report());
            let status = EvaluationStatus { done, samples: position.position(), report };
            if done {
                *evaluation = None;
            }
            Ok(to_json(&status))
        })
    }

    /// Decisions and spikes of `count` samples from `start` on; if requested, each only up to its first output spike.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for samples that do not exist, `CONFIG_INVALID` where there is no memory for the spikes.
    pub fn predict(&mut self, dataset: u32, start: u32, count: u32, early_decision: bool) -> Result<Prediction> {
        self.change(|session| {
            let Self { trainer, workers, datasets, .. } = session;
            let data = datasets.find("dataset", dataset)?;
            let range = start as usize..(start as usize).saturating_add(count as usize);
            trainer.require_room(Work::Predict, workers.threads())?;
            Prediction::from_core(workers.run(|| trainer.predict(data, range, until(early_decision), &*workers))?)
        })
    }
}

fn until(early_decision: bool) -> Until {
    if early_decision { Until::Decision } else { Until::End }
}
