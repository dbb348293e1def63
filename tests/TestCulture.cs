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
        CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = Find(name);
    }

    /// <summary>The culture; where the runtime has none but the invariant one, that with the numbers of the German one.</summary>
    private static CultureInfo Find(string name)
    {
        try
        {
            return CultureInfo.GetCultureInfo(name);
        }
        catch (CultureNotFoundException)
        {
            CultureInfo culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NumberGroupSeparator) = (",", ".");
            return culture;
        }
    }
}
