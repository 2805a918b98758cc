//! Whole steps of the delays of a dense layer, and sums over connections that they shift (spec 13).

use spikelet_config::DelaysBy;
use spikelet_kernels::{Level, StepEvents, TILE, dot, shift_back};

use super::backward::{BackwardRun, PassContext};
use super::sent::{Sent, SourceSite};
use crate::events::LayerSpikes;
use crate::events::NO_UNIT;
use crate::parameters::TileParameters;
use crate::shape::LayerShape;

/// Steps that spikes take to a layer's units.
#[derive(Clone, Debug, Default)]
pub(super) struct DelaySteps {
    /// Delay of each input; empty where connections have their own.
    pub(super) by_input: Vec<u16>,
    /// Delay of each connection, tile by tile `[input][lane]`; empty where inputs have theirs.
    pub(super) by_connection: Vec<Vec<u16>>,
    pub(super) longest: usize,
}

/// Halves to even: beside 2²³ a single-precision number has no fraction.
fn whole_steps(delay: f32) -> u16 {
    const UNIT: f32 = (1 << 23) as f32;
    (delay + UNIT).to_bits() as u16
}

impl DelaySteps {
    /// Takes delays of each input, or `[unit][input]`.
    #[inline(never)]
    pub(super) fn refresh(&mut self, by: DelaysBy, tiles: &[TileParameters], delays: &[f32]) {
        match by {
            DelaysBy::Input => {
                self.by_input.clear();
                self.by_input.extend(delays.iter().map(|&delay| whole_steps(delay)));
            }
            DelaysBy::Connection => {
                self.by_connection.resize_with(tiles.len(), Vec::new);
                for (tile, steps) in tiles.iter().zip(&mut self.by_connection) {
                    let inputs = tile.weights.len() / tile.lanes;
                    steps.resize(tile.weights.len(), 0);
                    for unit in 0..tile.units {
                        let delays = &delays[(tile.first + unit) * inputs..][..inputs];
                        let steps = steps[unit..].iter_mut().step_by(tile.lanes);
                        steps.zip(delays).for_each(|(steps, &delay)| *steps = whole_steps(delay));
                    }
                }
            }
        }
        let all = self.by_input.iter().chain(self.by_connection.iter().flatten());
        self.longest = all.fold(0, |longest, &steps| longest.max(steps)).into();
    }

    /// Moves errors, `[step][lane]`, of inputs from the steps of their arrival back to those of their spikes.
    #[inline(never)]
    pub(super) fn shift_back(&self, level: Level, source: &SourceSite<'_>, error: &mut [f32]) {
        let mut shifts = [0; TILE];
        for (shift, &input) in shifts.iter_mut().zip(source.arrival_of_lane) {
            *shift = if input == NO_UNIT { 0 } else { usize::from(self.by_input[input as usize]) };
        }
        shift_back(level, &shifts[..source.site.lanes], error);
    }

    /// Number of weights that spikes of these inputs add to units if connections have delays: those that arrive before the
    /// simulation ends.
    #[inline(never)]
    pub(super) fn operations(&self, shape: &LayerShape, inputs: &LayerSpikes<'_>) -> u64 {
        let count = |t: usize, input: usize| -> usize {
            if t + self.longest < inputs.steps {
                return shape.units;
            }
            let tiles = self.by_connection.iter().zip((0..shape.units).step_by(TILE));
            let of_tile = tiles.map(|(steps, first)| {
                let lanes = steps.len() / shape.inputs;
                let steps = &steps[input * lanes..][..TILE.min(shape.units - first)];
                steps.iter().filter(|&&steps| t + usize::from(steps) < inputs.steps).count()
            });
            of_tile.sum()
        };
        inputs.iter().fold(0, |sum, (t, input)| sum + count(t, input) as u64)
    }

    /// Σ_j W_j a_j[t + n_j] over all units of a layer, for a spike of `input` that sets out at step `t`; `a` is 0 from the end
    /// on.
    #[inline(never)]
    pub(super) fn sum(&self, sent: &Sent<'_>, input: usize, t: usize, adjoints: &[f32]) -> f32 {
        let stride = sent.view.layout.stride;
        if let Some(&steps) = self.by_input.get(input) {
            let arrival = t + usize::from(steps);
            return if arrival < sent.end { sent.row_dot(input, &adjoints[arrival * stride..]) } else { 0.0 };
        }
        sent.view.tiles.iter().zip(&self.by_connection).fold(0.0, |sum, (tile, steps)| {
            let row = input * tile.lanes..(input + 1) * tile.lanes;
            let mut later = [0.0; TILE];
            for (lane, (later, &steps)) in later.iter_mut().zip(&steps[row.clone()]).enumerate() {
                let arrival = t + usize::from(steps);
                if arrival < sent.end {
                    *later = adjoints[arrival * stride + tile.first + lane];
                }
            }
            sum + dot(sent.level, &tile.weights[row], &later[..tile.lanes])
        })
    }
}

/// Writes dL/dd of each input, `γ/2 Σ_t s[t] Σ_j W_j r_j[t + n]`, after a backward pass; `arrivals` has spikes by the step of
/// their arrival.
#[inline(never)]
pub(super) fn write_input_gradient(run: &mut BackwardRun<'_>, arrivals: StepEvents<'_>) {
    let BackwardRun { context, adjoints, gradient, .. } = run;
    let PassContext { level, view, end, mixing, .. } = *context;
    let sent = Sent { level, view, adjoints, end };
    let half_gain = view.drive_gain() / 2.0;
    let to = gradient.learnt.last_mut().expect("delays are learnt");
    let mut sums = vec![0.0; to.len()];
    for (t, r) in sent.adjoints.r.chunks_exact(view.layout.stride).enumerate().take(end) {
        for (input, value) in arrivals.weighted_at(t) {
            sums[input as usize] += half_gain * sent.row_dot(input as usize, r) * value;
        }
    }
    match mixing {
        None => to.copy_from_slice(&sums),
        Some(mixing) => mixing.mix(to, &sums),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_are_rounded_with_halves_to_even() {
        let delays = [0.0, 0.49, 0.5, 0.51, 1.5, 2.5, 7.999, 1023.5, 65_534.5, 65_535.0];
        assert_eq!(delays.map(whole_steps), [0, 0, 0, 1, 2, 2, 8, 1024, 65_534, 65_535]);
        assert!((0..1 << 16).all(|steps| whole_steps(steps as f32) == steps as u16));
    }
}
