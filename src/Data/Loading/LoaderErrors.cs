namespace MiniStack.Data;

/// <summary>Says which example or batch an error belongs to: it happened on another thread, some time ago.</summary>
internal static class LoaderErrors
{
    public static DataException Example(long index, long place, long epoch, Exception cause) => new(
        FormattableString.Invariant($"Example {index} (place {place} of epoch {epoch}) could not be made: {cause.Message}"), cause);

    public static TBatch Collated<T, TBatch>(Func<IReadOnlyList<T>, TBatch> collate, IReadOnlyList<T> examples, LoaderPosition position)
    {
        try
        {
            return collate(examples);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new DataException(
                FormattableString.Invariant($"Batch {position.Batch} of epoch {position.Epoch} could not be made of its ") +
                FormattableString.Invariant($"{examples.Count} examples: {exception.Message}"),
                exception);
        }
    }
}
