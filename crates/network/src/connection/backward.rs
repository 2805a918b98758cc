//! One backward pass at one layer: from the gradients of its spikes to its adjoints and its weight gradient.

mod graph;
mod layer_pass;
mod run;

use spikelet_kernels::{BackwardOutput, BackwardTile, Level, ObservedBackward, SpikeError, backward_tile, read_ahead};

use super::view::LayerView;
use crate::aligned::Aligned;
use crate::events::set_steps;
use crate::plan::{ErrorRoute, LayerPlan, TimeRoute};
use crate::state::{Adjoints, KeptAdjoints, LaneSums, ObservedAdjoints, UnitState};

pub use graph::GraphBackward;
pub use layer_pass::{ActivityGradient, LayerPass};
pub use run::BackwardRun;

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
pub trait OutputErrors {
    /// Replaces `error` by `factor · S̄` of a site, `[step][lane]`; by nothing where that is zero at every step.
    fn spike_error(&self, number: usize, factor: f32, error: &mut Aligned);

    /// T̄ of the site's spikes before the end, in order of `(step, lane)`.
    fn spike_times(&self, number: usize, timing: &mut Vec<f32>);

    /// What leads to `factor · S̄` of a site by recurrence, where that is cheaper.
    fn projected(&self, number: usize) -> Option<SpikeError<'_>>;
}

/// Weight of a pass whose gradient is added to others.
#[derive(Clone, Copy, Debug)]
pub struct Mixing {
    /// Factor of the pass's gradient in the final one.
    pub weight: f32,
    /// Whether there is a gradient already.
    pub adds: bool,
}

impl Mixing {
    /// Writes or adds `weight · from`.
    pub fn mix(self, to: &mut [f32], from: &[f32]) {
        for (to, from) in to.iter_mut().zip(from) {
            *to = if self.adds { *to + self.weight * from } else { self.weight * from };
        }
    }
}

/// Working memory of backward passes.
#[derive(Debug, Default)]
pub struct BackwardScratch {
    /// `factor · S̄` of a site, `[step][lane]`.
    pub(crate) error: Aligned,
    /// T̄ of a site's spikes.
    pub(crate) timing: Vec<f32>,
    /// T̄ over the slope at each spike.
    pub(crate) timing_terms: Vec<f32>,
    /// q rows of a pass that is mixed with others.
    pub(crate) extra: Aligned,
    /// r rows of a pass that is mixed with others.
    pub(crate) extra_r: Aligned,
    /// p, q and G of a site at every step, `[step][lane]`; empty unless something reads them.
    pub(crate) site: Adjoints,
    /// r of a site at the steps at which an input fired, `[row][lane]`; empty unless the previous layer reads T̄.
    pub(crate) arrivals: Aligned,
}

/// What a pass at a layer reads.
#[derive(Clone, Copy)]
pub struct PassContext<'a> {
    /// SIMD level.
    pub level: Level,
    /// The layer.
    pub view: LayerView<'a>,
    /// How the pass takes the layer.
    pub plan: &'a LayerPlan,
    /// How the gradient is formed.
    pub pass: LayerPass<'a>,
    /// Step from which on there is no gradient.
    pub end: usize,
    /// Errors of the layer's output.
    pub errors: &'a dyn OutputErrors,
    /// States and spikes of the units.
    pub units: &'a UnitState,
    /// `None` where the pass is the gradient.
    pub mixing: Option<Mixing>,
    /// Whether values are observed.
    pub is_observed: bool,
}

/// Where the kernel writes what belongs to one site.
pub(super) struct SiteOutput<'a> {
    pub(super) rows: &'a [u32],
    /// `[row][lane]`.
    pub(super) q_rows: &'a mut [f32],
    /// `[lane]`.
    pub(super) bias: &'a mut [f32],
    /// r at the rows; empty unless it is read.
    pub(super) r_rows: &'a mut [f32],
    pub(super) carried: [&'a mut [f32]; 3],
    pub(super) timing_terms: &'a mut Vec<f32>,
}

/// Adjoints of a site, as the previous layer needs them.
pub(super) struct SiteAdjoints<'a> {
    /// End of each row of r, and the input units of all rows.
    pub(super) inputs: (&'a [u32], &'a [u32]),
    /// r at those rows, `[row][lane]`.
    pub(super) r_rows: &'a [f32],
    /// Adjoints of every step, `[step · stride + offset + lane]`.
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

/// Numbers that are read ahead: they fit into a level-1 cache.
const AHEAD: usize = 1 << 13;
/// Fewest sites of which these are the membranes.
const SITES_AHEAD: usize = 4;

impl PassContext<'_> {
    /// Reads V of a site and of those after it ahead where that of several is little: a site reads its own backwards, and would wait for it.
    pub(super) fn read_ahead(&self, number: usize) {
        let Self { view, units, .. } = *self;
        let site = &view.layout.sites[number];
        let of_site = site.lanes * view.steps;
        let together = AHEAD / of_site.max(1);
        if together >= SITES_AHEAD && number.is_multiple_of(together) {
            let rest = &units.trace[site.lane * view.steps..];
            read_ahead(&rest[..AHEAD.min(rest.len())]);
        }
    }

    /// Whether the pass has terms at every step.
    fn has_terms(&self) -> bool {
        self.plan.has_terms || self.pass.has_activity()
    }

    /// Whether errors for the previous layer are rows from units with a direct gradient, in this sample too.
    pub(super) fn lists_rows(&self) -> bool {
        self.plan.errors == ErrorRoute::Rows && !self.has_terms()
    }

    /// Adjoints of every step that the pass keeps in the layer's arrays.
    fn kept(&self) -> KeptAdjoints {
        let goes_by_product = self.plan.errors == ErrorRoute::Rows && !self.lists_rows();
        KeptAdjoints { q: self.plan.kept.q || goes_by_product, ..self.plan.kept }
    }

    /// Where the adjoints of every step go, in a layer whose sites are read one by one.
    pub(super) fn every_step(&self) -> Kept {
        match self.lists_rows() {
            _ if self.is_observed || self.kept() != KeptAdjoints::default() => Kept::OfLayer,
            true => Kept::OfSite,
            false => Kept::Nothing,
        }
    }

    /// Step from which on nothing enters the adjoints of a site, of which E is 0: the one after its last spike, or the first.
    fn last_source(&self, number: usize) -> usize {
        let Self { view, units, end, .. } = *self;
        if self.is_observed || self.has_terms() {
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

    /// What E of a site is carried along with, in a pass that has no more to do than to add an activity term.
    fn projected(&self, number: usize) -> Option<SpikeError<'_>> {
        let has_no_more = !self.is_observed && !self.plan.has_terms;
        (has_no_more && self.pass.factor != 0.0).then(|| self.errors.projected(number)).flatten()
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

    /// Runs all steps of a site, and writes the adjoints of every step to arrays of its own, `[step][lane]`; r if it is read.
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
        r.resize(if self.plan.times == TimeRoute::None { 0 } else { self.end * lanes });
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
        let tile = self.tile(number, (from, to), error, timing);
        let observed = self.is_observed.then(|| {
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
        let own_states = view.neuron.own_states();
        let of_own = of_steps.start * own_states..of_steps.end * own_states;
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
            own_trace: &units.own_trace[of_own],
            current: if units.keeps_current { &units.observed.current[of_steps] } else { &[] },
            terms: pass.terms(&view, site),
        }
    }
}
