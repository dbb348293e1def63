namespace MiniStack.Tests;

/// <summary>Long versions of tests run when MINISTACK_SOAK is 1.</summary>
internal static class Soak
{
    public static bool IsOn => Environment.GetEnvironmentVariable("MINISTACK_SOAK") == "1";
}
