//! Groups of samples, spread over the workers. What a sample computes does not depend on its worker.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use spikelet_kernels::Level;

use super::simulate::{End, extend_traces, simulate};
use super::slot::Slot;
use super::workspace::{Workspace, set_steps};
use crate::augment::{Augmented, Augmenter};
use crate::config::EarlyStop;
use crate::data::{Dataset, Targets};
use crate::executor::Executor;
use crate::loss::{Loss, Output};
use crate::network::Network;
use crate::readout::LayerSpikes;
use crate::rule::{Sweep, backward};

/// Most samples that are in flight at a time, so that memory does not grow with the batch.
pub(crate) const GROUP: usize = 32;
/// The same where no adjoints are kept.
const LIGHT_GROUP: usize = 256;

/// What to compute for each sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Want {
    pub(crate) gradients: bool,
    pub(crate) spikes: bool,
    pub(crate) trace: bool,
}

/// How far a sample is simulated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Until {
    /// As far as `loss.earlyStop` says.
    #[default]
    End,
    /// Up to the step of the first output spike, which decides; as far as the other where there is none.
    Decision,
}

/// A pass over samples of one data set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job<'a> {
    pub(crate) data: &'a Dataset,
    pub(crate) loss: Option<&'a Loss>,
    pub(crate) sweeps: &'a [Sweep],
    pub(crate) early_stop: EarlyStop,
    pub(crate) until: Until,
    pub(crate) want: Want,
    /// Changes of the samples.
    pub(crate) augmenter: Option<Augmenter<'a>>,
}

impl<'a> Job<'a> {
    /// The input of a sample as it is to be run; `to` holds one that was changed.
    fn input<'b>(&self, sample: u32, to: &'b mut Augmented) -> (&'b [u16], &'b [u32])
    where
        'a: 'b,
    {
        let data: &'a Dataset = self.data;
        let stored = data.inputs().sample(sample as usize);
        match &self.augmenter {
            None => stored,
            Some(augmenter) => {
                augmenter.apply(sample, stored, to);
                to.sample()
            }
        }
    }
}

/// Memory for running groups.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) level: Level,
    /// Workspaces that no thread is using; there are never more than there were threads at work at the same time.
    workspaces: Mutex<Vec<Workspace>>,
    slots: Vec<Slot>,
}

/// A workspace on loan to one thread.
struct Borrowed<'a> {
    work: Option<Workspace>,
    idle: &'a Mutex<Vec<Workspace>>,
}

impl<'a> Borrowed<'a> {
    fn from(idle: &'a Mutex<Vec<Workspace>>, network: &Network) -> Self {
        let found = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Self { work: Some(found.unwrap_or_else(|| Workspace::new(network))), idle }
    }

    fn work(&mut self) -> &mut Workspace {
        self.work.as_mut().expect("it is given back at the end only")
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        let work = self.work.take();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).extend(work);
    }
}

impl Engine {
    pub(crate) fn new(level: Level) -> Self {
        Self { level, workspaces: Mutex::default(), slots: Vec::new() }
    }

    /// Runs a whole batch in groups and hands each group's slots to `consume`, in order; the flag says whether it is the last.
    pub(crate) fn run_batch<E: Executor, R>(
        &mut self,
        network: &mut Network,
        job: &Job<'_>,
        batch: &[u32],
        executor: &E,
        consume: impl FnMut(&mut Network, &mut [Slot], bool) -> Result<(), R>,
    ) -> Result<(), R> {
        self.run_share(network, job, batch, 0..batch.len(), executor, consume)
    }

    /// Runs the samples of a batch at the positions of `share`.
    pub(crate) fn run_share<E: Executor, R>(
        &mut self,
        network: &mut Network,
        job: &Job<'_>,
        batch: &[u32],
        share: Range<usize>,
        executor: &E,
        mut consume: impl FnMut(&mut Network, &mut [Slot], bool) -> Result<(), R>,
    ) -> Result<(), R> {
        let size = if job.want.gradients { GROUP } else { LIGHT_GROUP };
        self.make_slots(network, share.len().min(size));
        let end = match (job.until, job.early_stop) {
            (Until::Decision, _) => End::FirstFired,
            (Until::End, EarlyStop::Off) => End::At(network.steps),
            (Until::End, EarlyStop::Sample) => End::AllFired,
            (Until::End, EarlyStop::Batch) => End::At(self.common_end(network, job, batch, executor)),
        };
        let groups = share.len().div_ceil(size);
        for (index, group) in batch[share].chunks(size).enumerate() {
            let slots = &mut self.slots[..group.len()];
            let (level, workspaces, here) = (self.level, &self.workspaces, &*network);
            let enter = || Borrowed::from(workspaces, here);
            executor.for_each_with(slots, enter, |borrowed, sample, slot| {
                let work = borrowed.work();
                let mut augmented = std::mem::take(&mut work.augmented);
                let input = job.input(group[sample], &mut augmented);
                run_sample(level, here, job, group[sample] as usize, input, batch.len(), end, work, slot);
                work.augmented = augmented;
            });
            consume(network, slots, index + 1 == groups)?;
        }
        Ok(())
    }

    /// Slots to be filled from elsewhere.
    pub(crate) fn slots(&mut self, network: &Network, count: usize) -> &mut [Slot] {
        self.make_slots(network, count);
        &mut self.slots[..count]
    }

    fn make_slots(&mut self, network: &Network, count: usize) {
        while self.slots.len() < count {
            self.slots.push(Slot::new(network));
        }
    }

    /// The last step at which some sample of the batch is still waiting for an output (the authors' early stop).
    fn common_end<E: Executor>(&self, network: &Network, job: &Job<'_>, batch: &[u32], executor: &E) -> usize {
        let mut ends = vec![0; batch.len()];
        let enter = || Borrowed::from(&self.workspaces, network);
        executor.for_each_with(&mut ends, enter, |borrowed, sample, end| {
            let work = borrowed.work();
            let mut augmented = std::mem::take(&mut work.augmented);
            let input = job.input(batch[sample], &mut augmented);
            *end = simulate(self.level, network, input, End::AllFired, work);
            work.augmented = augmented;
        });
        ends.into_iter().max().unwrap_or(network.steps)
    }
}

#[expect(clippy::too_many_arguments, reason = "the one place where all of a sample's context meets")]
fn run_sample(
    level: Level,
    network: &Network,
    job: &Job<'_>,
    index: usize,
    input: (&[u16], &[u32]),
    batch: usize,
    end: End,
    work: &mut Workspace,
    slot: &mut Slot,
) {
    if job.want.gradients {
        work.keep_trace(network.steps);
    }
    if job.want.trace {
        work.keep_adjoints(network);
    }
    let steps = simulate(level, network, input, end, work);
    let output = &work.layers[work.layers.len() - 1];
    work.readout.read(&output.spikes(steps), network.outputs());
    let label = match job.data.targets() {
        Targets::Labels(labels) => Some(labels[index]),
        _ => None,
    };
    let inputs = LayerSpikes { offsets: &work.input_offsets, units: input.1, steps };
    let outcome = &mut slot.outcome;
    outcome.start(&work.readout, label);
    for (layer, wiring) in network.wirings.iter().enumerate() {
        let here = &work.layers[layer];
        outcome.add_layer(&here.spikes(steps), wiring.shape.units, &mut work.counts);
        let below = layer.checked_sub(1).map_or(inputs, |below| work.layers[below].spikes(steps));
        outcome.synaptic_operations += wiring.operations(here.arrivals.spikes(wiring, &below).before(steps));
    }
    if let Some(loss) = job.loss {
        let output = Output {
            spikes: output.spikes(steps),
            readout: &work.readout,
            steps: network.steps,
            batch,
            totals: &outcome.spikes,
            shapes: &network.shapes,
        };
        loss.evaluate(&output, job.data.targets(), index, &mut work.gradient);
        outcome.loss = work.gradient.value;
        outcome.is_finite &= outcome.loss.total().is_finite();
    }
    mark_fired(network, work, slot);
    if job.want.spikes {
        slot.spikes.clear();
        slot.spikes.extend(work.layers.iter().map(|layer| {
            let mut spikes: Vec<_> = layer.spikes(steps).iter().map(|(t, u)| (t as u16, u as u32)).collect();
            // A convolution lists the units of a step place by place.
            spikes.sort_unstable();
            spikes
        }));
    }
    slot.trace = None;
    if job.want.gradients {
        let traced = if job.want.trace { steps } else { work.gradient.end };
        extend_traces(level, network, input.1, traced, work);
        backward(level, network, job.sweeps, input.1, steps, job.want.trace, work, slot);
    }
}

/// Which units fired at all, for the silent-unit update.
fn mark_fired(network: &Network, work: &Workspace, slot: &mut Slot) {
    let words = network.steps.div_ceil(64);
    for (wiring, (layer, here)) in network.wirings.iter().zip(work.layers.iter().zip(&mut slot.layers)) {
        let sites = layer.spikes.chunks_exact(network.steps).zip(layer.busy.chunks_exact(words));
        let fired = sites.map(|(spikes, busy)| set_steps(busy).fold(0, |all, t| all | spikes[t]));
        match &wiring.convolution {
            None => {
                here.fired.clear();
                here.fired.extend(fired);
            }
            Some(convolution) => convolution.count_silent(&wiring.sites, fired, &mut here.silent_places),
        }
    }
}
