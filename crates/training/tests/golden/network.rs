//! One evaluation: spikes, states, loss, gradients, decisions, metrics.

use std::collections::BTreeMap;

use spikelet_config::PerUnit;
use spikelet_data::Dataset;
use spikelet_training::{LayerParameters, LayerTrace, Level, Metrics, Prediction, Sequential, Trainer, Until};

use crate::compare::Faults;
use crate::files;
use crate::format::{Adjoint, Expected, LayerGradients, NetworkCase, Numbers, Probe, Target};
use crate::setup;

#[test]
fn networks() {
    let mut faults = Faults::default();
    for (name, case) in files::cases::<NetworkCase>("network") {
        let config = match case.draw.configuration() {
            Ok(config) => config,
            Err(reason) => {
                faults.enter(name);
                faults.add("no translation", reason);
                continue;
            }
        };
        for level in Level::available() {
            faults.enter(format!("{name} ({})", level.name()));
            let mut trainer = case.draw.trainer(config.clone(), level);
            let data = case.draw.dataset(&trainer);
            check_gradients(&mut faults, &case, &mut trainer, &data);
            check_prediction(&mut faults, &case, &mut trainer, &data);
            check_evaluation(&mut faults, &case, &mut trainer, &data);
        }
    }
    faults.settle();
}

fn check_gradients(faults: &mut Faults, case: &NetworkCase, trainer: &mut Trainer, data: &Dataset) {
    let expected = &case.expected;
    if let Some(betas) = &case.draw.effective_betas {
        let gains = trainer.gains();
        faults.number("current gain", gains.current.at(0), betas.beta_i);
        faults.number("membrane gain", gains.membrane.at(0), betas.beta_v);
        faults.number("bias gain", gains.bias.at(0), betas.beta_bias);
    }
    let mut check = |what: &str, found: &PerUnit, expected: &Numbers| {
        let found: Vec<f64> = (0..expected.list().len()).map(|unit| found.at(unit)).collect();
        faults.array(what, &setup::singles(&found), expected.list());
    };
    for (gains, expected) in trainer.layer_gains().into_iter().zip(&case.draw.gains) {
        check("current gain", &gains.current, &expected.current_gain);
        check("membrane gain", &gains.membrane, &expected.membrane_gain);
        check("bias gain", &gains.bias, &expected.bias_gain);
    }

    let found = trainer.gradients(data, 0..data.len(), true, &Sequential).expect("gradients");
    check_spikes(faults, case, &found.prediction);
    let traces = found.trace.expect("a trace was asked for");
    for (layer, trace) in traces.iter().enumerate() {
        check_probes(faults, case, layer, trace);
    }
    check_metrics(faults, expected, &found.metrics);
    // Passes without a trace have instances and ways of their own.
    let untraced = trainer.gradients(data, 0..data.len(), false, &Sequential).expect("gradients");
    for (pass, layers) in [("traced", &found.layers), ("untraced", &untraced.layers)] {
        for gradient in &expected.grads {
            let layer = case.draw.spiking(gradient.layer);
            if !gradient.inputs.is_empty() {
                check_inputs(faults, pass, &layers[layer], (layer, gradient));
                continue;
            }
            faults.array(&format!("layer {layer} dW, {pass}"), &layers[layer].weights, &gradient.weights);
            faults.array(&format!("layer {layer} db, {pass}"), &layers[layer].biases, &gradient.biases);
            let what = format!("layer {layer} gradient, {pass}, of");
            setup::check_learnt(faults, &what, &layers[layer].learnt, &gradient.learnt);
        }
    }
}

/// Gradients by input.
fn check_inputs(faults: &mut Faults, pass: &str, found: &LayerParameters, (layer, expected): (usize, &LayerGradients)) {
    faults.exact("inputs", &(1 + found.inputs.len()), &expected.inputs.len());
    faults.array(&format!("layer {layer} db, {pass}"), &found.biases, &expected.biases);
    let own = (&found.weights, &found.learnt);
    let found = std::iter::once(own).chain(found.inputs.iter().map(|input| (&input.weights, &input.learnt)));
    for (input, ((weights, found_learnt), expected_input)) in found.zip(&expected.inputs).enumerate() {
        let what = format!("layer {layer} input {input}, {pass}:");
        let fixed = vec![0.0; if expected_input.weights.is_empty() { weights.len() } else { 0 }];
        let expected_weights = if fixed.is_empty() { &expected_input.weights } else { &fixed };
        faults.array(&format!("{what} dW"), weights, expected_weights);
        let mut learnt = if input == 0 { expected.learnt.clone() } else { BTreeMap::new() };
        if !expected_input.delays.is_empty() {
            learnt.insert("delays".to_owned(), expected_input.delays.clone());
        }
        setup::check_learnt(faults, &format!("{what} gradient of"), found_learnt, &learnt);
    }
}

fn check_prediction(faults: &mut Faults, case: &NetworkCase, trainer: &mut Trainer, data: &Dataset) {
    let found = trainer.predict(data, 0..data.len(), Until::End, &Sequential).expect("a prediction");
    check_spikes(faults, case, &found);
}

fn check_evaluation(faults: &mut Faults, case: &NetworkCase, trainer: &mut Trainer, data: &Dataset) {
    let mut evaluation = trainer.evaluation(Until::End);
    while !trainer.evaluate(&mut evaluation, data, data.len(), &Sequential).expect("an evaluation") {}
    faults.exact("evaluated samples", &evaluation.position(), &data.len());
    let report = evaluation.report();
    check_metrics(faults, &case.expected, &report);
    if let Target::Latency { labels } = &case.draw.target {
        let share = |decisions: &[u32]| {
            let decided = decided_by_spikes(case, decisions);
            let right =
                decided.iter().zip(labels).filter(|(decision, label)| **decision == label.cast_signed()).count();
            right as f64 / labels.len() as f64
        };
        faults.number(
            "accuracy by count",
            report.accuracy.count.unwrap_or(f64::NAN),
            share(&case.expected.decision_count),
        );
        faults.number(
            "accuracy by first spike",
            report.accuracy.first_spike.unwrap_or(f64::NAN),
            share(&case.expected.decision_first),
        );
    }
}

/// Decisions of a file by spikes.
fn decided_by_spikes(NetworkCase { expected, .. }: &NetworkCase, decisions: &[u32]) -> Vec<i32> {
    setup::decided(decisions, |sample| expected.first_stime[sample] == expected.term_length)
}

fn check_spikes(faults: &mut Faults, case: &NetworkCase, found: &Prediction) {
    let expected = &case.expected;
    for train in &expected.spikes {
        let layer = case.draw.spiking(train.layer);
        faults.list(&format!("layer {layer} spikes"), &setup::events(&found.layers[layer]), &train.events);
    }
    if expected.membranes.is_empty() {
        faults.exact("decision by count", &found.by_count, &decided_by_spikes(case, &expected.decision_count));
        let by_first_spike = decided_by_spikes(case, &expected.decision_first);
        faults.exact("decision by first spike", &found.by_first_spike, &by_first_spike);
    } else {
        faults.array("membranes", &found.membranes, &expected.membranes);
        faults.array("statistic", &found.scores_by_membrane, &expected.statistic);
        faults.exact(
            "decision by membrane",
            &found.by_membrane,
            &setup::decided(&expected.decision_membrane, |_| false),
        );
    }
    faults.exact("decision step", &found.decision_step, &expected.first_stime);
    faults.exact("steps", &found.steps, &vec![expected.term_length; case.draw.batch as usize]);
}

fn check_metrics(faults: &mut Faults, expected: &Expected, found: &Metrics) {
    faults.number("loss", found.loss, expected.loss.total);
    let loss = &expected.loss;
    let (rate, penalty) = (loss.rate.unwrap_or(0.0), loss.spikes.unwrap_or(0.0));
    let parts = [
        ("main term", found.loss_parts.main, loss.ce.unwrap_or(loss.total - rate - penalty)),
        ("no-spike term", found.loss_parts.silent_target_penalty, loss.nospike.unwrap_or(0.0)),
        ("count term", found.loss_parts.target_count, loss.count.unwrap_or(0.0)),
        ("rate term", found.loss_parts.rate_bounds, rate),
        ("spike term", found.loss_parts.spike_penalty, penalty),
    ];
    for (what, found, term) in parts {
        faults.number(what, found, term);
    }
    faults.exact("spikes", &found.spikes.total, &expected.num_spike_total);
    faults.exact("spikes until the decision", &found.spikes.until_decision_total, &expected.num_spike_nec);
}

fn check_probes(faults: &mut Faults, case: &NetworkCase, layer: usize, trace: &LayerTrace) {
    let probes: Vec<&Probe> =
        case.expected.probes.iter().filter(|probe| case.draw.spiking(probe.layer) == layer).collect();
    let at = |values: &[f32]| -> Vec<f32> {
        probes
            .iter()
            .map(|probe| values[(probe.sample * trace.steps + probe.step) * trace.units + probe.unit])
            .collect()
    };
    let mut check = |what: &str, values: &[f32], expected: &dyn Fn(&Probe) -> f64| {
        let expected: Vec<f64> = probes.iter().map(|probe| expected(probe)).collect();
        faults.array(&format!("layer {layer} {what}"), &at(values), &expected);
    };
    check("I", &trace.current, &|probe| probe.current);
    check("V", &trace.membrane, &|probe| probe.membrane);
    let spikes = probes.iter().all(|probe| probe.spike.is_some());
    let of_spikes = |value: Option<f64>| value.expect("a layer that spikes has slopes and gradients of spikes");
    if spikes {
        check("V'", &trace.slope, &|probe| of_spikes(probe.slope));
    }
    if case.draw.config.has_adjoints() {
        let adjoint = |value: fn(&Adjoint) -> f64| {
            move |probe: &Probe| value(probe.adjoint.as_ref().expect("a single backward pass has adjoints"))
        };
        check("G", &trace.direct, &adjoint(|adjoint| adjoint.direct));
        let parts = trace.activation_part.iter().zip(&trace.timing_part);
        let parts: Vec<f32> = parts.map(|(activation, timing)| activation + timing).collect();
        check("G by its parts", &parts, &adjoint(|adjoint| adjoint.direct));
        check("p", &trace.p, &adjoint(|adjoint| adjoint.p));
        check("q", &trace.q, &adjoint(|adjoint| adjoint.q));
        if spikes {
            let of_probe = |value: fn(&Adjoint) -> Option<f64>| {
                move |probe: &Probe| of_spikes(probe.adjoint.as_ref().and_then(value))
            };
            check("dL/dS", &trace.spike_gradient, &of_probe(|adjoint| adjoint.spike_gradient));
            // Under an average pool the oracle's T̄ also reaches units that did not fire; the next equation masks it.
            let timing = of_probe(|adjoint| adjoint.timing_gradient);
            check("dL/dT", &trace.timing_gradient, &|probe| if probe.spike == Some(1) { timing(probe) } else { 0.0 });
        }
    }
    for probe in &probes {
        let event = [probe.sample as u32, probe.step as u32, probe.unit as u32];
        let Some(fired) = probe.spike else { continue };
        let spikes = &case.expected.spikes[layer].events;
        faults.exact("probed spike", &u32::from(spikes.contains(&event)), &fired);
    }
}
