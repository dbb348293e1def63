using MiniStack.Optim;

namespace MiniStack.Tests;

/// <summary>An optimizer with settings.</summary>
/// <param name="Golden">The trace that it follows, in optim_traces.py.</param>
/// <param name="WeightDecay">The weight decay of that trace.</param>
/// <param name="Make">The optimizer of some parameters, with a weight decay.</param>
internal sealed record OptimizerRow(string Golden, double WeightDecay, Func<IEnumerable<Parameter>, double, Optimizer> Make)
{
    /// <summary>Its name in test lists; unlike the trace, it is unique.</summary>
    public string Name { get; init; } = Golden;

    /// <summary>How close F32 comes to the trace: rounding, which the differences of gradients in L-BFGS enlarge.</summary>
    public double Tolerance { get; init; } = 2e-6;

    public Optimizer Of(IEnumerable<Parameter> parameters) => Make(parameters, WeightDecay);
}

/// <summary>Every optimizer of the room, several times: a new one needs rows here, and the tests of this folder follow.</summary>
internal static class OptimizerTable
{
    public static readonly OptimizerRow[] All =
    [
        new("sgd", 0, (p, decay) => new Sgd(p, 0.01, weightDecay: decay)),
        new("sgd.momentum", 0, (p, decay) => new Sgd(p, 0.01, 0.9, weightDecay: decay)),
        new("sgd.nesterov", 0.1, (p, decay) => new Sgd(p, 0.01, 0.9, nesterov: true, decay)),
        new("sgd.dampening", 0.1, (p, decay) => new Sgd(p, 0.01, 0.9, weightDecay: decay, dampening: 0.3)),
        new("adagrad", 0, (p, decay) => new Adagrad(p, 0.1, weightDecay: decay)),
        new("adagrad.decay", 0.1, (p, decay) => new Adagrad(p, 0.1, 0.05, decay, initialSum: 0.5, epsilon: 1e-6)),
        new("rmsprop", 0, (p, decay) => new RmsProp(p, 0.01, weightDecay: decay)),
        new("rmsprop.momentum", 0.1, (p, decay) => new RmsProp(p, 0.01, 0.9, momentum: 0.8, weightDecay: decay)),
        new("rmsprop.centered", 0, (p, decay) => new RmsProp(p, 0.01, 0.9, 1e-3, decay, centered: true)),
        new("rmsprop.all", 0.1, (p, decay) => new RmsProp(p, 0.01, 0.9, 1e-3, decay, 0.5, centered: true)),
        new("adam", 0, (p, decay) => new Adam(p, 0.05, weightDecay: decay)),
        new("adam.decay", 0.1, (p, decay) => new Adam(p, 0.05, 0.8, 0.9, 1e-4, decay)),
        new("adam.amsgrad", 0.1, (p, decay) => new Adam(p, 0.05, 0.8, 0.5, 1e-8, decay, amsGrad: true)),
        new("adamw", 0, (p, decay) => new AdamW(p, 0.05, weightDecay: decay, decays: _ => true)),
        new("adamw.decay", 0.1, (p, decay) => new AdamW(p, 0.05, 0.8, 0.9, 1e-4, decay, _ => true)),
        new("nadam", 0, (p, decay) => new NAdam(p, 0.05, weightDecay: decay)),
        new("nadam.decay", 0.1, (p, decay) => new NAdam(p, 0.05, 0.8, 0.9, 1e-4, decay, 0.1)),
        new("radam", 0, (p, decay) => new RAdam(p, 0.05, weightDecay: decay)),
        new("radam.decay", 0.1, (p, decay) => new RAdam(p, 0.05, 0.8, 0.9, 1e-4, decay)),
        new("lion", 0, (p, decay) => new Lion(p, 0.01, weightDecay: decay)),
        new("lion.decay", 0.1, (p, decay) => new Lion(p, 0.02, 0.8, 0.95, decay)),
        new("adafactor", 0, (p, decay) => new Adafactor(p, weightDecay: decay)),
        new("adafactor.decay", 0.1, (p, decay) => new Adafactor(p, 0.5, -0.5, 0.9, 0.7, decay)),
        new("lamb", 0.01, (p, decay) => new Lamb(p, 0.05, weightDecay: decay)),
        new("lamb.decay", 0.3, (p, decay) => new Lamb(p, 0.02, 0.8, 0.9, 1e-4, decay)),
        new("muon", 0, (p, decay) => new Muon(p, weightDecay: decay)),
        new("muon.decay", 0.1, (p, decay) => new Muon(p, 0.1, 0.8, nesterov: false, weightDecay: decay, adamWFactor: 0.2)),
        new("muon.adamw", 0, (p, decay) => new Muon(p, 0.1, weightDecay: decay, isHidden: _ => false, adamWFactor: 0.5)),
        new("lbfgs", 0, (p, _) => new Lbfgs(p, 0.05, maxIterations: 3)) { Tolerance = 5e-4 },
        new("lbfgs.short", 0, (p, _) => new Lbfgs(p, 0.1, maxIterations: 3, historySize: 2)) { Tolerance = 5e-5 },
        new("lbfgs.wolfe", 0, (p, _) => new Lbfgs(p, maxIterations: 2, strongWolfe: true)) { Tolerance = 5e-5 },
        new("lbfgs.wolfe_short", 0, (p, _) => new Lbfgs(p, 3, maxIterations: 2, historySize: 3, strongWolfe: true)) { Tolerance = 5e-5 },
        // Parameters in F32 and F64 are their own masters, and a power of two scales without rounding.
        new("adamw.decay", 0.1, (p, decay) => new MixedPrecision(p, masters => new AdamW(masters, 0.05, 0.8, 0.9, 1e-4, decay, _ => true)))
        {
            Name = "mixed precision",
        },
    ];

    public static OptimizerRow ByName(string name) => All.Single(row => row.Name == name);
}
