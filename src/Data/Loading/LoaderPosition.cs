using System.Globalization;

namespace MiniStack.Data;

/// <summary>Where in the data a run is: the batch that comes next. It holds for any number of workers and ranks.</summary>
/// <param name="Epoch">From 0.</param>
/// <param name="Batch">From 0; all ranks count the same batches, of which each sees its part.</param>
/// <param name="BatchSize">Examples a batch, over all ranks together: a loader with another batch size refuses to continue inside an epoch.
/// 0 leaves it unsaid.</param>
public readonly record struct LoaderPosition(long Epoch, long Batch, int BatchSize = 0)
{
    /// <summary>As text, such as <c>3:17:64</c>, for the notes of a checkpoint; <c>3:17</c> when the batch size is unsaid.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Epoch}:{Batch}{(BatchSize > 0 ? $":{BatchSize}" : "")}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="ConfigException">It is not such a text.</exception>
    public static LoaderPosition Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(':');
        long size = 0;
        if (parts.Length is 2 or 3 && TryParse(parts[0], out long epoch) && TryParse(parts[1], out long batch)
            && (parts.Length == 2 || (TryParse(parts[2], out size) && size is > 0 and <= int.MaxValue)))
        {
            return new LoaderPosition(epoch, batch, (int)size);
        }
        throw new ConfigException(
            $"LoaderPosition: '{text}' is no position in the data. " +
            "Expected epoch:batch:size, whole numbers such as 3:17:64, or epoch:batch.");

        static bool TryParse(string part, out long number) =>
            long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
