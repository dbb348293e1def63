using MiniStack.Nn;

namespace MiniStack.Tests;

/// <summary>The modules that hide something, and what they hide it in.</summary>
public partial class RegistrationTableTests
{
    private sealed class Typed<T>(T value) : Module
    {
        public T Field { get; set; } = value;
    }

    private struct Holder
    {
        public Linear Layer;
    }

    private struct Outer
    {
        public Holder Inner;
    }

    private readonly struct Box<T>(T value)
    {
        public T Value { get; } = value;
    }

    private sealed record Plain(string Name, int Size);

    private sealed record Named(string Name, Linear Layer);

    private readonly record struct NamedValue(string Name, Linear Layer);

    private record Empty;

    private sealed record Full(Linear Layer) : Empty;

    private class Helper(Linear layer)
    {
        public void Use(Variable x) => layer.Call(x);
    }

    private sealed class DerivedHelper(Linear layer) : Helper(layer);

    private sealed class MarkedHelper(Linear layer)
    {
        [Unregistered]
        private readonly Linear _layer = layer;

        public override string ToString() => _layer.ToString()!;
    }

    private sealed class Link(Linear? layer, Link? next)
    {
        public Linear? Layer => layer;

        public Link? Next { get; private set; } = next;

        public static Link Ring(Linear layer)
        {
            Link last = new(null, null), first = new(null, new Link(layer, last));
            last.Next = first;
            return first;
        }
    }

    private abstract class Base(Linear layer) : Module
    {
        private readonly Linear _field = layer;

        public Variable Use(Variable x) => _field.Call(x);
    }

    private sealed class Derived(Linear layer) : Base(layer);

    private sealed class Parent : Module
    {
        public Parent() => Child = Register("child", new Typed<Parent>(this));

        public Parent(Module child) => Child = Register("child", child);

        public Module Child { get; }
    }

    private sealed class Shares : Module
    {
        private readonly object _shared;

        public Shares(Func<Linear, object> use) => _shared = use(Register("layer", Layer()));

        public override string ToString() => _shared.ToString()!;
    }

    /// <summary>Registers the parameters of a layer that is a part of another model.</summary>
    private sealed class Ties : Module
    {
        private readonly Linear _layer = new Sequential(Layer())[0] as Linear ?? throw new InvalidOperationException();

        public Ties()
        {
            Register("weight", _layer.Weight);
            Register("bias", _layer.Bias!);
        }
    }

    private sealed class WithEvent : Module
    {
        public event Action<Variable>? Changed;

        public void Raise(Variable x) => Changed?.Invoke(x);
    }

    private sealed class Marked(Linear teacher, Linear judge) : Module
    {
        [Unregistered]
        private readonly Linear _teacher = teacher;

        [field: Unregistered]
        public Linear Judge { get; } = judge;

        public Variable Use(Variable x) => _teacher.Call(x);
    }

    private sealed class WithStatic : Module
    {
        private static readonly Linear Shared = Layer();

        public static Variable Use(Variable x) => Shared.Call(x);
    }

    private sealed class WithSingleton : Module
    {
        public static readonly WithSingleton Instance = new();
    }
}
