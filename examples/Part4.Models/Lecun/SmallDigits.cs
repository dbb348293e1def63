using MiniStack.Data;

namespace MiniStack.Examples.Models;

/// <summary>Digits of 16×16 pixels from −1 (paper) to 1 (ink), cut into a part for training and one to test.</summary>
/// <param name="Name">Where they come from.</param>
/// <param name="Training">Pixels and digit of each picture.</param>
/// <param name="Test">The same, never trained on.</param>
internal sealed record SmallDigits(string Name, IReadOnlyList<ImageExample> Training, IReadOnlyList<ImageExample> Test)
{
    public const int Side = 16;

    /// <summary>TinyDigits, or the ten thousand test pictures of MNIST in a folder, cut at random.</summary>
    /// <exception cref="DataException">The files cannot be read, or hold fewer pictures.</exception>
    public static SmallDigits Of(string? folder, int training, int test)
    {
        if (folder is null) return new SmallDigits("TinyDigits", Load(new TinyDigits(training, seed: 1)), Load(new TinyDigits(test, seed: 2)));
        ImageDataset all = ImageDataset.FromIdx(Find(folder, "t10k-images-idx3-ubyte"), Find(folder, "t10k-labels-idx1-ubyte"));
        if (all.Count < training + test)
            throw new DataException(FormattableString.Invariant($"{folder}: there are {all.Count} pictures, but {training} to train and {test} to test are wanted. Use all of MNIST's t10k files."));
        IReadOnlyList<IDataset<ImageExample>> parts = all.Split(seed: 1, training, test);
        return new SmallDigits(folder, Load(parts[0]), Load(parts[1]));
    }

    /// <summary>A picture made smaller: each new pixel is the mean of the area it covers, 0 to 1 becomes −1 to 1.</summary>
    public static Image Shrink(Image image)
    {
        Image small = Image.Empty(1, Side, Side);
        double high = image.Height / (double)Side, wide = image.Width / (double)Side;
        for (int row = 0; row < Side; row++)
        {
            for (int column = 0; column < Side; column++)
            {
                double sum = 0;
                for (int y = (int)(row * high); y < Math.Min(image.Height, (row + 1) * high); y++)
                {
                    double height = Math.Min(y + 1, (row + 1) * high) - Math.Max(y, row * high);
                    for (int x = (int)(column * wide); x < Math.Min(image.Width, (column + 1) * wide); x++)
                        sum += height * (Math.Min(x + 1, (column + 1) * wide) - Math.Max(x, column * wide)) * image.Pixels[y * image.Width + x];
                }
                small.Pixels[row * Side + column] = (float)(2 * sum / (high * wide) - 1);
            }
        }
        return small;
    }

    private static ImageExample[] Load(IDataset<ImageExample> from)
    {
        ImageExample[] examples = new ImageExample[from.Count];
        for (int i = 0; i < examples.Length; i++) examples[i] = Small(from.Get(i));
        return examples;
    }

    private static ImageExample Small(ImageExample example) => example with { Image = Shrink(example.Image) };

    /// <summary>Gzipped or not.</summary>
    private static string Find(string folder, string name) =>
        File.Exists(Path.Combine(folder, name)) ? Path.Combine(folder, name) : Path.Combine(folder, $"{name}.gz");
}
