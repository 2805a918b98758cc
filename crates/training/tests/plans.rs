//! How errors travel, as it follows from configuration and rule.

use serde_json::{Value, json};
use spikelet_config::Config;
use spikelet_training::{Level, Trainer};

/// Errors, times and what travels within the layer, by layer, of the first pass.
fn plan(layers: &Value, rule: &Value) -> Vec<String> {
    plan_of(&json!({ "network": { "input": [1, 4, 4], "steps": 8, "layers": layers }, "rule": rule }))
}

fn plan_of(config: &Value) -> Vec<String> {
    let config = Config::from_json(&config.to_string()).expect("a configuration");
    let trainer = Trainer::new(config, Level::detect()).expect("a trainer");
    let plans = trainer.plans().into_iter().map(|passes| json!(passes[0]));
    let words = |plan: Value| {
        let word = |name: &str| plan[name].as_str().unwrap_or("-").to_owned();
        format!("{} {} {}", word("errors"), word("times"), word("within"))
    };
    plans.map(words).collect()
}

fn dense(units: u32) -> Value {
    json!({ "type": "dense", "units": units })
}

fn with(mut layer: Value, name: &str, value: Value) -> Value {
    layer[name] = value;
    layer
}

#[test]
fn the_rule_decides_between_hidden_layers() {
    let layers = json!([{ "type": "flatten" }, dense(5), dense(4), dense(3)]);
    let of = |rule: Value| plan(&layers, &rule);
    let triangle = |half_width: f64| json!({ "type": "triangle", "halfWidth": half_width });
    assert_eq!(of(json!({ "type": "activation" })), ["product none -", "carried none -", "loss none -"]);
    assert_eq!(of(json!({ "type": "timing" })), ["none listed -", "none listed -", "none loss -"]);
    assert_eq!(of(json!({ "type": "antlr" })), ["product listed -", "carried listed -", "loss loss -"]);
    let narrow = json!({ "type": "activation", "surrogate": triangle(0.5) });
    assert_eq!(of(narrow), ["rows none -", "carried none -", "loss none -"]);
    let wide = json!({ "type": "activation", "surrogate": triangle(1.5) });
    assert_eq!(of(wide), ["product none -", "carried none -", "loss none -"]);
}

#[test]
fn a_spike_penalty_gives_every_step_a_gradient() {
    let rule = json!({ "type": "activation", "surrogate": { "type": "triangle", "halfWidth": 0.5 } });
    let network = json!({ "input": 4, "steps": 8, "layers": [dense(5), dense(4), dense(3)] });
    let of = |penalty: f64| {
        plan_of(&json!({ "network": network, "rule": rule, "regularizers": { "spikePenalty": penalty } }))
    };
    assert_eq!(of(0.0), ["rows none -", "carried none -", "loss none -"]);
    assert_eq!(of(0.1), ["product none -", "carried none -", "loss none -"]);
}

#[test]
fn a_convolution_has_rows_and_a_product_below_a_max_pool_before_the_output() {
    let conv = |channels: u32| json!({ "type": "conv2d", "channels": channels, "kernel": 3 });
    let rule = json!({ "type": "antlr", "surrogate": { "type": "triangle", "halfWidth": 0.5 } });
    let layers = |pool: &str| json!([conv(2), conv(3), { "type": pool, "window": 2 }, { "type": "flatten" }, dense(3)]);
    assert_eq!(plan(&layers("avgPool2d"), &rule), ["rows rows -", "carried listed -", "loss loss -"]);
    assert_eq!(plan(&layers("maxPool2d"), &rule), ["rows rows -", "product listed -", "loss loss -"]);
}

#[test]
fn delays_keep_errors_from_being_rows_but_not_from_being_carried() {
    let rule = json!({ "type": "activation", "surrogate": { "type": "triangle", "halfWidth": 0.5 } });
    let of = |by: &str| {
        let delays = json!({ "by": by, "max": 3 });
        let delayed = |units| with(dense(units), "delays", delays.clone());
        plan(&json!([{ "type": "flatten" }, dense(5), delayed(4), delayed(3)]), &rule)
    };
    assert_eq!(of("input"), ["product none -", "carried none -", "loss none -"]);
    assert_eq!(of("connection"), ["product none -", "product none -", "loss none -"]);
}

#[test]
fn a_recurrent_layer_has_rows_for_few_errors_and_products_for_many() {
    let ring = with(dense(4), "recurrent", json!(true));
    let of = |ring: &Value, rule: &Value| plan(&json!([{ "type": "flatten" }, ring, dense(3)]), rule);
    let narrow = json!({ "type": "antlr", "surrogate": { "type": "triangle", "halfWidth": 0.5 } });
    assert_eq!(of(&ring, &json!({ "type": "antlr" }))[0], "product listed product");
    assert_eq!(of(&ring, &json!({ "type": "timing" }))[0], "none listed rows");
    assert_eq!(of(&ring, &narrow)[0], "product listed rows");
    let delayed = with(ring, "delays", json!({ "by": "input", "max": 3 }));
    assert_eq!(of(&delayed, &narrow)[0], "product listed rowsOfAll");
}

#[test]
fn what_stands_in_the_way_of_a_cheaper_route_is_named() {
    let cheaper = |neuron: Value| {
        let output = with(dense(3), "neuron", neuron);
        let network = json!({ "input": 4, "steps": 8, "layers": [dense(5), output] });
        let config = json!({ "network": network, "rule": { "type": "activation" } });
        let config = Config::from_json(&config.to_string()).expect("a configuration");
        let trainer = Trainer::new(config, Level::detect()).expect("a trainer");
        json!(trainer.plans()[0][0])["cheaper"].clone()
    };
    assert_eq!(cheaper(json!({ "type": "lif" })), Value::Null);
    assert_eq!(cheaper(json!({ "reset": "subtract" })), json!(["an output with the reset all"]));
    assert_eq!(cheaper(json!({ "refractory": 3 })), json!(["an output without a refractory time"]));
    let shared = "an output of lif or leaky neurons with shared constants that are not learnt";
    assert_eq!(cheaper(json!({ "type": "alif" })), json!([shared]));
}
