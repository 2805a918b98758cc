//! Errors that come back through the recurrent weights, of samples that share a load of these.

use spikelet_kernels::{Projection, project};

use super::descent::SiteErrors;
use crate::aligned::Aligned;
use crate::connection::backward::PassContext;

/// A sample that has a gradient after the step at hand: q of the step after, and the errors of its sites.
pub(super) type Later<'a> = (&'a [f32], &'a mut [SiteErrors]);

/// Scratch of the products.
#[derive(Debug, Default)]
pub(super) struct Products {
    /// q of the step after, `[sample][lane]`.
    rows: Aligned,
    /// Of a site, `[sample][lane]`.
    sums: Aligned,
}

impl Products {
    /// Adds `factor γ Σ_j U_ji q_j[t+1]` to the errors of step `t`; `weights` are U towards each tile, `[unit][lane]`, and the samples have
    /// a network and a pass in common.
    #[inline(never)]
    pub(super) fn add(
        &mut self,
        weights: &[Aligned],
        context: &PassContext<'_>,
        t: usize,
        samples: &mut dyn Iterator<Item = Later<'_>>,
    ) {
        let PassContext { level, view, pass, .. } = *context;
        let stride = view.layout.stride;
        self.rows.clear();
        let mut errors: Vec<_> = samples
            .map(|(q, errors)| {
                self.rows.extend_from_slice(q);
                errors
            })
            .collect();
        for (number, site) in view.layout.sites.iter().enumerate() {
            self.sums.resize(errors.len() * site.lanes);
            let projection = Projection {
                weights: &weights[site.tile],
                lanes: site.lanes,
                rows: &self.rows,
                stride,
                units: view.shape.units,
                segments: 1,
                gap: 0,
                adds: false,
                scale: view.neuron.drive_gain() * pass.factor,
                steps: errors.len(),
            };
            project(level, &projection, &mut self.sums);
            for (errors, sums) in errors.iter_mut().zip(self.sums.chunks_exact(site.lanes)) {
                let error = &mut errors[number].error[t * site.lanes..];
                error.iter_mut().zip(sums).for_each(|(error, sum)| *error += sum);
            }
        }
    }
}
