using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MiniStack.Models;

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
            if (JsonSerializer.Deserialize(json, RunConfigJson.Readable.RunConfig) is { Model: not null, Training: not null } config) return config;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new CheckpointException($"{file}: it is damaged ({exception.Message.ReplaceLineEndings(" ").TrimEnd('.')}). Restore it from a copy.", exception);
        }
        throw new CheckpointException($"{file}: it is damaged (model or training is missing). Restore it from a copy.");
    }
}

/// <summary>How a run trains.</summary>
internal sealed record TrainingConfig(
    string Data, string DataSha256, long Steps, int Batch, double LearningRate, double MinimumLearningRate, long WarmUp,
    double Beta1, double Beta2, double WeightDecay, double ClipNorm, long Seed, int EvalEvery);

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
