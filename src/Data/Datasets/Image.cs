namespace MiniStack.Data;

/// <summary>A picture in plain memory, as transforms change it.</summary>
/// <param name="Pixels">[channels, height, width], row by row; 0 to 1 until normalised.</param>
/// <param name="Channels">1 for grey, 3 for colours.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public sealed record Image(float[] Pixels, int Channels, int Height, int Width)
{
    /// <summary>An image of these sizes, all 0.</summary>
    public static Image Empty(int channels, int height, int width) => new(new float[channels * height * width], channels, height, width);

    /// <summary>One channel, row by row.</summary>
    public Span<float> Channel(int channel) => Pixels.AsSpan(channel * Height * Width, Height * Width);
}

/// <summary>A picture and its class.</summary>
/// <param name="Image">The picture.</param>
/// <param name="Label">The class, from 0.</param>
public sealed record ImageExample(Image Image, int Label);
