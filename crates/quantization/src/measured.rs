//! What a conversion reads of a network and of its states, as numbers: it may run where the network is not.
//!
//! Numbers stand one after the other, as those of [`crate::Integers`] do: the layers; of each layer the bits of its weights, its lists in the
//! order of [`lists`], and the inputs; of each input its factor, `weights` and `delays`.

use spikelet_config::{PerUnit, Result};
use spikelet_network::neuron::Gains;

use crate::calibration::LayerMaxima;
use crate::convert::{Conversion, convert};
use crate::float_network::{FloatInput, FloatLayer, FloatNetwork};
use crate::integers::{Reader, append};

/// Writes a network and its largest states.
#[must_use]
pub fn measured(network: &FloatNetwork, maxima: &[LayerMaxima]) -> Vec<f64> {
    let mut numbers = vec![network.layers.len() as f64];
    for (layer, maxima) in network.layers.iter().zip(maxima) {
        numbers.push(layer.weight_bits.into());
        for list in lists(layer, maxima) {
            append(&mut numbers, list);
        }
        numbers.push(layer.inputs.len() as f64);
        for FloatInput { weights, factor, delays } in &layer.inputs {
            numbers.push(*factor);
            append(&mut numbers, weights);
            append(&mut numbers, delays);
        }
    }
    numbers
}

/// Converts what [`measured`] wrote.
///
/// # Errors
/// The errors of [`convert`], and [`crate::ErrorCode::DataFormat`] for too few numbers or too many.
pub fn convert_measured(numbers: &[f64], conversion: Conversion) -> Result<Vec<f64>> {
    let mut reader = Reader::new(numbers);
    let (mut layers, mut maxima) = (Vec::new(), Vec::new());
    let mut layers_left = reader.next();
    while reader.has(&mut layers_left) {
        let weight_bits = reader.next() as u32;
        let [biases, current, membrane, bias, constants @ .., currents, membranes] =
            std::array::from_fn::<_, 11, _>(|_| reader.any_list().to_vec());
        let gains = Gains { current: gain(current), membrane: gain(membrane), bias: gain(bias) };
        let mut inputs = Vec::new();
        let mut inputs_left = reader.next();
        while reader.has(&mut inputs_left) {
            let factor = reader.next();
            inputs.push(FloatInput { weights: reader.any_list().to_vec(), factor, delays: reader.any_list().to_vec() });
        }
        layers.push(FloatLayer { weight_bits, inputs, biases, gains, constants });
        maxima.push(LayerMaxima { current: currents, membrane: membranes });
    }
    reader.end()?;
    convert(&FloatNetwork { layers }, &maxima, conversion)
}

fn lists<'a>(layer: &'a FloatLayer, maxima: &'a LayerMaxima) -> [&'a [f64]; 11] {
    let FloatLayer { biases, gains, constants: [a, b, c, d, e], .. } = layer;
    let [current, membrane, bias] = [&gains.current, &gains.membrane, &gains.bias].map(PerUnit::numbers);
    [biases, current, membrane, bias, a, b, c, d, e, &maxima.current, &maxima.membrane]
}

fn gain(numbers: Vec<f64>) -> PerUnit {
    match numbers[..] {
        [number] => PerUnit::Every(number),
        _ => PerUnit::ByUnit(numbers),
    }
}
