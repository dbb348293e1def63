using MiniStack.Data;
using MiniStack.Formats.Tests;

namespace MiniStack.Tests.Shards;

public sealed class TokenShardTests : TestFolder
{
    private string Shard => PathOf("shard.tokens");

    [Theory]
    [InlineData(50_257, 2)]
    [InlineData(65_536, 2)]
    [InlineData(65_537, 4)]
    public void Writer_Tokens_ComeBackInTheirWidth(int vocabulary, int bytes)
    {
        int[] tokens = [.. Enumerable.Range(0, 40_000).Select(i => (int)((long)i * 7919 % vocabulary)), vocabulary - 1];
        Write(vocabulary, tokens);
        using TokenShard shard = TokenShard.Open(Shard);
        Assert.Equal((tokens.Length, bytes), (shard.Count, shard.TokenBytes));
        int[] ints = new int[tokens.Length];
        long[] longs = new long[tokens.Length - 5];
        shard.Read(0, ints.AsSpan());
        shard.Read(5, longs.AsSpan());
        Assert.Equal(tokens, ints);
        Assert.Equal(tokens[5..].Select(token => (long)token), longs);
        Assert.True(shard.Verify());
    }

    [Fact]
    public void File_Layout_IsTheDocumentedOne()
    {
        Write(300, [1, 258]);
        byte[] bytes = File.ReadAllBytes(Shard);
        Assert.Equal([.. "MSTOKENS"u8, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], bytes[..32]);
        Assert.Equal(System.Security.Cryptography.SHA256.HashData([1, 0, 2, 1]), bytes[32..64]);
        Assert.Equal([1, 0, 2, 1], bytes[64..]);
    }

    [Fact]
    public void Windows_ContextAndStride_CoverTheShard()
    {
        Write(100, [.. Enumerable.Range(0, 11)]);
        using TokenShard shard = TokenShard.Open(Shard);
        Assert.Equal([0L, 3, 6], Starts(shard.Windows(3)));
        Assert.Equal([0L, 2, 4, 6], Starts(shard.Windows(4, stride: 2)));
        Assert.Equal([0L], Starts(shard.Windows(10)));
        DataLoader<TokenWindow, TensorBatch> loader = new(shard.Windows(3), Collate.Tokens, new LoaderOptions(2) { Shuffle = false });
        TensorBatch batch = loader.Start().First();
        Assert.Equal([0L, 1, 2, 3, 4, 5], batch.Inputs.ToArray<long>());
        Assert.Equal([1L, 2, 3, 4, 5, 6], batch.Targets.ToArray<long>());
        Assert.Equal([2, 3], batch.Inputs.Shape);
        TensorBatch narrow = Collate.TokensI32([shard.Windows(3).Get(1)]);
        Assert.Equal([3, 4, 5], narrow.Inputs.ToArray<int>());
        Assert.Equal([4, 5, 6], narrow.Targets.ToArray<int>());

        static IEnumerable<long> Starts(IDataset<TokenWindow> windows) => Enumerable.Range(0, (int)windows.Count).Select(i => windows.Get(i).Start);
    }

    /// <summary>A writer that was killed cannot clean up; the next one of the same shard does.</summary>
    [Fact]
    public void Writer_AfterOneThatWasKilled_RemovesWhatItLeft()
    {
        string stale = PathOf($".shard.tokens.{Guid.NewGuid():N}.tmp");
        File.WriteAllText(stale, "half");
        File.WriteAllText(PathOf(".other.tokens.0123456789abcdef0123456789abcdef.tmp"), "kept");
        using (TokenShardWriter living = new(Shard, 100))
        {
            living.Append([1]);
            Write(100, [1, 2, 3]); // a second writer: what the first holds open is not stale
            living.Append([2]);
            living.Complete();
        }
        Assert.Equal([".other.tokens.0123456789abcdef0123456789abcdef.tmp", "shard.tokens"], FilesLeft());
        using TokenShard shard = TokenShard.Open(Shard);
        Assert.Equal(2, shard.Count);
    }

    [Fact]
    public void Windows_WrongArguments_Say()
    {
        Write(100, [1, 2, 3]);
        using TokenShard shard = TokenShard.Open(Shard);
        Assert.Equal($"{Shard}: it has 3 tokens, but a context of 3 needs 4. Use a smaller context.", Assert.Throws<DataException>(() => shard.Windows(3)).Message);
        Assert.Equal(
            "TokenShard.Windows: the context must be at least 1 and the stride not negative, but they are 0 and 0.",
            Assert.Throws<ConfigException>(() => shard.Windows(0)).Message);
        Assert.Equal($"{Shard}: there are no 2 tokens from 2 on; the shard has 3.", Assert.Throws<IndexException>(() => shard.Read(2, new int[2].AsSpan())).Message);
        Assert.Throws<IndexException>(() => shard.Read(-1, new int[2].AsSpan()));
        Assert.Equal("TokenShard.Read: tokens are int or long, not Int16.", Assert.Throws<DTypeException>(() => shard.Read(0, new short[2].AsSpan())).Message);
        Assert.Equal(
            "Collate.Tokens: window 1 has a context of 1, but window 0 has 2.",
            Assert.Throws<DataException>(() => Collate.Tokens([new(shard, 0, 2), new(shard, 0, 1)])).Message);
    }

    [Fact]
    public void Read_AfterDispose_Says()
    {
        Write(100, [1, 2, 3]);
        TokenShard shard = TokenShard.Open(Shard);
        shard.Dispose();
        Assert.Equal(
            $"{Shard}: it was closed, and cannot be read any more. Keep it open as long as its tokens are used.",
            Assert.Throws<DataException>(() => shard.Read(0, new int[2].AsSpan())).Message);
    }

    [Fact]
    public void Writer_NotCompleted_LeavesTheOldShardAndNothingElse()
    {
        Write(100, [1, 2, 3]);
        using (TokenShardWriter writer = new(Shard, 100))
        {
            writer.Append([4, 5]);
            Assert.Equal(2, writer.Count);
        }
        Assert.Equal([Path.GetFileName(Shard)], FilesLeft());
        using TokenShard shard = TokenShard.Open(Shard);
        Assert.Equal(3, shard.Count);
    }

    [Fact]
    public void Writer_WrongUse_Says()
    {
        using TokenShardWriter writer = new(Shard, 100);
        Assert.Equal(
            $"{Shard}: the token 100 is not below the vocabulary's size 100. Use the tokenizer's VocabularySize.",
            Assert.Throws<DataException>(() => writer.Append([1, 100])).Message);
        Assert.Throws<DataException>(() => writer.Append([-1]));
        Assert.Equal(0, writer.Count);
        writer.Complete();
        Assert.Equal(
            "TokenShardWriter: the shard is complete; nothing can be appended. Write another shard.", Assert.Throws<ConfigException>(() => writer.Append([1])).Message);
        Assert.Equal("TokenShardWriter: the shard was completed or given up before.", Assert.Throws<ConfigException>(writer.Complete).Message);
        Assert.Equal(
            "TokenShardWriter: the vocabulary must have 1 to 2^32 tokens, not 0.", Assert.Throws<ConfigException>(() => new TokenShardWriter(Shard, 0)).Message);
        Assert.StartsWith(
            $"{PathOf("no/x")}: it cannot be written: ", Assert.Throws<DataException>(() => new TokenShardWriter(PathOf("no/x"), 5)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Writer_TargetIsAFolder_SaysAtOnce()
    {
        Directory.CreateDirectory(Shard);
        Assert.Equal(
            $"{Shard}: it cannot be written: it is a folder. Name a file inside it.", Assert.Throws<DataException>(() => new TokenShardWriter(Shard, 5)).Message);
        Assert.Empty(FilesLeft());
    }

    [Fact]
    public void Writer_HeaderFails_LeavesNothing()
    {
        FullDisk? disk = null;
        Assert.StartsWith(
            $"{Shard}: it cannot be written: the disk is full. ",
            Assert.Throws<DataException>(() => new TokenShardWriter(Shard, 5, path => disk = new FullDisk(path, writes: 0))).Message, StringComparison.Ordinal);
        Assert.False(disk!.CanWrite); // closed
        Assert.Empty(FilesLeft());
    }

    [Fact]
    public void Writer_AppendFails_WritesNoMore()
    {
        using (TokenShardWriter writer = new(Shard, 5, path => new FullDisk(path, writes: 2)))
        {
            writer.Append([1, 2]);
            Assert.Throws<DataException>(() => writer.Append([3]));
            AssertRefusesAll(writer);
        }
        Assert.Empty(FilesLeft());
    }

    [Fact]
    public void Writer_CompletionFails_IsNotTriedAgain()
    {
        using (TokenShardWriter writer = new(Shard, 5, path => new FullDisk(path, writes: 2)))
        {
            writer.Append([1, 2]);
            Assert.Throws<DataException>(writer.Complete);
            AssertRefusesAll(writer);
        }
        Assert.Empty(FilesLeft());
    }

    private static void AssertRefusesAll(TokenShardWriter writer)
    {
        string message = "TokenShardWriter: the disk refused before, and the shard is incomplete. Dispose of the writer, then write the shard anew.";
        Assert.Equal(message, Assert.Throws<ConfigException>(() => writer.Append([4])).Message);
        Assert.Equal(message, Assert.Throws<ConfigException>(writer.Complete).Message);
    }

    /// <summary>A file that takes so many writes, and fails once: a retry would succeed.</summary>
    private sealed class FullDisk(string path, int writes) : FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1)
    {
        private int _writes = writes;

        // In a class of one's own, all writing comes here.
        public override void Write(byte[] buffer, int offset, int count)
        {
            if (_writes-- == 0) throw new IOException("the disk is full.");
            base.Write(buffer, offset, count);
        }
    }

    public static TheoryData<int, byte, string> Damage => new()
    {
        { 0, (byte)'X', "byte 0: it does not begin with MSTOKENS. It is no token shard, or was never completed." },
        { 8, 2, "byte 8: the version is 2, and this program reads version 1. Use the program that wrote it, or a newer one." },
        { 12, 3, "byte 12: a token has 3 bytes, and must have 2 or 4. The file is damaged." },
        { 12, 4, "byte 16: the header counts 3 tokens of 4 bytes, but 6 bytes follow it. The file is cut short or damaged." },
        { 16, 4, "byte 16: the header counts 4 tokens of 2 bytes, but 6 bytes follow it. The file is cut short or damaged." },
        { 23, 255, "byte 16: the header counts 18374686479671623683 tokens of 2 bytes, but 6 bytes follow it. The file is cut short or damaged." },
        { 24, 1, "byte 24: reserved bytes are not 0. The file is damaged, or from a newer program." },
        { 64, 9, "byte 32: the tokens do not have the digest of the header. The file is damaged: copy or write it again." },
    };

    [Theory]
    [MemberData(nameof(Damage))]
    public void Open_DamagedByte_Says(int at, byte value, string message)
    {
        Write(100, [1, 2, 3]);
        byte[] bytes = File.ReadAllBytes(Shard);
        bytes[at] = value;
        string path = FileOf(bytes);
        Assert.Equal($"{path}: {message}", Assert.Throws<DataException>(() =>
        {
            using TokenShard shard = TokenShard.Open(path);
            shard.Verify();
        }).Message);
    }

    [Fact]
    public void Open_CutShort_Says()
    {
        string path = FileOf([.. "MSTOKENS"u8]);
        Assert.Equal(
            $"{path}: byte 8: the file ends inside its header of 64 bytes. It is no token shard, or cut short.", Assert.Throws<DataException>(() => TokenShard.Open(path)).Message);
    }

    [Fact]
    public void Read_AfterTheFileWasCutShort_SaysAndTheProcessLives()
    {
        Write(200_000, [.. Enumerable.Range(0, 100_000)]);
        using TokenShard shard = TokenShard.Open(Shard);
        using (FileStream other = new(Shard, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) other.SetLength(64 + 400);
        int[] tokens = new int[100];
        shard.Read(0, tokens.AsSpan());
        Assert.Equal(99, tokens[99]);
        Assert.Equal(
            $"{Shard}: byte 464: the file ends there, which was longer when it was opened. Somebody has cut it short: restore it.",
            Assert.Throws<DataException>(() => shard.Read(50, tokens.AsSpan())).Message);
        Assert.Throws<DataException>(() => shard.Verify());
    }

    [Fact]
    public void Read_ManyThreads_AllSeeTheTokens()
    {
        int[] tokens = [.. Enumerable.Range(0, 200_000)];
        Write(200_000, tokens);
        using TokenShard shard = TokenShard.Open(Shard);
        Parallel.For(0, 4, thread =>
        {
            Random random = new(thread);
            int[] found = new int[100];
            for (int i = 0; i < 3000; i++)
            {
                int start = random.Next(tokens.Length - found.Length);
                shard.Read(start, found.AsSpan());
                Assert.True(found.AsSpan().SequenceEqual(tokens.AsSpan(start, found.Length)));
            }
        });
    }

    private void Write(long vocabulary, int[] tokens)
    {
        using TokenShardWriter writer = new(Shard, vocabulary);
        writer.Append(tokens.AsSpan(0, tokens.Length / 3));
        writer.Append(tokens.AsSpan(tokens.Length / 3));
        writer.Complete();
    }
}
