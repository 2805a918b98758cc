use spikelet_config::Config;

use super::{Augmented, Augmenter};
use crate::SampleEvents;

const STEPS: u16 = 100;

fn config(input: &str, augmentation: &str) -> Config {
    Config::from_json(&format!(
        r#"{{ "network": {{ "input": {input}, "steps": {STEPS}, "layers": [{{ "type": "flatten" }}, {{ "type": "dense", "units": 2 }}] }},
            "training": {{ "seed": 5, "augmentation": {augmentation} }} }}"#
    ))
    .expect("the configuration is valid")
}

fn augmented(config: &Config, epoch: u32, sample: u32, events: &[(u16, u32)]) -> Vec<(u16, u32)> {
    weighted(config, epoch, sample, events, &[]).0
}

/// The events of a changed sample, and their values.
fn weighted(
    config: &Config,
    epoch: u32,
    sample: u32,
    events: &[(u16, u32)],
    values: &[f32],
) -> (Vec<(u16, u32)>, Vec<f32>) {
    let (times, units): (Vec<_>, Vec<_>) = events.iter().copied().unzip();
    let mut to = Augmented::default();
    let events = SampleEvents { times: &times, units: &units, values };
    Augmenter::new(config, epoch).expect("augmentation is on").apply(sample, events, &mut to);
    let SampleEvents { times, units, values } = to.sample();
    (times.iter().copied().zip(units.iter().copied()).collect(), values.to_vec())
}

/// Three events of each of 784 inputs.
fn many() -> Vec<(u16, u32)> {
    [10, 50, 90].into_iter().flat_map(|time| (0..784).map(move |unit| (time, unit))).collect()
}

/// Whether a count of successes lies within five standard deviations.
fn is_likely(count: usize, trials: usize, p: f64) -> bool {
    let (mean, variance) = (trials as f64 * p, trials as f64 * p * (1.0 - p));
    (count as f64 - mean).abs() < 5.0 * variance.sqrt()
}

#[test]
fn nothing_changes_unless_asked() {
    assert!(Augmenter::new(&config("784", "{}"), 0).is_none());
}

#[test]
fn events_are_dropped_with_the_given_probability_each_for_itself() {
    let config = config("784", r#"{ "eventDropout": 0.3 }"#);
    let (samples, events) = (40, many());
    let mut left = vec![0; events.len()];
    for sample in 0..samples {
        for event in augmented(&config, 0, sample, &events) {
            left[events.binary_search(&event).expect("the event was there")] += 1;
        }
    }
    assert!(is_likely(left.iter().sum(), samples as usize * events.len(), 0.7));
    assert!(left.iter().all(|&count| is_likely(count, samples as usize, 0.7)), "no event is dropped more than others");
}

#[test]
fn values_stay_with_their_events() {
    let all = r#"{ "eventDropout": 0.2, "inputDropout": 0.2, "shift": 2, "timeJitter": 9 }"#;
    let (config, events) = (config("[1, 28, 28]", all), many());
    let numbers: Vec<f32> = (0..events.len()).map(|number| number as f32).collect();
    for sample in 0..5 {
        let (changed, values) = weighted(&config, 0, sample, &events, &numbers);
        assert_eq!(changed, augmented(&config, 0, sample, &events));
        assert_eq!(changed.len(), values.len());
        let moves = |k: usize| changed[k].1 as i64 - i64::from(events[values[k] as usize].1);
        assert!((0..values.len()).all(|k| moves(k) == moves(0)), "the image moves as a whole");
        let mut seen: Vec<u32> = values.iter().map(|&value| value as u32).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), values.len(), "each event has its own value");
    }
}

#[test]
fn a_silent_input_has_no_event_and_the_others_have_all() {
    let config = config("784", r#"{ "inputDropout": 0.2 }"#);
    let samples = 40;
    let mut silent = vec![0; 784];
    for sample in 0..samples {
        let left = augmented(&config, 0, sample, &many());
        for (unit, count) in silent.iter_mut().enumerate() {
            let spikes = left.iter().filter(|event| event.1 as usize == unit).count();
            assert!(spikes == 0 || spikes == 3, "{spikes} of 3 spikes");
            *count += usize::from(spikes == 0);
        }
    }
    assert!(is_likely(silent.iter().sum(), 784 * samples as usize, 0.2));
    assert!(silent.iter().all(|&count| is_likely(count, samples as usize, 0.2)), "no input is silent more than others");
}

#[test]
fn jitter_is_normal_and_stays_within_the_simulation() {
    let config = config("784", r#"{ "timeJitter": 2.5 }"#);
    let shifts: Vec<f64> = (0..20)
        .flat_map(|sample| augmented(&config, 1, sample, &(0..784).map(|unit| (50, unit)).collect::<Vec<_>>()))
        .map(|(time, _)| f64::from(time) - 50.0)
        .collect();
    let count = shifts.len() as f64;
    assert_eq!(shifts.len(), 20 * 784);
    let mean = shifts.iter().sum::<f64>() / count;
    let variance = shifts.iter().map(|shift| (shift - mean) * (shift - mean)).sum::<f64>() / count;
    // Rounding adds 1/12.
    assert!(mean.abs() < 5.0 * 2.5 / count.sqrt(), "mean {mean}");
    assert!((variance / (2.5 * 2.5 + 1.0 / 12.0) - 1.0).abs() < 5.0 * (2.0 / count).sqrt(), "variance {variance}");
    let within = shifts.iter().filter(|shift| shift.abs() <= 2.0).count();
    assert!(
        is_likely(within, shifts.len(), 0.682_689),
        "a normal variable is within 2.5 of 0 in 68.27 %, got {within}"
    );

    let ends: Vec<_> = (0..784).map(|unit| (0, unit)).chain((0..784).map(|unit| (STEPS - 1, unit))).collect();
    let moved = augmented(&config, 1, 0, &ends);
    assert_eq!(moved.len(), ends.len());
    assert!(moved.iter().all(|event| event.0 < STEPS));
    assert!(moved.is_sorted());
    let at = |step: u16| moved.iter().filter(|event| event.0 == step).count();
    // What would leave, and what rounds to no shift: Φ(0.2) of each end.
    assert!(is_likely(at(0), 784, 0.579_26) && is_likely(at(STEPS - 1), 784, 0.579_26));
}

#[test]
fn an_image_is_moved_as_a_whole_by_each_distance_alike() {
    let config = config("[2, 5, 6]", r#"{ "shift": 1 }"#);
    let pixel = |channel: u32, y: u32, x: u32| (channel * 5 + y) * 6 + x;
    let mut counts = [0; 9];
    for sample in 0..900 {
        let events = [(1, pixel(0, 2, 2)), (1, pixel(1, 2, 3)), (7, pixel(0, 1, 4))];
        let moved = augmented(&config, 0, sample, &events);
        let by = moved[0].1 as i64 - i64::from(events[0].1);
        assert!(
            moved.iter().zip(&events).all(|(to, from)| to.0 == from.0 && i64::from(to.1) == i64::from(from.1) + by)
        );
        let (dy, dx) = ((by + 7) / 6, (by + 7) % 6);
        counts[(dy * 3 + dx) as usize] += 1;
    }
    assert!(counts.iter().all(|&count| is_likely(count, 900, 1.0 / 9.0)), "{counts:?}");
}

#[test]
fn what_leaves_the_image_is_gone() {
    let config = config("[2, 3, 3]", r#"{ "shift": 2 }"#);
    let corner: Vec<_> = [0, 2, 6, 8, 9].map(|unit| (4, unit)).into();
    let mut seen = [false; 18];
    let mut fewest = corner.len();
    for sample in 0..400 {
        let moved = augmented(&config, 3, sample, &corner);
        assert!(moved.is_sorted());
        fewest = fewest.min(moved.len());
        moved.iter().for_each(|&(_, unit)| seen[unit as usize] = true);
        let second = moved.iter().filter(|event| event.1 >= 9).count();
        assert!(second <= 1, "pixels of the first channel never come into the second");
    }
    assert_eq!(fewest, 1, "by 2 in both directions, only the opposite corner stays");
    assert!(seen.iter().all(|&seen| seen));
}

#[test]
fn what_is_drawn_depends_on_seed_epoch_and_sample_and_not_on_the_other_changes() {
    let one = config("[1, 28, 28]", r#"{ "shift": 3, "timeJitter": 1, "eventDropout": 0.1, "inputDropout": 0.1 }"#);
    let base = augmented(&one, 2, 7, &many());
    assert_eq!(augmented(&one, 2, 7, &many()), base);
    assert_ne!(augmented(&one, 3, 7, &many()), base);
    assert_ne!(augmented(&one, 2, 8, &many()), base);
    let mut other = one.clone();
    other.training.seed = 6;
    assert_ne!(augmented(&other, 2, 7, &many()), base);

    let flat = config("784", r#"{ "shift": 3, "image": [1, 28, 28] }"#);
    let shifted = augmented(&flat, 2, 7, &many());
    let mut without_jitter = one.clone();
    without_jitter.training.augmentation.time_jitter = 0.0;
    let units = |events: &[(u16, u32)]| {
        let mut units: Vec<_> = events.iter().map(|event| event.1).collect();
        units.sort_unstable();
        units
    };
    assert_eq!(
        units(&augmented(&without_jitter, 2, 7, &many())),
        units(&base),
        "jitter draws from a stream of its own"
    );
    let left: std::collections::BTreeSet<_> = augmented(&without_jitter, 2, 7, &many()).into_iter().collect();
    assert!(left.is_subset(&shifted.into_iter().collect()), "the shift is that of the shift alone");
}

#[test]
fn settings_out_of_range_are_refused_with_their_path() {
    for (input, augmentation, path, message) in [
        ("784", r#"{ "shift": 1 }"#, "shift", "give training.augmentation.image"),
        ("[1, 28, 28]", r#"{ "shift": 28 }"#, "shift", "must be below 28"),
        ("784", r#"{ "shift": 1, "image": [1, 28, 27] }"#, "image", "784 units"),
        ("784", r#"{ "shift": 1, "image": [4294967295, 4294967295, 4294967295] }"#, "image", "784 units"),
        ("784", r#"{ "timeJitter": -1 }"#, "timeJitter", "at least 0"),
        ("784", r#"{ "timeJitter": 1e60 }"#, "timeJitter", "finite"),
        ("784", r#"{ "eventDropout": 1 }"#, "eventDropout", "below 1"),
        ("784", r#"{ "inputDropout": -0.1 }"#, "inputDropout", "at least 0"),
    ] {
        let error = Config::from_json(&format!(
            r#"{{ "network": {{ "input": {input}, "layers": [{{ "type": "flatten" }}, {{ "type": "dense", "units": 2 }}] }},
                "training": {{ "augmentation": {augmentation} }} }}"#
        ))
        .expect_err("out of range");
        assert_eq!(error.path, format!("training.augmentation.{path}"));
        assert!(error.message.contains(message), "{error}");
    }
}
