namespace MiniStack.Optim;

/// <summary>What has a state that a checkpoint must hold, so that a run continues as if it had never stopped: averages, a schedule that
/// looks at results, a loss scaler.</summary>
public interface ISavedState
{
    /// <summary>State tensors by name. They are live.</summary>
    IEnumerable<KeyValuePair<string, Tensor>> State { get; }

    /// <summary>Continues from a saved state.</summary>
    /// <param name="state">By name; there may be others in it.</param>
    /// <exception cref="CheckpointException">A tensor is missing, misshapen or of another kind; nothing was changed.</exception>
    void LoadState(IReadOnlyDictionary<string, Tensor> state);
}
