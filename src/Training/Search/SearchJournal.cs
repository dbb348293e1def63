using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using MiniStack.Formats;

namespace MiniStack.Training;

/// <summary>The file of a search: a line of JSON that says which search it is, then one for each trial.</summary>
internal sealed class SearchJournal
{
    private readonly string _path;
    private readonly List<JsonElement> _known = [];

    public SearchJournal(string path, HyperParameterSearch search)
    {
        _path = Settings.Path("A search's journal", path);
        string header = JsonSerializer.Serialize(
            new SearchHeader(search.Description, search.Seed, [.. search.Space.Dimensions.Select(dimension => dimension.ToString()!)]),
            SearchJson.Default.SearchHeader);
        string[] lines = File.Exists(path) ? RunFolder.ReadText(path).Split('\n', StringSplitOptions.RemoveEmptyEntries) : [];
        if (lines.Length == 0)
        {
            AtomicFile.WriteText(path, header + "\n");
            return;
        }
        if (lines[0] != header)
            throw new CheckpointException($"{path}: it is the journal of another search. Choose another file, or delete it to begin anew.");
        // A crash may have cut the last line: that trial is run again.
        foreach (string line in lines.Skip(1))
        {
            if (Parse(line) is not { } trial) break;
            _known.Add(trial);
        }
        AtomicFile.WriteText(path, string.Concat(lines.Take(1 + _known.Count).Select(line => line + "\n")));
    }

    /// <summary>The trial that came of a request, when it was made before.</summary>
    public SearchTrial? Recall(SearchRequest request)
    {
        if (request.Number >= _known.Count) return null;
        JsonElement known = _known[request.Number];
        double[] coordinates = [.. known.GetProperty("at").EnumerateArray().Select(value => value.GetDouble())];
        if (!coordinates.SequenceEqual(request.Point.Coordinates) || known.GetProperty("budget").GetDouble() != request.Budget)
        {
            throw new CheckpointException(
                $"{_path}: trial {request.Number} is not what this search would have tried. " +
                "The file was changed, or made on another machine; delete it to begin anew.");
        }
        return new SearchTrial(
            request,
            known.GetProperty("score") is { ValueKind: JsonValueKind.Number } score ? score.GetDouble() : double.PositiveInfinity);
    }

    public void Add(SearchTrial trial)
    {
        SearchPoint point = trial.Request.Point;
        string line = JsonSerializer.Serialize(
            new SearchLine(
                trial.Request.Number, point.ToString(), [.. point.Coordinates], trial.Request.Budget,
                double.IsFinite(trial.Score) ? trial.Score : null),
            SearchJson.Default.SearchLine);
        try
        {
            RunFolder.CheckNoLink(_path);
            using FileStream stream = new(_path, FileMode.Append, FileAccess.Write, FileShare.Read);
            stream.Write(Encoding.UTF8.GetBytes(line + "\n"));
            stream.Flush(flushToDisk: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(
                $"{_path}: cannot be written ({exception.Message.TrimEnd('.')}). Free some space or choose another file.", exception);
        }
    }

    private static JsonElement? Parse(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement trial = document.RootElement.Clone();
            bool whole = trial.ValueKind == JsonValueKind.Object && trial.TryGetProperty("score", out JsonElement score)
                && score.ValueKind is JsonValueKind.Number or JsonValueKind.Null
                && trial.TryGetProperty("budget", out JsonElement budget) && budget.ValueKind == JsonValueKind.Number
                && trial.TryGetProperty("at", out JsonElement at) && at.ValueKind == JsonValueKind.Array
                && at.EnumerateArray().All(value => value.ValueKind == JsonValueKind.Number);
            return whole ? trial : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException) // the latter for half a character in a name
        {
            return null;
        }
    }
}

/// <summary>The first line of a journal.</summary>
internal sealed record SearchHeader(
    [property: JsonPropertyName("search")] string Search, [property: JsonPropertyName("seed")] ulong Seed,
    [property: JsonPropertyName("dimensions")] string[] Dimensions);

/// <summary>A line of a journal.</summary>
internal sealed record SearchLine(
    [property: JsonPropertyName("trial")] int Trial, [property: JsonPropertyName("point")] string Point,
    [property: JsonPropertyName("at")] double[] At,
    [property: JsonPropertyName("budget")] double Budget, [property: JsonPropertyName("score")] double? Score);

/// <summary>How they are written, made when this is compiled: programs without reflection have journals too.</summary>
[JsonSerializable(typeof(SearchHeader))]
[JsonSerializable(typeof(SearchLine))]
internal sealed partial class SearchJson : JsonSerializerContext;
