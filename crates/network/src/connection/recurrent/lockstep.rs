//! The backward pass of a recurrent layer of plain units, each of which needs an error at every step: the samples of a thread go down
//! together, so that they share each load of the weights, and all lanes of a layer take a step at once.

use spikelet_kernels::{BackwardTile, activation_parts};

use super::descent::Descent;
use super::panels::{Panels, own_rows};
use super::products::Products;
use super::sparse::{Few, Rows, Sparse, list_busy, sweep};
use super::step_rows::StepRows;
use crate::aligned::Aligned;
use crate::connection::backward::{BackwardRun, PassContext};
use crate::connection::view::LayerView;
use crate::state::Adjoints;

/// A sample in the backward pass.
struct SampleDescent<'a> {
    context: &'a PassContext<'a>,
    adjoints: &'a mut Adjoints,
    descent: &'a mut Descent,
    rows: Rows<'a>,
    tiles: Vec<BackwardTile<'a>>,
    weights: Vec<&'a [f32]>,
    /// The part of the error that is the same at all units and steps, `[lane]` of all tiles.
    steady: Aligned,
    /// G of a step, likewise.
    direct: &'a mut Aligned,
    few: &'a mut Few,
    steps: &'a mut StepRows,
    /// Steps at which a unit fired, a bit for each.
    busy: &'a [u64],
}

/// Takes samples from their last step with a gradient down to the first.
#[inline(never)]
pub(super) fn run<'a, 'b: 'a>(
    panels: &Panels,
    samples: impl Iterator<Item = (&'a mut Descent, &'a mut Sparse, &'a mut BackwardRun<'b>)>,
) {
    let mut descents: Vec<_> =
        samples.map(|(descent, scratch, run)| SampleDescent::start(descent, scratch, run)).collect();
    let Some(context) = descents.first().map(|one| one.context) else { return };
    let mut products = Products::default();
    let nothing = at_units(0.0, &context.view);
    let last = descents.iter().map(|one| one.context.end).max().unwrap_or(0);
    for t in (0..last).rev() {
        let later = descents.iter().filter(|one| t + 1 < one.context.end);
        products.sum(panels, context, later.map(|one| &one.descent.carried[1][..]));
        let mut sums = products.of_samples(context.view.layout.lanes);
        for one in descents.iter_mut().filter(|one| t < one.context.end) {
            let own = if t + 1 < one.context.end { sums.next() } else { None };
            one.step(t, own.unwrap_or(&nothing));
        }
    }
}

/// A part of the error that is the same at all units, `[lane]` of all tiles; 0 is −0, which changes no sum.
fn at_units(part: f32, view: &LayerView<'_>) -> Aligned {
    let mut parts = Aligned::zeros(view.layout.lanes);
    parts.fill(-0.0);
    if part != 0.0 {
        view.layout.sites.iter().for_each(|site| parts[site.lane..][..view.tiles[site.tile].units].fill(part));
    }
    parts
}

impl<'a> SampleDescent<'a> {
    fn start(descent: &'a mut Descent, of_layer: &'a mut Sparse, run: &'a mut BackwardRun<'_>) -> Self {
        let BackwardRun { context, adjoints, scratch, gradient } = run;
        let context: &PassContext<'_> = context;
        let (layout, span) = (context.view.layout, (0, context.end));
        let Sparse { direct, few, steps, events, .. } = of_layer;
        steps.clear();
        list_busy(context.units, context.view.steps, context.end, events);
        direct.resize(layout.lanes);
        Self {
            adjoints,
            descent,
            rows: Rows::of(gradient, scratch, context.mixing),
            tiles: (0..layout.sites.len()).map(|site| context.tile(site, span, None, &[])).collect(),
            weights: own_rows(&context.view),
            steady: at_units(context.pass.factor * context.pass.activity_gradient, &context.view),
            direct,
            few,
            steps,
            busy: events,
            context,
        }
    }

    /// Takes a step; `own` is the part of the errors that comes from the layer itself.
    fn step(&mut self, t: usize, own: &[f32]) {
        let PassContext { level, view, pass, .. } = *self.context;
        let [membrane, error] = self.steps.at(t, view.layout.lanes, &self.tiles, &self.descent.sites);
        let (threshold, errors) = (view.neuron.constants.threshold, [error, own, &self.steady]);
        activation_parts(level, pass.surrogate, threshold, membrane, errors, self.direct);
        let fires = |t: usize| self.busy[t / 64] >> (t % 64) & 1 == 1;
        if fires(t) {
            let layer = (&self.tiles[..], &self.weights[..]);
            self.few.take_spikes(self.context, layer, self.descent, self.direct, t);
        }
        let leaves_r = pass.timing_weight != 0.0 && t > 0 && fires(t - 1);
        sweep(self.context, (t, t + 1), self.direct, leaves_r, self.adjoints, self.descent, &mut self.rows);
    }
}
