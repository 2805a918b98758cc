//! Learning from gradients that come from elsewhere.

use spikelet_config::{Error, Result};
use spikelet_network::gradient::LayerParameters;
use spikelet_network::learnt::{LearntShape, LearntValues};
use spikelet_network::network::check;

use super::Trainer;
use crate::executor::Sequential;

impl Trainer {
    /// One step of the optimiser with gradients from elsewhere, taken as they are, at the learning rate of the current epoch.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] for wrong lengths, [`crate::ErrorCode::NonFinite`] for values that are not finite,
    /// also for what they make of the parameters; [`crate::ErrorCode::ConfigInvalid`] without moments.
    pub fn apply_gradients(&mut self, gradients: &[LayerParameters]) -> Result<()> {
        self.check_moments()?;
        let layers = self.network.neurons();
        if gradients.len() != layers {
            return Err(Error::shape("layers", format!("must have {layers} entries, got {}", gradients.len())));
        }
        for (layer, given) in gradients.iter().enumerate() {
            let path = format!("layers[{layer}]");
            let connections = self.network.connections(layer);
            if given.inputs.len() + 1 != connections.len() {
                let (wanted, found) = (connections.len() - 1, given.inputs.len());
                return Err(Error::shape(format!("{path}.inputs"), format!("must have {wanted} entries, got {found}")));
            }
            for (number, (connection, given)) in connections.into_iter().zip(given.by_connection()).enumerate() {
                let path = if number == 0 { path.clone() } else { format!("{path}.inputs[{}]", number - 1) };
                check(&format!("{path}.weights"), given.weights, self.network.shapes[connection].weights())?;
                check(&format!("{path}.biases"), given.biases, self.network.biases(connection))?;
                check_learnt(&path, &self.network.layers[connection].learnt, given.learnt)?;
            }
        }
        self.run.initialization = None;
        self.updates += 1;
        let steps = self.steps(self.learning_rate(), self.updates);
        let (mut moments, mut sums) = (self.take_moments(), self.take_sums());
        sums.put(&self.network, gradients);
        sums.apply(self.engine.level, &steps, &mut self.network, &mut moments, &Sequential);
        moments.find_live_rows();
        (self.moments, self.sums) = (Some(moments), Some(sums));
        self.network.refresh();
        self.check_update(self.updates)?;
        self.average_update(&Sequential);
        Ok(())
    }
}

/// The arrays that a layer learns, in their order, each of the right length and finite.
fn check_learnt(path: &str, shapes: &[LearntShape], given: &[LearntValues]) -> Result<()> {
    let path = format!("{path}.learnt");
    let shapes = shapes.iter().filter(|shape| !shape.is_fixed());
    let expected: Vec<&str> = shapes.clone().map(|shape| shape.what.name()).collect();
    if !given.iter().map(|array| array.name.as_str()).eq(expected.iter().copied()) {
        return Err(Error::shape(path, format!("must have the arrays [{}], in this order", expected.join(", "))));
    }
    let mut arrays = shapes.zip(given);
    arrays.try_for_each(|(shape, given)| check(&format!("{path}.{}", given.name), &given.values, shape.length()))
}
