using MiniStack.Nn;

namespace MiniStack.Tests;

public class HookTests
{
    private readonly Linear _layer = new(2, 2, new Rng(1), bias: false);
    private readonly Variable _x = Tensor.CopyOf([1f, 2]);

    [Fact]
    public void BeforeAndAfterForward_ChangeInputAndOutput_UntilTakenAway()
    {
        float[] plain = _layer.Call(_x).Value.ToArray<float>();
        List<string> order = [];
        IDisposable before = _layer.BeforeForward(x =>
        {
            order.Add("before");
            return x * 2;
        });
        using (_layer.AfterForward((x, y) =>
        {
            order.Add("after");
            Assert.Equal([2f, 4], x.Value.ToArray<float>());
            return y + 1;
        }))
        {
            Assert.Equal(plain.Select(value => value * 2 + 1), _layer.Call(_x).Value.ToArray<float>());
        }
        Assert.Equal(["before", "after"], order);
        before.Dispose();
        before.Dispose(); // twice does no harm
        Assert.Equal(plain, _layer.Call(_x).Value.ToArray<float>());
    }

    [Fact]
    public void OnBackward_SeesAndChangesTheGradientOfTheOutput()
    {
        List<float[]> seen = [];
        using IDisposable hook = _layer.OnBackward(gradient =>
        {
            seen.Add(gradient.Value.ToArray<float>());
            return gradient * 10;
        });
        using Tape tape = Tape.Begin();
        tape.Backward((_layer.Call(_x) * Tensor.CopyOf([3f, 4])).Sum());
        Assert.Equal([[3f, 4]], seen);
        Assert.Equal([30f, 60, 40, 80], _layer.Weight.Grad!.ToArray<float>());
    }

    [Fact]
    public void AHook_ThatTakesItselfAway_RunsOnce()
    {
        int calls = 0;
        IDisposable? hook = null;
        hook = _layer.AfterForward((_, y) =>
        {
            calls++;
            hook!.Dispose();
            return y;
        });
        _layer.Call(_x);
        _layer.Call(_x);
        Assert.Equal(1, calls);
    }

    [Fact]
    public void AHook_OfAnEmbedding_GetsTheIndices()
    {
        Embedding table = new(3, 2, new Rng(1));
        Tensor? seen = null;
        using IDisposable hook = table.AfterForward((indices, y) =>
        {
            seen = indices;
            return y;
        });
        Tensor indices = Tensor.CopyOf([2L]);
        table.Call(indices);
        Assert.Same(indices, seen);
    }

    [Theory]
    [InlineData("ln_*", 4)]
    [InlineData("*.c_proj.*", 4)]
    [InlineData("attn.c_attn.weight", 1)]
    [InlineData("*", 12)]
    public void Freeze_APattern_FreezesThoseAndNoOthers(string pattern, int count)
    {
        TransformerBlock block = new(4, 2, new Rng(1), bias: true, dropout: 0, std: 1, projectionStd: 1);
        Assert.Equal(count, block.Freeze(pattern));
        Assert.Equal(count, block.Parameters().Count(parameter => !parameter.RequiresGrad));
        Assert.Equal(count, block.Unfreeze(pattern));
        Assert.All(block.Parameters(), parameter => Assert.True(parameter.RequiresGrad));
    }

    [Fact]
    public void Freeze_APatternThatNothingFits_Throws()
    {
        ConfigException error = Assert.Throws<ConfigException>(() => _layer.Freeze("h.0.*"));
        Assert.Equal("Linear: no parameter's name fits 'h.0.*'. Its names are weight; * stands for any text.", error.Message);
    }
}
