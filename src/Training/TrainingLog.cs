using System.Globalization;
using System.Text;
using System.Text.Json;

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
    public static TrainingLog Start(string file)
    {
        TrainingLog log = new(file);
        log.Rewrite();
        return log;
    }

    /// <summary>Continues a log after <paramref name="step"/>: lines of later steps, which are not in the checkpoint, are dropped.</summary>
    public static TrainingLog Continue(string file, long step)
    {
        TrainingLog log = new(file);
        string[] lines = File.Exists(file) ? File.ReadAllLines(file) : [];
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
            $"{{\"step\":{report.Step},\"train\":{report.Loss:R},\"lr\":{report.LearningRate:R},\"grad_norm\":{report.GradNorm:R},\"tokens_per_s\":{rate:F0}}}\n");
    }

    /// <summary>Notes an evaluation.</summary>
    public void AddValidation(long step, double loss)
    {
        _validation.Add((step, loss));
        _pending.Append(CultureInfo.InvariantCulture, $"{{\"step\":{step},\"val\":{loss:R}}}\n");
    }

    /// <summary>Steps and evaluations as CSV (RFC 4180): step, training loss, validation loss; what a step does not have is left empty.</summary>
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

    /// <summary>Mean training loss of the last steps, NaN before the first.</summary>
    public double Recent(int steps)
    {
        int first = Math.Max(0, _training.Count - steps);
        double sum = 0;
        for (int i = first; i < _training.Count; i++) sum += _training[i].Loss;
        return sum / (_training.Count - first);
    }

    /// <summary>Writes what is pending to the end of the file.</summary>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public void Flush() => Write(text => File.AppendAllText(_file, text));

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
            throw new CheckpointException($"{_file}: cannot be written ({exception.Message.TrimEnd('.')}). Free some space or choose another folder.", exception);
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
            if (json.RootElement.TryGetProperty("train", out JsonElement train)) _training.Add((step, train.GetDouble()));
            if (json.RootElement.TryGetProperty("val", out JsonElement validation)) _validation.Add((step, validation.GetDouble()));
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return false;
        }
    }
}
