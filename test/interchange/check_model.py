"""Checks an exported ONNX model, and runs it and the PyTorch U-Net with the checkpoint's weights on the same images.

Arguments: model.onnx, checkpoint.safetensors, images (raw float32), the U-Net's settings as JSON, then two files to write
the logits of ONNX Runtime and of PyTorch to (raw float32).
"""

import json
import sys

import numpy
import onnx
import onnxruntime
import torch
from safetensors.torch import load_file
from torch_unet import UNet

model_file, checkpoint, images_file, settings, onnx_logits, torch_logits = sys.argv[1:]

model = onnx.load(model_file)
onnx.checker.check_model(model, full_check=True)

session = onnxruntime.InferenceSession(model_file, providers=["CPUExecutionProvider"])
(port,) = session.get_inputs()
images = numpy.fromfile(images_file, numpy.float32).reshape(port.shape)
(logits,) = session.run(["logits"], {port.name: images})
logits.tofile(onnx_logits)

network = UNet(**json.loads(settings))
network.load_state_dict(load_file(checkpoint), strict=True)
with torch.inference_mode():
    network(torch.from_numpy(images)).numpy().tofile(torch_logits)

print(
    json.dumps(
        {
            "shape": logits.shape,
            "operators": sorted({f"{node.domain}.{node.op_type}" for node in model.graph.node}),
            "documentation": model.doc_string,
        }
    )
)
