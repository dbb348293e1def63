using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Diagnostics;
using MiniStack.Nn;

namespace MiniStack.Tests;

/// <summary>However a module hides what it computes with, the check finds it; and it finds nothing where nothing is hidden.</summary>
public partial class RegistrationTableTests
{
    private static readonly Rng Random = new(1);

    /// <summary>Modules that hide a layer, a parameter or a buffer in the field <c>Field</c>.</summary>
    private static readonly Dictionary<string, Func<Module>> Hidden = new()
    {
        ["pair of values"] = () => new Typed<(Linear, Linear)>((Layer(), Layer())),
        ["named pair"] = () => new Typed<(int Size, Parameter? Weight)>((1, Weight())),
        ["nullable pair"] = () => new Typed<(Linear, int)?>((Layer(), 1)),
        ["nine values"] = () => new Typed<(int, int, int, int, int, int, int, int, Linear)>((1, 2, 3, 4, 5, 6, 7, 8, Layer())),
        ["pair in a pair"] = () => new Typed<((int, Linear), int)>(((1, Layer()), 2)),
        ["pair of objects"] = () => new Typed<Tuple<int, Linear>>(Tuple.Create(1, Layer())),
        ["struct"] = () => new Typed<Holder>(new Holder { Layer = Layer() }),
        ["struct in a struct"] = () => new Typed<Outer>(new Outer { Inner = new Holder { Layer = Layer() } }),
        ["struct that is generic"] = () => new Typed<Box<Parameter>>(new Box<Parameter>(Weight())),
        ["record"] = () => new Typed<Named>(new Named("a", Layer())),
        ["record struct"] = () => new Typed<NamedValue>(new NamedValue("a", Layer())),
        ["record derived from one that holds nothing"] = () => new Typed<Empty>(new Full(Layer())),
        ["plain object"] = () => new Typed<Helper>(new Helper(Layer())),
        ["private field of an object's base"] = () => new Typed<object>(new DerivedHelper(Layer())),
        ["linked list of its own"] = () => new Typed<Link>(new Link(null, new Link(Layer(), null))),
        ["ring of objects"] = () => new Typed<Link>(Link.Ring(Layer())),
        ["anonymous type"] = () => new Typed<object>(new { Layer = Layer() }),
        ["strong box"] = () => new Typed<System.Runtime.CompilerServices.StrongBox<Linear>>(new(Layer())),
        ["array"] = () => new Typed<Linear[]>([Layer()]),
        ["array of arrays"] = () => new Typed<Linear[][]>([[], [Layer()]]),
        ["array of two axes"] = () => new Typed<Linear?[,]>(new Linear?[,] { { null }, { Layer() } }),
        ["array of pairs"] = () => new Typed<(int, Linear)[]>([(1, Layer())]),
        ["list of parameters"] = () => new Typed<List<Parameter>>([Weight()]),
        ["list of structs"] = () => new Typed<List<Holder>>([new Holder { Layer = Layer() }]),
        ["set"] = () => new Typed<HashSet<Linear>>([Layer()]),
        ["set of pairs"] = () => new Typed<HashSet<(int, Linear)>>([(1, Layer())]),
        ["sorted set"] = () => new Typed<SortedSet<(int, Linear?)>>([(1, Layer())]),
        ["queue"] = () => new Typed<Queue<Linear>>(new Queue<Linear>([Layer()])),
        ["priority queue"] = () => new Typed<PriorityQueue<Linear, int>>(new PriorityQueue<Linear, int>([(Layer(), 1)])),
        ["stack"] = () => new Typed<Stack<Linear>>(new Stack<Linear>([Layer()])),
        ["linked list"] = () => new Typed<LinkedList<Linear>>(new LinkedList<Linear>([Layer()])),
        ["bag"] = () => new Typed<ConcurrentBag<Linear>>([Layer()]),
        ["concurrent queue"] = () => new Typed<ConcurrentQueue<Linear>>(new ConcurrentQueue<Linear>([Layer()])),
        ["array list"] = () => new Typed<ArrayList>([Layer()]),
        ["hashtable"] = () => new Typed<Hashtable>(new Hashtable { [1] = Layer() }),
        ["immutable array"] = () => new Typed<ImmutableArray<Linear>>([Layer()]),
        ["immutable list"] = () => new Typed<ImmutableList<Linear>>([Layer()]),
        ["immutable set"] = () => new Typed<ImmutableHashSet<Linear>>([Layer()]),
        ["immutable dictionary"] = () => new Typed<ImmutableDictionary<int, Linear>>(ImmutableDictionary<int, Linear>.Empty.Add(1, Layer())),
        ["frozen dictionary"] = () => new Typed<FrozenDictionary<int, Linear>>(new Dictionary<int, Linear> { [1] = Layer() }.ToFrozenDictionary()),
        ["frozen set"] = () => new Typed<FrozenSet<Linear>>(new[] { Layer() }.ToFrozenSet()),
        ["read-only collection"] = () => new Typed<ReadOnlyCollection<Linear>>(new ReadOnlyCollection<Linear>([Layer()])),
        ["dictionary's value"] = () => new Typed<Dictionary<string, Linear>>(new() { ["a"] = Layer() }),
        ["dictionary's list"] = () => new Typed<Dictionary<string, List<Linear>>>(new() { ["a"] = [Layer()] }),
        ["dictionary's key"] = () => new Typed<Dictionary<Module, int>>(new() { [Layer()] = 1 }),
        ["concurrent dictionary"] = () => new Typed<ConcurrentDictionary<int, Linear>>(new ConcurrentDictionary<int, Linear>([new(1, Layer())])),
        ["sorted dictionary"] = () => new Typed<SortedDictionary<int, Linear>>(new() { [1] = Layer() }),
        ["ordered dictionary"] = () => new Typed<OrderedDictionary<int, Linear>>(new() { [1] = Layer() }),
        ["key and value"] = () => new Typed<KeyValuePair<int, Linear>>(new(1, Layer())),
        ["interface of a list"] = () => new Typed<IReadOnlyList<Layer>>([Layer()]),
        ["memory"] = () => new Typed<Memory<Linear>>(new[] { Layer() }),
        ["array segment"] = () => new Typed<ArraySegment<Linear>>(new ArraySegment<Linear>([Layer()])),
        ["query"] = () => new Typed<IEnumerable<Linear>>(new List<Linear> { Layer() }.Where(layer => layer.Bias is not null)),
        ["lazy, made"] = () =>
        {
            Lazy<Linear> lazy = new(Layer);
            _ = lazy.Value;
            return new Typed<Lazy<Linear>>(lazy);
        },
        ["lazy, with the value captured"] = () =>
        {
            Linear captured = Layer();
            return new Typed<Lazy<Linear>>(new Lazy<Linear>(() => captured));
        },
        ["function"] = () =>
        {
            Linear captured = Layer();
            return new Typed<Func<Variable, Variable>>(x => captured.Call(x));
        },
        ["function of a layer"] = () => new Typed<Func<Variable, Variable>>(Layer().Call),
        ["function of a function"] = () =>
        {
            Func<Variable, Variable> inner = Layer().Call;
            return new Typed<Func<Variable, Variable>>(x => inner(inner(x)));
        },
        ["functions, joined"] = () => new Typed<Action<Variable>>((Action<Variable>)(_ => { }) + (x => _ = x) + new Helper(Layer()).Use),
        ["list of functions"] = () => new Typed<List<Func<Variable, Variable>>>([x => x, Layer().Call]),
        ["object"] = () => new Typed<object>(Layer()),
        ["variable that is a parameter"] = () => new Typed<Variable>(Weight()),
        ["interface"] = () => new Typed<IEnumerable>(new Sequential(Layer())),
        ["model"] = () => new Typed<Sequential>(new Sequential(Layer())),
        ["layer without parameters"] = () => new Typed<Dropout>(new Dropout(0.5, Random)),
        ["private field of the base class"] = () => new Derived(Layer()),
        ["list in the middle of a deep nest"] = () =>
        {
            object nest = Layer();
            for (int i = 0; i < 100_000; i++) nest = new object[] { nest };
            return new Typed<object>(nest);
        },
    };

    /// <summary>Modules with fields that are no mistake.</summary>
    private static readonly Dictionary<string, Func<Module>> Fine = new()
    {
        ["parent"] = () => new Parent().Child,
        ["parent in a function"] = () =>
        {
            Typed<Func<Module>?> child = new(null);
            Parent parent = new(child);
            child.Field = () => parent;
            return parent;
        },
        ["itself"] = () =>
        {
            Typed<object?> module = new(null);
            module.Field = (module, new List<object> { module });
            return module;
        },
        ["registered in a tuple"] = () => new Shares(layer => (layer, layer.Weight)),
        ["registered in a function"] = () => new Shares(layer => (Func<Variable, Variable>)layer.Call),
        ["tied by its parameters"] = () => new Ties(),
        ["object of this library that holds parameters"] = () => new Typed<object>(new Tape[1]),
        ["variable computed from a parameter"] = () => new Typed<Variable>(Weight() * 2),
        ["event"] = () =>
        {
            WithEvent module = new();
            Linear listener = Layer();
            module.Changed += x => listener.Call(x);
            return module;
        },
        ["marked"] = () => new Marked(Layer(), Layer()),
        ["marked in an object"] = () => new Typed<object>(new MarkedHelper(Layer())),
        ["weak reference"] = () => new Typed<WeakReference<Linear>>(new WeakReference<Linear>(Layer())),
        ["static singleton"] = () => new WithSingleton(),
        ["default of an immutable array"] = () => new Typed<ImmutableArray<Linear>>(default),
        ["default of a segment"] = () => new Typed<ArraySegment<Linear>>(default),
        ["numbers and texts"] = () => new Typed<(int, string[], Dictionary<string, double[]>, Shape, Tensor, Rng, Device)>(
            (1, ["a"], new() { ["a"] = [1] }, [1], Tensor.Zeros([1]), Random, Device.Cpu)),
    };

    public static TheoryData<string> HiddenNames => [.. Hidden.Keys];

    public static TheoryData<string> FineNames => [.. Fine.Keys];

    [Theory]
    [MemberData(nameof(HiddenNames))]
    public void Parameters_OfAModuleThatHidesOne_NameTheField(string name)
    {
        Module module = Hidden[name]();
        string text = Assert.Throws<ConfigException>(() => module.Parameters()).Message;
        Assert.Matches(
            @"^(Typed`1: Field|Derived: _field) holds a (Linear|Parameter|Sequential|Dropout) that is not registered: it would be neither trained nor saved\. ", text);
        Action[] others =
        [
            () => module.StateDict(), () => _ = module.ParameterCount, () => module.NamedBuffers(), () => module.MoveTo(Device.Cpu),
            () => module.ConvertTo(DType.F64), () => module.Freeze(),
        ];
        foreach (Action other in others) Assert.Equal(text, Assert.Throws<ConfigException>(other).Message);
    }

    [Theory]
    [MemberData(nameof(FineNames))]
    public void Parameters_OfAModuleThatHidesNone_AreListed(string name)
    {
        Module module = Fine[name]();
        Assert.Equal(module.ParameterCount, module.Parameters().Sum(parameter => parameter.Value.Count));
    }

    [Fact]
    public void Parameters_AfterALayerWasAddedToAList_NameIt()
    {
        Typed<List<Linear>> module = new([]);
        Assert.Empty(module.Parameters());
        module.Field.Add(Layer());
        Assert.StartsWith("Typed`1: Field holds a Linear", Assert.Throws<ConfigException>(() => module.Parameters()).Message, StringComparison.Ordinal);
        module.Field.Clear();
        Assert.Empty(module.Parameters());
    }

    [Fact]
    public void Parameters_AfterANullableFieldWasSet_NameIt()
    {
        Typed<Linear?> module = new(null);
        Assert.Empty(module.Parameters());
        module.Field = Layer();
        Assert.Throws<ConfigException>(() => module.Parameters());
    }

    [Fact]
    public void Parameters_OfALayerInAStaticField_NameIt() =>
        Assert.StartsWith("WithStatic: Shared holds a Linear", Assert.Throws<ConfigException>(() => new WithStatic().Parameters()).Message, StringComparison.Ordinal);

    [Fact]
    public void Parameters_OfAModuleWithMillionsOfNumbers_ReadNoneOfThem()
    {
        Typed<(int[], List<string>, Dictionary<int, double>, HashSet<Plain>)> module = new((new int[20_000_000], [], [], []));
        module.Parameters();
        Stopwatch watch = Stopwatch.StartNew();
        module.Parameters();
        Assert.True(watch.ElapsedMilliseconds < 20, $"{watch.ElapsedMilliseconds} ms");
    }

    private static Linear Layer() => new(2, 2, Random);

    private static Parameter Weight() => new(Tensor.Zeros([1]));
}
