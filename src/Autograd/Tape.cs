using System.Diagnostics;

namespace MiniStack;

/// <summary>Records operations in the order they happen; <see cref="Backward(Variable)"/> walks the list in reverse.</summary>
/// <remarks>
/// The order of execution is already a topological order: an operation can only use results that exist. So backward is
/// a reverse <c>for</c>, and needs no sorting. A tape also owns the memory of its step, as a <see cref="MemoryScope"/>.
/// It belongs to the thread that began it, and to the flow of control: after an <c>await</c> nothing is recorded any more, and the thread
/// is free for others. It may be disposed on any thread.
/// </remarks>
[DebuggerDisplay("Tape, {_nodes.Count} operations, ended: {_ended}")]
public sealed partial class Tape : IDisposable
{
    [ThreadStatic]
    private static Tape? _current;

    [ThreadStatic]
    private static Pause? _pause;

    private static readonly ThreadFlow<Recording> Flow =
        new(recording => (_current, _pause) = recording is null ? (null, null) : (recording.Tape, recording.Pause));

    private readonly List<GradNode> _nodes = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly MemoryScope _memory;
    private bool _ended, _closed, _isNested;
    private Tape? _outer;
    private Pause? _outerPause;
    private List<Storage>? _left; // the step's blocks, once Backward is done

    private Tape(MemoryScope memory) => _memory = memory;

    /// <summary>The tape of this thread, or null.</summary>
    public static Tape? Current
    {
        get
        {
            // Another thread may have disposed it.
            while (_current is { _closed: true } closed) _current = closed._outer;
            return _current;
        }
    }

    /// <summary>True while operations of this thread are recorded.</summary>
    public static bool IsRecording => _current is { _ended: false } && (_pause is null || !IsPaused());

    /// <summary>How many operations are recorded.</summary>
    public int Count => _nodes.Count;

    /// <summary>Starts recording on this thread and opens the memory scope of the step.</summary>
    /// <exception cref="TapeException">Another tape of this thread is still recording.</exception>
    public static Tape Begin()
    {
        if (Current is { _ended: false })
        {
            throw new TapeException(
                "Tape.Begin: a tape of this thread is still recording. " +
                "Call its Backward or dispose it first (`using Tape tape = Tape.Begin();`).");
        }
        Tape tape = new(MemoryScope.Begin("its Tape ended"));
        Switch(tape, _pause);
        return tape;
    }

    /// <summary>
    /// Runs <paramref name="body"/> under a tape of its own and keeps its result: the form in which nobody can <c>await</c> inside.
    /// </summary>
    /// <returns>Its result; what of it is kept, <see cref="MemoryScope.Run{T}(Func{T})"/> says.</returns>
    /// <exception cref="TapeException">Another tape of this thread is still recording.</exception>
    public static T Run<T>(Func<Tape, T> body)
    {
        using Tape tape = Begin();
        T result = body(tape);
        tape._memory.KeepAll(result);
        return result;
    }

    /// <summary>
    /// A tape inside whatever this thread records, or does not: for what computes gradients on its own. Disposing it goes on as before.
    /// </summary>
    internal static Tape BeginNested()
    {
        Tape nested = new(MemoryScope.Begin("its Tape ended")) { _isNested = true, _outer = Current, _outerPause = _pause };
        Switch(nested, pause: null);
        return nested;
    }

    /// <summary>Stops recording on this thread until the result is disposed: for evaluation inside a step.</summary>
    public static Pause NoGrad()
    {
        Pause pause = new(_pause);
        Switch(_current, pause);
        return pause;
    }

    /// <summary>
    /// Computes ∂loss/∂p for every <see cref="Parameter"/> p that the loss depends on and adds it to <see cref="Parameter.Grad"/>.
    /// Ends the recording: a tape is used once. The graph is let go, and tensors created from now on belong to whoever is around the tape.
    /// </summary>
    /// <remarks>If it throws, the gradients of all parameters that this tape has recorded are cleared: nothing half stays.</remarks>
    /// <param name="loss">One number, computed under this tape.</param>
    /// <exception cref="TapeException">The tape was used before, belongs to another thread, or did not record the loss; or a saved tensor
    /// changed.</exception>
    /// <exception cref="ShapeException">The loss is not one number.</exception>
    public void Backward(Variable loss)
    {
        CheckBackward(loss);
        if (loss.Value.Count != 1)
        {
            throw new ShapeException(
                $"Backward: the loss has shape {loss.Shape}, but must be one number. Reduce it first, for example with Mean() or Sum().");
        }
        Sweep(loss, gradient: null, ready: null);
    }

    /// <summary>
    /// As <see cref="Backward(Variable)"/>, for a result of any shape whose gradient is known: adds Σ gradient·∂result/∂p to the gradients.
    /// </summary>
    /// <param name="result">Computed under this tape.</param>
    /// <param name="gradient">∂loss/∂result, of the result's shape, dtype and device; it is not changed.</param>
    /// <exception cref="TapeException">As above.</exception>
    /// <exception cref="ShapeException">The gradient has another shape.</exception>
    /// <exception cref="DTypeException">The gradient has another dtype.</exception>
    /// <exception cref="DeviceException">The gradient is on another device.</exception>
    public void Backward(Variable result, Tensor gradient)
    {
        CheckBackward(result);
        if (gradient.Shape != result.Shape)
        {
            throw new ShapeException(
                $"Backward: the gradient has shape {gradient.Shape}, the result {result.Shape}. Give one number for each of the result's.");
        }
        if (gradient.DType != result.Value.DType)
        {
            throw new DTypeException(
                $"Backward: the gradient is {gradient.DType}, the result {result.Value.DType}. " +
                $"Convert with To(DType.{result.Value.DType}).");
        }
        if (gradient.Device != result.Value.Device)
        {
            throw new DeviceException(
                $"Backward: the gradient is on {gradient.Device}, the result on {result.Value.Device}. Move it with To(device).");
        }
        Sweep(result, gradient, ready: null);
    }

    /// <summary>Ends the recording and returns the step's memory to the pool.</summary>
    /// <remarks>On any thread. What the tape's own thread may still compute with goes to the garbage collector.</remarks>
    public void Dispose()
    {
        if (_closed) return;
        (_ended, _closed) = (true, true);
        LetGo();
        if (_left is not null) _memory.TakeBack(_left);
        try
        {
            _memory.Dispose();
        }
        finally
        {
            // On another thread, the tape's own drops it when it next looks.
            if (_current == this) Switch(_outer, _isNested ? _outerPause : _pause);
        }
    }

    /// <summary>Takes the operations from the variables that they made: a loss that somebody keeps must not keep the whole graph.</summary>
    private void LetGo()
    {
        EndedNode ended = new(_thread);
        foreach (GradNode node in _nodes) node.Forget(ended);
        _nodes.Clear();
    }

    private static void Switch(Tape? tape, Pause? pause)
    {
        (_current, _pause) = (tape, pause);
        Flow.Set(tape is null && pause is null ? null : new Recording(tape, pause));
    }

    /// <summary>Whether a pause of this thread lasts; another thread may have ended it.</summary>
    private static bool IsPaused()
    {
        while (_pause is { IsOver: true } over) _pause = over.Outer;
        return _pause is not null;
    }

    /// <summary>Adds an operation, after checking that its inputs can be differentiated on this tape.</summary>
    internal void Add(GradNode node)
    {
        node.Tape = this;
        if (Anomalies.AreDetected) Anomalies.Note(node);
        _nodes.Add(node);
    }

    /// <summary>Throws when a variable made under another tape, or on another thread, is used here.</summary>
    [DebuggerStepThrough]
    internal static void CheckUse(GradNode node)
    {
        foreach (Variable input in node.Inputs)
        {
            if (input.Node is not { } made || (made.Tape is { } tape && tape == _current && !tape._ended)) continue;
            if ((made.Tape?._thread ?? (made as EndedNode)?.Thread) is { } thread && thread != Environment.CurrentManagedThreadId)
            {
                throw new TapeException(
                    $"{node.Name}: an input was recorded by a tape of another thread. A tape belongs to one thread; " +
                    "use Detach() to pass a value on without its gradient.");
            }
            if (IsRecording)
            {
                throw new TapeException(
                    $"{node.Name}: an input was recorded by a tape that has ended, so no gradient can flow through it. " +
                    "Compute it again under this tape, or use Detach() to treat it as a constant.");
            }
        }
    }

    /// <summary>What a thread records with, and what keeps it from recording.</summary>
    private sealed record Recording(Tape? Tape, Pause? Pause);

    /// <summary>Stands where the operation stood that made a variable, once the tape has ended.</summary>
    private sealed class EndedNode(int thread) : GradNode
    {
        public int Thread => thread;

        public override void Backward(Variable dy)
        {
        }
    }

    /// <summary>Recording is off until this is disposed. A class, because a copied struct could resume twice.</summary>
    public sealed class Pause : IDisposable
    {
        internal Pause(Pause? outer) => Outer = outer;

        internal Pause? Outer { get; }

        internal bool IsOver { get; private set; }

        /// <summary>Resumes recording, on whatever thread it is called.</summary>
        public void Dispose()
        {
            if (IsOver) return;
            IsOver = true;
            if (_pause == this) Switch(_current, Outer);
        }
    }
}
