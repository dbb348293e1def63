namespace MiniStack.Data;

/// <summary>Pictures of one size as bytes in memory, and their classes.</summary>
public sealed class ImageDataset : IDataset<ImageExample>
{
    private readonly byte[] _pixels, _labels;
    private readonly int _stride;
    private IReadOnlyList<int>? _classes;

    /// <param name="pixels">[count, channels, height, width]: 0 is black, 255 is white.</param>
    /// <param name="labels">[count].</param>
    /// <param name="channels">1 for grey, 3 for colours.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <exception cref="DataException">The numbers of pixels and labels do not fit together.</exception>
    public ImageDataset(byte[] pixels, byte[] labels, int channels, int height, int width)
    {
        long stride = Math.BigMul(channels, height) * width;
        if (channels < 1 || height < 1 || width < 1 || stride > Array.MaxLength || stride * labels.Length != pixels.Length)
        {
            throw new DataException(
                FormattableString.Invariant(
                    $"ImageDataset: {labels.Length} images of {channels}×{height}×{width} do not have {pixels.Length} bytes. ") +
                "Check the sizes.");
        }
        (_pixels, _labels, _stride, Channels, Height, Width) = (pixels, labels, (int)stride, channels, height, width);
    }

    /// <summary>1 for grey, 3 for colours.</summary>
    public int Channels { get; }

    /// <summary>Rows of each image.</summary>
    public int Height { get; }

    /// <summary>Columns of each image.</summary>
    public int Width { get; }

    /// <inheritdoc/>
    public long Count => _labels.Length;

    /// <summary>The class of each image, for samplers and splits.</summary>
    public IReadOnlyList<int> Labels => _classes ??= [.. _labels.Select(label => (int)label)];

    /// <inheritdoc/>
    /// <remarks>A new image each time, made of the bytes.</remarks>
    public ImageExample Get(long index)
    {
        Dataset.CheckIndex(index, Count);
        float[] pixels = GC.AllocateUninitializedArray<float>(_stride);
        ReadOnlySpan<byte> bytes = _pixels.AsSpan((int)index * _stride, _stride);
        for (int i = 0; i < pixels.Length; i++) pixels[i] = bytes[i] / 255f;
        return new ImageExample(new Image(pixels, Channels, Height, Width), _labels[(int)index]);
    }

    /// <summary>One dataset of IDX files, as MNIST has them: images [count, height, width] and labels [count], gzipped or not.</summary>
    /// <param name="imagesPath">Such as <c>train-images-idx3-ubyte.gz</c>.</param>
    /// <param name="labelsPath">Such as <c>train-labels-idx1-ubyte.gz</c>.</param>
    /// <exception cref="DataException">A file is damaged, or they do not belong together.</exception>
    public static ImageDataset FromIdx(string imagesPath, string labelsPath)
    {
        IdxBytes images = IdxFile.ReadBytes(imagesPath, sizes =>
        {
            if (sizes.Length != 3)
            {
                throw new DataException(
                    $"{imagesPath}: it has {sizes.Length} axes; images have three: count, height, width. Are the two files exchanged?");
            }
        });
        IdxBytes labels = IdxFile.ReadBytes(labelsPath, sizes =>
        {
            if (sizes.Length != 1)
                throw new DataException($"{labelsPath}: it has {sizes.Length} axes; labels have one. Are the two files exchanged?");
        });
        if (images.Sizes[0] != labels.Sizes[0])
        {
            throw new DataException(
                FormattableString.Invariant(
                    $"{labelsPath}: it has {labels.Sizes[0]} labels, but {imagesPath} has {images.Sizes[0]} images. ") +
                "Name two files that belong together.");
        }
        return new ImageDataset(images.Data, labels.Data, 1, images.Sizes[1], images.Sizes[2]);
    }
}
