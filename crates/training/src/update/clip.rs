//! When gradients are too large.

/// Bounds of a gradient, infinite for none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clip {
    /// Bound of the magnitude of each element.
    pub(crate) element: f32,
    /// Bound of the Euclidean norm of all elements.
    pub(crate) norm: f32,
}

impl Clip {
    /// Whether so large a Σ g² leaves nothing to scale by.
    pub(super) fn is_lost(&self, squared: f32) -> bool {
        self.norm.is_finite() && !squared.is_finite()
    }
}
