using System.Collections;
using System.Runtime.CompilerServices;

namespace MiniStack;

public sealed partial class MemoryScope
{
    private const string NothingMayAwait =
        "Nothing may await inside a MemoryScope: the rest would run on another thread. Compute inside Run, and await outside of it.";

    /// <summary>
    /// Runs <paramref name="body"/> in a scope of its own and keeps its result: the form in which nobody can <c>await</c> inside.
    /// </summary>
    /// <param name="body">What creates tensors, all of which end with it except those of its result.</param>
    /// <returns>Its result. A tensor, a Variable, and arrays, lists and tuples of them are moved out of the scope, into the one around it;
    /// of other types, tensors in their fields end with the scope: return those that you need.</returns>
    /// <exception cref="MemoryScopeException">The result is a task.</exception>
    public static T Run<T>(Func<T> body)
    {
        using MemoryScope scope = Begin();
        T result = body();
        scope.KeepAll(result);
        return result;
    }

    /// <summary>Runs <paramref name="body"/> in a scope of its own.</summary>
    /// <param name="body">What creates tensors, all of which end with it.</param>
    public static void Run(Action body)
    {
        using MemoryScope scope = Begin();
        body();
    }

    /// <summary>Not possible; see <see cref="Run{T}(Func{T})"/>.</summary>
    [Obsolete(NothingMayAwait, error: true)]
    public static Task Run(Func<Task> body) => throw new MemoryScopeException(NothingMayAwait);

    /// <summary>Not possible; see <see cref="Run{T}(Func{T})"/>.</summary>
    [Obsolete(NothingMayAwait, error: true)]
    public static Task<T> Run<T>(Func<Task<T>> body) => throw new MemoryScopeException(NothingMayAwait);

    /// <summary>Moves the tensors of a result out of this scope.</summary>
    internal void KeepAll(object? result)
    {
        switch (result)
        {
            case Tensor tensor:
                if (tensor.Storage.Scope == this) tensor.Keep();
                break;
            case IHoldsTensors holder:
                foreach (Tensor tensor in holder.Tensors) KeepAll(tensor);
                break;
            case ITuple tuple:
                for (int i = 0; i < tuple.Length; i++) KeepAll(tuple[i]);
                break;
            case IDictionary map:
                foreach (object? one in map.Values) KeepAll(one);
                break;
            case IEnumerable<object?> many when result is ICollection:
                foreach (object? one in many) KeepAll(one);
                break;
            case IEnumerable<Tensor> or IEnumerable<IHoldsTensors>:
                throw new MemoryScopeException(
                    "MemoryScope.Run: the result is a sequence that nobody has computed yet; it would be computed after the scope ended. " +
                    "Return an array: ToArray().");
            case Task or ValueTask:
                throw new MemoryScopeException(NothingMayAwait);
        }
    }
}
