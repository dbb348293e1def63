using System.Globalization;
using System.Numerics;

namespace MiniStack.Data;

/// <summary>One row of a <see cref="CsvFile"/>.</summary>
public sealed class CsvRow
{
    private readonly string _path;
    private readonly string[] _fields;
    private readonly string[]? _columns;

    internal CsvRow(string path, long line, string[] fields, string[]? columns) =>
        (_path, Line, _fields, _columns) = (path, line, fields, columns);

    /// <summary>The line of the file on which the row begins, from 1.</summary>
    public long Line { get; }

    /// <summary>The fields as text.</summary>
    public IReadOnlyList<string> Fields => _fields;

    /// <summary>A field by its column's name.</summary>
    /// <exception cref="DataException">There is no such column.</exception>
    public string this[string column] => _fields[IndexOf(column)];

    /// <summary>A field as a number, written as in C#: 1.5, -3, 2e-4.</summary>
    /// <param name="index">The column, from 0.</param>
    /// <exception cref="DataException">There is no such column, or the field is no number, or one too large for the type.</exception>
    public float Float(int index) => Number<float>(index, NumberStyles.Float, "a number");

    /// <inheritdoc cref="Float(int)"/>
    /// <param name="column">The column's name.</param>
    public float Float(string column) => Float(IndexOf(column));

    /// <inheritdoc cref="Float(int)"/>
    public double Double(int index) => Number<double>(index, NumberStyles.Float, "a number");

    /// <inheritdoc cref="Float(string)"/>
    public double Double(string column) => Double(IndexOf(column));

    /// <summary>A field as a whole number: 15, -3.</summary>
    /// <param name="index">The column, from 0.</param>
    /// <exception cref="DataException">There is no such column, or the field is no whole number, or one too large for the type.</exception>
    public int Int(int index) => Number<int>(index, NumberStyles.Integer, "a whole number of 32 bits");

    /// <inheritdoc cref="Int(int)"/>
    /// <param name="column">The column's name.</param>
    public int Int(string column) => Int(IndexOf(column));

    /// <inheritdoc cref="Int(int)"/>
    public long Long(int index) => Number<long>(index, NumberStyles.Integer, "a whole number of 64 bits");

    /// <inheritdoc cref="Int(string)"/>
    public long Long(string column) => Long(IndexOf(column));

    /// <summary>All fields as numbers.</summary>
    /// <exception cref="DataException">A field is no number.</exception>
    public float[] Floats() => [.. Enumerable.Range(0, _fields.Length).Select(Float)];

    private T Number<T>(int index, NumberStyles style, string what) where T : INumber<T>
    {
        if ((uint)index >= (uint)_fields.Length)
            throw DataErrors.At(_path, $"line {Line}", $"there is no field {index}; the row has {_fields.Length}, from 0.");
        string field = _fields[index];
        if (!T.TryParse(field, style, CultureInfo.InvariantCulture, out T? value))
            throw DataErrors.At(_path, $"line {Line}", $"field {index} is {DataErrors.Quote(field)}, and {what} was expected.");
        // 1e999 becomes infinite in silence; a file that means infinity says so in letters.
        if (T.IsInfinity(value) && field.AsSpan().ContainsAnyInRange('0', '9'))
        {
            throw DataErrors.At(
                _path, $"line {Line}",
                $"field {index} is {DataErrors.Quote(field)}, too large for {typeof(T).Name}. Read it as text, or correct it.");
        }
        return value;
    }

    private int IndexOf(string column)
    {
        ArgumentNullException.ThrowIfNull(column);
        int index = _columns is null ? -1 : Array.IndexOf(_columns, column);
        if (index >= 0) return index;
        string known = _columns is null
            ? "the file was read without a header"
            : $"the file has {string.Join(", ", _columns.Take(8).Select(DataErrors.Quote))}";
        throw new DataException($"{_path}: there is no column {DataErrors.Quote(column)}; {known}.");
    }
}
