using MiniStack.Models;
using MiniStack.Nn;
using MiniStack.Optim;

namespace MiniStack.Tests;

/// <summary>Adapters of whole language models.</summary>
public class AdapterTests
{
    private static readonly GptConfig Config = new(VocabularySize: 20, Context: 8, Layers: 2, Heads: 2, Channels: 16);

    [Fact]
    public void Gpt_WithEverythingAdapted_GivesTheSameLogitsMerged()
    {
        Gpt gpt = new(Config, new Rng(1));
        // The token table is the head's matrix too, the positions are read without being looked up.
        LoraAdapter adapter = gpt.AddLora("a", new LoraConfig(Rank: 2, Targets: ["*"]), new Rng(2));
        Assert.Equal(["wte", "wpe", "h.0.attn.c_attn", "h.0.attn.c_proj", "h.0.mlp.c_fc", "h.0.mlp.c_proj"], adapter.Layers.Take(6));
        foreach (Parameter parameter in adapter.Parameters) parameter.Value.CopyFrom(Tensor.Normal(parameter.Shape, new Rng(3), 0, 0.05));
        float[] plain = new Gpt(Config, new Rng(1)).Call(Tokens).Value.ToArray<float>(), beside = gpt.Call(Tokens).Value.ToArray<float>();
        Assert.True(plain.Zip(beside).Max(pair => Math.Abs(pair.First - pair.Second)) > 0.05);
        adapter.Merge();
        Assert.All(beside.Zip(gpt.Call(Tokens).Value.ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        adapter.Unmerge();
        Assert.Equal(beside, gpt.Call(Tokens).Value.ToArray<float>());
        gpt.RemoveAdapter("a");
        Assert.Equal(plain, gpt.Call(Tokens).Value.ToArray<float>());
    }

    [Fact]
    public void Step_OfAnAdapter_LeavesTheBaseToTheBit()
    {
        Gpt gpt = new(Config, new Rng(1));
        StateDict before = new(gpt.StateDict().Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Clone().Persist())));
        Parameter[] learning = gpt.FineTune(FineTuning.Lora(new LoraConfig(Rank: 2, Targets: ["c_attn", "c_fc"]), new Rng(2)));
        AdamW optimizer = new(learning, 1e-2);
        double first = 0, last = 0;
        for (int step = 0; step < 20; step++)
        {
            using Tape tape = Tape.Begin();
            Variable loss = gpt.Call(Tokens).CrossEntropy(Tokens);
            tape.Backward(loss);
            optimizer.Step();
            last = loss.Item();
            if (step == 0) first = last;
        }
        Assert.True(last < first - 0.2, $"The adapter has not learned: {first} became {last}.");
        StateDict after = gpt.StateDict();
        Assert.All(before, pair => Assert.Equal(pair.Value.ToArray<float>(), after[pair.Key].ToArray<float>()));
        // Two moments of the adapter, and nothing for what is frozen.
        Assert.Equal(2 * learning.Sum(parameter => parameter.Value.Count), optimizer.State.Sum(state => state.Value.Count));
    }

    [Fact]
    public void Llama_WithATiedHead_RefusesItsTable()
    {
        Llama llama = new(new LlamaConfig(VocabularySize: 20, Context: 8, Layers: 1, Heads: 2, KeyHeads: 1, Channels: 16, Hidden: 32, TiedHead: true), new Rng(1));
        ConfigException error = Assert.Throws<ConfigException>(() => llama.AddLora("a", new LoraConfig(Targets: ["*"]), new Rng(2)));
        Assert.StartsWith("Lora: the weight of 'model.embed_tokens' is shared, as ", error.Message);
        LoraAdapter adapter = llama.AddLora("a", new LoraConfig(), new Rng(2)); // every Linear, but for the head that shares the table
        Assert.DoesNotContain("lm_head", adapter.Layers);
        Assert.Contains("model.layers.0.mlp.down_proj", adapter.Layers);
        Assert.Equal(new Llama(llama.Config, new Rng(1)).Call(Tokens).Value.ToArray<float>(), llama.Call(Tokens).Value.ToArray<float>());
    }

    /// <summary>What tokens come in and go out by: PEFT's usual modules_to_save.</summary>
    [Fact]
    public void Llama_WithAHeadOfItsOwn_LearnsTableAndHeadInFull()
    {
        Llama llama = new(new LlamaConfig(VocabularySize: 20, Context: 8, Layers: 1, Heads: 2, KeyHeads: 1, Channels: 16, Hidden: 32), new Rng(1));
        float[] plain = llama.Call(Tokens).Value.ToArray<float>();
        LoraAdapter adapter = llama.AddLora("a", new LoraConfig(2, InFull: ["embed_tokens", "lm_head", "*norm"]), new Rng(2));
        Assert.Equal(["model.embed_tokens", "model.layers.0.input_layernorm", "model.layers.0.post_attention_layernorm", "model.norm", "lm_head"], adapter.LayersInFull);
        Assert.Equal(plain, llama.Call(Tokens).Value.ToArray<float>());
        foreach (Parameter parameter in adapter.Parameters) parameter.Value.AddInPlace(Tensor.Normal(parameter.Shape, new Rng(3), 0, 0.05));
        float[] beside = llama.Call(Tokens).Value.ToArray<float>();
        Assert.NotEqual(plain, beside);
        adapter.Merge();
        Assert.All(beside.Zip(llama.Call(Tokens).Value.ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        llama.ConvertTo(DType.F64);
        adapter.Unmerge();
        GradCheck.Run(() => llama.Call(Tokens), adapter.Parameters);
        llama.ConvertTo(DType.F32);
        llama.RemoveAdapter("a");
        Assert.Equal(plain, llama.Call(Tokens).Value.ToArray<float>());
    }

    /// <summary>A part does not show that what it holds is used elsewhere; the whole does.</summary>
    [Fact]
    public void BertsEncoder_WhoseTableTheHeadShares_RefusesIt()
    {
        Bert bert = new(new BertConfig(VocabularySize: 20, Context: 8, Layers: 1, Heads: 2, Channels: 16, Hidden: 32), new Rng(1));
        foreach (LoraConfig config in (LoraConfig[])[new(Targets: ["*"]), new(InFull: ["embeddings.word_embeddings"])])
        {
            ConfigException error = Assert.Throws<ConfigException>(() => bert.Encoder.AddLora("a", config, new Rng(2)));
            Assert.Equal(
                "Lora: the weight of 'embeddings.word_embeddings' is shared, as bert.embeddings.word_embeddings.weight, cls.predictions.decoder.weight: " +
                "an adapter would change one use of it and not the other. Leave the layer out.",
                error.Message);
        }
        Assert.Contains("encoder.layer.0.linear1", bert.Encoder.AddLora("a", new LoraConfig(InFull: ["embeddings.LayerNorm"]), new Rng(2)).Layers);
    }

    private static Tensor Tokens => Tensor.CopyOf([1L, 8, 0, 3, 3, 5, 19, 2, 7, 7], [2, 5]);
}
