using MiniStack.Nn;

namespace MiniStack.Formats.Tests;

/// <summary>Adapters of PEFT whose factors mean something else than here are refused by the name of the field; what says nothing of them is passed over.</summary>
public sealed class PeftForeignTests : TestFolder
{
    private const string Variant = "that variant of LoRA cannot be loaded here. Merge the adapter in PEFT (merge_and_unload) and load the whole model.";

    [Theory]
    [InlineData("pissa")]
    [InlineData("pissa_niter_16")]
    [InlineData("olora")]
    [InlineData("corda")]
    [InlineData("loftq")]
    [InlineData("eva")]
    [InlineData("lora_ga")]
    [InlineData("of tomorrow")]
    public void Load_AStartThatMayChangeTheBaseModel_IsRefusedByName(string start) => Refused(
        $"\"init_lora_weights\": \"{start}\"",
        $"'init_lora_weights' is '{start}': such an adapter belongs to a base model that its start has changed, and beside the original it is another one. " +
        "Convert it to plain LoRA in PEFT: save_pretrained with path_initial_model_for_weight_conversion.");

    public static TheoryData<string, string> Variants => new()
    {
        { "use_dora", "true" }, { "use_qalora", "true" }, { "lora_bias", "true" }, { "ensure_weight_tying", "true" }, { "use_bdlora", "{\"a\": 1}" },
        { "rank_pattern", "{\"up\": 4}" }, { "alpha_pattern", "{\"up\": 4}" }, { "megatron_config", "{\"a\": 1}" }, { "loftq_config", "{\"loftq_bits\": 4}" }, { "eva_config", "{\"rho\": 2.0}" },
        { "corda_config", "{\"a\": 1}" }, { "lora_ga_config", "{\"a\": 1}" }, { "arrow_config", "{\"a\": 1}" }, { "trainable_token_indices", "[1, 2]" }, { "layer_replication", "[[0, 4], [2, 5]]" },
        { "target_parameters", "[\"a\"]" }, { "alora_invocation_tokens", "[1]" },
    };

    [Theory]
    [MemberData(nameof(Variants))]
    public void Load_AVariant_IsRefusedByName(string field, string value) => Refused($"\"{field}\": {value}", $"'{field}' is set; {Variant}");

    [Theory]
    [InlineData("true")]
    [InlineData("1")]
    [InlineData("\"x\"")]
    [InlineData("[0]")]
    [InlineData("{\"a\": null}")]
    public void Load_AFieldThatNobodyKnows_IsRefusedByName(string value) => Refused(
        $"\"use_tomorrow\": {value}",
        "'use_tomorrow' is set, which is not known here and may change what the adapter does. Merge the adapter in PEFT (merge_and_unload) and load the whole model, or remove the field if it says nothing of the weights.");

    /// <summary>The fields that PEFT 0.17 writes for a plain LoRA, each with a value that changes nothing here, and unknown ones that are off.</summary>
    [Theory]
    [InlineData("\"auto_mapping\": {\"base_model_class\": \"A\"}, \"base_model_name_or_path\": \"gpt2\", \"revision\": \"main\", \"inference_mode\": true, \"task_type\": \"CAUSAL_LM\", \"peft_version\": \"0.17.1\"")]
    [InlineData("\"init_lora_weights\": true")]
    [InlineData("\"init_lora_weights\": false")]
    [InlineData("\"init_lora_weights\": \"gaussian\"")]
    [InlineData("\"init_lora_weights\": \"orthogonal\"")]
    [InlineData("\"fan_in_fan_out\": true")]
    [InlineData("\"layers_to_transform\": [0, 1], \"layers_pattern\": \"h\", \"exclude_modules\": [\"down\"]")]
    [InlineData("\"megatron_core\": \"megatron.core\", \"megatron_config\": null, \"qalora_group_size\": 16, \"use_qalora\": false, \"loftq_config\": {}, \"rank_pattern\": {}, \"runtime_config\": {\"ephemeral_gpu_offload\": false}")]
    [InlineData("\"tomorrow\": null, \"tomorrow2\": false, \"tomorrow3\": [], \"tomorrow4\": {}")]
    public void Load_FieldsThatSayNothingOfTheFactors_GiveThePlainAdapter(string fields)
    {
        Linear[] models = [Model(), Model()];
        Write("\"task_type\": null");
        Peft.Load(Folder, models[0], new Rng(1));
        Write(fields);
        Peft.Load(Folder, models[1], new Rng(1));
        float[][] outputs = [.. models.Select(model => model.Call(Tensor.Ones([1, 2])).Value.ToArray<float>())];
        Assert.Equal(outputs[0], outputs[1]);
        Assert.NotEqual(Model().Call(Tensor.Ones([1, 2])).Value.ToArray<float>(), outputs[1]);
    }

    [Fact]
    public void Load_FactorsOfAnotherFramework_AreRefused()
    {
        Write("\"task_type\": null");
        string weights = PathOf("adapter_model.safetensors");
        Safetensors.Save(weights, Safetensors.Load(weights), new Dictionary<string, string> { ["format"] = "flax" });
        Assert.Equal(
            $"{weights}: its metadata say that it has the format 'flax', whose weights may be transposed; models here take PyTorch's ('pt'). Convert it to PyTorch's first.",
            Assert.Throws<CheckpointException>(() => Peft.Load(Folder, Model(), new Rng(1))).Message);
    }

    private static Linear Model() => new(2, 3, new Rng(1));

    private void Refused(string field, string message)
    {
        Write(field);
        Linear model = Model();
        CheckpointException error = Assert.Throws<CheckpointException>(() => Peft.Load(Folder, model, new Rng(1)));
        Assert.Equal($"{PathOf("adapter_config.json")}: {message}", error.Message);
        Assert.Empty(model.AdaptersOf());
    }

    private void Write(string field)
    {
        File.WriteAllText(PathOf("adapter_config.json"), $$"""{"peft_type": "LORA", "r": 2, "lora_alpha": 4, {{field}}}""");
        Safetensors.Save(PathOf("adapter_model.safetensors"), [new("base_model.model.lora_A.weight", Tensor.Ones([2, 2])), new("base_model.model.lora_B.weight", Tensor.Ones([3, 2]))]);
    }
}
