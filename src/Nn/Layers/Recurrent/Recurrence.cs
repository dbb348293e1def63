namespace MiniStack.Nn;

/// <summary>One step of a recurrent layer: a formula, whose weights are the caller's.</summary>
internal abstract class Recurrence
{
    /// <summary>How many parts the products have, each as large as the state.</summary>
    public abstract int Gates { get; }

    /// <summary>Whether there is a cell state beside the hidden one.</summary>
    public virtual bool HasCell => false;

    /// <summary>The next state.</summary>
    /// <param name="input">x·Wᵢᵀ + bᵢ: [batch, Gates·hidden].</param>
    /// <param name="state">Of the step before: [batch, hidden].</param>
    /// <param name="weight">Wₕ: [Gates·hidden, hidden].</param>
    /// <param name="bias">bₕ: [Gates·hidden], or null.</param>
    public abstract RecurrentState Step(Variable input, RecurrentState state, Variable weight, Variable? bias);

    private protected static Variable[] Parts(Variable gates, RecurrentState state) =>
        gates.Split(Math.Max(state.Hidden.Shape[1], 1), axis: 1);
}

/// <summary>h' = tanh(Wᵢ·x + bᵢ + Wₕ·h + bₕ), or max(·, 0) instead of tanh.</summary>
/// <remarks>Elman 1990, doi:10.1207/s15516709cog1402_1.</remarks>
internal sealed class ElmanRecurrence(bool relu) : Recurrence
{
    public override int Gates => 1;

    public override RecurrentState Step(Variable input, RecurrentState state, Variable weight, Variable? bias)
    {
        Variable sum = input + state.Hidden.Linear(weight, bias);
        return new RecurrentState(relu ? sum.Relu() : sum.Tanh());
    }
}

/// <summary>i, f, o = σ(…) and g = tanh(…), each of its own Wᵢ·x + bᵢ + Wₕ·h + bₕ; then c' = f·c + i·g and h' = o·tanh(c').</summary>
/// <remarks>
/// Hochreiter and Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735; the gate f by Gers et al. 2000, doi:10.1162/089976600300015015.
/// </remarks>
internal sealed class LstmRecurrence : Recurrence
{
    public override int Gates => 4;

    public override bool HasCell => true;

    public override RecurrentState Step(Variable input, RecurrentState state, Variable weight, Variable? bias)
    {
        Variable[] gates = Parts(input + state.Hidden.Linear(weight, bias), state);
        (Variable i, Variable f, Variable g, Variable o) = (gates[0].Sigmoid(), gates[1].Sigmoid(), gates[2].Tanh(), gates[3].Sigmoid());
        Variable cell = f * state.Cell! + i * g;
        return new RecurrentState(o * cell.Tanh(), cell);
    }
}

/// <summary>
/// r, z = σ(Wᵢ·x + bᵢ + Wₕ·h + bₕ), each of its own weights; n = tanh(Wᵢ·x + bᵢ + r·(Wₕ·h + bₕ)); then h' = (1 − z)·n + z·h.
/// </summary>
/// <remarks>Cho et al. 2014, arXiv:1406.1078, with r behind the product, as PyTorch and cuDNN have it.</remarks>
internal sealed class GruRecurrence : Recurrence
{
    public override int Gates => 3;

    public override RecurrentState Step(Variable input, RecurrentState state, Variable weight, Variable? bias)
    {
        Variable[] x = Parts(input, state), h = Parts(state.Hidden.Linear(weight, bias), state);
        Variable r = (x[0] + h[0]).Sigmoid(), z = (x[1] + h[1]).Sigmoid(), n = (x[2] + r * h[2]).Tanh();
        return new RecurrentState(n + z * (state.Hidden - n));
    }
}
