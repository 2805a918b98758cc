//! How spikes reach a layer's units: stages on the way, which map spikes to spikes, then weights.
//!
//! ```text
//! spikes of the previous layer → stages → arriving spikes → site by site (step, row of the tile's weights) → lanes
//! ```
//!
//! Each kind of weights is one file with its copies, its forward pass, its weight gradient and what it sends back to the previous
//! layer. [`Connection`] lists the kinds.

mod backward;
mod conv2d;
mod delayed_connections;
mod delays;
mod dense;
mod drive;
mod forward;
mod input_delays;
mod layout;
mod listed;
mod one_to_one;
mod pool;
mod recurrent;
mod sent;
mod shared_errors;
mod stages;
mod sums;
mod underway;
mod view;
mod weights;

use std::ops::{Deref, DerefMut};

use spikelet_data::Archive;

use self::conv2d::Conv2dState;
use self::delayed_connections::DelayedState;
use self::dense::DenseState;
use self::recurrent::RecurrentState;

pub use backward::{
    ActivityGradient, BackwardRun, BackwardScratch, GraphBackward, LayerPass, Mixing, OutputErrors, PassContext,
};
pub use conv2d::Conv2d;
pub use delayed_connections::DelayedConnections;
pub use dense::Dense;
pub use forward::{ForwardRun, Keep, SumScratch};
pub use layout::{Layout, Site};
pub use listed::Injected;
pub use one_to_one::OneToOne;
pub(crate) use pool::PoolWork;
pub use pool::{Pool, PoolKind};
pub use recurrent::Recurrent;
pub use sent::{Sent, SourceSite};
pub use stages::{StageSource, Stages, StagesState};
pub use sums::DriveSums;
pub use view::{LayerBiases, LayerView, TileBiases};
pub use weights::{Routes, Weights};

/// The weights of a layer, of any kind, with their copies; as [`Weights`] by dereference.
#[derive(Clone, Debug)]
pub enum Connection {
    /// Every unit is connected to every input.
    Dense(Dense),
    /// Dense, with a delay for each connection.
    DelayedConnections(DelayedConnections),
    /// Dense, and the units drive each other.
    Recurrent(Recurrent),
    /// Every unit is connected to a square of the image.
    Conv2d(Conv2d),
    /// Every unit is connected to the unit at its own place.
    OneToOne(OneToOne),
}

/// Scratch of a layer's weights on a sample's way: a part for each kind, which stays empty in layers of another kind.
#[derive(Debug, Default)]
pub struct ConnectionState {
    dense: DenseState,
    delayed: DelayedState,
    recurrent: RecurrentState,
    conv2d: Conv2dState,
}

impl ConnectionState {
    /// Writes or reads what later steps look back to, of the kinds that streams learn.
    pub(crate) fn archive(&mut self, archive: &mut Archive<'_>) {
        self.recurrent.archive(archive);
    }
}

impl Deref for Connection {
    type Target = dyn Weights;

    fn deref(&self) -> &Self::Target {
        match self {
            Self::Dense(weights) => weights,
            Self::DelayedConnections(weights) => weights,
            Self::Recurrent(weights) => weights,
            Self::Conv2d(weights) => weights,
            Self::OneToOne(weights) => weights,
        }
    }
}

impl DerefMut for Connection {
    fn deref_mut(&mut self) -> &mut Self::Target {
        match self {
            Self::Dense(weights) => weights,
            Self::DelayedConnections(weights) => weights,
            Self::Recurrent(weights) => weights,
            Self::Conv2d(weights) => weights,
            Self::OneToOne(weights) => weights,
        }
    }
}
