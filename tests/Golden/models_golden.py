#!/usr/bin/env python3
"""Makes models_golden.safetensors: what small models compute in PyTorch, and every gradient.

Install on Debian:  apt-get install -y python3-torch
Run:                python3 models_golden.py [folder]

The models are written in plain PyTorch, with the names of MiniStack's. Tokens and noise follow from formulas, so that both sides
can make them: token i of a batch is (7·i + i²) mod vocabulary, and number i of the noise is sin(i + 1).
"""
import torch
import torch.nn as nn
import torch.nn.functional as F
from layer_cases import make
from layers_attention import GroupedQueryAttention, SwiGlu

VOCABULARY, BATCH, TIME = 11, 2, 5


def tokens():
    i = torch.arange(BATCH * TIME)
    return ((7 * i + i * i) % VOCABULARY).view(BATCH, TIME)


def named(**modules):
    """A module whose children are these; __ in a name stands for a dot."""
    root = nn.Module()
    for name, module in modules.items():
        path, parent = name.split("__"), root
        for part in path[:-1]:
            if not hasattr(parent, part):
                parent.add_module(part, nn.Module())
            parent = getattr(parent, part)
        parent.add_module(path[-1], module)
    return root


class RmsNorm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.weight


class LlamaBlock(nn.Module):
    def __init__(self, channels, hidden, heads, key_heads):
        super().__init__()
        self.self_attn, self.mlp = GroupedQueryAttention(channels, heads, key_heads, channels // heads), SwiGlu(channels, hidden)
        self.input_layernorm, self.post_attention_layernorm = RmsNorm(channels), RmsNorm(channels)

    def forward(self, x):
        x = x + self.self_attn(self.input_layernorm(x))
        return x + self.mlp(self.post_attention_layernorm(x))


def llama(tied):
    model = named(model__embed_tokens=nn.Embedding(VOCABULARY, 8), model__layers=nn.ModuleList(LlamaBlock(8, 12, 4, 2) for _ in range(2)),
                  model__norm=RmsNorm(8), lm_head=nn.Linear(8, VOCABULARY, bias=False))
    if tied:
        model.lm_head.weight = model.model.embed_tokens.weight

    def run(m):
        x = m.model.embed_tokens(tokens())
        for block in m.model.layers:
            x = block(x)
        return m.lm_head(m.model.norm(x))

    return model, [], run


class BertPredictions(nn.Module):
    def __init__(self, channels, table):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(VOCABULARY))
        self.transform = named(dense=nn.Linear(channels, channels), LayerNorm=nn.LayerNorm(channels, eps=1e-12))
        self.decoder = nn.Linear(channels, VOCABULARY)
        self.decoder.weight, self.decoder.bias = table, self.bias

    def forward(self, x):
        return self.decoder(self.transform.LayerNorm(F.gelu(self.transform.dense(x))))


def bert():
    words = nn.Embedding(VOCABULARY, 8)
    layers = nn.ModuleList(nn.TransformerEncoderLayer(8, 2, 12, 0.0, "gelu", 1e-12, batch_first=True) for _ in range(2))
    model = named(bert__embeddings__word_embeddings=words, bert__embeddings__position_embeddings=nn.Embedding(6, 8),
                  bert__embeddings__token_type_embeddings=nn.Embedding(2, 8), bert__embeddings__LayerNorm=nn.LayerNorm(8, eps=1e-12),
                  bert__encoder__layer=layers, cls__predictions=BertPredictions(8, words.weight))
    segments = (torch.arange(TIME) >= 2).long().expand(BATCH, TIME)
    padding = torch.tensor([[False] * TIME, [False] * (TIME - 2) + [True] * 2])

    def run(m):
        e = m.bert.embeddings
        x = e.word_embeddings(tokens()) + e.position_embeddings(torch.arange(TIME)) + e.token_type_embeddings(segments)
        x = e.LayerNorm(x)
        for layer in m.bert.encoder.layer:
            x = layer(x, src_key_padding_mask=padding)
        return m.cls.predictions(x)

    return model, [], run


def lstm():
    model = named(encoder=nn.Embedding(VOCABULARY, 4), rnn=nn.LSTM(4, 6, 2, batch_first=True), decoder=nn.Linear(6, VOCABULARY))
    return model, [], lambda m: m.decoder(m.rnn(m.encoder(tokens()))[0])


class PaddedShortcut(nn.Module):
    def __init__(self, new):
        super().__init__()
        self.new = new

    def forward(self, x):
        return F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.new // 2, self.new - self.new // 2))


class BasicBlock(nn.Module):
    def __init__(self, inputs, outputs, stride, shortcut):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs)
        self.downsample = shortcut

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


def resnet(first, widths, blocks, padded):
    def shortcut(inputs, outputs):
        if padded:
            return PaddedShortcut(outputs - inputs)
        return nn.Sequential(nn.Conv2d(inputs, outputs, 1, 2, bias=False), nn.BatchNorm2d(outputs))

    model = named(conv1=first, bn1=nn.BatchNorm2d(widths[0]))
    inputs = widths[0]
    for i, width in enumerate(widths):
        stage = [BasicBlock(inputs, width, 2 if i else 1, shortcut(inputs, width) if i else None)]
        stage += [BasicBlock(width, width, 1, None) for _ in range(blocks - 1)]
        model.add_module(f"layer{i + 1}", nn.Sequential(*stage))
        inputs = width
    model.add_module("fc", nn.Linear(inputs, 3))

    def run(m, x):
        x = F.relu(m.bn1(m.conv1(x)))
        if not padded:
            x = F.max_pool2d(x, 3, 2, 1)
        for i in range(len(widths)):
            x = getattr(m, f"layer{i + 1}")(x)
        return m.fc(x.mean((2, 3)))

    return model, run


class Vit(nn.Module):
    def __init__(self):
        super().__init__()
        self.class_token, self.pos_embedding = nn.Parameter(torch.zeros(1, 1, 8)), nn.Parameter(torch.zeros(1, 5, 8))
        self.conv_proj = nn.Conv2d(3, 8, 4, 4)
        layer = nn.TransformerEncoderLayer(8, 2, 12, 0.0, "gelu", 1e-6, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, nn.LayerNorm(8, eps=1e-6))
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        x = self.conv_proj(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.class_token.expand(len(x), 1, 8), x], 1) + self.pos_embedding
        return self.head(self.encoder(x)[:, 0])


class ConvolutionPair(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(inputs, outputs, 3, 1, 1, bias=False), nn.GroupNorm(2, outputs)
        self.conv2, self.norm2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.GroupNorm(2, outputs)

    def forward(self, x):
        return F.relu(self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x))))))


def unet():
    model = named(down=nn.ModuleList([ConvolutionPair(1, 2), ConvolutionPair(2, 4)]),
                  up=nn.ModuleList([nn.ConvTranspose2d(4, 2, 2, 2), nn.ConvTranspose2d(8, 4, 2, 2)]),
                  merge=nn.ModuleList([ConvolutionPair(4, 2), ConvolutionPair(8, 4)]),
                  middle=ConvolutionPair(4, 8), head=nn.Conv2d(2, 1, 1))

    def run(m, x):
        skips = []
        for level in m.down:
            skips.append(level(x))
            x = F.max_pool2d(skips[-1], 2)
        x = m.middle(x)
        for level in (1, 0):
            x = m.merge[level](torch.cat([skips[level], m.up[level](x)], 1))
        return m.head(x)

    return model, run


def vae():
    model = named(encoder=nn.Sequential(nn.Linear(6, 5)), mean=nn.Linear(5, 3), log_variance=nn.Linear(5, 3),
                  decoder=nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 6)))
    noise = torch.sin(torch.arange(1, 7, dtype=torch.float64)).view(2, 3)

    def run(m, x):
        features = F.relu(m.encoder(x))
        mean, log_variance = m.mean(features), m.log_variance(features)
        scores = m.decoder(mean + (log_variance / 2).exp() * noise)
        divergence = -0.5 * (1 + log_variance - mean ** 2 - log_variance.exp()).sum() / len(x)
        loss = F.binary_cross_entropy_with_logits(scores, x.detach(), reduction="sum") / len(x) + divergence
        return scores, mean, log_variance, loss

    return model, run


def lecun():
    """Each output map sees eight input maps: one convolution for each third of the outputs."""

    class Local(nn.Module):
        def __init__(self, inputs, side):
            super().__init__()
            self.weight, self.bias = nn.Parameter(torch.zeros(12, inputs, 5, 5)), nn.Parameter(torch.zeros(12, side, side))

    model = named(h1=Local(1, 8), h2=Local(8, 4), h3=nn.Linear(192, 30), output=nn.Linear(30, 10))

    def run(m, x):
        x = torch.tanh(F.conv2d(F.pad(x, (2, 2, 2, 2), value=-1.0), m.h1.weight, stride=2) + m.h1.bias)
        x = F.pad(x, (2, 2, 2, 2), value=-1.0)
        seen = [list(range(0, 8)), list(range(4, 12)), [0, 1, 2, 3, 8, 9, 10, 11]]
        thirds = [F.conv2d(x[:, maps], m.h2.weight[4 * i:4 * i + 4], stride=2) for i, maps in enumerate(seen)]
        x = torch.tanh(torch.cat(thirds, 1) + m.h2.bias)
        return torch.tanh(m.output(torch.tanh(m.h3(x.flatten(1)))))

    return model, run


def cases(normal):
    resnet18, run18 = resnet(nn.Conv2d(3, 2, 7, 2, 3, bias=False), (2, 4, 8, 16), 2, padded=False)
    resnet20, run20 = resnet(nn.Conv2d(3, 2, 3, 1, 1, bias=False), (2, 4, 8), 3, padded=True)
    (unet_model, run_unet), (vae_model, run_vae), (lecun_model, run_lecun) = unet(), vae(), lecun()
    return {
        "Llama": llama(tied=False),
        "LlamaTied": llama(tied=True),
        "Bert": bert(),
        "LstmLanguageModel": lstm(),
        "ResNet18": (resnet18, [normal(2, 3, 40, 40)], run18),
        "ResNet20": (resnet20, [normal(2, 3, 16, 16)], run20),
        "VisionTransformer": (Vit(), [normal(2, 3, 8, 8)]),
        "UNet": (unet_model, [normal(2, 1, 8, 8)], run_unet),
        "VariationalAutoencoder": (vae_model, [torch.sigmoid(normal(2, 6))], run_vae),
        "LeCun1989": (lecun_model, [normal(2, 1, 16, 16) * 0.5], run_lecun),
    }


if __name__ == "__main__":
    make(__file__, 31, cases)
