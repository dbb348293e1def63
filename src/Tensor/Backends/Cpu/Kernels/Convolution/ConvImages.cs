namespace MiniStack;

/// <summary>
/// Images in memory, [batch, channels, height, width] with any strides. The memory is pinned by the caller while this is in use.
/// </summary>
internal readonly unsafe struct ConvImages<T> where T : unmanaged
{
    private readonly nint _image, _channel;

    public ConvImages(Tensor tensor, T* data)
    {
        Data = data;
        (Batch, Channels, Height, Width) = (tensor.Shape[0], tensor.Shape[1], tensor.Shape[2], tensor.Shape[3]);
        (_image, _channel, Row, Column) = (
            (nint)tensor.Strides[0], (nint)tensor.Strides[1], (nint)tensor.Strides[2], (nint)tensor.Strides[3]);
    }

    private ConvImages(in ConvImages<T> all, int firstChannel)
    {
        this = all;
        Data += firstChannel * _channel;
    }

    public T* Data { get; }

    public int Batch { get; }

    public int Channels { get; }

    public int Height { get; }

    public int Width { get; }

    /// <summary>Elements from a row to the next.</summary>
    public nint Row { get; }

    /// <summary>Elements from a column to the next.</summary>
    public nint Column { get; }

    /// <summary>Elements from a channel to the next.</summary>
    public nint Channel => _channel;

    public T* At(int image, int channel) => Data + image * _image + channel * _channel;

    /// <summary>The same from a channel on.</summary>
    public ConvImages<T> From(int channel) => new(this, channel);
}
