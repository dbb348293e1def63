using System.Globalization;

namespace MiniStack.Data;

/// <summary>One row of a <see cref="CsvFile"/>.</summary>
public sealed class CsvRow
{
    private readonly string _path;
    private readonly string[] _fields;
    private readonly string[]? _columns;

    internal CsvRow(string path, long line, string[] fields, string[]? columns) => (_path, Line, _fields, _columns) = (path, line, fields, columns);

    /// <summary>The line of the file on which the row begins, from 1.</summary>
    public long Line { get; }

    /// <summary>The fields as text.</summary>
    public IReadOnlyList<string> Fields => _fields;

    /// <summary>A field by its column's name.</summary>
    /// <exception cref="DataException">There is no such column.</exception>
    public string this[string column] => _fields[IndexOf(column)];

    /// <summary>A field as a number, written as in C#: 1.5, -3, 2e-4.</summary>
    /// <param name="index">The column, from 0.</param>
    /// <exception cref="DataException">There is no such column, or the field is no number.</exception>
    public float Float(int index)
    {
        if ((uint)index >= (uint)_fields.Length)
            throw DataErrors.At(_path, $"line {Line}", $"there is no field {index}; the row has {_fields.Length}, from 0.");
        return float.TryParse(_fields[index], NumberStyles.Float, CultureInfo.InvariantCulture, out float value)
            ? value
            : throw DataErrors.At(_path, $"line {Line}", $"field {index} is {DataErrors.Quote(_fields[index])}, and a number was expected.");
    }

    /// <inheritdoc cref="Float(int)"/>
    /// <param name="column">The column's name.</param>
    public float Float(string column) => Float(IndexOf(column));

    /// <summary>All fields as numbers.</summary>
    /// <exception cref="DataException">A field is no number.</exception>
    public float[] Floats() => [.. Enumerable.Range(0, _fields.Length).Select(Float)];

    private int IndexOf(string column)
    {
        int index = _columns is null ? -1 : Array.IndexOf(_columns, column);
        if (index >= 0) return index;
        string known = _columns is null ? "the file was read without a header" : $"the file has {string.Join(", ", _columns.Take(8).Select(DataErrors.Quote))}";
        throw new DataException($"{_path}: there is no column {DataErrors.Quote(column)}; {known}.");
    }
}
