namespace MiniStack.Tests;

/// <summary>A row of the table: an operator, and everything that is tested and said about it.</summary>
/// <param name="Name">Its method's name.</param>
/// <param name="Family">The section of docs/operators.md that it stands in.</param>
/// <param name="Formula">What it computes, in one line.</param>
/// <param name="DTypes">The dtypes it works on: each sample runs in each of them.</param>
/// <param name="Samples">What it is tried on.</param>
internal sealed record Operator(string Name, string Family, string Formula, DType[] DTypes, params Sample[] Samples)
{
    /// <summary>What PyTorch calls it; null when it has no such function.</summary>
    public string? PyTorch { get; init; }

    /// <summary>The paper or text that defines it, where its formula is not common knowledge.</summary>
    public string? Source { get; init; }

    /// <summary>How often it can be differentiated.</summary>
    public Differentiable Gradient { get; init; } = Differentiable.Twice;

    /// <summary>Why it cannot be differentiated (twice); empty when it can.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Wrong inputs, each with the error that it must give.</summary>
    public Mistake[] Mistakes { get; init; } = [];
}

/// <summary>How often an operator can be differentiated.</summary>
internal enum Differentiable
{
    /// <summary>Not at all: its result is an index, a bool, or constant.</summary>
    No,

    /// <summary>Once; twice throws.</summary>
    Once,

    /// <summary>As often as one likes.</summary>
    Twice,
}

/// <summary>Inputs that an operator is tried on.</summary>
/// <param name="Condition">What is special about them; unique for the operator.</param>
/// <param name="Shapes">The inputs' shapes.</param>
/// <param name="Function">The operator's call, with what it takes beside variables; the same result when called again.</param>
internal sealed record Sample(string Condition, Shape[] Shapes, Func<Variable[], Variable> Function)
{
    /// <summary>Which numbers go in.</summary>
    public NumberSource Numbers { get; init; } = Draw.Any;

    /// <summary>The case of tests/Golden whose inputs, results and gradients PyTorch computed; null for none.</summary>
    public string? Golden { get; init; }

    /// <summary>Numbers that are added up for one element of the result: each rounds once more.</summary>
    public int Terms { get; init; }

    /// <summary>Which dtypes this sample is for; null for all of the operator's.</summary>
    public DType[]? DTypes { get; init; }

    /// <summary>False where differences cannot follow: at a kink, or where a choice depends on the inputs.</summary>
    public bool HasDifferences { get; init; } = true;

    /// <summary>The inputs on a device, all under one layout.</summary>
    public Tensor[] Inputs(Device device, InputLayout layout, DType dtype)
    {
        double[] numbers = Numbers(new Rng(7), (int)Shapes.Sum(shape => shape.Count));
        Tensor[] inputs = new Tensor[Shapes.Length];
        int start = 0;
        for (int i = 0; i < inputs.Length; i++)
        {
            int count = (int)Shapes[i].Count;
            Tensor plain = Tensor.CopyOf(numbers.AsSpan(start, count).ToArray(), Shapes[i]).To(device);
            inputs[i] = layout.Lay(Types.Convert(plain, dtype));
            start += count;
        }
        return inputs;
    }
}

/// <summary>A wrong input and the error that it must give.</summary>
/// <param name="Condition">What is wrong.</param>
/// <param name="Call">The wrong call.</param>
/// <param name="Error">Type of the exception.</param>
/// <param name="Message">Its message, whole.</param>
internal sealed record Mistake(string Condition, Action Call, Type Error, string Message);
