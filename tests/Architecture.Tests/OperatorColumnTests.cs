using System.Reflection;
using System.Text.RegularExpressions;
using MiniStack.Operators;

namespace MiniStack.Architecture.Tests;

/// <summary>An operator is a column through the house: every part is there, or its absence has a reason in <see cref="OperatorExemptions"/>.</summary>
public sealed class OperatorColumnTests(ITestOutputHelper output)
{
    /// <summary>Methods of the backends' contract, and the structs that its element-wise methods take.</summary>
    private static readonly Operator[] Operators =
    [
        .. typeof(Backend).GetMethods(BindingFlags.Public | BindingFlags.Instance)
            .Where(method => method.IsAbstract && !method.IsSpecialName && !method.IsGenericMethod)
            .Select(method => new Operator(method.Name, method, null)),
        .. typeof(Backend).Assembly.GetTypes().Where(IsElementwise).Select(type => new Operator(type.Name, null, type)),
    ];

    private static readonly Type CudaBackend = Repository.AssemblyOf("Cuda").GetType("MiniStack.Cuda.CudaBackend", throwOnError: true)!;

    /// <summary>The code of Variable's operators.</summary>
    private static readonly Lazy<string> VariableCode = new(() =>
        string.Concat(Repository.Files("src/Autograd/Operators", "*.cs").Select(file => Repository.WithoutComments(File.ReadAllText(file)))));

    /// <summary>The code of the tests of Tensor, and the table of operators.</summary>
    private static readonly Lazy<string> TestCode = new(() =>
        string.Concat(new[] { "tests/Tensor.Tests", "tests/Operators.Tests" }.SelectMany(folder => Repository.Files(folder, "*.cs")).Select(file => Repository.WithoutComments(File.ReadAllText(file)))));

    /// <summary>Names of the element-wise operators.</summary>
    internal static IEnumerable<string> ElementwiseNames => Operators.Where(one => one.Struct is not null).Select(one => one.Name);

    /// <summary>The floors of the house, and how to see that an operator has its part there.</summary>
    private static readonly Dictionary<Floor, Func<Operator, bool>> Floors = new()
    {
        [Floor.Tensor] = one => HasPublic(typeof(Tensor), one.Name) || IsFused(one.Name),
        [Floor.Reference] = one => one.Struct is not null || Overrides(typeof(ReferenceBackend), one.Method!),
        [Floor.Cpu] = one => one.Struct is not null || Overrides(typeof(CpuBackend), one.Method!),
        [Floor.Cuda] = one => one.Struct is not null ? HasKernel(one.Struct) : Overrides(CudaBackend, one.Method!),
        [Floor.Variable] = one => HasPublic(typeof(Variable), one.Name) || IsGradient(one.Name),
        // The table checks a fused gradient with its operator.
        [Floor.Tests] = one => IsTested(one.Name) || (IsGradient(one.Name) && IsTested(one.Name[..^"Backward".Length])),
    };

    public static TheoryData<Floor> AllFloors => [.. Enum.GetValues<Floor>()];

    [Theory]
    [MemberData(nameof(AllFloors))]
    public void Operators_Floor_IsThereOrExempt(Floor floor)
    {
        string[] missing = [.. Operators.Where(one => !Floors[floor](one)).Select(one => one.Name)];
        string[] exempt = [.. OperatorExemptions.All.Where(exemption => exemption.Floor == floor).SelectMany(exemption => exemption.Operators)];
        string[] absent = [.. missing.Except(exempt)], stale = [.. exempt.Except(missing)];
        foreach (OperatorExemption exemption in OperatorExemptions.All.Where(exemption => exemption.Floor == floor))
            output.WriteLine($"{floor} lacks {string.Join(", ", exemption.Operators)}: {exemption.Reason}");
        Assert.True(absent.Length == 0,
            $"Operators without a part on the floor {floor}: {string.Join(", ", absent)}. Write it, or give the reason in OperatorExemptions.");
        Assert.True(stale.Length == 0,
            $"These exemptions on the floor {floor} are no longer needed: {string.Join(", ", stale)}. Remove them and lower OperatorExemptions.Most.");
    }

    [Fact]
    public void Exemptions_Count_OnlyShrinks()
    {
        string[] all = [.. OperatorExemptions.All.SelectMany(exemption => exemption.Operators.Select(name => $"{name} on {exemption.Floor}"))];
        output.WriteLine($"{Operators.Length} operators, {all.Length} exemptions.");
        Assert.Equal(all.Distinct(), all);
        Assert.All(OperatorExemptions.All, exemption => Assert.NotEmpty(exemption.Reason));
        Assert.True(all.Length == OperatorExemptions.Most,
            $"There are {all.Length} exemptions and OperatorExemptions.Most is {OperatorExemptions.Most}: it may only be lowered.");
    }

    /// <summary>Named in a test, and not as Assert's, Math's or LINQ's method of that name.</summary>
    private static bool IsTested(string name) => Regex.IsMatch(
        TestCode.Value, $@"(?<!\b(Assert|Math|MathF|TensorPrimitives)\.)\b{name}(\b(?!\(\s*(\w+|\([^)]*\))\s*=>)|_)");

    /// <summary>A fused gradient's part is its use in the gradient of its operator, which is a public method there.</summary>
    private static bool IsGradient(string name) => name.EndsWith("Backward", StringComparison.Ordinal)
        && HasPublic(typeof(Variable), name[..^"Backward".Length]) && VariableCode.Value.Contains($"Fused.{name}(", StringComparison.Ordinal);

    /// <summary>What only gradients call is internal.</summary>
    private static bool IsFused(string name) =>
        Array.Exists(typeof(Fused).GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic), method => method.Name == name);

    private static bool IsElementwise(Type type) => type.IsValueType &&
        type.GetInterfaces().Any(one => one == typeof(IUnaryOperator) || one == typeof(IBinaryOperator) || one == typeof(IComparison));

    private static bool HasKernel(Type type) => type.GetProperty("Kernel", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) is string;

    private static bool HasPublic(Type type, string name) =>
        type.GetMember(name, MemberTypes.Method, BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static).Length > 0;

    private static bool Overrides(Type backend, MethodInfo method) =>
        backend.GetMethod(method.Name, [.. method.GetParameters().Select(parameter => parameter.ParameterType)])?.DeclaringType == backend;

    /// <summary>An operator by its method of the contract, or by its struct.</summary>
    private sealed record Operator(string Name, MethodInfo? Method, Type? Struct);
}
