namespace MiniStack.Examples.Data;

/// <summary>A formula with the numbers it begins with. What is learned are parameters, everything else is constant.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Formula">As people write it.</param>
/// <param name="Leaves">What it is given.</param>
/// <param name="Build">Computes it from the leaves, one operation after the other.</param>
internal sealed record Expression(string Name, string Formula, IReadOnlyList<Leaf> Leaves, Func<Graph, Term[], Term> Build)
{
    public static IReadOnlyList<Expression> All { get; } =
    [
        new("neuron", "loss = mean((tanh(x·w + b) − y)²)",
            [
                new("x", [0.5, -1, 2, 1, 0, -0.5, -1.5, 0.5, 1, 0, 2, -1], [4, 3], Learned: false),
                new("y", [1, 0, 1, 0], [4, 1], Learned: false),
                new("w", [0.3, -0.2, 0.4], [3, 1], Learned: true),
                new("b", [0.1], [1], Learned: true),
            ],
            (graph, leaf) =>
            {
                Term product = graph.Add("MatMul", v => v[0].MatMul(v[1]), leaf[0], leaf[2]);
                Term shifted = graph.Add("Add", v => v[0] + v[1], product, leaf[3]);
                Term guess = graph.Add("Tanh", v => v[0].Tanh(), shifted);
                Term error = graph.Add("Subtract", v => v[0] - v[1], guess, leaf[1]);
                Term square = graph.Add("Multiply", v => v[0] * v[1], error, error);
                Term sum = graph.Add("Sum", v => v[0].Sum(), square);
                return graph.Add("Multiply", v => v[0] * 0.25, sum);
            }),
        new("diamond", "loss = sin(h)·cos(h), h = x²", [X], (graph, leaf) => Diamonds(graph, leaf[0], 1)),
        new("tower", "loss = h₁₀, hᵢ₊₁ = sin(hᵢ)·cos(hᵢ), h₀ = x²", [X], (graph, leaf) => Diamonds(graph, leaf[0], 10)),
    ];

    private static Leaf X => new("x", [0.5], [], Learned: true);

    /// <summary>Runs it from its own numbers.</summary>
    public Graph Run() => From([.. Leaves.Select(leaf => leaf.Learned ? new Parameter(leaf.Value) { Name = leaf.Name } : new Variable(leaf.Value))]);

    /// <summary>As a function of what is learned: what differences can be taken of.</summary>
    public Variable Value(Variable[] learned)
    {
        Queue<Variable> rest = new(learned);
        return From([.. Leaves.Select(leaf => leaf.Learned ? rest.Dequeue() : leaf.Value)]).Loss.Variable;
    }

    private Graph From(IReadOnlyList<Variable> values)
    {
        Graph graph = new();
        graph.Loss = Build(graph, [.. Leaves.Select((leaf, i) => graph.Add(new Term(leaf.Name, values[i])))]);
        return graph;
    }

    // The result h is used twice; on top of another diamond it is reached by twice as many paths.
    private static Term Diamonds(Graph graph, Term x, int count)
    {
        Term h = graph.Add("Multiply", v => v[0] * v[1], x, x);
        for (int i = 0; i < count; i++)
        {
            Term left = graph.Add("Sin", v => v[0].Sin(), h), right = graph.Add("Cos", v => v[0].Cos(), h);
            h = graph.Add("Multiply", v => v[0] * v[1], left, right);
        }
        return h;
    }
}

/// <summary>What an expression is given: numbers, because a tensor would belong to the scope that it was first used in.</summary>
internal sealed record Leaf(string Name, double[] Numbers, Shape Shape, bool Learned)
{
    /// <summary>A new tensor with these numbers.</summary>
    public Tensor Value => Tensor.CopyOf(Numbers, Shape);
}

/// <summary>The terms of an expression, in the order in which they were computed.</summary>
internal sealed class Graph
{
    private readonly List<Term> _terms = [];

    public IReadOnlyList<Term> Terms => _terms;

    public Term Loss { get; set; } = null!;

    /// <summary>What gradients are wanted of.</summary>
    public IEnumerable<Term> Learned => _terms.Where(term => term is { IsLeaf: true, Variable.NeedsGrad: true });

    public IEnumerable<Term> Operations => _terms.Where(term => !term.IsLeaf);

    public Term Add(Term term)
    {
        _terms.Add(term);
        return term;
    }

    public Term Add(string name, Func<Variable[], Variable> compute, params Term[] inputs) => Add(new Term(name, compute, inputs));
}
