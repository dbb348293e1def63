namespace MiniStack.Tests;

/// <summary>For tests of what the whole process shares (the thread count, the memory pool): they run alone.</summary>
[CollectionDefinition(nameof(ProcessWide), DisableParallelization = true)]
public class ProcessWide;
