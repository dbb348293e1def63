using MiniStack.Models;
using MiniStack.Nn;

namespace MiniStack.Tests;

/// <summary>What Llama and the LSTM add to what <see cref="GptGenerateTests"/> say of the sampling they share.</summary>
public class GenerateTests
{
    private readonly Llama _llama = new(new LlamaConfig(11, 4, 1, 2, 1, 8, 8), new Rng(1));
    private readonly LstmLanguageModel _lstm = new(new LstmLanguageModelConfig(11, 6, 8, 2, Dropout: 0.5), new Rng(1));

    public GenerateTests()
    {
        foreach (Parameter parameter in _llama.Parameters().Concat(_lstm.Parameters()).Where(parameter => parameter.Rank == 2)) parameter.Value.ScaleInPlace(4);
    }

    [Fact]
    public void Generate_Llama_TakesTheLikeliestOfItsScores()
    {
        List<long> tokens = [1, 2];
        int[] generated = [.. _llama.Generate([1, 2], 6, new Rng(1), temperature: 0)];
        foreach (int next in generated)
        {
            long[] window = [.. tokens.TakeLast(4)];
            Assert.Equal(next, (int)_llama.Forward(Tensor.CopyOf(window, [1, window.Length])).Value.Select(1, window.Length - 1).ArgMax().Item());
            tokens.Add(next);
        }
    }

    [Fact]
    public void Generate_Lstm_CarriesItsStateAsIfItReadAllAnew()
    {
        List<long> tokens = [1, 2, 3];
        int[] generated = [.. _lstm.Generate([1, 2, 3], 12, new Rng(1), temperature: 0)];
        Assert.True(_lstm.IsTraining);
        _lstm.Eval();
        foreach (int next in generated)
        {
            Assert.Equal(next, (int)_lstm.Forward(Tensor.CopyOf([.. tokens], [1, tokens.Count])).Value.Select(1, tokens.Count - 1).ArgMax().Item());
            tokens.Add(next);
        }
    }

    [Fact]
    public void Generate_LstmEnumeratedTwiceAtOnce_KeepsTheStatesApart()
    {
        IEnumerable<int> text = _lstm.Generate([1, 2, 3], 8, new Rng(1), temperature: 0);
        int[] once = [.. text];
        Assert.Equal(once.Zip(once), text.Zip(text));
    }

    [Fact]
    public void Generate_LstmInScopesThatEndBetweenTokens_GoesOn()
    {
        int[] whole = [.. _lstm.Generate([1], 5, new Rng(1), temperature: 0)];
        using IEnumerator<int> tokens = _lstm.Generate([1], 5, new Rng(1), temperature: 0).GetEnumerator();
        foreach (int expected in whole)
        {
            using MemoryScope scope = MemoryScope.Begin();
            Assert.True(tokens.MoveNext());
            Assert.Equal(expected, tokens.Current);
        }
    }

    [Fact]
    public void Generate_EmptyPrompt_ThrowsAtOnce()
    {
        Assert.Equal("Generate: the prompt must have at least one token.", Assert.Throws<ConfigException>(() => _llama.Generate([], 1, new Rng(1))).Message);
        Assert.Equal("Generate: the prompt must have at least one token.", Assert.Throws<ConfigException>(() => _lstm.Generate([], 1, new Rng(1))).Message);
    }

    [Fact]
    public void Generate_ThatFails_LeavesTheModelTraining()
    {
        Assert.Throws<IndexException>(() => _llama.Generate([11], 1, new Rng(1)).ToArray());
        Assert.True(_llama.IsTraining);
    }

    [Fact]
    public void Continue_ATextInPieces_GivesTheScoresOfTheWhole()
    {
        _lstm.Eval();
        Tensor text = Tensor.CopyOf(new long[,] { { 1, 5, 3, 2, 10, 0, 7 }, { 4, 4, 1, 0, 2, 9, 8 } });
        Variable whole = _lstm.Call(text);
        (Variable first, RecurrentState state) = _lstm.Continue(text.Slice(1, 0, 3), null);
        (Variable second, _) = _lstm.Continue(text.Slice(1, 3, 4), state);
        Assert.InRange(GoldenFile.Difference(whole.Value, Variable.Concat([first, second], axis: 1).Value), 0, 1e-6);
    }
}
