namespace MiniStack.Nn;

/// <summary>One step of a recurrent network, for loops of one's own; names as in PyTorch.</summary>
public abstract class RecurrentCell : Layer<CellInput, RecurrentState>
{
    private readonly string _name;
    private readonly Recurrence _recurrence;
    private readonly int _hidden;

    private protected RecurrentCell(string name, Recurrence recurrence, int inputs, int hidden, Rng rng, bool bias)
    {
        Require.AtLeast(1, inputs, name, nameof(inputs));
        Require.AtLeast(1, hidden, name, nameof(hidden));
        (_name, _recurrence, _hidden) = (name, recurrence, hidden);
        double bound = 1 / Math.Sqrt(hidden);
        InputWeight = Register("weight_ih", Init.Uniform([recurrence.Gates * hidden, inputs], rng, bound));
        StateWeight = Register("weight_hh", Init.Uniform([recurrence.Gates * hidden, hidden], rng, bound));
        if (!bias) return;
        InputBias = Register("bias_ih", Init.Uniform([recurrence.Gates * hidden], rng, bound));
        StateBias = Register("bias_hh", Init.Uniform([recurrence.Gates * hidden], rng, bound));
    }

    /// <summary>[gates·hidden, inputs].</summary>
    public Parameter InputWeight { get; }

    /// <summary>[gates·hidden, hidden].</summary>
    public Parameter StateWeight { get; }

    /// <summary>[gates·hidden], or null.</summary>
    public Parameter? InputBias { get; }

    /// <summary>[gates·hidden], or null.</summary>
    public Parameter? StateBias { get; }

    /// <param name="input">x, and the state before.</param>
    /// <returns>The state after.</returns>
    /// <exception cref="ShapeException">x or the state have other shapes than the layer.</exception>
    public override RecurrentState Forward(CellInput input)
    {
        Variable x = input.X;
        if (x.Rank != 2 || x.Shape[1] != InputWeight.Shape[1])
            throw new ShapeException($"{_name}: x is {x.Shape}, but must be [batch, {InputWeight.Shape[1]}].");
        RecurrentState state = States.Complete(input.State, [x.Shape[0], _hidden], _recurrence.HasCell, _name, x.Value);
        return _recurrence.Step(x.Linear(InputWeight, InputBias), state, StateWeight, StateBias);
    }
}

/// <summary>One step of an Elman network: h' = tanh(Wᵢ·x + bᵢ + Wₕ·h + bₕ), or with ReLU.</summary>
/// <param name="inputs">Channels of x.</param>
/// <param name="hidden">Channels of the state.</param>
/// <param name="rng">Source of the start values, uniform in ±1/√hidden.</param>
/// <param name="bias">Whether there are biases.</param>
/// <param name="relu">max(·, 0) instead of tanh.</param>
/// <exception cref="ConfigException">inputs or hidden are below 1.</exception>
public sealed class RnnCell(int inputs, int hidden, Rng rng, bool bias = true, bool relu = false)
    : RecurrentCell(nameof(RnnCell), new ElmanRecurrence(relu), inputs, hidden, rng, bias);

/// <summary>One step of an LSTM; the weights' rows are those of i, f, g and o.</summary>
/// <param name="inputs">Channels of x.</param>
/// <param name="hidden">Channels of each state.</param>
/// <param name="rng">Source of the start values, uniform in ±1/√hidden.</param>
/// <param name="bias">Whether there are biases.</param>
/// <remarks>Hochreiter and Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735.</remarks>
/// <exception cref="ConfigException">inputs or hidden are below 1.</exception>
public sealed class LstmCell(int inputs, int hidden, Rng rng, bool bias = true)
    : RecurrentCell(nameof(LstmCell), new LstmRecurrence(), inputs, hidden, rng, bias);

/// <summary>One step of a network of gated recurrent units; the weights' rows are those of r, z and n.</summary>
/// <param name="inputs">Channels of x.</param>
/// <param name="hidden">Channels of the state.</param>
/// <param name="rng">Source of the start values, uniform in ±1/√hidden.</param>
/// <param name="bias">Whether there are biases.</param>
/// <remarks>Cho et al. 2014, arXiv:1406.1078.</remarks>
/// <exception cref="ConfigException">inputs or hidden are below 1.</exception>
public sealed class GruCell(int inputs, int hidden, Rng rng, bool bias = true)
    : RecurrentCell(nameof(GruCell), new GruRecurrence(), inputs, hidden, rng, bias);
