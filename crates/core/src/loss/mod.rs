//! Losses: their value for one sample and their derivatives at the output (spec 4).
//!
//! To add one: a file with its equation, a variant in [`crate::config::LossConfig`], an arm in [`Loss::evaluate`].

mod count;
mod latency;
mod spike_train;

use crate::config::{Config, LossConfig};
use crate::data::Targets;
use crate::error::{Error, Result};
use crate::readout::{LayerSpikes, Readout};

/// dL/dS of the outputs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum SpikeGradient {
    /// None at any step.
    #[default]
    Zero,
    /// The same at every simulated step, `[output]`.
    Constant(Vec<f32>),
    /// `[step][output]`.
    Dense(Vec<f32>),
}

/// A loss and its derivatives at the output, for one sample.
#[derive(Clone, Debug, Default)]
pub(crate) struct OutputGradient {
    pub(crate) spike: SpikeGradient,
    /// dL/dT of each output spike, in order of `(step, output)`.
    pub(crate) timing: Vec<f32>,
    /// Step from which on nothing has a gradient.
    pub(crate) end: usize,
    pub(crate) value: LossValue,
}

/// The loss of one sample by parts, not divided by the batch size.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LossValue {
    /// The main term.
    pub(crate) main: f64,
    /// Penalty of a silent labelled unit.
    pub(crate) no_spike: f64,
    /// Count term of the latency loss.
    pub(crate) target_count: f64,
}

impl LossValue {
    pub(crate) fn total(&self) -> f64 {
        self.main + self.no_spike + self.target_count
    }
}

/// What a loss is told about a sample.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output<'a> {
    pub(crate) spikes: LayerSpikes<'a>,
    pub(crate) readout: &'a Readout,
    /// Configured steps T.
    pub(crate) steps: usize,
    /// Samples in the batch B.
    pub(crate) batch: usize,
}

/// The configured loss, ready for samples.
#[derive(Clone, Debug)]
pub(crate) enum Loss {
    Count(count::Count),
    SpikeTrain(spike_train::SpikeTrain),
    Latency(latency::Latency),
}

impl Loss {
    pub(crate) fn new(config: &Config) -> Self {
        match &config.loss {
            LossConfig::Count(count) => Self::Count(count::Count::new(count)),
            LossConfig::SpikeTrain(train) => {
                Self::SpikeTrain(spike_train::SpikeTrain::new(train, config.network.steps))
            }
            LossConfig::Latency(latency) => Self::Latency(latency::Latency::new(latency)),
        }
    }

    /// Checks that the targets are of a kind this loss can use.
    pub(crate) fn accepts(&self, targets: &Targets) -> Result<()> {
        match (self, targets) {
            (Self::Count(_), Targets::Labels(_) | Targets::Counts(_))
            | (Self::Latency(_), Targets::Labels(_))
            | (Self::SpikeTrain(_), Targets::Trains(_)) => Ok(()),
            (Self::Count(_), _) => Err(Error::shape("targets", "the count loss needs labels or counts")),
            (Self::Latency(_), _) => Err(Error::shape("targets", "the latency loss needs labels")),
            (Self::SpikeTrain(_), _) => Err(Error::shape("targets", "the spike-train loss needs target spike trains")),
        }
    }

    /// Value and derivatives for sample `index`.
    pub(crate) fn evaluate(&self, output: &Output<'_>, targets: &Targets, index: usize, gradient: &mut OutputGradient) {
        gradient.spike = SpikeGradient::Zero;
        gradient.timing.clear();
        gradient.timing.resize(output.spikes.count_before(output.spikes.steps) as usize, 0.0);
        gradient.end = 0;
        gradient.value = LossValue::default();
        match (self, targets) {
            (Self::Count(count), Targets::Labels(labels)) => {
                count.evaluate(output, |unit| count.wanted(unit as u32 == labels[index]), gradient);
            }
            (Self::Count(count), Targets::Counts(counts)) => {
                let outputs = output.readout.counts.len();
                count.evaluate(output, |unit| f64::from(counts[index * outputs + unit]), gradient);
            }
            (Self::Latency(latency), Targets::Labels(labels)) => {
                latency.evaluate(output, labels[index] as usize, gradient);
            }
            (Self::SpikeTrain(train), Targets::Trains(trains)) => {
                train.evaluate(output, trains.sample(index), gradient);
            }
            _ => unreachable!("accepts() is called before a run"),
        }
    }
}
