using System.Text;
using MiniStack.Data;
using MiniStack.Formats;

namespace MiniStack.Training;

/// <summary>The folder of one training run, and the names of its files.</summary>
/// <remarks>
/// One run at a time: <see cref="TrainingLoop.Run"/> and <see cref="Checkpoint.Save"/> lock it, and whoever reads a run to continue it
/// takes <see cref="Lock"/> before.
/// </remarks>
public sealed class RunFolder
{
    private const int MostText = 1 << 28;

    private readonly System.Threading.Lock _gate = new();
    private FolderLock? _lock;
    private bool _isRunning;

    /// <summary>A folder; nothing is looked at or made yet.</summary>
    /// <param name="path">The folder; it need not exist yet.</param>
    /// <exception cref="ConfigException">The path is empty.</exception>
    public RunFolder(string path) => Path = Settings.Path(nameof(RunFolder), path);

    /// <summary>The folder.</summary>
    public string Path { get; }

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
    public bool HasRun => System.IO.File.Exists(Config) || HasCheckpoint;

    /// <summary>
    /// True when there is a checkpoint, perhaps under the names that a crash has left it: <see cref="Checkpoint.Load"/> looks there.
    /// </summary>
    public bool HasCheckpoint =>
        ((string[])["", Checkpoint.Next, Checkpoint.Previous])
            .Any(ending => System.IO.File.Exists(Model + ending) || System.IO.File.Exists(State + ending));

    /// <summary>Whether this object holds the lock.</summary>
    internal bool IsLocked
    {
        get
        {
            lock (_gate) return _lock is not null;
        }
    }

    /// <summary>Makes the folder and finds out whether files can be written there.</summary>
    /// <exception cref="CheckpointException">It cannot be made or written.</exception>
    public void Create()
    {
        AtomicFile.MakeFolder(Path);
        // A new name, which nobody can have put a link under.
        string probe = File($".probe-{Guid.NewGuid():N}");
        try
        {
            using FileStream stream = new(
                probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            stream.WriteByte(0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(
                $"{Path}: no file can be written there ({exception.Message.TrimEnd('.')}). Choose another folder.", exception);
        }
    }

    /// <summary>
    /// Makes this process the only one that works in the folder, until the result is disposed or the process ends, however it ends.
    /// </summary>
    /// <remarks>The lock is the operating system's: a process that was killed holds nothing.</remarks>
    /// <exception cref="CheckpointException">Another run works there, or the folder is missing or cannot be written.</exception>
    public IDisposable Lock()
    {
        lock (_gate)
        {
            if (_lock is not null) throw Busy();
            _lock = TakeLock();
            return new Held(() =>
            {
                lock (_gate)
                {
                    _lock?.Dispose();
                    _lock = null;
                }
            });
        }
    }

    /// <summary>The lock, unless this object has it already, and the only run of this object.</summary>
    /// <exception cref="CheckpointException">Another run works there.</exception>
    internal IDisposable BeginRun()
    {
        lock (_gate)
        {
            if (_isRunning) throw Busy();
            IDisposable? own = _lock is null ? Lock() : null;
            _isRunning = true;
            return new Held(() =>
            {
                lock (_gate) _isRunning = false;
                own?.Dispose();
            });
        }
    }

    /// <summary>Reads a small text file of the run.</summary>
    /// <exception cref="CheckpointException">It is missing or cannot be read.</exception>
    public static string ReadText(string file)
    {
        try
        {
            ReadOnlySpan<byte> bytes = PlainFile.ReadBytes(
                file, MostText,
                length => new IOException(FormattableString.Invariant($"it has {length:N0} bytes, and at most {MostText:N0} are read")));
            return Encoding.UTF8.GetString(bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(
                $"{file}: cannot be read, so there is no run to continue here ({exception.Message.TrimEnd('.')}). Check the folder's name.",
                exception);
        }
    }

    /// <summary>Throws when a file that is written to in place is a symbolic link: it would be written elsewhere.</summary>
    /// <exception cref="CheckpointException">It is one.</exception>
    internal static void CheckNoLink(string file)
    {
        if (new FileInfo(file).LinkTarget is not null)
            throw new CheckpointException($"{file}: it is a symbolic link, and a run writes no files elsewhere. Remove the link.");
    }

    private FolderLock TakeLock()
    {
        try
        {
            return FolderLock.TryTake(Path) ?? throw Busy();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(
                $"{Path}: it cannot be locked for a run ({exception.Message.TrimEnd('.')}). Make the folder, or choose another.",
                exception);
        }
    }

    private CheckpointException Busy() =>
        new($"{Path}: another run is at work in this folder. Wait until it ends, or choose another folder.");

    private string File(string name) => System.IO.Path.Combine(Path, name);

    private sealed class Held(Action release) : IDisposable
    {
        private Action? _release = release;

        public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
    }
}
