//! The safetensors format, by its crate.

use safetensors::{Dtype, SafeTensors};
use spikelet_config::Result;
use spikelet_training::Tensor;

use super::element::Element;
use crate::fault::wrong;

pub(super) fn parse(bytes: &[u8]) -> Result<Vec<Tensor>> {
    let foreign = |error| wrong(0, format!("neither a whole safetensors file ({error}) nor one of torch.save"));
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(foreign)?;
    let file = SafeTensors::deserialize(bytes).map_err(foreign)?;
    let mut tensors = Vec::new();
    for name in header.offset_keys() {
        let view = file.tensor(&name).map_err(foreign)?;
        let element = match view.dtype() {
            Dtype::F64 => Element::Double,
            Dtype::F32 => Element::Single,
            Dtype::F16 => Element::Half,
            Dtype::BF16 => Element::Brain,
            _ => continue,
        };
        let data = view.data().chunks_exact(element.width()).map(|bytes| element.read(bytes)).collect();
        tensors.push(Tensor { shape: view.shape().to_vec(), name, data });
    }
    Ok(tensors)
}
