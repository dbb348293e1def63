namespace MiniStack;

/// <summary>One reverse sweep that returns gradients instead of adding them to <see cref="Parameter.Grad"/>.</summary>
/// <param name="createsGraph">Whether the formulas are recorded as they run, so that the gradients can be differentiated again.</param>
internal sealed class GradSweep(bool createsGraph)
{
    /// <summary>The gradients so far: of the results of operations by their node, of leaves by themselves.</summary>
    private readonly Dictionary<object, Variable> _sums = new(ReferenceEqualityComparer.Instance);

    /// <summary>
    /// The sweep that this thread is in; null outside, and in <see cref="Tape.Backward(Variable)"/>, which needs no dictionary.
    /// </summary>
    [field: ThreadStatic]
    public static GradSweep? Current { get; private set; }

    public bool CreatesGraph => createsGraph;

    /// <summary>The operation whose formula is running.</summary>
    public GradNode? Running { get; private set; }

    /// <summary>The leaves that were reached, with their gradients.</summary>
    public IEnumerable<(Variable Leaf, Variable Gradient)> Leaves =>
        _sums.Where(pair => pair.Key is Variable).Select(pair => ((Variable)pair.Key, pair.Value));

    /// <summary>Adds to the gradient of a variable.</summary>
    public void Add(Variable variable, Variable gradient) => Add(KeyOf(variable), gradient);

    private void Add(object key, Variable gradient)
    {
        _sums[key] = _sums.TryGetValue(key, out Variable? sum) ? sum.Add(gradient) : gradient;
    }

    /// <summary>Adds what another sweep found, but for the results of operations that it walked through.</summary>
    public void AddAllBut(IEnumerable<GradNode> walked, GradSweep other)
    {
        HashSet<object> inside = new(walked.SelectMany(node => node.Keys), ReferenceEqualityComparer.Instance);
        foreach ((object key, Variable gradient) in other._sums)
            if (!inside.Contains(key)) Add(key, gradient);
    }

    /// <summary>What was added; null when no path leads to the variable.</summary>
    public Variable? Of(Variable variable) => _sums.GetValueOrDefault(KeyOf(variable));

    /// <summary>What was added under a key; see <see cref="GradNode.KeyAt"/>.</summary>
    public Variable? At(object key) => _sums.GetValueOrDefault(key);

    /// <summary>Runs the formulas of those <paramref name="nodes"/> that a gradient reaches, the last first.</summary>
    /// <param name="nodes">In the order of execution; formulas that are recorded append to the list behind them.</param>
    /// <param name="wanted">Which nodes lead to a wanted input; null for all.</param>
    public void Run(IReadOnlyList<GradNode> nodes, HashSet<GradNode>? wanted)
    {
        GradSweep? outer = Current;
        Current = this;
        try
        {
            for (int i = nodes.Count - 1; i >= 0; i--)
            {
                Running = nodes[i];
                if (!Running.IsReached(this) || (wanted is not null && !wanted.Contains(Running))) continue;
                Running.CheckSaved();
                if (Anomalies.AreDetected) Anomalies.Backward(Running, () => Running.RunSwept(this), input => Of(input)?.Value);
                else Running.RunSwept(this);
            }
        }
        finally
        {
            Current = outer;
        }
    }

    /// <summary>The error of a formula that cannot be differentiated again.</summary>
    public TapeException OnlyOnce() => new(
        $"{Running!.Name}: this operator can be differentiated only once, because its gradient is computed by a kernel that has none. " +
        "Use Grad without createGraph, or compute the value from other operators.");

    private static object KeyOf(Variable variable) => variable.Node?.KeyAt(variable.Slot) ?? variable;
}
