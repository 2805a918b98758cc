use serde_json::{Value, json};
use spikelet_config::{Config, Error, ErrorCode};
use spikelet_data::{Dataset, SpikeTrains, Targets};

use spikelet_quantization::{Conversion, IntegerNetwork, Integers, convert_measured, spikes};
use spikelet_training::{InputParameters, LayerParameters, LearntValues, Level, Trainer};

const CONVERSION: Conversion = Conversion { state_bits: 32, weight_bits: None, percentile: 100.0 };

fn trainer(network: &Value) -> Trainer {
    let json = json!({ "network": network, "loss": { "type": "count" }, "rule": { "type": "activation" } });
    Trainer::new(Config::from_json(&json.to_string()).expect("a configuration"), Level::detect()).expect("a network")
}

/// A sample in which every input fires at every second step.
fn data(trainer: &Trainer) -> Dataset {
    let (steps, inputs) = (trainer.config().network.steps, trainer.config().network.input.units() as u32);
    let mut trains = SpikeTrains::new();
    trains.push_sample((0..steps as u16).step_by(2).flat_map(|t| (0..inputs).map(move |unit| (t, unit))));
    Dataset::new(trains, Targets::None, 1).expect("a data set")
}

fn quantized(trainer: &mut Trainer, conversion: Conversion) -> Result<Integers, Error> {
    let data = data(trainer);
    let numbers = trainer.quantize(&data, 0..1, conversion);
    let elsewhere = trainer.measure(&data, 0..1).and_then(|measured| convert_measured(&measured, conversion));
    assert_eq!(elsewhere, numbers, "a conversion where the network is not");
    numbers.map(|numbers| Integers::from_numbers(&numbers).expect("whole numbers"))
}

fn open(config: &Config, integers: &Integers) -> Result<IntegerNetwork, Error> {
    IntegerNetwork::new(config, &integers.clone().to_numbers())
}

fn refusal(network: &Value) -> (ErrorCode, String) {
    let Error { code, path, .. } = quantized(&mut trainer(network), CONVERSION).expect_err("is refused");
    (code, path)
}

#[test]
fn what_has_no_form_in_whole_numbers_is_refused_by_its_path() {
    let dense = |neuron: Value| json!({ "input": 2, "steps": 8, "layers": [{ "type": "dense", "units": 2, "neuron": neuron }] });
    let at = |path: &str| (ErrorCode::ConfigInvalid, path.to_owned());
    assert_eq!(refusal(&dense(json!({ "type": "adlif" }))), at("network.layers[0].neuron.type"));
    assert_eq!(refusal(&dense(json!({ "reset": "subtractAfterDecay" }))), at("network.layers[0].neuron.reset"));
}

#[test]
fn what_is_measured_is_refused_unless_it_is_whole() {
    let network = json!({ "input": 2, "steps": 8, "layers": [{ "type": "dense", "units": 2 }] });
    let mut trainer = trainer(&network);
    let mut measured = trainer.measure(&data(&trainer), 0..1).expect("its states");
    let refused = |numbers: &[f64]| convert_measured(numbers, CONVERSION).expect_err("is refused").code;
    for length in 0..measured.len() {
        assert_eq!(refused(&measured[..length]), ErrorCode::DataFormat);
    }
    measured.push(0.0);
    assert_eq!(refused(&measured), ErrorCode::DataFormat);
}

#[test]
fn samples_are_taken_as_spikes() {
    let mut trains = SpikeTrains::new();
    for sample in [vec![(0, 1), (2, 0)], vec![], vec![(1, 1)]] {
        trains.push_sample(sample);
    }
    let data = Dataset::new(trains, Targets::None, 1).expect("a data set");
    let found = spikes(&data, 1..3).expect("spikes");
    assert_eq!(found.into_parts(), (vec![0, 0, 1], vec![1], vec![1], vec![]));
    assert_eq!(spikes(&data, 1..4).expect_err("is refused").code, ErrorCode::ShapeMismatch);
    let graded = SpikeTrains::from_parts(&[0, 0, 1], (vec![1], vec![1], Some(vec![0.5])), 4, 2, "events");
    let data = Dataset::new(graded.expect("events"), Targets::None, 1).expect("a data set");
    assert!(spikes(&data, 0..1).is_ok());
    assert_eq!(spikes(&data, 0..2).expect_err("is refused").path, "values");
}

#[test]
fn settings_out_of_range_are_refused() {
    let network = json!({ "input": 2, "steps": 8, "layers": [{ "type": "dense", "units": 2 }] });
    let refused = |conversion| {
        let error = quantized(&mut trainer(&network), conversion).expect_err("is refused");
        assert_eq!(error.code, ErrorCode::ConfigInvalid);
        error.path
    };
    assert_eq!(refused(Conversion { state_bits: 8, ..CONVERSION }), "stateBits");
    assert_eq!(refused(Conversion { weight_bits: Some(1), ..CONVERSION }), "weightBits");
    assert_eq!(refused(Conversion { weight_bits: Some(9), ..CONVERSION }), "weightBits");
    assert_eq!(refused(Conversion { percentile: 0.0, ..CONVERSION }), "percentile");
    assert_eq!(refused(Conversion { percentile: f64::NAN, ..CONVERSION }), "percentile");
}

#[test]
fn states_that_do_not_fit_are_refused() {
    let mut neuron = json!({ "threshold": 100_000 });
    let network = |neuron: &Value| {
        let layer = json!({ "type": "dense", "units": 2, "neuron": neuron });
        json!({ "input": 2, "steps": 8, "layers": [layer] })
    };
    let sixteen = Conversion { state_bits: 16, ..CONVERSION };
    let error = quantized(&mut trainer(&network(&neuron)), sixteen).expect_err("is refused");
    assert_eq!((error.code, error.path.as_str()), (ErrorCode::ConfigInvalid, "stateBits"));
    assert_eq!(error.message, "16 bits do not hold the states of layer 0");
    neuron["threshold"] = json!(1);
    assert!(quantized(&mut trainer(&network(&neuron)), sixteen).is_ok());
}

fn named(name: &str, values: &[f32]) -> Vec<LearntValues> {
    vec![LearntValues { name: name.into(), shape: Vec::new(), values: values.to_vec() }]
}

/// A recurrent layer of a chain holds the weights of its own spikes in one array with the others.
#[test]
fn a_recurrent_layer_becomes_the_same_in_a_chain_and_in_a_graph() {
    let (input, own) = ([[0.5, -0.25, 0.75], [1.5, 0.125, -1.0]], [[0.25, -0.5], [0.75, 1.0]]);
    for (by, delays, own_delays) in [
        ("connection", vec![0.0, 1.0, 2.0, 3.0, 2.0, 1.0], vec![3.0, 1.0, 0.0, 2.0]),
        ("input", vec![2.0, 0.0, 1.0], vec![3.0, 1.0]),
    ] {
        let of = json!({ "by": by, "max": 3 });
        let mut chain = trainer(&json!({
            "input": 3, "steps": 8, "layers": [{ "type": "dense", "units": 2, "recurrent": true, "delays": of }],
        }));
        let mut graph = trainer(&json!({
            "input": 3, "steps": 8,
            "layers": [{ "name": "a", "type": "dense", "units": 2, "delays": of, "inputs": [{ "type": "dense", "from": "a", "delays": of }] }],
        }));
        let rows = |first: &[f32], second: &[f32]| -> Vec<f32> {
            let (width, more) = (first.len() / 2, second.len() / 2);
            (0..2).flat_map(|unit| [&first[unit * width..][..width], &second[unit * more..][..more]].concat()).collect()
        };
        let biases = vec![0.1, -0.1];
        let all_delays = if by == "input" { [&delays[..], &own_delays].concat() } else { rows(&delays, &own_delays) };
        let given = LayerParameters {
            weights: rows(&input.concat(), &own.concat()),
            biases: biases.clone(),
            learnt: named("delays", &all_delays),
            inputs: Vec::new(),
        };
        chain.replace_parameters(0, &given).expect("parameters");
        let further = InputParameters { weights: own.concat(), learnt: named("delays", &own_delays) };
        let given = LayerParameters {
            weights: input.concat(),
            biases,
            learnt: named("delays", &delays),
            inputs: vec![further],
        };
        graph.replace_parameters(0, &given).expect("parameters");
        let found = quantized(&mut chain, CONVERSION).expect("whole numbers");
        assert_eq!(found, quantized(&mut graph, CONVERSION).expect("whole numbers"), "{by}");
        assert_eq!(found.layers[0].inputs.len(), 2);
        let mut late = found.clone();
        late.layers[0].inputs[1].delays[1] = 4.0;
        let error = open(chain.config(), &late).expect_err("is longer than the longest delay");
        assert_eq!((error.code, error.path.as_str()), (ErrorCode::ConfigInvalid, "layers[0].inputs[1].delays[1]"));
        let answers = [&chain, &graph].map(|trainer| {
            let network = open(trainer.config(), &found).expect("a network");
            network.predict(&data(trainer), 0..1).expect("a prediction")
        });
        assert_eq!(answers[0], answers[1]);
        assert!(!answers[0].layers[0].times().is_empty(), "some unit fires");
    }
}

#[test]
fn whole_numbers_that_do_not_fit_the_network_are_refused_by_their_path() {
    let network = json!({ "input": 2, "steps": 8, "layers": [{ "type": "dense", "units": 2 }] });
    let mut trainer = trainer(&network);
    let integers = quantized(&mut trainer, CONVERSION).expect("whole numbers");
    let refused = |change: &dyn Fn(&mut Integers)| {
        let mut changed = integers.clone();
        change(&mut changed);
        let Error { code, path, .. } = open(trainer.config(), &changed).expect_err("is refused");
        (code, path)
    };
    use ErrorCode::{ConfigInvalid, ShapeMismatch};
    let at = |code, path: &str| (code, path.to_owned());
    assert_eq!(refused(&|changed| changed.state_bits = 8.0), at(ConfigInvalid, "stateBits"));
    assert_eq!(refused(&|changed| changed.layers.clear()), at(ShapeMismatch, "layers"));
    assert_eq!(refused(&|changed| changed.layers[0].inputs.clear()), at(ShapeMismatch, "layers[0].inputs"));
    let weights = "layers[0].inputs[0].weights";
    assert_eq!(refused(&|changed| changed.layers[0].inputs[0].weights.clear()), at(ShapeMismatch, weights));
    let third = "layers[0].inputs[0].weights[2]";
    assert_eq!(refused(&|changed| changed.layers[0].inputs[0].weights[2] = 128.0), at(ConfigInvalid, third));
    assert_eq!(refused(&|changed| changed.layers[0].inputs[0].weights[2] = 0.5), at(ConfigInvalid, third));
    assert_eq!(refused(&|changed| changed.layers[0].weight_shift = 16.0), at(ConfigInvalid, "layers[0].weightShift"));
    assert_eq!(refused(&|changed| changed.layers[0].threshold.clear()), at(ShapeMismatch, "layers[0].threshold"));
    let decay = |changed: &mut Integers| changed.layers[0].current_decay = vec![40_000.0];
    assert_eq!(refused(&decay), at(ConfigInvalid, "layers[0].currentDecay"));
}

#[test]
fn a_statistic_without_a_form_in_whole_numbers_is_refused() {
    let with = |loss: Value| {
        let layers = json!([{ "type": "dense", "units": 2, "neuron": { "type": "leaky" } }]);
        let network = json!({ "input": 2, "steps": 8, "layers": layers });
        let json = json!({ "network": network, "loss": loss, "rule": { "type": "activation" } });
        let config = Config::from_json(&json.to_string()).expect("a configuration");
        let mut trainer = Trainer::new(config.clone(), Level::detect()).expect("a network");
        let integers = quantized(&mut trainer, CONVERSION).expect("whole numbers");
        open(&config, &integers).map(|network| network.predict(&data(&trainer), 0..1).expect("an answer"))
    };
    let refused = with(json!({ "type": "membrane", "statistic": "softmaxSum" })).expect_err("is refused");
    assert_eq!((refused.code, refused.path.as_str()), (ErrorCode::ConfigInvalid, "loss.statistic"));
    let answer = |loss| with(loss).expect("an answer");
    let each = answer(json!({ "type": "membrane", "statistic": "each" }));
    assert_eq!(each, answer(json!({ "type": "membrane", "statistic": "mean" })));
    let trace = answer(json!({ "type": "trace" }));
    assert!(trace.decisions.is_empty() && trace.scores.is_empty());
    assert_eq!(trace.membranes, each.membranes);
}

#[test]
fn events_with_values_are_refused() {
    let mut trainer = trainer(&json!({ "input": 2, "steps": 8, "layers": [{ "type": "dense", "units": 2 }] }));
    let integers = quantized(&mut trainer, CONVERSION).expect("whole numbers");
    let network = open(trainer.config(), &integers).expect("a network");
    let weighted = SpikeTrains::from_parts(&[0, 1], (vec![0], vec![1], Some(vec![0.5])), 8, 2, "events");
    let data = Dataset::new(weighted.expect("events"), Targets::None, 1).expect("a data set");
    assert_eq!(network.predict(&data, 0..1).expect_err("is refused").code, ErrorCode::DataFormat);
    assert_eq!(network.predict(&data, 0..2).expect_err("is refused").code, ErrorCode::ShapeMismatch);
}

#[test]
fn whole_numbers_come_back_from_one_after_the_other() {
    let mut trainer = trainer(&json!({
        "input": 2,
        "steps": 8,
        "neuron": { "type": "alif" },
        "layers": [{ "type": "dense", "units": 2, "delays": { "by": "input", "max": 3 } }, { "type": "dense", "units": 2 }],
    }));
    let integers = quantized(&mut trainer, CONVERSION).expect("whole numbers");
    let numbers = integers.clone().to_numbers();
    assert_eq!(Integers::from_numbers(&numbers), Ok(integers));
    let refused = |numbers: &[f64]| {
        let structured = Integers::from_numbers(numbers).map(|_| ()).map_err(|error| error.code);
        let resolved = IntegerNetwork::new(trainer.config(), numbers).map(|_| ()).map_err(|error| error.code);
        (structured, resolved)
    };
    let data_format = Err(ErrorCode::DataFormat);
    assert_eq!(refused(&numbers), (Ok(()), Ok(())));
    for end in 0..numbers.len() {
        assert_eq!(refused(&numbers[..end]), (data_format, data_format), "{end} numbers");
    }
    assert_eq!(refused(&[&numbers[..], &[0.0]].concat()), (data_format, data_format));
    for count in [-1.0, f64::NAN, f64::INFINITY, 1e9] {
        let (structured, resolved) = refused(&[32.0, 1.0, 0.0, 0.0, count]);
        assert!(structured.is_err() && resolved.is_err(), "{count} numbers");
    }
}

#[test]
fn the_percentile_is_that_of_the_nearest_rank() {
    let weights = [0.5, -4.0, 1.0, 3.0, -2.0, 0.0, 0.25, 2.5, -1.5, 3.5];
    let mut trainer = trainer(&json!({
        "input": 10, "steps": 8, "neuron": { "gain": "manual" }, "layers": [{ "type": "dense", "units": 1 }],
    }));
    trainer.set_parameters(0, &weights, &[0.0]).expect("parameters");
    for (percentile, largest) in [(100.0, 4.0), (90.0, 3.5), (81.0, 3.5), (80.0, 3.0), (1.0, 0.0)] {
        let found = quantized(&mut trainer, Conversion { percentile, ..CONVERSION }).expect("whole numbers");
        let expected = if largest == 0.0 { 1.0 / 127.0 } else { largest / 127.0 };
        assert_eq!(found.layers[0].scale, [expected], "{percentile}");
    }
}
