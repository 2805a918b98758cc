//! The section of a network in a model file.

use alloc::vec::Vec;

use crate::connection::Connection;
use crate::neuron::Neurons;
use crate::pool::Pool;
use crate::reader::Reader;

/// A network, in the order of evaluation.
#[derive(Debug)]
pub struct Network {
    pub(crate) nodes: Vec<Node>,
}

#[derive(Debug)]
pub(crate) enum Node {
    Layer(Layer),
    Pool(Vec<Source>, Pool),
}

/// A layer of units.
#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) neurons: Neurons,
    pub(crate) connections: Vec<(Vec<Source>, Connection)>,
}

/// Units of a layer: channels, or units that have constants of their own, and the places of each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) filters: usize,
    pub(crate) places: usize,
}

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

/// Words before the nodes: units of the input, steps, three of decisions, a statistic and two doubles.
const HEAD: usize = 10;

impl Network {
    /// Reads the contents of the section.
    ///
    /// # Panics
    /// Where the contents do not fit each other.
    #[must_use]
    pub fn parse(section: &[u8]) -> Self {
        let mut reader = Reader::new(section);
        reader.skip(HEAD);
        let nodes = reader.word();
        Self { nodes: (0..nodes).map(|_| node(&mut reader)).collect() }
    }
}

fn node(reader: &mut Reader<'_>) -> Node {
    match reader.word() {
        0 => Node::Layer(layer(reader)),
        kind => {
            let pool = Pool::new(kind == 2, &window(reader));
            Node::Pool(sources(reader), pool)
        }
    }
}

fn layer(reader: &mut Reader<'_>) -> Layer {
    let [filters, places] = reader.words();
    let shape = Shape { filters, places };
    let neurons = Neurons::read(reader, shape);
    let connections = (0..reader.word()).map(|_| (sources(reader), Connection::read(reader, shape))).collect();
    Layer { neurons, connections }
}

fn sources(reader: &mut Reader<'_>) -> Vec<Source> {
    let source = |[number, lag, offset]: [usize; 3]| Source { number, is_late: lag > 0, offset };
    (0..reader.word()).map(|_| source(reader.words())).collect()
}

pub(crate) fn window(reader: &mut Reader<'_>) -> Window {
    let [channels, groups] = reader.words();
    let mut axis = || {
        let [input, output, taps, stride, dilation, padding] = reader.words();
        Axis { input, output, taps, stride, dilation, padding }
    };
    let (rows, columns) = (axis(), axis());
    Window { channels, groups, rows, columns }
}
