namespace MiniStack;

/// <summary>How a product is cut into pieces for threads. It decides how fast the result comes, never what it is.</summary>
internal readonly struct MatMulCut
{
    /// <summary>Rows of a piece that share a panel of b: more would not stay in the second-level cache.</summary>
    public const int MostRows = 192;

    /// <param name="items">Products in the batch.</param>
    /// <param name="m">Rows of c.</param>
    /// <param name="n">Columns of c.</param>
    /// <param name="tileRows">Rows of a register tile.</param>
    /// <param name="tileColumns">Columns of a register tile.</param>
    /// <param name="wanted">Pieces that keep all threads busy to the end.</param>
    public MatMulCut(int items, int m, int n, int tileRows, int tileColumns, int wanted)
    {
        int tiles = Ceiling(m, tileRows), panels = Ceiling(n, tileColumns);
        int chunk = Math.Min(tiles, (panels >= 8 ? MostRows : MostRows / 2) / tileRows), group = panels;
        if (items >= wanted && items > 1) chunk = tiles;
        bool canCutRows = chunk < tiles; // otherwise each piece packs its own panels, and no panel should be packed twice
        while (group > 2 && items * Ceiling(tiles, chunk) * Ceiling(panels, group) < wanted) group = (group + 1) / 2;
        while (canCutRows && chunk > 2 && items * Ceiling(tiles, chunk) * Ceiling(panels, group) < wanted) chunk = (chunk + 1) / 2;
        (ChunkRows, GroupColumns) = (chunk * tileRows, group * tileColumns);
        (RowChunks, ColumnGroups) = (Ceiling(tiles, chunk), Ceiling(panels, group));
    }

    /// <summary>Rows of a piece, at most.</summary>
    public int ChunkRows { get; }

    /// <summary>Columns of a piece, at most.</summary>
    public int GroupColumns { get; }

    public int RowChunks { get; }

    public int ColumnGroups { get; }

    public int PiecesPerItem => RowChunks * ColumnGroups;

    private static int Ceiling(int count, int size) => (count + size - 1) / size;
}
