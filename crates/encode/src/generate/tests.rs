use spikelet_data::{SpikeTrains, Targets};

use super::yin_yang::class_of;
use super::*;

fn values_of(text: &str) -> (Vec<f32>, Vec<u32>) {
    let Generated { inputs: GeneratedInputs::Values(values), targets: Targets::Labels(labels) } =
        Generator::generate(text).unwrap()
    else {
        panic!("{text} gives values with labels")
    };
    (values, labels)
}

fn trains_of(text: &str) -> (SpikeTrains, Targets) {
    let Generated { inputs: GeneratedInputs::Trains(trains), targets } = Generator::generate(text).unwrap() else {
        panic!("{text} gives spikes")
    };
    (trains, targets)
}

#[test]
fn the_figure_is_the_published_one() {
    for (x, y, class) in [
        (0.75, 0.5, Some(2)),
        (0.25, 0.5, Some(2)),
        (0.25, 0.35, Some(1)),
        (0.75, 0.65, Some(0)),
        (0.5, 0.9, Some(1)),
        (0.5, 0.1, Some(0)),
        (0.05, 0.05, None),
        (1.0, 1.0, None),
    ] {
        assert_eq!(class_of(x, y), class, "({x}, {y})");
    }
}

#[test]
fn yin_yang_points_lie_in_their_class() {
    let (values, labels) = values_of(r#"{"type":"yinYang","samples":3000,"seed":4}"#);
    let mut counts = [0u32; 3];
    for (point, &label) in values.chunks_exact(5).zip(&labels) {
        let &[x, y, right, up, bias] = point else { panic!("five values") };
        assert_eq!(class_of(f64::from(x), f64::from(y)), Some(label));
        assert_eq!((x + right, y + up, bias), (1.0, 1.0, 1.0));
        counts[label as usize] += 1;
    }
    assert!(counts.iter().all(|&count| (870..1130).contains(&count)), "{counts:?}");
    let (fewer, _) = values_of(r#"{"type":"yinYang","samples":10,"seed":4}"#);
    assert_eq!(fewer, values[..50], "a sample does not depend on how many there are");
    let (plain, _) = values_of(r#"{"type":"yinYang","samples":10,"seed":4,"bias":false}"#);
    assert_eq!(plain.chunks_exact(4).collect::<Vec<_>>(), fewer.chunks_exact(5).map(|p| &p[..4]).collect::<Vec<_>>());
}

#[test]
fn labels_of_yin_yang_points_are_independent() {
    let (_, labels) = values_of(r#"{"type":"yinYang","samples":20000,"seed":3}"#);
    for apart in 1..=128 {
        let mut counts = [[0.0; 3]; 3];
        for (&one, &other) in labels.iter().zip(&labels[apart..]) {
            counts[one as usize][other as usize] += 1.0;
        }
        let expected = (labels.len() - apart) as f64 / 9.0;
        let dependence: f64 =
            counts.iter().flatten().map(|count: &f64| (count - expected) * (count - expected) / expected).sum();
        // χ² with 8 degrees of freedom: above 40 once in 300,000 draws.
        assert!(dependence < 40.0, "{apart} apart: {dependence}");
    }
}

#[test]
fn every_unit_of_randman_spikes_once_a_manifold() {
    let text = r#"{"type":"randman","classes":3,"samplesPerClass":50,"units":7,"spikes":2,"dimensions":2,"steps":64,"seed":1}"#;
    let (trains, Targets::Labels(labels)) = trains_of(text) else { panic!("labels") };
    assert_eq!(labels[..4], [0, 1, 2, 0]);
    assert_eq!(trains.len(), 150);
    for sample in 0..trains.len() {
        let mut units = trains.sample(sample).1.to_vec();
        units.sort_unstable();
        assert_eq!(units, (0..7).flat_map(|unit| [unit, unit]).collect::<Vec<_>>());
    }
    assert_eq!(
        (trains.times().iter().min(), trains.times().iter().max()),
        (Some(&0), Some(&63)),
        "stretched to all steps"
    );
    assert_eq!(trains_of(text).0, trains);
    assert_ne!(trains_of(&text.replace("\"seed\":1", "\"seed\":2")).0, trains);
}

/// On a line, neighbours in x are neighbours in every coordinate, so that times hardly differ between near samples.
#[test]
fn smoother_manifolds_have_fewer_turns() {
    let turns = |smoothness: f64| {
        let text = format!(
            r#"{{"type":"randman","classes":1,"samplesPerClass":400,"units":30,"steps":1000,"smoothness":{smoothness},"seed":3}}"#
        );
        let trains = trains_of(&text).0;
        let time = |sample: usize, unit: u32| {
            let (times, units) = trains.sample(sample);
            let at = units.iter().position(|&of| of == unit).expect("every unit spikes");
            i32::from(times[at])
        };
        // Unit 0 as the order along the line would need x; the spread of nearest neighbours in three units stands for it.
        let mut spread = 0;
        for sample in 0..100 {
            let nearest = (0..400)
                .filter(|&other| other != sample)
                .min_by_key(|&other| (0..3).map(|unit| (time(sample, unit) - time(other, unit)).abs()).sum::<i32>());
            spread += (3..30).map(|unit| (time(sample, unit) - time(nearest.unwrap(), unit)).abs()).sum::<i32>();
        }
        spread
    };
    let (smooth, rough) = (turns(4.0), turns(1.0));
    assert!(smooth * 3 < rough, "{smooth} against {rough}");
}

#[test]
fn matching_draws_inputs_and_targets() {
    let text = r#"{"type":"spikeTrainMatching","samples":20,"inputs":50,"outputs":5,"steps":100,"inputRate":0.1,"targetRate":0.04}"#;
    let (inputs, Targets::Trains(targets)) = trains_of(text) else { panic!("not trains") };
    let near = |found: usize, expected: f64| (found as f64 - expected).abs() < 5.0 * expected.sqrt();
    assert!(near(inputs.times().len(), 20.0 * 50.0 * 100.0 * 0.1), "{}", inputs.times().len());
    assert!(near(targets.times().len(), 20.0 * 5.0 * 100.0 * 0.04), "{}", targets.times().len());
    assert!(targets.units().iter().all(|&unit| unit < 5));
    assert_ne!(inputs.sample(0), inputs.sample(1));
}

#[test]
fn errors_name_the_option() {
    let path = |text: &str| Generator::generate(text).unwrap_err().path;
    assert_eq!(path(r#"{"type":"spiral"}"#), "type");
    assert_eq!(path(r#"{"type":"yinYang","samples":0}"#), "samples");
    assert_eq!(path(r#"{"type":"yinYang","sample":1}"#), "sample");
    assert_eq!(path(r#"{"type":"randman","steps":65536}"#), "steps");
    assert_eq!(path(r#"{"type":"randman","smoothness":0}"#), "smoothness");
    assert_eq!(path(r#"{"type":"randman","units":4294967295}"#), "units");
    assert_eq!(path(r#"{"type":"spikeTrainMatching","inputRate":1.5}"#), "inputRate");
}

#[test]
fn too_many_samples_are_refused_by_name() {
    let error = Generator::generate(r#"{"type":"yinYang","samples":4294967295}"#).unwrap_err();
    assert_eq!((error.code, error.path.as_str()), (crate::ErrorCode::ConfigInvalid, "samples"));
}
