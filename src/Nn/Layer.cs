using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace MiniStack.Nn;

/// <summary>A module that turns one thing into another: callers use <see cref="Call"/>, authors write <see cref="Forward"/>.</summary>
/// <typeparam name="TInput">What goes in, such as <see cref="Tensor"/> for token ids.</typeparam>
/// <typeparam name="TOutput">What comes out, nearly always a <see cref="Variable"/>.</typeparam>
public abstract class Layer<TInput, TOutput> : Module
    where TInput : class
    where TOutput : class
{
    private readonly HookList<Func<TInput, TInput>> _before = new();
    private readonly HookList<Func<TInput, TOutput, TOutput>> _after = new();

    /// <summary>Applies the layer and its hooks; a typed error that arises inside names the layer's path.</summary>
    [DebuggerStepThrough]
    public TOutput Call(TInput x)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw TooDeep();
        using ProfilerSection profile = Profile();
        using Anomalies.ModuleSection section = Enter();
        try
        {
            if (!HasHooks) return Tape.IsRecording ? Forward(x) : ForwardAlone(x);
            foreach (Func<TInput, TInput> hook in _before) x = hook(x);
            Observer?.Invoke(this, null);
            TOutput y = Tape.IsRecording ? Forward(x) : ForwardAlone(x);
            foreach (Func<TInput, TOutput, TOutput> hook in _after) y = hook(x, y);
            Observer?.Invoke(this, y);
            return y;
        }
        catch (MiniStackException error) when (Blame(error))
        {
            throw;
        }
    }

    /// <summary>The layer's formula. Callers use <see cref="Call"/>.</summary>
    public abstract TOutput Forward(TInput x);

    /// <summary>Calls <paramref name="hook"/> with every input before <see cref="Forward"/>, which then gets what it returns.</summary>
    /// <returns>What takes the hook away again.</returns>
    public IDisposable BeforeForward(Func<TInput, TInput> hook) => _before.Add(hook);

    /// <summary>
    /// Calls <paramref name="hook"/> with every input and output of <see cref="Forward"/>; what it returns takes the output's place.
    /// </summary>
    /// <returns>What takes the hook away again.</returns>
    public IDisposable AfterForward(Func<TInput, TOutput, TOutput> hook) => _after.Add(hook);

    /// <summary>A forward pass that nobody records: what it made on the way returns to the pool at once, its output moves out.</summary>
    private TOutput ForwardAlone(TInput x)
    {
        // What cannot list its tensors would lose them.
        if (!typeof(TOutput).IsAssignableTo(typeof(IHoldsTensors))) return Forward(x);
        using MemoryScope scope = MemoryScope.Begin();
        TOutput y = Forward(x);
        if (y is Variable variable) Keep(variable.Value);
        else if (y is IHoldsTensors holder) foreach (Tensor tensor in holder.Tensors) Keep(tensor);
        return y;

        void Keep(Tensor tensor)
        {
            // Of an input or a parameter nothing changes.
            if (tensor.Storage.Scope == scope) tensor.Keep();
        }
    }

    private ConfigException TooDeep() => new(
        $"{Texts.Name(GetType())}: modules call one another too deeply for the stack of this thread. " +
        "Put layers one after the other into one Sequential instead of one inside the other, " +
        "or run the model on a thread with a larger stack, new Thread(…, maxStackSize).");

    private protected override bool HasHooks => _before.Count + _after.Count > 0 || Observer is not null;
}

/// <summary>A module that turns one variable into another.</summary>
public abstract class Layer : Layer<Variable, Variable>
{
    /// <summary>
    /// Calls <paramref name="hook"/> with the gradient of every output during Backward; what it returns takes the gradient's place.
    /// </summary>
    /// <returns>What takes the hook away again, for the calls that follow.</returns>
    public IDisposable OnBackward(Func<Variable, Variable> hook) =>
        AfterForward((_, y) => y.NeedsGrad ? y.Hook(hook) : y);
}
