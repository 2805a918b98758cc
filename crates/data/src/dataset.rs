//! Samples with their targets.

mod window;

use spikelet_config::{Error, Result};
use window::Window;

use crate::memory;
use crate::spikes::SpikeTrains;

/// Targets of the output, one entry per sample.
#[derive(Clone, Debug, PartialEq)]
pub enum Targets {
    /// The class: index of an output unit. Fits the latency and membrane losses and, by what their `positive` says, the count and
    /// spike-train losses.
    Labels(Vec<u32>),
    /// Target spike counts, `[sample][output]`. Fits the count loss.
    Counts(Vec<f32>),
    /// Target spike trains of the outputs. Fits the spike-train loss.
    Trains(SpikeTrains),
    /// Target membranes of a readout, `[sample][step][output]`, over so many steps. Fits the trace loss.
    Series {
        /// Steps of a sample.
        steps: usize,
        /// The values.
        values: Vec<f32>,
    },
    /// No target: for prediction only.
    None,
}

/// Input spike trains and targets, checked against a network's shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    inputs: SpikeTrains,
    targets: Targets,
    /// Which samples are there, in a data set of which only some are.
    window: Option<Window>,
}

impl Dataset {
    /// Joins inputs and targets.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] when there are not as many targets as samples, [`crate::ErrorCode::DataFormat`] for a
    /// label outside the `outputs` classes, a count or a value that is not finite.
    pub fn new(inputs: SpikeTrains, targets: Targets, outputs: usize) -> Result<Self> {
        let samples = inputs.len();
        let expect = |path: &str, found: usize, needed: usize| expect(path, found, needed, samples);
        match &targets {
            Targets::Labels(labels) => check_labels(labels, samples, outputs)?,
            Targets::Counts(counts) => {
                expect("counts", counts.len(), samples.saturating_mul(outputs))?;
                if let Some(index) = counts.iter().position(|count| !count.is_finite()) {
                    return Err(Error::data(
                        format!("counts[{index}]"),
                        format!("must be finite, got {}", counts[index]),
                    ));
                }
            }
            Targets::Series { steps, values } => {
                expect("series", values.len(), samples.saturating_mul(*steps).saturating_mul(outputs))?;
                if let Some(index) = values.iter().position(|value| !value.is_finite()) {
                    let message = format!("must be finite, got {}", values[index]);
                    return Err(Error::data(format!("series[{index}]"), message));
                }
            }
            Targets::Trains(trains) => expect("targets.offsets", trains.len(), samples)?,
            Targets::None => {}
        }
        Ok(Self { inputs, targets, window: None })
    }

    /// A data set of `samples` samples, of which none is there yet; this one, without samples, says of what kind their targets
    /// are.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] where this one has samples, and for another number of labels than `samples`;
    /// [`crate::ErrorCode::DataFormat`] for a label outside the `outputs` classes; [`crate::ErrorCode::ConfigInvalid`] where there
    /// is no memory to list the samples.
    pub fn windowed(self, samples: usize, labels: Option<Vec<u32>>, outputs: usize) -> Result<Self> {
        expect("samples", self.len(), 0, 0)?;
        memory::require(samples as u64 * size_of::<u32>() as u64, "samples", || "their list".to_owned())?;
        let targets = match &labels {
            Some(labels) => {
                check_labels(labels, samples, outputs)?;
                Targets::Labels(Vec::new())
            }
            None => self.targets,
        };
        Ok(Self { inputs: self.inputs, targets, window: Some(Window::new(samples, labels)) })
    }

    /// Puts the samples numbered `rows` in the place of those that were there. Their labels are known already.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] for a data set that is there as a whole, for a row that it does not have, for another
    /// number of samples than rows, and for another kind of targets.
    pub fn supply(&mut self, rows: &[u32], given: Self) -> Result<()> {
        let Some(window) = &mut self.window else {
            return Err(Error::shape("dataset", "is there as a whole: nothing can be supplied"));
        };
        window.check(rows, given.len())?;
        let targets = window.labels_of(rows).map_or(given.targets, Targets::Labels);
        if std::mem::discriminant(&targets) != std::mem::discriminant(&self.targets) {
            return Err(Error::shape("rows", "the samples have another kind of targets than the data set"));
        }
        window.put(rows);
        (self.inputs, self.targets) = (given.inputs, targets);
        Ok(())
    }

    /// Refuses samples that are not there.
    pub fn require(&self, path: &str, samples: &[u32]) -> Result<()> {
        self.window.as_ref().map_or(Ok(()), |window| window.require(path, samples))
    }

    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.window.as_ref().map_or(self.inputs.len(), Window::samples)
    }

    /// Whether there is no sample.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Class of every sample, where they have one.
    pub fn labels(&self) -> Option<&[u32]> {
        match (&self.window, &self.targets) {
            (Some(window), _) => window.labels.as_deref(),
            (None, Targets::Labels(labels)) => Some(labels),
            (None, _) => None,
        }
    }

    /// Where a sample lies among the inputs and targets that are there.
    pub fn place(&self, sample: u32) -> usize {
        self.window.as_ref().map_or(sample as usize, |window| window.place(sample))
    }

    /// The input spikes that are there.
    #[must_use]
    pub fn inputs(&self) -> &SpikeTrains {
        &self.inputs
    }

    /// Targets of the samples that are there.
    #[must_use]
    pub fn targets(&self) -> &Targets {
        &self.targets
    }
}

fn expect(path: &str, found: usize, needed: usize, samples: usize) -> Result<()> {
    if found == needed {
        return Ok(());
    }
    Err(Error::shape(path, format!("must have {needed} entries for {samples} samples, got {found}")))
}

fn check_labels(labels: &[u32], samples: usize, outputs: usize) -> Result<()> {
    expect("labels", labels.len(), samples, samples)?;
    match labels.iter().position(|&label| label as usize >= outputs) {
        Some(index) => Err(Error::data(
            format!("labels[{index}]"),
            format!("must be below the number of outputs ({outputs}), got {}", labels[index]),
        )),
        None => Ok(()),
    }
}
