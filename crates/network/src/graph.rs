//! The graph of a network that is no chain: what feeds each connection, in which order layers are run, who reads their spikes (spec 16).
//!
//! Connections are numbered as the layers of [`crate::network::Network`]: layers with neurons, then the further inputs of these.

use crate::connection::{Dense, Layout, Pool, PoolKind};
use crate::events::NO_UNIT;

/// Where spikes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The input of the network.
    Input,
    /// A layer with neurons.
    Layer(usize),
    /// A pool.
    Pool(usize),
}

/// A source of a connection or of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// Where spikes come from.
    pub origin: Origin,
    /// Steps that they take: 1 from a layer that comes later.
    pub lag: usize,
}

/// A pool between layers, which any number of connections and pools may read; a flatten is one whose windows have one unit.
#[derive(Clone, Debug)]
pub struct PoolNode {
    /// The pool.
    pub(crate) pool: Pool,
    /// Where its spikes come from.
    pub(crate) sources: Vec<Source>,
    /// Output of each input, `[window][input]`.
    outputs: Vec<u32>,
}

/// A reader of the spikes of a layer or a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// A connection.
    Connection(usize),
    /// A pool.
    Pool(usize),
}

/// A layer or a pool in the order of evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A layer with neurons.
    Layer(usize),
    /// A pool.
    Pool(usize),
}

/// Items that are run over all steps before those behind them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// In the order of evaluation.
    pub items: Vec<Item>,
    /// Whether later items feed earlier ones, or one itself, so that each step has to be taken by all before the next.
    pub is_loop: bool,
}

/// A graph.
#[derive(Clone, Debug)]
pub struct Graph {
    /// Sources of each connection.
    pub sources: Vec<Vec<Source>>,
    /// Pools.
    pub pools: Vec<PoolNode>,
    /// Connections of each layer with neurons: its own, then its further inputs.
    pub inputs: Vec<Vec<usize>>,
    /// Layer of each connection.
    pub layer_of: Vec<usize>,
    /// In the order of evaluation.
    pub blocks: Vec<Block>,
    /// The units that each connection reads, as a list.
    pub flats: Vec<Layout>,
    /// The outputs of each pool, as a list.
    pub pool_flats: Vec<Layout>,
    /// Readers of each layer, with the lag.
    of_layers: Vec<Vec<(Reader, usize)>>,
    /// Readers of each pool, with the lag.
    of_pools: Vec<Vec<(Reader, usize)>>,
}

impl PoolNode {
    pub(crate) fn new(pool: Pool, sources: Vec<Source>) -> Self {
        Self { pool, sources, outputs: pool.outputs() }
    }

    /// Outputs of the windows that a unit of the sources lies in.
    pub fn outputs_of(&self, unit: u32) -> impl Iterator<Item = u32> + '_ {
        let of_windows = self.outputs.iter().skip(unit as usize).step_by(self.pool.slid.input.units());
        of_windows.copied().filter(|&output| output != NO_UNIT)
    }
}

impl Graph {
    /// Whether events of the input get to a max pool with no layer between.
    pub(crate) fn input_reaches_max_pool(&self) -> bool {
        let mut carries = vec![false; self.pools.len()];
        // Pools may come in any order; each round takes the events one pool further.
        for _ in 0..self.pools.len() {
            for (number, pool) in self.pools.iter().enumerate() {
                carries[number] = pool.sources.iter().any(|source| match source.origin {
                    Origin::Input => true,
                    Origin::Pool(before) => carries[before],
                    Origin::Layer(_) => false,
                });
            }
        }
        self.pools.iter().zip(carries).any(|(node, carries)| carries && node.pool.kind == PoolKind::Max)
    }

    /// A graph of connections with `sources` of so many units, whose layers `inputs` lists, and of pools; `order` is that of evaluation.
    pub(crate) fn new(
        sources: Vec<Vec<Source>>,
        read: &[usize],
        pools: Vec<PoolNode>,
        inputs: Vec<Vec<usize>>,
        order: &[Item],
    ) -> Self {
        let mut layer_of = vec![0; sources.len()];
        for (layer, connections) in inputs.iter().enumerate() {
            connections.iter().for_each(|&connection| layer_of[connection] = layer);
        }
        let mut graph = Self {
            of_layers: vec![Vec::new(); inputs.len()],
            of_pools: vec![Vec::new(); pools.len()],
            blocks: Vec::new(),
            flats: read.iter().map(|&units| Dense::layout(units)).collect(),
            pool_flats: pools.iter().map(|node| Dense::layout(node.pool.slid.output.units())).collect(),
            sources,
            pools,
            inputs,
            layer_of,
        };
        graph.list_readers();
        graph.blocks = blocks(order, |item| graph.feeds(item));
        graph
    }

    /// Whether a connection has a source within a loop, which asks for errors step by step.
    #[must_use]
    pub fn reads_loop(&self, connection: usize) -> bool {
        self.sources[connection].iter().filter_map(|source| source.origin.item()).any(|item| self.loops(item))
    }

    fn list_readers(&mut self) {
        let connections = self.sources.iter().enumerate().map(|(index, sources)| (Reader::Connection(index), sources));
        let pools = self.pools.iter().enumerate().map(|(index, pool)| (Reader::Pool(index), &pool.sources));
        for (reader, sources) in connections.chain(pools) {
            for source in sources {
                match source.origin {
                    Origin::Input => {}
                    Origin::Layer(layer) => self.of_layers[layer].push((reader, source.lag)),
                    Origin::Pool(pool) => self.of_pools[pool].push((reader, source.lag)),
                }
            }
        }
    }

    /// Readers of the spikes of an item, with the lag.
    pub fn readers(&self, item: Item) -> &[(Reader, usize)] {
        match item {
            Item::Layer(layer) => &self.of_layers[layer],
            Item::Pool(pool) => &self.of_pools[pool],
        }
    }

    /// Sources of all inputs of an item.
    fn feeds(&self, item: Item) -> Vec<Source> {
        match item {
            Item::Layer(layer) => self.inputs[layer].iter().flat_map(|&input| self.sources[input].clone()).collect(),
            Item::Pool(pool) => self.pools[pool].sources.clone(),
        }
    }

    /// Whether the currents of several inputs add in a layer.
    pub fn sums(&self, layer: usize) -> bool {
        self.inputs[layer].len() > 1
    }

    /// Whether a layer is in a loop.
    pub fn is_in_loop(&self, layer: usize) -> bool {
        self.loops(Item::Layer(layer))
    }

    fn loops(&self, item: Item) -> bool {
        self.blocks.iter().any(|block| block.is_loop && block.items.contains(&item))
    }
}

impl Origin {
    /// What spikes come from, besides the input.
    fn item(self) -> Option<Item> {
        match self {
            Self::Input => None,
            Self::Layer(layer) => Some(Item::Layer(layer)),
            Self::Pool(pool) => Some(Item::Pool(pool)),
        }
    }
}

/// Cuts the order of evaluation where no later item feeds an earlier one.
fn blocks(order: &[Item], feeds: impl Fn(Item) -> Vec<Source>) -> Vec<Block> {
    let place = |origin: Origin| origin.item().and_then(|item| order.iter().position(|&other| other == item));
    // For each item, the last one that feeds it with a lag.
    let ends: Vec<Option<usize>> = order
        .iter()
        .map(|&item| feeds(item).iter().filter(|source| source.lag > 0).filter_map(|source| place(source.origin)).max())
        .collect();
    let mut blocks = Vec::new();
    let mut first = 0;
    while first < order.len() {
        let (mut last, mut is_loop, mut item) = (first, false, first);
        while item <= last {
            if let Some(end) = ends[item] {
                is_loop = true;
                last = last.max(end);
            }
            item += 1;
        }
        blocks.push(Block { items: order[first..=last].to_vec(), is_loop });
        first = last + 1;
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(origin: Origin, lag: usize) -> Source {
        Source { origin, lag }
    }

    #[test]
    fn loops_reach_from_the_first_that_is_fed_to_the_last_that_feeds() {
        let order = [0, 1, 2, 3].map(Item::Layer);
        let sources = vec![
            vec![source(Origin::Input, 0)],
            vec![source(Origin::Layer(0), 0), source(Origin::Layer(2), 1)],
            vec![source(Origin::Layer(1), 0)],
            vec![source(Origin::Layer(2), 0)],
        ];
        let graph = Graph::new(sources, &[4; 4], Vec::new(), (0..4).map(|layer| vec![layer]).collect(), &order);
        let found: Vec<_> = graph.blocks.iter().map(|block| (block.items.len(), block.is_loop)).collect();
        assert_eq!(found, [(1, false), (2, true), (1, false)]);
        assert_eq!(graph.readers(Item::Layer(2)), [(Reader::Connection(1), 1), (Reader::Connection(3), 0)]);
        assert!(graph.is_in_loop(1) && !graph.is_in_loop(3));
    }
}
