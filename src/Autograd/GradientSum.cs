namespace MiniStack;

/// <summary>The gradient of an intermediate result while it is being summed over the result's uses.</summary>
/// <remarks>
/// A borrowed gradient is never written: addition hands the same tensor to both inputs. Only when this sum is the
/// storage's single owner, and the formula that made it is done, is the next gradient added in place.
/// </remarks>
internal sealed class GradientSum
{
    private Tensor? _sum;
    private bool _counted;

    public void Add(Tensor gradient)
    {
        if (_sum is null)
        {
            Hold(gradient);
            return;
        }
        // A formula that adds to one sum twice, as that of x·x, may read its first gradient again.
        bool inUse = _sum.Storage.Scope == MemoryScope.Current;
        if (_counted && _sum.Storage.Owners == 1 && _sum.IsContiguous && !inUse)
        {
            _sum.AddInPlace(gradient);
            return;
        }
        Tensor sum = _sum.Add(gradient);
        Release(atOnce: !inUse);
        Hold(sum);
    }

    /// <summary>The sum, or null when nothing was added: no path leads from the result to the loss.</summary>
    public Tensor? Value => _sum;

    /// <summary>Lets go of the sum; its memory returns to the pool if nobody else holds it.</summary>
    public void Release(bool atOnce = true)
    {
        if (_sum is not null && _counted) _sum.Storage.Release(atOnce);
        _sum = null;
    }

    private void Hold(Tensor gradient)
    {
        _sum = gradient;
        // Only blocks made by Backward are counted, those of the current operation's scope or already held by another
        // sum. A formula may also hand over a tensor of the user's: that one is not ours to write or return.
        _counted = gradient.Storage.Owners > 0 || (gradient.Storage.Scope is { } scope && scope == MemoryScope.Current);
        if (_counted) gradient.Storage.Retain();
    }
}
