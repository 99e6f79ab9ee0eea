"""The network: a six-layer MiniLM encoder with heads for pairs of entities and for the words of a sentence.

Word-piece embeddings stay as they are (the encoder on top is trained), but for the four entity markers.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

WIDTH, LAYERS, ATTENTION_HEADS, INNER, PIECES, POSITIONS = 384, 6, 12, 1536, 30522, 512
MARKERS = {"actor": 1, "actor_end": 2, "recipient": 3, "recipient_end": 4}  # ids of [unused0] to [unused3]
ROLE_WIDTH = 48


class Layer(nn.Module):
    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm1 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.up = nn.Linear(WIDTH, INNER)
        self.down = nn.Linear(INNER, WIDTH)
        self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        b, t, _ = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, ATTENTION_HEADS, WIDTH // ATTENTION_HEADS).permute(2, 0, 3, 1, 4).unbind(0)
        weights = torch.softmax(q @ k.transpose(-1, -2) * (WIDTH // ATTENTION_HEADS) ** -0.5 + bias, dim=-1)
        mixed = (weights @ v).transpose(1, 2).reshape(b, t, WIDTH)
        x = self.norm1(x + self.dropout(self.out(mixed)))
        return self.norm2(x + self.dropout(self.down(functional.gelu(self.up(x)))))


class Heads(nn.Module):
    """Type, auxiliary mode, mode and contexts from one vector."""

    def __init__(self, width: int, sizes: dict[str, int], dropout: float) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Dropout(dropout), nn.Linear(width, WIDTH), nn.GELU(), nn.Dropout(dropout))
        self.heads = nn.ModuleDict({f"to_{name}": nn.Linear(WIDTH, size) for name, size in sizes.items()})

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        h = self.body(x)
        return {name.removeprefix("to_"): head(h) for name, head in self.heads.items()}


class Network(nn.Module):
    def __init__(self, sizes: dict[str, int], n_roles: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.words = nn.Embedding(PIECES, WIDTH)
        self.words.weight.requires_grad = False
        self.markers = nn.Embedding(4, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.kind = nn.Parameter(torch.zeros(WIDTH))
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))
        self.pair = Heads(4 * WIDTH, sizes, dropout)
        self.token = Heads(WIDTH, sizes, dropout)
        self.n_roles = n_roles
        self.role_of = nn.Linear(WIDTH, n_roles * ROLE_WIDTH)
        self.role_at = nn.Linear(WIDTH, n_roles * ROLE_WIDTH)
        self.role_prior = nn.Linear(WIDTH, n_roles)  # what kind of word can fill the role at all
        nn.init.normal_(self.markers.weight, std=0.05)

    def encode(self, ids: Tensor, mask: Tensor) -> Tensor:
        marked = ((ids >= 1) & (ids <= 4)).unsqueeze(-1)
        x = torch.where(marked, self.markers((ids - 1).clamp(0, 3)), self.words(ids))
        x = x + self.positions.weight[: ids.shape[1]] + self.kind
        x = self.dropout(self.norm(x))
        bias = (1.0 - mask.to(x.dtype))[:, None, None, :] * -1e4
        for layer in self.layers:
            x = layer(x, bias)
        return x

    def pair_vector(self, ids: Tensor, mask: Tensor, states: Tensor) -> Tensor:
        m = mask.to(states.dtype).unsqueeze(-1)
        mean = (states * m).sum(1) / m.sum(1)
        actor = (states * (ids == MARKERS["actor"]).to(states.dtype).unsqueeze(-1)).sum(1)
        recipient = (states * (ids == MARKERS["recipient"]).to(states.dtype).unsqueeze(-1)).sum(1)
        return torch.cat([mean, actor, recipient, actor * recipient], -1)

    def role_keys(self, states: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        b, t, _ = states.shape
        shape = (b, t, self.n_roles, ROLE_WIDTH)
        return self.role_of(states).view(shape), self.role_at(states).view(shape), self.role_prior(states)

    def roles(self, states: Tensor) -> Tensor:
        """Score of word j in role r of the event whose word is i: [batch, i, j, r]."""
        of, at, prior = self.role_keys(states)
        scores = of.permute(0, 2, 1, 3) @ at.permute(0, 2, 3, 1) * ROLE_WIDTH**-0.5
        return scores.permute(0, 2, 3, 1) + prior.unsqueeze(1)

    def load_start(self, path: Path) -> None:
        """Take the encoder's weights from all-MiniLM-L6-v2."""
        from safetensors.torch import load_file

        w = load_file(str(path))
        with torch.no_grad():
            self.words.weight.copy_(w["embeddings.word_embeddings.weight"])
            self.positions.weight.copy_(w["embeddings.position_embeddings.weight"])
            self.kind.copy_(w["embeddings.token_type_embeddings.weight"][0])
            self.norm.weight.copy_(w["embeddings.LayerNorm.weight"])
            self.norm.bias.copy_(w["embeddings.LayerNorm.bias"])
            for i, layer in enumerate(self.layers):
                p = f"encoder.layer.{i}."
                for part in ("weight", "bias"):
                    qkv = [w[f"{p}attention.self.{n}.{part}"] for n in ("query", "key", "value")]
                    getattr(layer.qkv, part).copy_(torch.cat(qkv))
                    getattr(layer.out, part).copy_(w[f"{p}attention.output.dense.{part}"])
                    getattr(layer.norm1, part).copy_(w[f"{p}attention.output.LayerNorm.{part}"])
                    getattr(layer.up, part).copy_(w[f"{p}intermediate.dense.{part}"])
                    getattr(layer.down, part).copy_(w[f"{p}output.dense.{part}"])
                    getattr(layer.norm2, part).copy_(w[f"{p}output.LayerNorm.{part}"])
