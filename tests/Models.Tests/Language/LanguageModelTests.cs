using MiniStack.Models;
using MiniStack.Nn;

namespace MiniStack.Tests;

public class LanguageModelTests
{
    [Fact]
    public void Summary_OfGpt_CountsOnePass()
    {
        Gpt model = new(GptConfig.Nano(65), new Rng(1));
        ModuleSummary summary = model.Summary([1, 64]);
        Assert.Equal(804_096, summary.Parameters);
        Assert.Equal(("Gpt", "(1, 64, 65)"), (summary.Rows[0].Type, summary.Rows[0].Output?.ToString()));
        // Two operations for each number of the matrices and position, without attention and lookups.
        double products = 2 * 64 * (4 * 12 * 128 * 128 + 65 * 128.0);
        Assert.InRange(summary.Flops, products, 1.5 * products);
    }

    [Fact]
    public void Call_OfGpt_IsForwardWithItsHooks()
    {
        Gpt model = new(new GptConfig(11, 8, 1, 2, 8), new Rng(1));
        Tensor tokens = Tensor.CopyOf(new long[,] { { 1, 5 } });
        int calls = 0;
        using IDisposable hook = model.AfterForward((_, y) =>
        {
            calls++;
            return y;
        });
        Assert.Equal(model.Forward(tokens).Value.ToArray<float>(), model.Call(tokens).Value.ToArray<float>());
        Assert.Equal(1, calls);
    }

    [Fact]
    public void NamedParameters_OfLlama_AreHuggingFaces()
    {
        string[] block =
        [
            "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj",
            "input_layernorm", "post_attention_layernorm",
        ];
        string[] names =
        [
            "model.embed_tokens.weight", .. block.Select(name => $"model.layers.0.{name}.weight"), .. block.Select(name => $"model.layers.1.{name}.weight"),
            "model.norm.weight",
        ];
        LlamaConfig config = new(11, 8, 2, 4, 2, 16, 24);
        Assert.Equal([.. names, "lm_head.weight"], new Llama(config, new Rng(1)).StateDict().Keys);
        Assert.Equal(names, new Llama(config with { TiedHead = true }, new Rng(1)).StateDict().Keys);
    }

    [Fact]
    public void LoadStateDict_OfATiedLlama_TakesTheTableUnderEitherName()
    {
        LlamaConfig config = new(11, 8, 1, 2, 2, 8, 8, TiedHead: true);
        StateDict state = new Llama(config, new Rng(1)).StateDict();
        Tensor table = state["model.embed_tokens.weight"];
        state.Remove("model.embed_tokens.weight");
        state.Add("lm_head.weight", table);
        Llama other = new(config, new Rng(2));
        other.LoadStateDict(state);
        Assert.Equal(0, GoldenFile.Difference(table, other.StateDict()["model.embed_tokens.weight"]));
    }

    [Fact]
    public void Forward_OfLlama_DoesNotSeeLaterTokens()
    {
        Llama model = new(new LlamaConfig(11, 8, 2, 4, 2, 16, 24), new Rng(1));
        float[] before = Scores([1, 5, 3, 2]), after = Scores([1, 5, 9, 2]);
        Assert.Equal(before[..22], after[..22]);
        Assert.NotEqual(before[22..33], after[22..33]);
        Assert.NotEqual(before[33..], after[33..]);

        float[] Scores(long[] tokens) => model.Call(Tensor.CopyOf(tokens, [1, 4])).Value.ToArray<float>();
    }

    [Fact]
    public void Forward_OfBert_SeesBothSidesButNoPadding()
    {
        Bert model = new(new BertConfig(11, 8, 2, 2, 16, 24, Dropout: 0), new Rng(1));
        Tensor mask = Tensor.CopyOf([true, true, true, false], [1, 4]);
        float[] before = Scores([1, 5, 3, 0], mask);
        Assert.NotEqual(before[..11], Scores([1, 5, 9, 0], mask)[..11]);
        Assert.Equal(before[..33], Scores([1, 5, 3, 7], mask)[..33]);
        Assert.NotEqual(Scores([1, 5, 3, 0], null)[..33], Scores([1, 5, 3, 7], null)[..33]);
        // Without its padding, the text gives the same.
        float[] alone = model.Call(Tensor.CopyOf(new long[] { 1, 5, 3 }, [1, 3])).Value.ToArray<float>();
        for (int i = 0; i < alone.Length; i++) Assert.Equal(alone[i], before[i], 1e-5f);

        float[] Scores(long[] tokens, Tensor? keys) => model.Call(new BertInput(Tensor.CopyOf(tokens, [1, 4]), Mask: keys)).Value.ToArray<float>();
    }

    [Fact]
    public void Forward_OfBertWithoutSegments_TakesTheFirst()
    {
        Bert model = new(new BertConfig(11, 8, 1, 2, 16, 24, Dropout: 0), new Rng(1));
        Tensor tokens = Tensor.CopyOf(new long[,] { { 1, 5 } });
        float[] none = model.Call(tokens).Value.ToArray<float>();
        Assert.Equal(none, model.Call(new BertInput(tokens, Tensor.Zeros([1, 2], DType.I64))).Value.ToArray<float>());
        Assert.NotEqual(none, model.Call(new BertInput(tokens, Tensor.Ones([1, 2], DType.I64))).Value.ToArray<float>());
    }
}
