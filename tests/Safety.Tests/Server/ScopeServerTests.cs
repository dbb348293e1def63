using System.Diagnostics;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MiniStack.Models;
using MiniStack.Nn;

namespace MiniStack.Tests;

/// <summary>What people write in a handler of ASP.NET: scopes with an await inside, calls without a scope, errors in the middle, one model for all.</summary>
public class ScopeServerTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Duration = Soak.IsOn ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(6);

    [Fact]
    public async Task Handlers_AwaitInsideAScope_AnswerRightInConstantMemory()
    {
        // Dropout, in training mode: Predict evaluates all the same.
        Gpt model = new(new GptConfig(VocabularySize: 16, Context: 32, Layers: 2, Heads: 2, Channels: 32, Dropout: 0.5), new Rng(1));
        int[] expected = [.. model.Generate([1, 2, 3], 8, new Rng(1), temperature: 0)];
        Tensor tokens = Tensor.CopyOf(new long[] { 1, 2, 3, 4 }, [1, 4]);
        double score = model.Predict(tokens).Sum().Item();

        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using WebApplication app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapGet("/await", async (int wait) =>
        {
            using MemoryScope scope = MemoryScope.Begin();
            Tensor before = model.Predict(tokens);
            await Task.Delay(wait);
            return (before * 1).Sum().Item();
        });
        app.MapGet("/plain", () => model.Predict(tokens).Sum().Item());
        app.MapGet("/generate", () => model.Generate([1, 2, 3], 8, new Rng(1), temperature: 0).ToArray());
        app.MapGet("/tape", async () =>
        {
            Parameter weight = new(Tensor.Ones([64]));
            Tape tape = Tape.Begin(); // never disposed
            await Task.Yield();
            return weight.Value.Sum().Item();
        });
        app.MapGet("/fail", async () =>
        {
            using MemoryScope scope = MemoryScope.Begin();
            MemoryScope inner = MemoryScope.Begin(); // never disposed
            _ = model.Predict(tokens);
            await Task.Yield();
            throw new InvalidOperationException();
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        using HttpClient client = new() { BaseAddress = new Uri(address) };

        await Ask(TimeSpan.FromSeconds(2));
        long warm = Resident();
        long requests = await Ask(Duration);
        long after = Resident();
        output.WriteLine($"measured: {requests} requests in {Duration.TotalSeconds:F0} s, resident memory {warm / 1048576} MiB before and {after / 1048576} MiB after");
        Assert.True(after - warm < 64 << 20, $"{requests} requests took {(after - warm) / 1048576} MiB more memory.");
        bool[] free = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => MemoryScope.Current is null && Tape.Current is null && Tensor.Ones([2]).Storage.Scope is null)));
        Assert.All(free, Assert.True);
        Assert.True(model.IsTraining);
        await app.StopAsync(TestContext.Current.CancellationToken);

        async Task<long> Ask(TimeSpan duration)
        {
            long start = Stopwatch.GetTimestamp(), count = 0;
            await Task.WhenAll(Enumerable.Range(0, 8).Select(async user =>
            {
                for (int i = user; Stopwatch.GetElapsedTime(start) < duration; i++)
                {
                    switch (i % 5)
                    {
                        case 0: Assert.Equal(score, await client.GetFromJsonAsync<double>($"/await?wait={i % 3}")); break;
                        case 1: Assert.Equal(score, await client.GetFromJsonAsync<double>("/plain")); break;
                        case 2: Assert.Equal(expected, await client.GetFromJsonAsync<int[]>("/generate")); break;
                        case 3: Assert.Equal(64, await client.GetFromJsonAsync<double>("/tape")); break;
                        default: Assert.Equal(500, (int)(await client.GetAsync("/fail")).StatusCode); break;
                    }
                    Interlocked.Increment(ref count);
                }
            }));
            return count;
        }
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using Process self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }
}
