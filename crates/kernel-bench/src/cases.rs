//! Each kernel with its drawn inputs.

pub(crate) mod adam;
pub(crate) mod arithmetic;
pub(crate) mod backward;
pub(crate) mod convolution;
pub(crate) mod delays;
pub(crate) mod encode;
pub(crate) mod forward;
pub(crate) mod gather;
pub(crate) mod landing;
pub(crate) mod projection;
pub(crate) mod streams;
pub(crate) mod surrogate;
pub(crate) mod winograd;
