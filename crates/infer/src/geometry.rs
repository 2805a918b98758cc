//! Shapes of layers, and windows over the places of an image.

use crate::reader::Reader;

/// Units of a layer: channels, or units that have constants of their own, and the places of each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) filters: usize,
    pub(crate) places: usize,
}

/// A window that slides along an axis.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axis {
    pub(crate) input: usize,
    pub(crate) output: usize,
    pub(crate) taps: usize,
    pub(crate) stride: usize,
    pub(crate) dilation: usize,
    pub(crate) padding: usize,
}

/// Windows over the places of an image; a sequence is an image of one row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    /// Channels of the sources.
    pub(crate) channels: usize,
    pub(crate) groups: usize,
    pub(crate) rows: Axis,
    pub(crate) columns: Axis,
}

impl Window {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let [channels, groups] = reader.words();
        let mut axis = || {
            let [input, output, taps, stride, dilation, padding] = reader.words();
            Axis { input, output, taps, stride, dilation, padding }
        };
        let (rows, columns) = (axis(), axis());
        Self { channels, groups, rows, columns }
    }
}
