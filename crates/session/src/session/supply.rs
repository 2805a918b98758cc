//! Data sets of which only some samples are present: which are needed next, and how they are supplied.

use std::ops::Range;

use spikelet_config::{Error, Result};
use spikelet_training::Upcoming;

use super::Session;
use super::run::RunData;
use crate::datasets::{Samples, Suppliers};
use crate::peers::Peers;
use crate::wire::DatasetArrays;

impl Session {
    /// Puts the samples numbered `rows` of a data set with `"samples"` in the place of those that were there; no labels among the
    /// arrays.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for an unknown data set or row, and as [`Session::add_dataset`].
    pub fn supply(&mut self, dataset: u32, rows: &[u32], arrays: DatasetArrays) -> Result<()> {
        self.change(|session| session.datasets.supply(dataset, rows, arrays))
    }

    /// What makes samples ready for [`Session::supply_prepared`], of the data sets that there are now.
    #[must_use]
    pub fn suppliers(&self) -> Suppliers {
        self.datasets.suppliers()
    }

    /// [`Session::supply`] of what [`Suppliers::prepare`] made of the arrays.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for an unknown data set or row, and for samples of another session or data set.
    pub fn supply_prepared(&mut self, dataset: u32, rows: &[u32], samples: Samples) -> Result<()> {
        self.change(|session| session.datasets.supply_prepared(dataset, rows, samples))
    }

    /// JSON of the samples that the run needs next: `{"batches","train","validation"}`, of the next `max_batches` that
    /// [`Session::advance`] counts, after `skip` others, but none beyond the end of an epoch; no `batches` once the run is
    /// complete. A session that learns together with others names the samples of its local batches.
    ///
    /// # Errors
    /// `CONFIG_INVALID` before [`Session::begin`].
    pub fn upcoming(&mut self, skip: u32, max_batches: u32) -> Result<String> {
        self.change(|session| {
            let Self { trainer, datasets, run, peers, .. } = session;
            let RunData { train, validation } = RunData::of(run.as_ref(), datasets)?;
            let local = peers.as_deref().map(Peers::local_batch);
            let Upcoming { batches, train, validation } =
                trainer.upcoming(skip as usize, max_batches as usize, train, validation, local);
            Ok(format!(r#"{{"batches":{batches},"train":{train:?},"validation":{validation:?}}}"#))
        })
    }

    /// JSON `{"start","end"}` of the samples that the next call of [`Session::advance_evaluation`] needs, or of the one after it,
    /// where `before` is the number that the next one is asked for.
    ///
    /// # Errors
    /// `CONFIG_INVALID` before [`Session::begin_evaluation`].
    pub fn upcoming_evaluation(&mut self, max_samples: u32, before: Option<u32>) -> Result<String> {
        self.change(|session| {
            let (id, position) =
                session.evaluation.as_ref().ok_or_else(|| Error::config("", "no evaluation has begun"))?;
            let data = session.datasets.find("dataset", *id)?;
            let before = before.map(|samples| samples as usize);
            let Range { start, end } =
                session.trainer.upcoming_evaluation(position, data, before, max_samples as usize);
            Ok(format!(r#"{{"start":{start},"end":{end}}}"#))
        })
    }
}
