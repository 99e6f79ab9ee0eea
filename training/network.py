"""The model: one encoder, with heads for a pair of marked entities and heads for the words of a sentence.

Source of the starting weights: all-MiniLM-L6-v2 (Apache-2.0), six layers of BERT with 384 dimensions.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from training.corpus import AUX, CONTEXTS, MODE_LABELS, ROLES, TYPE_LABELS

WIDTH, LAYERS, ATTENTION_HEADS, ROLE_WIDTH = 384, 6, 12, 48
MARKERS = {"actor": 1, "/actor": 2, "recipient": 3, "/recipient": 4}  # unused entries of the vocabulary


class Layer(nn.Module):
    """One layer of BERT."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.query, self.key, self.value, self.output = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        n, t, _ = x.shape

        def split(y: Tensor) -> Tensor:
            return y.view(n, t, ATTENTION_HEADS, WIDTH // ATTENTION_HEADS).transpose(1, 2)

        q, k, v = split(self.query(x)), split(self.key(x)), split(self.value(x))
        weights = torch.softmax(q @ k.transpose(2, 3) / (WIDTH // ATTENTION_HEADS) ** 0.5 + bias, dim=-1)
        mixed = (self.drop(weights) @ v).transpose(1, 2).reshape(n, t, WIDTH)
        x = self.norm1(x + self.drop(self.output(mixed)))
        return self.norm2(x + self.drop(self.down(nn.functional.gelu(self.up(x)))))


class Heads(nn.Module):
    """What one vector says: type, mode, auxiliary mode, contexts."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.hidden = nn.Linear(width, WIDTH)
        self.drop = nn.Dropout(dropout)
        self.event_type, self.mode = nn.Linear(WIDTH, len(TYPE_LABELS)), nn.Linear(WIDTH, len(MODE_LABELS))
        self.auxiliary, self.context = nn.Linear(WIDTH, len(AUX)), nn.Linear(WIDTH, len(CONTEXTS))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        h = self.drop(nn.functional.gelu(self.hidden(self.drop(x))))
        return self.event_type(h), self.mode(h), self.auxiliary(h), self.context(h)


class Network(nn.Module):
    """Encoder and heads."""

    def __init__(self, vocabulary: int = 30522, positions: int = 512, dropout: float = 0.1) -> None:
        super().__init__()
        self.words, self.positions = nn.Embedding(vocabulary, WIDTH), nn.Embedding(positions, WIDTH)
        self.kind = nn.Parameter(torch.zeros(WIDTH))
        self.norm, self.drop = nn.LayerNorm(WIDTH, eps=1e-12), nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))
        self.pair, self.token = Heads(4 * WIDTH, dropout), Heads(WIDTH, dropout)
        self.role_of, self.role_for = nn.Linear(WIDTH, len(ROLES) * ROLE_WIDTH), nn.Linear(WIDTH, len(ROLES) * ROLE_WIDTH)
        self.role_bias = nn.Parameter(torch.full((len(ROLES),), -3.0))

    def encode(self, ids: Tensor, mask: Tensor) -> Tensor:
        x = self.words(ids) + self.positions.weight[: ids.shape[1]] + self.kind
        x = self.drop(self.norm(x))
        bias = (1.0 - mask[:, None, None, :].to(x.dtype)) * -1e4
        for layer in self.layers:
            x = layer(x, bias)
        return x

    def read_pair(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Logits of type, mode, auxiliary mode and contexts; each row holds both opening markers once."""
        x = self.encode(ids, mask)
        m = mask[:, :, None].to(x.dtype)
        mean = (x * m).sum(1) / m.sum(1)
        a = (x * (ids == MARKERS["actor"])[:, :, None].to(x.dtype)).sum(1)
        r = (x * (ids == MARKERS["recipient"])[:, :, None].to(x.dtype)).sum(1)
        return self.pair(torch.cat([mean, a, r, a * r], dim=1))

    def read_tokens(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Logits for every word piece, and of roles: [n, event piece, argument piece, role]."""
        x = self.encode(ids, mask)
        n, t, _ = x.shape
        of = self.role_of(x).view(n, t, len(ROLES), ROLE_WIDTH).permute(0, 2, 1, 3)
        to = self.role_for(x).view(n, t, len(ROLES), ROLE_WIDTH).permute(0, 2, 3, 1)
        roles = (of @ to / ROLE_WIDTH**0.5).permute(0, 2, 3, 1) + self.role_bias
        return (*self.token(x), roles)


def start(weights: Path) -> Network:
    """A network with the encoder's published weights and untrained heads."""
    network, stored = Network(), load_file(str(weights))
    names = {
        "words.weight": "embeddings.word_embeddings.weight", "positions.weight": "embeddings.position_embeddings.weight",
        "norm.weight": "embeddings.LayerNorm.weight", "norm.bias": "embeddings.LayerNorm.bias",
    }  # fmt: skip
    parts = {
        "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
        "output": "attention.output.dense", "norm1": "attention.output.LayerNorm", "up": "intermediate.dense",
        "down": "output.dense", "norm2": "output.LayerNorm",
    }  # fmt: skip
    for number in range(LAYERS):
        for mine, theirs in parts.items():
            for kind in ("weight", "bias"):
                names[f"layers.{number}.{mine}.{kind}"] = f"encoder.layer.{number}.{theirs}.{kind}"
    state = network.state_dict()
    for mine, theirs in names.items():
        state[mine] = stored[theirs]
    state["kind"] = stored["embeddings.token_type_embeddings.weight"][0]
    network.load_state_dict(state)
    return network
