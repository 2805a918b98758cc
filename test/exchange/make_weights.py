"""Writes the weight files of test/fixtures/exchange: entry k of every tensor is (k + 1) / 16.

    .cache/exchange-python/bin/python test/exchange/make_weights.py
"""

from collections import OrderedDict
from pathlib import Path

import torch
from safetensors.torch import save_file

FIXTURES = Path(__file__).parent.parent / "fixtures" / "exchange"


def filled(*shape, dtype=torch.float32):
    tensor = torch.empty(shape, dtype=dtype)
    tensor.copy_((torch.arange(tensor.numel()).reshape(shape) + 1) / 16)
    return tensor


def save(tensors, name, **options):
    torch.save(tensors, FIXTURES / name, **options)


# The names of the authors' code: the layers of the network, pools and flatten counted, and their biases.
authors = OrderedDict(
    {
        "layers_module.0.weight": filled(3, 4),
        "layers_module.1.weight": filled(2, 3),
        "state_v_bs_param.0": filled(3),
        "state_v_bs_param.1": filled(2),
    }
)
convolution = OrderedDict(
    {
        "layers_module.0.weight": filled(2, 1, 3, 3),
        "layers_module.3.weight": filled(2, 8),
        "state_v_bs_param.0": filled(2),
        "state_v_bs_param.3": filled(2),
    }
)
save(authors, "authors.pt")
# PyTorch 1.4, which the authors used, wrote no archives.
save(authors, "authors_legacy.pt", _use_new_zipfile_serialization=False)
save(convolution, "authors_convolution.pt")

sequential = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Linear(3, 2))
for parameter in sequential.parameters():
    parameter.data = filled(*parameter.shape)
save(sequential.state_dict(), "sequential.pt")

mixed = {
    "epoch": 3,
    "model": {
        "double": filled(2, 3, dtype=torch.float64),
        "half": filled(3, dtype=torch.float16),
        "brain": filled(3, dtype=torch.bfloat16),
        "whole": torch.arange(3),
        "flags": torch.tensor([True, False]),
        "transposed": filled(2, 3).t(),
        "part": filled(4, 2)[1:3],
        "scalar": filled(1)[0],
        "empty": torch.empty(0, 4),
        "parameter": torch.nn.Parameter(filled(2)),
    },
}
save(mixed, "mixed.pt")
save(mixed, "mixed_protocol_4.pt", pickle_protocol=4)
save(mixed, "mixed_legacy.pt", _use_new_zipfile_serialization=False)
save(torch.nn.Linear(2, 2), "module.pt")

save_file(
    {
        "2.weight": filled(2, 3),
        "2.bias": filled(2),
        "10.weight": filled(2, 2, dtype=torch.float16),
        "steps": torch.arange(3),
        "0.weight": filled(3, 4, dtype=torch.float64),
        "0.bias": filled(3, dtype=torch.bfloat16),
    },
    FIXTURES / "mixed.safetensors",
)
