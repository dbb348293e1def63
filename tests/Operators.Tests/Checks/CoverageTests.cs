using System.Reflection;

namespace MiniStack.Tests;

/// <summary>The table is whole: every public operator of Variable and Tensor has its row, or a reason why not.</summary>
public class CoverageTests
{
    /// <summary>What returns a Variable or Tensor and is no operator.</summary>
    private static readonly Dictionary<string, string> Exempt = new()
    {
        ["Detach"] = "stops the gradient on purpose; TapeTests shows it",
        ["Watch"] = "makes a variable of a tensor",
        ["Record"] = "puts any operation on the tape; GradCheckTests records its own",
        ["Hook"] = "calls the user's function; HookTests",
        ["Checkpoint"] = "computes any function twice; CheckpointTests",
        ["Empty"] = "has no defined content",
        ["Zeros"] = "makes a constant",
        ["Ones"] = "makes a constant",
        ["Full"] = "makes a constant",
        ["Scalar"] = "makes a constant",
        ["ScalarLike"] = "makes a constant",
        ["Arange"] = "makes a constant",
        ["CopyOf"] = "makes a constant",
        ["Wrap"] = "makes a constant",
        ["Uniform"] = "makes random numbers; RngTests",
        ["Normal"] = "makes random numbers; RngTests",
        ["Keep"] = "moves memory, not numbers",
        ["Persist"] = "moves memory, not numbers",
        ["Clone"] = "is Contiguous of what is not",
        ["Flatten"] = "is Reshape to one axis",
        ["Fill"] = "changes in place; CreateTests",
        ["CopyFrom"] = "changes in place; ViewTests",
        ["AddInPlace"] = "changes in place; InPlaceTests",
        ["SetMatMul"] = "changes in place; MatMulTests",
        ["ScaleInPlace"] = "changes in place; InPlaceTests",
    };

    [Fact]
    public void Table_EveryOperator_HasARow()
    {
        string[] operators = [.. new[] { typeof(Variable), typeof(Tensor) }
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => !method.IsSpecialName && (IsResult(method.ReturnType) || method.GetParameters().Any(p => p.IsOut && p.ParameterType == typeof(Tensor))))
            .Select(method => method.Name).Distinct()];
        Assert.Empty(operators.Except(OperatorTable.ByName.Keys).Except(Exempt.Keys));
        Assert.Empty(Exempt.Keys.Intersect(OperatorTable.ByName.Keys));
    }

    [Fact]
    public void Table_EveryRow_SaysWhatItIs() => Assert.All(OperatorTable.All, op =>
    {
        Assert.NotEmpty(op.Formula);
        Assert.NotEmpty(op.DTypes);
        Assert.NotEmpty(op.Samples);
        Assert.Equal(op.Samples.Length, op.Samples.Select(sample => sample.Condition).Distinct().Count());
        Assert.True(op.Gradient == Differentiable.Twice || op.Reason.Length > 0, $"{op.Name}: say why it has no (second) gradient.");
    });

    private static bool IsResult(Type type) => type == typeof(Variable) || type == typeof(Tensor)
        || (type.IsArray && IsResult(type.GetElementType()!)) || (type.IsGenericType && type.GetGenericArguments().Any(IsResult));
}
