using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace MiniStack.Nn;

/// <summary>Finds what somebody forgot to register: it would be neither trained nor saved nor moved, and nothing would say so.</summary>
/// <remarks>
/// Fields are only looked at; names and order come from Register alone. They are looked into however deep: tuples, structs, records and
/// other objects, arrays, lists, sets and dictionaries, what functions have captured. Not looked at: what properties compute, the
/// subscribers of events, objects of this library that are no modules (optimizers, trainers, variables), and fields marked
/// <see cref="UnregisteredAttribute"/>.
/// </remarks>
internal static class Registration
{
    /// <summary>What a trimmed program must keep of every module for this to work.</summary>
    internal const DynamicallyAccessedMemberTypes Kept =
        DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.NonPublicFields |
        DynamicallyAccessedMemberTypes.PublicEvents | DynamicallyAccessedMemberTypes.NonPublicEvents;

    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly ConcurrentDictionary<Type, FieldInfo[]> Fields = new();

    /// <summary>Looks at every field of a module and of all below it.</summary>
    /// <exception cref="ConfigException">A field holds a parameter, a buffer or a module that is registered nowhere below
    /// <paramref name="outermost"/>.</exception>
    public static void Check(Module outermost)
    {
        Module[] modules = [.. outermost.Tree()];
        HashSet<object> registered = new(ReferenceEqualityComparer.Instance);
        foreach (Module module in modules)
        {
            registered.Add(module);
            module.AddOwnEntries(registered);
        }
        FieldSearch search = new(registered);
        foreach (Module module in modules)
        {
            foreach (FieldInfo field in FieldsOf(module))
            {
                if (field.GetValue(field.IsStatic ? null : module) is not { } value || registered.Contains(value)) continue;
                if (search.Forgotten(value, field.IsStatic ? found => IsAnothers(found, module) : null) is not { } forgotten) continue;
                throw new ConfigException(
                    $"{module.GetType().Name}: {Name(field)} holds a {forgotten.GetType().Name} that is not registered: " +
                    "it would be neither trained nor saved. " +
                    "Pass it through Register(\"name\", …), or put a list of modules into a ModuleList and register that. " +
                    "If it is to stay outside, mark the field [Unregistered].");
            }
        }
    }

    /// <summary>
    /// What a static field may hold besides: a whole model of this class, such as a singleton, or a part of another model.
    /// </summary>
    private static bool IsAnothers(object found, Module module) =>
        found is Module other && (other.GetType() == module.GetType() || other.IsRegistered);

    /// <summary>Fields that may hold one, up to Module's own, which are the register itself.</summary>
    private static FieldInfo[] FieldsOf(Module module) =>
        Fields.TryGetValue(module.GetType(), out FieldInfo[]? fields) ? fields : FindFields(module);

    [UnconditionalSuppressMessage(
        "Trimming", "IL2075",
        Justification = "Every class between the module's and Module is itself a Module, whose fields and events are kept.")]
    private static FieldInfo[] FindFields(Module module)
    {
        List<FieldInfo> fields = [];
        for (Type? declaring = module.GetType(); declaring is not null && declaring != typeof(Module); declaring = declaring.BaseType)
        {
            HashSet<string> events = [.. declaring.GetEvents(Declared).Select(e => e.Name)];
            fields.AddRange(declaring.GetFields(Declared).Where(field =>
                !field.IsLiteral && FieldSearch.MayHold(field.FieldType) && !events.Contains(field.Name)
                && !field.IsDefined(typeof(UnregisteredAttribute))));
        }
        return Fields.GetOrAdd(module.GetType(), [.. fields]);
    }

    /// <summary>The field's name; a property's or a captured parameter's where the compiler made the field.</summary>
    private static string Name(FieldInfo field) =>
        field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;
}
