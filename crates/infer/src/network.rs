//! The section of a network in a model file.

use alloc::vec::Vec;
use core::iter::once;

use crate::checks::demand;
use crate::connection::Connection;
use crate::geometry::{Shape, Source, Window};
use crate::neuron::Neurons;
use crate::pool::Pool;
use crate::reader::Reader;
use crate::rest::Rest;
use crate::whole::Bits;

/// Most steps of a sample.
const MAX_STEPS: usize = 65_535;

/// What decides: last numbers that a file may have.
const LAST_DECISION: usize = 3;
const LAST_STATISTIC: usize = 5;

/// What a network computes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// Floating-point numbers of single precision.
    Floats,
    /// Whole numbers.
    Whole,
}

/// A network, in the order of evaluation.
#[derive(Debug)]
pub struct Network {
    inputs: usize,
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

impl Network {
    /// Units of the input.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Reads the contents of the section.
    ///
    /// # Panics
    /// With the message `refused`, where the contents do not fit each other or ask for more states than `max_states`, for which
    /// [`MAX_STATES`](crate::MAX_STATES) is good.
    // Inlined in a function that is compiled for speed, it would be compiled so too.
    #[inline(never)]
    #[must_use]
    pub fn parse(section: &[u8], numbers: Numbers, max_states: usize) -> Self {
        let mut reader = Reader::new(section, max_states);
        let [inputs, steps] = reader.words();
        demand(steps <= MAX_STEPS);
        let bits = match numbers {
            Numbers::Floats => {
                // Whether samples end early and values are refused; what decides, and two doubles.
                let [_, _, decision, statistic, _, _, _, _] = reader.words();
                demand(decision <= LAST_DECISION && statistic <= LAST_STATISTIC);
                None
            }
            Numbers::Whole => {
                let [statistic, bits] = reader.words();
                demand(statistic <= LAST_STATISTIC);
                Some(Bits::new(bits))
            }
        };
        let nodes = reader.list(|reader| Node::read(reader, steps, bits));
        let units: Vec<usize> = once(inputs).chain(nodes.iter().map(Node::units)).collect();
        demand(nodes.iter().any(|node| matches!(node, Node::Layer(_))));
        reader.end(&units);
        Self { inputs, nodes }
    }

    /// The last layer and its number.
    pub(crate) fn output(&self) -> Option<(usize, &Layer)> {
        self.nodes.iter().enumerate().rev().find_map(|(number, node)| match node {
            Node::Layer(layer) => Some((number, layer)),
            Node::Pool(..) => None,
        })
    }
}

impl Node {
    fn read(reader: &mut Reader<'_>, steps: usize, bits: Option<Bits>) -> Self {
        let kind = reader.word();
        if kind == 0 {
            let layer = Layer::read(reader, steps, bits);
            reader.end_node(None);
            return Self::Layer(layer);
        }
        demand(kind <= 2);
        let window = Window::read(reader);
        let pool = Pool::read(reader, kind == 2, &window);
        let sources = Source::read(reader, bits.is_some());
        Source::note(&sources, window.inputs(), reader);
        reader.end_node(Some(window.overlap()));
        Self::Pool(sources, pool)
    }

    fn units(&self) -> usize {
        match self {
            Self::Layer(layer) => layer.neurons.unit_at.len(),
            Self::Pool(_, pool) => pool.units,
        }
    }
}

impl Layer {
    fn read(reader: &mut Reader<'_>, steps: usize, bits: Option<Bits>) -> Self {
        let [filters, places] = reader.words();
        let shape = Shape { filters, places };
        let neurons = Neurons::read(reader, shape, bits);
        let rest = Rest::new(&neurons, if reader.spares(4 * steps) { steps } else { 0 });
        let connections = reader.list(|reader| {
            let sources = Source::read(reader, bits.is_some());
            let connection = Connection::read(reader, &sources, shape, bits.is_some());
            (sources, connection)
        });
        Self { neurons, rest, connections }
    }
}
