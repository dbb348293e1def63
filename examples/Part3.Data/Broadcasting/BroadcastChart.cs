namespace MiniStack.Examples.Data;

/// <summary>Draws both views as the result sees them: in each cell the place in memory that it is read from.</summary>
internal static class BroadcastChart
{
    private const int Cell = 30, MostRows = 16, MostColumns = 12, Left = 24, Top = 66;

    private static readonly string[] Colors = ["#bcd3f7", "#f9d9b8", "#cdebc8", "#f3c6d3", "#e0d3f2", "#fff0b3", "#c8e9ec", "#dddddd"];

    public static string Draw(Stretched a, Stretched b)
    {
        Shape shape = a.View.Shape;
        int columns = Math.Min(shape[^1], MostColumns), rows = (int)Math.Min(shape.Count / shape[^1], MostRows), gap = Math.Max(60, 260 - columns * Cell);
        int width = 2 * (Left + columns * Cell) + gap + Left, height = Top + rows * Cell + 56;
        Svg svg = new(width, height);
        svg.Text(width / 2.0, 24, $"{a.Tensor.Shape} and {b.Tensor.Shape}, both seen as {shape}", "middle", size: 15);
        Grid(svg, a, Left, rows, columns);
        Grid(svg, b, Left + columns * Cell + gap, rows, columns);
        svg.Text(Left, height - 28, "in each cell: where in memory it is read", color: "#555");
        if (rows < shape.Count / shape[^1] || columns < shape[^1])
            svg.Text(Left, height - 10, $"the first {rows} rows and {columns} columns of {shape.Count / shape[^1]} by {shape[^1]}", color: "#555");
        return svg.ToString();
    }

    private static void Grid(Svg svg, Stretched one, double left, int rows, int columns)
    {
        svg.Text(left, Top - 12, $"{one.Name}: strides {Stretched.Strides(one.View)}");
        int[] index = new int[one.View.Rank];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                index[^1] = column;
                long place = one.Place(index);
                double x = left + column * Cell, y = Top + row * Cell;
                svg.Rectangle(x, y, Cell - 2, Cell - 2, Colors[place % Colors.Length]);
                svg.Text(x + Cell / 2.0 - 1, y + 19, $"{place}", "middle");
            }
            for (int axis = index.Length - 2; axis >= 0 && ++index[axis] == one.View.Shape[axis]; axis--) index[axis] = 0;
        }
    }
}
