using MiniStack.Nn;

namespace MiniStack.Tests;

/// <summary>Modules that contain themselves are refused, and nested ones are walked through however deep they lie.</summary>
public class NestingTests
{
    private const int Deep = 100_000;

    [Fact]
    public void Register_AModuleInItself_Throws()
    {
        Sequential self = new();
        AssertRefused(() => self.Add(self), "Sequential: the module '0' is this module itself");
        Assert.Empty(self.Children);
        ModuleList<Module> list = new();
        AssertRefused(() => list.Add(list), "ModuleList`1: the module '0' is this module itself");
        ModuleDict<Module> dictionary = new();
        AssertRefused(() => dictionary.Add("a", dictionary), "ModuleDict`1: the module 'a' is this module itself");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public void Register_AModuleAroundThisOne_Throws(int levels)
    {
        Sequential outermost = new(), inner = outermost;
        for (int i = 0; i < levels; i++)
        {
            Sequential next = new();
            inner.Add(next);
            inner = next;
        }
        AssertRefused(() => inner.Add(outermost), "Sequential: the module '0' contains this module");
        Assert.Empty(inner.Children);
        inner.Add(new Linear(2, 2, new Rng(1)));
        Assert.Equal(6, outermost.ParameterCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Modules_NestedDeep_AreWalkedThrough(bool outsideIn)
    {
        Linear layer = new(2, 2, new Rng(1));
        (Sequential outermost, Sequential innermost) = outsideIn ? OutsideIn(layer) : InsideOut(layer);
        string path = string.Join('.', Enumerable.Repeat("0", Deep + 1));
        Assert.Equal([path + ".weight", path + ".bias"], outermost.NamedParameters().Select(named => named.Name));
        Assert.Equal(path, layer.Path);
        Assert.Equal(path + ".weight", layer.Weight.Name);
        Assert.Equal(6, outermost.ParameterCount);
        Assert.Empty(outermost.NamedBuffers());
        outermost.Eval();
        Assert.False(layer.IsTraining);
        StateDict state = outermost.StateDict();
        Assert.Equal(2, state.Count);
        outermost.LoadStateDict(state);
        outermost.MoveTo(Device.Reference);
        outermost.ConvertTo(DType.F64);
        Assert.Equal(DType.F64, layer.Weight.Value.DType);
        Assert.Equal(2, outermost.Freeze());
        AssertRefused(() => innermost.Add(outermost), "Sequential: the module '1' contains this module");
    }

    [Fact]
    public void Call_NestedDeeperThanTheStack_SaysSo()
    {
        (Sequential outermost, _) = InsideOut(new Linear(2, 2, new Rng(1)));
        foreach (Action call in (Action[])[() => outermost.Call(Tensor.Zeros([1, 2])), () => outermost.Summary([1, 2])])
        {
            Assert.StartsWith(
                "Sequential: modules call one another too deeply for the stack of this thread. Put layers one after the other into one Sequential " +
                "instead of one inside the other, or run the model on a thread with a larger stack, new Thread(…, maxStackSize). [in module 0.0.0", Thrown(call).Message);
        }

        // Without the wrapping of an assertion: what is thrown through thousands of frames is caught at once.
        static ConfigException Thrown(Action call)
        {
            try
            {
                call();
            }
            catch (ConfigException error)
            {
                return error;
            }
            throw new InvalidOperationException("Nothing was thrown.");
        }
    }

    [Fact]
    public void Call_NestedAThousandDeep_Computes()
    {
        Layer layer = new Linear(2, 2, new Rng(1));
        for (int i = 0; i < 1000; i++) layer = new Sequential(layer);
        Assert.Equal([1, 2], layer.Call(Tensor.Zeros([1, 2])).Shape);
        ModuleSummary summary = layer.Summary([1, 2]);
        Assert.Equal(1001, summary.Rows.Count);
        Assert.Contains(new string(' ', 2 * 1000) + "0 (Linear)", summary.ToString());
    }

    private static (Sequential Outermost, Sequential Innermost) InsideOut(Layer layer)
    {
        Sequential innermost = new(layer), outermost = innermost;
        for (int i = 0; i < Deep; i++) outermost = new Sequential(outermost);
        return (outermost, innermost);
    }

    private static (Sequential Outermost, Sequential Innermost) OutsideIn(Layer layer)
    {
        Sequential outermost = new(), innermost = outermost;
        for (int i = 0; i < Deep; i++)
        {
            Sequential next = new();
            innermost.Add(next);
            innermost = next;
        }
        innermost.Add(layer);
        return (outermost, innermost);
    }

    private static void AssertRefused(Action register, string start) =>
        Assert.Equal(
            start + ", which cannot be part of itself. Register a module of its own, and share parameters where both are to learn together.",
            Assert.Throws<ConfigException>(register).Message);
}
