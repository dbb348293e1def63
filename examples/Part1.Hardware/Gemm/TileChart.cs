namespace MiniStack.Examples.Hardware;

/// <summary>Draws the register tile of the library's micro kernel: what each register holds in one step.</summary>
internal static class TileChart
{
    private const int Cell = 15, Left = 150, Top = 110;

    public static string Draw(int rows, int lanes)
    {
        int columns = 2 * lanes, width = Left + columns * Cell + 40, bottom = Top + rows * (Cell + 3);
        Svg svg = new(width, bottom + 60);
        svg.Text(width / 2.0, 24, $"One step of the micro kernel: {rows} rows by two vectors of {lanes}", "middle", size: 15);
        for (int vector = 0; vector < 2; vector++)
        {
            double x = Left + vector * lanes * Cell;
            svg.Text(x + lanes * Cell / 2.0, 58, $"row k of b: vector {vector + 1}, loaded once", "middle", "#555");
            for (int lane = 0; lane < lanes; lane++) svg.Rectangle(x + lane * Cell, 66, Cell - 1, Cell, "#1a56db");
        }
        for (int row = 0; row < rows; row++)
        {
            double y = Top + row * (Cell + 3);
            svg.Rectangle(Left - 40, y, Cell, Cell, "#e67e22");
            svg.Text(Left - 48, y + 12, $"a[i+{row}, k]", "end", "#555", 11);
            for (int column = 0; column < columns; column++)
                svg.Rectangle(Left + column * Cell, y, Cell - 1, Cell, column < lanes ? "#bcd3f7" : "#d6e4fb");
        }
        svg.Text(Left - 48, Top - 10, "spread over a vector", "middle", "#555", 11);
        svg.Text(Left, bottom + 20, $"{2 * rows} registers of sums, each += orange · blue: {2 * rows} multiply-adds for {rows + 2} loads", size: 13);
        svg.Text(Left, bottom + 40, $"{2 * rows} sums + 2 of b + 1 of a = {2 * rows + 3} of 32 registers", color: "#555");
        return svg.ToString();
    }
}
