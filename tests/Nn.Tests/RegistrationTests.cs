using MiniStack.Nn;

namespace MiniStack.Tests;

/// <summary>A forgotten registration is an error at the first use, not a layer that silently never learns.</summary>
public class RegistrationTests
{
    private static readonly Rng Random = new(1);

    [Fact]
    public void Parameters_AFieldNotRegistered_Throws() => Forgets(new Forgetful { Field = Layer() }, "Field", "Linear");

    [Fact]
    public void Parameters_AParameterNotRegistered_Throws() =>
        Forgets(new Forgetful { Field = new Parameter(Tensor.Zeros([1])) }, "Field", "Parameter");

    [Fact]
    public void Parameters_AnArrayNotRegistered_Throws() => Forgets(new Forgetful { Field = new[] { Layer() } }, "Field", "Linear");

    [Fact]
    public void Parameters_AListOfListsNotRegistered_Throws() =>
        Forgets(new Forgetful { Field = new List<List<Layer>> { new(), new() { Layer() } } }, "Field", "Linear");

    [Fact]
    public void Parameters_ADictionaryNotRegistered_Throws() =>
        Forgets(new Forgetful { Field = new Dictionary<string, Module> { ["a"] = Layer() } }, "Field", "Linear");

    [Fact]
    public void Parameters_AListOfTuplesNotRegistered_Throws() =>
        Forgets(new Forgetful { Field = new List<(Tensor, Parameter?)> { (Tensor.Zeros([1]), null), (Tensor.Zeros([1]), new Parameter(Tensor.Zeros([1]))) } }, "Field", "Parameter");

    [Fact]
    public void Parameters_OfTheOuterModule_FindWhatAnInnerOneForgot()
    {
        Forgetful inner = new() { Field = Layer() };
        Outer outer = new(inner);
        ConfigException error = Assert.Throws<ConfigException>(() => outer.StateDict());
        Assert.StartsWith("Forgetful: Field holds a Linear", error.Message, StringComparison.Ordinal);
        Assert.Throws<ConfigException>(() => outer.MoveTo(Device.Reference));
        Assert.Throws<ConfigException>(() => outer.Freeze());
    }

    [Fact]
    public void Parameters_ALayerOfAnotherPartOfTheModel_IsNoMistake()
    {
        Linear shared = Layer();
        Forgetful inner = new() { Field = shared };
        Assert.Equal(["shared.weight", "shared.bias"], new Outer(inner, shared).NamedParameters().Select(named => named.Name));
    }

    private static void Forgets(Forgetful module, string field, string type)
    {
        ConfigException error = Assert.Throws<ConfigException>(() => module.Parameters());
        Assert.Equal(
            $"Forgetful: {field} holds a {type} that is not registered: it would be neither trained nor saved. " +
            "Pass it through Register(\"name\", …), or put a list of modules into a ModuleList and register that. " +
            "If it is to stay outside, mark the field [Unregistered].", error.Message);
    }

    private static Linear Layer() => new(2, 2, Random);

    private sealed class Forgetful : Module
    {
        public object? Field { get; init; }
    }

    private sealed class Outer : Module
    {
        public Outer(Module inner, Module? shared = null)
        {
            Register("inner", inner);
            if (shared is not null) Register("shared", shared);
        }
    }
}
