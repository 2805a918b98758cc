//! One sample: forward, loss, backward.

use spikelet_kernels::Level;

use super::backpropagate::Backpropagation;
use super::job::Job;
use super::simulate::{End, Simulation};
use super::workspace::Workspace;
use crate::connection::Keep;
use crate::data::Targets;
use crate::events::LayerSpikes;
use crate::loss::{Output, statistic};
use crate::network::Network;
use crate::readout::Readout;
use crate::sample::SampleResult;
use crate::spikes::sort_spikes;

/// What all samples of a batch share.
#[derive(Clone, Copy)]
pub(super) struct SamplePass<'a> {
    pub(super) level: Level,
    pub(super) network: &'a Network,
    pub(super) job: &'a Job<'a>,
    /// Samples of the batch.
    pub(super) batch: usize,
    pub(super) end: End,
}

impl SamplePass<'_> {
    /// Runs a sample with its input spikes; `index` finds its targets.
    pub(super) fn run(&self, index: usize, input: (&[u16], &[u32]), work: &mut Workspace, result: &mut SampleResult) {
        let Self { level, network, job, .. } = *self;
        let simulation = Simulation { level, network, input, keep: self.keep(work) };
        let steps = simulation.run(self.end, work);
        self.measure(index, input.1, steps, work, result);
        self.evaluate_loss(index, steps, work, result);
        for (layer, (state, gradient)) in network.layers.iter().zip(work.layers.iter().zip(&mut result.layers)) {
            layer.connection.mark_silent(&layer.layout, &mut state.units.fired(network.steps), gradient);
        }
        if job.want.spikes {
            list_spikes(steps, work, result);
            result.scores.clone_from(&work.readout.scores);
            result.membranes.clone_from(&work.readout.membranes);
        }
        result.trace = None;
        if job.want.gradients {
            let is_observed = job.want.trace;
            simulation.extend(if is_observed { steps } else { work.gradient.end }, work);
            let back = Backpropagation { level, network, passes: job.passes, input_units: input.1, steps, is_observed };
            back.run(work, result);
            result.trace = is_observed.then(|| back.trace(work));
        }
    }

    /// Makes room for what is to be kept of every step.
    fn keep(&self, work: &mut Workspace) -> Keep {
        if !self.job.want.gradients {
            return Keep::Spikes;
        }
        work.keep_trace(self.network.steps);
        for (index, layer) in work.layers.iter_mut().enumerate() {
            let view = self.network.view(index);
            let are_few = self.job.passes.iter().all(|pass| pass.at(index, 0.0).reads_spikes_only(&view));
            layer.units.traces_spikes_only = are_few && !self.job.want.trace;
        }
        if !self.job.want.trace {
            return Keep::Trace;
        }
        work.observe(self.network);
        Keep::States
    }

    /// Decisions, spikes and costs.
    fn measure(
        &self,
        index: usize,
        input_units: &[u32],
        steps: usize,
        work: &mut Workspace,
        result: &mut SampleResult,
    ) {
        let network = self.network;
        let output = &work.layers[work.layers.len() - 1].spikes;
        work.readout.read(&output.before(steps), network.outputs());
        let last = network.layers.len() - 1;
        if network.shapes[last].readout {
            self.read_membranes(last, steps, work);
        }
        let label = match self.job.data.targets() {
            Targets::Labels(labels) => Some(labels[index]),
            _ => None,
        };
        let inputs = LayerSpikes { offsets: &work.input_offsets, units: input_units, steps };
        let outcome = &mut result.outcome;
        outcome.start(&work.readout, label);
        if let Targets::Series { values, .. } = self.job.data.targets() {
            let length = work.readout.membranes.len();
            let target = values.get(index * length..(index + 1) * length).unwrap_or_default();
            outcome.regression.start(&work.readout.membranes, target, network.outputs());
        }
        for (number, layer) in network.layers.iter().enumerate() {
            let here = &work.layers[number];
            outcome.add_layer(&here.spikes.before(steps), layer.shape.units, &mut work.counts);
            let source = number.checked_sub(1).map_or(inputs, |previous| work.layers[previous].spikes.before(steps));
            let inputs = layer.inputs(here, source);
            outcome.synaptic_operations += layer.connection.operations(network.copies(number), &layer.shape, &inputs);
        }
    }

    /// Reads the membranes of the readout, and what it decides by.
    fn read_membranes(&self, layer: usize, steps: usize, work: &mut Workspace) {
        let view = self.network.view(layer);
        let (units, outputs) = (&work.layers[layer].units, view.shape.units);
        let Readout { membranes, scores, .. } = &mut work.readout;
        membranes.resize(steps * outputs, 0.0);
        for site in &view.layout.sites {
            let trace = units.trace[site.lane * view.steps..].chunks_exact(site.lanes);
            for (to, from) in membranes.chunks_exact_mut(outputs).zip(trace) {
                view.layout.units_of(site).for_each(|(lane, &unit)| to[unit as usize] = from[lane]);
            }
        }
        scores.extend(self.job.statistic.into_iter().flat_map(|kind| statistic(kind, membranes, outputs)));
    }

    fn evaluate_loss(&self, index: usize, steps: usize, work: &mut Workspace, result: &mut SampleResult) {
        let Some(loss) = self.job.loss else { return };
        let Workspace { layers, readout, gradient, .. } = work;
        let outcome = &mut result.outcome;
        let output = Output {
            spikes: layers[layers.len() - 1].spikes.before(steps),
            readout,
            steps: self.network.steps,
            batch: self.batch,
            totals: &outcome.spikes,
            shapes: &self.network.shapes,
        };
        loss.evaluate(&output, self.job.data.targets(), index, gradient);
        outcome.loss = gradient.parts;
        outcome.is_finite &= outcome.loss.total().is_finite();
    }
}

fn list_spikes(steps: usize, work: &Workspace, result: &mut SampleResult) {
    result.spikes.clear();
    result.spikes.extend(work.layers.iter().map(|layer| {
        let mut spikes: Vec<_> = layer.spikes.before(steps).iter().map(|(t, u)| (t as u16, u as u32)).collect();
        // A convolution lists the units of a step place by place.
        sort_spikes(&mut spikes);
        spikes
    }));
}
