//! What `torch.save` asks to be called or looked up, and nothing else.

use spikelet_config::Result;

use super::machine::Machine;
use super::{Element, Id, Object, Storage, View};

const MAX_DIMENSIONS: usize = 32;

impl Machine<'_> {
    /// `("storage", class, key, device, numbers)`, in older files with `None` or a view of another storage after it.
    pub(super) fn look_up(&mut self) -> Result<()> {
        let tuple = self.pop_tuple()?;
        let entry = |place| self.entry(tuple, place);
        let storage = match (entry(0), entry(1), entry(2), entry(5)) {
            (
                Some(Object::Text("storage")),
                Some(Object::Name("torch", class)),
                Some(&Object::Text(key)),
                None | Some(Object::Other),
            ) => Element::of_storage(class).map(|element| Storage { key, element }),
            _ => None,
        };
        let storage =
            storage.ok_or_else(|| self.fault("a reference to something other than the numbers of a tensor"))?;
        self.push(Object::Storage(storage));
        Ok(())
    }

    /// Calls the function under the tuple of its arguments.
    pub(super) fn call(&mut self) -> Result<()> {
        let arguments = self.pop_tuple()?;
        let function = self.pop()?;
        let Object::Name(module, name) = self.objects[function] else {
            return Err(self.fault("a call of something other than a function"));
        };
        let entry = |place| self.entry(arguments, place);
        let result = match (module, name) {
            ("collections", "OrderedDict") if entry(0).is_none() => Some(Object::Dict(Vec::new())),
            ("torch._utils", "_rebuild_parameter") => {
                entry(0).filter(|first| matches!(first, Object::Tensor(_))).cloned()
            }
            ("torch._utils", "_rebuild_tensor_v2") => match (entry(0), entry(1), entry(2), entry(3)) {
                (
                    Some(&Object::Storage(storage)),
                    Some(&Object::Int(offset)),
                    Some(Object::Tuple(shape)),
                    Some(Object::Tuple(strides)),
                ) => {
                    let (offset, shape, strides) = (self.length(offset)?, self.lengths(shape)?, self.lengths(strides)?);
                    Some(Object::Tensor(View { storage, offset, shape, strides, at: self.at }))
                }
                _ => None,
            },
            _ => None,
        };
        let result = result.ok_or_else(|| {
            self.fault(format!("it calls {module}.{name}: only plain tensors are read, save model.state_dict()"))
        })?;
        self.push(result);
        Ok(())
    }

    fn lengths(&self, ids: &[Id]) -> Result<Vec<usize>> {
        if ids.len() > MAX_DIMENSIONS {
            return Err(self.fault(format!("a tensor of more than {MAX_DIMENSIONS} dimensions")));
        }
        ids.iter()
            .map(|&id| match self.objects[id] {
                Object::Int(length) => self.length(length),
                _ => Err(self.fault("a length of a tensor must be a whole number")),
            })
            .collect()
    }

    fn length(&self, length: i64) -> Result<usize> {
        usize::try_from(length).map_err(|_| self.fault(format!("a length of a tensor must not be {length}")))
    }
}
