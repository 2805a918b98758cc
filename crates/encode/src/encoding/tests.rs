use proptest::prelude::*;
use serde_json::Value;

use spikelet_data::SampleEvents;

use super::rounding::Rounding;
use super::*;
use crate::ErrorCode;

fn golden(text: &str) -> Vec<Value> {
    let table: Value = serde_json::from_str(text).expect("a golden file is JSON");
    table["cases"].as_array().expect("it has cases").clone()
}

fn integer(value: &Value) -> i64 {
    value.as_i64().expect("an integer")
}

/// `[sample, step, unit, count]`, sorted.
fn counted(trains: &SpikeTrains) -> Vec<[i64; 4]> {
    let mut events: Vec<[i64; 4]> = Vec::new();
    for sample in 0..trains.len() {
        let (times, units) = trains.sample(sample);
        for (&time, &unit) in times.iter().zip(units) {
            let key = [sample as i64, i64::from(time), i64::from(unit)];
            match events.last_mut() {
                Some([s, t, u, count]) if [*s, *t, *u] == key => *count += 1,
                _ => events.push([key[0], key[1], key[2], 1]),
            }
        }
    }
    events
}

#[test]
fn latency_agrees_with_the_golden_table() {
    for case in golden(include_str!("../../../../test/golden/encode-latency.json")) {
        let encoding = Encoding::Latency(LatencyEncoding {
            first: case["t_first"].as_f64().unwrap(),
            last: case["t_last"].as_f64().unwrap(),
            skip_zero: case["skip_zero"].as_bool().unwrap(),
        });
        let pixels: Vec<u8> = case["pixels_0_255"].as_array().unwrap().iter().map(|p| integer(p) as u8).collect();
        let steps = integer(&case["T"]) as usize;
        let trains = encoding.encode_pixels(&pixels, pixels.len(), steps, None).unwrap();
        let mut found = vec![-1; pixels.len()];
        let (times, units) = trains.sample(0);
        times.iter().zip(units).for_each(|(&time, &unit)| found[unit as usize] = i64::from(time));
        let expected: Vec<i64> = case["spike_step"].as_array().unwrap().iter().map(integer).collect();
        assert_eq!(found, expected, "{encoding:?}, T = {steps}");

        let values: Vec<f32> = pixels.iter().map(|&pixel| f32::from(pixel) / 255.0).collect();
        assert_eq!(encoding.encode(&values, values.len(), steps, None).unwrap(), trains, "pixels and values agree");
    }
}

#[test]
fn rate_codes_agree_with_the_golden_tables() {
    let stretch = include_str!("../../../../test/golden/encode-stretch.json");
    let shift_back = include_str!("../../../../test/golden/encode-shift-back.json");
    for (kind, text) in [("stretch", stretch), ("shiftBack", shift_back)] {
        for case in golden(text) {
            let round = if case["last"].as_bool().unwrap() { "down" } else { "up" };
            let json = serde_json::json!({
                "type": kind, "max": case["n_max"], "min": case["n_min"], "round": round, "skipZero": case["skip_zero"],
            });
            let encoding = Encoding::from_json(&json.to_string()).unwrap();
            let samples = case["x"].as_array().unwrap();
            let values: Vec<f32> = samples
                .iter()
                .flat_map(|sample| sample.as_array().unwrap())
                .map(|x| x.as_f64().unwrap() as f32)
                .collect();
            let trains =
                encoding.encode(&values, values.len() / samples.len(), integer(&case["T"]) as usize, None).unwrap();
            let expected: Vec<[i64; 4]> = case["events_b_t_i_count"]
                .as_array()
                .unwrap()
                .iter()
                .map(|event| std::array::from_fn(|k| integer(&event[k])))
                .collect();
            assert_eq!(counted(&trains), expected, "{json}");
        }
    }
}

#[test]
fn defaults_are_those_of_the_specification() {
    let encoding = Encoding::from_json(r#"{"type":"latency"}"#).unwrap();
    assert_eq!(encoding, Encoding::Latency(LatencyEncoding { first: 0.0, last: 24.0, skip_zero: true }));
    let encoding = Encoding::from_json(r#"{"type":"stretch","max":3}"#).unwrap();
    let Encoding::Stretch(StretchEncoding { min, round, skip_zero, .. }) = encoding else { panic!("{encoding:?}") };
    assert_eq!((min, round, skip_zero), (0.0, Rounding::Up, true));
}

#[test]
fn errors_name_the_place() {
    let path = |json: &str| Encoding::from_json(json).unwrap_err().path;
    assert_eq!(path(r#"{"type":"latency","last":-1}"#), "last");
    assert_eq!(path(r#"{"type":"stretch","max":2,"min":3}"#), "min");
    assert_eq!(path(r#"{"type":"shiftBack","max":"many"}"#), "max");
    assert_eq!(path(r#"{"type":"poisson"}"#), "type");
    assert_eq!(path(r#"{"type":"rate","max":1.5}"#), "max");
    assert_eq!(path(r#"{"type":"rate","max":0.2,"min":0.3}"#), "min");
    assert_eq!(path(r#"{"type":"regular","minInterval":0.5}"#), "minInterval");
    assert_eq!(path(r#"{"type":"regular","minInterval":9,"maxInterval":8}"#), "maxInterval");
    assert_eq!(path(r#"{"type":"burst","minInterval":3,"maxInterval":2}"#), "maxInterval");
    assert_eq!(path(r#"{"type":"burst","maxSpikes":0}"#), "maxSpikes");
    assert_eq!(path(r#"{"type":"direct","steps":8}"#), "steps");

    let latency = Encoding::Latency(LatencyEncoding::default());
    for value in [f32::NAN, 1.5, -0.1] {
        let error = latency.encode(&[0.0, value], 2, 10, None).unwrap_err();
        assert_eq!((error.code, error.path.as_str()), (ErrorCode::DataFormat, "values[1]"));
    }
    assert_eq!(latency.encode(&[0.0; 3], 2, 10, None).unwrap_err().code, ErrorCode::ShapeMismatch);
    assert_eq!(latency.encode(&[], 0, 10, None).unwrap_err().code, ErrorCode::ShapeMismatch);
    assert_eq!(latency.encode(&[0.0; 2], 2, 0, None).unwrap_err().path, "steps");
}

#[test]
fn counts_above_one_repeat_the_event() {
    let encoding = Encoding::from_json(r#"{"type":"stretch","max":6}"#).unwrap();
    assert_eq!(counted(&encoding.encode(&[1.0], 1, 2, None).unwrap()), [[0, 0, 0, 3], [0, 1, 0, 3]]);
}

#[test]
fn regular_spikes_stand_at_equal_distances() {
    let encoding = Encoding::from_json(r#"{"type":"regular","minInterval":2.5,"maxInterval":10,"first":1}"#).unwrap();
    let trains = encoding.encode(&[1.0, 0.0, 0.5], 3, 12, None).unwrap();
    let steps =
        |unit| counted(&trains).iter().filter(|event| event[2] == unit).map(|event| event[1]).collect::<Vec<_>>();
    assert_eq!(steps(0), [1, 3, 6, 8, 11]);
    assert_eq!(steps(1), [0i64; 0]);
    assert_eq!(steps(2), [1, 7]);
}

#[test]
fn a_burst_has_more_spikes_and_shorter_intervals_for_a_larger_value() {
    let encoding = Encoding::from_json(r#"{"type":"burst","maxSpikes":5,"minInterval":2,"maxInterval":10}"#).unwrap();
    assert_eq!(Encoding::from_json(r#"{"type":"burst"}"#).unwrap(), encoding);
    let spikes = |steps| {
        let trains = encoding.encode(&[1.0, 0.6, 0.5, 0.2, 0.1, 0.0], 6, steps, None).unwrap();
        let of = |unit| counted(&trains).iter().filter(|event| event[2] == unit).map(|event| event[1]).collect();
        (0..6).map(of).collect::<Vec<Vec<i64>>>()
    };
    let whole: [&[i64]; 6] = [&[0, 2, 4, 6, 8], &[0, 6, 12], &[0, 6, 12], &[0], &[0], &[]];
    assert_eq!(spikes(40), whole);
    let cut: [&[i64]; 6] = [&[0, 2, 4], &[0], &[0], &[0], &[0], &[]];
    assert_eq!(spikes(6), cut);
}

#[test]
fn direct_makes_a_value_of_an_event_at_every_step() {
    let encoded = |text: &str, steps| {
        Encoding::from_json(text).unwrap().encode(&[0.25, 0.0, 1.0, 0.0, 0.0, 0.5], 3, steps, None).unwrap()
    };
    let trains = encoded(r#"{"type":"direct"}"#, 2);
    let SampleEvents { times, units, values } = trains.events(0);
    assert_eq!((times, units, values), (&[0, 0, 1, 1][..], &[0, 2, 0, 2][..], &[0.25, 1.0, 0.25, 1.0][..]));
    let SampleEvents { times, units, values } = trains.events(1);
    assert_eq!((times, units, values), (&[0, 1][..], &[2, 2][..], &[0.5, 0.5][..]));
    assert_eq!(encoded(r#"{"type":"direct","every":3}"#, 7).sample(1).0, [0, 3, 6]);

    let binary = Encoding::from_json(r#"{"type":"direct"}"#).unwrap().encode_pixels(&[255, 0], 2, 2, None).unwrap();
    assert_eq!(binary.sample(0), (&[0, 1][..], &[0, 0][..]));
    assert!(!binary.is_weighted(), "events of value 1 are spikes");
}

#[test]
fn the_spikes_of_a_rate_code_belong_to_the_sample() {
    let encoding = Encoding::from_json(r#"{"type":"rate","max":0.3,"seed":5}"#).unwrap();
    let values: Vec<f32> = (0..40).map(|k| k as f32 / 39.0).collect();
    let whole = encoding.encode(&values, 10, 50, None).unwrap();
    let part = encoding.encode(&values[20..], 10, 50, Some(&[2, 3])).unwrap();
    assert_eq!(part.sample(0), whole.sample(2));
    assert_eq!(part.sample(1), whole.sample(3));
    let other = Encoding::from_json(r#"{"type":"rate","max":0.3,"seed":6}"#).unwrap().encode(&values, 10, 50, None);
    assert_ne!(other.unwrap(), whole);
    assert_eq!(encoding.encode(&values, 10, 50, Some(&[1])).unwrap_err().path, "rows");
}

/// Bounds of five standard deviations: that of n expected spikes is √(n (1 − p)).
#[test]
fn rates_are_what_was_asked_for() {
    const STEPS: usize = 1000;
    const SAMPLES: usize = 40;
    let encoding = Encoding::from_json(r#"{"type":"rate","max":1,"min":0.02,"skipZero":false}"#).unwrap();
    let sample = [0.0, 0.1, 0.5, 0.9, 1.0];
    let trains = encoding.encode(&sample.repeat(SAMPLES), sample.len(), STEPS, None).unwrap();
    for (unit, &x) in (0..).zip(&sample) {
        let p = 0.98 * f64::from(x) + 0.02;
        let expected = p * (STEPS * SAMPLES) as f64;
        let found = trains.units().iter().filter(|&&of| of == unit).count() as f64;
        let deviation = (expected * (1.0 - p)).sqrt();
        assert!((found - expected).abs() <= 5.0 * deviation + 0.5, "value {x}: {found} spikes, {expected} expected");
    }
}

/// At a rate of p, a spike follows a spike in the next step with probability p too: no step is skipped or doubled.
#[test]
fn steps_of_a_rate_code_are_independent() {
    let encoding = Encoding::from_json(r#"{"type":"rate","max":0.5}"#).unwrap();
    let trains = encoding.encode(&[1.0], 1, 60_000, None).unwrap();
    let pairs = trains.times().windows(2).filter(|pair| pair[1] == pair[0] + 1).count() as f64;
    let expected = 0.25 * 60_000.0;
    assert!((pairs - expected).abs() < 5.0 * expected.sqrt(), "{pairs} pairs, {expected} expected");
    assert!(trains.times().windows(2).all(|pair| pair[0] < pair[1]), "a unit spikes at most once a step");
}

/// Every encoding with options drawn from their ranges.
fn any_encoding() -> impl Strategy<Value = Encoding> {
    let json = prop_oneof![
        (0u32..200, 0u32..200)
            .prop_map(|(first, last)| serde_json::json!({ "type": "latency", "first": first, "last": last })),
        (0.0..=1.0f64, any::<u32>())
            .prop_map(|(max, seed)| serde_json::json!({ "type": "rate", "max": max, "seed": seed })),
        (1.0..50.0f64, 0.0..100.0f64, 0.0..20.0f64).prop_map(|(min, more, first)| {
            serde_json::json!({ "type": "regular", "minInterval": min, "maxInterval": min + more, "first": first })
        }),
        (1u32..60, 1.0..20.0f64, 0.0..40.0f64).prop_map(|(spikes, min, more)| {
            serde_json::json!({ "type": "burst", "maxSpikes": spikes, "minInterval": min, "maxInterval": min + more })
        }),
        (0.0..40.0f64).prop_map(|max| serde_json::json!({ "type": "stretch", "max": max, "min": max / 3.0 })),
        (0.0..40.0f64).prop_map(|max| serde_json::json!({ "type": "shiftBack", "max": max, "round": "down" })),
    ];
    (json, any::<bool>()).prop_map(|(mut json, skip)| {
        if json["type"] != "burst" {
            json["skipZero"] = skip.into();
        }
        Encoding::from_json(&json.to_string()).unwrap()
    })
}

proptest! {
    #[test]
    fn spikes_lie_in_the_simulation_in_order(encoding in any_encoding(), values in prop::collection::vec(0.0..=1.0f32, 12), steps in 1usize..150) {
        let trains = encoding.encode(&values, 4, steps, None).unwrap();
        prop_assert_eq!(trains.len(), 3);
        for sample in 0..3 {
            let (times, units) = trains.sample(sample);
            let events: Vec<_> = times.iter().zip(units).collect();
            prop_assert!(events.is_sorted());
            prop_assert!(events.iter().all(|&(&time, &unit)| usize::from(time) < steps && unit < 4));
        }
    }

    #[test]
    fn a_larger_value_never_spikes_less_or_later(encoding in any_encoding(), small in 0.0..=1.0f32, more in 0.0..=1.0f32) {
        // Of random spikes this holds on average only, and a latency code may be asked for the reverse.
        let is_ordered = match &encoding {
            Encoding::Rate(_) => false,
            Encoding::Latency(latency) => latency.first <= latency.last,
            _ => true,
        };
        prop_assume!(is_ordered);
        let trains = encoding.encode(&[small, small + (1.0 - small) * more], 2, 200, None).unwrap();
        let of = |unit: u32| {
            let (times, units) = trains.sample(0);
            times.iter().zip(units).filter(|&(_, &of)| of == unit).map(|(&time, _)| time).collect::<Vec<u16>>()
        };
        let (fewer, many) = (of(0), of(1));
        prop_assert!(fewer.len() <= many.len(), "{fewer:?} {many:?}");
        if let (Some(late), Some(early)) = (fewer.first(), many.first()) {
            prop_assert!(early <= late, "{fewer:?} {many:?}");
        }
    }
}
