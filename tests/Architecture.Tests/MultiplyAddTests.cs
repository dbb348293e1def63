using System.Text.RegularExpressions;

namespace MiniStack.Architecture.Tests;

/// <summary>Where a processor has no multiply-and-add, .NET emulates it at a fortieth of the speed; one file asks whether it has.</summary>
public sealed partial class MultiplyAddTests
{
    [Fact]
    public void FusedMultiplyAdd_IsCalledInOnePlaceOnly()
    {
        string[] calls =
        [
            .. from file in Repository.Files("src", "*.cs")
               where Fused().IsMatch(Repository.WithoutComments(File.ReadAllText(file)))
               select Path.GetFileName(file),
        ];
        Assert.Equal(["MultiplyAdd.cs"], calls);
    }

    [GeneratedRegex(@"\bFusedMultiplyAdd\b|\bFma\.Multiply|\bAdvSimd\.FusedMultiply")]
    private static partial Regex Fused();
}
