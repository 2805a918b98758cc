//! Losses: their value for one sample and their derivatives at the output (spec 4).
//!
//! To add one: a file with its equation, a variant in [`crate::config::LossConfig`], an arm in [`Loss::evaluate`].

mod activity;
mod count;
mod latency;
mod spike_train;

use crate::config::{Config, LossConfig};
use crate::data::Targets;
use crate::error::{Error, Result};
use crate::events::LayerSpikes;
use crate::readout::Readout;
use crate::shape::LayerShape;

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
    /// dL/dS of each layer's units at every simulated step, besides what comes from above; 0 at the output.
    pub(crate) hidden: Vec<f32>,
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
    /// Spikes per unit of hidden layers outside their bounds.
    pub(crate) rate_bounds: f64,
    /// Spikes of hidden layers.
    pub(crate) spike_penalty: f64,
}

impl LossValue {
    pub(crate) fn total(&self) -> f64 {
        self.main + self.no_spike + self.target_count + self.rate_bounds + self.spike_penalty
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
    /// Spikes of each spiking layer.
    pub(crate) totals: &'a [u64],
    pub(crate) shapes: &'a [LayerShape],
}

/// The configured loss, ready for samples.
#[derive(Clone, Debug)]
pub(crate) struct Loss {
    main: Main,
    activity: activity::Activity,
}

/// What the output should do.
#[derive(Clone, Debug)]
enum Main {
    Count(count::Count),
    SpikeTrain(spike_train::SpikeTrain),
    Latency(latency::Latency),
}

impl Loss {
    pub(crate) fn new(config: &Config) -> Self {
        let main = match &config.loss {
            LossConfig::Count(count) => Main::Count(count::Count::new(count)),
            LossConfig::SpikeTrain(train) => {
                Main::SpikeTrain(spike_train::SpikeTrain::new(train, config.network.steps))
            }
            LossConfig::Latency(latency) => Main::Latency(latency::Latency::new(latency)),
        };
        Self { main, activity: activity::Activity::new(&config.loss) }
    }

    /// Checks that the targets are of a kind this loss can use.
    pub(crate) fn accepts(&self, targets: &Targets) -> Result<()> {
        match (&self.main, targets) {
            (Main::Count(_), Targets::Labels(_) | Targets::Counts(_))
            | (Main::Latency(_), Targets::Labels(_))
            | (Main::SpikeTrain(_), Targets::Trains(_)) => Ok(()),
            (Main::Count(_), _) => Err(Error::shape("targets", "the count loss needs labels or counts")),
            (Main::Latency(_), _) => Err(Error::shape("targets", "the latency loss needs labels")),
            (Main::SpikeTrain(_), _) => Err(Error::shape("targets", "the spike-train loss needs target spike trains")),
        }
    }

    /// Value and derivatives for sample `index`.
    pub(crate) fn evaluate(&self, output: &Output<'_>, targets: &Targets, index: usize, gradient: &mut OutputGradient) {
        gradient.spike = SpikeGradient::Zero;
        gradient.timing.clear();
        gradient.timing.resize(output.spikes.count_before(output.spikes.steps) as usize, 0.0);
        gradient.end = 0;
        gradient.value = LossValue::default();
        match (&self.main, targets) {
            (Main::Count(count), Targets::Labels(labels)) => {
                count.evaluate(output, |unit| count.wanted(unit as u32 == labels[index]), gradient);
            }
            (Main::Count(count), Targets::Counts(counts)) => {
                let outputs = output.readout.counts.len();
                count.evaluate(output, |unit| f64::from(counts[index * outputs + unit]), gradient);
            }
            (Main::Latency(latency), Targets::Labels(labels)) => {
                latency.evaluate(output, labels[index] as usize, gradient);
            }
            (Main::SpikeTrain(train), Targets::Trains(trains)) => {
                train.evaluate(output, trains.sample(index), gradient);
            }
            _ => unreachable!("accepts() is called before a run"),
        }
        let OutputGradient { hidden, value, end, .. } = gradient;
        self.activity.evaluate(output.totals, output.shapes, output.batch, value, hidden);
        if hidden.iter().any(|&slope| slope != 0.0) {
            *end = output.spikes.steps;
        }
    }
}
