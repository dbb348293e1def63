using System.Globalization;
using MiniStack.Data;

namespace MiniStack.Examples.Training;

/// <summary>Compares a validation loss on TinyTales with the exact entropy, and says where the gap comes from.</summary>
internal static class FloorReport
{
    private const int Windows = 2000;

    public static string Describe(double validation, double entropy, int context)
    {
        TaleEstimate agreement = TinyTales.AgreementGap(context, Windows, new Rng(5));
        double gap = validation - entropy;
        return string.Create(CultureInfo.InvariantCulture,
            $"Validation is {100 * gap / entropy:F1} % above the exact entropy of {entropy:F4}. Of that gap of {gap:F4} nats, {agreement.Mean:F4} (±{agreement.StandardError:F4}) " +
            $"is agreement with names and things that windows of {context} characters do not show.");
    }
}
