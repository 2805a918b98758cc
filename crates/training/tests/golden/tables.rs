//! Tables of single ideas, each seen through a network small enough to show nothing else.

use serde::Deserialize;
use serde_json::{Value, json};
use spikelet_config::Config;
use spikelet_data::{Dataset, SpikeTrains, Targets};
use spikelet_training::{LayerParameters, Level, Sequential, TrainEvent, Trainer, Until};

use crate::compare::Faults;
use crate::files;
use crate::format::Event;
use crate::setup::{decided, events, singles, trains};

fn trainer(json: &Value) -> Trainer {
    let config = Config::from_json(&json.to_string()).unwrap_or_else(|error| panic!("{error}"));
    Trainer::new(config, Level::detect()).expect("a trainer")
}

/// A dense layer without memory that repeats its input.
fn echo(units: usize, steps: usize) -> Trainer {
    let mut trainer = trainer(&json!({
        "network": {
            "input": units,
            "steps": steps,
            "neuron": { "currentDecay": 0, "membraneDecay": 0, "gain": "manual" },
            "layers": [{ "type": "dense", "units": units }],
        },
        "loss": { "type": "count" },
    }));
    let weights: Vec<f32> = (0..units * units).map(|i| if i % units == i / units { 2.0 } else { 0.0 }).collect();
    trainer.set_parameters(0, &weights, &vec![0.0; units]).expect("parameters");
    trainer
}

#[derive(Deserialize)]
struct Decisions {
    cases: Vec<DecisionCase>,
}

#[derive(Deserialize)]
struct DecisionCase {
    #[serde(rename = "B")]
    batch: u32,
    #[serde(rename = "T")]
    steps: usize,
    #[serde(rename = "N")]
    units: usize,
    events: Vec<Event>,
    decision_count: Vec<u32>,
    decision_first: Vec<u32>,
    first_spike_steps: Vec<Vec<u32>>,
}

#[test]
fn decisions() {
    let mut faults = Faults::default();
    for (name, table) in files::cases::<Decisions>("decisions") {
        for (index, case) in table.cases.iter().enumerate() {
            faults.enter(format!("{name} case {index}"));
            let inputs = trains(&case.events, case.batch, case.steps, case.units);
            let data = Dataset::new(inputs, Targets::None, case.units).expect("a data set");
            let found = echo(case.units, case.steps)
                .predict(&data, 0..data.len(), Until::End, &Sequential)
                .expect("a prediction");
            faults.list("spikes", &events(&found.layers[0]), &case.events);
            let first: Vec<u32> =
                case.first_spike_steps.iter().map(|steps| *steps.iter().min().expect("a unit")).collect();
            let decided = |decisions: &[u32]| decided(decisions, |sample| first[sample] as usize == case.steps);
            faults.exact("by count", &found.by_count, &decided(&case.decision_count));
            faults.exact("by first spike", &found.by_first_spike, &decided(&case.decision_first));
            faults.exact("decision step", &found.decision_step, &first);
        }
    }
    faults.settle();
}

#[derive(Deserialize)]
struct CountTarget {
    labels: Vec<u32>,
    positive: u32,
    negative: u32,
    #[serde(rename = "T")]
    steps: usize,
    classes: usize,
    counts: Vec<Vec<f64>>,
}

/// A silent output shows the expected counts: `dL/dS = −2 count / (T B)`.
#[test]
fn count_targets() {
    let mut faults = Faults::default();
    for (name, table) in files::cases::<CountTarget>("count_target") {
        faults.enter(name);
        let mut trainer = trainer(&json!({
            "network": { "input": 1, "steps": table.steps, "layers": [{ "type": "dense", "units": table.classes }] },
            "rule": { "type": "activation" },
            "loss": { "type": "count", "positive": table.positive, "negative": table.negative },
        }));
        let batch = table.labels.len();
        let inputs = trains(&[], batch as u32, table.steps, 1);
        let data = Dataset::new(inputs, Targets::Labels(table.labels), table.classes).expect("a data set");
        let found = trainer.gradients(&data, 0..batch, true, &Sequential).expect("gradients");
        let scale = 2.0 / (table.steps * batch) as f64;
        let expected: Vec<f64> = table
            .counts
            .iter()
            .flat_map(|counts| (0..table.steps).flat_map(move |_| counts.iter().map(move |count| -count * scale)))
            .collect();
        faults.array("dL/dS", &found.trace.expect("a trace")[0].spike_gradient, &expected);
        let loss = table.counts.concat().iter().map(|count| count * count).sum::<f64>() * scale / 2.0;
        faults.number("loss", found.metrics.loss, loss);
    }
    faults.settle();
}

#[derive(Deserialize)]
struct Optimisers {
    cases: Vec<OptimiserCase>,
    #[serde(default)]
    step_lr: Option<StepSchedule>,
}

#[derive(Deserialize)]
struct OptimiserCase {
    optimiser: String,
    w0: Vec<f64>,
    gradients: Vec<Vec<f64>>,
    weights_after_each_step: Vec<Vec<f64>>,
    #[serde(flatten)]
    settings: Value,
}

#[derive(Deserialize)]
struct StepSchedule {
    lr0: f64,
    step_size: u32,
    gamma: f64,
    epochs: Vec<u32>,
    lr: Vec<f64>,
}

fn one_unit(inputs: usize, optimizer: &Value, schedule: &Value, epochs: u32, batch: u32) -> Trainer {
    trainer(&json!({
        "network": { "input": inputs, "steps": 2, "layers": [{ "type": "dense", "units": 1 }] },
        "loss": { "type": "count" },
        "optimizer": optimizer,
        "schedule": schedule,
        "training": { "gradientClip": null, "epochs": epochs, "batchSize": batch },
    }))
}

#[test]
fn optimisers() {
    let mut faults = Faults::default();
    for (name, table) in files::cases::<Optimisers>("optimisers") {
        for (index, case) in table.cases.iter().enumerate() {
            faults.enter(format!("{name} case {index} ({})", case.optimiser));
            let optimizer = spikelet_golden::optimizer(&case.optimiser, &case.settings).expect("a known optimiser");
            let mut trainer = one_unit(case.w0.len(), &optimizer, &json!({ "type": "constant" }), 1, 16);
            trainer.set_parameters(0, &singles(&case.w0), &[0.0]).expect("parameters");
            for (step, (gradient, expected)) in case.gradients.iter().zip(&case.weights_after_each_step).enumerate() {
                let gradient =
                    LayerParameters { weights: singles(gradient), biases: vec![0.0], ..LayerParameters::default() };
                trainer.apply_gradients(&[gradient]).expect("an update");
                let (weights, biases) = trainer.parameters(0).expect("parameters");
                faults.array(&format!("weights after step {step}"), &weights, expected);
                faults.exact("bias", &biases, &vec![0.0]);
            }
        }
    }
    faults.settle();
}

#[test]
fn step_schedule() {
    let mut faults = Faults::default();
    for (name, Optimisers { step_lr, .. }) in files::cases::<Optimisers>("optimisers") {
        let Some(table) = step_lr else { continue };
        faults.enter(name);
        let last = *table.epochs.iter().max().expect("an epoch");
        let optimizer = json!({ "type": "sgd", "learningRate": table.lr0 });
        let schedule = json!({ "type": "step", "every": table.step_size, "factor": table.gamma });
        let mut trainer = one_unit(1, &optimizer, &schedule, last + 1, 16);
        let mut inputs = SpikeTrains::new();
        inputs.push_sample([]);
        let data = Dataset::new(inputs, Targets::Counts(vec![0.0]), 1).expect("a data set");
        trainer.begin(1).expect("a run");
        let mut rates = Vec::new();
        while !trainer.is_finished() {
            for event in trainer.advance(1, &data, None, &Sequential).expect("training") {
                if let TrainEvent::EpochEnd(record) = event {
                    rates.push(record.learning_rate);
                }
            }
        }
        faults.exact("epochs", &rates.len(), &(last as usize + 1));
        for (&epoch, &expected) in table.epochs.iter().zip(&table.lr) {
            faults.number(&format!("rate in epoch {epoch}"), rates[epoch as usize], expected);
        }
    }
    faults.settle();
}

#[derive(Deserialize)]
struct Schedules {
    cases: Vec<ScheduleCase>,
}

#[derive(Deserialize)]
struct ScheduleCase {
    lr0: f64,
    schedule: Value,
    epochs: u32,
    updates: u32,
    lr: Vec<f64>,
}

#[test]
fn schedules() {
    let mut faults = Faults::default();
    for (name, table) in files::cases::<Schedules>("schedules") {
        for (index, case) in table.cases.iter().enumerate() {
            faults.enter(format!("{name} case {index}"));
            let optimizer = json!({ "type": "sgd", "learningRate": case.lr0 });
            let mut trainer = one_unit(1, &optimizer, &spikelet_golden::schedule(&case.schedule), case.epochs, 1);
            let mut inputs = SpikeTrains::new();
            (0..case.updates).for_each(|_| inputs.push_sample([]));
            let data = Dataset::new(inputs, Targets::Counts(vec![0.0; case.updates as usize]), 1).expect("a data set");
            trainer.begin(data.len()).expect("a run");
            let mut rates = Vec::new();
            while trainer.epoch() < case.epochs {
                rates.push(trainer.learning_rate());
                trainer.advance(1, &data, None, &Sequential).expect("training");
            }
            faults.exact("updates", &rates.len(), &case.lr.len());
            for (update, (&rate, &expected)) in rates.iter().zip(&case.lr).enumerate() {
                faults.number(&format!("rate of update {update}"), rate, expected);
            }
        }
    }
    faults.settle();
}

#[derive(Deserialize)]
struct Kernels {
    cases: Vec<KernelCase>,
}

#[derive(Deserialize)]
struct KernelCase {
    alpha_i: f64,
    alpha_v: f64,
    #[serde(rename = "T")]
    steps: usize,
    eps_unscaled_first: Vec<f64>,
    beta: f64,
}

/// The membrane of a unit too high to fire shows the response to one spike.
#[test]
fn kernels() {
    let mut faults = Faults::default();
    for (name, table) in files::cases::<Kernels>("kernels") {
        for (index, case) in table.cases.iter().enumerate() {
            faults.enter(format!("{name} case {index}"));
            let response = |gain: &str| {
                let mut trainer = trainer(&json!({
                    "network": {
                        "input": 1,
                        "steps": case.steps,
                        "neuron": {
                            "currentDecay": case.alpha_i,
                            "membraneDecay": case.alpha_v,
                            "threshold": 1000,
                            "gain": gain,
                        },
                        "layers": [{ "type": "dense", "units": 1 }],
                    },
                    "rule": { "type": "activation" },
                    "loss": { "type": "count" },
                }));
                trainer.set_parameters(0, &[1.0], &[0.0]).expect("parameters");
                let mut inputs = SpikeTrains::new();
                inputs.push_sample([(0, 0)]);
                let data = Dataset::new(inputs, Targets::Counts(vec![0.0]), 1).expect("a data set");
                let found = trainer.gradients(&data, 0..1, true, &Sequential).expect("gradients");
                (trainer.gains(), found.trace.expect("a trace")[0].membrane.clone())
            };
            let (gains, membrane) = response("auto");
            faults.number("membrane gain", gains.membrane.at(0), case.beta);
            faults.number("bias gain", gains.bias.at(0), case.beta);
            let peak = membrane.iter().fold(0.0, |max: f32, &value| max.max(value));
            faults.number("peak", f64::from(peak), 1.0);
            let (_, membrane) = response("manual");
            faults.array("response", &membrane[..case.eps_unscaled_first.len()], &case.eps_unscaled_first);
        }
    }
    faults.settle();
}
