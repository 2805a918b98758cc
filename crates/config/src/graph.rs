//! The graph of a network: the sources of each layer and input, and the shapes that follow (spec 16).

use super::convolution::Convolution;
use super::inputs::{ConvolutionInput, LayerInput};
use super::network::{LayerConfig, NetworkConfig};
use super::shapes::{Fitted, UnitShape};
use super::sliding::Slid;
use super::sources::{OneToOneBy, Sources};
use crate::error::{Error, Result};
use crate::json::join;

/// Name of the network's input among sources.
const INPUT: &str = "input";

/// A source of a layer or of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// The layer, counted from the input up among all; `None` for the network's input.
    pub layer: Option<usize>,
    /// Whether its spikes arrive one step later.
    pub is_feedback: bool,
}

/// A layer with its sources.
#[derive(Clone, Debug)]
pub struct Node {
    /// Sources of its own input.
    pub sources: Vec<Source>,
    /// Shape of the sources.
    pub input: UnitShape,
    /// The layer on these.
    pub fitted: Fitted,
    /// Further inputs.
    pub further: Vec<Further>,
}

/// A further input of a layer with its sources.
#[derive(Clone, Debug)]
pub struct Further {
    /// Sources.
    pub sources: Vec<Source>,
    /// Shape of the sources.
    pub input: UnitShape,
    /// What a convolution sees.
    pub slid: Option<Slid>,
}

/// All layers with their sources, from the input up.
#[derive(Clone, Debug)]
pub struct Graph {
    /// By layer.
    pub nodes: Vec<Node>,
}

impl Graph {
    /// Whether each layer has one input, whose source is the layer before it.
    #[must_use]
    pub fn is_chain(&self) -> bool {
        self.nodes.iter().enumerate().all(|(index, node)| {
            let before = Source { layer: index.checked_sub(1), is_feedback: false };
            node.sources == [before] && node.further.is_empty()
        })
    }

    /// Units with parameters of their own of each layer, channels of one whose units lie in an image; `None` of layers without neurons.
    pub fn filters<'a>(&'a self, network: &'a NetworkConfig) -> impl Iterator<Item = Option<usize>> + 'a {
        network.layers.iter().zip(&self.nodes).map(|(layer, node)| {
            layer.has_units().then_some(match node.fitted.output {
                UnitShape::Flat(units) => units,
                UnitShape::Sequence(map) | UnitShape::Image(map) => map.channels,
            })
        })
    }

    /// Whether any layer gets the spikes of this one.
    pub(crate) fn is_source(&self, layer: usize) -> bool {
        let is_it = |source: &Source| source.layer == Some(layer);
        self.nodes.iter().any(|node| {
            node.sources.iter().any(is_it) || node.further.iter().any(|further| further.sources.iter().any(is_it))
        })
    }
}

impl NetworkConfig {
    /// Finds the sources of all layers and puts each onto these.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] with the path of the field that does not fit.
    pub fn graph(&self) -> Result<Graph> {
        self.check_names()?;
        let count = self.layers.len();
        let sources = (0..count).map(|layer| self.sources_of(layer)).collect::<Result<Vec<_>>>()?;
        let shapes = self.shapes(&sources)?;
        let shape = |source: &Source| source.layer.map_or(UnitShape::of(self.input), |layer| shapes[layer].output);
        let mut nodes = Vec::with_capacity(count);
        for (layer, sources) in sources.into_iter().enumerate() {
            let path = layer_path(layer);
            let input = self.one_shape(&path, self.layers[layer].from(), &sources, &shape)?;
            let fitted = shapes[layer];
            let further = self.layers[layer].inputs().iter().enumerate();
            let further = further.map(|(number, given)| {
                let path = format!("{path}.inputs[{number}]");
                let sources = self.named(&path, given.from(), layer)?;
                let input = self.one_shape(&path, Some(given.from()), &sources, &shape)?;
                let slid = given.fit(&path, input, fitted.output)?;
                Ok(Further { sources, input, slid })
            });
            let further = further.collect::<Result<_>>()?;
            nodes.push(Node { sources, input, fitted, further });
        }
        let graph = Graph { nodes };
        match (0..count - 1).find(|&layer| !graph.is_source(layer)) {
            Some(layer) => Err(Error::config(layer_path(layer), "is the source of no layer, and is not the last one")),
            None => Ok(graph),
        }
    }

    fn check_names(&self) -> Result<()> {
        for (layer, name) in self.layers.iter().enumerate().filter_map(|(layer, given)| Some((layer, given.name()?))) {
            let is_taken = self.layers[..layer].iter().any(|before| before.name() == Some(name));
            let why = match name {
                "" => "must not be empty".to_owned(),
                INPUT => format!("must not be \"{INPUT}\", which names the input of the network"),
                _ if is_taken => format!("\"{name}\" names an earlier layer already"),
                _ => continue,
            };
            return Err(Error::config(format!("{}.name", layer_path(layer)), why));
        }
        Ok(())
    }

    fn sources_of(&self, layer: usize) -> Result<Vec<Source>> {
        match self.layers[layer].from() {
            Some(from) => self.named(&layer_path(layer), from, layer),
            None => Ok(vec![Source { layer: layer.checked_sub(1), is_feedback: false }]),
        }
    }

    /// The sources of those names, for a layer or an input of it at `path`.
    fn named(&self, path: &str, from: &Sources, layer: usize) -> Result<Vec<Source>> {
        let mut sources = Vec::new();
        for (index, name) in from.names() {
            let layers = self.layers.iter();
            let source = match (name, layers.clone().position(|given| given.name() == Some(name))) {
                (INPUT, _) => Source { layer: None, is_feedback: false },
                (_, Some(source)) => Source { layer: Some(source), is_feedback: source >= layer },
                (_, None) => {
                    let names: Vec<&str> = std::iter::once(INPUT).chain(layers.filter_map(LayerConfig::name)).collect();
                    let why = format!("no layer is named \"{name}\": there are {}", names.join(", "));
                    return Err(Error::config(from_path(path, index), why));
                }
            };
            if sources.contains(&source) {
                return Err(Error::config(from_path(path, index), format!("\"{name}\" is there twice")));
            }
            sources.push(source);
        }
        if sources.is_empty() {
            return Err(Error::config(from_path(path, None), "must name a source"));
        }
        Ok(sources)
    }

    /// Puts every layer onto its sources; the shape of a later one may have to be known first.
    fn shapes(&self, sources: &[Vec<Source>]) -> Result<Vec<Fitted>> {
        let mut shapes: Vec<Option<Fitted>> = vec![None; self.layers.len()];
        loop {
            let mut is_new = false;
            for (layer, given) in self.layers.iter().enumerate() {
                if shapes[layer].is_some() {
                    continue;
                }
                let known = sources[layer].iter().find_map(|source| match source.layer {
                    None => Some(UnitShape::of(self.input)),
                    Some(source) => shapes[source].map(|fitted| fitted.output),
                });
                let Some(input) = known else { continue };
                shapes[layer] = Some(given.fit(&layer_path(layer), input)?);
                is_new = true;
            }
            if !is_new {
                break;
            }
        }
        let unknown = |layer: usize| {
            let why = "nothing says how many units its sources have: they are fed by this layer alone";
            Error::config(from_path(&layer_path(layer), None), why)
        };
        shapes.into_iter().enumerate().map(|(layer, shape)| shape.ok_or_else(|| unknown(layer))).collect()
    }

    /// The shape that all sources have.
    fn one_shape(
        &self,
        path: &str,
        from: Option<&Sources>,
        sources: &[Source],
        shape: &dyn Fn(&Source) -> UnitShape,
    ) -> Result<UnitShape> {
        let first = shape(&sources[0]);
        for (place, source) in sources.iter().enumerate() {
            let other = shape(source);
            if other != first {
                let index = from.and_then(|from| from.names().nth(place)).and_then(|(index, _)| index);
                let why = format!("must have the shape {first} of the first source, got {other}");
                return Err(Error::config(from_path(path, index), why));
            }
        }
        Ok(first)
    }
}

impl LayerInput {
    /// Puts the input onto its sources and checks that it makes a current for each unit of its layer.
    fn fit(&self, path: &str, input: UnitShape, layer: UnitShape) -> Result<Option<Slid>> {
        let (slid, output) = match self {
            Self::Dense(_) => {
                return match (input, layer) {
                    (UnitShape::Flat(_), UnitShape::Flat(_)) => Ok(None),
                    (UnitShape::Flat(_), _) => {
                        Err(Error::config(join(path, "type"), "dense is an input of layers whose units lie in a list"))
                    }
                    _ => Err(Error::config(
                        join(path, "type"),
                        "dense needs flat sources: put a flatten layer before it",
                    )),
                };
            }
            Self::OneToOne(given) => {
                if input != layer {
                    let why = format!("must have the shape {layer} of the layer, got {input}");
                    return Err(Error::config(join(path, "from"), why));
                }
                return match (given.by, layer) {
                    (OneToOneBy::Unit, _) => Ok(None),
                    (OneToOneBy::Channel, layer) => Slid::place_by_place(layer.map(&join(path, "by"))?).map(Some),
                };
            }
            Self::Conv2d(given) | Self::Conv1d(given) => {
                let is_sequence = matches!(self, Self::Conv1d(_));
                let map = match input {
                    UnitShape::Image(map) if !is_sequence => map,
                    UnitShape::Sequence(map) if is_sequence => map,
                    _ => {
                        let wanted = if is_sequence { "a sequence" } else { "an image" };
                        return Err(Error::config(
                            join(path, "type"),
                            format!("needs {wanted} as its source, got {input}"),
                        ));
                    }
                };
                let channels = match layer {
                    UnitShape::Image(map) | UnitShape::Sequence(map) => map.channels,
                    UnitShape::Flat(_) => 1,
                };
                let conv = with_channels(given, u32::try_from(channels).unwrap_or(u32::MAX));
                let slid = Slid::convolution(path, &conv, map, is_sequence)?;
                (slid, if is_sequence { UnitShape::Sequence(slid.output) } else { UnitShape::Image(slid.output) })
            }
        };
        if output == layer {
            return Ok(Some(slid));
        }
        Err(Error::config(join(path, "kernel"), format!("must make the shape {layer} of the layer, makes {output}")))
    }
}

/// The convolution of an input, with the channels of its layer.
fn with_channels(input: &ConvolutionInput, channels: u32) -> Convolution {
    let ConvolutionInput { kernel, stride, padding, dilation, groups, .. } = input.clone();
    let (name, from, inputs, neuron) = (None, None, Vec::new(), None);
    Convolution { name, from, channels, kernel, stride, padding, dilation, groups, inputs, neuron }
}

pub(crate) fn layer_path(layer: usize) -> String {
    format!("network.layers[{layer}]")
}

fn from_path(path: &str, index: Option<usize>) -> String {
    let path = join(path, "from");
    index.map_or(path.clone(), |index| format!("{path}[{index}]"))
}
