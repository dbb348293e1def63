namespace MiniStack.Nn;

/// <summary>
/// Recurrent layers upon each other, in one direction or both, over sequences of perhaps different lengths; names as in PyTorch.
/// </summary>
public abstract class RecurrentNetwork : Layer<RecurrentInput, RecurrentOutput>
{
    private readonly string _name;
    private readonly Recurrence _recurrence;
    private readonly int _inputs, _hidden, _directions;
    private readonly List<(Parameter InputWeight, Parameter StateWeight, Parameter? InputBias, Parameter? StateBias)> _weights = [];
    private readonly Dropout _dropout;

    private protected RecurrentNetwork(
        string name, Recurrence recurrence, int inputs, int hidden, Rng rng, int layers, bool bias, double dropout, bool bidirectional)
    {
        Require.AtLeast(1, inputs, name, nameof(inputs));
        Require.AtLeast(1, hidden, name, nameof(hidden));
        Require.AtLeast(1, layers, name, nameof(layers));
        (_name, _recurrence, _inputs, _hidden, _directions) = (name, recurrence, inputs, hidden, bidirectional ? 2 : 1);
        int rows = recurrence.Gates * hidden;
        double bound = 1 / Math.Sqrt(hidden);
        for (int i = 0; i < layers * _directions; i++)
        {
            string suffix = $"_l{Texts.Number(i / _directions)}{(i % _directions == 1 ? "_reverse" : "")}";
            int columns = i < _directions ? inputs : _directions * hidden;
            _weights.Add((
                Register("weight_ih" + suffix, Init.Uniform([rows, columns], rng, bound)),
                Register("weight_hh" + suffix, Init.Uniform([rows, hidden], rng, bound)),
                bias ? Register("bias_ih" + suffix, Init.Uniform([rows], rng, bound)) : null,
                bias ? Register("bias_hh" + suffix, Init.Uniform([rows], rng, bound)) : null));
        }
        _dropout = Register("dropout", new Dropout(dropout, rng));
    }

    /// <param name="input">Sequences, where they begin, and how long they are.</param>
    /// <returns>The last layer's outputs, and the states at the ends.</returns>
    /// <exception cref="ShapeException">The shapes do not fit the layer or each other.</exception>
    /// <exception cref="DTypeException">The lengths are no whole numbers.</exception>
    /// <exception cref="IndexException">A length is negative, or longer than the input.</exception>
    /// <exception cref="ConfigException">A cell state is missing, or there is one too many.</exception>
    public override RecurrentOutput Forward(RecurrentInput input)
    {
        Variable x = input.X;
        if (x.Rank != 3 || x.Shape[1] == 0 || x.Shape[2] != _inputs)
        {
            throw new ShapeException(
                $"{_name}: x is {x.Shape}, but must be [batch, time, {_inputs}] with at least one step. Add axes with Unsqueeze.");
        }
        int batch = x.Shape[0], time = x.Shape[1];
        Tensor?[] goesOn = GoesOn(input.Lengths, batch, time, x.Value.Device);
        RecurrentState begin = States.Complete(input.State, [_weights.Count, batch, _hidden], _recurrence.HasCell, _name, x.Value);
        List<RecurrentState> ends = [];

        x = x.Transpose(0, 1); // [time, batch, channels]: what one step needs lies together
        for (int first = 0; first < _weights.Count; first += _directions)
        {
            if (first > 0) x = _dropout.Call(x);
            Variable[] outputs = new Variable[_directions];
            for (int direction = 0; direction < _directions; direction++)
            {
                int i = first + direction;
                RecurrentState state = new(begin.Hidden.Select(0, i), begin.Cell?.Select(0, i));
                outputs[direction] = Run(x, i, reverse: direction == 1, goesOn, ref state);
                ends.Add(state);
            }
            x = _directions == 1 ? outputs[0] : Variable.Concat(outputs, axis: 2);
        }
        return new RecurrentOutput(x.Transpose(0, 1), new RecurrentState(
            Variable.Stack([.. ends.Select(end => end.Hidden)]),
            _recurrence.HasCell ? Variable.Stack([.. ends.Select(end => end.Cell!)]) : null));
    }

    /// <summary>One layer in one direction: [time, batch, channels] becomes [time, batch, hidden].</summary>
    private Variable Run(Variable x, int layer, bool reverse, Tensor?[] goesOn, ref RecurrentState state)
    {
        (Parameter inputWeight, Parameter stateWeight, Parameter? inputBias, Parameter? stateBias) = _weights[layer];
        // What does not depend on the state is one product for all steps.
        List<Variable> inputs = [];
        AddSteps(x.Linear(inputWeight, inputBias), inputs);
        Variable[] outputs = new Variable[inputs.Count];
        for (int i = 0; i < outputs.Length; i++)
        {
            // Backwards, a short sequence rests in its beginning until the loop comes to its last step.
            int step = reverse ? outputs.Length - 1 - i : i;
            RecurrentState next = _recurrence.Step(inputs[step], state, stateWeight, stateBias);
            outputs[step] = goesOn[step] is { } mask ? Variable.Where(mask, next.Hidden, next.Hidden.Value.ScalarLike(0)) : next.Hidden;
            state = States.Choose(goesOn[step], next, state);
        }
        return Variable.Stack(outputs);
    }

    /// <summary>
    /// The steps of [time, …] one by one, by halves of halves: the gradient of a slice is as large as what it was cut from, and so the
    /// gradients cost time·log(time) instead of time².
    /// </summary>
    private static void AddSteps(Variable x, List<Variable> steps)
    {
        int time = x.Shape[0];
        if (time == 1) steps.Add(x.Squeeze(0));
        else foreach (Variable half in x.Split([time / 2, time - time / 2])) AddSteps(half, steps);
    }

    /// <summary>For each step, Bool [batch, 1]: which sequences still go on; null when all do.</summary>
    private Tensor?[] GoesOn(Tensor? lengths, int batch, int time, Device device)
    {
        Tensor?[] goesOn = new Tensor?[time];
        if (lengths is null) return goesOn;
        if (lengths.DType is not (DType.I64 or DType.I32))
            throw new DTypeException($"{_name}: lengths must be I64 or I32, not {lengths.DType}. Convert with To(DType.I64).");
        if (lengths.Shape != [batch])
            throw new ShapeException($"{_name}: lengths are {lengths.Shape}, but must be ({batch}): one for each sequence.");
        long[] steps = lengths.To(Device.Cpu).To(DType.I64).ToArray<long>();
        foreach (long length in steps)
        {
            if (length < 0 || length > time)
            {
                throw new IndexException(
                    $"{_name}: a length is {length}, but the input has {time} steps: lengths must be from 0 to {time}.");
            }
        }
        Tensor left = Tensor.CopyOf(steps, [batch, 1], device);
        for (int step = 0; step < time; step++)
            if (steps.Any(length => length <= step)) goesOn[step] = left.Greater(left.ScalarLike(step));
        return goesOn;
    }
}

/// <summary>An Elman network: h' = tanh(Wᵢ·x + bᵢ + Wₕ·h + bₕ) at each step, or with ReLU.</summary>
/// <param name="inputs">Channels of x.</param>
/// <param name="hidden">Channels of the state.</param>
/// <param name="rng">Source of the start values, uniform in ±1/√hidden, and of the masks of dropout.</param>
/// <param name="layers">How many, each upon the outputs of the one before.</param>
/// <param name="bias">Whether there are biases.</param>
/// <param name="dropout">Probability on the outputs of each layer but the last, while training.</param>
/// <param name="bidirectional">Whether each layer also goes through the sequences from their ends, with weights of its own.</param>
/// <param name="relu">max(·, 0) instead of tanh.</param>
/// <remarks>Elman 1990, doi:10.1207/s15516709cog1402_1; both directions: Schuster and Paliwal 1997, doi:10.1109/78.650093.</remarks>
/// <exception cref="ConfigException">A number is below 1, or dropout not in [0, 1).</exception>
public sealed class Rnn(
    int inputs, int hidden, Rng rng, int layers = 1, bool bias = true, double dropout = 0, bool bidirectional = false, bool relu = false)
    : RecurrentNetwork(nameof(Rnn), new ElmanRecurrence(relu), inputs, hidden, rng, layers, bias, dropout, bidirectional);

/// <summary>A network of long short-term memory; the weights' rows are those of i, f, g and o.</summary>
/// <param name="inputs">Channels of x.</param>
/// <param name="hidden">Channels of each state.</param>
/// <param name="rng">Source of the start values, uniform in ±1/√hidden, and of the masks of dropout.</param>
/// <param name="layers">How many, each upon the outputs of the one before.</param>
/// <param name="bias">Whether there are biases.</param>
/// <param name="dropout">Probability on the outputs of each layer but the last, while training.</param>
/// <param name="bidirectional">Whether each layer also goes through the sequences from their ends, with weights of its own.</param>
/// <remarks>Hochreiter and Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735.</remarks>
/// <exception cref="ConfigException">A number is below 1, or dropout not in [0, 1).</exception>
public sealed class Lstm(int inputs, int hidden, Rng rng, int layers = 1, bool bias = true, double dropout = 0, bool bidirectional = false)
    : RecurrentNetwork(nameof(Lstm), new LstmRecurrence(), inputs, hidden, rng, layers, bias, dropout, bidirectional);

/// <summary>A network of gated recurrent units; the weights' rows are those of r, z and n.</summary>
/// <param name="inputs">Channels of x.</param>
/// <param name="hidden">Channels of the state.</param>
/// <param name="rng">Source of the start values, uniform in ±1/√hidden, and of the masks of dropout.</param>
/// <param name="layers">How many, each upon the outputs of the one before.</param>
/// <param name="bias">Whether there are biases.</param>
/// <param name="dropout">Probability on the outputs of each layer but the last, while training.</param>
/// <param name="bidirectional">Whether each layer also goes through the sequences from their ends, with weights of its own.</param>
/// <remarks>Cho et al. 2014, arXiv:1406.1078.</remarks>
/// <exception cref="ConfigException">A number is below 1, or dropout not in [0, 1).</exception>
public sealed class Gru(int inputs, int hidden, Rng rng, int layers = 1, bool bias = true, double dropout = 0, bool bidirectional = false)
    : RecurrentNetwork(nameof(Gru), new GruRecurrence(), inputs, hidden, rng, layers, bias, dropout, bidirectional);
