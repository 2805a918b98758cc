//! What a network of whole numbers has beside its configuration: as it crosses a binding, and field by field.
//!
//! Numbers stand one after the other: `stateBits` and the layers; of each layer `weightShift`, `currentShift`, the lists of
//! [`IntegerLayer`] in its order, and the inputs; of each input `weights` and `delays`. Their number stands before layers, inputs and the
//! numbers of a list.

use spikelet_config::{Error, Result};

/// Whole numbers of a network.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Integers {
    /// Bits of the states: 16 or 32.
    pub state_bits: f64,
    /// Layers with neurons, from the input up.
    pub layers: Vec<IntegerLayer>,
}

/// Whole numbers of a layer. Constants have one number for all units, or one for each unit or channel; what a layer does not have is
/// empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IntegerLayer {
    /// F.
    pub weight_shift: f64,
    /// F'.
    pub current_shift: f64,
    /// A_i, in parts of 2¹⁵.
    pub current_decay: Vec<f64>,
    /// A_v, in parts of 2¹⁵.
    pub membrane_decay: Vec<f64>,
    /// b.
    pub bias: Vec<f64>,
    /// θ; a readout has none.
    pub threshold: Vec<f64>,
    /// A_ρ, in parts of 2¹⁵, of thresholds that adapt.
    pub adaptation_decay: Vec<f64>,
    /// k, of thresholds that adapt.
    pub adaptation_strength: Vec<f64>,
    /// The weight that 1 stands for, of each unit or channel; inference does not read it.
    pub scale: Vec<f64>,
    /// The membrane that 1 stands for, of each unit or channel; inference does not read it.
    pub membrane_scale: Vec<f64>,
    /// Inputs: the layer's own, that of its own spikes in a recurrent layer, then the further ones.
    pub inputs: Vec<IntegerInput>,
}

/// Whole numbers of an input.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IntegerInput {
    /// Weights within ±127, `[unit][input]`; in a convolution `[channel][channel of its group][y][x]`, one-to-one `[unit]` or `[channel]`.
    pub weights: Vec<f64>,
    /// Steps that spikes take, `[input]` or `[unit][input]`, where the input has delays.
    pub delays: Vec<f64>,
}

/// A list of the numbers: its name and where it stands.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    pub(crate) layer: usize,
    /// Number of the input, where it is a list of one.
    pub(crate) input: Option<usize>,
    pub(crate) name: &'static str,
}

impl Field {
    fn path(self) -> String {
        match self {
            Self { layer: usize::MAX, name, .. } => name.to_owned(),
            Self { layer, input: None, name } => format!("layers[{layer}].{name}"),
            Self { layer, input: Some(input), name } => format!("layers[{layer}].inputs[{input}].{name}"),
        }
    }
}

/// Reads numbers that stand one after the other. After the first that does not fit it gives 0 in the place of each, so that who reads has
/// to ask once, at the end.
pub(crate) struct Reader<'a> {
    left: &'a [f64],
    error: Option<Error>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(numbers: &'a [f64]) -> Self {
        Self { left: numbers, error: None }
    }

    #[inline(never)]
    pub(crate) fn fail(&mut self, error: Error) {
        self.error.get_or_insert(error);
        self.left = &[];
    }

    #[inline(never)]
    pub(crate) fn next(&mut self) -> f64 {
        let Some((&first, left)) = self.left.split_first() else {
            self.fail(Error::data("integers", "end in the middle"));
            return 0.0;
        };
        self.left = left;
        first
    }

    /// Whether something comes of what so many are left of, which is counted down.
    pub(crate) fn has(&self, left: &mut f64) -> bool {
        *left -= 1.0;
        *left >= 0.0 && self.error.is_none()
    }

    /// A whole number from `min` to `max`.
    #[inline(never)]
    pub(crate) fn whole(&mut self, field: Field, entry: Option<usize>, (min, max): (i32, i32)) -> i32 {
        let value = self.next();
        let number = value as i32;
        if f64::from(number) == value && number >= min && number <= max {
            return number;
        }
        let path = match entry {
            Some(entry) => format!("{}[{entry}]", field.path()),
            None => field.path(),
        };
        self.fail(Error::config(path, format!("must be a whole number from {min} to {max}, got {value}")));
        0
    }

    /// The number of entries to come, of which `wanted` is right, and also 1 where `or_one`; 0 after a fault.
    #[inline(never)]
    pub(crate) fn count(&mut self, field: Field, wanted: usize, or_one: bool) -> usize {
        let found = self.next();
        if found == wanted as f64 || or_one && found == 1.0 {
            return found as usize;
        }
        self.fail(Error::shape(field.path(), format!("must have {wanted} entries, got {found}")));
        0
    }

    /// `wanted` whole numbers; where `or_one`, one may stand for all.
    #[inline(never)]
    pub(crate) fn list(&mut self, field: Field, wanted: usize, or_one: bool, range: (i32, i32)) -> Vec<i32> {
        let count = self.count(field, wanted, or_one);
        let mut list = Vec::with_capacity(wanted);
        for entry in 0..count {
            list.push(self.whole(field, (count > 1).then_some(entry), range));
        }
        list.resize(wanted, list.first().copied().unwrap_or(0));
        list
    }

    /// A list of any numbers.
    #[inline(never)]
    pub(crate) fn any_list(&mut self) -> &'a [f64] {
        let count = self.next();
        if !(count >= 0.0 && count <= self.left.len() as f64) {
            let left = self.left.len();
            self.fail(Error::data("integers", format!("cannot have {count} entries where {left} numbers follow")));
            return &[];
        }
        let (list, left) = self.left.split_at(count as usize);
        self.left = left;
        list
    }

    /// The first fault, if there was any; numbers that are left are one.
    pub(crate) fn end(mut self) -> Result<()> {
        if !self.left.is_empty() {
            let message = format!("have {} numbers too many", self.left.len());
            self.fail(Error::data("integers", message));
        }
        self.error.map_or(Ok(()), Err)
    }
}

/// Writes a list.
#[inline(never)]
pub(crate) fn append(numbers: &mut Vec<f64>, list: &[f64]) {
    numbers.push(list.len() as f64);
    numbers.extend_from_slice(list);
}

impl IntegerLayer {
    fn lists(&mut self) -> [&mut Vec<f64>; 8] {
        [
            &mut self.current_decay,
            &mut self.membrane_decay,
            &mut self.bias,
            &mut self.threshold,
            &mut self.adaptation_decay,
            &mut self.adaptation_strength,
            &mut self.scale,
            &mut self.membrane_scale,
        ]
    }
}

impl Integers {
    /// Reads numbers that stand one after the other.
    ///
    /// # Errors
    /// [`crate::ErrorCode::DataFormat`] for too few or too many.
    pub fn from_numbers(numbers: &[f64]) -> Result<Self> {
        let mut reader = Reader::new(numbers);
        let mut integers = Self { state_bits: reader.next(), layers: Vec::new() };
        let mut layers = reader.next();
        while reader.has(&mut layers) {
            let mut layer =
                IntegerLayer { weight_shift: reader.next(), current_shift: reader.next(), ..IntegerLayer::default() };
            for list in layer.lists() {
                list.extend_from_slice(reader.any_list());
            }
            let mut inputs = reader.next();
            while reader.has(&mut inputs) {
                let (weights, delays) = (reader.any_list().to_vec(), reader.any_list().to_vec());
                layer.inputs.push(IntegerInput { weights, delays });
            }
            integers.layers.push(layer);
        }
        reader.end().map(|()| integers)
    }

    /// The numbers one after the other.
    #[must_use]
    pub fn to_numbers(mut self) -> Vec<f64> {
        let mut numbers = vec![self.state_bits, self.layers.len() as f64];
        for layer in &mut self.layers {
            numbers.extend_from_slice(&[layer.weight_shift, layer.current_shift]);
            for list in layer.lists() {
                append(&mut numbers, list);
            }
            numbers.push(layer.inputs.len() as f64);
            for input in &layer.inputs {
                append(&mut numbers, &input.weights);
                append(&mut numbers, &input.delays);
            }
        }
        numbers
    }
}
