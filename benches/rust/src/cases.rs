use spikelet_config::Config;
use spikelet_training::{Level, Trainer};

use crate::network::{STEPS, UNITS, WEIGHT_SCALE, scale_weights};

/// A network whose work is counted.
#[derive(Clone, Debug)]
pub struct Case {
    /// Steps of a simulation.
    pub steps: usize,
    /// Samples of a batch.
    pub batch: usize,
    /// Whether it only answers.
    pub is_inference: bool,
    /// Factor on the initial weights.
    weight_scale: f32,
    input: &'static str,
    layers: String,
    rule: &'static str,
    loss: &'static str,
}

impl Case {
    /// The case of a name: `dense`, `activation`, `timing`, `inference`, `alif`, `readout`, `event-prop`, `recurrent`, `conv`,
    /// `delays-input` or `delays-connection`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let dense = |rule: &'static str, is_inference: bool| Self {
            steps: STEPS,
            batch: 16,
            is_inference,
            weight_scale: WEIGHT_SCALE,
            input: "784",
            layers: format!(r#"{{ "type": "dense", "units": {UNITS} }}, {OUTPUT}"#),
            rule,
            loss: LATENCY,
        };
        let with_neurons = |[hidden, output]: [&str; 2], case: Self| Self {
            layers: format!(
                r#"{{ "type": "dense", "units": {UNITS}, "neuron": {hidden} }}, {{ "type": "dense", "units": 10, "neuron": {output} }}"#
            ),
            ..case
        };
        let small = |weight_scale: f32, input: &'static str, layers: &str| Self {
            steps: 100,
            batch: 4,
            weight_scale,
            input,
            layers: format!("{layers}, {OUTPUT}"),
            ..dense("antlr", false)
        };
        let delayed = |by: &str| {
            let layer = |units: usize| {
                format!(
                    r#"{{ "type": "dense", "units": {units}, "delays": {{ "by": "{by}", "max": 20, "learn": true }} }}"#
                )
            };
            format!("{}, {}", layer(UNITS), layer(10))
        };
        match name {
            "dense" => Some(dense("antlr", false)),
            "activation" => Some(dense("activation", false)),
            "timing" => Some(dense("timing", false)),
            "inference" => Some(dense("antlr", true)),
            "alif" => Some(with_neurons([r#"{ "type": "alif" }"#, "{}"], dense("antlr", false))),
            "readout" => Some(Self {
                loss: r#"{ "type": "membrane" }"#,
                ..with_neurons(["{}", r#"{ "type": "leaky" }"#], dense("antlr", false))
            }),
            "event-prop" => Some(with_neurons([r#"{ "reset": "membrane" }"#; 2], dense("eventProp", false))),
            "delays-input" => Some(Self { layers: delayed("input"), ..dense("antlr", false) }),
            "delays-connection" => Some(Self { layers: delayed("connection"), ..dense("antlr", false) }),
            "recurrent" => Some(small(WEIGHT_SCALE, "784", r#"{ "type": "dense", "units": 256, "recurrent": true }"#)),
            "conv" => Some(small(
                10.0,
                "[1, 28, 28]",
                r#"{ "type": "conv2d", "channels": 8, "kernel": 5 }, { "type": "avgPool2d", "window": 2 }, { "type": "flatten" }"#,
            )),
            _ => None,
        }
    }

    /// A trainer of the network, on one thread.
    ///
    /// # Panics
    /// Never: the configuration is valid.
    #[must_use]
    pub fn trainer(&self, level: Level) -> Trainer {
        let Self { steps, batch, input, layers, rule, loss, .. } = self;
        let config = format!(
            r#"{{ "network": {{ "input": {input}, "steps": {steps},
                    "neuron": {{ "currentDecay": 0.99, "membraneDecay": 0.99, "threshold": 1, "gain": "auto" }},
                    "layers": [{layers}] }},
                "rule": {{ "type": "{rule}" }},
                "loss": {loss},
                "optimizer": {{ "type": "adam", "learningRate": 0.001 }},
                "training": {{ "batchSize": {batch}, "epochs": 1000000, "gradientClip": 1, "seed": 1, "threads": 1 }} }}"#
        );
        let config = Config::from_json(&config).expect("the configuration is valid");
        let mut trainer = Trainer::new(config, level).expect("the configuration is valid");
        scale_weights(&mut trainer, self.weight_scale);
        trainer
    }
}

const LATENCY: &str =
    r#"{ "type": "latency", "inverseTemperature": 0.166667, "silentTargetPenalty": 0.1, "endSimulation": "off" }"#;
const OUTPUT: &str = r#"{ "type": "dense", "units": 10 }"#;
