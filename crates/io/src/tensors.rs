//! Weights of other programs: safetensors, and what `torch.save` writes.

mod element;
mod pickle;
mod safetensors;
mod torch;
mod zip;

use spikelet_config::Result;
use spikelet_training::Tensor;

use crate::fault::wrong;

/// Reads the arrays of floating-point numbers in a safetensors file or in a state dictionary that `torch.save` wrote, in the order of the
/// file, as single floats. Arrays of other types are left out. Nothing in a file is executed.
///
/// # Errors
/// [`spikelet_config::ErrorCode::DataFormat`] with the byte offset for a foreign, truncated or inconsistent file, and for objects other
/// than plain tensors.
pub fn parse_tensors(bytes: &[u8]) -> Result<Vec<Tensor>> {
    if zip::is_archive(bytes) {
        torch::parse_archive(bytes)
    } else if torch::is_legacy(bytes) {
        torch::parse_legacy(bytes)
    } else {
        safetensors::parse(bytes)
    }
}

/// `N` bytes at `offset`, which errors of `what` name.
fn take<'a, const N: usize>(bytes: &'a [u8], offset: usize, what: &str) -> Result<&'a [u8; N]> {
    offset
        .checked_add(N)
        .and_then(|end| bytes.get(offset..end))
        .and_then(|part| part.first_chunk())
        .ok_or_else(|| wrong(bytes.len(), format!("the file ends inside {what}")))
}

#[cfg(test)]
mod tests;
