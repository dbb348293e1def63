namespace MiniStack.Nn;

/// <summary>What cells and networks do with states.</summary>
internal static class States
{
    /// <summary>A state as it was given, checked, or zeros.</summary>
    /// <param name="given">Null for zeros.</param>
    /// <param name="shape">What it must have.</param>
    /// <param name="hasCell">Whether there is a cell state.</param>
    /// <param name="layer">For messages.</param>
    /// <param name="like">Whose dtype and device zeros have.</param>
    /// <exception cref="ShapeException">It has another shape.</exception>
    /// <exception cref="ConfigException">A cell state is missing, or there is one too many.</exception>
    public static RecurrentState Complete(RecurrentState? given, Shape shape, bool hasCell, string layer, Tensor like)
    {
        if (given is null) return hasCell ? new RecurrentState(Zeros(), Zeros()) : new RecurrentState(Zeros());
        if (given.Cell is null == hasCell)
        {
            throw new ConfigException(hasCell
                ? $"{layer}: the state lacks its cell state. Pass both, hidden and cell, as the layer returns them."
                : $"{layer}: the state has a cell state, which this layer does not know. Pass the hidden state only.");
        }
        if (given.Hidden.Shape != shape || (given.Cell is not null && given.Cell.Shape != shape))
        {
            throw new ShapeException(
                $"{layer}: the state is {given.Hidden.Shape}{(given.Cell is null ? "" : $" and {given.Cell.Shape}")}, " +
                $"but must be {shape}.");
        }
        return given;

        Variable Zeros() => Tensor.Zeros(shape, like.DType, like.Device);
    }

    /// <summary>The new state where a sequence goes on, and the old one where it does not.</summary>
    public static RecurrentState Choose(Tensor? goesOn, RecurrentState next, RecurrentState state) =>
        goesOn is null ? next : new RecurrentState(
            Variable.Where(goesOn, next.Hidden, state.Hidden), next.Cell is null ? null : Variable.Where(goesOn, next.Cell, state.Cell!));
}
