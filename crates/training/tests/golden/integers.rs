//! Networks of whole numbers: conversion and inference, all exact.

use spikelet_config::Config;
use spikelet_data::{Dataset, Targets};
use spikelet_integer::Run;
use spikelet_quantization::{
    Conversion, FloatNetwork, IntegerInput, IntegerLayer, IntegerNetwork, IntegerPrediction, Integers, convert,
};
use spikelet_training::{Level, Trainer};

use crate::compare::Faults;
use crate::files;
use crate::format::{CaseIntegers, Event, IntegerCase, Numbers};
use crate::setup;

/// The file has scales with 9 digits.
const SCALE_TOLERANCE: f64 = 1e-8;

fn each(mut check: impl FnMut(&mut Faults, &IntegerCase, &Config)) {
    let mut faults = Faults::default();
    for (name, case) in files::cases::<IntegerCase>("integer") {
        faults.enter(name);
        match case.draw.configuration() {
            Ok(config) => check(&mut faults, &case, &config),
            Err(reason) => faults.add("no translation", reason),
        }
    }
    faults.settle();
}

fn list(numbers: Option<&Numbers>) -> Vec<f64> {
    numbers.map_or_else(Vec::new, |numbers| numbers.list().to_vec())
}

impl CaseIntegers {
    fn integers(&self) -> Integers {
        let layers = self.layers.iter().map(|layer| IntegerLayer {
            weight_shift: layer.weight_shift,
            current_shift: layer.current_shift,
            current_decay: list(Some(&layer.current_decay)),
            membrane_decay: list(Some(&layer.membrane_decay)),
            bias: list(Some(&layer.bias)),
            threshold: list(layer.threshold.as_ref()),
            adaptation_decay: list(layer.adaptation_decay.as_ref()),
            adaptation_strength: list(layer.adaptation_strength.as_ref()),
            scale: layer.scale.clone(),
            membrane_scale: Vec::new(),
            inputs: layer
                .inputs
                .iter()
                .map(|input| IntegerInput { weights: input.weights.clone(), delays: input.delays.clone() })
                .collect(),
        });
        Integers { state_bits: self.state_bits, layers: layers.collect() }
    }
}

impl IntegerCase {
    fn events(&self, events: &[Event], config: &Config) -> Dataset {
        let (steps, inputs) = (config.network.steps as usize, config.network.input.units());
        let trains = setup::trains(events, self.draw.batch, steps, inputs);
        Dataset::new(trains, Targets::None, 1).expect("the file's events are valid")
    }

    /// The trainer's network with the parameters of the file, which are doubles.
    fn float_network(&self, trainer: &Trainer) -> FloatNetwork {
        let mut floats = trainer.float_network().expect("the network has a form in whole numbers");
        for (layer, given) in floats.layers.iter_mut().zip(&self.draw.params) {
            layer.biases.clone_from(&given.biases);
            for (input, given) in layer.inputs.iter_mut().zip(&given.inputs) {
                input.weights.clone_from(&given.weights);
            }
        }
        floats
    }
}

#[test]
fn networks_become_whole_numbers() {
    each(|faults, case, config| {
        let mut trainer = case.draw.trainer(config.clone(), Level::detect());
        let floats = case.float_network(&trainer);
        let calibration = case.calibration_events.as_deref().unwrap_or(&case.draw.input_events);
        let data = case.events(calibration, config);
        let maxima = trainer.calibrate(&floats, &data, 0..data.len()).expect("a calibration");
        let conversion = Conversion {
            state_bits: case.conversion.state_bits,
            weight_bits: None,
            percentile: case.conversion.percentile,
        };
        let numbers = convert(&floats, &maxima, conversion).expect("whole numbers");
        let mut found = Integers::from_numbers(&numbers).expect("whole numbers");
        let mut expected = case.integer.integers();
        faults.exact("layers", &found.layers.len(), &expected.layers.len());
        for (index, (found, expected)) in found.layers.iter_mut().zip(&mut expected.layers).enumerate() {
            faults.within(&format!("layer {index} scale"), &found.scale, &expected.scale, SCALE_TOLERANCE);
            (found.scale, found.membrane_scale) = (Vec::new(), Vec::new());
            expected.scale = Vec::new();
            faults.exact(&format!("layer {index}"), found, expected);
        }
    });
}

#[test]
fn networks_of_whole_numbers_answer() {
    each(|faults, case, config| {
        let network = IntegerNetwork::new(config, &case.integer.integers().to_numbers()).expect("a network");
        let data = case.events(&case.draw.input_events, config);
        let IntegerPrediction { decisions, scores, membranes, layers, clamped } =
            network.predict(&data, 0..data.len()).expect("a prediction");
        let expected = &case.expected;
        faults.exact("spiking layers", &layers.len(), &expected.spikes.len());
        for (found, expected) in layers.iter().zip(&expected.spikes) {
            faults.list(&format!("layer {} spikes", expected.layer), &setup::events(found), &expected.events);
        }
        faults.list("membranes", &membranes, &expected.membranes);
        faults.list("statistic", &scores, &expected.statistic.concat());
        let is_silent =
            |sample: usize| expected.membranes.is_empty() && expected.statistic[sample].iter().all(|&n| n == 0.0);
        faults.exact("decision", &decisions, &setup::decided(&expected.decision, is_silent));
        faults.exact("clamped", &clamped, &expected.clamped);
        check_probes(faults, case, &network, &data);
    });
}

/// States before the reset.
fn check_probes(faults: &mut Faults, case: &IntegerCase, network: &IntegerNetwork, data: &Dataset) {
    let mut run = Run::new(network.model());
    for sample in 0..data.len() {
        run.restart();
        network.run_sample(data.inputs().events(sample), &mut run, &mut |step, run| {
            let here = case.expected.probes.iter().filter(|probe| (probe.sample, probe.step) == (sample, step));
            for probe in here {
                let found = (run.currents(probe.layer)[probe.unit], run.membranes(probe.layer)[probe.unit]);
                let place = format!("I and V of unit {} of layer {} at step {step}", probe.unit, probe.layer);
                faults.exact(&place, &found, &(probe.current, probe.membrane));
            }
        });
    }
}
