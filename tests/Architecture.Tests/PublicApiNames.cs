using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace MiniStack.Architecture.Tests;

/// <summary>Types and signatures as C# writes them, nullability included.</summary>
internal static class PublicApiNames
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void", [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte", [typeof(short)] = "short",
        [typeof(ushort)] = "ushort", [typeof(int)] = "int", [typeof(uint)] = "uint", [typeof(long)] = "long", [typeof(ulong)] = "ulong",
        [typeof(float)] = "float", [typeof(double)] = "double", [typeof(char)] = "char", [typeof(string)] = "string",
        [typeof(object)] = "object", [typeof(nint)] = "nint", [typeof(nuint)] = "nuint", [typeof(decimal)] = "decimal",
    };

    /// <summary>A type where it is used, without its namespace: names are unique in MiniStack.</summary>
    public static string Of(Type type) => Of(type, null);

    /// <summary>A type where it is declared, with its namespace and the bounds of its type parameters.</summary>
    public static string OfDeclared(Type type) => $"{type.Namespace}.{Of(type)}{Bounds(type.GetGenericArguments())}";

    public static string OfProperty(PropertyInfo property)
    {
        string by = property.PropertyType.IsByRef ? "ref " : "";
        string type = by + Of(property.PropertyType, new NullabilityInfoContext().Create(property));
        ParameterInfo[] indices = property.GetIndexParameters();
        return indices.Length == 0 ? $"{type} {property.Name}" : $"{type} this[{string.Join(", ", indices.Select(Parameter))}]";
    }

    public static string OfField(FieldInfo field) => $"{Of(field.FieldType, new NullabilityInfoContext().Create(field))} {field.Name}";

    public static string Signature(ConstructorInfo constructor) =>
        $"{Of(constructor.DeclaringType!).Split('<')[0].Split('.')[^1]}({Parameters(constructor)})";

    public static string Signature(MethodInfo method, string name)
    {
        string result = Of(method.ReturnType, new NullabilityInfoContext().Create(method.ReturnParameter));
        string by = method.ReturnType.IsByRef ? method.ReturnParameter.IsDefined(typeof(IsReadOnlyAttribute)) ? "ref readonly " : "ref " : "";
        string generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Of))}>" : "";
        string bounds = method.IsGenericMethod ? Bounds(method.GetGenericArguments()) : "";
        return $"{by}{result} {name}{generic}({Parameters(method)}){bounds}";
    }

    public static string Constant(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static string Parameters(MethodBase method)
    {
        string self = method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
        return self + string.Join(", ", method.GetParameters().Select(Parameter));
    }

    private static string Parameter(ParameterInfo parameter)
    {
        string by = parameter.IsOut ? "out " : parameter.IsIn ? "in " : parameter.ParameterType.IsByRef ? "ref " : "";
        bool isParams = parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute));
        string value = parameter.HasDefaultValue ? $" = {Default(parameter)}" : "";
        string type = Of(parameter.ParameterType, new NullabilityInfoContext().Create(parameter));
        return $"{(isParams ? "params " : "")}{by}{type} {parameter.Name}{value}";
    }

    private static string Default(ParameterInfo parameter)
    {
        Type type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        if (parameter.RawDefaultValue is null) return parameter.ParameterType.IsValueType && type == parameter.ParameterType ? "default" : "null";
        return type.IsEnum ? $"{type.Name}.{Enum.ToObject(type, parameter.RawDefaultValue)}" : Constant(parameter.RawDefaultValue);
    }

    private static string Of(Type type, NullabilityInfo? nullability)
    {
        if (type.IsByRef) return Of(type.GetElementType()!, nullability);
        if (type.IsPointer) return Of(type.GetElementType()!) + "*";
        if (Nullable.GetUnderlyingType(type) is { } underlying) return Of(underlying) + "?";
        // A type parameter is nullable to reflection unless told otherwise; only what the source says is of interest.
        bool mayBeNull = !type.IsValueType && !type.IsGenericParameter && nullability is { ReadState: NullabilityState.Nullable };
        return Plain(type, nullability) + (mayBeNull ? "?" : "");
    }

    private static string Plain(Type type, NullabilityInfo? nullability)
    {
        if (Keywords.TryGetValue(type, out string? keyword)) return keyword;
        if (type.IsArray)
            return $"{Of(type.GetElementType()!, nullability?.ElementType)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (type.IsGenericParameter) return type.Name;
        Type[] arguments = type.GetGenericArguments();
        NullabilityInfo[] states = nullability?.GenericTypeArguments ?? [];
        string[] names = [.. arguments.Select((argument, i) => Of(argument, i < states.Length ? states[i] : null))];
        if (type.FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true) return $"({string.Join(", ", names)})";
        string name = type.Name.Split('`')[0];
        // A nested type repeats the parameters of the one around it; MiniStack nests no generic types.
        if (type.IsNested) name = $"{type.DeclaringType!.Name.Split('`')[0]}.{name}";
        return arguments.Length == 0 ? name : $"{name}<{string.Join(", ", names)}>";
    }

    private static string Bounds(Type[] parameters) => string.Concat(parameters.Where(type => type.IsGenericParameter).Select(type =>
    {
        GenericParameterAttributes flags = type.GenericParameterAttributes;
        List<string> bounds = [];
        bool isUnmanaged = type.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "IsUnmanagedAttribute");
        bool isStruct = flags.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        if (isUnmanaged) bounds.Add("unmanaged");
        else if (isStruct) bounds.Add("struct");
        if (flags.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint)) bounds.Add("class");
        bounds.AddRange(type.GetGenericParameterConstraints().Where(bound => bound != typeof(ValueType)).Select(Of));
        if (flags.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !isStruct) bounds.Add("new()");
        return bounds.Count == 0 ? "" : $" where {type.Name} : {string.Join(", ", bounds)}";
    }));
}
