using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace MiniStack.Nn;

/// <summary>Finds what somebody forgot to register: it would be neither trained nor saved nor moved, and nothing would say so.</summary>
/// <remarks>Fields are only looked at; names and order come from Register alone. A list is looked into, a list of lists or tuples too.</remarks>
internal static class Registration
{
    private static readonly ConcurrentDictionary<Type, FieldInfo[]> Fields = new();

    /// <summary>Looks at every field of a module and of all below it.</summary>
    /// <exception cref="ConfigException">A field holds a parameter, a buffer or a module that is registered nowhere below <paramref name="outermost"/>.</exception>
    public static void Check(Module outermost)
    {
        Module[] modules = [.. outermost.Modules().Select(named => named.Module)];
        HashSet<object> registered = new(ReferenceEqualityComparer.Instance);
        foreach (Module module in modules)
        {
            registered.Add(module);
            foreach (object own in module.OwnEntries) registered.Add(own);
        }
        foreach (Module module in modules)
        {
            foreach (FieldInfo field in FieldsOf(module.GetType()))
            {
                if (Forgotten(field.GetValue(module), registered) is not { } forgotten) continue;
                throw new ConfigException(
                    $"{module.GetType().Name}: {Name(field)} holds a {forgotten.GetType().Name} that is not registered: it would be neither trained nor saved. " +
                    "Pass it through Register(\"name\", …), or put a list of modules into a ModuleList and register that.");
            }
        }
    }

    private static object? Forgotten(object? value, HashSet<object> registered) => value switch
    {
        Module or Parameter or ModuleBuffer => registered.Contains(value) ? null : value,
        string or Tensor => null,
        ICollection items => items.Cast<object?>().Select(item => Forgotten(Unwrap(item), registered)).FirstOrDefault(item => item is not null),
        ITuple items => Enumerable.Range(0, items.Length).Select(i => Forgotten(items[i], registered)).FirstOrDefault(item => item is not null),
        _ => null,
    };

    /// <summary>The value of a dictionary's pair.</summary>
    private static object? Unwrap(object? item) => item switch
    {
        DictionaryEntry entry => entry.Value,
        not null when item.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>) =>
            type.GetProperty("Value")!.GetValue(item),
        _ => item,
    };

    /// <summary>Fields that may hold one, up to Module's own, which are the register itself. Numbers and texts are left out.</summary>
    private static FieldInfo[] FieldsOf(Type type) => Fields.GetOrAdd(type, static type =>
    {
        List<FieldInfo> fields = [];
        for (Type? declaring = type; declaring is not null && declaring != typeof(Module); declaring = declaring.BaseType)
        {
            fields.AddRange(declaring.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                .Where(field => !field.FieldType.IsValueType && field.FieldType != typeof(string)));
        }
        return [.. fields];
    });

    /// <summary>The field's name; a property's where the compiler made the field.</summary>
    private static string Name(FieldInfo field) =>
        field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;
}
