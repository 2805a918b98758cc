//! Updates within the samples of one batch.

use spikelet_config::{Config, OptimizerConfig, Sgd};
use spikelet_training::{Level, Sequential, Trainer};

use crate::compare::Faults;
use crate::files;
use crate::format::{NetworkCase, OnlineCase};
use crate::trajectory::check_parameters;

fn each(mut check: impl FnMut(&mut Faults, &OnlineCase, Trainer)) {
    let mut faults = Faults::default();
    for (name, case) in files::cases::<OnlineCase>("online") {
        faults.enter(name);
        match case.draw.configuration() {
            Ok(mut config) => {
                config.training.epochs = 1;
                config.training.update_every = Some(case.every);
                for level in Level::available() {
                    check(&mut faults, &case, case.draw.trainer(config.clone(), level));
                }
            }
            Err(reason) => faults.add("no translation", reason),
        }
    }
    faults.settle();
}

#[test]
fn updates_within_samples() {
    each(|faults, case, mut trainer| {
        let data = case.draw.dataset(&trainer);
        trainer.begin(data.len()).expect("a run");
        while !trainer.is_finished() {
            trainer.advance(1, &data, None, &Sequential).expect("training");
        }
        // The file has the loss without what hidden layers cost.
        let train = &trainer.history()[0].train;
        faults.number("loss", train.loss - train.loss_parts.spike_penalty, case.expected.loss.total);
        check_parameters(faults, &case.draw, &case.expected.final_params, &trainer);
    });
}

/// Cases whose errors are known at each step, and whose parameters have eligibilities.
fn whole(case: &NetworkCase) -> Option<Config> {
    let mut config = case.draw.configuration().ok().filter(|config| config.rule.eprop().is_some())?;
    config.training.epochs = 1;
    config.training.update_every = Some(config.network.steps);
    config.optimizer = OptimizerConfig::Sgd(Sgd { learning_rate: 0.1, ..Sgd::default() });
    config.validate().is_ok().then_some(config)
}

#[test]
fn an_update_after_the_last_step_is_that_of_the_whole_gradient() {
    let (mut faults, mut count) = (Faults::default(), 0);
    for (name, case) in files::cases::<NetworkCase>("network") {
        let Some(config) = whole(&case) else { continue };
        faults.enter(name);
        count += 1;
        let [mut online, mut backward] = [(); 2].map(|()| case.draw.trainer(config.clone(), Level::detect()));
        let data = case.draw.dataset(&online);
        online.begin(data.len()).expect("a run");
        while !online.is_finished() {
            online.advance(1, &data, None, &Sequential).expect("training");
        }
        let found = backward.gradients(&data, 0..data.len(), false, &Sequential).expect("gradients");
        backward.apply_gradients(&found.layers).expect("an update");
        for layer in 0..online.shapes().len() {
            let [found, expected] =
                [&online, &backward].map(|trainer| trainer.layer_parameters(layer).expect("a layer"));
            let wide = |values: &[f32]| values.iter().map(|&value| f64::from(value)).collect::<Vec<_>>();
            faults.array(&format!("layer {layer} weights"), &found.weights, &wide(&expected.weights));
            faults.array(&format!("layer {layer} biases"), &found.biases, &wide(&expected.biases));
            for (found, expected) in found.learnt.iter().zip(&expected.learnt) {
                faults.array(&format!("layer {layer} {}", found.name), &found.values, &wide(&expected.values));
            }
            for (number, (found, expected)) in found.inputs.iter().zip(&expected.inputs).enumerate() {
                faults.array(&format!("layer {layer} input {number}"), &found.weights, &wide(&expected.weights));
            }
        }
    }
    faults.settle();
    assert!(count > 4, "only {count} cases");
}
