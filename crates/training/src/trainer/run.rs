//! A run: epochs of shuffled batches with a validation pass after each, in steps that the host asks for.

use spikelet_config::{Error, Result, Sampling};
use spikelet_data::Dataset;

use super::Trainer;
use super::evaluation::Evaluation;
use super::event::{EpochRecord, Progress, TrainEvent};
use super::order::order;
use crate::executor::Executor;
use crate::metrics::MetricSums;
use crate::optim::{self, Position};
use crate::pass::Until;

impl Trainer {
    /// Starts a run over `samples` training samples, or continues with the one that a checkpoint holds.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] for no samples, or another number of samples than that of an epoch under way;
    /// [`crate::ErrorCode::ConfigInvalid`] without moments.
    pub fn begin(&mut self, samples: usize) -> Result<()> {
        self.check_moments()?;
        let samples = u32::try_from(samples)
            .ok()
            .filter(|&samples| samples > 0)
            .ok_or_else(|| Error::shape("train", format!("must have 1 to {} samples, got {samples}", u32::MAX)))?;
        let is_under_way = self.run.batch > 0 || self.run.validation.is_some();
        if is_under_way && samples != self.run.samples {
            return Err(Error::shape(
                "train",
                format!("must have {} samples to go on with the epoch under way, got {samples}", self.run.samples),
            ));
        }
        self.run.samples = samples;
        // What is kept may be the order of other data.
        self.run.order = None;
        Ok(())
    }

    /// Refuses to learn without the moments of the optimiser.
    pub(super) fn check_moments(&self) -> Result<()> {
        if self.lacks_moments {
            let message = "is false in the checkpoint of this network, which has no state of the optimiser: go on from one that is resumable, or fine-tune";
            return Err(Error::config("resumable", message));
        }
        Ok(())
    }

    /// Sets the number of epochs of the run, so that a finished one can continue, also one that stopped early.
    pub fn set_epochs(&mut self, epochs: u32) {
        if epochs > self.config.training.epochs
            && self.has_stopped_improving()
            && let Some(best) = &mut self.run.best
        {
            best.stale = 0;
        }
        if epochs > self.config.training.epochs.max(self.run.epoch) {
            self.forget_epoch_average();
        }
        self.config.training.epochs = epochs;
        self.run.has_finished = false;
    }

    /// Whether there is nothing left to do.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.run.has_finished
    }

    /// Finished epochs.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.run.epoch
    }

    /// The finished epochs of this run and of those that it continues from.
    #[must_use]
    pub fn history(&self) -> &[EpochRecord] {
        &self.run.history
    }

    /// The learning rate of the next update; after the last one of an epoch, that of this one.
    #[must_use]
    pub fn learning_rate(&self) -> f64 {
        let batches = self.batches().max(1);
        let at = Position {
            epoch: self.run.epoch,
            batch: self.run.batch.min(batches - 1),
            batches,
            epochs: self.config.training.epochs,
        };
        optim::learning_rate(&self.config, at)
    }

    /// Batches of an epoch, 0 before the first run.
    fn batches(&self) -> u32 {
        self.run.samples.div_ceil(self.config.training.batch_size)
    }

    /// Learns up to `max_batches` batches (a chunk of a validation pass counts as one) and returns what happened; nothing when
    /// the run is complete. `advance(1)` n times does what `advance(n)` does, bit for bit.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] when the data do not fit the loss or the run, [`crate::ErrorCode::NonFinite`].
    pub fn advance<E: Executor>(
        &mut self,
        max_batches: usize,
        train: &Dataset,
        validation: Option<&Dataset>,
        executor: &E,
    ) -> Result<Vec<TrainEvent>> {
        self.check_run(train)?;
        let mut events = Vec::new();
        for _ in 0..max_batches {
            if self.run.has_finished {
                break;
            }
            if let (Some(_), Some(activity)) = (&self.run.initialization, self.config.training.initial_activity.clone())
            {
                self.advance_initialization(&activity, train, executor, &mut events)?;
            } else if self.run.validation.is_none() && self.is_at_end() {
                events.push(self.finish_run());
            } else if self.run.validation.is_some() {
                self.advance_validation(validation, executor, &mut events)?;
            } else {
                self.advance_batch(train, validation, executor, &mut events)?;
            }
        }
        Ok(events)
    }

    fn finish_run(&mut self) -> TrainEvent {
        let epochs = if self.has_stopped_improving() { self.run.epoch } else { self.config.training.epochs };
        self.run.has_finished = true;
        TrainEvent::Finished { epochs, restored_epoch: self.restore_best() }
    }

    /// Whether the data are those of the run.
    pub(super) fn check_run(&self, train: &Dataset) -> Result<()> {
        self.check_targets(train)?;
        if self.config.training.sampling == Sampling::ByClass && train.labels().is_none() {
            return Err(Error::config("training.sampling", "\"byClass\" needs labels"));
        }
        if train.len() != self.run.samples as usize {
            return Err(Error::shape("train", "is not the data set that the run began with"));
        }
        Ok(())
    }

    fn advance_batch<E: Executor>(
        &mut self,
        train: &Dataset,
        validation: Option<&Dataset>,
        executor: &E,
        events: &mut Vec<TrainEvent>,
    ) -> Result<()> {
        let rate = self.learning_rate();
        let loss = self.with_batch(train, |trainer, batch, sums| {
            train.require("train", batch)?;
            trainer.learn(train, batch, rate, sums, executor)
        })?;
        self.end_batch(loss, validation, events);
        Ok(())
    }

    /// Calls `work` with the samples of the batch that comes next and with the sums of the epoch, which a failure leaves as they
    /// were.
    pub(super) fn with_batch<T>(
        &mut self,
        train: &Dataset,
        work: impl FnOnce(&mut Self, &[u32], &mut MetricSums) -> Result<T>,
    ) -> Result<T> {
        let epoch = self.run.epoch;
        let order = self.take_order(train);
        let batch = self.batch(self.run.batch, &order);
        let mut sums = self.run.sums.clone();
        let result = work(self, batch, &mut sums);
        if result.is_ok() {
            self.run.sums = sums;
        }
        self.run.order = Some((epoch, order));
        result
    }

    /// The order of the samples in the current epoch.
    pub(super) fn take_order(&mut self, train: &Dataset) -> Vec<u32> {
        match self.run.order.take() {
            Some((of, order)) if of == self.run.epoch && order.len() == train.len() => order,
            _ => order(&self.config.training, self.run.epoch, train),
        }
    }

    /// The samples of a batch of an epoch.
    pub(super) fn batch<'a>(&self, batch: u32, order: &'a [u32]) -> &'a [u32] {
        let size = self.config.training.batch_size as usize;
        let first = batch as usize * size;
        &order[first..order.len().min(first + size)]
    }

    /// Counts a learned batch and reports it.
    pub(super) fn end_batch(&mut self, loss: f64, validation: Option<&Dataset>, events: &mut Vec<TrainEvent>) {
        let batches = self.batches();
        self.run.batch += 1;
        let sums = &self.run.sums;
        events.push(TrainEvent::Step {
            epoch: self.run.epoch + 1,
            batch: self.run.batch,
            batches,
            step: self.updates(),
            loss,
            running: Progress {
                samples: sums.samples,
                loss: sums.loss(),
                accuracy: sums.accuracy(self.config.loss.decision()),
                spikes_per_sample: sums.spikes_per_sample(),
            },
        });
        if self.run.batch == batches {
            self.average_epoch();
            match validation {
                Some(data) if !data.is_empty() => {
                    self.run.validation = Some(Evaluation { samples: Some(data.len()), ..self.evaluation(Until::End) });
                }
                _ => self.end_epoch(None, events),
            }
        }
    }

    fn advance_validation<E: Executor>(
        &mut self,
        validation: Option<&Dataset>,
        executor: &E,
        events: &mut Vec<TrainEvent>,
    ) -> Result<()> {
        let data = validation.ok_or_else(|| Error::shape("validation", "the run began with validation data"))?;
        let begun_with = self.run.validation.as_ref().and_then(|evaluation| evaluation.samples);
        if let Some(samples) = begun_with.filter(|&samples| samples != data.len()) {
            let got = data.len();
            return Err(Error::shape(
                "validation",
                format!("must have {samples} samples to go on with the pass under way, got {got}"),
            ));
        }
        let mut evaluation = self.run.validation.take().expect("a validation pass is under way");
        let is_done = self.evaluate(&mut evaluation, data, self.evaluation_chunk(), executor);
        let is_done = match is_done {
            Ok(is_done) => is_done,
            Err(error) => {
                self.run.validation = Some(evaluation);
                return Err(error);
            }
        };
        events.push(TrainEvent::Validation {
            epoch: self.run.epoch + 1,
            samples_done: evaluation.position() as u32,
            samples: data.len() as u32,
        });
        if is_done {
            self.end_epoch(Some(&evaluation), events);
        } else {
            self.run.validation = Some(evaluation);
        }
        Ok(())
    }

    fn end_epoch(&mut self, validation: Option<&Evaluation>, events: &mut Vec<TrainEvent>) {
        let learning_rate = self.learning_rate();
        let validation = validation.map(Evaluation::report);
        self.run.epoch += 1;
        self.judge_epoch(validation.as_ref());
        let record = EpochRecord {
            epoch: self.run.epoch,
            epochs: self.config.training.epochs,
            learning_rate,
            train: self.run.sums.report(self.shapes(), self.config.loss.decision()),
            validation,
            best_epoch: self.best_epoch().unwrap_or(self.run.epoch),
        };
        self.run.history.push(record.clone());
        self.enter_epoch();
        self.run.batch = 0;
        self.run.sums = self.empty_sums();
        events.push(TrainEvent::EpochEnd(Box::new(record)));
    }
}
