using System.Collections;
using System.Globalization;
using System.Reflection;
using MiniStack.Models;
using MiniStack.Nn;
using MiniStack.Optim;
using Module = MiniStack.Nn.Module;

namespace MiniStack.Tests;

/// <summary>What is true of every model.</summary>
public class ModelTableTests(ITestOutputHelper output)
{
    public static TheoryData<string> Models => ModelTable.Names;

    [Theory]
    [MemberData(nameof(Models))]
    public void Train_OnOneBatch_LearnsItByHeart(string name)
    {
        ModelRow row = ModelTable.ByName[name];
        Rng rng = new(1);
        Module model = row.Make(row.Config, rng);
        Tensor[] batch = row.Batch(new Rng(2));
        AdamW optimizer = new(model.Parameters(), row.LearningRate, weightDecay: 0);
        List<double> losses = [];
        for (int step = 0; step < row.Steps; step++)
        {
            using Tape tape = Tape.Begin();
            Variable loss = row.Loss(model, batch);
            tape.Backward(loss);
            optimizer.Step();
            losses.Add(loss.Item());
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: from {losses[0]:G4} to {losses[^1]:E1}"));
        // The mean of the last ten: a variational autoencoder's loss is drawn.
        Assert.InRange(losses.TakeLast(10).Average(), 0, row.IsGenerative ? losses[0] / 2 : 0.01);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Forward_InF32_EqualsTheReference(string name)
    {
        ModelRow row = ModelTable.ByName[name];
        Tensor[] batch = row.Batch(new Rng(2));
        Module fast = row.Build(), plain = row.Build().To(Device.Reference);
        fast.Eval();
        plain.Eval();
        Tensor expected = row.Output(plain, [.. batch.Select(tensor => tensor.To(Device.Reference))]).Value, actual = row.Output(fast, batch).Value;
        double largest = Math.Max(1, expected.To(Device.Cpu).ToArray<float>().Max(Math.Abs)), worst = GoldenFile.Difference(expected, actual);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {worst:E1} of {largest:G3}"));
        Assert.InRange(worst, 0, 1e-5 * largest);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void ParameterCount_OfTheConfig_IsTheModels(string name)
    {
        ModelRow row = ModelTable.ByName[name];
        foreach (IModelConfig config in new[] { row.Config, row.Other }) Assert.Equal(row.Make(config, new Rng(1)).ParameterCount, config.ParameterCount);
    }

    [Fact]
    public void Table_ModulesOfTheAssembly_AreAllInIt()
    {
        Type[] used = [.. ModelTable.All.SelectMany(row => row.Make(row.Config, new Rng(1)).Modules()).Select(named => named.Module.GetType()).Distinct()];
        Type[] all = [.. typeof(Gpt).Assembly.GetTypes().Where(type => typeof(Module).IsAssignableFrom(type) && !type.IsAbstract)];
        Assert.NotEmpty(all);
        Assert.Empty(all.Except(used));
        Assert.Equal(ModelFolder.Architectures.Keys, ModelTable.ByName.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Fields_ThatHoldParametersBuffersOrModules_AreRegistered(string name)
    {
        ModelRow row = ModelTable.ByName[name];
        Module model = row.Make(row.Config, new Rng(1));
        HashSet<object> registered = new(ReferenceEqualityComparer.Instance);
        foreach ((_, Module module) in model.Modules()) registered.Add(module);
        foreach ((_, Parameter parameter) in model.NamedParameters()) registered.Add(parameter);
        foreach ((_, ModuleBuffer buffer) in model.NamedBuffers()) registered.Add(buffer);
        string[] forgotten =
        [
            .. from named in model.Modules()
               where named.Module.GetType().Assembly == typeof(Gpt).Assembly
               from field in named.Module.GetType().GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)
               let value = field.GetValue(named.Module)
               from item in value is Array or IList ? ((IEnumerable)value).Cast<object?>() : [value]
               where item is Module or Parameter or ModuleBuffer && !registered.Contains(item)
               select $"{named.Path}.{field.Name}",
        ];
        Assert.Empty(forgotten);
    }
}
