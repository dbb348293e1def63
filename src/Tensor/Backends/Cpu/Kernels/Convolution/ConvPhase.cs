namespace MiniStack;

/// <summary>
/// Results of a convolution that see the same weights of the kernel: all of them, or, transposed with a stride, those that are a stride
/// apart.
/// </summary>
/// <remarks>
/// They form a grid. Result (u, v) is at (FirstRow + u·Apart.Height, FirstColumn + v·Apart.Width) of y and is the sum over the taps t
/// of weight[t]·source(u·Step.Height + row(t), v·Step.Width + column(t)).
/// So one kernel serves forward (one phase, whose step is the stride) and transposed (stride² phases with step 1).
/// Within a step, source pixels are told apart by plane: then the neighbours of a plane are what neighbouring results see, and
/// a tap is a plane and a distance in it.
/// </remarks>
internal sealed class ConvPhase
{
    private ConvPhase(
        int batch, Pair grid, Pair first, Pair apart, Pair step, List<(int Weight, int Offset)> rows,
        List<(int Weight, int Offset)> columns)
    {
        (Batch, Grid, First, Apart, Step) = (batch, grid, first, apart, step);
        if (rows.Count == 0 || columns.Count == 0) return;
        (RowOffsets, TapColumns) = ([.. rows.Select(tap => tap.Offset)], columns.Count);
        Origin = (rows.Min(tap => tap.Offset), columns.Min(tap => tap.Offset));
        List<Pair> planes = [];
        Taps = new ConvTap[rows.Count * columns.Count];
        int halfHeight = 0, halfWidth = 0, count = 0;
        foreach ((int p, int row) in rows)
        {
            foreach ((int q, int column) in columns)
            {
                (int down, int planeRow) = Math.DivRem(row - Origin.Height, step.Height);
                (int right, int planeColumn) = Math.DivRem(column - Origin.Width, step.Width);
                int plane = planes.IndexOf((planeRow, planeColumn));
                if (plane < 0)
                {
                    plane = planes.Count;
                    planes.Add((planeRow, planeColumn));
                }
                Taps[count++] = new ConvTap(p, q, plane, down, right);
                (halfHeight, halfWidth) = (Math.Max(halfHeight, down), Math.Max(halfWidth, right));
            }
        }
        Planes = [.. planes];
        Halo = (halfHeight, halfWidth);
    }

    /// <summary>Number of images.</summary>
    public int Batch { get; }

    /// <summary>Rows and columns of results.</summary>
    public Pair Grid { get; }

    /// <summary>
    /// Whether results are counted row by row of all images, not image by image: then those of a panel see the same rows of the kernel.
    /// </summary>
    public bool IsRowByRow { get; init; }

    /// <summary>Where the first result is in y.</summary>
    public Pair First { get; }

    /// <summary>From a result to the next, in y.</summary>
    public Pair Apart { get; }

    /// <summary>From what a result sees to what the next sees, in the source.</summary>
    public Pair Step { get; }

    /// <summary>Where the first tap of the first result looks, in the source.</summary>
    public Pair Origin { get; }

    /// <summary>Rows and columns of a plane that are needed beyond those of the grid.</summary>
    public Pair Halo { get; }

    /// <summary>The planes: where they begin within a step.</summary>
    public Pair[] Planes { get; } = [];

    /// <summary>The weights that take part, row by row of the kernel.</summary>
    public ConvTap[] Taps { get; } = [];

    /// <summary>For each row of taps, where it looks from the first row of results.</summary>
    public int[] RowOffsets { get; } = [];

    /// <summary>Taps in a row.</summary>
    public int TapColumns { get; }

    /// <summary>All results.</summary>
    public long Pixels => (long)Batch * Grid.Height * Grid.Width;

    /// <summary>Results that are counted before the image changes.</summary>
    public long Unit => IsRowByRow ? Grid.Width : (long)Grid.Height * Grid.Width;

    /// <summary>Elements from a row of a plane to the next.</summary>
    public int Pitch => Grid.Width + Halo.Width;

    /// <summary>The one phase of a convolution.</summary>
    public static ConvPhase Forward(in ConvOptions options, Pair kernel, int batch, Pair results, bool rowByRow = false)
    {
        (Pair dilation, Pair padding) = (options.Dilation, options.Padding);
        List<(int, int)> rows = [.. Enumerable.Range(0, kernel.Height).Select(p => (p, p * dilation.Height - padding.Height))];
        List<(int, int)> columns = [.. Enumerable.Range(0, kernel.Width).Select(q => (q, q * dilation.Width - padding.Width))];
        return new ConvPhase(batch, results, 0, 1, options.Stride, rows, columns) { IsRowByRow = rowByRow };
    }

    /// <summary>The phases of a transposed convolution; those without taps too, whose results are the bias.</summary>
    public static ConvPhase[] Transposed(in ConvOptions options, Pair kernel, int batch, Pair results, bool rowByRow)
    {
        List<ConvPhase> phases = [];
        (Pair stride, Pair padding, Pair dilation) = (options.Stride, options.Padding, options.Dilation);
        for (int i = 0; i < Math.Min(stride.Height, results.Height); i++)
        {
            for (int j = 0; j < Math.Min(stride.Width, results.Width); j++)
            {
                Pair grid = ((results.Height - i - 1) / stride.Height + 1, (results.Width - j - 1) / stride.Width + 1);
                phases.Add(new ConvPhase(
                    batch, grid, (i, j), stride, 1, Seen(i + padding.Height, kernel.Height, stride.Height, dilation.Height),
                    Seen(j + padding.Width, kernel.Width, stride.Width, dilation.Width)) { IsRowByRow = rowByRow });
            }
        }
        return [.. phases];
    }

    /// <summary>Where a result is: its image, its row and its column.</summary>
    public (int Image, int Row, int Column) Locate(long pixel)
    {
        (long unit, long within) = Math.DivRem(pixel, Unit);
        (long row, long column) = Math.DivRem(within, Grid.Width);
        return IsRowByRow ? ((int)(unit % Batch), (int)(unit / Batch), (int)column) : ((int)unit, (int)row, (int)column);
    }

    /// <summary>The rows of taps that meet the source, of any height, from some rows of results: the others would add zeros.</summary>
    public (int First, int End) RowsInside(int firstRow, int lastRow, int height)
    {
        int first = RowOffsets.Length, end = 0;
        for (int r = 0; r < RowOffsets.Length; r++)
        {
            if (lastRow * Step.Height + RowOffsets[r] < 0 || firstRow * Step.Height + RowOffsets[r] >= height) continue;
            (first, end) = (Math.Min(first, r), r + 1);
        }
        return first < end ? (first, end) : (0, 0);
    }

    /// <summary>
    /// The weights that reach a position of the padded result from some input, and which: position = input·stride + weight·dilation.
    /// </summary>
    private static List<(int Weight, int Offset)> Seen(int position, int kernel, int stride, int dilation) =>
        [.. from p in Enumerable.Range(0, kernel)
            let distance = position - p * dilation
            where distance % stride == 0
            select (p, distance / stride)];
}

/// <summary>A weight of the kernel.</summary>
/// <param name="Row">Its row in the kernel.</param>
/// <param name="Column">Its column.</param>
/// <param name="Plane">The plane that it looks at.</param>
/// <param name="Down">From a result's place in the plane to what this weight sees, in rows.</param>
/// <param name="Right">In columns.</param>
internal readonly record struct ConvTap(int Row, int Column, int Plane, int Down, int Right);
