use serde_json::{Value, json};

use crate::{Translation, Untranslated, translate};

/// The first case of a file.
fn first(text: &str) -> Value {
    serde_json::from_str(text.lines().next().expect("a line")).expect("a case is JSON")
}

fn format_1() -> Value {
    first(include_str!("../../../test/golden/rules.ndjson"))
}

fn format_2() -> Value {
    first(include_str!("../../../test/golden/neuron-constants.ndjson"))
}

fn configuration(file: &Value) -> Value {
    match translate(file) {
        Ok(Translation::Configuration(configuration)) => configuration,
        other => panic!("no configuration: {other:?}"),
    }
}

/// Features that are missing when `change` was made to a file of format 2.
fn missing(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut file = format_2();
    change(&mut file["config"]);
    match translate(&file) {
        Err(Untranslated::Unsupported(features)) => features.into_iter().collect(),
        other => panic!("not unsupported: {other:?}"),
    }
}

#[test]
fn names_become_those_of_the_library() {
    let found = configuration(&format_1());
    assert_eq!(found["rule"]["type"], "activation");
    assert_eq!(found["loss"]["type"], "spikeTrain");
    assert_eq!(found["network"]["layers"][0]["type"], "dense");
    assert_eq!(found["network"]["neuron"]["gain"], "auto");
    let mut mixture = format_1();
    mixture["config"]["rule"] = json!("trivial");
    assert_eq!(configuration(&mixture)["rule"]["type"], "mixture");
}

#[test]
fn format_2_gives_each_layer_its_neuron() {
    let file = format_2();
    let layers = configuration(&file)["network"]["layers"].clone();
    let neurons: Vec<&Value> = layers.as_array().expect("layers").iter().map(|layer| &layer["neuron"]).collect();
    let expected = file["config"]["neurons"].as_array().expect("neurons");
    assert_eq!(neurons.len(), expected.len());
    for (neuron, expected) in neurons.into_iter().zip(expected) {
        for (name, value) in expected.as_object().expect("a neuron") {
            assert_eq!(&neuron[name], value, "{name}");
        }
    }
}

#[test]
fn missing_features_are_named() {
    let found = missing(|config| {
        config["target_type"] = json!("train");
        config["early_stop"] = json!(true);
    });
    assert_eq!(found, ["early stop with the target train"]);
}

#[test]
fn delays_keep_their_names_but_for_the_longest() {
    let mut file = format_2();
    file["config"]["delays"] = json!([null, { "by": "input", "most": 3, "learn": true }]);
    let layers = configuration(&file)["network"]["layers"].clone();
    assert_eq!(layers[0]["delays"], Value::Null);
    assert_eq!(layers[1]["delays"], json!({ "by": "input", "max": 3, "learn": true }));
}

#[test]
fn unknown_words_are_refused() {
    let reason = |change: &dyn Fn(&mut Value)| {
        let mut file = format_2();
        change(&mut file);
        translate(&file).expect_err("is refused").to_string()
    };
    assert_eq!(reason(&|file| file["format"] = json!(4)), "unknown format 4");
    assert_eq!(reason(&|file| file["config"]["rule"] = json!("hebb")), "no rule hebb");
    assert_eq!(reason(&|file| file["config"]["network"] = json!(["4", "attention3"])), "no layer attention3");
    assert_eq!(reason(&|file| file["config"]["neurons"][0]["recovery"] = json!(0.2)), "no neuron with recovery 0.2");
    assert!(reason(&|file| file["config"]["dendrites"] = json!(2)).contains("unknown field `dendrites`"));
}

#[test]
fn tables_have_their_optimisers() {
    let table = first(include_str!("../../../test/golden/optimisers.json"));
    let Ok(Translation::Optimizers(found)) = translate(&table) else { panic!("no optimisers") };
    assert_eq!(found.len(), table["cases"].as_array().expect("cases").len());
    assert_eq!(found[0]["type"], table["cases"][0]["optimiser"]);
    assert_eq!(found[0]["learningRate"], table["cases"][0]["lr"]);
    let decisions = first(include_str!("../../../test/golden/decisions.json"));
    assert_eq!(translate(&decisions), Ok(Translation::Table));
}
