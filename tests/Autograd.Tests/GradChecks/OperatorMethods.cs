using System.Reflection;

namespace MiniStack.Tests;

/// <summary>The public methods of <see cref="Variable"/> that return a Variable.</summary>
internal static class OperatorMethods
{
    /// <summary>Those that are not checked by differences, and why.</summary>
    public static readonly Dictionary<string, string> Exempt = new()
    {
        ["op_Implicit"] = "makes a constant of a tensor: there is no gradient",
        ["Detach"] = "stops the gradient on purpose; TapeTests shows it",
        ["Record"] = "puts any operation on the tape; GradCheckTests records its own",
        ["To"] = "rounding to F32 is coarser than differences; ConvertGradientTests compares exactly",
    };

    public static IEnumerable<string> All() => Methods().Select(KeyOf).Distinct();

    /// <summary>The method's name, and its parameter types where the name alone is not unique.</summary>
    public static string KeyOf(MethodInfo method)
    {
        bool unique = Methods().Count(other => other.Name == method.Name) == 1;
        return unique ? method.Name : $"{method.Name}({string.Join(",", method.GetParameters().Select(p => p.ParameterType.Name))})";
    }

    private static IEnumerable<MethodInfo> Methods() => typeof(Variable)
        .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        .Where(method => method.ReturnType == typeof(Variable));
}
