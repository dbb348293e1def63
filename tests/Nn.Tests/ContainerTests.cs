using MiniStack.Nn;

namespace MiniStack.Tests;

public class ContainerTests
{
    private readonly Rng _rng = new(1);

    [Fact]
    public void Sequential_AppliesItsLayersInOrder_UnderPyTorchsNames()
    {
        Linear first = new(2, 3, _rng), last = new(3, 1, _rng);
        Sequential model = new(first, new Gelu(), last);
        Assert.Equal(["0.weight", "0.bias", "2.weight", "2.bias"], model.NamedParameters().Select(named => named.Name));
        Variable x = Tensor.CopyOf([1f, -2]);
        Assert.Equal(last.Call(first.Call(x).Gelu()).Value.ToArray<float>(), model.Call(x).Value.ToArray<float>());
        Assert.Equal(3, model.Count);
        Assert.Same(last, model[2]);
        Assert.Equal(["0", "1", "2"], model.Select(layer => layer.Path));
    }

    [Fact]
    public void Sequential_WithoutLayers_ReturnsItsInput()
    {
        Variable x = Tensor.CopyOf([1f]);
        Assert.Same(x, new Sequential().Call(x));
    }

    [Fact]
    public void ModuleList_InAModule_NamesItsModulesByNumber()
    {
        Stack stack = new(_rng, 2);
        Assert.Equal(["blocks.0.weight", "blocks.1.weight", "heads.left.weight", "heads.right.weight"], stack.NamedParameters().Select(named => named.Name));
        Assert.Equal(["", "blocks", "blocks.0", "blocks.1", "heads", "heads.left", "heads.right"], stack.Modules().Select(named => named.Path));
        Assert.Equal(2, stack.Blocks.Count);
        Assert.Same(stack.Blocks[1], stack.Blocks.Last());
    }

    [Fact]
    public void ModuleDict_AName_FindsItsModule()
    {
        Stack stack = new(_rng, 1);
        Assert.Equal(["left", "right"], stack.Heads.Keys);
        Assert.Same(stack.Heads["left"], stack.Heads.Values.First());
        Assert.True(stack.Heads.TryGetValue("right", out _));
        ConfigException error = Assert.Throws<ConfigException>(() => stack.Heads["middle"]);
        Assert.Equal("ModuleDict: there is no module 'middle'. There are left, right.", error.Message);
        Assert.Throws<ConfigException>(() => stack.Heads.Add("left", new Linear(1, 1, _rng)));
    }

    private sealed class Stack : Module
    {
        public Stack(Rng rng, int blocks)
        {
            Blocks = Register("blocks", new ModuleList<Linear>(Enumerable.Range(0, blocks).Select(_ => new Linear(2, 2, rng, bias: false))));
            Heads = Register("heads", new ModuleDict<Linear>());
            foreach (string name in (string[])["left", "right"]) Heads.Add(name, new Linear(2, 1, rng, bias: false));
        }

        public ModuleList<Linear> Blocks { get; }

        public ModuleDict<Linear> Heads { get; }
    }
}
