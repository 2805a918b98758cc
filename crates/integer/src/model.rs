//! A network of whole numbers, with all constants resolved.

use alloc::vec::Vec;

use crate::arithmetic::StateBits;

/// Largest absolute value of a weight.
pub const MAX_WEIGHT: i8 = 127;

/// Layers in the order of evaluation, of which the last one with neurons is the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// Bits of the states.
    pub state_bits: StateBits,
    /// Units of the input.
    pub inputs: usize,
    /// Layers, in the order of evaluation.
    pub layers: Vec<Layer>,
}

/// Spikes of a unit at a step: one, or as many as a sum over a window or over sources counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The unit.
    pub unit: u32,
    /// How many.
    pub count: u32,
}

/// Where spikes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// Number of the layer; `None` is the input.
    pub layer: Option<usize>,
    /// Whether they arrive one step later.
    pub is_feedback: bool,
}

/// A layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layer {
    /// Units with states.
    Neurons(Neurons),
    /// Sums or maxima of the spikes of its sources.
    Pool(Pool),
}

/// A layer without neurons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Sources, whose spikes add.
    pub sources: Vec<Source>,
    /// What it makes of the counts in a window.
    pub kind: PoolKind,
    /// Units of the sources.
    pub inputs: usize,
    /// Units.
    pub units: usize,
    /// What each unit sees; not read where counts pass on.
    pub window: Window,
}

/// What a pool makes of the counts in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolKind {
    /// The counts themselves: a flatten.
    Pass,
    /// Sum of the counts: an average pool, whose factor is in the weights behind it.
    Sum,
    /// Largest count.
    Max,
}

/// Windows that slide over rows and columns of each channel; a sequence has one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// From top to bottom.
    pub rows: Axis,
    /// From left to right.
    pub columns: Axis,
}

/// A window that slides along an axis: output o sees place `o stride − padding + tap dilation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    /// Places of the input.
    pub input: usize,
    /// Places of the output.
    pub output: usize,
    /// Places that the window sees.
    pub taps: usize,
    /// Distance between two windows.
    pub stride: usize,
    /// Distance between two taps.
    pub dilation: usize,
    /// Zeros before the first place.
    pub padding: usize,
}

/// A layer of units with states. Lists of constants have a number for each unit, or for each channel of a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neurons {
    /// Inputs, whose currents add.
    pub inputs: Vec<Input>,
    /// Units.
    pub units: usize,
    /// Neighbouring units that share their constants: the places of a channel.
    pub places: usize,
    /// F: what arrives is multiplied by 2^F.
    pub weight_shift: u32,
    /// F': the current is divided by 2^F' on its way to the membrane.
    pub current_shift: u32,
    /// A_i.
    pub current_decay: Vec<i32>,
    /// A_v.
    pub membrane_decay: Vec<i32>,
    /// b.
    pub bias: Vec<i32>,
    /// How its units fire; those of a readout do not.
    pub firing: Option<Firing>,
}

/// How the units of a layer fire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Firing {
    /// θ.
    pub threshold: Vec<i32>,
    /// What raises the threshold after a spike, if anything.
    pub adaptation: Option<Adaptation>,
    /// What a spike does to the states.
    pub reset: Reset,
    /// Steps after a spike in which a unit is blocked; `u32::MAX` is all of them.
    pub refractory: u32,
}

/// Adaptation of the threshold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adaptation {
    /// A_ρ.
    pub decay: Vec<i32>,
    /// k.
    pub strength: Vec<i32>,
}

/// What a spike does to the states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reset {
    /// Sets current and membrane to 0.
    All,
    /// Sets the membrane to 0.
    Membrane,
    /// Takes the threshold off the membrane.
    Subtract,
    /// Nothing.
    None,
}

/// An input of a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Sources, whose spikes add.
    pub sources: Vec<Source>,
    /// How spikes reach units.
    pub connection: Connection,
    /// Weights within ±[`MAX_WEIGHT`], in the order that the connection tells.
    pub weights: Vec<i8>,
}

/// How spikes reach units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Connection {
    /// Every unit is connected to every source unit; weights `[source unit][unit]`.
    Dense(Delays),
    /// Windows over a map; weights `[channel of a group][row][column][channel]`.
    Convolution(Convolution),
    /// Each unit is connected to the source unit at its place; weights by groups of this many neighbouring units, one for each unit or
    /// the places of a channel.
    OneToOne(usize),
}

/// Steps that spikes take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delays {
    /// None.
    None,
    /// Steps of each source unit.
    ByInput(Vec<i32>),
    /// Steps of each connection, `[source unit][unit]`.
    ByConnection(Vec<i32>),
}

/// A convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Convolution {
    /// What each place sees.
    pub window: Window,
    /// Source channels of a group.
    pub source_channels: usize,
    /// Channels of a group.
    pub channels: usize,
}

impl Axis {
    /// Places of the output that see a place through a tap, if one does.
    pub(crate) fn output_of(&self, place: usize, tap: usize) -> Option<usize> {
        let ahead = (place + self.padding).checked_sub(tap * self.dilation)?;
        let output = ahead / self.stride;
        (ahead % self.stride == 0 && output < self.output).then_some(output)
    }
}

impl Window {
    /// Calls `visit` with each place of the output that sees a place, and the number of the tap.
    pub(crate) fn seen_by(&self, place: usize, visit: &mut dyn FnMut(usize, usize)) {
        let Self { rows, columns } = self;
        let (y, x) = (place / columns.input, place % columns.input);
        for row in 0..rows.taps {
            let Some(top) = rows.output_of(y, row) else { continue };
            for column in 0..columns.taps {
                if let Some(left) = columns.output_of(x, column) {
                    visit(top * columns.output + left, row * columns.taps + column);
                }
            }
        }
    }

    /// Places of the input.
    #[must_use]
    pub fn input(&self) -> usize {
        self.rows.input * self.columns.input
    }

    /// Places of the output.
    #[must_use]
    pub fn output(&self) -> usize {
        self.rows.output * self.columns.output
    }

    /// Places that it sees.
    #[must_use]
    pub fn taps(&self) -> usize {
        self.rows.taps * self.columns.taps
    }
}

impl Delays {
    /// Steps of the longest.
    pub(crate) fn longest(&self) -> usize {
        match self {
            Self::None => 0,
            Self::ByInput(steps) | Self::ByConnection(steps) => steps.iter().copied().max().unwrap_or(0) as usize,
        }
    }
}

impl Input {
    /// Steps of the longest delay.
    pub(crate) fn longest_delay(&self) -> usize {
        match &self.connection {
            Connection::Dense(delays) => delays.longest(),
            Connection::Convolution(_) | Connection::OneToOne(_) => 0,
        }
    }
}

impl Layer {
    /// Units.
    #[must_use]
    pub fn units(&self) -> usize {
        match self {
            Self::Neurons(neurons) => neurons.units,
            Self::Pool(pool) => pool.units,
        }
    }
}

impl Model {
    /// Number of the output among the layers.
    ///
    /// # Panics
    /// Where no layer has neurons.
    #[must_use]
    pub fn output(&self) -> usize {
        let place = self.layers.iter().rposition(|layer| matches!(layer, Layer::Neurons(_)));
        place.expect("a network has a layer with neurons")
    }
}
