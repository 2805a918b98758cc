//! Every unit is connected to every input (spec 1.1, 5.2, 5.3).
//!
//! ```text
//! X_j[t] = γ Σ_i W_ji s_i[t]
//! S̄_i[t] = γ Σ_j W_ji q_j[t],   T̄_i[t] = S_i[t] γ/2 Σ_j W_ji r_j[t],   dW_ji = γ Σ_t q_j[t] s_i[t]
//! ```

use spikelet_kernels::{Projection, StepEvents, TILE, padded, project};

use super::ConnectionState;
use super::backward::{BackwardRun, PassContext};
use super::forward::ForwardRun;
use super::layout::{Layout, Site};
use super::listed::{ArrivalRows, ArrivalTimes, Injected};
use super::sent::{Sent, SourceSite};
use super::shared_errors::{InputErrors, InputPanels, SharingSample};
use super::stages::Stages;
use super::sums::DriveSums;
use super::weights::{Routes, Weights};
use crate::aligned::Aligned;
use crate::events::NO_UNIT;
use crate::gradient::GradientRows;
use crate::parameters::{TileParameters, transpose};
use crate::plan::{LayerPlan, SHARES_ERRORS, TimeRoute, WeightCopies};
use crate::shape::LayerShape;

/// A dense connection; the forward pass reads its weights as they are stored.
#[derive(Clone, Debug, Default)]
pub struct Dense {
    towards: Towards,
    panels: InputPanels,
}

/// What the previous layer reads of a backward pass.
#[derive(Debug, Default)]
pub(super) struct DenseState {
    /// Timing gradients in layers with several tiles.
    times: ArrivalTimes,
    /// Rows of r in layers with one tile.
    rows: ArrivalRows,
    injected: Injected,
    /// Errors of the inputs, where samples that go back together share loads of the weights.
    errors: InputErrors,
}

/// Weights towards each site of the previous layer, `[unit][lane]`; empty before the first backward pass.
#[derive(Clone, Debug, Default)]
pub(super) struct Towards {
    /// By path through the stages, one a tile of the previous layer, site by site.
    paths: Vec<Vec<Aligned>>,
    units: usize,
}

impl Dense {
    pub(crate) fn shape(inputs: usize, units: usize) -> LayerShape {
        LayerShape { inputs, units, filters: units, recurrent: false, fires: true, image: None, kernel: None }
    }

    /// Tiles of neighbouring units, with one site each.
    pub(crate) fn layout(units: usize) -> Layout {
        let sites = (0..units).step_by(TILE).enumerate().map(|(tile, lane)| Site {
            tile,
            index: 0,
            lane,
            lanes: padded(TILE.min(units - lane)),
            adjoint: lane,
            is_edge: false,
        });
        let lanes = padded(units);
        let unit_of_lane = (0..lanes as u32).map(|lane| if (lane as usize) < units { lane } else { NO_UNIT });
        Layout::new(sites.collect(), lanes, unit_of_lane.collect())
    }
}

impl Towards {
    /// Copies the weights, transposed, where the spikes of the previous layer's lanes arrive.
    #[inline(never)]
    pub(super) fn refresh(&mut self, tiles: &[TileParameters], (layout, stages): (&Layout, &Stages)) {
        self.units = tiles.iter().map(|tile| tile.units).sum();
        let count = layout.sites.last().map_or(0, |site| site.tile + 1);
        self.paths.resize_with(stages.paths(), Vec::new);
        self.paths.iter_mut().for_each(|of_tiles| of_tiles.resize_with(count, Aligned::default));
        let is_in_place = !stages.renames() && layout.is_in_order();
        let of_tiles = self.paths.iter_mut().enumerate();
        let of_tiles =
            of_tiles.flat_map(|(path, of_tiles)| of_tiles.iter_mut().enumerate().map(move |tile| (path, tile)));
        for (path, (number, to)) in of_tiles {
            let sites = layout.sites.iter().filter(|site| site.tile == number);
            if is_in_place {
                for site in sites {
                    let units = layout.units_of(site).count();
                    to.resize(self.units * site.lanes);
                    transpose(tiles, layout.unit_of_lane[site.lane] as usize, units, site.lanes, to);
                }
            } else {
                copy_arriving((tiles, self.units), sites, (stages, path), to);
            }
        }
    }

    /// The weights towards a site by a path, `[unit][lane]`.
    pub(super) fn site(&self, site: &Site, path: usize) -> &[f32] {
        let length = self.units * site.lanes;
        &self.paths[path][site.tile][site.index * length..(site.index + 1) * length]
    }

    /// `factor · S̄` of a site.
    #[inline(never)]
    pub(super) fn project(&self, sent: &Sent<'_>, source: &SourceSite<'_>, factor: f32, error: &mut [f32]) {
        let projection = Projection {
            weights: self.site(source.site, source.path),
            lanes: source.site.lanes,
            rows: &sent.adjoints.q,
            stride: sent.view.layout.stride,
            units: sent.view.shape.units,
            segments: 1,
            gap: 0,
            adds: false,
            scale: sent.view.drive_gain() * factor,
            steps: sent.end,
        };
        project(sent.level, &projection, error);
    }
}

/// Copies the weights of the inputs where each lane's spikes arrive by a path, site by site `[unit][lane]`.
fn copy_arriving<'a>(
    (tiles, units): (&[TileParameters], usize),
    sites: impl Iterator<Item = &'a Site> + Clone,
    (stages, path): (&Stages, usize),
    to: &mut Aligned,
) {
    to.resize(units * sites.clone().map(|site| site.lanes).sum::<usize>());
    let mut start = 0;
    for site in sites {
        let arrivals = stages.arrival_of_lane(site, path).iter().enumerate();
        for (lane, &input) in arrivals.filter(|&(_, &input)| input != NO_UNIT) {
            for tile in tiles {
                let row = &tile.weights[input as usize * tile.lanes..][..tile.units];
                for (unit, weight) in row.iter().enumerate() {
                    to[start + (tile.first + unit) * site.lanes + lane] = *weight;
                }
            }
        }
        start += units * site.lanes;
    }
}

impl Dense {
    /// Takes one sample back.
    fn run(&self, state: &mut DenseState, run: &mut BackwardRun<'_>) {
        let PassContext { level, view, plan, end, .. } = run.context;
        let DenseState { times, rows, injected, errors } = state;
        let is_one_tile = view.tiles.len() == 1;
        times.clear();
        injected.clear();
        errors.clear();
        let lists_rows = run.context.lists_rows();
        let has_times = plan.times != TimeRoute::None;
        run.run_and_show(run.context.every_step(), has_times, &mut |context, number, site| {
            let tile = &view.tiles[view.layout.sites[number].tile];
            if has_times && !is_one_tile {
                times.add(level, &tile.weights, tile.lanes, &site);
            }
            if lists_rows {
                injected.add(context, number, &site);
            }
        });
        if has_times {
            let GradientRows { row_of_step, inputs, .. } = &run.gradient.rows;
            match is_one_tile {
                true => rows.take(&mut run.scratch.arrivals, row_of_step),
                false => times.finish(row_of_step, inputs),
            }
        }
        if lists_rows {
            injected.finish(end);
        }
    }
}

impl Weights for Dense {
    fn refresh_backward(&mut self, tiles: &[TileParameters], source: Option<(&Layout, &Stages)>, copies: WeightCopies) {
        if let Some(source) = source {
            self.towards.refresh(tiles, source);
        }
        if SHARES_ERRORS && copies.panels {
            self.panels.refresh(tiles);
        }
    }

    fn forward(&self, _state: &mut ConnectionState, run: &mut ForwardRun<'_>) {
        let (tiles, arriving) = (run.view.tiles, run.arriving);
        run.run_sites(&|site| &tiles[site.tile].weights, &|_| arriving);
    }

    fn add_drive(&self, _state: &mut ConnectionState, run: &mut ForwardRun<'_>, sums: &mut DriveSums<'_>) {
        let (tiles, arriving) = (run.view.tiles, run.arriving);
        run.add_rows(&|site| &tiles[site.tile].weights, &|_| arriving, sums);
    }

    fn collect(&self, _state: &mut ConnectionState, run: &mut BackwardRun<'_>, _arriving: StepEvents<'_>) {
        run.collect_rows();
    }

    fn weighted_sum(&self, _state: &ConnectionState, sent: &Sent<'_>, input: u32, t: usize, adjoints: &[f32]) -> f32 {
        sent.row_dot(input as usize, &adjoints[t * sent.view.layout.stride..])
    }

    fn backward(&self, samples: &mut [(&mut ConnectionState, BackwardRun<'_>)]) {
        samples.iter_mut().for_each(|(state, run)| self.run(&mut state.dense, run));
    }

    fn share_errors(&self, samples: &mut [(&mut ConnectionState, Sent<'_>)], plan: &LayerPlan) {
        if !SHARES_ERRORS {
            return;
        }
        let samples = samples.iter_mut().map(|(state, sent)| {
            let DenseState { injected, errors, .. } = &mut state.dense;
            SharingSample { sent, injected, errors }
        });
        self.panels.fill(&mut samples.collect::<Vec<_>>(), plan.factor);
    }

    fn spike_error(
        &self,
        state: &ConnectionState,
        sent: &Sent<'_>,
        source: &SourceSite<'_>,
        factor: f32,
        error: &mut [f32],
    ) {
        match state.dense.errors.is_filled() {
            true => state.dense.errors.read(source, error),
            false => self.towards.project(sent, source, factor, error),
        }
    }

    fn time_gradient(&self, state: &ConnectionState, sent: &Sent<'_>, input: u32, t: usize) -> f32 {
        match sent.view.tiles {
            [tile] => state.dense.rows.of(sent.level, tile, input, t),
            _ => state.dense.times.of(input, t),
        }
    }

    fn routes(&self) -> Routes {
        Routes { rows: true, carries: true, times: TimeRoute::Listed, shares: true, prepares: false }
    }

    fn injected<'a>(&self, state: &'a ConnectionState) -> Option<&'a Injected> {
        let DenseState { injected, errors, .. } = &state.dense;
        Some(injected).filter(|injected| injected.is_listed() && (injected.entries.is_empty() || !errors.is_filled()))
    }

    fn projection(&self, source: &SourceSite<'_>) -> Option<&[f32]> {
        Some(self.towards.site(source.site, source.path))
    }
}
