using System.Globalization;

namespace MiniStack;

public sealed partial class Tensor
{
    /// <summary>cos and sin of the angles position·θ^(−2i/d) that <see cref="RotaryEmbedding"/> turns by.</summary>
    /// <param name="positions">How many positions, from 0 on: the longest context.</param>
    /// <param name="d">Channels that turn: even, and not above those of a head.</param>
    /// <param name="theta">The base θ of the wavelengths: 10,000 in the paper; Llama 3 has 500,000.</param>
    /// <param name="dtype">F32, F64, F16 or BF16. The angles are computed in F64.</param>
    /// <param name="device">Where the tables will be.</param>
    /// <returns>Each [positions, d / 2].</returns>
    /// <exception cref="ConfigException">d is not even, or a number is not positive.</exception>
    public static (Tensor Cos, Tensor Sin) RotaryTables(
        int positions, int d, double theta = 10_000, DType dtype = DType.F32, Device? device = null)
    {
        if (positions < 0 || d < 2 || d % 2 != 0 || !(theta > 0))
        {
            throw new ConfigException(string.Create(CultureInfo.InvariantCulture,
                $"RotaryTables: {positions} positions, d {d} and theta {theta}: " +
                $"channels turn in pairs, so d must be even and at least 2, and theta positive."));
        }
        int pairs = d / 2;
        CheckRoom([positions, pairs], nameof(RotaryTables));
        double[] cos = new double[positions * pairs], sin = new double[cos.Length];
        for (int i = 0; i < cos.Length; i++) (sin[i], cos[i]) = Math.SinCos(i / pairs * Math.Pow(theta, -2.0 * (i % pairs) / d));
        return (
            Wrap(cos, [positions, pairs]).To(dtype).To(device ?? Device.Cpu),
            Wrap(sin, [positions, pairs]).To(dtype).To(device ?? Device.Cpu));
    }

    /// <summary>
    /// Turns pairs of channels by angles that grow with the position, so that products of two turned vectors know their distance only.
    /// </summary>
    /// <remarks>
    /// Su et al. 2021, arXiv:2104.09864, eq. 34: (a, b) becomes (a·cos − b·sin, b·cos + a·sin). Halves, as GPT-NeoX and Llama store their
    /// weights, pair channel i with i + d/2; interleaved, as in the paper, 2i with 2i + 1. Channels that the tables have no angle for stay
    /// as they are: GPT-NeoX turns the first quarter.
    /// </remarks>
    /// <param name="cos">[positions, pairs], from <see cref="RotaryTables"/>; F32 for 16 bits keeps the angles exact.</param>
    /// <param name="sin">[positions, pairs].</param>
    /// <param name="interleaved">Neighbours are pairs, instead of the halves of the turned channels.</param>
    /// <param name="firstPosition">Position of the first row: the length of what a cache holds already.</param>
    /// <param name="back">Turn back, by the negative angles: the gradient.</param>
    /// <returns>As this tensor, […, time, d].</returns>
    /// <exception cref="ShapeException">The tables have too few positions or too many pairs, or this is not […, time, d].</exception>
    /// <exception cref="DTypeException">The dtypes differ, or are no floats.</exception>
    public Tensor RotaryEmbedding(Tensor cos, Tensor sin, bool interleaved = false, int firstPosition = 0, bool back = false)
    {
        CheckFloat(nameof(RotaryEmbedding));
        foreach (Tensor table in (Tensor[])[cos, sin])
        {
            CheckSameDevice(this, table, nameof(RotaryEmbedding));
            if (table.DType != DType.Wide() || cos.DType != sin.DType) CheckSame(this, table, nameof(RotaryEmbedding));
        }
        if (Rank < 2 || cos.Rank != 2 || cos.Shape != sin.Shape || 2 * cos.Shape[1] > Shape[^1])
        {
            throw new ShapeException(
                $"RotaryEmbedding: x is {Shape}, cos {cos.Shape} and sin {sin.Shape}: " +
                "x must be [..., time, d], the tables [positions, pairs] " +
                "with 2·pairs at most d. RotaryTables makes them.");
        }
        if (firstPosition < 0 || firstPosition + (long)Shape[^2] > cos.Shape[0])
        {
            throw new ShapeException(
                $"RotaryEmbedding: positions {firstPosition} to {firstPosition + (long)Shape[^2] - 1} are needed, " +
                $"but the tables have {cos.Shape[0]}. " +
                "Make longer tables with RotaryTables.");
        }
        Tensor y = EmptyLike();
        Backend.RotaryEmbedding(
            this, cos.Slice(0, firstPosition, Shape[^2]).Contiguous(), sin.Slice(0, firstPosition, Shape[^2]).Contiguous(), interleaved,
            back, y);
        return y;
    }
}
