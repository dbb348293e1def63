namespace MiniStack.Tests;

/// <summary>One number from one.</summary>
internal static class ElementwiseOperators
{
    private const string Family = "One input, element by element";

    public static Operator[] All { get; } =
    [
        Unary("Exp", "eˣ", "torch.exp", x => x.Exp()),
        Unary("Tanh", "tanh x", "torch.tanh", x => x.Tanh()),
    ];

    private static Operator Unary(string name, string formula, string pyTorch, Func<Variable, Variable> function, NumberSource? numbers = null)
    {
        Func<Variable[], Variable> f = inputs => function(inputs[0]);
        numbers ??= Numbers.Any;
        return new(name, Family, formula, Types.Floats,
            new("plain", [[2, 3, 4]], f) { Numbers = numbers, Golden = name.ToLowerInvariant() },
            new("long", [[67]], f) { Numbers = numbers },
            new("empty", [[2, 0, 3]], f),
            new("one element", [[1, 1]], f) { Numbers = numbers },
            new("rank 0", [[]], f) { Numbers = numbers })
        { PyTorch = pyTorch };
    }
}
