//! Groups of samples, spread over the workers. The result of a sample does not depend on its worker.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use spikelet_config::EndSimulation;
use spikelet_kernels::Level;
use spikelet_network::connection::Keep;
use spikelet_network::network::Network;
use spikelet_network::pass::{End, Simulation};
use spikelet_network::plan::{LayerPlan, WeightCopies, together};

use super::job::{Job, Until};
use super::sample::{SamplePass, SampleRun};
use super::workspace::Workspace;
use crate::executor::Executor;
use crate::sample::SampleResult;

/// Most samples that are in flight at a time, so that memory does not grow with the batch.
pub(crate) const GROUP: usize = 32;
/// Most samples in flight where no adjoints are kept.
const LIGHT_GROUP: usize = 256;
/// Most samples in flight for each thread where samples keep adjoints of every step, so that the sums over them are taken while they are in a cache.
const GROUP_OF_STEPS: usize = 2;

/// Memory for running groups.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) level: Level,
    /// Workspaces that no thread is using; there are never more than there were threads at work at the same time.
    workspaces: Mutex<Vec<Workspace>>,
    results: Vec<SampleResult>,
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
        Self { level, workspaces: Mutex::default(), results: Vec::new() }
    }

    /// Runs a whole batch in groups and hands each group's results to `consume`, in order; the flag says whether it is the last.
    pub(crate) fn run_batch<E: Executor, R>(
        &mut self,
        network: &mut Network,
        job: &Job<'_>,
        batch: &[u32],
        executor: &E,
        consume: impl FnMut(&mut Network, &mut [SampleResult], bool) -> Result<(), R>,
    ) -> Result<(), R> {
        self.run_local_batch(network, job, batch, 0..batch.len(), executor, consume)
    }

    /// Runs the samples of a batch at the positions `local`.
    pub(crate) fn run_local_batch<E: Executor, R>(
        &mut self,
        network: &mut Network,
        job: &Job<'_>,
        batch: &[u32],
        local: Range<usize>,
        executor: &E,
        mut consume: impl FnMut(&mut Network, &mut [SampleResult], bool) -> Result<(), R>,
    ) -> Result<(), R> {
        let plans = if job.want.gradients { plan(network, job) } else { Vec::new() };
        let is_shared = plans.iter().flatten().any(LayerPlan::shares_weights);
        let size = match job.want.gradients {
            false => LIGHT_GROUP,
            true if network.keeps_steps() => GROUP.min(GROUP_OF_STEPS * executor.threads()),
            true => GROUP,
        };
        self.make_results(network, local.len().min(size));
        let end = match (job.until, job.end_simulation) {
            (Until::Decision, _) => End::FirstFired,
            (Until::End, EndSimulation::Off) => End::At(network.steps),
            (Until::End, EndSimulation::Sample) => End::AllFired,
            (Until::End, EndSimulation::Batch) => End::At(self.common_end(network, job, batch, executor)),
        };
        let groups = local.len().div_ceil(size);
        let of_thread = local.len().min(size).div_ceil(executor.threads());
        let count = if is_shared { together(&network.shapes).min(of_thread).max(1) } else { 1 };
        for (index, group) in batch[local].chunks(size).enumerate() {
            let results = &mut self.results[..group.len()];
            let (level, workspaces, here) = (self.level, &self.workspaces, &*network);
            let pass = SamplePass { level, network: here, job, plans: &plans, batch: batch.len(), end };
            let mut together: Vec<_> = results.chunks_mut(count).collect();
            executor.for_each_with(&mut together, Vec::new, |borrowed: &mut Vec<Borrowed<'_>>, number, results| {
                borrowed.resize_with(results.len().max(borrowed.len()), || Borrowed::from(workspaces, here));
                let works = borrowed.iter_mut().map(Borrowed::work);
                let mut augmented: Vec<_> = works.map(|work| std::mem::take(&mut work.augmented)).collect();
                let samples = &group[number * count..];
                let parts = borrowed.iter_mut().zip(&mut augmented).zip(samples).zip(results.iter_mut());
                let mut runs: Vec<_> = parts
                    .map(|(((borrowed, augmented), &sample), result)| {
                        let (place, input) = (job.data.place(sample), job.input(sample, augmented));
                        SampleRun { sample, place, input, work: borrowed.work(), result }
                    })
                    .collect();
                pass.run(&mut runs);
                for (borrowed, augmented) in borrowed.iter_mut().zip(augmented) {
                    borrowed.work().augmented = augmented;
                }
            });
            consume(network, results, index + 1 == groups)?;
        }
        Ok(())
    }

    /// Results to be filled from elsewhere.
    pub(crate) fn results(&mut self, network: &Network, count: usize) -> &mut [SampleResult] {
        self.make_results(network, count);
        &mut self.results[..count]
    }

    /// Lets go of results that may be of another network.
    pub(crate) fn forget_results(&mut self) {
        self.results.clear();
    }

    fn make_results(&mut self, network: &Network, count: usize) {
        while self.results.len() < count {
            self.results.push(SampleResult::new(network));
        }
    }

    /// The last step at which some sample of the batch still waits for an output (`endSimulation: "batch"`).
    fn common_end<E: Executor>(&self, network: &Network, job: &Job<'_>, batch: &[u32], executor: &E) -> usize {
        let mut ends = vec![0; batch.len()];
        let enter = || Borrowed::from(&self.workspaces, network);
        executor.for_each_with(&mut ends, enter, |borrowed, sample, end| {
            let work = borrowed.work();
            let mut augmented = std::mem::take(&mut work.augmented);
            let input = job.input(batch[sample], &mut augmented);
            let simulation = Simulation { level: self.level, network, input, keep: Keep::Spikes };
            *end = simulation.run(End::AllFired, &mut work.forward);
            work.augmented = augmented;
        });
        ends.into_iter().max().unwrap_or(network.steps)
    }
}

/// Plans the passes of a job, and prepares the network for them.
fn plan(network: &mut Network, job: &Job<'_>) -> Vec<Vec<LayerPlan>> {
    let plans: Vec<_> = job.passes.iter().map(|pass| pass.plan(network, job.want.trace)).collect();
    for layer in 0..network.layers.len() {
        let copies = plans.iter().fold(WeightCopies::default(), |copies, plan| copies.or(plan[layer].copies));
        network.keep_copies(layer, copies);
    }
    plans
}
