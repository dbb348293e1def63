namespace MiniStack.Examples.Data;

/// <summary>Draws bytes a token against the size of the vocabulary, and a sentence as each vocabulary cuts it.</summary>
internal static class BpeChart
{
    private const int Left = 90, Top = 56, RowHeight = 34, LetterWidth = 9, Gap = 3;

    private static readonly string[] Colors = ["#bcd3f7", "#f9d9b8", "#cdebc8", "#f3c6d3", "#e0d3f2", "#fff0b3"];

    public static string DrawBytes(IReadOnlyList<BpePoint> points) =>
        new LineChart { Title = "What a larger vocabulary buys", X = "tokens in the vocabulary", Y = "bytes a token", LogX = true }
            .Add("learnt from", points.Select(point => ((double)point.Tokenizer.VocabularySize, point.Learnt)))
            .Add("held out", points.Select(point => ((double)point.Tokenizer.VocabularySize, point.HeldOut)))
            .Draw();

    public static string DrawPieces(IReadOnlyList<BpePoint> points, string sentence)
    {
        string[][] rows = [.. points.Select(point => point.Pieces(sentence))];
        int width = Left + rows.Max(Width) + 20;
        Svg svg = new(width, Top + rows.Length * RowHeight + 10);
        svg.Text(width / 2.0, 24, "One sentence, cut by ever larger vocabularies", "middle", size: 15);
        foreach ((int row, string[] pieces) in rows.Index())
        {
            double x = Left, y = Top + row * RowHeight;
            svg.Text(Left - 10, y + 17, $"{points[row].Tokenizer.VocabularySize} tokens", "end", "#555");
            foreach ((int i, string piece) in pieces.Index())
            {
                double w = piece.Length * LetterWidth + Gap;
                svg.Rectangle(x, y, w, RowHeight - 8, Colors[i % Colors.Length]);
                svg.Text(x + w / 2, y + 17, piece, "middle");
                x += w + Gap;
            }
        }
        return svg.ToString();
    }

    private static int Width(string[] pieces) => pieces.Sum(piece => piece.Length * LetterWidth + 2 * Gap);
}
