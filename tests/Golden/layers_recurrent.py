#!/usr/bin/env python3
"""Recurrent cells and networks. See layer_cases.py."""
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from layer_cases import make


def packed(*lengths):
    def run(module, x, *state):
        y, end = module(pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False), begin(state))
        return [pad_packed_sequence(y, batch_first=True, total_length=x.shape[1])[0], end]
    return run


def begin(state):
    return None if not state else state[0] if len(state) == 1 else tuple(state)


def from_state(module, x, *state):
    return module(x, begin(state))


def cases(normal):
    def net(kind, inputs=3, hidden=2, **options):
        return kind(inputs, hidden, batch_first=True, **options)

    x, one, both = (3, 4, 3), (1, 3, 2), (4, 3, 2)
    deep = dict(num_layers=2, bidirectional=True)
    return {
        "rnn_cell": (nn.RNNCell(3, 2), [normal(4, 3)]),
        "rnn_cell_relu": (nn.RNNCell(3, 2, bias=False, nonlinearity="relu"), [normal(4, 3), normal(4, 2)]),
        "lstm_cell": (nn.LSTMCell(3, 2), [normal(4, 3)]),
        "lstm_cell_state": (nn.LSTMCell(3, 2, bias=False), [normal(4, 3), normal(4, 2), normal(4, 2)], from_state),
        "gru_cell": (nn.GRUCell(3, 2), [normal(4, 3)]),
        "gru_cell_state": (nn.GRUCell(3, 2, bias=False), [normal(4, 3), normal(4, 2)]),
        "rnn": (net(nn.RNN), [normal(*x)]),
        "rnn_relu_deep": (net(nn.RNN, nonlinearity="relu", **deep), [normal(*x), normal(*both)], from_state),
        "rnn_packed": (net(nn.RNN, bidirectional=True), [normal(*x)], packed(2, 4, 1)),
        "lstm": (net(nn.LSTM), [normal(*x)]),
        "lstm_without_bias": (net(nn.LSTM, bias=False), [normal(*x), normal(*one), normal(*one)], from_state),
        "lstm_deep": (net(nn.LSTM, **deep), [normal(*x), normal(*both), normal(*both)], from_state),
        "lstm_packed": (net(nn.LSTM, **deep), [normal(*x), normal(*both), normal(*both)], packed(2, 4, 1)),
        "lstm_packed_short": (net(nn.LSTM), [normal(*x)], packed(3, 2, 3)),
        "gru": (net(nn.GRU), [normal(*x)]),
        "gru_deep": (net(nn.GRU, **deep), [normal(*x), normal(*both)], from_state),
        "gru_packed": (net(nn.GRU, **deep), [normal(*x), normal(*both)], packed(1, 3, 4)),
        "gru_evaluating": (net(nn.GRU, num_layers=3, dropout=0.5).eval(), [normal(*x)]),
    }


if __name__ == "__main__":
    make(__file__, 54, cases)
