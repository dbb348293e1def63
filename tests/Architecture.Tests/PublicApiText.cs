using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace MiniStack.Architecture.Tests;

/// <summary>What a user of an assembly can see, as sorted text: one paragraph a type, one line a member.</summary>
internal static class PublicApiText
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Of(Assembly assembly)
    {
        StringBuilder text = new();
        foreach (Type type in assembly.GetTypes().Where(IsVisible).OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            if (text.Length > 0) text.Append('\n');
            text.Append(TypeLine(type)).Append('\n');
            foreach (string member in Members(type)) text.Append("    ").Append(member).Append('\n');
        }
        return text.ToString();
    }

    private static bool IsVisible(Type type) =>
        type.IsPublic || ((type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem) && IsVisible(type.DeclaringType!));

    private static string TypeLine(Type type)
    {
        string name = PublicApiNames.OfDeclared(type);
        if (type.IsEnum) return $"enum {name} : {PublicApiNames.Of(Enum.GetUnderlyingType(type))}";
        if (type.IsSubclassOf(typeof(Delegate)))
            return $"delegate {PublicApiNames.Signature(type.GetMethod("Invoke")!, name)}";
        IEnumerable<Type> bases = type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) ? [parent] : [];
        IEnumerable<Type> inherited =
            type.GetInterfaces().SelectMany(face => face.GetInterfaces()).Concat(type.BaseType?.GetInterfaces() ?? []);
        IEnumerable<Type> own = type.GetInterfaces().Except(inherited).Where(face => face.IsVisible);
        string[] names = [.. bases.Concat(own.OrderBy(face => face.FullName, StringComparer.Ordinal)).Select(PublicApiNames.Of)];
        return Kind(type) + name + (names.Length == 0 ? "" : $" : {string.Join(", ", names)}");
    }

    private static string Kind(Type type)
    {
        if (type.IsInterface) return "interface ";
        if (type.IsValueType)
        {
            bool isReadOnly = type.IsDefined(typeof(IsReadOnlyAttribute));
            return (isReadOnly ? "readonly " : "") + (type.IsByRefLike ? "ref " : "") + "struct ";
        }
        return (type.IsAbstract && type.IsSealed ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "") + "class ";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsSubclassOf(typeof(Delegate))) return [];
        if (type.IsEnum)
        {
            return type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(field => (field.Name, Value: Convert.ToInt64(field.GetRawConstantValue(), null)))
                .OrderBy(value => value.Value).Select(value => $"{value.Name} = {value.Value}");
        }
        // What the compiler adds to a record follows from its properties.
        return type.GetMembers(Declared)
            .Where(member => !member.IsDefined(typeof(CompilerGeneratedAttribute)) && !member.Name.Contains('<'))
            .Select(member => (member.Name, Text: member switch
            {
                ConstructorInfo constructor when !constructor.IsStatic && Access(constructor) is { } access =>
                    access + PublicApiNames.Signature(constructor),
                MethodInfo method when IsCallable(method) && Access(method) is { } access =>
                    access + Modifiers(method) + PublicApiNames.Signature(method, method.Name),
                PropertyInfo property => Property(property),
                EventInfo @event when Access(@event.AddMethod!) is { } access =>
                    $"{access}{Modifiers(@event.AddMethod!)}event {PublicApiNames.Of(@event.EventHandlerType!)} {@event.Name}",
                FieldInfo field when field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly => Field(field),
                _ => null,
            }))
            .Where(member => member.Text is not null)
            .OrderBy(member => member.Name, StringComparer.Ordinal).ThenBy(member => member.Text, StringComparer.Ordinal)
            .Select(member => member.Text!);
    }

    /// <summary>A method or an operator; accessors come with their property.</summary>
    private static bool IsCallable(MethodInfo method) => !method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static string? Property(PropertyInfo property)
    {
        string? get = property.GetMethod is { } getter && Access(getter) is { } readAccess ? $"{readAccess}get; " : null;
        string? set = property.SetMethod is { } setter && Access(setter) is { } writeAccess
            ? $"{writeAccess}{(IsInit(setter) ? "init" : "set")}; "
            : null;
        if (get is null && set is null) return null;
        MethodInfo accessor = property.GetMethod ?? property.SetMethod!;
        return $"{Modifiers(accessor)}{PublicApiNames.OfProperty(property)} {{ {get}{set}}}";
    }

    private static string Field(FieldInfo field)
    {
        string modifiers = (field.IsPublic ? "" : "protected ") + (field.IsLiteral ? "const " : field.IsStatic ? "static " : "") +
            (field.IsInitOnly ? "readonly " : "");
        string value = field.IsLiteral ? $" = {PublicApiNames.Constant(field.GetRawConstantValue())}" : "";
        return modifiers + PublicApiNames.OfField(field) + value;
    }

    /// <summary>Empty for public, "protected " for protected, null for what no user sees.</summary>
    private static string? Access(MethodBase method) =>
        method.IsPublic ? "" : method.IsFamily || method.IsFamilyOrAssembly ? "protected " : null;

    private static bool IsInit(MethodInfo setter) => setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static string Modifiers(MethodInfo method)
    {
        if (method.IsStatic) return method.IsAbstract ? "static abstract " : "static ";
        if (method.DeclaringType!.IsInterface || !method.IsVirtual) return "";
        bool overrides = method.GetBaseDefinition() != method;
        if (method.IsAbstract) return overrides ? "abstract override " : "abstract ";
        if (overrides) return method.IsFinal ? "sealed override " : "override ";
        return method.IsFinal ? "" : "virtual "; // Final and new: an interface's method, implemented.
    }
}
