using MiniStack.Nn;

namespace MiniStack.Tests;

/// <summary>Every layer of the room in every interesting setting: what the tests of layers go through.</summary>
internal static class LayerTable
{
    public static IReadOnlyList<LayerRow> All { get; } =
        [.. ActivationLayers.Rows, .. ShapeLayers.Rows, .. BasicLayers.Rows, .. ConvolutionLayers.Rows, .. AttentionLayers.Rows, .. RecurrentLayers.Rows];

    public static IReadOnlyDictionary<string, LayerRow> ByName { get; } = All.ToDictionary(row => row.Name);

    /// <summary>The names of the rows that fit; all by default.</summary>
    public static TheoryData<string> Names(Func<LayerRow, bool>? fits = null) => [.. All.Where(fits ?? (_ => true)).Select(row => row.Name)];

    /// <summary>A layer that turns one variable into another.</summary>
    public static LayerRow Row<TLayer>(string condition, Func<Rng, TLayer> make, Shape shape) where TLayer : Layer =>
        Row(condition, make, [shape], (layer, x) => layer.Call(x[0]));

    /// <summary>A module that is called in its own way.</summary>
    public static LayerRow Row<TModule>(string condition, Func<Rng, TModule> make, Shape[] shapes, Func<TModule, Variable[], Variable> run)
        where TModule : Module
    {
        Type type = make(new Rng(0)).GetType();
        return new LayerRow(
            type.IsGenericType ? type.GetGenericTypeDefinition() : type, condition, make, shapes, (module, x) => run((TModule)module, x));
    }

    /// <summary>All numbers of several variables in one row.</summary>
    public static Variable Flat(params Variable?[] variables) =>
        Variable.Concat([.. variables.OfType<Variable>().Select(variable => variable.Reshape(-1))]);
}
