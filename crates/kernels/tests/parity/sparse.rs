//! What a tile sends back where little of it is wanted.

use spikelet_kernels::{
    Injection, Landing, Level, SiteInjections, SiteRows, StepEvents, TileAdjoints, Touch, Touches, add_dots, fall,
    land, list_injections, list_touched, reference,
};

use crate::case::{CONSTANTS, Case, LANE_COUNTS, RESETS};
use crate::draw::{Draw, assert_same, bits};

#[test]
fn dots_at_spikes_are_the_plain_loops() {
    for level in Level::available() {
        for lanes in LANE_COUNTS {
            for count in 0..=37 {
                let mut draw = Draw((count + lanes) as u32);
                let (inputs, rows) = (1 + draw.below(30), 1 + draw.below(20));
                let (weights, adjoints) = (draw.vector(inputs * lanes, 1.0), draw.vector(rows * lanes, 1.0));
                let units: Vec<_> = (0..count).map(|_| draw.below(inputs) as u32).collect();
                let mut ends: Vec<_> = (1..rows).map(|_| draw.below(count + 1) as u32).chain([count as u32]).collect();
                ends.sort_unstable();
                let by_row = (&ends[..], &units[..]);
                let mut expected = draw.vector(count, 1.0);
                let mut found = expected.clone();
                reference::add_dots(&weights, &adjoints, lanes, by_row, &mut expected);
                add_dots(level, &weights, &adjoints, lanes, by_row, &mut found);
                assert_same("dots", level, &found, &expected);
            }
        }
    }
}

#[test]
fn injections_of_a_tile_are_the_plain_loops() {
    for level in Level::available() {
        for reset in RESETS {
            for lanes in LANE_COUNTS {
                for steps in 0..=67 {
                    let mut draw = Draw((steps + lanes) as u32);
                    let (stride, offset) = if steps % 2 == 0 { (lanes, 0) } else { (lanes + 48, 32) };
                    let mut direct = draw.vector(steps * stride, 1.0);
                    direct.iter_mut().for_each(|value| *value = if draw.below(4) > 0 { 0.0 } else { *value });
                    let (p, q) = (draw.vector(steps * stride, 1.0), draw.vector(steps * stride, 1.0));
                    let fired: Vec<u64> = (0..steps).map(|_| 1 << draw.below(lanes) | 1 << draw.below(lanes)).collect();
                    let constants = spikelet_kernels::LifConstants { reset, ..CONSTANTS };
                    for spikes in [&fired[..], &[]] {
                        let (first, scale) = (64, 0.3);
                        let (direct, p, q) = (&direct, &p, &q);
                        let tile = TileAdjoints {
                            lanes,
                            stride,
                            offset,
                            steps,
                            first,
                            direct,
                            p,
                            q,
                            spikes,
                            constants,
                            scale,
                        };
                        let [mut expected, mut found] = [(); 2].map(|()| (Vec::new(), Vec::new()));
                        reference::list_injections(&tile, &mut expected.0, &mut expected.1);
                        list_injections(level, &tile, &mut found.0, &mut found.1);
                        let values = |list: &[Injection]| {
                            bits(&list.iter().flat_map(|one| [one.membrane, one.current]).collect::<Vec<_>>())
                        };
                        assert_eq!(values(&found.0), values(&expected.0), "at {level}");
                        assert_eq!(found, expected, "at {level}");
                    }
                }
            }
        }
    }
}

#[test]
fn injections_land_as_in_the_plain_loops() {
    const TILES: usize = 5;
    const SITES: usize = 2;
    for level in Level::available() {
        for lanes in LANE_COUNTS {
            for steps in 0..=37 {
                let mut draw = Draw((steps + lanes) as u32);
                let rows = 40;
                let weights = draw.vector(rows * lanes, 1.0);
                let landings: Vec<_> = (0..TILES)
                    .map(|tile| {
                        let from = draw.below(20) as u32;
                        let (to, row) = (from + draw.below(20) as u32, draw.below(20) as u32);
                        Landing { site: (tile % SITES) as u32, at: (tile * lanes) as u32, from, to, row }
                    })
                    .collect();
                let start = [(); 2].map(|()| draw.vector(TILES * lanes, 1.0));
                let [mut expected, mut found] = [(); 2].map(|()| start.clone());
                let (mut entries, mut ends) = (Vec::new(), Vec::new());
                for _ in 0..SITES * steps {
                    let has_currents = draw.below(2) == 0;
                    for unit in 0..40 {
                        if draw.below(4) == 0 {
                            let [membrane, current] = [(); 2].map(|()| draw.vector(1, 1e-18)[0]);
                            let current = if has_currents && draw.below(2) == 0 { current } else { 0.0 };
                            entries.push(Injection { unit, membrane, current });
                        }
                    }
                    ends.push(entries.len() as u32);
                }
                let injections = SiteInjections { entries: &entries, ends: &ends, steps };
                for t in (0..steps).rev() {
                    let mut errors = [(); 2].map(|()| vec![0.0; TILES * lanes]);
                    let [p, q] = &mut expected;
                    reference::land((&weights, lanes), &landings, (injections, t), p, q);
                    reference::fall(&CONSTANTS, t, p, q, &mut errors[0]);
                    let [p, q] = &mut found;
                    land(level, (&weights, lanes), &landings, (injections, t), p, q);
                    fall(level, &CONSTANTS, t, p, q, &mut errors[1]);
                    assert_same("error", level, &errors[1], &errors[0]);
                }
                assert_same("p", level, &found[0], &expected[0]);
                assert_same("q", level, &found[1], &expected[1]);
            }
        }
    }
}

#[test]
fn a_trace_of_spikes_has_what_slopes_need() {
    for level in Level::available() {
        for lanes in LANE_COUNTS {
            for seed in 0..20 {
                let case = Case::new(seed, lanes, 67);
                for cuts in [&[0, 67][..], &[0, 1, 20, 67]] {
                    let whole = case.run(cuts, |tile, state| spikelet_kernels::forward_tile(level, tile, state));
                    let few = case.run(cuts, |tile, state| {
                        state.traces_spikes_only = true;
                        spikelet_kernels::forward_tile(level, tile, state);
                    });
                    assert_eq!(few.spikes, whole.spikes);
                    for (t, fired) in whole.spikes.iter().enumerate() {
                        for lane in (0..lanes).filter(|lane| fired >> lane & 1 == 1) {
                            for row in t.saturating_sub(1)..=t {
                                let at = row * lanes + lane;
                                assert_same("trace", level, &few.trace[at..=at], &whole.trace[at..=at]);
                            }
                        }
                    }
                }
            }
        }
    }
}

const SITES: usize = 6;
const CHANNELS: usize = 3;
const PLACES: usize = 4;

/// Half of the sites are of either tile; the first channel is seen by one, the last by the other.
fn touches(draw: &mut Draw) -> Touches {
    let mut touches = Touches {
        places: PLACES as u32,
        blocks: 2,
        tiles: vec![(0, 1), (0, 2), (1, 2)],
        offsets: vec![0],
        all: Vec::new(),
    };
    for _ in 0..PLACES {
        for tile in 0..2 {
            for site in (SITES / 2 * tile..SITES / 2 * (tile + 1)).filter(|_| draw.below(3) > 0).collect::<Vec<_>>() {
                touches.all.push(Touch { site: site as u32, row: draw.next(), per_channel: 9 });
            }
            touches.offsets.push(touches.all.len() as u32);
        }
    }
    touches
}

#[test]
fn lists_of_sites_are_those_of_the_plain_loops() {
    for steps in 1..20 {
        let mut draw = Draw(steps as u32);
        let offsets: Vec<u32> = (0..=steps as u32).map(|t| t * 3).collect();
        let units: Vec<u32> = (0..3 * steps).map(|_| draw.below(CHANNELS * PLACES) as u32).collect();
        let touches = touches(&mut draw);
        let values = draw.vector(units.len(), 1.0);
        for values in [&[], &values[..]] {
            let events = StepEvents { offsets: &offsets, units: &units, values };
            let stride = steps + 1;
            let drawn: Vec<u32> = (0..SITES * stride).map(|_| draw.next()).collect();
            let from = draw.below(steps);
            let [expected, found] = [true, false].map(|is_plain| {
                let (mut offsets, mut rows, mut values) = (drawn.clone(), vec![1; 2], vec![1.0; 3]);
                let lists = &mut SiteRows { offsets: &mut offsets, stride, rows: &mut rows, values: &mut values };
                if is_plain {
                    reference::list_touched(&touches, &events, (from, steps), lists);
                } else {
                    list_touched(&touches, &events, (from, steps), lists);
                }
                (offsets, rows, bits(&values))
            });
            assert!(!expected.1.is_empty());
            assert_eq!(found, expected, "{from} to {steps}");
        }
    }
}
