//! The backward pass of a recurrent layer of plain units, each of which needs an error at every step: the samples of a thread go down
//! together, so that they share each load of the weights, and all lanes of a layer take a step at once.

use spikelet_kernels::{BackwardTile, activation_parts};

use super::descent::Descent;
use super::products::Products;
use super::sparse::{Few, Rows, Sparse, sweep, tile_weights};
use crate::aligned::Aligned;
use crate::connection::backward::{BackwardRun, PassContext};
use crate::state::Adjoints;

/// A sample in the backward pass.
struct SampleDescent<'a> {
    context: &'a PassContext<'a>,
    adjoints: &'a mut Adjoints,
    descent: &'a mut Descent,
    rows: Rows<'a>,
    tiles: Vec<BackwardTile<'a>>,
    weights: Vec<&'a [f32]>,
    /// G of a step, `[lane]` of all tiles.
    direct: &'a mut Aligned,
    few: &'a mut Few,
}

/// Takes samples from their last step with a gradient down to the first; `weights` are those of the layer towards each tile of its own,
/// `[unit][lane]`.
#[inline(never)]
pub(super) fn run<'a, 'b: 'a>(
    weights: &[Aligned],
    samples: impl Iterator<Item = (&'a mut Descent, &'a mut Sparse, &'a mut BackwardRun<'b>)>,
) {
    let mut descents: Vec<_> =
        samples.map(|(descent, scratch, run)| SampleDescent::start(descent, scratch, run)).collect();
    let Some(context) = descents.first().map(|one| one.context) else { return };
    let mut products = Products::default();
    let last = descents.iter().map(|one| one.context.end).max().unwrap_or(0);
    for t in (0..last).rev() {
        let mut later =
            descents.iter_mut().filter(|one| t + 1 < one.context.end).map(|SampleDescent { descent, .. }| {
                let Descent { sites, carried: [_, q, _], .. } = &mut **descent;
                (&q[..], &mut sites[..])
            });
        products.add(weights, context, t, &mut later);
        descents.iter_mut().filter(|one| t < one.context.end).for_each(|one| one.step(t));
    }
}

impl<'a> SampleDescent<'a> {
    fn start(descent: &'a mut Descent, of_layer: &'a mut Sparse, run: &'a mut BackwardRun<'_>) -> Self {
        let BackwardRun { context, adjoints, scratch, gradient } = run;
        let context: &PassContext<'_> = context;
        let (layout, span) = (context.view.layout, (0, context.end));
        let Sparse { direct, few, .. } = of_layer;
        direct.resize(layout.lanes);
        Self {
            adjoints,
            descent,
            rows: Rows::of(gradient, scratch, context.mixing),
            tiles: (0..layout.sites.len()).map(|site| context.tile(site, span, None, &[])).collect(),
            weights: tile_weights(&context.view),
            direct,
            few,
            context,
        }
    }

    /// Takes a step, whose products have been added to its errors.
    fn step(&mut self, t: usize) {
        let PassContext { level, view, pass, units, .. } = *self.context;
        let sites = &view.layout.sites;
        let steady = pass.factor * pass.activity_gradient;
        if steady != 0.0 {
            for (site, work) in sites.iter().zip(&mut self.descent.sites) {
                let row = &mut work.error[t * site.lanes..][..view.tiles[site.tile].units];
                row.iter_mut().for_each(|error| *error += steady);
            }
        }
        let rows = sites.iter().zip(&self.tiles).zip(&self.descent.sites).map(|((site, tile), work)| {
            let row = t * site.lanes..(t + 1) * site.lanes;
            (&tile.trace[row.clone()], &work.error[row])
        });
        activation_parts(level, pass.surrogate, view.neuron.constants.threshold, rows, self.direct);
        let fires = |t: usize| (0..sites.len()).any(|number| units.spikes[number * view.steps + t] != 0);
        if fires(t) {
            let layer = (&self.tiles[..], &self.weights[..]);
            self.few.take_spikes(self.context, layer, self.descent, self.direct, t);
        }
        let leaves_r = pass.timing_weight != 0.0 && t > 0 && fires(t - 1);
        sweep(self.context, (t, t + 1), self.direct, leaves_r, self.adjoints, self.descent, &mut self.rows);
    }
}
