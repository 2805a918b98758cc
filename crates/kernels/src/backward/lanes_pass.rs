//! A backward pass with constants by lane and thresholds that adapt (spec 10.1, 10.3), without any further term.

use fearless_simd::prelude::*;

use super::adaptation::Adaptation;
use super::steps::Pass;
use super::terms::BackwardTerms;
use super::tile::{BackwardOutput, BackwardTile};
use super::timing::timing_vectors;
use crate::neuron::{LaneConstants, Lif, LifAdjoints};

/// One vector of lanes on its way down in time.
pub(super) struct LanesPass<'a, S: Simd> {
    simd: S,
    tile: &'a BackwardTile<'a>,
    first: usize,
    adaptation: Adaptation<S>,
    /// Whether the effect of spikes on later thresholds carries gradient.
    has_path: bool,
    factor: f32,
    /// Units in which q and p leave.
    gains: [S::f32s; 2],
}

impl<'a, S: Simd> LanesPass<'a, S> {
    #[inline(always)]
    pub(super) fn new(
        simd: S,
        tile: &'a BackwardTile<'a>,
        terms: &BackwardTerms<'_>,
        lanes: &LaneConstants<'_>,
        first: usize,
    ) -> Self {
        let gain = |values: &[f32]| S::f32s::from_slice(simd, &values[first..first + S::f32s::LEN]);
        Self {
            simd,
            tile,
            first,
            adaptation: Adaptation::new(simd, lanes, first),
            has_path: terms.adaptation_path,
            factor: terms.factor,
            gains: [gain(lanes.drive_gain), gain(lanes.bias_gain)],
        }
    }
}

impl<S: Simd> LanesPass<'_, S> {
    /// E with what later thresholds add to it.
    #[inline(always)]
    fn add(&self, error: Option<[S::f32s; 1]>) -> Option<[S::f32s; 1]> {
        if !self.has_path || self.factor == 0.0 {
            return error;
        }
        let [error] = error.unwrap_or([S::f32s::splat(self.simd, 0.0)]);
        Some([error + self.adaptation.adjoint * self.factor])
    }
}

impl<S: Simd> Pass<S, 1> for LanesPass<'_, S> {
    #[inline(always)]
    fn has_short_loop(&self, _output: &BackwardOutput<'_>) -> bool {
        true
    }

    #[inline(always)]
    fn neuron(&self, _shared: Lif<S>) -> Lif<S> {
        self.adaptation.neuron.units[0]
    }

    #[inline(always)]
    fn start(&mut self, output: &BackwardOutput<'_>) {
        self.adaptation.start(self.simd, output);
    }

    #[inline(always)]
    fn finish(&self, output: &mut BackwardOutput<'_>) {
        self.adaptation.finish(output);
    }

    #[inline(always)]
    fn enter(&mut self, t: usize, neuron: &mut Lif<S>) {
        neuron.threshold = self.adaptation.threshold(self.simd, self.tile, t);
    }

    #[inline(always)]
    fn driven(&self, [q]: [S::f32s; 1]) -> [S::f32s; 1] {
        [q * self.gains[0]]
    }

    #[inline(always)]
    fn biased(&self, [p]: [S::f32s; 1]) -> [S::f32s; 1] {
        [p * self.gains[1]]
    }

    #[inline(always)]
    fn spike_error(
        &mut self,
        _t: usize,
        _next: &LifAdjoints<S, 1>,
        error: Option<[S::f32s; 1]>,
    ) -> Option<[S::f32s; 1]> {
        self.add(error)
    }

    #[inline(always)]
    fn pass_silently(&mut self, t: usize, neuron: &mut Lif<S>, error: Option<[S::f32s; 1]>) -> Option<[S::f32s; 1]> {
        self.enter(t, neuron);
        self.add(error)
    }

    #[inline(always)]
    fn timing_part(
        &mut self,
        t: usize,
        wanted: u64,
        first_spike: usize,
        _next: &LifAdjoints<S, 1>,
    ) -> Option<[S::f32s; 1]> {
        let mut slope = S::f32s::splat(self.simd, 0.0);
        if self.has_path {
            slope -= self.adaptation.delay(self.simd);
        }
        Some(timing_vectors(self.simd, self.tile, (t, wanted), self.first, first_spike, &[slope]))
    }

    #[inline(always)]
    fn adapt(&mut self, t: usize, [direct]: &[S::f32s; 1], next: &LifAdjoints<S, 1>) {
        let gradient = self.adaptation.threshold_gradient(self.simd, self.tile, t, *direct, next.p[0]);
        self.adaptation.step_back(self.simd, t, gradient);
    }
}
