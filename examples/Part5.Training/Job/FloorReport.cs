using System.Globalization;
using MiniStack.Data;

namespace MiniStack.Examples.Training;

/// <summary>Compares a validation loss on TinyTales with the exact entropy, and says where the gap comes from.</summary>
internal static class FloorReport
{
    private const int AgreementWindows = 2000, EntropyWindows = 300;

    public static string Describe(double validation, double entropy, int context)
    {
        TaleEstimate agreement = TinyTales.AgreementGap(context, AgreementWindows, new Rng(5));
        TaleEstimate window = TinyTales.WindowEntropy(context, EntropyWindows, new Rng(6));
        double gap = validation - entropy;
        return string.Create(CultureInfo.InvariantCulture,
            $"""
            Validation is {100 * gap / entropy:F1} % ({gap:F4} nats) above the exact entropy of {entropy:F4}. Of that gap,
              {window.Mean - entropy:F4} (±{window.StandardError:F4}) is what windows of {context} characters cost even a perfect predictor,
              {agreement.Mean:F4} (±{agreement.StandardError:F4}) of it agreement with names and things that they do not show.
            """);
    }
}
