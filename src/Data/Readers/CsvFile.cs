using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace MiniStack.Data;

/// <summary>A file of separated values (RFC 4180) as a stream of rows; the file may be larger than memory.</summary>
/// <remarks>
/// A quote is legal around a whole field, and doubled inside of such a field; everywhere else it is an error, as RFC 4180 has it:
/// <c>5" disk</c> is written <c>"5"" disk"</c>, and no space may stand between a quote and the delimiter. One that is let pass may swallow
/// rows up to the next. CsvHelper takes the fields apart; this class adds strict UTF-8, equal lengths, bounds, and errors with a line.
/// </remarks>
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
        _configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter.ToString(), BadDataFound = bad => throw new BadQuotesException(bad.Field)
        };
    }

    /// <inheritdoc/>
    /// <exception cref="DataException">The file cannot be read, a row is too long, not UTF-8, badly quoted, or has not as many fields as
    /// the first; the message names the line.</exception>
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
                    _path, $"line {text.RowLine}",
                    $"the row has {record.Length} fields, but the first row has {
                        fields}. Correct the row; fields with a delimiter or a line break need quotes.");
            }
            if (_header && columns is null)
            {
                columns = Unique(record, text);
                continue;
            }
            if (number++ >= first) yield return new CsvRow(_path, text.RowLine, record, columns);
        }
        if (_header && columns is null)
            throw DataErrors.At(_path, $"line 1", $"the file is empty, and a row of column names was expected.");
    }

    private string[]? TryRead(CsvParser parser, CsvText text)
    {
        text.BeginRow();
        try
        {
            if (!parser.Read()) return null;
            string[] record = parser.Record!;
            // Of an open field that ends with a doubled quote the parser thinks that it is closed.
            return parser.RawRecord.AsSpan().Count('"') % 2 == 0 ? record : throw NeverClosed();
        }
        catch (BadQuotesException exception)
        {
            string field = exception.Text, quoted = DataErrors.Quote(field);
            if (!field.StartsWith('"'))
            {
                throw DataErrors.At(
                    _path, $"line {text.RowLine}",
                    $"the field {quoted} has a quote inside, and none around it. Put it in quotes, and double those inside.");
            }
            if (field.AsSpan().Count('"') % 2 != 0) throw NeverClosed();
            throw DataErrors.At(
                _path, $"line {text.RowLine}",
                $"in the field {
                    quoted} a quote is closed before its end. Double quotes that stand inside, or close it where an earlier one is open.");
        }
        catch (CsvHelperException exception)
        {
            throw DataErrors.At(_path, $"line {text.RowLine}", $"the row cannot be taken apart. Check its quotes.", exception);
        }

        DataException NeverClosed() =>
            DataErrors.At(
                _path, $"line {text.RowLine}",
                $"a quote is opened and never closed. Close it, or double quotes that stand inside a field.");
    }

    /// <summary>
    /// Leads out of the parser: one configuration serves every reading, so that the line is not known where the parser finds the field.
    /// </summary>
    private sealed class BadQuotesException(string text) : Exception
    {
        public string Text => text;
    }

    private string[] Unique(string[] columns, CsvText text)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string column in columns)
        {
            if (!seen.Add(column))
            {
                throw DataErrors.At(
                    _path, $"line {text.RowLine}",
                    $"the column {DataErrors.Quote(column)} appears twice. Rename one, or read without a header.");
            }
        }
        return columns;
    }
}
