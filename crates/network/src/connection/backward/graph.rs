//! The pass over a layer of a graph: all of its steps, or one at a time in a loop. Weight gradients follow from the adjoints that it leaves.

use spikelet_kernels::{NO_ROW, SpikeError, TILE};

use super::{PassContext, SiteOutput};
use crate::aligned::Aligned;
use crate::events::NO_UNIT;
use crate::gradient::LayerGradient;
use crate::state::{Adjoints, KeptAdjoints};

/// Where the pass over a layer is.
#[derive(Debug, Default)]
pub struct GraphBackward {
    /// p and q, `[lane]` of all sites, and the neuron's own adjoints, site by site `[adjoint][lane]`, or r, `[lane]`.
    carried: [Aligned; 3],
    /// Σ p, `[lane]` of all sites.
    bias: Aligned,
    /// No step has a row.
    no_rows: Vec<u32>,
    timing_terms: Vec<f32>,
    /// Filter of each lane, or [`NO_UNIT`]; found once.
    filters: Vec<u32>,
}

impl Adjoints {
    /// Makes room for the adjoints of every step of a layer of a graph, and starts the sums for learnt constants.
    pub fn prepare(&mut self, context: &PassContext<'_>) {
        let length = context.view.steps * context.view.layout.stride;
        self.keep(KeptAdjoints { q: true, r: true, injected: false }, length);
        context.view.start_constants(self);
    }
}

impl GraphBackward {
    /// Starts a pass.
    pub fn start(&mut self, context: &PassContext<'_>) {
        let own_adjoints = context.view.neuron.own_adjoints();
        let [p, q, own] = &mut self.carried;
        for (array, count) in [(p, 1), (q, 1), (own, own_adjoints.max(1)), (&mut self.bias, 1)] {
            array.clear();
            array.resize(context.view.layout.lanes * count);
        }
        self.no_rows.clear();
        self.no_rows.resize(context.view.steps, NO_ROW);
        if self.filters.is_empty() {
            self.filters = context.view.filters();
        }
    }

    /// Takes a site from step `to` down to step `from`; `error` is `factor · S̄`, `[step][lane]`, `timing` T̄ of the spikes of these steps.
    pub fn run(
        &mut self,
        context: &PassContext<'_>,
        number: usize,
        steps: (usize, usize),
        error: &[f32],
        timing: &[f32],
        adjoints: &mut Adjoints,
    ) {
        let Self { carried: [p, q, own], bias, no_rows, timing_terms, .. } = self;
        let site = &context.view.layout.sites[number];
        let lanes = site.lane..site.lane + site.lanes;
        let own_adjoints = context.view.neuron.own_adjoints();
        let output = SiteOutput {
            rows: no_rows,
            q_rows: &mut [],
            r_rows: &mut [],
            bias: &mut bias[lanes.clone()],
            carried: [
                &mut p[lanes.clone()],
                &mut q[lanes.clone()],
                &mut own[lanes.start * own_adjoints..lanes.end * own_adjoints],
            ],
            timing_terms,
        };
        let error = (context.pass.factor != 0.0).then_some(SpikeError::Given(error));
        context.run_site(number, steps, error, timing, adjoints, output);
    }

    /// Writes the gradient of the biases.
    pub fn write_bias(&self, context: &PassContext<'_>, gradient: &mut LayerGradient) {
        let mut sums = vec![0.0f32; gradient.bias.len().max(TILE)];
        for (&filter, value) in self.filters.iter().zip(&self.bias[..]).filter(|&(&filter, _)| filter != NO_UNIT) {
            sums[filter as usize] += value;
        }
        let sums = &sums[..gradient.bias.len()];
        match context.mixing {
            None => gradient.bias.copy_from_slice(sums),
            Some(mixing) => mixing.mix(&mut gradient.bias, sums),
        }
    }
}

impl PassContext<'_> {
    /// Spike bits of a site before the end, `[step]`.
    pub fn spikes_of(&self, number: usize) -> &[u64] {
        &self.units.spikes[number * self.view.steps..][..self.end]
    }
}
