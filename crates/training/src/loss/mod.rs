//! Losses: their value for one sample and their derivatives at the output (spec 4).
//!
//! To add one: a file with its equation, a variant of [`spikelet_config::LossConfig`] and of `Main`, and a line wherever these are
//! told apart (`docs/contributing/extending.md`).

mod class_targets;
mod count;
mod count_cross_entropy;
mod latency;
mod membrane;
mod output;
mod outside;
mod spike_train;
mod statistic;
mod trace;

use class_targets::softmax;
use spike_train::TargetTrain;
use spikelet_config::{Config, Error, LossConfig, Result};
use spikelet_data::Targets;

use crate::loss_parts::LossParts;
use crate::regularizer::{ActivityTerm, Regularizers};

pub(crate) use output::{Output, OutputGradient, SpikeGradient};
pub use outside::OutsideGradient;
pub(crate) use statistic::MembraneStatistic;

/// The configured loss, ready for samples.
#[derive(Debug)]
pub(crate) struct Loss {
    main: Main,
    /// Configured steps T.
    steps: usize,
    regularizers: Regularizers,
}

/// The main term of the loss, by its kind.
#[derive(Clone, Debug)]
enum Main {
    Count(count::Count),
    CountCrossEntropy(count_cross_entropy::CountCrossEntropy),
    SpikeTrain(spike_train::SpikeTrain),
    Latency(latency::Latency),
    Membrane(membrane::Membrane),
    Trace(trace::Trace),
}

/// Where the gradient of a sample comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target<'a> {
    /// The loss, with the target at this place.
    Data(&'a Targets, usize),
    /// The caller, who gave it for this sample of the batch.
    Outside(&'a OutsideGradient, usize),
}

/// What a readout should do at a step.
#[derive(Clone, Copy, Debug)]
pub(crate) enum StepTarget<'a> {
    /// Nothing in particular.
    None,
    /// The output of this label should have the largest membrane.
    Label(u32),
    /// Membranes, `[output]`.
    Values(&'a [f32]),
}

impl<'a> StepTarget<'a> {
    /// The target of a sample at step `t` of so many.
    pub(crate) fn of(targets: &'a Targets, sample: usize, (t, steps): (usize, usize), outputs: usize) -> Self {
        match targets {
            Targets::Labels(labels) => Self::Label(labels[sample]),
            Targets::Series { values, .. } => Self::Values(&values[(sample * steps + t) * outputs..][..outputs]),
            Targets::Counts(_) | Targets::Trains(_) | Targets::None => Self::None,
        }
    }
}

impl Loss {
    pub(crate) fn new(config: &Config) -> Self {
        let main = match &config.loss {
            LossConfig::Count(count) => Main::Count(count::Count::new(count)),
            LossConfig::CountCrossEntropy(loss) => {
                Main::CountCrossEntropy(count_cross_entropy::CountCrossEntropy::new(loss))
            }
            LossConfig::SpikeTrain(train) => {
                Main::SpikeTrain(spike_train::SpikeTrain::new(train, config.network.steps))
            }
            LossConfig::Latency(latency) => Main::Latency(latency::Latency::new(latency)),
            LossConfig::Membrane(membrane) => Main::Membrane(membrane::Membrane::new(membrane)),
            LossConfig::Trace(trace) => Main::Trace(trace::Trace::new(trace)),
        };
        Self { main, steps: config.network.steps as usize, regularizers: Regularizers::new(&config.regularizers) }
    }

    /// Checks that the targets are of a kind this loss can use.
    pub(crate) fn accepts(&self, targets: &Targets) -> Result<()> {
        match (&self.main, targets) {
            (Main::Count(_), Targets::Labels(_) | Targets::Counts(_))
            | (Main::CountCrossEntropy(_) | Main::Latency(_) | Main::Membrane(_), Targets::Labels(_))
            | (Main::SpikeTrain(_), Targets::Trains(_)) => Ok(()),
            (Main::SpikeTrain(train), Targets::Labels(_)) if train.takes_labels() => Ok(()),
            (Main::Trace(_), Targets::Series { steps, .. }) if *steps == self.steps => Ok(()),
            (Main::Trace(_), Targets::Series { steps, .. }) => {
                let message = format!("must have a value for each of the {} steps, got {steps}", self.steps);
                Err(Error::shape("series", message))
            }
            (Main::Trace(_), _) => Err(Error::shape("targets", "the trace loss needs target series")),
            (Main::Membrane(_), _) => Err(Error::shape("targets", "the membrane loss needs labels")),
            (Main::Count(_), _) => Err(Error::shape("targets", "the count loss needs labels or counts")),
            (Main::CountCrossEntropy(_), _) => {
                Err(Error::shape("targets", "the cross-entropy over counts needs labels"))
            }
            (Main::Latency(_), _) => Err(Error::shape("targets", "the latency loss needs labels")),
            (Main::SpikeTrain(_), _) => {
                let message = "the spike-train loss needs target spike trains, or labels and loss.positive";
                Err(Error::shape("targets", message))
            }
        }
    }

    /// P of each output of a sample, of the softmax whose cross-entropy is the loss; empty for a loss without one.
    ///
    /// `by_count` and `by_first_spike` are the scores of a prediction, `statistics` those of a readout.
    pub(crate) fn probabilities(&self, by_count: &[u32], by_first_spike: &[u32], statistics: &[f64]) -> Vec<f64> {
        let scaled = |beta: f64, scores: &[u32]| softmax(scores.iter().map(|&score| beta * f64::from(score))).0;
        match &self.main {
            Main::Latency(latency) => scaled(latency.inverse_temperature(), by_first_spike),
            Main::CountCrossEntropy(loss) => scaled(loss.inverse_temperature(), by_count),
            Main::Membrane(membrane) => membrane.probabilities(statistics),
            Main::Count(_) | Main::SpikeTrain(_) | Main::Trace(_) => Vec::new(),
        }
    }

    /// dL/dy of a readout at step `t`, from its membranes at that step alone; 0 without a target.
    pub(crate) fn step_error(
        &self,
        (t, membranes): (usize, &[f32]),
        target: StepTarget<'_>,
        batch: usize,
        errors: &mut [f32],
    ) {
        match (&self.main, target) {
            (Main::Trace(trace), StepTarget::Values(target)) => {
                trace.step_error((t, self.steps), membranes, target, batch, errors);
            }
            (Main::Membrane(membrane), StepTarget::Label(label)) => {
                membrane.step_error(membranes, label as usize, (self.steps * batch) as f64, errors);
            }
            _ => errors.fill(0.0),
        }
    }

    /// An action drawn from the softmax of a readout's membranes by a number in `[0, 1)`, unless one is `given`; `errors` becomes
    /// dL/dy of L = −log π(action) / β.
    pub(crate) fn act(&self, membranes: &[f32], given: Option<u32>, uniform: f64, errors: &mut [f32]) -> u32 {
        let Main::Membrane(membrane) = &self.main else { unreachable!("only the membrane loss has actions") };
        membrane.act(membranes, given, uniform, errors)
    }

    /// Value and derivatives for a sample. A gradient from outside has the value of the regularisers alone.
    pub(crate) fn evaluate(&self, output: &Output<'_>, target: Target<'_>, gradient: &mut OutputGradient) {
        gradient.spike = SpikeGradient::Zero;
        gradient.timing.clear();
        gradient.timing.resize(output.spikes.count_before(output.spikes.steps) as usize, 0.0);
        gradient.end = 0;
        gradient.parts = LossParts::default();
        match target {
            Target::Data(targets, index) => self.evaluate_main(output, targets, index, gradient),
            Target::Outside(outside, sample) => outside.write(output, sample, gradient),
        }
        let OutputGradient { activity, parts, end, .. } = gradient;
        self.regularizers.evaluate(&output.activity, output.batch, parts, activity);
        if !activity.iter().all(ActivityTerm::is_none) {
            *end = output.spikes.steps;
        }
    }

    fn evaluate_main(&self, output: &Output<'_>, targets: &Targets, index: usize, gradient: &mut OutputGradient) {
        match (&self.main, targets) {
            (Main::Count(count), Targets::Labels(labels)) => {
                count.evaluate(output, |unit| count.target(unit as u32 == labels[index]), gradient);
            }
            (Main::Count(count), Targets::Counts(counts)) => {
                let outputs = output.summary.counts.len();
                count.evaluate(output, |unit| f64::from(counts[index * outputs + unit]), gradient);
            }
            (Main::CountCrossEntropy(loss), Targets::Labels(labels)) => {
                loss.evaluate(output, labels[index] as usize, gradient);
            }
            (Main::Latency(latency), Targets::Labels(labels)) => {
                latency.evaluate(output, labels[index] as usize, gradient);
            }
            (Main::Membrane(membrane), Targets::Labels(labels)) => {
                membrane.evaluate(output, labels[index] as usize, gradient);
            }
            (Main::Trace(trace), Targets::Series { values, .. }) => {
                let length = output.summary.membranes.len();
                trace.evaluate(output, &values[index * length..(index + 1) * length], gradient);
            }
            (Main::SpikeTrain(train), Targets::Trains(trains)) => {
                let (times, units) = trains.sample(index);
                train.evaluate(output, TargetTrain::Train(times, units), gradient);
            }
            (Main::SpikeTrain(train), Targets::Labels(labels)) => {
                train.evaluate(output, TargetTrain::Label(labels[index] as usize), gradient);
            }
            _ => unreachable!("accepts() is called before a run"),
        }
    }
}
