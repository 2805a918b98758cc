//! The backward pass of a recurrent layer that takes every step by itself: each unit may need an error.

use spikelet_kernels::SpikeError;

use super::backward_state::BackwardState;
use super::few_units::Rows;
use super::products::Products;
use super::{Recurrent, RecurrentState};
use crate::connection::ConnectionState;
use crate::connection::backward::{BackwardRun, PassContext, SiteOutput};
use crate::connection::layout::Layout;
use crate::connection::sent::Sent;

impl Recurrent {
    /// Takes the layer from the last step with a gradient down to the first, tile by tile at each, in samples that share a load of
    /// the weights.
    #[inline(never)]
    pub(super) fn step_back(&self, has_products: bool, samples: &mut [(&mut ConnectionState, BackwardRun<'_>)]) {
        let Some(first) = samples.first().map(|(_, run)| run.context) else { return };
        let Layout { stride, lanes, .. } = *first.view.layout;
        let mut products = Products::default();
        let last = samples.iter().map(|(_, run)| run.context.end).max().unwrap_or(0);
        for t in (0..last).rev() {
            if has_products {
                let later = samples.iter().filter(|(_, run)| t + 1 < run.context.end);
                let later = later.map(|(_, run)| &run.adjoints.q[(t + 1) * stride..(t + 2) * stride]);
                products.sum(&self.panels, &first, later);
            }
            let mut sums = products.of_samples(lanes);
            for (state, run) in samples.iter_mut().filter(|(_, run)| t < run.context.end) {
                if t + 1 < run.context.end
                    && let Some(sums) = sums.next()
                {
                    state.recurrent.backward.add(&first.view.layout.sites, t, sums);
                }
                self.step_sites(has_products, &mut state.recurrent, run, t);
            }
        }
    }

    /// One step of one sample, whose products have been added.
    fn step_sites(&self, has_products: bool, state: &mut RecurrentState, run: &mut BackwardRun<'_>, t: usize) {
        let BackwardRun { context, adjoints, scratch, gradient } = run;
        let PassContext { level, view, pass, end, units, .. } = *context;
        let mut timing_terms = std::mem::take(&mut scratch.timing_terms);
        let rows = Rows::of(gradient, scratch, context.mixing);
        let factor = pass.factor;
        let own_adjoints = view.neuron.own_adjoints();
        let BackwardState { sites, carried, bias } = &mut *state.backward;
        for (number, (site, work)) in view.layout.sites.iter().zip(sites).enumerate() {
            let fired = units.spikes[number * view.steps + t];
            let count = if pass.timing_weight != 0.0 { fired.count_ones() as usize } else { 0 };
            let first = work.timing.len() - count;
            if t + 1 < end {
                let sent = Sent { level, view, adjoints, end };
                if factor != 0.0 && !has_products {
                    let error = &mut work.error[t * site.lanes..(t + 1) * site.lanes];
                    self.add_error(&sent, site, t, factor, error);
                }
                self.add_times(&sent, site, t, fired, &mut work.timing[first..]);
            }
            let lanes = site.lane..site.lane + site.lanes;
            let error = (factor != 0.0).then_some(SpikeError::Given(&work.error));
            let of_site = lanes.start * rows.count..lanes.end * rows.count;
            let [p, q, own] = &mut *carried;
            let of_own = lanes.start * own_adjoints..lanes.end * own_adjoints;
            let output = SiteOutput {
                rows: rows.of_step,
                q_rows: &mut rows.q[of_site.clone()],
                r_rows: rows.r.get_mut(of_site).unwrap_or_default(),
                bias: &mut bias[lanes.clone()],
                carried: [&mut p[lanes.clone()], &mut q[lanes.clone()], &mut own[of_own]],
                timing_terms: &mut timing_terms,
            };
            context.run_site(number, (t, t + 1), error, &work.timing[first..], adjoints, output);
            work.timing.truncate(first);
        }
        scratch.timing_terms = timing_terms;
    }
}
