"""Runs an exported model on an image and computes maps of its answer with NumPy alone, to compare with written ones.

Arguments: model.onnx, image (raw uint8 [H,W,3]), mask (raw uint8 [H,W], 0 or 1), geometry as JSON (height, width, pad:
rows and columns that the network's input has before and behind the image), maps as JSON (name -> .npy file). Prints, for
each map, the largest difference and the spread of the values.
"""

import json
import sys

import numpy
import onnxruntime

model_file, image_file, mask_file, geometry, maps = sys.argv[1:]
geometry, maps = json.loads(geometry), json.loads(maps)
height, width = geometry["height"], geometry["width"]
(top, bottom), (left, right) = geometry["pad"]

image = numpy.fromfile(image_file, numpy.uint8).reshape(height, width, 3)
target = numpy.fromfile(mask_file, numpy.uint8).reshape(height, width)
padded = numpy.pad(image, ((top, bottom), (left, right), (0, 0)), mode="edge")
batch = (padded.transpose(2, 0, 1)[None] / 255).astype(numpy.float32)

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(model_file, options, providers=["CPUExecutionProvider"])
(logits,) = session.run(["logits"], {session.get_inputs()[0].name: batch})
logits = logits[0, :, top : top + height, left : left + width].astype(numpy.float64)

log_p = logits - numpy.logaddexp(logits[0], logits[1])
log_pt = numpy.where(target == 1, log_p[1], log_p[0])
pt = numpy.exp(log_pt)
foreground = numpy.exp(log_p[1])
q = 1 - pt
weights = numpy.where(target == 1, 3.0, 1.0)
towards = numpy.where(target == 1, 1.0, -1.0)  # d (margin to the true class) / d (foreground logit)

# Soft Dice of both classes, and its derivative by P(foreground), by the quotient rule.
slope = numpy.zeros_like(pt)
for p, t, sign in ((foreground, target, 1), (1 - foreground, 1 - target, -1)):
    numerator, denominator = 2 * (p * t).sum() + 1e-5, p.sum() + t.sum() + 1e-5
    slope += sign * -(2 * t * denominator - numerator) / denominator**2 / 2

expected = {
    "margin": logits[1] - logits[0],
    "pt": pt,
    "foreground": foreground,
    "entropy": -(numpy.exp(log_p) * log_p).sum(axis=0) / numpy.log(2),
    "prediction": (logits[1] > logits[0]).astype(float),
    "loss-weighted": -weights * log_pt / weights.mean(),
    "loss-focal": q**2 * -log_pt,
    "gradient-focal": towards * pt * q * (2 * q * log_pt - q**2 / pt),
    "gradient-detached": towards * -(q**3) * q,
    "gradient-dice": slope * foreground * (1 - foreground) * height * width,
}
result = {}
for name, file in maps.items():
    found = numpy.load(file)
    assert found.dtype == numpy.float32 and found.shape == (height, width), (name, found.dtype, found.shape)
    result[name] = {
        "difference": float(abs(found - expected[name]).max()),
        "spread": float(expected[name].max() - expected[name].min()),
    }
print(json.dumps(result))
