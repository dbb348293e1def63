using System.Globalization;
using System.Runtime.CompilerServices;

namespace MiniStack.Tests;

/// <summary>Runs the tests under another culture: no result may depend on it. <c>MINISTACK_CULTURE=de-DE</c> writes 1,5 for 1.5.</summary>
internal static class TestCulture
{
    [ModuleInitializer]
    internal static void Set()
    {
        if (Environment.GetEnvironmentVariable("MINISTACK_CULTURE") is not { Length: > 0 } name) return;
        CultureInfo culture = CultureInfo.GetCultureInfo(name);
        // Without ICU every culture writes numbers as the invariant one does.
        if (culture.NumberFormat.NumberDecimalSeparator == ".")
        {
            culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NumberGroupSeparator) = (",", ".");
        }
        CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = culture;
    }
}
