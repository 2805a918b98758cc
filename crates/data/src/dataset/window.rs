//! Which samples of a larger data set are there.

use spikelet_config::{Error, Result};

/// Place of a sample that is not there.
const ABSENT: u32 = u32::MAX;

/// The samples that are there, of how many.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Window {
    /// Class of every sample, also of those that are not there.
    pub(super) labels: Option<Vec<u32>>,
    /// Where each sample lies.
    places: Vec<u32>,
    /// The samples that are there.
    rows: Vec<u32>,
}

impl Window {
    /// None of the samples.
    pub(super) fn new(samples: usize, labels: Option<Vec<u32>>) -> Self {
        Self { labels, places: vec![ABSENT; samples], rows: Vec::new() }
    }

    pub(super) fn samples(&self) -> usize {
        self.places.len()
    }

    /// Refuses rows that there are not, or that are not as many as the samples `given`.
    pub(super) fn check(&self, rows: &[u32], given: usize) -> Result<()> {
        if given != rows.len() {
            return Err(Error::shape("rows", format!("must have {given} entries, one per sample, got {}", rows.len())));
        }
        match rows.iter().find(|&&row| row as usize >= self.samples()) {
            Some(row) => Err(Error::shape("rows", format!("must be below {}, got {row}", self.samples()))),
            None => Ok(()),
        }
    }

    /// Replaces the samples that are there by those of `rows`, in their order.
    pub(super) fn put(&mut self, rows: &[u32]) {
        for &row in &self.rows {
            self.places[row as usize] = ABSENT;
        }
        self.rows.clear();
        self.rows.extend_from_slice(rows);
        for (place, &row) in rows.iter().enumerate() {
            self.places[row as usize] = place as u32;
        }
    }

    /// Classes of these samples.
    pub(super) fn labels_of(&self, rows: &[u32]) -> Option<Vec<u32>> {
        self.labels.as_ref().map(|labels| rows.iter().map(|&row| labels[row as usize]).collect())
    }

    /// Where a sample that is there lies.
    pub(super) fn place(&self, sample: u32) -> usize {
        self.places[sample as usize] as usize
    }

    /// Refuses samples that are not there.
    pub(super) fn require(&self, path: &str, samples: &[u32]) -> Result<()> {
        match samples.iter().find(|&&sample| self.places[sample as usize] == ABSENT) {
            Some(sample) => Err(Error::shape(path, format!("sample {sample} was not supplied"))),
            None => Ok(()),
        }
    }
}
