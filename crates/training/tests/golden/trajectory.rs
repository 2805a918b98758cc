//! Many updates on one batch, through the gradients and through the training loop.

use spikelet_training::{LayerParameters, LearntValues, Level, Sequential, TrainEvent, Trainer};

use crate::compare::Faults;
use crate::files;
use crate::format::{Draw, Parameters, TrajectoryCase};
use crate::setup;

impl TrajectoryCase {
    /// The number of updates.
    fn steps(&self) -> usize {
        self.expected.loss_before_each_step.len()
    }
}

fn each(mut check: impl FnMut(&mut Faults, &TrajectoryCase, Trainer)) {
    let mut faults = Faults::default();
    for (name, case) in files::cases::<TrajectoryCase>("trajectory") {
        faults.enter(name);
        match case.draw.configuration() {
            Ok(mut config) => {
                config.training.epochs = u32::try_from(case.steps()).expect("few steps");
                let trainer = case.draw.trainer(config, Level::detect());
                check(&mut faults, &case, trainer);
            }
            Err(reason) => faults.add("no translation", reason),
        }
    }
    faults.settle();
}

fn check_losses(faults: &mut Faults, case: &TrajectoryCase, losses: &[f64]) {
    let expected = &case.expected.loss_before_each_step;
    faults.exact("steps", &losses.len(), &expected.len());
    for (step, (&found, &expected)) in losses.iter().zip(expected).enumerate() {
        faults.number(&format!("loss before step {step}"), found, expected);
    }
}

pub(crate) fn check_parameters(faults: &mut Faults, draw: &Draw, ends: &[Parameters], trainer: &Trainer) {
    for expected in ends {
        let layer = draw.spiking(expected.layer);
        if !expected.inputs.is_empty() {
            check_inputs(faults, trainer, (layer, expected));
            continue;
        }
        let (weights, biases) = trainer.parameters(layer).expect("the layer is there");
        faults.array(&format!("layer {layer} final weights"), &weights, &expected.weights);
        faults.array(&format!("layer {layer} final biases"), &biases, &expected.biases);
        let learnt = trainer.learnt(layer).expect("the layer is there");
        setup::check_learnt(faults, &format!("layer {layer} final"), &learnt, &expected.learnt);
    }
}

/// What a layer learns, without fixed weights.
fn own_learnt(found: &LayerParameters) -> Vec<LearntValues> {
    found.learnt.iter().filter(|array| array.name != "feedback").cloned().collect()
}

fn check_inputs(faults: &mut Faults, trainer: &Trainer, (layer, expected): (usize, &Parameters)) {
    let found = trainer.layer_parameters(layer).expect("the layer is there");
    faults.array(&format!("layer {layer} final biases"), &found.biases, &expected.biases);
    let weights = std::iter::once(&found.weights).chain(found.inputs.iter().map(|input| &input.weights));
    setup::check_learnt(faults, &format!("layer {layer} final"), &own_learnt(&found), &expected.learnt);
    for (input, (found, expected)) in weights.zip(&expected.inputs).enumerate() {
        faults.array(&format!("layer {layer} input {input} final weights"), found, &expected.weights);
    }
}

#[test]
fn trajectories_by_applied_gradients() {
    each(|faults, case, mut trainer| {
        let data = case.draw.dataset(&trainer);
        let mut losses = Vec::new();
        for step in 0..case.steps() {
            let found = trainer.gradients(&data, 0..data.len(), false, &Sequential).expect("gradients");
            losses.push(found.metrics.loss);
            let expected = &case.expected.spike_totals_each_step[step];
            faults.exact(&format!("spikes at step {step}"), &found.metrics.spikes.total, expected);
            trainer.apply_gradients(&found.layers).expect("an update");
        }
        check_losses(faults, case, &losses);
        check_parameters(faults, &case.draw, &case.expected.final_params, &trainer);
    });
}

#[test]
fn trajectories_by_training() {
    each(|faults, case, mut trainer| {
        let data = case.draw.dataset(&trainer);
        trainer.begin(data.len()).expect("a run");
        let mut losses = Vec::new();
        loop {
            let events = trainer.advance(7, &data, None, &Sequential).expect("training");
            if events.is_empty() {
                break;
            }
            losses.extend(events.iter().filter_map(|event| match event {
                TrainEvent::Step { loss, .. } => Some(*loss),
                _ => None,
            }));
        }
        faults.exact("finished", &trainer.is_finished(), &true);
        check_losses(faults, case, &losses);
        check_parameters(faults, &case.draw, &case.expected.final_params, &trainer);
    });
}
