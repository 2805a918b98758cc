//! One backward pass at one layer: from the gradients of its spikes to its adjoints and its weight gradient.

use spikelet_kernels::{
    BackwardOutput, BackwardTerms, BackwardTile, Level, NO_ROW, ObservedBackward, ResetPath, SpikeError, Surrogate,
    backward_tile,
};

use super::layout::Site;
use super::view::LayerView;
use crate::aligned::Aligned;
use crate::events::set_steps;
use crate::gradient::{GradientRows, LayerGradient};
use crate::state::{Adjoints, LaneSums, ObservedAdjoints, UnitState};

/// How a layer's gradient is formed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LayerPass {
    /// λ_act · scale; 0: there is no activation part.
    pub(crate) factor: f32,
    /// λ_tim; 0: there is no timing part.
    pub(crate) timing_weight: f32,
    /// Whether resets stop the gradient.
    pub(crate) is_gated: bool,
    /// σ̂.
    pub(crate) surrogate: Surrogate,
    pub(crate) activation_path: ResetPath,
    pub(crate) timing_path: ResetPath,
    /// Whether the effect of spikes on later thresholds carries gradient.
    pub(crate) adaptation_path: bool,
    /// Lower bound of V', by which the timing part divides.
    pub(crate) slope_floor: f32,
    /// dL/dS at every step, besides what comes from the next layer.
    pub(crate) activity_gradient: f32,
}

impl LayerPass {
    /// Terms beyond the plain pass; `None` if all are off.
    fn terms<'a>(&self, view: &LayerView<'a>, site: &Site) -> Option<BackwardTerms<'a>> {
        (!self.is_plain(view)).then(|| BackwardTerms {
            activation_path: self.activation_path,
            timing_path: self.timing_path,
            factor: self.factor,
            steady: self.factor * self.activity_gradient,
            adaptation_path: self.adaptation_path,
            refractory: view.neuron.refractory,
            units: view.layout.lanes_in_use(site),
            bias: view.bias(site),
        })
    }

    /// Whether the membrane is read at spikes and the steps before them only.
    pub(crate) fn reads_spikes_only(&self, view: &LayerView<'_>) -> bool {
        self.factor == 0.0 && self.is_plain(view)
    }

    /// Whether units far from the threshold, as those at rest are, have no direct gradient.
    fn is_sparse(&self, threshold: f32) -> bool {
        self.factor == 0.0
            || match self.surrogate {
                Surrogate::Triangle { fall } => fall * threshold > 1.0,
                Surrogate::Rectangle { half_width } => half_width < threshold,
                _ => false,
            }
    }

    /// Whether all further terms are off.
    fn is_plain(&self, view: &LayerView<'_>) -> bool {
        self.activation_path == ResetPath::Ignore
            && self.timing_path == ResetPath::Ignore
            && self.factor * self.activity_gradient == 0.0
            && view.neuron.is_plain()
    }
}

/// What the layer before reads of a layer's adjoints.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Read {
    /// `λ_act · scale` there; 0: S̄ is not read.
    pub(crate) factor: f32,
    /// Whether T̄ is.
    pub(crate) times: bool,
    /// Whether S̄ may come from listed injections.
    pub(crate) injections: bool,
}

/// Where the adjoints of every step go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// To the layer's arrays, which are empty where nothing reads them.
    OfLayer,
    /// To arrays of the site at hand.
    OfSite,
    Nothing,
}

/// Errors of a layer's output: from the next layer, or from the loss.
pub(crate) trait OutputErrors {
    /// Replaces `error` by `factor · S̄` of a site, `[step][lane]`; by nothing where that is zero at every step.
    fn spike_error(&self, number: usize, factor: f32, error: &mut Aligned);

    /// T̄ of the site's spikes before the end, in order of `(step, lane)`.
    fn spike_times(&self, number: usize, timing: &mut Vec<f32>);

    /// What leads to `factor · S̄` of a site by recurrence, where that is cheaper.
    fn projected(&self, number: usize) -> Option<SpikeError<'_>>;
}

/// Weight of a pass whose gradient is added to others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mixing {
    pub(crate) weight: f32,
    /// Whether there is a gradient already.
    pub(crate) adds: bool,
}

impl Mixing {
    pub(crate) fn mix(self, to: &mut [f32], from: &[f32]) {
        for (to, from) in to.iter_mut().zip(from) {
            *to = if self.adds { *to + self.weight * from } else { self.weight * from };
        }
    }
}

/// Working memory of backward passes.
#[derive(Debug, Default)]
pub(crate) struct BackwardScratch {
    /// `factor · S̄` of a site, `[step][lane]`.
    pub(crate) error: Aligned,
    /// T̄ of a site's spikes.
    pub(crate) timing: Vec<f32>,
    /// What the kernel makes of them.
    pub(crate) timing_terms: Vec<f32>,
    /// q rows of a pass that is mixed with others.
    pub(crate) extra: Aligned,
    /// Its r rows.
    pub(crate) extra_r: Aligned,
    /// p, q and G of a site at every step, `[step][lane]`; empty unless wanted.
    pub(crate) site: Adjoints,
    /// r of a site at the steps at which an input fired, `[row][lane]`; likewise.
    pub(crate) arrivals: Aligned,
}

/// What a pass at a layer reads.
#[derive(Clone, Copy)]
pub(crate) struct PassContext<'a> {
    pub(crate) level: Level,
    pub(crate) view: LayerView<'a>,
    pub(crate) pass: LayerPass,
    /// Step from which on there is no gradient.
    pub(crate) end: usize,
    pub(crate) errors: &'a dyn OutputErrors,
    pub(crate) read: Read,
    pub(crate) units: &'a UnitState,
    /// `None` where the pass is the gradient.
    pub(crate) mixing: Option<Mixing>,
    /// Whether values are observed.
    pub(crate) is_observed: bool,
    /// Whether the previous layer reads q and r of every step.
    pub(crate) is_read: bool,
}

/// One backward pass at one layer.
pub(crate) struct BackwardRun<'a> {
    pub(crate) context: PassContext<'a>,
    pub(crate) adjoints: &'a mut Adjoints,
    pub(crate) scratch: &'a mut BackwardScratch,
    pub(crate) gradient: &'a mut LayerGradient,
}

/// Where the kernel leaves what belongs to one site.
pub(super) struct SiteOutput<'a> {
    pub(super) rows: &'a [u32],
    /// `[row][lane]`.
    pub(super) q_rows: &'a mut [f32],
    /// `[lane]`.
    pub(super) bias: &'a mut [f32],
    /// Likewise; empty: not wanted.
    pub(super) r_rows: &'a mut [f32],
    pub(super) carried: [&'a mut [f32]; 3],
    pub(super) timing_terms: &'a mut Vec<f32>,
}

/// What a site leaves for the layer before.
pub(super) struct SiteAdjoints<'a> {
    /// Input unit and row of each input spike.
    pub(super) inputs: &'a [(u32, u32)],
    /// r at those rows, `[row][lane]`.
    pub(super) r_rows: &'a [f32],
    /// Those of every step, `[step · stride + offset + lane]`.
    pub(super) adjoints: &'a Adjoints,
    pub(super) stride: usize,
    pub(super) offset: usize,
}

/// Arrays for adjoints of every step.
struct EveryStep<'a> {
    /// q, r, p and G.
    arrays: [&'a mut [f32]; 4],
    stride: usize,
    offset: usize,
}

impl PassContext<'_> {
    /// Whether errors for the layer before are listed as injections. That follows from the configuration alone, since a product over all
    /// steps rounds in another way.
    pub(super) fn lists_injections(&self) -> bool {
        let Read { factor, injections, .. } = self.read;
        let is_plain = self.pass.is_plain(&self.view);
        injections && factor != 0.0 && is_plain && self.pass.is_sparse(self.view.neuron.constants.threshold)
    }

    /// Step from which on nothing enters the adjoints of a site, of which E is 0: the one after its last spike, or the first.
    fn last_source(&self, number: usize) -> usize {
        let Self { view, units, end, .. } = *self;
        if self.is_observed || !self.pass.is_plain(&view) {
            return end;
        }
        let words = view.steps.div_ceil(64);
        let busy = &units.busy[number * words..(number + 1) * words];
        set_steps(busy).take_while(|&t| t < end).last().map_or(0, |t| t + 1)
    }

    /// Fills `factor · S̄`, unless it is carried along, and T̄ of a site.
    pub(super) fn take_errors(&self, number: usize, error: &mut Aligned, timing: &mut Vec<f32>) {
        if self.pass.factor != 0.0 && self.projected(number).is_none() {
            self.errors.spike_error(number, self.pass.factor, error);
        } else {
            error.clear();
        }
        timing.clear();
        if self.pass.timing_weight != 0.0 {
            self.errors.spike_times(number, timing);
        }
    }

    /// E of a site, of which `error` holds what was given.
    pub(super) fn spike_error<'b>(&'b self, number: usize, error: &'b [f32]) -> Option<SpikeError<'b>> {
        let given = (!error.is_empty()).then_some(SpikeError::Given(error));
        self.projected(number).or(given)
    }

    /// What E of a site is carried along with, in a pass that has no more to do.
    fn projected(&self, number: usize) -> Option<SpikeError<'_>> {
        let is_plain = !self.is_observed && self.pass.is_plain(&self.view);
        (is_plain && self.pass.factor != 0.0).then(|| self.errors.projected(number)).flatten()
    }

    /// Runs a site from step `to` down to step `from`.
    pub(super) fn run_site(
        &self,
        number: usize,
        (from, to): (usize, usize),
        error: Option<SpikeError<'_>>,
        timing: &[f32],
        adjoints: &mut Adjoints,
        output: SiteOutput<'_>,
    ) {
        let layout = self.view.layout;
        let Adjoints { q, r, p, direct, constants, observed } = adjoints;
        let every_step =
            EveryStep { arrays: [q, r, p, direct], stride: layout.stride, offset: layout.sites[number].adjoint };
        self.run_site_into(number, (from, to), error, timing, every_step, (constants, observed), output);
    }

    /// Runs all steps of a site, and leaves the adjoints of every step in arrays of its own, `[step][lane]`; r if it is read.
    pub(super) fn run_site_apart(
        &self,
        number: usize,
        error: Option<SpikeError<'_>>,
        timing: &[f32],
        (of_site, of_layer): (&mut Adjoints, &mut Adjoints),
        output: SiteOutput<'_>,
    ) {
        let lanes = self.view.layout.sites[number].lanes;
        let Adjoints { q, r, p, direct, .. } = of_site;
        for array in [&mut *q, &mut *p, &mut *direct] {
            array.resize(self.end * lanes);
        }
        r.resize(if self.read.times { self.end * lanes } else { 0 });
        let every_step = EveryStep { arrays: [q, r, p, direct], stride: lanes, offset: 0 };
        let sums = (&mut of_layer.constants, &mut of_layer.observed);
        self.run_site_into(number, (0, self.end), error, timing, every_step, sums, output);
    }

    #[expect(clippy::too_many_arguments, reason = "a site has many inputs and outputs")]
    fn run_site_into(
        &self,
        number: usize,
        (from, to): (usize, usize),
        error: Option<SpikeError<'_>>,
        timing: &[f32],
        every_step: EveryStep<'_>,
        (constants, observed): (&mut LaneSums, &mut ObservedAdjoints),
        output: SiteOutput<'_>,
    ) {
        let Self { level, view, .. } = *self;
        let site = &view.layout.sites[number];
        let EveryStep { arrays: [q, r, p, direct], stride, offset } = every_step;
        let mut tile = self.tile(number, (from, to), error, timing);
        let observed = self.is_observed.then(|| {
            tile.terms.get_or_insert_with(|| BackwardTerms::none(view.bias(site)));
            let ObservedAdjoints { activation, timing, reset_error, reset_slope } = observed;
            ObservedBackward { activation, timing, reset_error, reset_slope }
        });
        let SiteOutput { rows, q_rows, r_rows, bias, carried, timing_terms } = output;
        backward_tile(
            level,
            &tile,
            &mut BackwardOutput {
                rows,
                q_rows,
                r_rows,
                q,
                r,
                p,
                direct,
                stride,
                offset,
                bias,
                carried,
                constants: constants.of(site.lane..site.lane + site.lanes),
                timing_terms,
                observed,
            },
        );
    }

    /// A site from step `to` down to step `from`, as the kernels take it.
    pub(super) fn tile<'b>(
        &'b self,
        number: usize,
        (from, to): (usize, usize),
        error: Option<SpikeError<'b>>,
        timing: &'b [f32],
    ) -> BackwardTile<'b> {
        let Self { view, pass, end, units, .. } = *self;
        let steps = view.steps;
        let site = &view.layout.sites[number];
        let of_steps = site.lane * steps..(site.lane + site.lanes) * steps;
        BackwardTile {
            lanes: site.lanes,
            end,
            from,
            to,
            trace: &units.trace[of_steps.clone()],
            spikes: &units.spikes[number * steps..(number + 1) * steps],
            error,
            timing,
            timing_weight: pass.timing_weight,
            is_gated: pass.is_gated,
            surrogate: pass.surrogate,
            slope_floor: pass.slope_floor,
            constants: view.neuron.constants,
            by_lane: view.by_lane(site),
            adaptation: view.by_lane(site).map_or(&[], |_| &units.adaptation_trace[of_steps.clone()]),
            current: if units.keeps_current { &units.observed.current[of_steps] } else { &[] },
            terms: pass.terms(&view, site),
        }
    }
}

impl BackwardRun<'_> {
    /// Runs all sites of a layer without weights that places share, and leaves its q rows, r rows if it has any, and Σ p.
    #[inline(never)]
    pub(super) fn run_all_rows(&mut self) {
        for number in 0..self.context.view.layout.sites.len() {
            self.run_rows(number, Kept::OfLayer, false);
        }
    }

    /// The same; shows each site's adjoints to `look` before the next site runs, r at rows if `times` are read.
    #[inline(never)]
    pub(super) fn run_and_show(
        &mut self,
        kept: Kept,
        times: bool,
        look: &mut dyn FnMut(&PassContext<'_>, usize, SiteAdjoints<'_>),
    ) {
        for number in 0..self.context.view.layout.sites.len() {
            self.run_rows(number, kept, times);
            let BackwardScratch { site: of_site, arrivals, .. } = &*self.scratch;
            let inputs = &self.gradient.weights.rows().inputs;
            let layout = self.context.view.layout;
            let site = &layout.sites[number];
            let (adjoints, stride, offset) = match kept {
                Kept::OfLayer => (&*self.adjoints, layout.stride, site.adjoint),
                Kept::OfSite | Kept::Nothing => (of_site, site.lanes, 0),
            };
            look(&self.context, number, SiteAdjoints { inputs, r_rows: arrivals, adjoints, stride, offset });
        }
    }

    fn run_rows(&mut self, number: usize, kept: Kept, times: bool) {
        let Self { context, adjoints, scratch, gradient } = self;
        let site = &context.view.layout.sites[number];
        let BackwardScratch { error, timing, timing_terms, extra, extra_r, site: of_site, arrivals } = &mut **scratch;
        context.take_errors(number, error, timing);
        let LayerGradient { weights, bias, .. } = &mut **gradient;
        let GradientRows { row_of_step, rows, q, r, .. } = weights.rows_mut();
        let lanes = site.lane..site.lane + site.lanes;
        let rows_of_site = lanes.start * *rows..lanes.end * *rows;
        let mut sums = [0.0; spikelet_kernels::TILE];
        let rows_of_site_r = if r.is_empty() { 0..0 } else { rows_of_site.clone() };
        let [q_rows, mut r_rows] = match context.mixing {
            None => [&mut q[rows_of_site.clone()], &mut r[rows_of_site_r.clone()]],
            Some(_) => {
                extra.resize(rows_of_site.len());
                extra_r.resize(rows_of_site_r.len());
                [&mut extra[..], &mut extra_r[..]]
            }
        };
        if times {
            arrivals.resize(rows_of_site.len());
            r_rows = &mut arrivals[..];
        }
        let error = context.spike_error(number, error);
        let to = if error.is_none() && kept != Kept::OfLayer { context.last_source(number) } else { context.end };
        let later = row_of_step[to..context.end].iter().find(|&&row| row != NO_ROW);
        if let Some(&row) = later {
            let start = row as usize * site.lanes;
            q_rows[start..].fill(0.0);
            r_rows.get_mut(start..).unwrap_or_default().fill(0.0);
        }
        let Adjoints { q: every_q, r: every_r, p, direct, constants, observed } = &mut **adjoints;
        let every_step = match kept {
            Kept::OfLayer => EveryStep {
                arrays: [every_q, every_r, p, direct],
                stride: context.view.layout.stride,
                offset: site.adjoint,
            },
            Kept::OfSite => {
                let Adjoints { q, p, direct, .. } = of_site;
                for array in [&mut *q, &mut *p, &mut *direct] {
                    array.resize(context.end * site.lanes);
                    array[to * site.lanes..].fill(0.0);
                }
                EveryStep { arrays: [q, &mut [], p, direct], stride: site.lanes, offset: 0 }
            }
            Kept::Nothing => EveryStep { arrays: [(); 4].map(|()| &mut [][..]), stride: 0, offset: 0 },
        };
        let output = SiteOutput {
            rows: row_of_step,
            q_rows,
            r_rows,
            bias: &mut sums[..site.lanes],
            carried: [&mut [], &mut [], &mut []],
            timing_terms,
        };
        context.run_site_into(number, (0, to), error, timing, every_step, (constants, observed), output);
        match context.mixing {
            None => bias[lanes].copy_from_slice(&sums[..site.lanes]),
            Some(mixing) => {
                mixing.mix(&mut q[rows_of_site], extra);
                mixing.mix(&mut r[rows_of_site_r], extra_r);
                mixing.mix(&mut bias[lanes], &sums[..site.lanes]);
            }
        }
    }
}
