namespace MiniStack.Nn;

/// <summary>
/// Turns pairs of channels by angles that grow with the position, so that products of queries and keys know their distance only.
/// </summary>
/// <remarks>
/// Su et al. 2021, arXiv:2104.09864, eq. 34. The tables of cos and sin are moved with the model, but not saved; layers may share them. They
/// grow with the positions that are asked for: a context of a million costs nothing before a sequence is that long.
/// </remarks>
public sealed class RotaryEmbedding : Layer
{
    private const int FirstPositions = 64;

    private readonly ModuleBuffer _cos, _sin;
    private readonly double _theta;
    private readonly bool _interleaved;
    private readonly Lock _growing = new(); // threads may share a model

    /// <summary>Tables of cos and sin, computed and kept in F64: each use rounds them once, to the type of what is turned.</summary>
    /// <param name="positions">How many positions, from 0 on: the longest context.</param>
    /// <param name="channels">Channels that turn: even, and not above those of a head; the head's others stay.</param>
    /// <param name="theta">Base of the wavelengths: 10,000 in the paper; Llama 3 has 500,000.</param>
    /// <param name="interleaved">Whether neighbours are pairs, as in the paper and GPT-J, instead of the halves, as in Llama.</param>
    /// <exception cref="ConfigException">channels are not even, or a number is not positive.</exception>
    public RotaryEmbedding(int positions, int channels, double theta = 10_000, bool interleaved = false)
        : this(Tables(positions, channels, theta), interleaved) => (Positions, _theta) = (positions, theta);

    /// <summary>Tables of one's own, such as those of wavelengths that were stretched for longer contexts.</summary>
    /// <param name="tables">cos and sin of each position's angles, each [positions, channels / 2] of floats.</param>
    /// <param name="interleaved">Whether neighbours are pairs, instead of the halves.</param>
    /// <exception cref="ShapeException">The tables are no matrices of one shape.</exception>
    public RotaryEmbedding((Tensor Cos, Tensor Sin) tables, bool interleaved = false)
    {
        if (tables.Cos.Rank != 2 || tables.Cos.Shape != tables.Sin.Shape)
        {
            throw new ShapeException(
                $"RotaryEmbedding: cos is {tables.Cos.Shape} and sin {tables.Sin.Shape}: both must be [positions, channels / 2].");
        }
        _cos = RegisterBuffer("cos", tables.Cos, persistent: false);
        _sin = RegisterBuffer("sin", tables.Sin, persistent: false);
        (_interleaved, Positions) = (interleaved, tables.Cos.Shape[0]);
    }

    /// <summary>Channels that turn.</summary>
    public int Channels => 2 * _cos.Value.Shape[1];

    /// <summary>How many positions there are angles for.</summary>
    public int Positions { get; }

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
                $"RotaryEmbedding: x is {x.Shape} from position {firstPosition} on, " +
                $"but there are angles for {Positions} positions and {Channels} channels: " +
                "x must be […, time, d] within both. Make it for more positions, or cut the sequence.");
        }
        (Tensor cos, Tensor sin) = Angles(firstPosition, x.Shape[^2]);
        return x.RotaryEmbedding(cos.To(x.Value.DType.Wide()), sin.To(x.Value.DType.Wide()), _interleaved);
    }

    /// <summary>Some rows of the tables, which are made longer first where they are too short.</summary>
    private (Tensor Cos, Tensor Sin) Angles(int first, int count)
    {
        lock (_growing)
        {
            int rows = _cos.Value.Shape[0];
            if (first + count > rows)
            {
                using MemoryScope persistent = MemoryScope.Persistent();
                int longer = (int)Math.Min(Positions, Math.Max(first + count, 2L * rows));
                (Tensor cos, Tensor sin) = Tensor.RotaryTables(longer, Channels, _theta, DType.F64);
                _cos.Replace(value => cos.To(value.DType).To(value.Device));
                _sin.Replace(value => sin.To(value.DType).To(value.Device));
            }
            return (_cos.Value.Slice(0, first, count), _sin.Value.Slice(0, first, count));
        }
    }

    private static (Tensor Cos, Tensor Sin) Tables(int positions, int channels, double theta)
    {
        Require.AtLeast(1, positions, nameof(RotaryEmbedding), nameof(positions));
        return Tensor.RotaryTables(Math.Min(positions, FirstPositions), channels, theta, DType.F64);
    }
}
