//! Where a sample ends changes neither the latency loss nor its gradients (spec 1.3).

use spikelet_config::{Config, EndSimulation, LossConfig, SilentRules};
use spikelet_training::{Gradients, Level, Sequential};

use crate::compare::Faults;
use crate::files;
use crate::format::{NetworkCase, Target};

/// One rounding of an f32.
const TOLERANCE: f64 = 1e-7;

fn gradients(case: &NetworkCase, mut config: Config, stop: EndSimulation) -> Gradients {
    if let LossConfig::Latency(latency) = &mut config.loss {
        latency.end_simulation = stop;
    }
    // The silent-unit update looks at the simulated steps and so depends on where they end.
    config.training.silent_unit_update.rules = SilentRules::Off;
    let mut trainer = case.draw.trainer(config, Level::detect());
    let data = case.draw.dataset(&trainer);
    trainer.gradients(&data, 0..data.len(), false, &Sequential).expect("gradients")
}

fn doubles(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}

#[test]
fn the_end_of_a_sample_changes_no_gradient() {
    let mut faults = Faults::default();
    let mut shortened = 0;
    for (name, case) in files::cases::<NetworkCase>("network") {
        if case.draw.config.counts_spikes() || !matches!(case.draw.target, Target::Latency { .. }) {
            continue;
        }
        let Ok(config) = case.draw.configuration() else {
            continue;
        };
        faults.enter(name);
        let expected = gradients(&case, config.clone(), EndSimulation::Batch);
        for stop in [EndSimulation::Sample, EndSimulation::Off] {
            let found = gradients(&case, config.clone(), stop);
            shortened += usize::from(found.prediction.steps < expected.prediction.steps);
            faults.within(&format!("{stop:?} loss"), &[found.metrics.loss], &[expected.metrics.loss], TOLERANCE);
            for (layer, (found, expected)) in found.layers.iter().zip(&expected.layers).enumerate() {
                let what = |array: &str| format!("{stop:?} layer {layer} {array}");
                faults.within(&what("dW"), &doubles(&found.weights), &doubles(&expected.weights), TOLERANCE);
                faults.within(&what("db"), &doubles(&found.biases), &doubles(&expected.biases), TOLERANCE);
            }
        }
    }
    faults.settle();
    assert!(shortened > 0, "no case ends a sample before its batch");
}
