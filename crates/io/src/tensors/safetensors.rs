//! The arrays of a safetensors file.

use spikelet_config::Result;
use spikelet_training::Tensor;

use super::element::Element;
use crate::fault::wrong;
use crate::safetensors::{Array, SafeTensors};

pub(super) fn parse(bytes: &[u8]) -> Result<Vec<Tensor>> {
    let foreign = |why| wrong(0, format!("neither a whole safetensors file ({why}) nor one of torch.save"));
    let mut tensors = Vec::new();
    for Array { name, dtype, shape, data } in SafeTensors::read(bytes).map_err(foreign)?.arrays {
        let element = match dtype.as_str() {
            "F64" => Element::Double,
            "F32" => Element::Single,
            "F16" => Element::Half,
            "BF16" => Element::Brain,
            _ => continue,
        };
        let data = data.chunks_exact(element.width()).map(|bytes| element.read(bytes)).collect();
        tensors.push(Tensor { shape, name, data });
    }
    Ok(tensors)
}
