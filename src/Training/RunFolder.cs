using MiniStack.Formats;

namespace MiniStack.Training;

/// <summary>The folder of one training run, and the names of its files.</summary>
/// <param name="path">The folder; it need not exist yet.</param>
public sealed class RunFolder(string path)
{
    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>Weights, as other programs read them.</summary>
    public string Model => File("model.safetensors");

    /// <summary>What else a run needs to continue: optimizer, random streams, position in the data.</summary>
    public string State => File("state.safetensors");

    /// <summary>Sizes of the model and settings of the run.</summary>
    public string Config => File("config.json");

    /// <summary>How text becomes tokens.</summary>
    public string Tokenizer => File("tokenizer.json");

    /// <summary>One line of JSON a step and an evaluation.</summary>
    public string Log => File("train.jsonl");

    /// <summary>The losses over the steps, for spreadsheets.</summary>
    public string Table => File("train.csv");

    /// <summary>The loss over the steps, drawn.</summary>
    public string Chart => File("loss.svg");

    /// <summary>Time, bytes and FLOP/s of each operator, as a table.</summary>
    public string Profile => File("profile.txt");

    /// <summary>The same call by call, for chrome://tracing or ui.perfetto.dev.</summary>
    public string Trace => File("profile.json");

    /// <summary>True when a run has begun here; a crash may have left its checkpoint under other names than its own.</summary>
    public bool HasRun => System.IO.File.Exists(Config)
        || ((string[])["", Checkpoint.Next, Checkpoint.Previous]).Any(ending => System.IO.File.Exists(Model + ending) || System.IO.File.Exists(State + ending));

    /// <summary>Makes the folder and finds out whether files can be written there.</summary>
    /// <exception cref="CheckpointException">It cannot be made or written.</exception>
    public void Create()
    {
        AtomicFile.MakeFolder(Path);
    }

    /// <summary>Reads a small text file of the run.</summary>
    /// <exception cref="CheckpointException">It is missing or cannot be read.</exception>
    public static string ReadText(string file)
    {
        try
        {
            return System.IO.File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(
                $"{file}: cannot be read, so there is no run to continue here ({exception.Message.TrimEnd('.')}). Check the folder's name.", exception);
        }
    }

    private string File(string name) => System.IO.Path.Combine(Path, name);
}
