using System.Globalization;

namespace MiniStack.Data;

/// <summary>Where in the data a run is: the batch that comes next. It holds for any number of workers and ranks.</summary>
/// <param name="Epoch">From 0.</param>
/// <param name="Batch">From 0; all ranks count the same batches, of which each sees its part.</param>
public readonly record struct LoaderPosition(long Epoch, long Batch)
{
    /// <summary>As text, such as <c>3:17</c>, for the notes of a checkpoint.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}:{Batch}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="ConfigException">It is not such a text.</exception>
    public static LoaderPosition Parse(string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length == 2 && TryParse(parts[0], out long epoch) && TryParse(parts[1], out long batch)) return new LoaderPosition(epoch, batch);
        throw new ConfigException($"LoaderPosition: '{text}' is no position in the data. Expected epoch:batch, two whole numbers from 0, such as 3:17.");

        static bool TryParse(string part, out long number) => long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
