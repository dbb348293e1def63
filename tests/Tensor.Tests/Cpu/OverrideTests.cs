using System.Reflection;

namespace MiniStack.Tests;

/// <summary>The comparisons with the reference mean something only where the CPU backend has code of its own.</summary>
public class OverrideTests
{
    // Methods that still run the reference loops, each with its reason. The list may only shrink.
    private static readonly Dictionary<string, string> Missing = [];

    [Fact]
    public void CpuBackend_EveryMethod_IsOverriddenOrListed()
    {
        string[] inherited = typeof(Backend).GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
            .Where(method => method.IsAbstract)
            .Where(method => !typeof(CpuBackend).GetMethods().Any(own => own.DeclaringType == typeof(CpuBackend) && own.GetBaseDefinition() == method))
            .Select(method => method.Name)
            .ToArray();
        Assert.Equal(Missing.Keys.Order(), inherited.Order());
    }
}
