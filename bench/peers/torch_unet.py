"""The U-Net of `src/engine/unet/unet.ts` in PyTorch: the peer of the benchmark, and a second opinion on exported weights.

`python3 torch_unet.py` answers the requests of `bench/protocol.ts` on standard input, one JSON object a line. The names of the
parameters are those of a losscape checkpoint, so `load_state_dict(safetensors.torch.load_file(checkpoint))` works as it is.
"""

import json
import platform
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional


class Block(nn.Module):
    """Two 3x3 convolutions with ReLU; in the decoder with the transposed convolution in front of them."""

    def __init__(self, inputs: int, outputs: int, padding: str, up: bool = False):
        super().__init__()
        if up:
            self.up = nn.ConvTranspose2d(inputs, outputs, 2, stride=2)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=padding)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=padding)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = functional.relu(self.conv1(x), inplace=True)
        return functional.relu(self.conv2(x), inplace=True)


class UNet(nn.Module):
    """Images [B,C,H,W] to logits [B,classes,h,w]. Under valid padding the skips are cropped to their centre."""

    def __init__(self, filters: int, depth: int, padding: str, classes: int = 2, channels: int = 3):
        super().__init__()
        widths = [filters * 2**level for level in range(depth + 1)]
        # A number instead of 'same' spares PyTorch the search for the padding at every call.
        pad = 1 if padding == "same" else 0
        self.encoder = nn.ModuleList(
            Block(channels if level == 0 else widths[level - 1], widths[level], pad) for level in range(depth)
        )
        self.bottom = Block(widths[depth - 1] if depth > 0 else channels, widths[depth], pad)
        self.decoder = nn.ModuleList(Block(widths[level + 1], widths[level], pad, up=True) for level in range(depth))
        self.head = nn.Conv2d(filters, classes, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        skips = []
        for block in self.encoder:
            x = block(x)
            skips.append(x)
            x = functional.max_pool2d(x, 2)
        x = self.bottom(x)
        for block, skip in zip(reversed(self.decoder), reversed(skips)):
            x = block.up(x)
            x = block(torch.cat([centre(skip, x.shape[2], x.shape[3]), x], 1))
        return self.head(x)


def centre(x: torch.Tensor, height: int, width: int) -> torch.Tensor:
    top = (x.shape[2] - height) // 2
    left = (x.shape[3] - width) // 2
    return x[:, :, top : top + height, left : left + width]


class Measured:
    """Network, optimizer and one batch: all in channels_last, PyTorch's fastest layout on processors."""

    def __init__(self, case: dict, tile: int, threads: int):
        torch.manual_seed(1)
        torch.set_num_threads(threads)
        # As on our side: numbers that fade out must not slow the processor down.
        torch.set_flush_denormal(True)
        config = case["model"]
        model = UNet(config["filters"], config["depth"], config["padding"], config["classes"], config["channels"])
        self.model = model.to(memory_format=torch.channels_last)
        self.optimizer = torch.optim.Adam(self.model.parameters(), 1e-4, fused=True)
        self.loss = nn.CrossEntropyLoss()
        images = torch.rand(case["batch"], config["channels"], tile, tile)
        self.images = images.contiguous(memory_format=torch.channels_last)
        self.labels = (torch.rand(case["batch"], case["size"], case["size"]) > 0.9).long()

    def step(self) -> None:
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(self.model(self.images), self.labels)
        loss.backward()
        self.optimizer.step()

    def forward(self) -> None:
        with torch.inference_mode():
            self.model(self.images)

    def times(self, what: str, untimed: int, runs: int) -> list:
        run = self.step if what == "step" else self.forward
        for _ in range(untimed):
            run()
        milliseconds = []
        for _ in range(runs):
            began = time.perf_counter()
            run()
            milliseconds.append((time.perf_counter() - began) * 1e3)
        return milliseconds


def peak_memory() -> float:
    """Largest resident size of this process, MiB. On Linux that of this program alone, not of what started it."""
    if sys.platform == "linux":
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def serve() -> None:
    measured = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "prepare":
                measured = Measured(request["case"], request["tile"], request["threads"])
                answer = {
                    "parameters": sum(parameter.numel() for parameter in measured.model.parameters()),
                    "versions": {"python": platform.python_version(), "torch": torch.__version__},
                }
            elif request["do"] == "memory":
                answer = {"peak": peak_memory()}
            else:
                answer = {"milliseconds": measured.times(request["do"], request["untimed"], request["runs"])}
        except Exception as error:  # told to whoever asked, who knows what was asked
            answer = {"error": repr(error)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve()
