namespace MiniStack.Data;

/// <summary>Data are missing, damaged, or do not fit what was asked of them.</summary>
public sealed class DataException(string message, Exception? inner = null) : MiniStackException(message, inner);
