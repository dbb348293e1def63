using MiniStack.Data;

namespace MiniStack.Formats;

/// <summary>Reads and writes tokenizer.json, the file of Hugging Face's tokenizers.</summary>
/// <remarks>
/// Two kinds are known: byte-level BPE as GPT-2's (<see cref="ByteLevelBpe"/>) and WordPiece as BERT's (<see cref="WordPiece"/>), with
/// added tokens and with post-processors that put tokens around a text (<see cref="ITokenizer.Frame"/>). A file that asks for anything else
/// is refused by the name of the part: a tokenizer that does nearly what a model was trained with is worse than none.
/// </remarks>
public static class TokenizerJson
{
    /// <summary>Reads a tokenizer.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CheckpointException">The file cannot be read, is damaged, or has a part that MiniStack does not know.</exception>
    public static ITokenizer Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return TokenizerJsonReader.Read(path);
    }

    /// <summary>Writes a tokenizer, atomically (<see cref="AtomicFile"/>); equal tokenizers give equal bytes.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="tokenizer">A <see cref="ByteLevelBpe"/> or <see cref="WordPiece"/>.</param>
    /// <remarks>
    /// The template for pairs of texts, which MiniStack does not use and does not keep, is written as BERT's: what follows the first text
    /// parts the two.
    /// </remarks>
    /// <exception cref="CheckpointException">It is of another kind, a token is not valid Unicode, or the file cannot be written; an old
    /// file is untouched.</exception>
    public static void Save(string path, ITokenizer tokenizer)
    {
        FileErrors.CheckPath(path);
        ArgumentNullException.ThrowIfNull(tokenizer);
        byte[] bytes = TokenizerJsonWriter.Write(path, tokenizer);
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }
}
