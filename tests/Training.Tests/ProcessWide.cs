namespace MiniStack.Tests;

/// <summary>Tests of what the whole process shares (the pool, the thread count): nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(ProcessWide), DisableParallelization = true)]
public sealed class ProcessWide;
