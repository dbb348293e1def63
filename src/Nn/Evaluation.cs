namespace MiniStack.Nn;

/// <summary>Evaluates without switching anything: whatever mode modules are in, for this call they evaluate.</summary>
/// <remarks>
/// <see cref="Module.Train"/> and <see cref="Module.Eval"/> switch the model itself, for everybody who uses it. What runs here sees
/// <see cref="Module.IsTraining"/> as false in every module, on this thread and on those that it starts, and nobody else does: so
/// one model serves many threads at once, even while it is trained. What is computed is not recorded, and its memory returns to the pool at
/// once, except that of the result.
/// </remarks>
public static class Evaluation
{
    private static readonly AsyncLocal<bool> Evaluates = new();

    /// <summary>True inside of <see cref="Run{T}"/>.</summary>
    public static bool IsRunning => Evaluates.Value;

    /// <summary>
    /// Computes as all modules do in evaluation: no dropout, running statistics; unrecorded, in a memory scope of its own.
    /// </summary>
    /// <param name="compute">What calls models; nothing may <c>await</c> inside.</param>
    /// <returns>Its result; which tensors of it are kept, <see cref="MemoryScope.Run{T}(Func{T})"/> says.</returns>
    public static T Run<T>(Func<T> compute)
    {
        using Mode mode = Enter();
        using Tape.Pause pause = Tape.NoGrad();
        return MemoryScope.Run(compute);
    }

    /// <summary>Every module evaluates until the result is disposed; what is computed is recorded, if a tape listens.</summary>
    internal static Mode Enter() => new(Evaluates.Value);

    /// <summary>Modules evaluate until this is disposed.</summary>
    internal readonly struct Mode : IDisposable
    {
        private readonly bool _before;

        public Mode(bool before)
        {
            _before = before;
            Evaluates.Value = true;
        }

        public void Dispose() => Evaluates.Value = _before;
    }
}
