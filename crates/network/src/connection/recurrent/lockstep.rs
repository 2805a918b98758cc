//! The backward pass of a recurrent layer of plain units, each of which needs an error at every step: the samples of a thread go down
//! together, so that they share each load of the weights, and all lanes of a layer take a step at once.

use spikelet_kernels::{BackwardTile, activation_parts};

use super::backward_state::BackwardState;
use super::few_units::{FewUnits, Rows, UnitSums, list_busy, sweep};
use super::panels::{Panels, own_rows};
use super::products::Products;
use super::state::RecurrentState;
use super::step_rows::StepRows;
use crate::aligned::Aligned;
use crate::connection::backward::{BackwardRun, LayerPass, PassContext};
use crate::connection::view::LayerView;
use crate::state::Adjoints;

/// A sample in the backward pass.
struct SampleBackward<'a> {
    context: &'a PassContext<'a>,
    adjoints: &'a mut Adjoints,
    backward: &'a mut BackwardState,
    rows: Rows<'a>,
    tiles: Vec<BackwardTile<'a>>,
    weights: Vec<&'a [f32]>,
    /// The part of the error that every step has, `[lane]` of all tiles.
    activity: Aligned,
    /// G of a step, `[lane]` of all tiles.
    direct: &'a mut Aligned,
    sums: &'a mut UnitSums,
    steps: &'a mut StepRows,
    /// Steps at which a unit fired, a bit for each.
    busy: &'a [u64],
}

/// Takes samples from their last step with a gradient down to the first.
#[inline(never)]
pub(super) fn run<'a, 'b: 'a>(
    panels: &Panels,
    samples: impl Iterator<Item = (&'a mut RecurrentState, &'a mut BackwardRun<'b>)>,
) {
    let mut samples: Vec<_> =
        samples.map(|(state, run)| SampleBackward::start(&mut state.backward, &mut state.few_units, run)).collect();
    let Some(context) = samples.first().map(|one| one.context) else { return };
    let mut products = Products::default();
    let nothing = nothing(&context.view);
    let last = samples.iter().map(|one| one.context.end).max().unwrap_or(0);
    for t in (0..last).rev() {
        let later = samples.iter().filter(|one| t + 1 < one.context.end);
        products.sum(panels, context, later.map(|one| &one.backward.carried[1][..]));
        let mut sums = products.of_samples(context.view.layout.lanes);
        for one in samples.iter_mut().filter(|one| t < one.context.end) {
            let own = if t + 1 < one.context.end { sums.next() } else { None };
            one.step(t, own.unwrap_or(&nothing));
        }
    }
}

/// No part of the error, `[lane]` of all tiles: −0, which changes no sum.
fn nothing(view: &LayerView<'_>) -> Aligned {
    let mut parts = Aligned::zeros(view.layout.lanes);
    parts.fill(-0.0);
    parts
}

/// The part of the error that every step has, `[lane]` of all tiles.
fn activity(pass: &LayerPass<'_>, view: &LayerView<'_>) -> Aligned {
    let mut parts = nothing(view);
    if pass.has_activity() {
        for site in &view.layout.sites {
            let lanes = site.lane..site.lane + view.tiles[site.tile].units;
            lanes.for_each(|lane| parts[lane] = pass.activity_error(lane));
        }
    }
    parts
}

impl<'a> SampleBackward<'a> {
    fn start(backward: &'a mut BackwardState, of_layer: &'a mut FewUnits, run: &'a mut BackwardRun<'_>) -> Self {
        let BackwardRun { context, adjoints, scratch, gradient } = run;
        let context: &PassContext<'_> = context;
        let (layout, span) = (context.view.layout, (0, context.end));
        let FewUnits { direct, sums, steps, events, .. } = of_layer;
        steps.clear();
        list_busy(context.units, context.view.steps, context.end, events);
        direct.resize(layout.lanes);
        Self {
            adjoints,
            backward,
            rows: Rows::of(gradient, scratch, context.mixing),
            tiles: (0..layout.sites.len()).map(|site| context.tile(site, span, None, &[])).collect(),
            weights: own_rows(&context.view),
            activity: activity(&context.pass, &context.view),
            direct,
            sums,
            steps,
            busy: events,
            context,
        }
    }

    /// Takes a step; `own` is the part of the errors that comes from the layer itself.
    fn step(&mut self, t: usize, own: &[f32]) {
        let PassContext { level, view, pass, .. } = *self.context;
        let [membrane, error] = self.steps.at(t, view.layout.lanes, &self.tiles, &self.backward.sites);
        let (threshold, errors) = (view.neuron.constants.threshold, [error, own, &self.activity]);
        activation_parts(level, pass.surrogate, threshold, membrane, errors, self.direct);
        let fires = |t: usize| self.busy[t / 64] >> (t % 64) & 1 == 1;
        if fires(t) {
            let layer = (&self.tiles[..], &self.weights[..]);
            self.sums.take_spikes(self.context, layer, self.backward, self.direct, t);
        }
        let leaves_r = pass.timing_weight != 0.0 && t > 0 && fires(t - 1);
        sweep(self.context, (t, t + 1), self.direct, leaves_r, self.adjoints, self.backward, &mut self.rows);
    }
}
