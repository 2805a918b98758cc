//! Samples with what they should teach.

use crate::error::{Error, Result};
use crate::spikes::SpikeTrains;

/// What the output should do, one entry a sample.
#[derive(Clone, Debug, PartialEq)]
pub enum Targets {
    /// The class: index of an output unit. Fits the latency loss, and the count loss through its `positive`/`negative`.
    Labels(Vec<u32>),
    /// Wanted spike counts, `[sample][output]`. Fits the count loss.
    Counts(Vec<f32>),
    /// Wanted spike trains of the outputs. Fits the spike-train loss.
    Trains(SpikeTrains),
    /// Wanted membranes of a readout, `[sample][step][output]`, over so many steps. Fits the trace loss.
    Series {
        /// Steps of a sample.
        steps: usize,
        /// The values.
        values: Vec<f32>,
    },
    /// Nothing is wanted: for prediction only.
    None,
}

/// Input spike trains and targets, checked against a network's shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    inputs: SpikeTrains,
    targets: Targets,
}

impl Dataset {
    /// Joins inputs and targets.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] when there are not as many targets as samples,
    /// [`crate::ErrorCode::DataFormat`] for a label outside the `outputs` classes, a count or a value that is not finite.
    pub fn new(inputs: SpikeTrains, targets: Targets, outputs: usize) -> Result<Self> {
        let samples = inputs.len();
        let expect = |path: &str, found: usize, wanted: usize| {
            if found == wanted {
                Ok(())
            } else {
                Err(Error::shape(path, format!("must have {wanted} entries for {samples} samples, got {found}")))
            }
        };
        match &targets {
            Targets::Labels(labels) => {
                expect("labels", labels.len(), samples)?;
                if let Some(index) = labels.iter().position(|&label| label as usize >= outputs) {
                    return Err(Error::data(
                        format!("labels[{index}]"),
                        format!("must be below the number of outputs ({outputs}), got {}", labels[index]),
                    ));
                }
            }
            Targets::Counts(counts) => {
                expect("counts", counts.len(), samples * outputs)?;
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
            Targets::Trains(trains) => expect("trains.offsets", trains.len(), samples)?,
            Targets::None => {}
        }
        Ok(Self { inputs, targets })
    }

    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.inputs.len()
    }

    /// Whether there is no sample.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.inputs.is_empty()
    }

    /// The input spikes.
    #[must_use]
    pub fn inputs(&self) -> &SpikeTrains {
        &self.inputs
    }

    /// What the output should do.
    #[must_use]
    pub fn targets(&self) -> &Targets {
        &self.targets
    }
}
