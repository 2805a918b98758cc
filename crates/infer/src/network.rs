//! The section of a network in a model file.

use alloc::vec::Vec;

use crate::connection::Connection;
use crate::geometry::{Shape, Window};
use crate::neuron::Neurons;
use crate::pool::Pool;
use crate::reader::Reader;
use crate::rest::Rest;

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
    pub(crate) rest: Rest,
    pub(crate) connections: Vec<(Vec<Source>, Connection)>,
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

/// Words between the steps and the nodes: three of decisions, a statistic and two doubles.
const DECISIONS: usize = 8;

impl Network {
    /// Reads the contents of the section.
    ///
    /// # Panics
    /// Where the contents do not fit each other.
    // Inlined in a function that is compiled for speed, it would be compiled so too.
    #[inline(never)]
    #[must_use]
    pub fn parse(section: &[u8]) -> Self {
        let mut reader = Reader::new(section);
        let [_, steps] = reader.words();
        reader.skip(DECISIONS);
        let nodes = reader.word();
        Self { nodes: (0..nodes).map(|_| node(&mut reader, steps)).collect() }
    }

    /// The last layer and its number.
    pub(crate) fn output(&self) -> Option<(usize, &Layer)> {
        self.nodes.iter().enumerate().rev().find_map(|(number, node)| match node {
            Node::Layer(layer) => Some((number, layer)),
            Node::Pool(..) => None,
        })
    }
}

fn node(reader: &mut Reader<'_>, steps: usize) -> Node {
    match reader.word() {
        0 => Node::Layer(layer(reader, steps)),
        kind => {
            let pool = Pool::new(kind == 2, &Window::read(reader));
            Node::Pool(sources(reader), pool)
        }
    }
}

fn layer(reader: &mut Reader<'_>, steps: usize) -> Layer {
    let [filters, places] = reader.words();
    let shape = Shape { filters, places };
    let neurons = Neurons::read(reader, shape);
    let rest = Rest::new(&neurons, steps);
    let connections = (0..reader.word()).map(|_| (sources(reader), Connection::read(reader, shape))).collect();
    Layer { neurons, rest, connections }
}

fn sources(reader: &mut Reader<'_>) -> Vec<Source> {
    let source = |[number, lag, offset]: [usize; 3]| Source { number, is_late: lag > 0, offset };
    (0..reader.word()).map(|_| source(reader.words())).collect()
}
