namespace MiniStack.Nn;

/// <summary>What a recurrent layer remembers from step to step.</summary>
/// <param name="Hidden">h: [batch, hidden] of a cell, [layers·directions, batch, hidden] of a network: the first layer's directions
/// first.</param>
/// <param name="Cell">c of an LSTM, of the same shape; null for others.</param>
public sealed record RecurrentState(Variable Hidden, Variable? Cell = null) : IHoldsTensors
{
    /// <inheritdoc/>
    IEnumerable<Tensor> IHoldsTensors.Tensors => Cell is null ? [Hidden.Value] : [Hidden.Value, Cell.Value];
}

/// <summary>What goes into a cell. A single variable converts to it: the first step.</summary>
/// <param name="X">[batch, inputs].</param>
/// <param name="State">What the step before returned; null for zeros.</param>
public sealed record CellInput(Variable X, RecurrentState? State = null)
{
    /// <summary>The first step.</summary>
    public static implicit operator CellInput(Variable x) => new(x);

    /// <summary>The first step, of a constant.</summary>
    public static implicit operator CellInput(Tensor x) => new(x);
}

/// <summary>What goes into a recurrent network. A single variable converts to it: sequences of one length, from a state of zeros.</summary>
/// <param name="X">[batch, time, inputs].</param>
/// <param name="State">Where the sequences begin; null for zeros.</param>
/// <param name="Lengths">[batch], I64 or I32: how many steps of each sequence count, from 0 to time; those behind are padding. Null for
/// all.</param>
public sealed record RecurrentInput(Variable X, RecurrentState? State = null, Tensor? Lengths = null)
{
    /// <summary>Sequences of one length.</summary>
    public static implicit operator RecurrentInput(Variable x) => new(x);

    /// <summary>Sequences of one length that are constants.</summary>
    public static implicit operator RecurrentInput(Tensor x) => new(x);
}

/// <summary>What comes out of a recurrent network.</summary>
/// <param name="Output">[batch, time, directions·hidden]: h of the last layer at each step, forwards and backwards side by side; zeros for
/// padding.</param>
/// <param name="State">After each sequence's own last step; for the reverse direction, its first.</param>
public sealed record RecurrentOutput(Variable Output, RecurrentState State) : IHoldsTensors
{
    /// <inheritdoc/>
    IEnumerable<Tensor> IHoldsTensors.Tensors => [Output.Value, .. ((IHoldsTensors)State).Tensors];
}
