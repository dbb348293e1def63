using MiniStack.Nn;
using static MiniStack.Tests.LayerTable;

namespace MiniStack.Tests;

/// <summary>Recurrent cells and networks.</summary>
internal static class RecurrentLayers
{
    private static readonly Shape X = [3, 4, 3], One = [1, 3, 2], Both = [4, 3, 2];

    public static LayerRow[] Rows { get; } =
    [
        Row("first step", rng => new RnnCell(3, 2, rng), [[4, 3]], Step).Like("RNNCell", "rnn_cell"),
        Row("ReLU, from a state, without bias", rng => new RnnCell(3, 2, rng, bias: false, relu: true), [[4, 3], [4, 2]], Step).Like("RNNCell", "rnn_cell_relu"),
        Row("first step", rng => new LstmCell(3, 2, rng), [[4, 3]], Step).Like("LSTMCell", "lstm_cell"),
        Row("from a state, without bias", rng => new LstmCell(3, 2, rng, bias: false), [[4, 3], [4, 2], [4, 2]], Step).Like("LSTMCell", "lstm_cell_state"),
        Row("first step", rng => new GruCell(3, 2, rng), [[4, 3]], Step).Like("GRUCell", "gru_cell"),
        Row("from a state, without bias", rng => new GruCell(3, 2, rng, bias: false), [[4, 3], [4, 2]], Step).Like("GRUCell", "gru_cell_state"),
        .. new[]
        {
            Row("any", rng => new Rnn(3, 2, rng), [X], All).Like("RNN", "rnn"),
            Row("ReLU, two layers, both directions", rng => new Rnn(3, 2, rng, 2, bidirectional: true, relu: true), [X, Both], All).Like("RNN", "rnn_relu_deep"),
            Row("lengths, both directions", rng => new Rnn(3, 2, rng, bidirectional: true), [X], Lengths(2, 4, 1)).Like("RNN", "rnn_packed"),
            Row("any", rng => new Lstm(3, 2, rng), [X], All).Like("LSTM", "lstm"),
            Row("without bias, from a state", rng => new Lstm(3, 2, rng, bias: false), [X, One, One], All).Like("LSTM", "lstm_without_bias"),
            Row("two layers, both directions", rng => new Lstm(3, 2, rng, 2, bidirectional: true), [X, Both, Both], All).Like("LSTM", "lstm_deep"),
            Row("lengths, two layers, both directions", rng => new Lstm(3, 2, rng, 2, bidirectional: true), [X, Both, Both], Lengths(2, 4, 1)).Like("LSTM", "lstm_packed"),
            Row("lengths, all below the input's", rng => new Lstm(3, 2, rng), [X], Lengths(3, 2, 3)).Like("LSTM", "lstm_packed_short"),
            Row("any", rng => new Gru(3, 2, rng), [X], All).Like("GRU", "gru"),
            Row("two layers, both directions", rng => new Gru(3, 2, rng, 2, bidirectional: true), [X, Both], All).Like("GRU", "gru_deep"),
            Row("lengths, two layers, both directions", rng => new Gru(3, 2, rng, 2, bidirectional: true), [X, Both], Lengths(1, 3, 4)).Like("GRU", "gru_packed"),
            Row("dropout, evaluating", rng => new Gru(3, 2, rng, 3, dropout: 0.5), [X], All).Like("GRU", "gru_evaluating")
                with { Evaluating = true, IsRandom = true, DiffersInTraining = true },
            Row("lengths of zero", rng => new Gru(3, 2, rng), [X, One], Lengths(0, 4, 1)),
        }.Select(row => row with { TakesEmptyBatch = row.Shapes.Length == 1 && !row.Condition.StartsWith("lengths", StringComparison.Ordinal) }),
    ];

    private static Variable Step(RecurrentCell cell, Variable[] x)
    {
        RecurrentState state = cell.Call(new CellInput(x[0], Begin(x)));
        return state.Cell is null ? state.Hidden : Flat(state.Hidden, state.Cell);
    }

    private static Variable All(RecurrentNetwork network, Variable[] x) => Flat(network.Call(new RecurrentInput(x[0], Begin(x))));

    private static Func<RecurrentNetwork, Variable[], Variable> Lengths(params long[] lengths) =>
        (network, x) => Flat(network.Call(new RecurrentInput(x[0], Begin(x), Tensor.CopyOf(lengths).To(x[0].Value.Device))));

    private static Variable Flat(RecurrentOutput output) => LayerTable.Flat(output.Output, output.State.Hidden, output.State.Cell);

    private static Variable Flat(params Variable[] variables) => LayerTable.Flat(variables);

    private static RecurrentState? Begin(Variable[] x) => x.Length == 1 ? null : new RecurrentState(x[1], x.Length == 3 ? x[2] : null);
}
