use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::ErrorCode;

fn golden(text: &str) -> Vec<Value> {
    let table: Value = serde_json::from_str(text).expect("a golden file is JSON");
    table["cases"].as_array().expect("it has cases").clone()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

/// `x` of a case, with its channels.
fn signal(case: &Value) -> (Vec<f32>, usize) {
    let times: Vec<Vec<f64>> = case["x"].as_array().unwrap().iter().map(numbers).collect();
    (times.concat().iter().map(|&x| x as f32).collect(), times[0].len())
}

/// The options of a case under their names in the configuration.
fn options(case: &Value, kind: &str) -> Value {
    let camel = |name: &str| {
        name.split('_').enumerate().fold(String::new(), |text, (k, word)| {
            let (first, rest) = word.split_at(1);
            text + &(if k == 0 { first.to_owned() } else { first.to_uppercase() }) + rest
        })
    };
    let fields = case["options"].as_object().unwrap().iter().filter(|(_, value)| !value.is_null());
    let mut options: Value = fields.map(|(name, value)| (camel(name), value.clone())).collect();
    options["type"] = kind.into();
    options
}

fn encoded(encoding: &Encoding, values: &[f32], channels: usize, steps: usize) -> SpikeTrains {
    let times = (values.len() / channels) as u32;
    encoding.encode_series(&Series::new(values, &[0, times], channels).unwrap(), steps).unwrap()
}

/// `[step, unit, count]` of the only sample.
fn counted(trains: &SpikeTrains) -> Vec<[u64; 3]> {
    let mut counts: Vec<[u64; 3]> = Vec::new();
    let (times, units) = trains.sample(0);
    for (&time, &unit) in times.iter().zip(units) {
        match counts.last_mut() {
            Some([t, u, count]) if [*t, *u] == [u64::from(time), u64::from(unit)] => *count += 1,
            _ => counts.push([u64::from(time), u64::from(unit), 1]),
        }
    }
    counts
}

fn assert_case(case: &Value, encoding: &Encoding) {
    let (values, channels) = signal(case);
    let expected: Vec<[u64; 3]> = case["events_t_u_count"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| std::array::from_fn(|k| event[k].as_u64().unwrap()))
        .collect();
    assert_eq!(counted(&encoded(encoding, &values, channels, 65535)), expected, "{encoding:?}");
}

#[test]
fn encoders_agree_with_the_golden_tables() {
    for (kind, text) in [
        ("delta", include_str!("../../../../test/golden/encode-delta.json")),
        ("levels", include_str!("../../../../test/golden/encode-levels.json")),
        ("current", include_str!("../../../../test/golden/encode-current.json")),
    ] {
        for case in golden(text) {
            assert_case(&case, &Encoding::from_json(&options(&case, kind).to_string()).unwrap());
        }
    }
}

#[test]
fn log_mel_agrees_with_the_golden_table() {
    for case in golden(include_str!("../../../../test/golden/log-mel.json")) {
        let mut options = options(&case, "logMel");
        let (threshold, max_spikes) = (&case["threshold"], &case["max_spikes"]);
        options["encoding"] = json!({ "type": "delta", "threshold": threshold, "maxSpikes": max_spikes });
        let encoding = Encoding::from_json(&options.to_string()).unwrap();
        assert_case(&case, &encoding);

        let Encoding::LogMel(options) = &encoding else { panic!("{encoding:?}") };
        let mut features = log_mel::LogMel::new(options, 1);
        let (values, _) = signal(&case);
        let found: Vec<Vec<f32>> =
            values.iter().filter_map(|&value| features.push(&[value]).map(<[f32]>::to_vec)).collect();
        let expected: Vec<Vec<f64>> = case["features"].as_array().unwrap().iter().map(numbers).collect();
        assert_eq!(found.len(), expected.len());
        for (&found, expected) in found.iter().flatten().zip(expected.iter().flatten()) {
            assert!((f64::from(found) - expected).abs() < 1e-6 * expected.abs().max(1.0), "{found} {expected}");
        }
    }
}

#[test]
fn defaults_are_those_of_the_specification() {
    let delta = Encoding::from_json(r#"{"type":"delta"}"#).unwrap();
    assert_eq!(delta, Encoding::Delta(DeltaEncoding { threshold: 0.1, start: None, max_spikes: 1 }));
    let Encoding::LogMel(sound) = Encoding::from_json(r#"{"type":"logMel"}"#).unwrap() else { panic!() };
    assert_eq!((sound.sample_rate, sound.window, sound.hop, sound.mels), (16_000.0, 512, 160, 20));
}

#[test]
fn errors_name_the_place() {
    let path = |json: &str| Encoding::from_json(json).unwrap_err().path;
    assert_eq!(path(r#"{"type":"delta","threshold":0}"#), "threshold");
    assert_eq!(path(r#"{"type":"delta","maxSpikes":256}"#), "maxSpikes");
    assert_eq!(path(r#"{"type":"levels","min":1,"max":1}"#), "max");
    assert_eq!(path(r#"{"type":"current","timeConstant":0}"#), "timeConstant");
    assert_eq!(path(r#"{"type":"logMel","sampleRate":8000,"maxFrequency":4001}"#), "maxFrequency");
    assert_eq!(path(r#"{"type":"logMel","minFrequency":8000}"#), "minFrequency");
    assert_eq!(path(r#"{"type":"logMel","encoding":{"type":"latency"}}"#), "encoding.type");
    assert_eq!(path(r#"{"type":"logMel","encoding":{"type":"logMel"}}"#), "encoding.type");
    assert_eq!(path(r#"{"type":"logMel","encoding":{"type":"delta","threshold":-1}}"#), "encoding.threshold");
    assert_eq!(path(r#"{"type":"logMel","encoding":{"type":"levels","min":2,"max":1}}"#), "encoding.max");

    let delta = Encoding::from_json(r#"{"type":"delta"}"#).unwrap();
    let error = Series::new(&[0.0, f32::NAN], &[0, 1], 2).unwrap_err();
    assert_eq!((error.code, error.path.as_str()), (ErrorCode::DataFormat, "values[1]"));
    for offsets in [&[][..], &[1, 2], &[0, 1], &[0, 3, 2]] {
        let error = Series::new(&[0.0; 4], offsets, 2).unwrap_err();
        assert_eq!(error.code, ErrorCode::ShapeMismatch, "{offsets:?}");
    }
    assert_eq!(Series::new(&[0.0; 3], &[0, 1], 2).unwrap_err().path, "values");
    assert_eq!(Series::new(&[], &[0], 0).unwrap_err().path, "values");
    assert_eq!(delta.encode(&[0.5], 1, 2, None).unwrap_err().path, "encoding");
    assert_eq!(SeriesEncoder::new(&delta, usize::MAX).unwrap_err().path, "channels");
    assert_eq!(SeriesEncoder::new(&delta, 0).unwrap_err().path, "channels");
    let latency = Encoding::Latency(LatencyEncoding::default());
    assert_eq!(SeriesEncoder::new(&latency, 1).unwrap_err().code, ErrorCode::DataFormat);
}

#[test]
fn spikes_after_the_last_step_are_dropped() {
    let delta = Encoding::from_json(r#"{"type":"delta","threshold":0.5,"start":0}"#).unwrap();
    assert_eq!(counted(&encoded(&delta, &[1.0, 1.0, 1.0, -3.0], 1, 3)), [[0, 1, 1], [1, 1, 1]]);
    assert_eq!(encoded(&delta, &[], 1, 3).len(), 1);
}

#[test]
fn a_hop_beyond_the_window_leaves_values_out() {
    let text = |hop: u32| json!({ "type": "logMel", "sampleRate": 100, "window": 4, "hop": hop }).to_string();
    let steps = |hop| {
        let mut encoder = SeriesEncoder::new(&Encoding::from_json(&text(hop)).unwrap(), 1).unwrap();
        (0..30).filter(|_| encoder.push(&[0.5], &mut Vec::new())).collect::<Vec<_>>()
    };
    assert_eq!(steps(4), [3, 7, 11, 15, 19, 23, 27]);
    assert_eq!(steps(9), [3, 12, 21]);
    assert_eq!(steps(1), (3..30).collect::<Vec<_>>());
}

/// Every encoding of signals with options drawn from their ranges.
fn any_encoding() -> impl Strategy<Value = Encoding> {
    let inner = prop_oneof![
        (0.01..2.0f64, 1u32..5)
            .prop_map(|(threshold, max)| json!({ "type": "delta", "threshold": threshold, "maxSpikes": max })),
        (-2.0..0.0f64, 1u32..20)
            .prop_map(|(min, count)| json!({ "type": "levels", "min": min, "max": 1, "count": count })),
        (1u32..5, 0.0..1.0f64, any::<u32>()).prop_map(
            |(neurons, spread, seed)| json!({ "type": "current", "neurons": neurons, "spread": spread, "seed": seed })
        ),
    ];
    (inner, prop::option::of((2u32..20, 1u32..20))).prop_map(|(inner, sound)| {
        let json = match sound {
            Some((window, hop)) => {
                json!({ "type": "logMel", "window": window, "hop": hop, "mels": 3, "encoding": inner })
            }
            None => inner,
        };
        Encoding::from_json(&json.to_string()).unwrap()
    })
}

proptest! {
    #[test]
    fn chunks_give_the_spikes_of_the_whole(
        encoding in any_encoding(),
        values in prop::collection::vec(-3.0..3.0f32, 120),
        chunk in 1usize..70,
    ) {
        let channels = 2;
        let whole = encoded(&encoding, &values, channels, 1000);
        let mut encoder = SeriesEncoder::new(&encoding, channels).unwrap();
        for _ in 0..2 {
            encoder.restart();
            let (mut events, mut step) = (Vec::new(), 0u16);
            for part in values.chunks(chunk * channels) {
                encoder.push_all(part, |fired| {
                    events.extend(fired.iter().map(|&unit| (step, unit)));
                    step += 1;
                }).unwrap();
            }
            let (times, units) = whole.sample(0);
            prop_assert_eq!(events, times.iter().copied().zip(units.iter().copied()).collect::<Vec<_>>());
        }
        let (times, units) = whole.sample(0);
        let count = encoding.series_units(channels).unwrap();
        prop_assert!(times.iter().zip(units).is_sorted() && units.iter().all(|&unit| (unit as usize) < count));
    }

    #[test]
    fn spikes_of_delta_tell_the_signal(values in prop::collection::vec(-3.0..3.0f32, 1..60), threshold in 0.05..1.0f64) {
        let encoding = Encoding::Delta(DeltaEncoding { threshold, start: Some(0.0), max_spikes: 255 });
        let mut heard = 0i64;
        let mut encoder = SeriesEncoder::new(&encoding, 1).unwrap();
        for &x in &values {
            let mut fired = Vec::new();
            encoder.push(&[x], &mut fired);
            heard += fired.iter().map(|&unit| if unit == 1 { 1 } else { -1 }).sum::<i64>();
            prop_assert!((f64::from(x) - heard as f64 * threshold).abs() < threshold + 1e-9);
        }
    }
}
