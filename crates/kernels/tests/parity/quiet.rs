//! Units that are left to rest do not fire, and the others fire as if nothing had been left out.

use spikelet_kernels::{
    ForwardTile, LaneConstants, Level, LifConstants, NeuronKind, QuietBound, QuietRun, QuietSpikes, QuietState,
    StepEvents, TILE, TileState, list_restless, pick, reference, run_quiet,
};

use crate::case::RESETS;

const STEPS: usize = 300;

/// A tile at the step of its last input.
struct Tile {
    constants: LifConstants,
    current: Vec<f32>,
    membrane: Vec<f32>,
    bias: Vec<f32>,
    own: Vec<f32>,
    /// Constants of each lane, where they don't share them.
    by_lane: Option<Vec<f32>>,
}

impl Tile {
    /// Units spread over the plane of membrane and current, half of them near the line where the later peak meets the threshold.
    fn new(seed: u32, constants: LifConstants, bias: f32) -> Self {
        let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
        let mut draw = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        let bias: Vec<f32> = (0..TILE).map(|_| draw() * bias).collect();
        let mut membrane: Vec<f32> = (0..TILE).map(|_| draw() * 1.5 - 0.6).collect();
        let mut current: Vec<f32> = (0..TILE).map(|_| draw() * 0.1).collect();
        for lane in 0..TILE / 2 {
            let peak = |current: f32| {
                let (mut j, mut v, mut peak) = (current, membrane[lane], f32::MIN);
                for _ in 0..STEPS {
                    j *= constants.current_decay;
                    v = v * constants.membrane_decay + j + bias[lane];
                    peak = peak.max(v);
                }
                peak
            };
            let (mut low, mut high) = (0.0, 10.0);
            for _ in 0..40 {
                let middle = (low + high) / 2.0;
                if peak(middle) < constants.threshold { low = middle } else { high = middle }
            }
            current[lane] = low * (1.0 + draw() * 1e-3);
            membrane[lane] = membrane[lane].min(constants.threshold * 0.99);
        }
        Self { constants, current, membrane, bias, own: vec![], by_lane: None }
    }

    /// Units with decays up to those of the layer, thresholds from that of the layer on, and spikes that raise them.
    fn by_lane(seed: u32, constants: LifConstants, bias: f32) -> Self {
        let mut tile = Self::new(seed, constants, bias);
        let spread = |max: f32, scale: f32| (0..TILE).map(|lane| max - scale * (lane % 5) as f32).collect();
        let constants: [Vec<f32>; 7] = [
            spread(constants.current_decay, constants.current_decay / 10.0),
            spread(constants.membrane_decay, constants.membrane_decay / 20.0),
            vec![1.0; TILE],
            vec![1.0; TILE],
            spread(constants.threshold, -0.1),
            spread(0.97, 0.2),
            spread(0.3, 0.06),
        ];
        tile.by_lane = Some(constants.concat());
        tile.own = (0..TILE).map(|lane| (lane % 3) as f32).collect();
        tile
    }

    fn lanes(&self) -> Option<LaneConstants<'_>> {
        self.by_lane.as_ref().map(|values| LaneConstants {
            kind: NeuronKind::Alif,
            values,
            lanes: TILE,
            reset: self.constants.reset,
        })
    }

    fn decays(&self, lane: usize) -> LifConstants {
        let at = |array: usize, shared: f32| self.by_lane.as_ref().map_or(shared, |of| of[array * TILE + lane]);
        LifConstants {
            current_decay: at(0, self.constants.current_decay),
            membrane_decay: at(1, self.constants.membrane_decay),
            ..self.constants
        }
    }

    /// Spikes of the whole tile, by the plain loop.
    fn expected(&self, from: usize) -> Vec<u64> {
        let mut spikes = vec![0; STEPS];
        reference::forward_tile(
            &ForwardTile {
                weights: &[],
                bias: &self.bias,
                lanes: TILE,
                events: StepEvents { offsets: &[0; STEPS + 1], units: &[], values: &[] },
                constants: self.constants,
                by_lane: self.lanes(),
                refractory: 0,
                from,
                to: STEPS,
            },
            &mut TileState {
                current: &mut self.current.clone(),
                membrane: &mut self.membrane.clone(),
                own: &mut self.own.clone(),
                trace: &mut [],
                traces_spikes_only: false,
                own_trace: &mut [],
                spikes: &mut spikes,
                busy: &mut [0; STEPS.div_ceil(64)],
                observed: None,
            },
        );
        spikes
    }

    fn found(&self, level: Level, from: usize) -> (Vec<u64>, usize) {
        let constants: Vec<LifConstants> = (0..TILE).map(|lane| self.decays(lane)).collect();
        let at_rest = |(b, of): (&f32, &LifConstants)| if *b == 0.0 { 0.0 } else { b / (1.0 - of.membrane_decay) };
        let rest: Vec<f32> = self.bias.iter().zip(&constants).map(at_rest).collect();
        let bound = QuietBound::new(constants.iter().copied(), STEPS);
        let state = QuietState { current: &self.current, membrane: &self.membrane, rest: &rest };
        let mut units = Vec::new();
        list_restless(level, &bound, &state, 0, &mut units);
        let [mut current, mut membrane, mut bias, mut at_rest] = [const { Vec::new() }; 4];
        pick(&units, |unit| self.current[unit], &mut current);
        pick(&units, |unit| self.membrane[unit], &mut membrane);
        pick(&units, |unit| self.bias[unit], &mut bias);
        pick(&units, |unit| rest[unit], &mut at_rest);
        let mut own = Vec::new();
        let by_lane = self.by_lane.as_ref().map(|arrays| {
            pick(&units, |unit| self.own[unit], &mut own);
            let mut picked = [const { Vec::new() }; 7];
            arrays.chunks_exact(TILE).zip(&mut picked).for_each(|(from, to)| pick(&units, |unit| from[unit], to));
            picked[4][units.len()..].fill(1.0);
            picked.concat()
        });
        let run = QuietRun {
            current: &current,
            membrane: &membrane,
            own: &own,
            bias: &bias,
            rest: &at_rest,
            from,
            to: STEPS,
            constants: self.constants,
            by_lane: by_lane.as_ref().map(|values| LaneConstants {
                kind: NeuronKind::Alif,
                values,
                lanes: current.len(),
                reset: self.constants.reset,
            }),
        };
        let (mut fired, mut busy) = ([0; STEPS], [0; STEPS.div_ceil(64)]);
        run_quiet(level, &run, &mut QuietSpikes { spikes: &mut fired, busy: &mut busy });
        let mut spikes = vec![0; STEPS];
        for (step, &bits) in fired.iter().enumerate() {
            assert_eq!(bits != 0, busy[step / 64] >> (step % 64) & 1 == 1);
            for (index, unit) in units.iter().enumerate() {
                spikes[step] |= (bits >> index & 1) << unit;
            }
        }
        (spikes, units.len())
    }
}

#[test]
fn units_at_rest_stay_silent() {
    let decays = [
        (0.99, 0.99),
        (0.9, 0.95),
        (0.95, 0.9),
        (0.999, 0.5),
        (0.0, 0.9),
        (0.9, 0.0),
        (1.0, 0.9),
        (0.9, 1.0),
        (1.0, 1.0),
    ];
    let (mut fired, mut resting) = (0, 0);
    for level in Level::available() {
        for (number, (current_decay, membrane_decay)) in decays.into_iter().enumerate() {
            for (seed, bias) in [0.0, 0.0, 1e-4, 0.01, 0.2].into_iter().enumerate() {
                let reset = RESETS[(number + seed) % RESETS.len()];
                let constants = LifConstants { current_decay, membrane_decay, drive_gain: 1.0, threshold: 1.0, reset };
                for (from, kind) in [0, 25, 299, 300].into_iter().flat_map(|from| [(from, 0), (from, 1)]) {
                    let tile = [Tile::new, Tile::by_lane][kind](seed as u32, constants, bias);
                    let (found, restless) = tile.found(level, from);
                    assert_eq!(
                        found,
                        tile.expected(from),
                        "decays {current_decay}, {membrane_decay}, bias {bias}, {level}"
                    );
                    fired += found.iter().map(|bits| bits.count_ones()).sum::<u32>();
                    resting += TILE - restless;
                }
            }
        }
    }
    assert!(fired > 1000, "units must fire, got {fired} spikes");
    assert!(resting > 1000, "units must rest, {resting} did");
}
