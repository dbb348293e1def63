using System.Globalization;
using System.Text;
using System.Text.Json;
using MiniStack.Data;

namespace MiniStack.Training;

/// <summary>The file train.jsonl: one line of JSON for each step and each evaluation.</summary>
public sealed class TrainingLog
{
    private readonly string _file;
    private readonly StringBuilder _pending = new();
    private readonly List<(long Step, double Loss)> _training = [], _validation = [];

    private TrainingLog(string file) => _file = file;

    /// <summary>Training losses by step.</summary>
    public IReadOnlyList<(long Step, double Loss)> Training => _training;

    /// <summary>Validation losses by step.</summary>
    public IReadOnlyList<(long Step, double Loss)> Validation => _validation;

    /// <summary>Starts an empty log.</summary>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public static TrainingLog Start(string file)
    {
        TrainingLog log = new(file);
        log.Rewrite();
        return log;
    }

    /// <summary>
    /// Continues a log after <paramref name="step"/>: lines of later steps, which are not in the checkpoint, are dropped.
    /// </summary>
    /// <exception cref="CheckpointException">The file cannot be read or written.</exception>
    public static TrainingLog Continue(string file, long step)
    {
        TrainingLog log = new(file);
        List<string> lines = [];
        try
        {
            RunFolder.CheckNoLink(file);
            if (Path.Exists(file))
            {
                using StreamReader reader = new(PlainFile.Open(file, bufferSize: 1 << 16));
                while (reader.ReadLine() is { } line) lines.Add(line);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(
                $"{file}: cannot be read ({exception.Message.TrimEnd('.')}). Make it readable, or move it away: the log then begins here.",
                exception);
        }
        foreach (string line in lines)
            if (log.Read(line, step)) log._pending.Append(line).Append('\n');
        log.Rewrite();
        return log;
    }

    /// <summary>Notes a step.</summary>
    public void Add(StepReport report)
    {
        _training.Add((report.Step, report.Loss));
        double rate = report.Tokens / Math.Max(report.Elapsed.TotalSeconds, 1e-9);
        _pending.Append(CultureInfo.InvariantCulture,
            $"{{\"step\":{report.Step},\"train\":{Json(report.Loss)},\"lr\":{Json(report.LearningRate)}," +
            $"\"grad_norm\":{Json(report.GradNorm)},\"tokens_per_s\":{rate:F0}}}\n");
    }

    /// <summary>Notes an evaluation.</summary>
    public void AddValidation(long step, double loss)
    {
        _validation.Add((step, loss));
        _pending.Append(CultureInfo.InvariantCulture, $"{{\"step\":{step},\"val\":{Json(loss)}}}\n");
    }

    /// <summary>JSON has no NaN and no infinity.</summary>
    private static string Json(double value) => double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : "null";

    private static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Null ? double.NaN : value.GetDouble();

    /// <summary>
    /// Steps and evaluations as CSV (RFC 4180): step, training loss, validation loss; what a step does not have is left empty.
    /// </summary>
    public string ToCsv()
    {
        StringBuilder csv = new("step,train,val\n");
        int next = 0;
        foreach ((long step, double loss) in _training)
        {
            Evaluations(step - 1);
            bool evaluated = next < _validation.Count && _validation[next].Step == step;
            csv.Append(CultureInfo.InvariantCulture, $"{step},{loss:R},");
            csv.Append(evaluated ? _validation[next++].Loss.ToString("R", CultureInfo.InvariantCulture) : "").Append('\n');
        }
        Evaluations(long.MaxValue);
        return csv.ToString();

        // Those of steps whose line is missing: a resumed run has lost some.
        void Evaluations(long until)
        {
            for (; next < _validation.Count && _validation[next].Step <= until; next++)
                csv.Append(CultureInfo.InvariantCulture, $"{_validation[next].Step},,{_validation[next].Loss:R}\n");
        }
    }

    /// <summary>Mean training loss of the last steps, those left out whose loss is no finite number; NaN when there is none.</summary>
    public double Recent(int steps)
    {
        (double sum, int count) = (0, 0);
        for (int i = Math.Max(0, _training.Count - steps); i < _training.Count; i++)
            if (double.IsFinite(_training[i].Loss)) (sum, count) = (sum + _training[i].Loss, count + 1);
        return sum / count;
    }

    /// <summary>Writes what is pending to the end of the file.</summary>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public void Flush() => Write(text =>
    {
        RunFolder.CheckNoLink(_file);
        File.AppendAllText(_file, text);
    });

    private void Rewrite() => Write(text => Formats.AtomicFile.WriteText(_file, text));

    private void Write(Action<string> write)
    {
        try
        {
            write(_pending.ToString());
            _pending.Clear();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(
                $"{_file}: cannot be written ({exception.Message.TrimEnd('.')}). Free some space or choose another folder.", exception);
        }
    }

    /// <summary>Takes in a line of an earlier part of the run; false when it is later than the checkpoint, or was cut by a crash.</summary>
    private bool Read(string line, long lastStep)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            long step = json.RootElement.GetProperty("step").GetInt64();
            if (step > lastStep) return false;
            if (json.RootElement.TryGetProperty("train", out JsonElement train)) _training.Add((step, Number(train)));
            if (json.RootElement.TryGetProperty("val", out JsonElement validation)) _validation.Add((step, Number(validation)));
            return true;
        }
        catch (Exception exception) when (
            exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return false;
        }
    }
}
