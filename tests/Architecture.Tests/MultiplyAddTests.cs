using System.Text.RegularExpressions;

namespace MiniStack.Architecture.Tests;

/// <summary>Where a processor has no multiply-and-add, .NET emulates FusedMultiplyAdd at a fortieth of the speed; MultiplyAddEstimate is as fast as it can be.</summary>
public sealed partial class MultiplyAddTests
{
    [Fact]
    public void FusedMultiplyAdd_IsCalledNowhere()
    {
        string[] calls =
        [
            .. from file in Repository.Files("src", "*.cs")
               where Fused().IsMatch(Repository.WithoutComments(File.ReadAllText(file)))
               select Path.GetFileName(file),
        ];
        Assert.Empty(calls);
    }

    [GeneratedRegex(@"\bFusedMultiplyAdd\b|\bFma\.Multiply|\bAdvSimd\.FusedMultiply")]
    private static partial Regex Fused();
}
