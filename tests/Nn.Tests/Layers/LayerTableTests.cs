using System.Collections;
using System.Reflection;
using MiniStack.Formats;
using MiniStack.Nn;
using Module = MiniStack.Nn.Module;

namespace MiniStack.Tests;

/// <summary>What holds for every layer of the table, and that every layer is in it.</summary>
public class LayerTableTests
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public static TheoryData<string> Layers => LayerTable.Names();

    [Fact]
    public void Table_EveryModuleOfTheRoom_IsInIt()
    {
        string[] adapters = ["LoraCopy", "LoraPair", "LoraParts"]; // parts of adapted layers, which have no Forward of their own: see LoraTests
        IEnumerable<string> modules = typeof(Module).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Module)) && !type.IsAbstract).Select(type => type.Name);
        Assert.Empty(modules.Except(adapters).Except(LayerTable.All.Select(row => row.Type.Name)));
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void Call_InF32_IsCloseToF64(string name)
    {
        LayerRow row = LayerTable.ByName[name];
        Module exact = row.Build(DType.F64), layer = row.Build(DType.F32);
        if (row.IsRandom) Array.ForEach([exact, layer], module => module.Eval());
        double[] expected = row.Run(exact, row.Inputs(DType.F64)).Value.ToArray<double>();
        Tensor y = row.Run(layer, row.Inputs(DType.F32)).Value;
        Assert.Equal(DType.F32, y.DType);
        double worst = y.ToArray<float>().Zip(expected, (a, b) => Math.Abs(a - b) / Math.Max(1, Math.Abs(b))).DefaultIfEmpty().Max();
        Assert.InRange(worst, 0, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void Call_TrainingAndEvaluating_DifferWhereTheyShould(string name)
    {
        LayerRow row = LayerTable.ByName[name];
        Module layer = row.Build(DType.F64), other = row.Build(DType.F64);
        layer.Train();
        other.Eval();
        double[] training = row.Run(layer, row.Inputs(DType.F64)).Value.ToArray<double>();
        double[] evaluating = row.Run(other, row.Inputs(DType.F64)).Value.ToArray<double>();
        Assert.Equal(row.DiffersInTraining, !training.AsSpan().SequenceEqual(evaluating));
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void StateDict_SavedAndLoaded_ComputesTheSame(string name)
    {
        LayerRow row = LayerTable.ByName[name];
        Module layer = row.Build(DType.F32), other = row.Build(DType.F32, seed: 9);
        Array.ForEach([layer, other], module => module.Eval());
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            Safetensors.Save(path, layer.StateDict());
            other.LoadStateDict(new StateDict(Safetensors.Load(path)));
        }
        finally
        {
            File.Delete(path);
        }
        Parameter[] x = row.Inputs(DType.F32);
        Assert.Equal(row.Run(layer, x).Value.ToArray<float>(), row.Run(other, x).Value.ToArray<float>());
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void Fields_OfEveryModule_AreRegistered(string name)
    {
        Module layer = LayerTable.ByName[name].Make(new Rng(1));
        HashSet<object> registered = new(ReferenceEqualityComparer.Instance);
        registered.UnionWith(layer.Modules().Select(named => named.Module));
        registered.UnionWith(layer.NamedParameters().Select(named => named.Parameter));
        registered.UnionWith(layer.NamedBuffers().Select(named => named.Buffer));
        foreach ((string path, Module module) in layer.Modules())
            foreach ((string field, object held) in Held(module)) Assert.True(registered.Contains(held), $"{path}.{field} is not registered.");
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void Check_ARegistrationTakenAway_IsNoticed(string name)
    {
        LayerRow row = LayerTable.ByName[name];
        int modules = row.Make(new Rng(1)).Modules().Count();
        for (int i = 0; i < modules; i++)
        {
            foreach (string register in new[] { "_parameters", "_buffers", "_children" })
            {
                int entries = Register(At(row.Make(new Rng(1)), i), register).Count;
                for (int entry = 0; entry < entries; entry++)
                {
                    Module layer = row.Make(new Rng(1)), module = At(layer, i);
                    Register(module, register).RemoveAt(entry);
                    Assert.Throws<ConfigException>(() => Registration.Check(layer));
                }
            }
        }

        static Module At(Module layer, int index) => layer.Modules().ElementAt(index).Module;

        static IList Register(Module module, string register) => (IList)typeof(Module).GetField(register, Own)!.GetValue(module)!;
    }

    /// <summary>What the fields of a module hold, directly or in collections and in objects of this room, that could be registered.</summary>
    private static IEnumerable<(string Field, object Held)> Held(Module module)
    {
        for (Type type = module.GetType(); type != typeof(Module); type = type.BaseType!)
        {
            foreach (FieldInfo field in type.GetFields(Own))
                foreach (object held in Within(field.GetValue(module))) yield return (field.Name, held);
        }
    }

    private static IEnumerable<object> Within(object? value) => value switch
    {
        null or string or Tensor or Delegate => [],
        Module or Parameter or ModuleBuffer => [value],
        IEnumerable items => items.Cast<object?>().SelectMany(Within),
        _ when value.GetType() is { IsPrimitive: false, IsEnum: false } type &&
            (type.Assembly == typeof(Module).Assembly || type.Name.StartsWith("ValueTuple", StringComparison.Ordinal)) =>
            type.GetFields(Own).SelectMany(field => Within(field.GetValue(value))),
        _ => [],
    };
}
