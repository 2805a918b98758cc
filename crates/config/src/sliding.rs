//! What convolutions and pools see of an image or a sequence (spec 17).

use super::convolution::{Convolution, Pool};
use super::sizes::{Padding, PaddingName, Sizes};
use crate::error::{Error, Result};
use crate::geometry::{Axis, Image, Window};
use crate::json::join;

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

impl Sizes {
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

    /// Each place onto itself, channel by channel: a one-to-one connection with a weight for each channel.
    pub(crate) fn place_by_place(map: Image) -> Result<Self> {
        let field = Field { layer: "", name: "kernel" };
        let window =
            Sliding { taps: [1; 2], stride: [1; 2], dilation: [1; 2], zeros: Some([0; 2]) }.over(&field, map)?;
        Ok(Self { input: map, output: map, window, groups: map.channels })
    }

    /// Each unit of a list onto itself.
    #[must_use]
    pub fn unit_by_unit(units: usize) -> Self {
        let axis = Axis { input: 1, output: 1, taps: 1, stride: 1, dilation: 1, padding: 0 };
        let map = Image { channels: units, height: 1, width: 1 };
        Self { input: map, output: map, window: Window { rows: axis, columns: axis }, groups: units }
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
