//! Which samples a run needs next, for data of which only some are there.

use std::ops::Range;

use spikelet_config::EndSimulation;
use spikelet_data::Dataset;

use super::order::order;
use super::{Evaluation, LocalBatch, Trainer};

/// What the next pieces of a run need; a piece is what [`Trainer::advance`] counts as a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Upcoming {
    /// Pieces, up to the end of an epoch.
    pub batches: u32,
    /// Samples of the training data.
    pub train: Vec<u32>,
    /// Samples of the validation data.
    pub validation: Vec<u32>,
}

/// Future position in a run.
#[derive(Clone, Copy)]
struct Cursor {
    epoch: u32,
    batch: u32,
    /// Position in a validation pass.
    validation: Option<usize>,
}

impl Trainer {
    /// What the next `pieces` pieces need after `skip` others, but none beyond the end of an epoch; no pieces once the run is
    /// complete. What comes after a search for the initial weights, or after an epoch that may be the last, is a guess: ask again
    /// once it is there.
    pub fn upcoming(
        &mut self,
        skip: usize,
        pieces: usize,
        train: &Dataset,
        validation: Option<&Dataset>,
        local: Option<LocalBatch>,
    ) -> Upcoming {
        let mut found = Upcoming::default();
        if self.run.has_finished {
            return found;
        }
        if let (Some(_), Some(activity)) = (&self.run.initialization, &self.config.training.initial_activity) {
            found.batches = 1;
            found.train = self.initialization_samples(activity, train.len());
            return found;
        }
        let samples = validation.map_or(0, Dataset::len);
        let batches = self.run.samples.div_ceil(self.config.training.batch_size);
        let position = self.run.validation.as_ref().map(Evaluation::position);
        let mut at = Cursor { epoch: self.run.epoch, batch: self.run.batch, validation: position };
        let is_at_end = self.is_at_end();
        let mut current = (self.run.epoch, self.take_order(train));
        for piece in 0..skip.saturating_add(pieces) {
            let is_wanted = piece >= skip;
            found.batches += u32::from(is_wanted);
            let epoch = at.epoch;
            if let Some(position) = at.validation {
                let end = self.evaluation_end(position, samples, self.evaluation_chunk());
                if is_wanted {
                    found.validation.extend(position as u32..end as u32);
                }
                at = if end < samples { Cursor { validation: Some(end), ..at } } else { at.next_epoch() };
            } else if at.epoch >= self.config.training.epochs || (at.epoch == self.run.epoch && is_at_end) {
                break;
            } else {
                if is_wanted {
                    if current.0 != at.epoch {
                        self.keep_order(current);
                        current = (at.epoch, order(&self.config.training, at.epoch, train));
                    }
                    found.train.extend(self.needed(self.batch(at.batch, &current.1), local));
                }
                at.batch += 1;
                if at.batch == batches {
                    at = if samples > 0 { Cursor { validation: Some(0), ..at } } else { at.next_epoch() };
                }
            }
            if is_wanted && at.epoch > epoch {
                break;
            }
        }
        self.keep_order(current);
        found
    }

    /// The samples that a call of [`Trainer::evaluate`] for `max_samples` needs, the next one, or the one after that for `before`
    /// samples.
    #[must_use]
    pub fn upcoming_evaluation(
        &self,
        evaluation: &Evaluation,
        data: &Dataset,
        before: Option<usize>,
        max_samples: usize,
    ) -> Range<usize> {
        let end = |position, samples| self.evaluation_end(position, data.len(), samples);
        let position = evaluation.position();
        let start = before.map_or(position, |samples| end(position, samples));
        start..end(start, max_samples)
    }

    /// Samples of a batch that this trainer runs or looks at.
    pub(super) fn needed<'a>(&self, batch: &'a [u32], local: Option<LocalBatch>) -> &'a [u32] {
        match local {
            // All samples tell when the simulation of the batch ends.
            Some(local) if self.config.loss.end_simulation() != EndSimulation::Batch => &batch[local.of(batch.len())],
            _ => batch,
        }
    }

    /// Keeps the order of the current epoch for the batches to come.
    fn keep_order(&mut self, (epoch, order): (u32, Vec<u32>)) {
        if epoch == self.run.epoch {
            self.run.order = Some((epoch, order));
        }
    }
}

impl Cursor {
    fn next_epoch(self) -> Self {
        Self { epoch: self.epoch + 1, batch: 0, validation: None }
    }
}
