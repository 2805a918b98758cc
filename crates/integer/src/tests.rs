use alloc::vec;
use alloc::vec::Vec;

use crate::*;

const INPUT: Source = Source { layer: None, is_feedback: false };
const ITSELF: Source = Source { layer: Some(0), is_feedback: true };

fn dense(source: Source, weights: &[i8], delays: Delays) -> Input {
    Input { sources: vec![source], connection: Connection::Dense(delays), weights: weights.to_vec() }
}

/// Units that fire as soon as something arrives, and forget it.
fn units(inputs: Vec<Input>, units: usize, refractory: u32) -> Neurons {
    Neurons {
        inputs,
        units,
        places: 1,
        weight_shift: 0,
        current_shift: 0,
        current_decay: vec![0; units],
        membrane_decay: vec![0; units],
        bias: vec![0; units],
        firing: Some(Firing { threshold: vec![1; units], adaptation: None, reset: Reset::All, refractory }),
    }
}

fn model(inputs: usize, layers: Vec<Layer>) -> Model {
    Model { state_bits: StateBits::Sixteen, inputs, layers }
}

/// `(step, unit, count)` of what a layer sends at each of `steps` steps; input events are `(step, unit)`.
fn sent(model: &Model, layer: usize, input: &[(usize, u32)], steps: usize) -> Vec<(usize, u32, u32)> {
    let mut run = Run::new(model);
    let mut all = Vec::new();
    for t in 0..steps {
        let here = input.iter().filter(|(step, _)| *step == t);
        run.step(model, &here.map(|&(_, unit)| Event { unit, count: 1 }).collect::<Vec<_>>());
        all.extend(run.spikes(layer).iter().map(|event| (t, event.unit, event.count)));
    }
    all
}

#[test]
fn spikes_arrive_when_their_delays_are_over() {
    let by_connection = Delays::ByConnection(vec![0, 3, 1, 0]);
    let layer = units(vec![dense(INPUT, &[1; 4], by_connection)], 2, 0);
    let found = sent(&model(2, vec![Layer::Neurons(layer)]), 0, &[(0, 0), (2, 1), (5, 0)], 9);
    assert_eq!(found, [(0, 0, 1), (2, 1, 1), (3, 0, 1), (3, 1, 1), (5, 0, 1), (8, 1, 1)]);
    let by_input = units(vec![dense(INPUT, &[1, 1], Delays::ByInput(vec![2, 0]))], 1, 0);
    assert_eq!(sent(&model(2, vec![Layer::Neurons(by_input)]), 0, &[(0, 0), (0, 1)], 4), [(0, 0, 1), (2, 0, 1)]);
}

#[test]
fn feedback_takes_a_step() {
    let inputs = vec![dense(INPUT, &[1], Delays::None), dense(ITSELF, &[1], Delays::None)];
    let found = sent(&model(1, vec![Layer::Neurons(units(inputs, 1, 0))]), 0, &[(1, 0)], 4);
    assert_eq!(found, [(1, 0, 1), (2, 0, 1), (3, 0, 1)]);
}

#[test]
fn a_unit_is_blocked_after_a_spike() {
    let driven: Vec<_> = (0..6).map(|t| (t, 0)).collect();
    let times = |refractory| {
        let layer = units(vec![dense(INPUT, &[1], Delays::None)], 1, refractory);
        let found = sent(&model(1, vec![Layer::Neurons(layer)]), 0, &driven, 6);
        found.into_iter().map(|(t, _, _)| t).collect::<Vec<_>>()
    };
    assert_eq!(times(0), [0, 1, 2, 3, 4, 5]);
    assert_eq!(times(1), [0, 2, 4]);
    assert_eq!(times(u32::MAX), [0]);
}

#[test]
fn pools_count() {
    let axis = |input, output| Axis { input, output, taps: 2, stride: 1, dilation: 1, padding: 0 };
    let window = Window { rows: axis(2, 1), columns: axis(3, 2) };
    let pool = |kind| Layer::Pool(Pool { sources: vec![INPUT], kind, inputs: 6, units: 2, window });
    // The unit in the middle of the first row lies in both windows.
    let input = [(0, 1), (0, 1), (0, 3), (0, 5)];
    assert_eq!(sent(&model(6, vec![pool(PoolKind::Max)]), 0, &input, 1), [(0, 0, 2), (0, 1, 2)]);
    let mut sums = [0; 2];
    for (_, unit, count) in sent(&model(6, vec![pool(PoolKind::Sum)]), 0, &input, 1) {
        sums[unit as usize] += count;
    }
    assert_eq!(sums, [3, 3]);
}

#[test]
fn states_reach_0_and_stay_within_their_bits() {
    let mut layer = units(vec![dense(INPUT, &[127], Delays::None)], 1, 0);
    layer.weight_shift = 15;
    layer.current_decay = vec![ONE - 1];
    layer.firing = None;
    let model = model(1, vec![Layer::Neurons(layer)]);
    let mut run = Run::new(&model);
    run.step(&model, &[Event { unit: 0, count: 1 }]);
    assert_eq!((run.currents(0)[0], run.clamped()), (i32::from(i16::MAX), 1));
    let mut steps = 0;
    while run.currents(0)[0] != 0 {
        run.step(&model, &[]);
        steps += 1;
    }
    // From 32767 on every step takes 1 off: 32767 · 32767 / 32768 is 32766 and a part.
    assert_eq!(steps, 32767);
    run.restart();
    assert_eq!((run.currents(0)[0], run.clamped()), (0, 0));
}

#[test]
fn the_lowest_of_the_largest_scores_decides() {
    assert_eq!([&[3, 7, 7][..], &[0, 0], &[-5, -2]].map(decision::largest), [1, 0, 1]);
}

#[test]
fn the_lowest_of_the_first_decides_unless_all_are_silent() {
    // Unit 2 fires at step 0, units 0 and 1 at steps 1 and 2.
    let weights = &[1, 1, 0, 0, 0, 1];
    let layer = units(vec![dense(INPUT, weights, Delays::None)], 3, 0);
    let model = model(2, vec![Layer::Neurons(layer)]);
    let decided = |statistic, steps: &[&[u32]]| {
        let (mut run, mut scores) = (Run::new(&model), Scores::new(statistic, 3));
        for &fired in steps {
            run.step(&model, &fired.iter().map(|&unit| Event { unit, count: 1 }).collect::<Vec<_>>());
            scores.add(&run, &model);
        }
        scores.decision()
    };
    let steps: &[&[u32]] = &[&[1], &[0], &[0]];
    assert_eq!(decided(Statistic::FirstSpike, steps), Some(2));
    assert_eq!(decided(Statistic::Count, steps), Some(0));
    for statistic in [Statistic::FirstSpike, Statistic::Count] {
        assert_eq!(decided(statistic, &[&[], &[]]), None);
    }
    assert_eq!(decided(Statistic::Last, &[]), None);
}
