//! One batch learned by several trainers together, each in its own process or instance.
//!
//! Every trainer holds the whole network and the same data. Each runs its local batch and hands out the records of its samples;
//! with the records of all it makes the update that a single trainer would make: the sums run over the same samples in the same
//! order, so the number of trainers changes no bit.

use std::ops::Range;

use spikelet_config::{Error, Result};
use spikelet_data::Dataset;

use super::Trainer;
use super::event::TrainEvent;
use crate::executor::Executor;
use crate::pass::GROUP;
use crate::record::{Reader, Writer};
use crate::sample::SampleResult;

/// Which part of every batch a trainer runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalBatch {
    /// Number of this trainer, from 0.
    pub rank: usize,
    /// Number of trainers, at least 1.
    pub size: usize,
}

impl LocalBatch {
    fn check(self) -> Result<()> {
        if self.rank < self.size {
            return Ok(());
        }
        Err(Error::config("rank", format!("must be below {}, got {}", self.size, self.rank)))
    }

    /// Positions of a batch of `samples`.
    pub(super) fn of(self, samples: usize) -> Range<usize> {
        self.rank * samples / self.size..(self.rank + 1) * samples / self.size
    }
}

impl Trainer {
    /// Whether a batch comes next, not a part of the initialisation, of a validation pass or the end of the run.
    #[must_use]
    pub fn is_before_batch(&self) -> bool {
        let run = &self.run;
        let is_between = run.has_finished || run.initialization.is_some() || run.validation.is_some();
        !is_between && !self.is_at_end()
    }

    /// Runs this trainer's part of the batch that comes next, its local batch, and replaces `records` by its records, for
    /// [`Trainer::finish_batch`] of all; nothing is learned yet.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] for an impossible rank or where no batch comes next,
    /// [`crate::ErrorCode::ShapeMismatch`] when the data do not fit the loss or the run.
    pub fn run_local_batch<E: Executor>(
        &mut self,
        train: &Dataset,
        local: LocalBatch,
        executor: &E,
        records: &mut Vec<u8>,
    ) -> Result<()> {
        local.check()?;
        self.check_before_batch(train)?;
        records.clear();
        let mut records = Writer { bytes: records };
        self.with_batch(train, |trainer, batch, _| {
            let range = local.of(batch.len());
            train.require("train", trainer.needed(batch, Some(local)))?;
            records.long(trainer.next_batch());
            records.word(range.len() as u32);
            let Self { config, loss, passes, engine, network, run, .. } = trainer;
            let job = Self::learning_job(config, loss, passes, train, run.epoch);
            engine.run_local_batch(network, &job, batch, range, executor, |_, results, _| {
                results.iter().for_each(|result| records.sample(result));
                Ok(())
            })
        })
    }

    /// Tells the batch that comes next from all others of the run.
    fn next_batch(&self) -> u64 {
        u64::from(self.run.epoch) << 32 | u64::from(self.run.batch)
    }

    fn check_before_batch(&self, train: &Dataset) -> Result<()> {
        self.check_run(train)?;
        if self.is_before_batch() { Ok(()) } else { Err(Error::config("", "no batch comes next")) }
    }

    /// Learns the batch from the records of all trainers, in order of rank, and returns what happened.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] where no batch comes next, [`crate::ErrorCode::DataFormat`] for records that are not
    /// those of this batch, [`crate::ErrorCode::NonFinite`].
    pub fn finish_batch<E: Executor>(
        &mut self,
        train: &Dataset,
        validation: Option<&Dataset>,
        records: &[&[u8]],
        executor: &E,
    ) -> Result<Vec<TrainEvent>> {
        self.check_before_batch(train)?;
        let rate = self.learning_rate();
        let learnt = self.with_batch(train, |trainer, batch, sums| {
            let mut samples = Samples::new(records, trainer.next_batch())?;
            if samples.count != batch.len() {
                return Err(foreign(format!("hold {} samples of a batch of {}", samples.count, batch.len())));
            }
            let groups = batch.len().div_ceil(GROUP);
            trainer.learn_groups(batch.len(), rate, sums, executor, |trainer, learning| {
                for group in 0..groups {
                    let Self { engine, network, .. } = &mut *trainer;
                    let results = engine.results(network, GROUP.min(batch.len() - group * GROUP));
                    results.iter_mut().try_for_each(|result| samples.next(result))?;
                    if !results.iter().all(|result| result.fits(network)) {
                        return Err(foreign("are of another network".to_owned()));
                    }
                    learning.take_group(network, results, group + 1 == groups, executor)?;
                }
                Ok(())
            })
        });
        let loss = learnt.inspect_err(|_| self.engine.forget_results())?;
        let mut events = Vec::new();
        self.end_batch(loss, validation, &mut events);
        Ok(events)
    }
}

/// The samples of all records, one after the other.
struct Samples<'a> {
    /// Each trainer's samples left and their bytes.
    readers: std::vec::IntoIter<(u32, Reader<'a>)>,
    current: Option<(u32, Reader<'a>)>,
    count: usize,
}

impl<'a> Samples<'a> {
    /// Records of the batch that [`Trainer::next_batch`] numbers so.
    fn new(records: &[&'a [u8]], batch: u64) -> Result<Self> {
        let readers = records.iter().map(|bytes| {
            let mut reader = Reader::new(bytes);
            if reader.long()? != batch {
                return Err(foreign("are of another batch".to_owned()));
            }
            Ok((reader.word()?, reader))
        });
        let readers: Vec<_> = readers.collect::<Result<_>>()?;
        let count = readers.iter().map(|(samples, _)| *samples as usize).sum();
        Ok(Self { readers: readers.into_iter(), current: None, count })
    }

    fn next(&mut self, result: &mut SampleResult) -> Result<()> {
        loop {
            match &mut self.current {
                Some((left, reader)) if *left > 0 => {
                    *left -= 1;
                    return reader.sample(result);
                }
                _ => self.current = Some(self.readers.next().ok_or_else(|| foreign("end too early".to_owned()))?),
            }
        }
    }
}

fn foreign(what: String) -> Error {
    Error::new(crate::ErrorCode::DataFormat, "records", what)
}
