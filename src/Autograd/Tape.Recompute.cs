namespace MiniStack;

public sealed partial class Tape
{
    [ThreadStatic]
    private static int _recomputing;

    [ThreadStatic]
    private static HashSet<Parameter>? _noted;

    /// <summary>
    /// True while a segment of <see cref="Variable.Checkpoint"/> is computed again on this thread: what counts or averages forward passes
    /// leaves this one out.
    /// </summary>
    public static bool IsRecomputing => _recomputing > 0;

    /// <summary>Says until the result is disposed that what runs has run before.</summary>
    internal static Recomputation Recomputing()
    {
        _recomputing++;
        return default;
    }

    /// <summary>Notes until the result is disposed which parameters are used by what nobody records.</summary>
    internal static Noting NoteParameters(out HashSet<Parameter> noted)
    {
        Noting noting = new(_noted);
        noted = _noted = new HashSet<Parameter>(ReferenceEqualityComparer.Instance);
        return noting;
    }

    /// <summary>Notes the parameters of an operation that nobody records, where somebody wants to know.</summary>
    internal static void NoteParameters(GradNode node)
    {
        if (_noted is { } noted) noted.UnionWith(node.Parameters);
    }

    /// <summary>
    /// Records a computation that belongs before the running formula, and goes back along it at once: its gradients can be differentiated
    /// again.
    /// </summary>
    internal void GradThrough(Func<Variable> compute, Variable gradient)
    {
        int first = _nodes.Count;
        Variable output = compute();
        GradNode[] made = [.. _nodes.Skip(first)];
        GradSweep outer = GradSweep.Current!, inner = new(outer.CreatesGraph);
        if (output.NeedsGrad) inner.Add(output, gradient);
        inner.Run(made, wanted: null);
        outer.AddAllBut(made, inner);
    }

    /// <summary>Ends with its scope; what was noted around it goes on, and gets what was noted inside.</summary>
    internal readonly ref struct Noting(HashSet<Parameter>? outer)
    {
        /// <summary>Goes on as before.</summary>
        public void Dispose()
        {
            outer?.UnionWith(_noted!);
            _noted = outer;
        }
    }

    /// <summary>Ends with its scope.</summary>
    internal readonly ref struct Recomputation
    {
        /// <summary>Goes on as before.</summary>
        public void Dispose() => _recomputing--;
    }
}
