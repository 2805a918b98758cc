//! Kernels and windows as a configuration gives them: convolutions and pools over images and sequences (spec 17).

use serde::Serialize;
use spikelet_fields::fields;

use super::neuron::LayerNeuron;
use super::ranges::{At, InRange, Range};
use crate::error::{Error, Result};
use crate::geometry::{Axis, Image, Window};
use crate::json::{Fault, FromJson, Value, join};

/// A size along each axis: a number for all, or a list, `[height, width]` over images and `[length]` over sequences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(untagged), schemars(inline))]
pub enum Sizes {
    /// The size along every axis.
    Every(u32),
    /// The size along each axis.
    Each(Vec<u32>),
}

impl Sizes {
    fn one() -> Self {
        Self::Every(1)
    }

    /// Along rows and columns; a sequence has one row, along which the size is `across`.
    fn along(&self, field: &Field<'_>, is_sequence: bool, across: u32) -> Result<[u32; 2]> {
        match (self, is_sequence) {
            (Self::Every(size), false) => Ok([*size; 2]),
            (Self::Every(size), true) => Ok([across, *size]),
            (Self::Each(sizes), _) => match (&sizes[..], is_sequence) {
                ([height, width], false) => Ok([*height, *width]),
                ([length], true) => Ok([across, *length]),
                _ => {
                    let wanted = if is_sequence { "[length]" } else { "[height, width]" };
                    Err(field.error(format!("must be a number or {wanted}, got {} numbers", sizes.len())))
                }
            },
        }
    }
}

impl InRange for Sizes {
    fn check(&self, range: &Range, at: &At<'_>) -> Result<()> {
        match self {
            Self::Every(size) => size.check(range, at),
            Self::Each(sizes) => sizes.check(range, at),
        }
    }

    #[cfg(feature = "codegen")]
    fn describe(range: &Range, schema: &mut schemars::Schema) {
        super::number_or_list::describe::<u32>(range, schema);
    }
}

impl FromJson for Sizes {
    fn read(value: &Value, at: &At<'_>) -> std::result::Result<Self, Fault> {
        match value {
            Value::Array(_) => Vec::read(value, at).map(Self::Each),
            Value::Number(_) => u32::read(value, at).map(Self::Every),
            other => {
                Err(Error::config(at.to_string(), format!("must be a number or a list of numbers, got {other}")).into())
            }
        }
    }
}

/// Padding by name.
#[fields]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum PaddingName {
    /// So many zeros that the output has the size of the input, with one more at the end where their number is odd; the stride must be 1.
    Same,
    /// No zeros: the kernel stays within the input.
    Valid,
}

/// Zeros around the input of a convolution: `"same"`, `"valid"`, or how many there are on both sides of each axis.
#[fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(untagged))]
pub enum Padding {
    /// Padding by name.
    Named(PaddingName),
    /// Zeros on both sides of each axis.
    Zeros(#[range(min = 0, max = 65535)] Sizes),
}

impl Padding {
    fn same() -> Self {
        Self::Named(PaddingName::Same)
    }
}

impl FromJson for Padding {
    fn read(value: &Value, at: &At<'_>) -> std::result::Result<Self, Fault> {
        match value {
            Value::String(name) if name == "same" => Ok(Self::Named(PaddingName::Same)),
            Value::String(name) if name == "valid" => Ok(Self::Named(PaddingName::Valid)),
            Value::Array(_) | Value::Number(_) => Sizes::read(value, at).map(Self::Zeros),
            other => {
                let message = format!("must be \"same\", \"valid\", a number or a list of numbers, got {other}");
                Err(Error::config(at.to_string(), message).into())
            }
        }
    }
}

/// A convolution (cross-correlation) of spiking units over an image or a sequence (spec 2, 17).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Convolution {
    /// Channels of the output.
    #[range(min = 1)]
    pub channels: u32,
    /// Taps of a unit along each axis.
    #[range(min = 1, max = 65535)]
    pub kernel: Sizes,
    /// Distance between the places that neighbouring units see.
    #[serde(default = "Sizes::one")]
    #[range(min = 1, max = 65535)]
    pub stride: Sizes,
    /// Zeros around the input; where the stride is not 1, `"valid"` or numbers.
    #[serde(default = "Padding::same")]
    pub padding: Padding,
    /// Distance between neighbouring taps.
    #[serde(default = "Sizes::one")]
    #[range(min = 1, max = 65535)]
    pub dilation: Sizes,
    /// Groups of channels, each of which sees its group of the input's channels only; as many as channels make it depthwise.
    #[serde(default = "one")]
    #[range(min = 1)]
    pub groups: u32,
    /// Settings of this layer's neuron that override `network.neuron`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub neuron: Option<LayerNeuron>,
}

/// Windows over an image or a sequence; places that do not fill one are dropped (spec 17).
#[fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Pool {
    /// Places of a window along each axis.
    #[range(min = 1, max = 65535)]
    pub window: Sizes,
    /// Distance between neighbouring windows; the size of a window by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    #[range(min = 1, max = 65535)]
    pub stride: Option<Sizes>,
}

fn one() -> u32 {
    1
}

/// A field of a layer, for errors.
struct Field<'a> {
    layer: &'a str,
    name: &'static str,
}

impl Field<'_> {
    fn error(&self, message: String) -> Error {
        Error::config(join(self.layer, self.name), message)
    }
}

/// A convolution or a pool on its input; a sequence is an image of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slid {
    /// What it sees.
    pub input: Image,
    /// What it makes of that.
    pub output: Image,
    /// What each place of the output sees.
    pub window: Window,
    /// Groups of channels.
    pub groups: usize,
}

/// Sizes along rows and columns.
struct Sliding {
    taps: [u32; 2],
    stride: [u32; 2],
    dilation: [u32; 2],
    /// `None`: as many as keep the size.
    zeros: Option<[u32; 2]>,
}

impl Slid {
    /// A convolution of the layer at `path`.
    pub(crate) fn convolution(path: &str, conv: &Convolution, input: Image, is_sequence: bool) -> Result<Self> {
        let along = |sizes: &Sizes, name| sizes.along(&Field { layer: path, name }, is_sequence, 1);
        let sliding = Sliding {
            taps: along(&conv.kernel, "kernel")?,
            stride: along(&conv.stride, "stride")?,
            dilation: along(&conv.dilation, "dilation")?,
            zeros: match &conv.padding {
                Padding::Named(PaddingName::Same) => None,
                Padding::Named(PaddingName::Valid) => Some([0; 2]),
                Padding::Zeros(zeros) => Some(zeros.along(&Field { layer: path, name: "padding" }, is_sequence, 0)?),
            },
        };
        if sliding.zeros.is_none() && sliding.stride != [1; 2] {
            let rule = "must be \"valid\" or a number where the stride is not 1, got \"same\"";
            return Err(Error::config(join(path, "padding"), rule));
        }
        let (channels, groups) = (conv.channels as usize, conv.groups as usize);
        if !(input.channels.is_multiple_of(groups) && channels.is_multiple_of(groups)) {
            let of = input.channels;
            let rule =
                format!("must divide the {of} channels of the input and the {channels} of the layer, got {groups}");
            return Err(Error::config(join(path, "groups"), rule));
        }
        let window = sliding.over(&Field { layer: path, name: "kernel" }, input)?;
        Ok(Self { input, output: input.through(&window, channels), window, groups })
    }

    /// A pool of the layer at `path`.
    pub(crate) fn pool(path: &str, pool: &Pool, input: Image, is_sequence: bool) -> Result<Self> {
        let field = Field { layer: path, name: "window" };
        let taps = pool.window.along(&field, is_sequence, 1)?;
        let stride = match &pool.stride {
            Some(stride) => stride.along(&Field { layer: path, name: "stride" }, is_sequence, 1)?,
            None => taps,
        };
        Self::windows(&field, taps, stride, input)
    }

    /// One window over all of the input.
    pub(crate) fn whole(input: Image) -> Result<Self> {
        let taps = [input.height, input.width].map(|size| u32::try_from(size).unwrap_or(u32::MAX));
        Self::windows(&Field { layer: "", name: "window" }, taps, taps, input)
    }

    fn windows(field: &Field<'_>, taps: [u32; 2], stride: [u32; 2], input: Image) -> Result<Self> {
        let window = Sliding { taps, stride, dilation: [1; 2], zeros: Some([0; 2]) }.over(field, input)?;
        Ok(Self { input, output: input.through(&window, input.channels), window, groups: 1 })
    }
}

impl Sliding {
    fn over(&self, field: &Field<'_>, input: Image) -> Result<Window> {
        Ok(Window { rows: self.axis(field, 0, input.height)?, columns: self.axis(field, 1, input.width)? })
    }

    fn axis(&self, field: &Field<'_>, axis: usize, input: usize) -> Result<Axis> {
        let [taps, stride, dilation] = [self.taps, self.stride, self.dilation].map(|sizes| u64::from(sizes[axis]));
        let span = dilation * (taps - 1) + 1;
        let (before, zeros) = match self.zeros {
            None => ((span - 1) / 2, span - 1),
            Some(zeros) => (u64::from(zeros[axis]), 2 * u64::from(zeros[axis])),
        };
        let padded = (input as u64).saturating_add(zeros);
        let Some(rest) = padded.checked_sub(span) else {
            return Err(field.error(format!("must fit the input: it covers {span} places of {padded} along an axis")));
        };
        let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        Ok(Axis {
            input,
            output: size(rest / stride + 1),
            taps: size(taps),
            stride: size(stride),
            dilation: size(dilation),
            padding: size(before),
        })
    }
}
