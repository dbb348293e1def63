using System.Reflection;
using MiniStack.Cuda;

namespace MiniStack.Tests;

/// <summary>The comparisons mean something only where the device has code of its own.</summary>
public class OverrideTests
{
    // Operators that are always computed on the CPU, each with its reason. The list may only shrink.
    private static readonly Dictionary<string, string> Missing = [];

    [Fact]
    public void CudaBackend_EveryMethod_IsOverriddenOrListed()
    {
        string[] inherited =
        [
            .. typeof(Backend).GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly).Where(method => method.IsAbstract)
                .Select(method => typeof(CudaBackend).GetMethod(method.Name, method.GetParameters().Select(p => p.ParameterType).ToArray())!)
                .Where(method => method.DeclaringType != typeof(CudaBackend)).Select(method => method.Name),
        ];
        Assert.Equal(Missing.Keys.Order(), inherited.Order());
    }
}
