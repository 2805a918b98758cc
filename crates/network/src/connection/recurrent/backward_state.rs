//! A recurrent layer in its backward pass.

use crate::aligned::Aligned;
use crate::connection::backward::PassContext;
use crate::connection::layout::Site;

/// What comes from the next layer, and the adjoints of the step last taken.
#[derive(Debug, Default)]
pub(super) struct BackwardState {
    pub(super) sites: Vec<SiteErrors>,
    /// p and q, `[lane]` of all tiles, and the neuron's own adjoints, tile by tile `[adjoint][lane]`, or r, `[lane]`.
    pub(super) carried: [Aligned; 3],
    /// Σ p, `[lane]` of all tiles.
    pub(super) bias: Aligned,
}

/// Errors of a site from the next layer.
#[derive(Debug, Default)]
pub(super) struct SiteErrors {
    /// `factor · S̄`, `[step][lane]`.
    pub(super) error: Aligned,
    /// T̄ of the spikes, in order of `(step, lane)`; those of steps that were taken are gone.
    pub(super) timing: Vec<f32>,
}

impl BackwardState {
    /// Takes the errors from the next layer, and starts the sums.
    pub(super) fn start(&mut self, context: &PassContext<'_>) {
        let layout = &context.view.layout;
        self.sites.resize_with(layout.sites.len(), SiteErrors::default);
        for (number, (site, work)) in layout.sites.iter().zip(&mut self.sites).enumerate() {
            context.take_errors(number, &mut work.error, &mut work.timing);
            if context.pass.factor != 0.0 {
                work.error.resize(context.end * site.lanes);
            }
        }
        let own_adjoints = context.view.neuron.own_adjoints();
        let [p, q, own] = &mut self.carried;
        for (array, count) in [(p, 1), (q, 1), (own, own_adjoints.max(1)), (&mut self.bias, 1)] {
            array.clear();
            array.resize(layout.lanes * count);
        }
    }

    /// Adds to the errors of a step, `[lane]` of all tiles.
    pub(super) fn add(&mut self, sites: &[Site], t: usize, errors: &[f32]) {
        for (site, work) in sites.iter().zip(&mut self.sites) {
            let row = &mut work.error[t * site.lanes..(t + 1) * site.lanes];
            row.iter_mut().zip(&errors[site.lane..]).for_each(|(error, part)| *error += part);
        }
    }
}
