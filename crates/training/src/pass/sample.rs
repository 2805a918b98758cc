//! One sample: forward, loss, backward.

use spikelet_data::{SampleEvents, Targets, sort_spikes};
use spikelet_kernels::Level;
use spikelet_network::connection::Keep;
use spikelet_network::events::LayerSpikes;
use spikelet_network::layer::LayerState;
use spikelet_network::network::Network;
use spikelet_network::output_summary::OutputSummary;
use spikelet_network::pass::{End, Simulation};
use spikelet_network::plan::LayerPlan;

use super::backpropagate::{Backpropagation, SampleBackward, backpropagate};
use super::job::Job;
use super::workspace::Workspace;
use crate::loss::{MembraneStatistic, Output, Target};
use crate::regularizer::Activity;
use crate::sample::SampleResult;

/// What all samples of a batch share.
#[derive(Clone, Copy)]
pub(super) struct SamplePass<'a> {
    pub(super) level: Level,
    pub(super) network: &'a Network,
    pub(super) job: &'a Job<'a>,
    /// How each of its passes takes each layer.
    pub(super) plans: &'a [Vec<LayerPlan>],
    /// Samples of the batch.
    pub(super) batch: usize,
    pub(super) end: End,
}

/// A sample, with memory for its way.
pub(super) struct SampleRun<'a> {
    pub(super) sample: u32,
    /// Where its targets are.
    pub(super) place: usize,
    /// Input events of the sample.
    pub(super) input: SampleEvents<'a>,
    pub(super) work: &'a mut Workspace,
    pub(super) result: &'a mut SampleResult,
}

impl SamplePass<'_> {
    /// Runs samples: each forward, then all back together.
    pub(super) fn run(&self, samples: &mut [SampleRun<'_>]) {
        let Self { level, network, job, plans, .. } = *self;
        let steps: Vec<usize> = samples.iter_mut().map(|sample| self.run_forward(sample)).collect();
        if !job.want.gradients {
            return;
        }
        let is_observed = job.want.trace;
        let backward =
            samples.iter_mut().zip(steps).map(|(SampleRun { input, work, result, .. }, steps)| SampleBackward {
                back: Backpropagation { level, network, passes: job.passes, plans, input: *input, steps, is_observed },
                work,
                result,
            });
        let mut backward: Vec<_> = backward.collect();
        backpropagate(&mut backward);
        for SampleBackward { back, work, result } in backward.iter_mut().filter(|_| is_observed) {
            result.trace = Some(back.trace(work));
        }
    }

    /// The number of simulated steps.
    fn run_forward(&self, sample: &mut SampleRun<'_>) -> usize {
        let Self { level, network, job, .. } = *self;
        let SampleRun { sample, place, input, work, result } = sample;
        let simulation = Simulation { level, network, input: *input, keep: self.keep(work) };
        let steps = simulation.run(self.end, &mut work.forward);
        self.measure(*place, *input, steps, work, result);
        let target = match self.job.outside {
            Some((outside, first)) => Target::Outside(outside, (*sample - first) as usize),
            None => Target::Data(self.job.data.targets(), *place),
        };
        self.evaluate_loss(target, steps, work, result);
        for (number, (layer, gradient)) in network.layers.iter().zip(&mut result.layers).enumerate() {
            let units = &work.forward.layers[network.layer_of(number)].units;
            layer.connection.mark_silent(&layer.layout, &mut units.fired(network.steps), gradient);
        }
        if job.want.spikes {
            list_spikes(steps, &work.forward.layers[..network.neurons()], result);
            result.scores.clone_from(&work.summary.scores);
            result.membranes.clone_from(&work.summary.membranes);
        }
        result.trace = None;
        if job.want.gradients {
            let end = if job.want.trace { steps } else { work.gradient.end };
            simulation.extend(end, &mut work.forward);
        }
        steps
    }

    /// Measures a sample all of whose steps were run.
    pub(super) fn judge(&self, place: usize, input: SampleEvents<'_>, work: &mut Workspace, result: &mut SampleResult) {
        self.measure(place, input, self.network.steps, work, result);
        let target = Target::Data(self.job.data.targets(), place);
        self.evaluate_loss(target, self.network.steps, work, result);
    }

    /// Makes room for what is to be kept of every step.
    fn keep(&self, work: &mut Workspace) -> Keep {
        if !self.job.want.gradients {
            return Keep::Spikes;
        }
        work.forward.keep_trace(self.network.steps);
        for (index, layer) in work.forward.layers.iter_mut().enumerate() {
            let reads_spikes_only = self.plans.iter().all(|plan| plan[index].reads_spikes_only);
            layer.units.traces_spikes_only = reads_spikes_only && !self.job.want.trace;
        }
        if !self.job.want.trace {
            return Keep::Trace;
        }
        work.forward.observe(self.network);
        Keep::States
    }

    /// Decisions, spikes and costs.
    fn measure(
        &self,
        index: usize,
        input: SampleEvents<'_>,
        steps: usize,
        work: &mut Workspace,
        result: &mut SampleResult,
    ) {
        let network = self.network;
        let last = network.neurons() - 1;
        let output = &work.forward.layers[last].spikes;
        work.summary.read(&output.before(steps), network.outputs());
        if !network.shapes[last].fires {
            self.read_membranes(last, steps, work);
        }
        let label = match self.job.data.targets() {
            Targets::Labels(labels) => Some(labels[index]),
            _ => None,
        };
        let inputs = LayerSpikes::of_input(input, &work.forward.input_offsets, steps);
        let outcome = &mut result.outcome;
        outcome.start(&work.summary, label);
        if let Targets::Series { values, .. } = self.job.data.targets() {
            let length = work.summary.membranes.len();
            let target = values.get(index * length..(index + 1) * length).unwrap_or_default();
            outcome.regression.start(&work.summary.membranes, target, network.outputs());
        }
        for (number, layer) in network.layers.iter().enumerate() {
            let here = &work.forward.layers[number];
            if number <= last {
                outcome.add_layer(&here.spikes.before(steps), layer.shape.units, &mut work.counts);
            }
            let source = match &network.graph {
                Some(graph) => work.forward.sent_to(graph, number, input, steps),
                None => number.checked_sub(1).map_or(inputs, |before| work.forward.layers[before].spikes.before(steps)),
            };
            let inputs = layer.inputs(here, source);
            outcome.operations[network.layer_of(number)] += layer.connection.operations(&layer.shape, &inputs);
        }
    }

    /// Reads the membranes of the readout, and what it decides by.
    fn read_membranes(&self, layer: usize, steps: usize, work: &mut Workspace) {
        let view = self.network.view(layer);
        let (units, outputs) = (&work.forward.layers[layer].units, view.shape.units);
        let OutputSummary { membranes, scores, .. } = &mut work.summary;
        membranes.resize(steps * outputs, 0.0);
        for (step, membranes) in membranes.chunks_exact_mut(outputs).enumerate() {
            view.read_membranes(units, step, membranes);
        }
        scores.extend(self.job.membrane.iter().flat_map(|loss| MembraneStatistic::of(loss, membranes, outputs)));
    }

    fn evaluate_loss(&self, target: Target<'_>, steps: usize, work: &mut Workspace, result: &mut SampleResult) {
        let Some(loss) = self.job.loss else { return };
        let Workspace { forward, summary, gradient, .. } = work;
        let outcome = &mut result.outcome;
        let spikes_of = |layer: usize| forward.layers[layer].spikes.before(steps);
        let output = Output {
            spikes: spikes_of(self.network.neurons() - 1),
            summary,
            steps: self.network.steps,
            batch: self.batch,
            activity: Activity {
                totals: &outcome.spikes,
                shapes: self.network.shapes_with_neurons(),
                spikes_of: &spikes_of,
            },
        };
        loss.evaluate(&output, target, gradient);
        for (layer, term) in gradient.activity.iter_mut().enumerate() {
            term.sort(&self.network.view(layer));
        }
        outcome.loss = gradient.parts;
        outcome.is_finite &= outcome.loss.total().is_finite();
    }
}

fn list_spikes(steps: usize, layers: &[LayerState], result: &mut SampleResult) {
    result.spikes.clear();
    result.lacks_spikes = false;
    result.spikes.extend(layers.iter().map(|layer| {
        let found = layer.spikes.before(steps);
        let mut spikes = Vec::new();
        if spikes.try_reserve_exact(found.units.len()).is_err() {
            result.lacks_spikes = true;
            return spikes;
        }
        spikes.extend(found.iter().map(|(t, u)| (t as u16, u as u32)));
        // A convolution lists the units of a step place by place.
        sort_spikes(&mut spikes);
        spikes
    }));
}
