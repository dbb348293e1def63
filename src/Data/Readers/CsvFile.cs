using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace MiniStack.Data;

/// <summary>A file of separated values (RFC 4180) as a stream of rows; the file may be larger than memory.</summary>
/// <remarks>CsvHelper takes quotes and line breaks inside of fields apart; this class adds strict UTF-8, equal lengths, bounds, and errors with a line.</remarks>
public sealed class CsvFile : IStreamingDataset<CsvRow>
{
    /// <summary>Bytes that a row may have unless told otherwise: 1 MiB. A forgotten quote makes one row of all that follows.</summary>
    public const int LongestRow = 1 << 20;

    private readonly string _path;
    private readonly bool _header;
    private readonly int _longestRow;
    private readonly CsvConfiguration _configuration;

    /// <param name="path">The file, in UTF-8.</param>
    /// <param name="header">True when the first row has the columns' names.</param>
    /// <param name="delimiter">Between two fields.</param>
    /// <param name="longestRow">Bytes that a row may have.</param>
    /// <exception cref="ConfigException">The delimiter is a quote or a line break.</exception>
    public CsvFile(string path, bool header = true, char delimiter = ',', int longestRow = LongestRow)
    {
        if (delimiter is '"' or '\r' or '\n') throw new ConfigException("CsvFile: the delimiter must not be a quote or a line break.");
        (_path, _header, _longestRow) = (path, header, longestRow);
        _configuration = new CsvConfiguration(CultureInfo.InvariantCulture) { Delimiter = delimiter.ToString(), BadDataFound = null };
    }

    /// <inheritdoc/>
    /// <exception cref="DataException">The file cannot be read, a row is too long, not UTF-8, badly quoted, or has not as many fields as the first; the message names the line.</exception>
    public IEnumerable<CsvRow> ReadFrom(long first = 0)
    {
        using CsvText text = new(_path, _longestRow);
        using CsvParser parser = new(text, _configuration);
        string[]? columns = null;
        int fields = -1;
        long number = 0;
        while (TryRead(parser, text) is { } record)
        {
            if (fields < 0) fields = record.Length;
            if (record.Length != fields)
            {
                throw DataErrors.At(
                    _path, $"line {text.RowLine}", $"the row has {record.Length} fields, but the first row has {fields}. Correct the row; fields with a delimiter or a line break need quotes.");
            }
            if (_header && columns is null)
            {
                columns = Unique(record, text);
                continue;
            }
            if (number++ >= first) yield return new CsvRow(_path, text.RowLine, record, columns);
        }
        if (_header && columns is null) throw DataErrors.At(_path, $"line 1", $"the file is empty, and a row of column names was expected.");
    }

    private string[]? TryRead(CsvParser parser, CsvText text)
    {
        text.BeginRow();
        try
        {
            if (!parser.Read()) return null;
            string[] record = parser.Record!;
            // Closing quotes are checked here: the parser itself takes whatever follows an open one, down to the end of the file.
            if (parser.RawRecord.AsSpan().Count('"') % 2 != 0)
                throw DataErrors.At(_path, $"line {text.RowLine}", $"a quote is opened and never closed. Close it, or double quotes that stand inside a field.");
            return record;
        }
        catch (CsvHelperException exception)
        {
            throw DataErrors.At(_path, $"line {text.RowLine}", $"the row cannot be taken apart. Check its quotes.", exception);
        }
    }

    private string[] Unique(string[] columns, CsvText text)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string column in columns)
        {
            if (!seen.Add(column))
                throw DataErrors.At(_path, $"line {text.RowLine}", $"the column {DataErrors.Quote(column)} appears twice. Rename one, or read without a header.");
        }
        return columns;
    }
}
