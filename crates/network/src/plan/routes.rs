//! Routes of errors. What a sample still decides is said at its route.

/// How S̄ travels from a layer to the previous one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ErrorRoute {
    /// Nothing reads it.
    #[default]
    None,
    /// As a product of all weights and adjoints at every step.
    Product,
    /// As rows of the weights from the few units that have a direct gradient; by [`Self::Product`] in samples whose activity terms give
    /// every step one.
    Rows,
    /// As two recurrences, `Wᵀp` and `Wᵀq`, into which the output injects at spikes and where the loss has a gradient. A readout whose
    /// gradient is the same at every step injects a fixed course; samples in which it would cost more go by [`Self::Product`].
    Carried(InPass),
}

/// Whether errors that are carried are made in the pass over the layer that reads them, instead of before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InPass {
    /// Errors are made before: their spikes are delayed.
    Never,
    /// Errors of a fixed course are made in it: the layers decay differently.
    Course,
    /// Errors are made in it: both layers have the same decays.
    Always,
}

/// How T̄ travels from a layer to the spikes of the previous one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeRoute {
    /// Nothing reads it.
    #[default]
    None,
    /// As a row of the weights times r for each spike, listed while the adjoints of a tile are in a cache.
    Listed,
    /// As a row of the weights times r for each spike, from r of every step.
    Rows,
}

/// How errors travel from a layer's units to those that drive it within the layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OwnRoute {
    /// Units of the layer do not drive each other.
    #[default]
    None,
    /// As a row of the weights from each of the few units that need an error, all lanes of the layer at once in between.
    Rows,
    /// As a product of all weights and adjoints at every step, all lanes of the layer at once.
    ProductByLayer,
    /// As a product of all weights and adjoints at every step, tile by tile.
    ProductByTile,
    /// As a row of the weights from each unit at every step, tile by tile.
    RowsByTile,
}
