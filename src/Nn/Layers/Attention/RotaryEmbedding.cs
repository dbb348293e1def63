namespace MiniStack.Nn;

/// <summary>Turns pairs of channels by angles that grow with the position, so that products of queries and keys know their distance only.</summary>
/// <remarks>Su et al. 2021, arXiv:2104.09864, eq. 34. The tables of cos and sin are moved with the model, but not saved; layers may share them.</remarks>
public sealed class RotaryEmbedding : Layer
{
    private readonly ModuleBuffer _cos, _sin;
    private readonly bool _interleaved;

    /// <summary>Tables of cos and sin, computed and kept in F64: each use rounds them once, to the type of what is turned.</summary>
    /// <param name="positions">How many positions, from 0 on: the longest context.</param>
    /// <param name="channels">Channels that turn: even, and not above those of a head; the head's others stay.</param>
    /// <param name="theta">Base of the wavelengths: 10,000 in the paper; Llama 3 has 500,000.</param>
    /// <param name="interleaved">Whether neighbours are pairs, as in the paper and GPT-J, instead of the halves, as in Llama.</param>
    /// <exception cref="ConfigException">channels are not even, or a number is not positive.</exception>
    public RotaryEmbedding(int positions, int channels, double theta = 10_000, bool interleaved = false)
    {
        Require.AtLeast(1, positions, nameof(RotaryEmbedding), nameof(positions));
        (Tensor cos, Tensor sin) = Tensor.RotaryTables(positions, channels, theta, DType.F64);
        _cos = RegisterBuffer("cos", cos, persistent: false);
        _sin = RegisterBuffer("sin", sin, persistent: false);
        (Channels, _interleaved) = (channels, interleaved);
    }

    /// <summary>Channels that turn.</summary>
    public int Channels { get; }

    /// <summary>How many positions there are angles for.</summary>
    public int Positions => _cos.Value.Shape[0];

    /// <param name="x">[…, time, d], from position 0 on.</param>
    /// <returns>Shape of x.</returns>
    /// <exception cref="ShapeException">There are more positions than angles, or fewer channels.</exception>
    public override Variable Forward(Variable x) => Turn(x);

    /// <summary>As <see cref="Forward"/>, from another position on.</summary>
    /// <param name="x">[…, time, d].</param>
    /// <param name="firstPosition">Position of the first row: how many keys a cache holds already.</param>
    /// <exception cref="ShapeException">There are more positions than angles, or fewer channels.</exception>
    public Variable Turn(Variable x, int firstPosition = 0)
    {
        if (x.Rank < 2 || x.Shape[^1] < Channels || firstPosition < 0 || firstPosition + (long)x.Shape[^2] > Positions)
        {
            throw new ShapeException(
                $"RotaryEmbedding: x is {x.Shape} from position {firstPosition} on, but there are angles for {Positions} positions and {Channels} channels: " +
                "x must be […, time, d] within both. Make it for more positions, or cut the sequence.");
        }
        return x.RotaryEmbedding(Table(_cos), Table(_sin), _interleaved);

        Tensor Table(ModuleBuffer buffer) => buffer.Value.Slice(0, firstPosition, x.Shape[^2]).To(x.Value.DType);
    }
}
