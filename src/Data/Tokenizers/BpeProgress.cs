namespace MiniStack.Data;

/// <summary>How far the training of a tokenizer is.</summary>
/// <param name="DifferentWords">How many different words the text has.</param>
/// <param name="Tokens">Tokens that there are.</param>
/// <param name="VocabularySize">Tokens that there shall be.</param>
/// <param name="LastCount">How often the last pair that was merged stood in the text; 0 before the first.</param>
public sealed record BpeProgress(int DifferentWords, int Tokens, int VocabularySize, long LastCount);
