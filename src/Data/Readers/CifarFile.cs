namespace MiniStack.Data;

/// <summary>Which of the two datasets a CIFAR file is of: what stands before each picture differs.</summary>
public enum CifarKind
{
    /// <summary>One byte, one of ten classes.</summary>
    Cifar10,

    /// <summary>Two bytes, one of twenty groups and one of a hundred classes; the class is taken.</summary>
    Cifar100,
}

/// <summary>Reads the binary version of CIFAR: colour pictures of 32×32, each behind its label.</summary>
/// <remarks>Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny Images".</remarks>
public static class CifarFile
{
    private const int Channels = 3, Side = 32, PixelBytes = Channels * Side * Side;

    /// <summary>The pictures of some files, one file after the other.</summary>
    /// <param name="kind">Which dataset.</param>
    /// <param name="paths">Such as <c>data_batch_1.bin</c>.</param>
    /// <exception cref="DataException">A file cannot be read, its length is not that of whole pictures, or a label is too
    /// large.</exception>
    public static ImageDataset Read(CifarKind kind, params IReadOnlyList<string> paths)
    {
        int labelBytes = kind == CifarKind.Cifar10 ? 1 : 2, record = labelBytes + PixelBytes;
        ArgumentNullException.ThrowIfNull(paths);
        long total = 0;
        List<(FileStream Stream, long Pictures)> files = [];
        try
        {
            foreach (string path in paths)
            {
                FileStream file = DataErrors.Open(path);
                long length = file.Length;
                files.Add((file, length / record));
                if (length == 0 || length % record != 0)
                {
                    throw DataErrors.At(
                        path, $"byte {length / record * record}",
                        $"the file has {length} bytes, which is no multiple of the {
                            record} of a picture and its label. It is cut short, or no {kind} file.");
                }
                total += length / record;
            }
            if (total * PixelBytes > Array.MaxLength)
            {
                throw new DataException(FormattableString.Invariant(
                    $"CifarFile: {total} pictures are too many for one dataset; read fewer files."));
            }
            return Read(kind, labelBytes, paths, files, total);
        }
        finally
        {
            foreach ((FileStream file, _) in files) file.Dispose();
        }
    }

    private static ImageDataset Read(
        CifarKind kind, int labelBytes, IReadOnlyList<string> paths, List<(FileStream Stream, long Pictures)> files, long total)
    {
        byte[] pixels = new byte[total * PixelBytes], labels = new byte[total];
        int classes = kind == CifarKind.Cifar10 ? 10 : 100;
        Span<byte> label = stackalloc byte[labelBytes];
        int next = 0;
        foreach (((FileStream file, long pictures), string path) in files.Zip(paths))
        {
            using BufferedStream buffered = new(file, 1 << 16);
            long end = pictures * (labelBytes + PixelBytes); // as long as it was when there was taken room for it
            for (long at = 0; at < end; at += labelBytes + PixelBytes, next++)
            {
                try
                {
                    buffered.ReadExactly(label);
                    buffered.ReadExactly(pixels, next * PixelBytes, PixelBytes);
                }
                catch (Exception exception) when (DataErrors.IsFileError(exception))
                {
                    throw DataErrors.CannotRead(path, exception);
                }
                labels[next] = label[^1];
                if (labels[next] >= classes)
                {
                    throw DataErrors.At(
                        path, $"byte {at + labelBytes - 1}",
                        $"the label is {labels[next]}, and {kind} has the classes 0 to {
                            classes - 1}. The file is damaged, or of another kind.");
                }
            }
        }
        return new ImageDataset(pixels, labels, Channels, Side, Side);
    }
}
