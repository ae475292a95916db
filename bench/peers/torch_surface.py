"""A loss surface of one loss in PyTorch: the peer of `npm run bench -- surface`.

Answers requests on standard input, one JSON object a line, as `bench/surface.ts` sends them. At every point the weights are moved,
theta + a d1 + b d2, all images pass through the network in channels_last and inference mode, and the loss of each is taken.
"""

import json
import platform
import sys
import time

import torch
from torch.nn import functional
from torch_unet import UNet, peak_memory


class Surface:
    def __init__(self, case: dict, images: int, threads: int, together: int):
        torch.manual_seed(1)
        torch.set_num_threads(threads)
        torch.set_flush_denormal(True)
        config = case["model"]
        model = UNet(config["filters"], config["depth"], config["padding"], config["classes"], config["channels"])
        self.model = model.to(memory_format=torch.channels_last).eval()
        self.weights = list(self.model.parameters())
        self.centre = [w.detach().clone() for w in self.weights]
        self.a = [torch.randn_like(w) * w.abs().mean() for w in self.centre]
        self.b = [torch.randn_like(w) * w.abs().mean() for w in self.centre]
        x = torch.rand(images, config["channels"], case["size"], case["size"])
        self.images = x.contiguous(memory_format=torch.channels_last)
        self.labels = (torch.rand(images, case["size"], case["size"]) > 0.9).long()
        self.together = together

    @torch.inference_mode()
    def point(self, a: float, b: float) -> list:
        for w, centre, d1, d2 in zip(self.weights, self.centre, self.a, self.b):
            w.copy_(centre).add_(d1, alpha=a).add_(d2, alpha=b)
        losses = []
        for start in range(0, len(self.images), self.together):
            part = slice(start, start + self.together)
            logits = self.model(self.images[part])
            losses.append(functional.cross_entropy(logits, self.labels[part], reduction="none").mean((1, 2)))
        return torch.cat(losses).tolist()

    def times(self, untimed: int, runs: int) -> list:
        milliseconds = []
        for i in range(untimed + runs):
            began = time.perf_counter()
            self.point(0.01 * i, -0.01 * i)
            if i >= untimed:
                milliseconds.append((time.perf_counter() - began) * 1e3)
        return milliseconds


def serve() -> None:
    surface = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "prepare":
                surface = Surface(request["case"], request["images"], request["threads"], request["together"])
                answer = {
                    "parameters": sum(w.numel() for w in surface.weights),
                    "versions": {"python": platform.python_version(), "torch": torch.__version__},
                }
            elif request["do"] == "memory":
                answer = {"peak": peak_memory()}
            else:
                answer = {"milliseconds": surface.times(request["untimed"], request["runs"])}
        except Exception as error:  # told to whoever asked, who knows what was asked
            answer = {"error": repr(error)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve()
