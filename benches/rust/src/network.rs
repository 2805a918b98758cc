use spikelet_training::Trainer;

/// Units of the hidden layer.
pub const UNITS: usize = 800;
/// Steps of a simulation.
pub const STEPS: usize = 300;
/// Factor on the initial weights that makes the untrained network fire as a trained one does.
pub const WEIGHT_SCALE: f32 = 4.0;

/// JSON configuration of 784-800-10 with ANTLR and latency loss over all 300 steps.
#[must_use]
pub fn configuration(batch: usize, threads: usize) -> String {
    format!(
        r#"{{ "network": {{ "input": 784, "steps": {STEPS},
                "neuron": {{ "currentDecay": 0.99, "membraneDecay": 0.99, "threshold": 1, "gain": "auto" }},
                "layers": [{{ "type": "dense", "units": {UNITS} }}, {{ "type": "dense", "units": 10 }}] }},
            "rule": {{ "type": "antlr" }},
            "loss": {{ "type": "latency", "inverseTemperature": 0.166667, "silentTargetPenalty": 0.1, "endSimulation": "off" }},
            "optimizer": {{ "type": "adam", "learningRate": 0.001 }},
            "training": {{ "batchSize": {batch}, "epochs": 1000000, "gradientClip": 1, "seed": 1, "threads": {threads} }} }}"#
    )
}

/// Multiplies the weights of all layers.
pub(crate) fn scale_weights(trainer: &mut Trainer, factor: f32) {
    for layer in 0..trainer.shapes().len() {
        let (mut weights, biases) = trainer.parameters(layer).expect("the layer exists");
        weights.iter_mut().for_each(|weight| *weight *= factor);
        trainer.set_parameters(layer, &weights, &biases).expect("the shape is the same");
    }
}
