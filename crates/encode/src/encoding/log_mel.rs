//! Sound as log-mel features, encoded in their turn: the way of Speech2Spikes (Stewart, Shea, Pacik-Nelson, Gallo, Danielescu:
//! *Speech2Spikes: Efficient Audio Encoding Pipeline for Real-time Neuromorphic Systems*, NICE 2023).

use std::f64::consts::PI;

use serde::Serialize;
use spikelet_config::json::FromJson;
use spikelet_fields::fields;

use super::channel_encoding::ChannelEncoding;
use super::delta::DeltaEncoding;
use super::fourier::Fourier;

/// Each channel becomes `mels` channels of features, a step every `hop` values, which `encoding` turns into spikes.
///
/// Step f looks at the `window` values from `f · hop` on, times a periodic Hann window. Of their discrete Fourier transform X,
/// padded with zeros to the next power of two N, feature m is `ln(floor + Σ_k w[m][k] |X[k]|²)`. The weights are triangles of
/// height 1 on the mel scale `2595 log₁₀(1 + f / 700)`: `mels + 2` corners at equal distances from `minFrequency` to
/// `maxFrequency` (spec 3.7). All in double precision, the features rounded to single.
///
/// Feature of a channel: `channel · mels + m`, the lowest frequencies first.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct LogMelEncoding {
    /// Points of the sound per second.
    #[range(above = 0)]
    pub sample_rate: f64,
    /// Number of points in the window of a step.
    #[range(min = 2, max = 16384)]
    pub window: u32,
    /// Number of points from one step to the next.
    #[range(min = 1, max = 16384)]
    pub hop: u32,
    /// Number of features per channel.
    #[range(min = 1, max = 512)]
    pub mels: u32,
    /// Lower end of the lowest band in hertz.
    #[range(min = 0)]
    pub min_frequency: f64,
    /// Upper end of the highest band in hertz, above `minFrequency` and at most half the sample rate, which is the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[range(above = 0)]
    pub max_frequency: Option<f64>,
    /// Energy that counts as silence.
    #[range(above = 0)]
    pub floor: f64,
    /// How the features become spikes.
    pub encoding: ChannelEncoding,
}

impl Default for LogMelEncoding {
    fn default() -> Self {
        Self {
            sample_rate: 16_000.0,
            window: 512,
            hop: 160,
            mels: 20,
            min_frequency: 20.0,
            max_frequency: None,
            floor: 1e-3,
            encoding: ChannelEncoding::Delta(DeltaEncoding { threshold: 1.0, ..DeltaEncoding::default() }),
        }
    }
}

impl LogMelEncoding {
    pub(super) fn max_frequency(&self) -> f64 {
        self.max_frequency.unwrap_or(self.sample_rate / 2.0)
    }
}

/// The weights of one feature: those of the bins from `first` on.
#[derive(Clone, Debug)]
struct Triangle {
    first: usize,
    weights: Vec<f64>,
}

/// Takes the values of one channel.
#[derive(Clone, Debug)]
struct Listener {
    /// The newest values, the oldest first.
    heard: Vec<f32>,
}

/// Turns one signal into features, value by value.
#[derive(Clone, Debug)]
pub(super) struct LogMel {
    window: Vec<f64>,
    hop: usize,
    /// Values to come before those of the next step begin.
    gap: usize,
    floor: f64,
    triangles: Vec<Triangle>,
    fourier: Fourier,
    listeners: Vec<Listener>,
    /// Features of the last step.
    features: Vec<f32>,
}

impl LogMel {
    pub(super) fn new(options: &LogMelEncoding, channels: usize) -> Self {
        let window = options.window as usize;
        let hann = |n: usize| 0.5 - 0.5 * libm::cos(2.0 * PI * n as f64 / window as f64);
        let fourier = Fourier::new(window.next_power_of_two());
        Self {
            window: (0..window).map(hann).collect(),
            hop: options.hop as usize,
            gap: 0,
            floor: options.floor,
            triangles: triangles(options, fourier.length()),
            fourier,
            listeners: vec![Listener { heard: Vec::new() }; channels],
            features: vec![0.0; channels * options.mels as usize],
        }
    }

    pub(super) fn restart(&mut self) {
        self.listeners.iter_mut().for_each(|listener| listener.heard.clear());
        self.gap = 0;
    }

    /// Takes the next value of each channel; the features of a step where that completes one.
    pub(super) fn push(&mut self, values: &[f32]) -> Option<&[f32]> {
        if self.gap > 0 {
            self.gap -= 1;
            return None;
        }
        self.listeners.iter_mut().zip(values).for_each(|(listener, &value)| listener.heard.push(value));
        if self.listeners.first().is_none_or(|listener| listener.heard.len() < self.window.len()) {
            return None;
        }
        for (listener, features) in self.listeners.iter_mut().zip(self.features.chunks_exact_mut(self.triangles.len()))
        {
            let windowed = listener.heard.iter().zip(&self.window).map(|(&value, weight)| f64::from(value) * weight);
            let energies = self.fourier.energies(windowed);
            for (feature, triangle) in features.iter_mut().zip(&self.triangles) {
                let bins = energies[triangle.first..].iter().zip(&triangle.weights);
                *feature = libm::log(bins.fold(self.floor, |sum, (energy, weight)| sum + energy * weight)) as f32;
            }
            listener.heard.drain(..self.hop.min(listener.heard.len()));
        }
        self.gap = self.hop.saturating_sub(self.window.len());
        Some(&self.features)
    }
}

fn triangles(options: &LogMelEncoding, length: usize) -> Vec<Triangle> {
    let mel = |frequency: f64| 2595.0 * libm::log10(1.0 + frequency / 700.0);
    let frequency = |mel: f64| 700.0 * (libm::pow(10.0, mel / 2595.0) - 1.0);
    let (low, high) = (mel(options.min_frequency), mel(options.max_frequency()));
    let mels = options.mels as usize;
    let corner = |m: usize| frequency(low + (high - low) * m as f64 / (mels + 1) as f64);
    let bin = |k: usize| options.sample_rate * k as f64 / length as f64;
    (0..mels)
        .map(|m| {
            let (left, middle, right) = (corner(m), corner(m + 1), corner(m + 2));
            let weight = |k: usize| {
                let rising = (bin(k) - left) / (middle - left);
                rising.min((right - bin(k)) / (right - middle))
            };
            let inside = |k: &usize| bin(*k) > left && bin(*k) < right;
            let first = (0..=length / 2).find(inside).unwrap_or(0);
            let weights = (first..=length / 2).take_while(inside).map(weight).collect();
            Triangle { first, weights }
        })
        .collect()
}
