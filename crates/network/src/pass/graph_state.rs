//! Scratch of a graph on a sample's way: what sources send together, and what pools let through.

use spikelet_data::Archive;

use crate::connection::{PoolKind, PoolWork};
use crate::events::append;
use crate::graph::PoolNode;
use crate::network::Network;
use crate::state::SpikeList;

/// Scratch of a graph on a sample's way.
#[derive(Debug, Default)]
pub struct GraphState {
    /// What the sources of each connection send, by the step at which it sets out; empty where there is one without a lag.
    pub(super) merged: Vec<SpikeList>,
    /// By pool.
    pub pools: Vec<PoolState>,
}

/// A pool on a sample's way.
#[derive(Debug)]
pub struct PoolState {
    /// What it lets through.
    pub(super) spikes: SpikeList,
    /// The unit that each window of a max pool selects, `[step][output]`.
    selected: Vec<u32>,
    pub(super) work: PoolWork,
}

impl GraphState {
    pub(super) fn new(network: &Network) -> Self {
        let Some(graph) = &network.graph else { return Self::default() };
        Self {
            merged: graph.sources.iter().map(|_| SpikeList::new(network.steps)).collect(),
            pools: graph.pools.iter().map(|pool| PoolState::new(pool, network.steps)).collect(),
        }
    }
}

impl GraphState {
    /// Writes or reads what the layers were sent.
    pub(super) fn archive(&mut self, archive: &mut Archive<'_>) {
        self.merged
            .iter_mut()
            .chain(self.pools.iter_mut().map(|pool| &mut pool.spikes))
            .for_each(|list| list.archive(archive));
    }
}

impl PoolState {
    fn new(node: &PoolNode, steps: usize) -> Self {
        let pool = &node.pool;
        let outputs = if pool.kind == PoolKind::Max { pool.slid.output.units() } else { 0 };
        Self {
            spikes: SpikeList::new(steps),
            selected: vec![0; steps * outputs],
            work: PoolWork::of(std::iter::once(pool)),
        }
    }

    /// Whether the spikes and gradients of a unit of the sources pass to an output at step `t`.
    pub fn passes(&self, unit: u32, output: u32, t: usize) -> bool {
        let outputs = self.work.first_inputs[0].len();
        outputs == 0 || self.selected[t * outputs + output as usize] == unit
    }

    /// Takes the spikes of step `t`, which `work.from` has.
    pub(super) fn take(&mut self, node: &PoolNode, t: usize) {
        let Self { spikes, selected, work } = self;
        match node.pool.kind {
            PoolKind::Average => work.average(&node.pool, 0),
            PoolKind::Max => {
                work.max(&node.pool, 0);
                let resting = &work.first_inputs[0];
                let of_step = &mut selected[t * resting.len()..(t + 1) * resting.len()];
                of_step.copy_from_slice(resting);
                work.selections().for_each(|(output, unit)| of_step[output as usize] = unit);
                work.forget(&node.pool);
            }
        }
        append((&mut spikes.units, &mut spikes.values), (&work.to, &work.values[1]));
        spikes.offsets[t + 1] = spikes.units.len() as u32;
    }
}
