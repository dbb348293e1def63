using System.Reflection;
using MiniStack.Optim;

namespace MiniStack.Tests;

/// <summary>Every number that any constructor of the room takes, and every one that an initializer sets, with values that make no sense.</summary>
public class SettingSweepTests
{
    // What is no mistake: the decay of Adafactor's second moment is below 0.
    private static readonly string[] Allowed = ["Adafactor.beta2Decay=-1"];

    private static readonly object[] Doubles = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -1.0], Longs = [-1L, long.MinValue], Ints = [-1, int.MinValue];

    public static TheoryData<string> Types => [.. All.Select(type => type.Name)];

    private static IEnumerable<Type> All => typeof(Optimizer).Assembly.GetExportedTypes()
        .Where(type => type is { IsClass: true, IsAbstract: false } && type != typeof(MixedPrecision) && Constructor(type).GetParameters().Length > 0);

    [Theory]
    [MemberData(nameof(Types))]
    public void Constructor_ANumberWithoutSense_ThrowsAConfigException(string name)
    {
        ConstructorInfo constructor = Constructor(All.Single(type => type.Name == name));
        ParameterInfo[] parameters = constructor.GetParameters();
        object?[] good = [.. parameters.Select(Good)];
        _ = constructor.Invoke(good); // else everything would be an error
        for (int i = 0; i < parameters.Length; i++)
        {
            foreach (object bad in Bad(parameters[i].ParameterType))
            {
                if (Allowed.Contains(FormattableString.Invariant($"{name}.{parameters[i].Name}={bad}"))) continue;
                object?[] arguments = [.. good];
                arguments[i] = bad;
                Refuses(() => constructor.Invoke(arguments), $"new {name}({parameters[i].Name}: {bad})");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Initializer_ANumberWithoutSense_ThrowsAConfigException(string name)
    {
        Type type = All.Single(type => type.Name == name);
        ConstructorInfo constructor = Constructor(type);
        object made = constructor.Invoke([.. constructor.GetParameters().Select(Good)]);
        foreach (PropertyInfo property in type.GetProperties().Where(property => property.SetMethod is { IsPublic: true }))
            foreach (object bad in Bad(property.PropertyType)) Refuses(() => property.SetValue(made, bad), $"{name} {{ {property.Name} = {bad} }}");
    }

    [Fact]
    public void CosineSchedule_AWarmUpBeyondTheHorizon_Throws() => Assert.Equal(
        "CosineSchedule: the horizon must be at least 1 and not before the warm-up of 11 steps ends, not 10.",
        Assert.Throws<ConfigException>(() => new CosineSchedule(1, 0, WarmUp: 11, Horizon: 10)).Message);

    [Fact]
    public void At_SchedulesOfTheLargestNumbers_EndAndStayInRange()
    {
        const long Most = long.MaxValue;
        ISchedule[] schedules =
        [
            new CosineSchedule(1, 0.5, Most, Most), new CosineRestartsSchedule(1, 0.5, 1, Most), new CosineRestartsSchedule(1, 0.5, 3, 3),
            new WarmUpSchedule(new ConstantSchedule(1), Most), new WarmUpStableDecaySchedule(1, 0, Most, Most, Most), new PolynomialSchedule(1, 0, Most),
            new OneCycleSchedule(1, Most), new StepSchedule(1, Most),
        ];
        foreach (ISchedule schedule in schedules)
            foreach (long step in (long[])[0, 1, 1000, Most - 1]) Assert.InRange(schedule.At(step), 0, 1);
    }

    private static void Refuses(Action action, string what)
    {
        Exception? error = Record.Exception(action);
        Assert.True((error as TargetInvocationException)?.InnerException is ConfigException, $"{what}: {error?.InnerException?.GetType().Name ?? "accepted"}");
    }

    private static ConstructorInfo Constructor(Type type) => type.GetConstructors().First();

    private static object[] Bad(Type type) =>
        type == typeof(double) || type == typeof(double?) ? Doubles : type == typeof(long) ? Longs : type == typeof(int) || type == typeof(int?) ? Ints : [];

    private static object? Good(ParameterInfo parameter) => parameter switch
    {
        { HasDefaultValue: true } => parameter.DefaultValue,
        { ParameterType: var type } when type == typeof(double) => 0.5,
        { ParameterType: var type } when type == typeof(long) => parameter.Name == "WarmUp" ? 1L : 10L,
        { ParameterType: var type } when type == typeof(ISchedule) => new ConstantSchedule(1),
        { ParameterType: var type } when type == typeof(IEnumerable<Parameter>) => new[] { Make.Parameter(Device.Cpu, [2, 2], 1, 2, 3, 4) },
        { ParameterType: var type } when type == typeof(IReadOnlyList<long>) => new long[] { 3 },
        { ParameterType: var type } when type == typeof(IEnumerable<ISchedule>) => new ISchedule[] { new ConstantSchedule(1), new ConstantSchedule(2) },
        { ParameterType: var type } when type == typeof(IEnumerable<long>) => new long[] { 3 },
        _ => throw new NotSupportedException($"{parameter.Member.DeclaringType}: {parameter}"),
    };
}
