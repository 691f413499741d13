"""RNN encoder–decoder with attention, summary classifier, captioner."""

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from .decoding import Translating, allowed, until_end
from .stored import affine, cut, fill, fill_norm, padded_length

gates = {"weight_ih": "inputWeight", "weight_hh": "stateWeight", "bias_ih": "inputBias", "bias_hh": "stateBias"}


class Reader(nn.Module):
    """A GRU or LSTM in both directions over padded sequences."""

    def __init__(self, stored, cell, width, name):
        super().__init__()
        weights = stored.weight(f"{name}.forward.inputWeight")
        self.net = (nn.GRU if cell == "gru" else nn.LSTM)(weights.shape[1], width // 2, batch_first=True, bidirectional=True)
        for theirs, ours in gates.items():
            fill(self.net, stored, {f"{theirs}_l0": f"{name}.forward.{ours}", f"{theirs}_l0_reverse": f"{name}.backward.{ours}"})

    def forward(self, x, lengths):
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        outputs, last = self.net(packed)
        outputs, _ = pad_packed_sequence(outputs, batch_first=True, total_length=x.shape[1])
        last = last if isinstance(last, torch.Tensor) else last[0]
        return outputs, torch.cat([last[0], last[1]], 1)


class AttentionDecoder(nn.Module):
    """One cell that looks at a memory [B, S, M] at every step (Bahdanau et al. 2015; Luong et al. 2015)."""

    def __init__(self, stored, cell, score, dropout):
        super().__init__()
        self.cell_kind, self.score = cell, score
        table = stored.weight("decoder.embedding")
        self.embedding = nn.Embedding.from_pretrained(table, freeze=False)
        shape = stored.weight("decoder.cell.inputWeight").shape
        width = stored.weight("decoder.cell.stateWeight").shape[1]
        self.cell = (nn.GRUCell if cell == "gru" else nn.LSTMCell)(shape[1], width)
        fill(self.cell, stored, {theirs: f"decoder.cell.{ours}" for theirs, ours in gates.items()})
        readout = stored.weight("decoder.readout.weight")
        self.readout, self.output = nn.Linear(readout.shape[1], readout.shape[0]), nn.Linear(width, len(table))
        affine(self.readout, stored, "decoder.readout")
        affine(self.output, stored, "decoder.output")
        parameters = {"dot": "", "general": "W", "additive": "WUvb", "none": ""}[score]
        self.scoring = nn.ParameterDict({name: nn.Parameter(stored.weight(f"decoder.score.{name}").clone()) for name in parameters})
        self.drop = nn.Dropout(dropout)

    def prepare(self, memory):
        """What of the scores is the same at every step."""
        if self.score == "additive":
            return memory @ self.scoring["U"].T + self.scoring["b"]
        return memory @ self.scoring["W"].T if self.score == "general" else memory

    def step(self, token, state, memory, keys, mask):
        """The next state, and what the next token is predicted from."""
        hidden, cell = state
        seen = []
        if self.score != "none":
            if self.score == "additive":
                scores = torch.tanh((hidden @ self.scoring["W"].T)[:, None] + keys) @ self.scoring["v"]
            else:
                scores = torch.bmm(keys, hidden[:, :, None])[:, :, 0]
            if mask is not None:
                scores = scores.masked_fill(~mask, -torch.inf)
            seen = [torch.bmm(torch.softmax(scores, 1)[:, None], memory)[:, 0]]
        x = torch.cat([token, *seen], 1)
        state = (self.cell(x, hidden), None) if self.cell_kind == "gru" else self.cell(x, (hidden, cell))
        return state, torch.cat([state[0], *seen], 1)

    def predict(self, seen):
        return self.output(self.drop(torch.tanh(self.readout(self.drop(seen)))))

    def first(self, hidden):
        return hidden, None if self.cell_kind == "gru" else torch.zeros_like(hidden)

    def forward(self, memory, mask, hidden, told):
        keys, state, seen = self.prepare(memory), self.first(hidden), []
        for token in self.drop(self.embedding(told)).unbind(1):
            state, found = self.step(token, state, memory, keys, mask)
            seen.append(found)
        return self.predict(torch.stack(seen, 1))

    def write(self, memory, mask, hidden, settings, most):
        """Greedy search; rows of ids, each up to its end mark."""
        keys, state = self.prepare(memory), self.first(hidden)
        ids = torch.full((len(memory),), settings["start"])
        written = []
        for _ in range(most):
            state, seen = self.step(self.embedding(ids), state, memory, keys, mask)
            ids = allowed(self.predict(seen), settings).argmax(1)
            written.append(ids)
        return until_end(torch.stack(written, 1), settings["end"])


class Seq2seq(Translating):
    smoothing = 0.0

    def __init__(self, stored):
        super().__init__()
        self.settings = settings = stored.settings
        self.embedding = nn.Embedding.from_pretrained(stored.weight("embedding"), freeze=False)
        bridge = stored.weight("bridge.weight")
        self.encoder = Reader(stored, settings["cell"], len(bridge), "encoder")
        self.bridge = nn.Linear(*bridge.shape)
        affine(self.bridge, stored, "bridge")
        self.decoder = AttentionDecoder(stored, settings["cell"], settings["score"], settings["dropout"])
        self.drop = nn.Dropout(settings["dropout"])

    def encode(self, source, lengths):
        memory, last = self.encoder(self.drop(self.embedding(source)), lengths)
        mask = torch.arange(source.shape[1])[None] < lengths[:, None]
        return self.drop(memory), mask, torch.tanh(self.bridge(last))

    def forward(self, source, lengths, told):
        return self.decoder(*self.encode(source, lengths), told)

    def write(self, source, lengths, most):
        return self.decoder.write(*self.encode(source, lengths), self.settings, most)


class SummaryClassifier(nn.Module):
    def __init__(self, stored):
        super().__init__()
        self.settings = settings = stored.settings
        self.embedding = nn.Embedding.from_pretrained(stored.weight("embedding"), freeze=False)
        reads = settings["encoder"] != "none"
        self.encoder = Reader(stored, settings["encoder"], settings["width"], "encoder") if reads else None
        self.W, self.V = (nn.Parameter(stored.weight(f"summary.{name}").clone()) for name in "WV")
        hidden, output = stored.weight("hidden.weight"), stored.weight("output.weight")
        self.hidden, self.output = nn.Linear(hidden.shape[1], len(hidden)), nn.Linear(output.shape[1], len(output))
        affine(self.hidden, stored, "hidden")
        affine(self.output, stored, "output")
        self.drop = nn.Dropout(settings["dropout"])

    def forward(self, ids, lengths):
        words = self.drop(self.embedding(ids))
        H = self.encoder(words, lengths)[0] if self.encoder else words
        scores = self.V @ torch.tanh(self.W @ H.transpose(1, 2))
        mask = torch.arange(ids.shape[1])[None] < lengths[:, None]
        A = torch.softmax(scores.masked_fill(~mask[:, None], -torch.inf), -1)
        penalty = ((A @ A.transpose(1, 2) - torch.eye(len(self.V))) ** 2).sum((1, 2))
        logits = self.output(self.drop(torch.relu(self.hidden(self.drop((A @ H).flatten(1))))))
        return logits, penalty

    def read(self, stored, part, chosen):
        ids, lengths = (x[chosen] for x in stored.rows(f"{part}/text"))
        return *self(cut(ids, padded_length(lengths, 32), self.settings["padding"]), lengths), stored.tensors[f"{part}/label"][chosen]

    def loss(self, stored, chosen):
        logits, penalty, labels = self.read(stored, "train", chosen)
        return functional.cross_entropy(logits, labels) + self.settings["penalty"] * penalty.mean()

    def evaluate(self, stored):
        chunks = torch.arange(len(stored.tensors["held/label"])).split(64)
        right = 0
        for chosen in chunks:
            logits, _, labels = self.read(stored, "held", chosen)
            right += (logits.argmax(1) == labels).sum().item()
        return right / len(stored.tensors["held/label"])


class Captioner(nn.Module):
    def __init__(self, stored):
        super().__init__()
        self.settings = settings = stored.settings
        self.convolutions, self.pools = nn.ModuleList(), nn.ModuleList()
        strides, pools = (str(settings[name]).split(",") for name in ["strides", "pools"])
        for i, (stride, pool) in enumerate(zip(strides, pools)):
            weight = stored.weight(f"convolutions[{i}].weight")
            outputs, inputs, kernel, _ = weight.shape
            self.convolutions.append(nn.Conv2d(inputs, outputs, kernel, int(stride), (kernel - 1) // 2))
            affine(self.convolutions[-1], stored, f"convolutions[{i}]")
            self.pools.append(nn.MaxPool2d(int(pool)))
        self.places = nn.Parameter(stored.weight("places").clone())
        self.norm = nn.LayerNorm(self.places.shape[1])
        fill_norm(self.norm, stored, "norm")
        bridge = stored.weight("bridge.weight")
        self.bridge = nn.Linear(bridge.shape[1], len(bridge))
        affine(self.bridge, stored, "bridge")
        self.decoder = AttentionDecoder(stored, settings["cell"], settings["score"], settings["dropout"])
        self.drop = nn.Dropout(settings["dropout"])

    def see(self, pictures):
        x = pictures
        for convolution, pool in zip(self.convolutions, self.pools):
            x = pool(torch.relu(convolution(x)))
        memory = self.norm(x.flatten(2).transpose(1, 2) + self.places)
        return self.drop(memory), None, torch.tanh(self.bridge(memory.mean(1)))

    def pictures(self, stored, part, chosen):
        side = self.settings["side"]
        pixels = stored.tensors[f"{part}/picture"].view(torch.uint8).view(-1, side, side, 3)[chosen]
        return pixels.permute(0, 3, 1, 2).float() / 127.5 - 1

    def loss(self, stored, chosen):
        ids, lengths = (x[chosen] for x in stored.rows("train/caption"))
        length = padded_length(lengths + 1, 8)
        told = functional.pad(cut(ids, length - 1, self.settings["padding"]), (1, 0), value=self.settings["start"])
        wanted = cut(ids, length, self.settings["padding"])
        wanted[torch.arange(len(chosen)), lengths] = self.settings["end"]
        wanted[torch.arange(length)[None] > lengths[:, None]] = -100
        logits = self.decoder(*self.see(self.pictures(stored, "train", chosen)), told)
        return functional.cross_entropy(logits.flatten(0, 1), wanted.flatten())

    def evaluate(self, stored):
        ids, lengths = stored.rows("held/caption")
        right = 0
        for chosen in torch.arange(len(ids)).split(64):
            written = self.decoder.write(*self.see(self.pictures(stored, "held", chosen)), self.settings, int(lengths.max()) + 8)
            right += sum(row == ids[i, : lengths[i]].tolist() for row, i in zip(written, chosen.tolist()))
        return right / len(ids)
