using MiniStack.Nn;

namespace MiniStack.Tests;

/// <summary>A row of the table: a layer in one setting, and what it is tried on.</summary>
/// <param name="Type">Its class; of a generic one, without type arguments.</param>
/// <param name="Condition">What is special about the setting; unique for the class.</param>
/// <param name="Make">Makes the layer.</param>
/// <param name="Shapes">Of its inputs that are variables.</param>
/// <param name="Run">Calls the layer; where it returns several variables, all their numbers in one row.</param>
internal sealed record LayerRow(Type Type, string Condition, Func<Rng, Module> Make, Shape[] Shapes, Func<Module, Variable[], Variable> Run)
{
    /// <summary>The class in torch.nn; null where PyTorch 1.13 has none.</summary>
    public string? PyTorch { get; init; }

    /// <summary>The case of tests/Golden/layers_*.py whose state, inputs, results and gradients PyTorch computed.</summary>
    public string? Golden { get; init; }

    /// <summary>Deviation of the inputs: larger where what is far from 0 is interesting.</summary>
    public double Spread { get; init; } = 1;

    /// <summary>Whether the row is about the mode of evaluation.</summary>
    public bool Evaluating { get; init; }

    /// <summary>Whether training computes something else than evaluation.</summary>
    public bool DiffersInTraining { get; init; }

    /// <summary>Whether results are drawn: differences are then taken while evaluating.</summary>
    public bool IsRandom { get; init; }

    /// <summary>Whether the first axis of all inputs is a batch, which may be empty.</summary>
    public bool TakesEmptyBatch { get; init; } = true;

    /// <summary>As the test's name shows it.</summary>
    public string Name => $"{Type.Name.Split('`')[0]}, {Condition}";

    /// <summary>The row of a class that PyTorch has.</summary>
    public LayerRow Like(string pyTorch, string golden) => this with { PyTorch = pyTorch, Golden = golden };

    /// <summary>The row of a class that the script puts together from what PyTorch has.</summary>
    public LayerRow Composed(string golden) => this with { Golden = golden };

    /// <summary>The layer with random weights, away from the start values, where biases are 0 and norms 1 and mistakes could hide.</summary>
    public Module Build(DType dtype, Device? device = null, ulong seed = 5)
    {
        Rng rng = new(seed);
        Module module = Make(rng);
        foreach (Parameter parameter in module.Parameters()) parameter.Value.CopyFrom(Tensor.Uniform(parameter.Shape, rng, -1, 1));
        foreach ((string name, ModuleBuffer buffer) in module.NamedBuffers())
        {
            if (!buffer.IsPersistent || !buffer.Value.DType.IsFloat()) continue;
            buffer.Value.CopyFrom(Tensor.Uniform(buffer.Value.Shape, rng, name.EndsWith("var", StringComparison.Ordinal) ? 0.5 : -1, 1.5));
        }
        module.ConvertTo(dtype);
        if (device is not null) module.MoveTo(device);
        if (Evaluating) module.Eval();
        return module;
    }

    /// <summary>Inputs with random numbers; the first axis of another size when given.</summary>
    public Parameter[] Inputs(DType dtype, Device? device = null, int? batch = null)
    {
        Rng rng = new(6);
        return [.. Shapes.Select(shape =>
        {
            if (batch is { } size) shape = [size, .. shape[1..]];
            return new Parameter(Tensor.Normal(shape, rng, 0, Spread, DType.F64).To(dtype).To(device ?? Device.Cpu));
        })];
    }
}
