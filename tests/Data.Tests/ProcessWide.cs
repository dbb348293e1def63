namespace MiniStack.Tests;

/// <summary>Tests that change the number of threads, or measure time, run when no others do.</summary>
[CollectionDefinition(nameof(ProcessWide), DisableParallelization = true)]
public sealed class ProcessWide;
