using MiniStack.Nn;

namespace MiniStack.Tests;

/// <summary>What recurrent layers do with lengths and states, and what they say when they cannot do it.</summary>
public class RecurrentTests
{
    private static readonly Rng Random = new(1);

    public static TheoryData<Func<object>, string> WrongSettings => new()
    {
        { () => new RnnCell(0, 1, Random), "RnnCell: inputs must be at least 1, not 0." },
        { () => new GruCell(1, 0, Random), "GruCell: hidden must be at least 1, not 0." },
        { () => new Rnn(0, 1, Random), "Rnn: inputs must be at least 1, not 0." },
        { () => new Lstm(1, 0, Random), "Lstm: hidden must be at least 1, not 0." },
        { () => new Gru(1, 1, Random, layers: 0), "Gru: layers must be at least 1, not 0." },
        { () => new Gru(1, 1, Random, dropout: 1), "Dropout: the probability must be at least 0 and below 1, not 1." },
    };

    [Theory]
    [MemberData(nameof(WrongSettings), DisableDiscoveryEnumeration = true)]
    public void Constructor_WrongSetting_Throws(Func<object> make, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigException>(make).Message);

    [Fact]
    public void Call_WrongShapes_Throws()
    {
        Lstm lstm = new(3, 2, Random);
        Tensor x = Tensor.Zeros([4, 5, 3]);
        Says<ShapeException>("Lstm: x is (5, 3), but must be [batch, time, 3] with at least one step. Add axes with Unsqueeze.", () => lstm.Call(Tensor.Zeros([5, 3])));
        Says<ShapeException>("Lstm: x is (4, 0, 3), but", () => lstm.Call(Tensor.Zeros([4, 0, 3])));
        Says<ShapeException>("Lstm: x is (4, 5, 2), but", () => lstm.Call(Tensor.Zeros([4, 5, 2])));
        Says<ShapeException>("GruCell: x is (4, 2), but must be [batch, 3].", () => new GruCell(3, 2, Random).Call(Tensor.Zeros([4, 2])));
        Says<ShapeException>("Lstm: the state is (1, 4, 2) and (1, 4, 3), but must be (1, 4, 2).",
            () => lstm.Call(new(x, new(Tensor.Zeros([1, 4, 2]), Tensor.Zeros([1, 4, 3])))));
        Says<ShapeException>("RnnCell: the state is (4, 3), but must be (4, 2).",
            () => new RnnCell(3, 2, Random).Call(new(Tensor.Zeros([4, 3]), new(Tensor.Zeros([4, 3])))));
        Says<ConfigException>("Lstm: the state lacks its cell state. Pass both, hidden and cell, as the layer returns them.",
            () => lstm.Call(new(x, new(Tensor.Zeros([1, 4, 2])))));
        Says<ConfigException>("Gru: the state has a cell state, which this layer does not know. Pass the hidden state only.",
            () => new Gru(3, 2, Random).Call(new(x, new(Tensor.Zeros([1, 4, 2]), Tensor.Zeros([1, 4, 2])))));
        Says<ShapeException>("Lstm: lengths are (3), but must be (4): one for each sequence.", () => lstm.Call(new(x, Lengths: Tensor.CopyOf([1L, 2, 3]))));
        Says<DTypeException>("Lstm: lengths must be I64 or I32, not F32. Convert with To(DType.I64).", () => lstm.Call(new(x, Lengths: Tensor.Ones([4]))));
        Says<IndexException>("Lstm: a length is 6, but the input has 5 steps: lengths must be from 0 to 5.", () => lstm.Call(new(x, Lengths: Tensor.CopyOf([1L, 6, 2, 3]))));
        Says<IndexException>("Lstm: a length is -1, but the input has 5 steps: lengths must be from 0 to 5.", () => lstm.Call(new(x, Lengths: Tensor.CopyOf([1, -1, 2, 3]))));

        static void Says<TError>(string message, Action call) where TError : MiniStackException =>
            Assert.StartsWith(message, Assert.Throws<TError>(call).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_StartValues_AreWithinPyTorchsBound()
    {
        foreach (Module layer in new Module[] { new Lstm(8, 64, new Rng(1)), new GruCell(8, 64, new Rng(1)) })
            Assert.All(layer.Parameters(), parameter => Assert.InRange(parameter.Value.ToArray<float>().Max(MathF.Abs), 0.12, 0.125));
    }

    [Fact]
    public void Lengths_WhatIsBehindThem_ChangesNothing()
    {
        Gru gru = new(3, 2, new Rng(1), layers: 2, bidirectional: true);
        Tensor x = Tensor.Normal([2, 4, 3], new Rng(2)), changed = x.Clone(), lengths = Tensor.CopyOf([2, 4]);
        changed.Select(0, 0).Slice(0, 2, 2).Fill(9);
        RecurrentOutput before = gru.Call(new(x, Lengths: lengths)), after = gru.Call(new(changed, Lengths: lengths));
        Assert.Equal(before.Output.Value.ToArray<float>(), after.Output.Value.ToArray<float>());
        Assert.Equal(before.State.Hidden.Value.ToArray<float>(), after.State.Hidden.Value.ToArray<float>());
        Assert.All(before.Output.Value.Select(0, 0).Slice(0, 2, 2).ToArray<float>(), number => Assert.Equal(0, number));
        RecurrentOutput alone = gru.Call(x.Slice(0, 0, 1).Slice(1, 0, 2));
        Assert.InRange(GoldenFile.Difference(alone.Output.Value, before.Output.Value.Slice(0, 0, 1).Slice(1, 0, 2)), 0, 1e-6);
        Assert.InRange(GoldenFile.Difference(alone.State.Hidden.Value, before.State.Hidden.Value.Slice(1, 0, 1)), 0, 1e-6);
    }

    [Fact]
    public void State_HandedOn_ContinuesTheSequence()
    {
        Lstm lstm = new(3, 2, new Rng(1), layers: 2);
        Tensor x = Tensor.Normal([2, 5, 3], new Rng(2));
        RecurrentOutput whole = lstm.Call(x), first = lstm.Call(x.Slice(1, 0, 2)), second = lstm.Call(new(x.Slice(1, 2, 3), first.State));
        Assert.InRange(GoldenFile.Difference(whole.Output.Value.Slice(1, 2, 3), second.Output.Value), 0, 1e-6);
        Assert.InRange(GoldenFile.Difference(whole.State.Cell!.Value, second.State.Cell!.Value), 0, 1e-6);
    }

    [Fact]
    public void Cell_StepByStep_EqualsTheNetwork()
    {
        Gru gru = new(3, 2, new Rng(1));
        GruCell cell = new(3, 2, new Rng(2));
        cell.LoadStateDict(new StateDict(gru.StateDict().Select(pair => KeyValuePair.Create(pair.Key.Replace("_l0", "", StringComparison.Ordinal), pair.Value))));
        Tensor x = Tensor.Normal([2, 5, 3], new Rng(3));
        RecurrentState? state = null;
        for (int step = 0; step < 5; step++) state = cell.Call(new(x.Select(1, step), state));
        Assert.InRange(GoldenFile.Difference(gru.Call(x).State.Hidden.Value.Squeeze(0), state!.Hidden.Value), 0, 1e-6);
    }

    [Fact]
    public void Dropout_IsBetweenLayersOnly()
    {
        Tensor x = Tensor.Normal([2, 5, 3], new Rng(3));
        Gru one = new(3, 8, new Rng(1), dropout: 0.5), two = new(3, 8, new Rng(1), layers: 2, dropout: 0.5);
        Assert.Equal(one.Call(x).Output.Value.ToArray<float>(), one.Call(x).Output.Value.ToArray<float>());
        Assert.NotEqual(two.Call(x).Output.Value.ToArray<float>(), two.Call(x).Output.Value.ToArray<float>());
        Assert.DoesNotContain(0f, two.Call(x).Output.Value.ToArray<float>());
    }
}
