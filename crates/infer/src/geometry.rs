//! Sources and shapes of layers, and windows over the places of an image.

use alloc::vec::Vec;

use crate::checks::{demand, product};
use crate::reader::Reader;

/// A source of a connection or a pool.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    /// 0 is the input, n the n-th node.
    pub(crate) number: usize,
    /// Whether its spikes of the step before arrive.
    pub(crate) is_late: bool,
    /// What is added to the numbers of its units.
    pub(crate) offset: usize,
}

impl Source {
    /// Reads sources, of which those of whole numbers have no offsets; what arrives without delay comes from a node before.
    #[inline(never)]
    pub(crate) fn read(reader: &mut Reader<'_>, is_whole: bool) -> Vec<Self> {
        let node = reader.nodes();
        reader.list(|reader| {
            let [number, lag, offset] = reader.words();
            demand(lag <= 1 && (lag == 1 || number <= node) && !(is_whole && offset > 0));
            Self { number, is_late: lag == 1, offset }
        })
    }

    /// Notes that the units of sources have to be below `units`.
    #[inline(never)]
    pub(crate) fn note(sources: &[Self], units: usize, reader: &mut Reader<'_>) {
        for source in sources {
            demand(source.offset <= units);
            reader.note(source.number, units - source.offset);
        }
    }
}

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

impl Axis {
    /// Windows that may see a place.
    pub(crate) fn overlap(&self) -> usize {
        self.taps.div_ceil(self.stride)
    }

    /// Whether it is one of a pool: without gaps and padding, all windows inside the input.
    fn is_of_pool(&self) -> bool {
        let start = product(&[self.output - 1, self.stride]);
        self.dilation == 1 && self.padding == 0 && start <= self.input && self.taps <= self.input - start
    }

    fn read(reader: &mut Reader<'_>) -> Self {
        let [input, output, taps, stride, dilation, padding] = reader.words();
        reader.states(&[output, taps]);
        demand(stride > 0);
        Self { input, output, taps, stride, dilation, padding }
    }
}

impl Window {
    #[inline(never)]
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let [channels, groups] = reader.words();
        let window = Self { channels, groups, rows: Axis::read(reader), columns: Axis::read(reader) };
        reader.states(&[window.inputs()]);
        demand(groups > 0 && channels.is_multiple_of(groups));
        window
    }

    /// Windows of a pool that may see a place.
    pub(crate) fn overlap(&self) -> usize {
        self.rows.overlap() * self.columns.overlap()
    }

    /// Units of a pool.
    #[inline(never)]
    pub(crate) fn pooled(&self, reader: &mut Reader<'_>) -> usize {
        demand(self.rows.is_of_pool() && self.columns.is_of_pool());
        reader.states(&[self.inputs(), self.rows.overlap(), self.columns.overlap()]);
        reader.states(&[self.channels, self.rows.output, self.columns.output])
    }

    /// Refuses a convolution of other units, or to those of another layer.
    #[inline(never)]
    pub(crate) fn demand_shapes(&self, inputs: usize, to: Shape) {
        let places = product(&[self.rows.output, self.columns.output]);
        demand(inputs == self.inputs() && places == to.places && to.filters.is_multiple_of(self.groups));
    }

    /// Units of the sources.
    pub(crate) fn inputs(&self) -> usize {
        product(&[self.channels, self.rows.input, self.columns.input])
    }
}
