//! Conversion to whole numbers (spec 20.3), in double precision.
//!
//! ```text
//! W_eff = βᵢ (f W),   scale_j = max(P_j, P_max/8) / L,   P_j the q-th percentile of |W_eff| of unit j; of a readout over the layer
//! w = clamp(round(W_eff / scale), ±L),   L = 2^(bits − 1) − 1,   A = round(2¹⁵ α),   θ, k, b = round(2^F_v (θ, κ, β_b b) / (scale βᵥ))
//! F_i the largest of 0..15 with 2^F_i max|I| / scale ≤ 2ⁿ⁻²,   F_v ≤ F_i likewise with max(|V|, θ[t]) / (scale βᵥ)
//! F = F_i,   F' = F_i − F_v
//! ```

use spikelet_config::ranges::within;
use spikelet_config::{Error, PerUnit, Result};
use spikelet_integer::ONE;
use spikelet_network::rounding::{largest_level, level, peaks_to_scales, round};

use crate::calibration::LayerMaxima;
use crate::float_network::{FloatLayer, FloatNetwork, THRESHOLD};
use crate::integers::append;

/// Settings of a conversion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conversion {
    /// Bits of the states: 16 or 32.
    pub state_bits: u32,
    /// Bits of the weights, from 2 to 8; by default those that the network is trained for.
    pub weight_bits: Option<u32>,
    /// q: larger weights than this percentile are clamped.
    pub percentile: f64,
}

/// Largest shift.
const MAX_SHIFT: u32 = 15;

/// Converts a network whose states are at most `maxima`: the numbers of [`crate::Integers`], one after the other.
///
/// # Errors
/// [`crate::ErrorCode::ConfigInvalid`] at `stateBits` for states that do not fit, and for settings out of range.
pub fn convert(network: &FloatNetwork, maxima: &[LayerMaxima], conversion: Conversion) -> Result<Vec<f64>> {
    let Conversion { state_bits, weight_bits, percentile } = conversion;
    if ![16, 32].contains(&state_bits) {
        return Err(Error::config("stateBits", format!("must be 16 or 32, got {state_bits}")));
    }
    if let Some(bits) = weight_bits {
        within("weightBits", bits.into(), 2.0, 8.0)?;
    }
    if !(percentile > 0.0 && percentile <= 100.0) {
        return Err(Error::config("percentile", format!("must be above 0 and at most 100, got {percentile}")));
    }
    let mut numbers = vec![state_bits.into(), network.layers.len() as f64];
    for (number, layer) in network.layers.iter().enumerate() {
        if !convert_layer(layer, &maxima[number], conversion, &mut numbers) {
            let message = format!("{state_bits} bits do not hold the states of layer {number}");
            return Err(Error::config("stateBits", message));
        }
    }
    Ok(numbers)
}

/// Writes a layer, and whether its states fit.
fn convert_layer(
    layer: &FloatLayer,
    maxima: &LayerMaxima,
    Conversion { state_bits, weight_bits, percentile }: Conversion,
    numbers: &mut Vec<f64>,
) -> bool {
    let filters = layer.biases.len();
    let effective = effective_weights(layer);
    let largest_weight = largest_level(weight_bits.unwrap_or(layer.weight_bits));
    let is_readout = layer.constants[THRESHOLD].is_empty();
    let mut scale = peaks(&effective, filters, is_readout, percentile);
    peaks_to_scales(&mut scale, is_readout, largest_weight);
    let quanta = scaled(&scale, &layer.gains.membrane);
    let largest = f64::from(1u32 << (state_bits - 2));
    let weight_shift = shift(&maxima.current, &scale, largest);
    let membrane_shift = shift(&maxima.membrane, &quanta, largest);
    let fits = weight_shift >= 0 && membrane_shift >= 0;
    let membrane_shift = membrane_shift.min(weight_shift);
    let power = power(membrane_shift);
    numbers.extend_from_slice(&[weight_shift.into(), (weight_shift - membrane_shift).into()]);
    let [current_decay, membrane_decay, threshold, adaptation_decay, adaptation_strength] = &layer.constants;
    append(numbers, &decays(current_decay));
    append(numbers, &decays(membrane_decay));
    let from = numbers.len();
    append(numbers, &levels(&scaled(&layer.biases, &layer.gains.bias), power, &quanta));
    append(numbers, &levels(threshold, power, &quanta));
    append(numbers, &decays(adaptation_decay));
    append(numbers, &levels(adaptation_strength, power, &quanta));
    let fits = fits && numbers[from..].iter().all(|level| level.abs() <= f64::from(i32::MAX));
    append(numbers, &scale);
    let mut membrane_scale = quanta;
    for scale in &mut membrane_scale {
        *scale /= power;
    }
    append(numbers, &membrane_scale);
    numbers.push(layer.inputs.len() as f64);
    for (mut weights, input) in effective.into_iter().zip(&layer.inputs) {
        let length = weights.len();
        for (place, weight) in weights.iter_mut().enumerate() {
            *weight = level(*weight, scale[place * filters / length], largest_weight);
        }
        append(numbers, &weights);
        append(numbers, &input.delays);
    }
    fits
}

/// W_eff of each input.
fn effective_weights(layer: &FloatLayer) -> Vec<Vec<f64>> {
    let mut inputs = Vec::new();
    for input in &layer.inputs {
        let mut effective = Vec::with_capacity(input.weights.len());
        for (place, weight) in input.weights.iter().enumerate() {
            let filter = place * layer.biases.len() / input.weights.len();
            effective.push(layer.gains.current.at(filter) * (input.factor * weight));
        }
        inputs.push(effective);
    }
    inputs
}

/// P of each unit or channel; that of the layer for all units of a readout.
fn peaks(inputs: &[Vec<f64>], filters: usize, is_readout: bool, q: f64) -> Vec<f64> {
    let rows = if is_readout { 1 } else { filters };
    let mut peaks = Vec::new();
    for row in 0..rows {
        let mut values = Vec::new();
        for weights in inputs {
            let width = weights.len() / rows;
            values.extend_from_slice(&weights[row * width..(row + 1) * width]);
        }
        peaks.push(percentile(&values, q));
    }
    peaks.resize(filters, peaks[0]);
    peaks
}

/// The q-th percentile of absolute values, by nearest rank: the smallest value that so many do not exceed. The bits of floats from 0 on
/// have their order.
fn percentile(values: &[f64], q: f64) -> f64 {
    let rank = ((q / 100.0 * values.len() as f64).ceil() as usize).max(1);
    let (mut low, mut high) = (0, f64::INFINITY.to_bits());
    while low < high {
        let middle = (low + high) / 2;
        let count = values.iter().filter(|value| value.abs().to_bits() <= middle).count();
        if count < rank {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    f64::from_bits(low)
}

/// The largest shift by which all values, in quanta, are at most `largest`; negative where none is.
#[inline(never)]
fn shift(values: &[f64], quanta: &[f64], largest: f64) -> i32 {
    let mut shift = MAX_SHIFT as i32;
    for (value, quantum) in values.iter().zip(quanta) {
        while shift >= 0 {
            // What is not a number fits no state.
            let fits = value / quantum * power(shift) <= largest;
            if fits {
                break;
            }
            shift -= 1;
        }
    }
    shift
}

/// Decays in parts of 2¹⁵.
fn decays(values: &[f64]) -> Vec<f64> {
    levels(values, f64::from(ONE), &[])
}

/// Values times `factor` in units of their quanta; without quanta these are 1. One number where all are equal.
#[inline(never)]
fn levels(values: &[f64], factor: f64, quanta: &[f64]) -> Vec<f64> {
    let mut whole = Vec::with_capacity(values.len());
    for (unit, value) in values.iter().enumerate() {
        whole.push(round(value * factor / quanta.get(unit).copied().unwrap_or(1.0)));
    }
    if whole.iter().all(|value| *value == whole[0]) {
        whole.truncate(1);
    }
    whole
}

/// Values times the gain of their units.
#[inline(never)]
fn scaled(values: &[f64], gain: &PerUnit) -> Vec<f64> {
    let mut scaled = values.to_vec();
    for (unit, value) in scaled.iter_mut().enumerate() {
        *value *= gain.at(unit);
    }
    scaled
}

/// 2^shift; 1 for a shift that there is not.
fn power(shift: i32) -> f64 {
    f64::from(1u32 << shift.max(0))
}
