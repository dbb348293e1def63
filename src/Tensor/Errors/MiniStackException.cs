namespace MiniStack;

/// <summary>A mistake of the caller that MiniStack can explain: the message says what was wrong and what to do.</summary>
public abstract class MiniStackException : Exception
{
    /// <summary>Creates the exception.</summary>
    protected MiniStackException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>The module that was running, such as <c>h.0.attn</c>; set by the module that the exception passes first.</summary>
    public string? ModulePath { get; set; }

    /// <summary>The operation whose gradient was being computed, such as <c>MatMul</c>; null outside Backward.</summary>
    public string? GradientOf { get; set; }

    /// <inheritdoc/>
    public override string Message =>
        base.Message + (GradientOf is null ? "" : $" [in the gradient of {GradientOf}]") +
        (ModulePath is null ? "" : $" [in module {ModulePath}]");
}

/// <summary>Shapes or axes do not fit together.</summary>
public sealed class ShapeException(string message) : MiniStackException(message);

/// <summary>An operator was given a DType it does not work on.</summary>
public sealed class DTypeException(string message) : MiniStackException(message);

/// <summary>Tensors lie on different devices, or a device is missing.</summary>
public class DeviceException(string message) : MiniStackException(message);

/// <summary>An index, such as a token id or a class, lies outside the table it points into.</summary>
public sealed class IndexException(string message) : MiniStackException(message);

/// <summary>A tensor was used after its memory scope ended, or a scope was closed out of order.</summary>
public sealed class MemoryScopeException(string message) : MiniStackException(message);

/// <summary>A setting (a size, a rate, a thread count) makes no sense.</summary>
public sealed class ConfigException(string message) : MiniStackException(message);

/// <summary>A file of weights or training state is damaged, does not fit the model, or cannot be written.</summary>
public sealed class CheckpointException(string message, Exception? inner = null) : MiniStackException(message, inner);
