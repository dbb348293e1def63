namespace MiniStack;

/// <summary>How a product is cut into pieces for threads. It decides how fast the result comes, never what it is.</summary>
internal readonly struct MatMulCut
{
    /// <summary>Rows of a piece that share a panel of b: more would not stay in the second-level cache.</summary>
    public const int MostRows = 192;

    /// <summary>Pieces that each thread should find, so that a slow thread costs little.</summary>
    private const int PiecesPerThread = 4;

    private readonly int _tileRows, _tileColumns, _tiles, _panels;

    /// <param name="items">Products in the batch.</param>
    /// <param name="m">Rows of c.</param>
    /// <param name="n">Columns of c.</param>
    /// <param name="tileRows">Rows of a register tile.</param>
    /// <param name="tileColumns">Columns of a register tile.</param>
    /// <param name="threads">Threads that will share the pieces.</param>
    /// <param name="panelByPanel">Whether each piece should have one panel of b, and walk down all its depth: best where b's
    /// columns lie in one piece, and are read for a few rows only.</param>
    public MatMulCut(int items, int m, int n, int tileRows, int tileColumns, int threads, bool panelByPanel)
    {
        (_tileRows, _tileColumns) = (tileRows, tileColumns);
        (_tiles, _panels) = (Ceiling(m, tileRows), Ceiling(n, tileColumns));
        int chunk = Math.Min(_tiles, (_panels >= 8 ? MostRows : MostRows / 2) / tileRows), group = panelByPanel ? 1 : _panels;
        int wanted = threads == 1 ? 1 : PiecesPerThread * threads;
        if (items >= wanted && items > 1) chunk = _tiles;
        bool canCutRows = chunk < _tiles; // otherwise each piece packs its own panels, and no panel should be packed twice
        while (group > 2 && items * Ceiling(_tiles, chunk) * Ceiling(_panels, group) < wanted) group = (group + 1) / 2;
        while (canCutRows && chunk > 2 && items * Ceiling(_tiles, chunk) * Ceiling(_panels, group) < wanted) chunk = (chunk + 1) / 2;
        (RowChunks, ColumnGroups) = (Ceiling(_tiles, chunk), Ceiling(_panels, group));
        // As many for one thread as for the other: one piece too many would leave all but one waiting at the end.
        if (canCutRows && items * RowChunks * ColumnGroups % threads != 0)
            RowChunks = Math.Min(_tiles, Ceiling(RowChunks, threads) * threads);
    }

    public int RowChunks { get; }

    public int ColumnGroups { get; }

    public int PiecesPerItem => RowChunks * ColumnGroups;

    /// <summary>First row of a chunk; that of the next is its end. All chunks have the same number of tiles, or one more.</summary>
    public int FirstRow(int chunk) => (int)((long)_tiles * chunk / RowChunks) * _tileRows;

    /// <summary>First column of a group.</summary>
    public int FirstColumn(int group) => (int)((long)_panels * group / ColumnGroups) * _tileColumns;

    private static int Ceiling(int count, int size) => (count + size - 1) / size;
}
