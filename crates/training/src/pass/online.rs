//! Samples of a batch side by side, step by step, with the eligibilities of all parameters (spec 19.2, 19.5).

use spikelet_data::{Archive, Augmented, SampleEvents};
use spikelet_kernels::Level;
use spikelet_network::connection::Keep;
use spikelet_network::eligibility::{Eligibilities, EligibilityRule, EligibilitySums};
use spikelet_network::network::Network;
use spikelet_network::pass::{End, Stepwise};

use super::job::Job;
use super::sample::SamplePass;
use super::workspace::Workspace;
use crate::loss::StepTarget;
use crate::sample::SampleResult;

/// A network on its way with its eligibilities.
#[derive(Debug)]
pub(crate) struct OnlineStates {
    pub(crate) states: Stepwise,
    eligibilities: Eligibilities,
    /// Membranes of the readout at the step, `[output]`.
    pub(crate) membranes: Vec<f32>,
    /// dL/dy at the step, `[output]`.
    pub(crate) errors: Vec<f32>,
}

/// A sample on its way.
#[derive(Debug)]
struct OnlineSample {
    online: OnlineStates,
    augmented: Augmented,
    /// Input spikes that were sent.
    sent: usize,
}

/// Samples that run side by side.
#[derive(Debug)]
pub(crate) struct OnlineBatch {
    samples: Vec<OnlineSample>,
    /// Scratch for what a sample amounts to in the end.
    work: Workspace,
    result: SampleResult,
}

impl OnlineStates {
    /// States before the first step.
    pub(crate) fn new(network: &Network) -> Self {
        Self {
            states: Stepwise::new(network, Keep::Trace),
            eligibilities: Eligibilities::new(network),
            membranes: vec![0.0; network.outputs()],
            errors: vec![0.0; network.outputs()],
        }
    }

    /// Goes back to before the first step.
    pub(crate) fn restart(&mut self, network: &Network) {
        self.states.restart(network);
        self.eligibilities.clear();
    }

    /// Writes or reads states and eligibilities between two steps.
    pub(crate) fn archive(&mut self, archive: &mut Archive<'_>) {
        self.states.archive(archive);
        self.eligibilities.archive(archive);
    }

    /// Runs the step whose input was sent, and reads the membranes of the readout.
    pub(crate) fn run(&mut self, level: Level, network: &Network) {
        let last = network.neurons() - 1;
        let at = self.states.at;
        self.states.run(level, network, at + 1);
        network.view(last).read_membranes(&self.states.work.layers[last].units, at, &mut self.membranes);
    }

    /// Takes the eligibilities to the step that was run, and adds to gradients what its errors give.
    pub(crate) fn learn(
        &mut self,
        level: Level,
        network: &Network,
        rule: &EligibilityRule<'_>,
        sums: &mut dyn EligibilitySums,
    ) {
        let Self { states, eligibilities, errors, .. } = self;
        eligibilities.step((level, network), states, rule, errors, sums);
        states.at += 1;
    }
}

impl OnlineBatch {
    pub(crate) fn new(network: &Network) -> Self {
        Self { samples: Vec::new(), work: Workspace::new(network), result: SampleResult::new(network) }
    }

    /// Makes as many samples ready for their first step.
    pub(crate) fn start(&mut self, network: &Network, samples: usize) {
        self.samples.truncate(samples);
        for sample in &mut self.samples {
            sample.online.restart(network);
            sample.sent = 0;
        }
        self.samples.resize_with(samples, || OnlineSample {
            online: OnlineStates::new(network),
            augmented: Augmented::default(),
            sent: 0,
        });
    }

    /// Takes every sample of `batch` a step on, and adds to the gradients of the batch.
    pub(crate) fn step(
        &mut self,
        (level, network): (Level, &Network),
        job: &Job<'_>,
        batch: &[u32],
        rule: &EligibilityRule<'_>,
        sums: &mut dyn EligibilitySums,
    ) {
        for (OnlineSample { online, augmented, sent }, &sample) in self.samples.iter_mut().zip(batch) {
            let SampleEvents { times, units, values } = job.input(sample, augmented);
            let t = online.states.at;
            let here = times[*sent..].partition_point(|&time| usize::from(time) <= t);
            let here_values = values.get(*sent..*sent + here).unwrap_or_default();
            online.states.send(0, &units[*sent..*sent + here], here_values);
            *sent += here;
            online.run(level, network);
            if let Some(loss) = job.loss {
                let (targets, place) = (job.data.targets(), job.data.place(sample));
                let target = StepTarget::of(targets, place, (t, network.steps), network.outputs());
                loss.step_error((t, &online.membranes), target, batch.len(), &mut online.errors);
            }
            online.learn(level, network, rule, sums);
        }
    }

    /// Hands over what each sample amounts to, all of whose steps were run.
    pub(crate) fn finish(
        &mut self,
        (level, network): (Level, &Network),
        job: &Job<'_>,
        batch: &[u32],
        mut take: impl FnMut(&SampleResult),
    ) {
        let pass = SamplePass { level, network, job, plans: &[], batch: batch.len(), end: End::At(network.steps) };
        for (OnlineSample { online, .. }, &sample) in self.samples.iter_mut().zip(batch) {
            let Self { work, result, .. } = self;
            let OnlineStates { states, .. } = online;
            std::mem::swap(&mut work.forward, &mut states.work);
            pass.judge(job.data.place(sample), states.input(), work, result);
            std::mem::swap(&mut work.forward, &mut states.work);
            take(result);
        }
    }
}
