using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace MiniStack.Nn;

/// <summary>Looks through what a field holds for modules, parameters and buffers that are not registered.</summary>
/// <remarks>
/// Without recursion, as what it meets may be nested however deep; each object once, as it may lead back to itself. What a class may hold
/// is found out once.
/// </remarks>
internal sealed class FieldSearch(HashSet<object> registered)
{
    private static readonly HashSet<Assembly> Library = [];
    private static readonly ConcurrentDictionary<Type, bool> Holders = new();
    private static readonly ConcurrentDictionary<Type, FieldInfo[]> Fields = new();

    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<object> _open = [];

    /// <summary>The first that is not registered; null when there is none.</summary>
    /// <param name="value">What the field holds.</param>
    /// <param name="isExcused">What need not be; null for no exceptions.</param>
    public object? Forgotten(object value, Func<object, bool>? isExcused)
    {
        _open.Clear();
        Open(value);
        while (_open.TryPop(out object? next))
        {
            if (next is Module or Parameter or ModuleBuffer)
            {
                if (!registered.Contains(next) && !IsTied(next) && isExcused?.Invoke(next) != true) return next;
            }
            else if (next.GetType().IsValueType || _seen.Add(next))
            {
                Expand(next);
            }
        }
        return null;
    }

    /// <summary>Whether a variable or field of this type may hold one, itself or somewhere inside.</summary>
    public static bool MayHold(Type type) => Holders.TryGetValue(type, out bool known) ? known : Holders.GetOrAdd(type, MayHold(type, []));

    /// <param name="type">What is asked about.</param>
    /// <param name="asked">The types that led here: one that leads back to itself holds no more than its other fields do.</param>
    private static bool MayHold(Type type, HashSet<Type> asked)
    {
        if (Holders.TryGetValue(type, out bool known)) return known;
        if (type.IsPrimitive || type.IsEnum || type.IsPointer || type.IsFunctionPointer || type.IsByRefLike || type == typeof(string))
            return false;
        if (IsSought(type) || type.IsInterface || type.IsAssignableFrom(typeof(Parameter)) || type.IsAssignableTo(typeof(Delegate)))
            return true;
        if (type.IsArray) return MayHold(type.GetElementType()!, asked);
        if (IsOutside(type) || !asked.Add(type)) return false;
        if (asked.Count > 100) return true; // generic types that grow without end
        // The system's own types hold what they are made of.
        if (IsFromSystem(type))
        {
            return type.IsGenericType
                ? type.GetGenericArguments().Any(argument => MayHold(argument, asked))
                : type.IsAssignableTo(typeof(IEnumerable));
        }
        return type is { IsValueType: false, IsSealed: false } || AllFields(type).Any(field => MayHold(field.FieldType, asked));
    }

    private static bool IsSought(Type type) =>
        type.IsAssignableTo(typeof(Module)) || type == typeof(Parameter) || type == typeof(ModuleBuffer);

    /// <summary>
    /// What belongs to itself: objects of this library and what is derived from them, logs, threads, files and the like. They may well know
    /// other models.
    /// </summary>
    private static bool IsOutside(Type type)
    {
        for (Type? t = type; t is not null && t != typeof(object); t = t.BaseType)
            if (IsOfThisLibrary(t.Assembly)) return true;
        string space = type.Namespace ?? "";
        bool holds = space is "System" or "System.Linq" or "System.Runtime.CompilerServices"
            || space.StartsWith("System.Collections", StringComparison.Ordinal);
        return space.StartsWith("Microsoft.", StringComparison.Ordinal) || (IsFromSystem(type) && !holds)
            || type.IsAssignableTo(typeof(MemberInfo));
    }

    private static bool IsFromSystem(Type type) =>
        type.Namespace is { } space && (space == "System" || space.StartsWith("System.", StringComparison.Ordinal));

    private static bool IsOfThisLibrary(Assembly assembly)
    {
        if (assembly == typeof(Module).Assembly || assembly == typeof(Variable).Assembly || assembly == typeof(Tensor).Assembly)
            return true;
        if (assembly == typeof(object).Assembly) return false;
        lock (Library)
        {
            if (Library.Contains(assembly)) return true;
        }
        string? name = assembly.GetName().Name;
        if (name is not ("MiniStack.Cuda" or "MiniStack.Optim" or "MiniStack.Data" or "MiniStack.Formats" or "MiniStack.Models"
            or "MiniStack.Training"))
        {
            return false;
        }
        lock (Library) Library.Add(assembly);
        return true;
    }

    /// <summary>
    /// A module all of whose parameters and buffers are registered: it shares them, and what it computes with is trained and saved.
    /// </summary>
    private bool IsTied(object found)
    {
        if (found is not Module module) return false;
        HashSet<object> entries = new(ReferenceEqualityComparer.Instance);
        foreach (Module below in module.Tree()) below.AddOwnEntries(entries);
        return entries.Count > 0 && entries.IsSubsetOf(registered);
    }

    private void Open(object? value)
    {
        if (value is not null && MayHold(value.GetType())) _open.Push(value);
    }

    private void Expand(object value)
    {
        Type type = value.GetType();
        switch (value)
        {
            case Delegate function:
                if (function.HasSingleTarget) Open(function.Target);
                else foreach (Delegate one in function.GetInvocationList()) Open(one);
                break;
            case ITuple tuple:
                for (int i = 0; i < tuple.Length; i++) Open(tuple[i]);
                break;
            case IDictionary dictionary when IsCollection(type):
                OpenAll(dictionary.Values);
                if (!type.IsGenericType || MayHold(type.GetGenericArguments()[0])) OpenAll(dictionary.Keys);
                break;
            case Array array:
                OpenAll(array);
                break;
            case IEnumerable items when IsCollection(type) && !type.IsValueType:
                OpenAll(items);
                break;
            default:
                foreach (FieldInfo field in FieldsOf(type)) Open(field.GetValue(value));
                break;
        }
    }

    private void OpenAll(IEnumerable items)
    {
        foreach (object? item in items) Open(item);
    }

    private static bool IsCollection(Type type) => type.Namespace?.StartsWith("System.Collections", StringComparison.Ordinal) == true;

    private static FieldInfo[] FieldsOf(Type type) =>
        Fields.TryGetValue(type, out FieldInfo[]? fields)
            ? fields
            : Fields.GetOrAdd(type, [.. AllFields(type).Where(field => MayHold(field.FieldType))]);

    /// <summary>Those of a class and of the classes above it.</summary>
    [UnconditionalSuppressMessage(
        "Trimming", "IL2070",
        Justification = "In a trimmed program, fields of an object inside a field may be gone: it is then not looked into.")]
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "As above.")]
    private static IEnumerable<FieldInfo> AllFields(Type type)
    {
        for (Type? declaring = type; declaring is not null && declaring != typeof(object); declaring = declaring.BaseType)
        {
            foreach (FieldInfo field in declaring.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (!field.IsDefined(typeof(UnregisteredAttribute))) yield return field;
            }
        }
    }
}
