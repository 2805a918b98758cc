//! Runs the sites of a layer, one after the other.

use spikelet_kernels::{NO_ROW, TILE};

use super::{BackwardScratch, EveryStep, Kept, PassContext, SiteAdjoints, SiteOutput};
use crate::gradient::{GradientRows, LayerGradient, RowInputs};
use crate::state::Adjoints;

/// One backward pass at one layer.
pub struct BackwardRun<'a> {
    /// What the pass reads.
    pub context: PassContext<'a>,
    /// Adjoints of the layer, to be written.
    pub adjoints: &'a mut Adjoints,
    /// Scratch memory.
    pub scratch: &'a mut BackwardScratch,
    /// The layer's part of the sample's gradient, to be written.
    pub gradient: &'a mut LayerGradient,
}

impl<'a> BackwardRun<'a> {
    /// A pass, with room for the adjoints that it keeps.
    pub fn new(
        context: PassContext<'a>,
        adjoints: &'a mut Adjoints,
        scratch: &'a mut BackwardScratch,
        gradient: &'a mut LayerGradient,
    ) -> Self {
        let length = context.view.steps * context.view.layout.stride;
        adjoints.keep(context.kept(), length);
        context.view.start_constants(adjoints);
        Self { context, adjoints, scratch, gradient }
    }

    /// Takes the rows of q, and of r where they are kept, from the adjoints of every step.
    #[inline(never)]
    pub(in crate::connection) fn collect_rows(&mut self) {
        let Self { context, adjoints, gradient, .. } = self;
        let layout = context.view.layout;
        let GradientRows { row_of_step, inputs, q, r, .. } = &mut gradient.rows;
        for (rows, from) in [(q, &adjoints.q), (r, &adjoints.r)].into_iter().filter(|(rows, _)| !rows.is_empty()) {
            for site in &layout.sites {
                let of_site = &mut rows[site.lane * inputs.count()..][..site.lanes * inputs.count()];
                for (t, &row) in row_of_step.iter().enumerate().filter(|&(_, &row)| row != NO_ROW) {
                    let to = &mut of_site[row as usize * site.lanes..][..site.lanes];
                    let from = &from[t * layout.stride + site.adjoint..][..site.lanes];
                    match context.mixing {
                        None => to.copy_from_slice(from),
                        Some(mixing) => mixing.mix(to, from),
                    }
                }
            }
        }
    }

    /// Runs all sites of a layer without weights that places share, and writes its q rows, its r rows if it has any, and Σ p.
    #[inline(never)]
    pub(in crate::connection) fn run_all_rows(&mut self) {
        for number in 0..self.context.view.layout.sites.len() {
            self.run_rows(number, Kept::OfLayer, false);
        }
    }

    /// Runs all sites and shows each site's adjoints to `look` before the next site runs, r at rows if `times` are read.
    #[inline(never)]
    pub(in crate::connection) fn run_and_show(
        &mut self,
        kept: Kept,
        times: bool,
        look: &mut dyn FnMut(&PassContext<'_>, usize, SiteAdjoints<'_>),
    ) {
        for number in 0..self.context.view.layout.sites.len() {
            self.run_rows(number, kept, times);
            let BackwardScratch { site: of_site, arrivals, .. } = &*self.scratch;
            let RowInputs { ends, units, .. } = &self.gradient.rows.inputs;
            let layout = self.context.view.layout;
            let site = &layout.sites[number];
            let (adjoints, stride, offset) = match kept {
                Kept::OfLayer => (&*self.adjoints, layout.stride, site.adjoint),
                Kept::OfSite | Kept::Nothing => (of_site, site.lanes, 0),
            };
            look(
                &self.context,
                number,
                SiteAdjoints { inputs: (ends, units), r_rows: arrivals, adjoints, stride, offset },
            );
        }
    }

    fn run_rows(&mut self, number: usize, kept: Kept, times: bool) {
        let Self { context, adjoints, scratch, gradient } = self;
        let site = &context.view.layout.sites[number];
        let BackwardScratch { error, timing, timing_terms, extra, extra_r, site: of_site, arrivals } = &mut **scratch;
        context.take_errors(number, error, timing);
        let error = context.spike_error(number, error);
        let to = if error.is_none() && kept != Kept::OfLayer { context.last_source(number) } else { context.end };

        let LayerGradient { rows: GradientRows { row_of_step, inputs, q, r, .. }, bias, .. } = &mut **gradient;
        let lanes = site.lane..site.lane + site.lanes;
        let of_q = lanes.start * inputs.count()..lanes.end * inputs.count();
        let of_r = if r.is_empty() { 0..0 } else { of_q.clone() };
        let (q_rows, mut r_rows) = match context.mixing {
            None => (&mut q[of_q.clone()], &mut r[of_r.clone()]),
            Some(_) => {
                extra.resize(of_q.len());
                extra_r.resize(of_r.len());
                (&mut extra[..], &mut extra_r[..])
            }
        };
        if times {
            arrivals.resize(of_q.len());
            r_rows = &mut arrivals[..];
        }
        clear_rows(&row_of_step[to..context.end], site.lanes, [q_rows, r_rows]);

        let mut sums = [0.0; TILE];
        let output = SiteOutput {
            rows: row_of_step,
            q_rows,
            r_rows,
            bias: &mut sums[..site.lanes],
            carried: [&mut [], &mut [], &mut []],
            timing_terms,
        };
        let Adjoints { q: every_q, r: every_r, p, direct, constants, observed } = &mut **adjoints;
        let every_step = match kept {
            Kept::OfLayer => EveryStep {
                arrays: [every_q, every_r, p, direct],
                stride: context.view.layout.stride,
                offset: site.adjoint,
            },
            Kept::OfSite => EveryStep::of_site(of_site, site.lanes, to, context.end),
            Kept::Nothing => EveryStep { arrays: [(); 4].map(|()| &mut [][..]), stride: 0, offset: 0 },
        };
        context.run_site_into(number, (0, to), error, timing, every_step, (constants, observed), output);

        match context.mixing {
            None => bias[lanes].copy_from_slice(&sums[..site.lanes]),
            Some(mixing) => {
                mixing.mix(&mut q[of_q], extra);
                mixing.mix(&mut r[of_r], extra_r);
                mixing.mix(&mut bias[lanes], &sums[..site.lanes]);
            }
        }
    }
}

impl<'a> EveryStep<'a> {
    /// q, p and G of one site, which are 0 from step `to`, where the pass begins, to `end`.
    fn of_site(adjoints: &'a mut Adjoints, lanes: usize, to: usize, end: usize) -> Self {
        let Adjoints { q, p, direct, .. } = adjoints;
        for array in [&mut *q, &mut *p, &mut *direct] {
            array.resize(end * lanes);
            array[to * lanes..].fill(0.0);
        }
        Self { arrays: [q, &mut [], p, direct], stride: lanes, offset: 0 }
    }
}

/// Sets the rows `[row][lane]` of the last steps, which the pass does not visit, to 0.
fn clear_rows(row_of_step: &[u32], lanes: usize, arrays: [&mut [f32]; 2]) {
    let Some(&first) = row_of_step.iter().find(|&&row| row != NO_ROW) else { return };
    for rows in arrays {
        rows.get_mut(first as usize * lanes..).unwrap_or_default().fill(0.0);
    }
}
