"""Prints the tensors of a safetensors file, and what its metadata say."""

import json
import sys

from safetensors import safe_open

with safe_open(sys.argv[1], framework="numpy") as checkpoint:
    tensors = {name: checkpoint.get_tensor(name) for name in checkpoint.keys()}
    print(
        json.dumps(
            {
                "metadata": checkpoint.metadata(),
                "tensors": {
                    name: {"type": str(tensor.dtype), "shape": tensor.shape, "values": tensor.ravel().tolist()}
                    for name, tensor in tensors.items()
                },
            }
        )
    )
