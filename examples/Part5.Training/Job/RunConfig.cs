using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MiniStack.Models;
using MiniStack.Optim;

namespace MiniStack.Examples.Training;

/// <summary>What config.json holds: the sizes of the model and everything that decides the course of the run.</summary>
internal sealed record RunConfig(int FormatVersion, GptConfig Model, TrainingConfig Training)
{
    public const int CurrentVersion = 1;

    public string ToJson() => JsonSerializer.Serialize(this, RunConfigJson.Readable.RunConfig) + "\n";

    /// <exception cref="CheckpointException">It is not such JSON, or was written by a newer program.</exception>
    public static RunConfig FromJson(string file, string json)
    {
        try
        {
            using (JsonDocument document = JsonDocument.Parse(json))
            {
                int version = document.RootElement.GetProperty("format_version").GetInt32();
                if (version > CurrentVersion)
                {
                    throw new CheckpointException(
                        $"{file}: its format version is {version}; this program reads up to {CurrentVersion}. Update MiniStack to continue this run.");
                }
            }
            if (JsonSerializer.Deserialize(json, RunConfigJson.Readable.RunConfig) is { Model: not null, Training: not null } config)
            {
                config.Training.Check(file);
                return config;
            }
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new CheckpointException($"{file}: it is damaged ({exception.Message.ReplaceLineEndings(" ").TrimEnd('.')}). Restore it from a copy.", exception);
        }
        throw new CheckpointException($"{file}: it is damaged (model or training is missing). Restore it from a copy.");
    }
}

/// <summary>How a run trains.</summary>
internal sealed record TrainingConfig(
    string Data, string DataSha256, long Steps, int Batch, double LearningRate, double MinimumLearningRate, long WarmUp,
    double Beta1, double Beta2, double WeightDecay, double ClipNorm, long Seed, int EvalEvery, string Precision = TrainingConfig.F32)
{
    /// <summary>Parameters and activations in F32.</summary>
    public const string F32 = "f32";

    /// <summary>Parameters and activations in 16 bits, with F32 masters in the optimizer; f16-unscaled leaves out the scaling of the loss.</summary>
    public static readonly string[] Precisions = [F32, "bf16", "f16", "f16-unscaled"];

    [JsonIgnore]
    public DType DType => Precision switch { "bf16" => DType.BF16, F32 => DType.F32, _ => DType.F16 };

    /// <summary>Throws when a setting is one that no run has begun with.</summary>
    /// <exception cref="CheckpointException">One is; the sentence names it.</exception>
    public void Check(string file)
    {
        (string Name, object Value, bool IsGood)[] settings =
        [
            ("steps", Steps, Steps >= 1), ("batch", Batch, Batch is >= 1 and <= 100_000), ("learning_rate", LearningRate, LearningRate is > 0 and <= 10),
            ("minimum_learning_rate", MinimumLearningRate, MinimumLearningRate >= 0 && MinimumLearningRate <= LearningRate),
            ("warm_up", WarmUp, WarmUp >= 0 && WarmUp <= Steps), ("beta1", Beta1, Beta1 is >= 0 and < 1), ("beta2", Beta2, Beta2 is >= 0 and < 1),
            ("weight_decay", WeightDecay, WeightDecay >= 0 && double.IsFinite(WeightDecay)), ("clip_norm", ClipNorm, ClipNorm > 0),
            ("seed", Seed, Seed >= 0), ("eval_every", EvalEvery, EvalEvery >= 1), ("data", Data ?? "nothing", !string.IsNullOrWhiteSpace(Data)),
        ];
        foreach ((string name, object value, bool isGood) in settings)
            if (!isGood) throw new CheckpointException(FormattableString.Invariant($"{file}: its {name} is {value}, with which no run begins. Restore it from a copy."));
    }

    /// <exception cref="CheckpointException">The precision is none that this program knows.</exception>
    public Optimizer NewOptimizer(IEnumerable<Parameter> parameters)
    {
        if (!Precisions.Contains(Precision))
            throw new CheckpointException($"The run's precision is '{Precision}'; this program knows {string.Join(", ", Precisions)}. Restore config.json from a copy.");
        return Precision == F32
            ? AdamW(parameters)
            : new MixedPrecision(parameters, AdamW, Precision == "f16" ? new LossScaler(scale: 8192, interval: 500) : LossScaler.Static(1));
    }

    private AdamW AdamW(IEnumerable<Parameter> parameters) => new(parameters, LearningRate, Beta1, Beta2, weightDecay: WeightDecay);
}

[JsonSerializable(typeof(RunConfig))]
internal sealed partial class RunConfigJson : JsonSerializerContext
{
    /// <summary>Indented, snake_case, and paths as they are instead of \u escapes.</summary>
    public static RunConfigJson Readable { get; } = new(new JsonSerializerOptions
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectRequiredConstructorParameters = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
