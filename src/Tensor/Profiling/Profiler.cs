using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MiniStack;

/// <summary>Measures time, bytes and floating-point operations of every operator that this thread calls, until it is disposed.</summary>
/// <remarks>
/// <para><c>using Profiler profiler = Profiler.Begin();</c>, then the work, then <see cref="Table"/> or
/// <see cref="WriteChromeTrace(string)"/>. While no session is open, operators and sections cost nothing more than a comparison.</para>
/// <para>Bytes are those an operator must move: every input read once, every output written once (what is stretched by strides counts
/// once; what changes in place counts twice). FLOPs are those of its formula: + − × ÷ √ max min and each elementary function (exp,
/// ln, tanh, erf, …) count one, a matrix product counts 2·m·n·k; copies, comparisons and look-ups have none. So neither depends on how
/// a kernel works, and both can be compared with what the machine can do.</para>
/// <para>A backend may return before its work is done; the CPU's never does, and a GPU's waits while somebody measures. Measuring an
/// operator takes a tenth of a microsecond, which falls outside its time.</para>
/// </remarks>
public sealed partial class Profiler : IDisposable
{
    [ThreadStatic]
    private static Profiler? _current;

    private static readonly ThreadFlow<Profiler> Flow = new(profiler => _current = profiler);

    private static int _sessions; // of all threads

    private readonly bool _shapes;
    private readonly int _maxEvents;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Dictionary<(string Name, string Shapes), Totals> _totals = [];
    private readonly List<Event> _events = [];
    private readonly Node _root = new("", null);
    private readonly Stack<OpenSection> _open = [];
    private Node _node;
    private Totals _all;
    private long _end, _seen;

    private Profiler(bool shapes, int maxEvents) => (_shapes, _maxEvents, _node) = (shapes, maxEvents, _root);

    /// <summary>The session of this thread, or null.</summary>
    public static Profiler? Current
    {
        [DebuggerStepThrough]
        get => _sessions == 0 || _current is not { _end: 0 } ? null : _current;
    }

    /// <summary>Time since the session began, or that it lasted.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start, _end == 0 ? Stopwatch.GetTimestamp() : _end);

    /// <summary>Time inside operators.</summary>
    public TimeSpan OperatorTime => Time(_all.Ticks);

    /// <summary>Floating-point operations so far.</summary>
    public double Flops => _all.Flops;

    /// <summary>
    /// Operator calls and sections so far. All are in the sums; the trace holds the first of them, up to the session's limit.
    /// </summary>
    public long EventCount => _seen;

    /// <summary>What the operators did in sum, the longest first.</summary>
    public IReadOnlyList<OperatorProfile> Operators =>
    [
        .. _totals.OrderByDescending(pair => pair.Value.Ticks).ThenBy(pair => pair.Key.Name, StringComparer.Ordinal)
            .Select(pair => Describe(pair.Key.Name, pair.Key.Shapes, pair.Value)),
    ];

    /// <summary>The ended sections, each below the one it was opened in, in the order they first began.</summary>
    public IReadOnlyList<SectionProfile> Sections => [.. Walk(_root)];

    /// <summary>Opens a session for this thread.</summary>
    /// <param name="shapes">When true, operators are told apart by the shapes they work on.</param>
    /// <param name="maxEvents">Operator calls and sections that a trace may hold; about 80 bytes each.</param>
    /// <exception cref="ConfigException">A session of this thread is open, or the limit is negative.</exception>
    public static Profiler Begin(bool shapes = false, int maxEvents = 200_000)
    {
        if (Current is not null)
        {
            throw new ConfigException(
                "Profiler.Begin: a session of this thread is open. Dispose it first (`using Profiler profiler = Profiler.Begin();`).");
        }
        if (maxEvents < 0) throw new ConfigException($"Profiler.Begin: maxEvents must be at least 0, not {maxEvents}.");
        Interlocked.Increment(ref _sessions);
        Flow.Set(_current = new Profiler(shapes, maxEvents));
        return _current;
    }

    /// <summary>
    /// Names a part of the work, until the result is disposed: <c>using (Profiler.Section("forward")) …</c>. Sections nest.
    /// </summary>
    /// <returns>What ends it; it does nothing when no session of this thread is open.</returns>
    [DebuggerStepThrough]
    public static ProfilerSection Section(string name) => Current is { } profiler ? profiler.Enter(name) : default;

    /// <summary>Ends the session and its open sections; the results stay.</summary>
    /// <remarks>After an <c>await</c> it may be disposed on another thread; nothing was measured since.</remarks>
    public void Dispose()
    {
        if (_end != 0) return;
        CloseSections(0);
        _end = Stopwatch.GetTimestamp();
        if (_current == this) Flow.Set(_current = null);
        Interlocked.Decrement(ref _sessions);
    }

    /// <summary>Adds one call of an operator.</summary>
    internal void Add(string name, string shapes, long start, long end, long bytes, double flops)
    {
        Totals call = new(1, end - start, bytes, flops);
        ref Totals totals = ref CollectionsMarshal.GetValueRefOrAddDefault(_totals, (name, shapes), out _);
        totals = totals.Plus(call);
        _all = _all.Plus(call with { Flops = double.IsNaN(flops) ? 0 : flops });
        Keep(new Event(name, shapes, start, end, bytes, flops));
    }

    /// <summary>The shapes of an operator's tensors, when the session tells them apart.</summary>
    internal string ShapesOf(ReadOnlySpan<Tensor?> tensors)
    {
        if (!_shapes) return "";
        List<string> shapes = [];
        foreach (Tensor? tensor in tensors) shapes.Add(tensor is null ? "-" : tensor.Shape.ToString());
        return string.Join(' ', shapes);
    }

    /// <summary>Ends the sections that were opened when <paramref name="depth"/> others were open, and later.</summary>
    internal void CloseSections(int depth)
    {
        while (_open.Count > depth)
        {
            OpenSection section = _open.Pop();
            long end = Stopwatch.GetTimestamp();
            _node.Totals = _node.Totals.Plus(new Totals(1, end - section.Start, 0, 0));
            _node.OperatorTicks += _all.Ticks - section.OperatorTicks;
            Keep(new Event(_node.Name, null, section.Start, end, 0, double.NaN));
            _node = _node.Parent!;
        }
    }

    private ProfilerSection Enter(string name)
    {
        _node = _node.Child(name);
        _open.Push(new OpenSection(Stopwatch.GetTimestamp(), _all.Ticks));
        return new ProfilerSection(this, _open.Count - 1);
    }

    private void Keep(Event entry)
    {
        _seen++;
        if (_events.Count < _maxEvents) _events.Add(entry);
    }

    private static IEnumerable<SectionProfile> Walk(Node root)
    {
        Stack<(Node Node, int Depth)> open = new([(root, -1)]);
        while (open.TryPop(out (Node Node, int Depth) next))
        {
            (Node node, int depth) = next;
            if (depth >= 0)
                yield return new SectionProfile(node.Name, depth, node.Totals.Calls, Time(node.Totals.Ticks), Time(node.OperatorTicks));
            for (int i = node.Children.Count - 1; i >= 0; i--) open.Push((node.Children[i], depth + 1));
        }
    }

    private static OperatorProfile Describe(string name, string shapes, Totals totals) =>
        new(name, shapes, totals.Calls, Time(totals.Ticks), totals.Bytes, double.IsNaN(totals.Flops) ? null : totals.Flops);

    private static TimeSpan Time(long ticks) => Stopwatch.GetElapsedTime(0, ticks);

    /// <summary>Sums over calls; NaN FLOPs where there is no meaningful number.</summary>
    private readonly record struct Totals(long Calls, long Ticks, long Bytes, double Flops)
    {
        public Totals Plus(Totals other) => new(Calls + other.Calls, Ticks + other.Ticks, Bytes + other.Bytes, Flops + other.Flops);
    }

    /// <summary>One call or one section (whose shapes are null).</summary>
    private readonly record struct Event(string Name, string? Shapes, long Start, long End, long Bytes, double Flops);

    private readonly record struct OpenSection(long Start, long OperatorTicks);

    /// <summary>A section by its place among the others: the same name inside another section is another node.</summary>
    private sealed class Node(string name, Node? parent)
    {
        public string Name { get; } = name;

        public Node? Parent { get; } = parent;

        public List<Node> Children { get; } = [];

        public Totals Totals { get; set; }

        public long OperatorTicks { get; set; }

        public Node Child(string name)
        {
            foreach (Node child in Children)
                if (child.Name == name) return child;
            Node added = new(name, this);
            Children.Add(added);
            return added;
        }
    }
}
