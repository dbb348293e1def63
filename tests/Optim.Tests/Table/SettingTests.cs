using MiniStack.Optim;

namespace MiniStack.Tests;

/// <summary>Settings that make no sense, one by one, and that no optimizer is forgotten.</summary>
public class SettingTests
{
    private static readonly Dictionary<string, Func<Parameter[], Optimizer>> Bad = new()
    {
        ["Adagrad: the learning rate must be a number of at least 0, not -1."] = p => new Adagrad(p, -1),
        ["Adagrad: the decay of the learning rate must be a number of at least 0, not -1."] = p => new Adagrad(p, rateDecay: -1),
        ["Adagrad: the weight decay must be a number of at least 0, not -1."] = p => new Adagrad(p, weightDecay: -1),
        ["Adagrad: the initial sum must be a number of at least 0, not -1."] = p => new Adagrad(p, initialSum: -1),
        ["Adagrad: the epsilon must be a number of at least 0, not NaN."] = p => new Adagrad(p, epsilon: double.NaN),
        ["RmsProp: the alpha must be at least 0 and below 1, not 1."] = p => new RmsProp(p, alpha: 1),
        ["RmsProp: the momentum must be at least 0 and below 1, not -0.5."] = p => new RmsProp(p, momentum: -0.5),
        ["RmsProp: the epsilon must be a number of at least 0, not -1."] = p => new RmsProp(p, epsilon: -1),
        ["RmsProp: the weight decay must be a number of at least 0, not -1."] = p => new RmsProp(p, weightDecay: -1),
        ["Adam: the betas must be at least 0 and below 1, not 0.9 and 1."] = p => new Adam(p, beta2: 1),
        ["Adam: the epsilon must be a number of at least 0, not -1."] = p => new Adam(p, epsilon: -1),
        ["Adam: the weight decay must be a number of at least 0, not -1."] = p => new Adam(p, weightDecay: -1),
        ["AdamW: the weight decay must be a number of at least 0, not -1."] = p => new AdamW(p, weightDecay: -1),
        ["NAdam: the betas must be at least 0 and below 1, not -1 and 0.999."] = p => new NAdam(p, beta1: -1),
        ["NAdam: the epsilon must be a number of at least 0, not -1."] = p => new NAdam(p, epsilon: -1),
        ["NAdam: the decay of the momentum must be a number of at least 0, not -1."] = p => new NAdam(p, momentumDecay: -1),
        ["RAdam: the betas must be at least 0 and below 1, not 1 and 0.999."] = p => new RAdam(p, beta1: 1),
        ["RAdam: the epsilon must be a number of at least 0, not -1."] = p => new RAdam(p, epsilon: -1),
        ["Lion: the betas must be at least 0 and below 1, not 1 and 0.99."] = p => new Lion(p, beta1: 1),
        ["Lion: the weight decay must be a number of at least 0, not -1."] = p => new Lion(p, weightDecay: -1),
        ["Adafactor: the beta2 decay must be a number below 0, not 0."] = p => new Adafactor(p, beta2Decay: 0),
        ["Adafactor: the epsilon2 must be a number of at least 0, not -1."] = p => new Adafactor(p, epsilon2: -1),
        ["Adafactor: the clip must be a number above 0, not 0."] = p => new Adafactor(p, clip: 0),
        ["Lamb: the betas must be at least 0 and below 1, not 1 and 0.999."] = p => new Lamb(p, beta1: 1),
        ["Lamb: the epsilon must be a number of at least 0, not -1."] = p => new Lamb(p, epsilon: -1),
        ["Muon: the momentum must be at least 0 and below 1, not 1."] = p => new Muon(p, momentum: 1),
        ["Muon: the betas must be at least 0 and below 1, not 0.9 and 1."] = p => new Muon(p, beta2: 1),
        ["Muon: the factor of AdamW must be a number of at least 0, not -1."] = p => new Muon(p, adamWFactor: -1),
        ["Muon: the epsilon must be a number of at least 0, not -1."] = p => new Muon(p, epsilon: -1),
        ["Lbfgs: the number of iterations must be at least 1, not 0."] = p => new Lbfgs(p, maxIterations: 0),
        ["Lbfgs: the number of evaluations must be at least 1, not 0."] = p => new Lbfgs(p, maxEvaluations: 0),
        ["Lbfgs: the history size must be at least 1, not 0."] = p => new Lbfgs(p, historySize: 0),
        ["Lbfgs: the tolerance of gradients must be a number of at least 0, not -1."] = p => new Lbfgs(p, gradientTolerance: -1),
        ["Lbfgs: the tolerance of changes must be a number of at least 0, not -1."] = p => new Lbfgs(p, changeTolerance: -1),
        ["Sgd: the dampening must be at least 0 and below 1, not 1."] = p => new Sgd(p, 1, 0.9, dampening: 1),
        ["Sgd: dampening is for momentum without Nesterov. Give a momentum above 0 and no Nesterov, or leave it at 0."] =
            p => new Sgd(p, 1, 0.9, nesterov: true, dampening: 0.5),
        ["MixedPrecision: there are no parameters to optimize."] = _ => new MixedPrecision([], masters => new Sgd(masters, 1)),
        ["MixedPrecision: the inner optimizer has other parameters than the masters. Make it of the list that the function is given."] =
            p => new MixedPrecision(p, masters => new Sgd(masters.Skip(1), 1)),
    };

    public static TheoryData<string> Messages => [.. Bad.Keys];

    [Theory]
    [MemberData(nameof(Messages))]
    public void Constructor_NumberWithoutSense_Throws(string message)
    {
        Parameter[] parameters = [Make.Parameter(Device.Cpu, [1], 1), Make.Parameter(Device.Cpu, [1], 1)];
        Assert.Equal(message, Assert.Throws<ConfigException>(() => Bad[message](parameters)).Message);
    }

    [Fact]
    public void Table_OfRows_HasEveryOptimizerOfTheRoom()
    {
        Parameter[] parameters = new Regression(Device.Cpu).Parameters;
        Assert.Equal(
            typeof(Optimizer).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Optimizer)) && !type.IsAbstract).ToHashSet(),
            OptimizerTable.All.Select(row => row.Of(parameters).GetType()).ToHashSet());
    }

    [Fact]
    public void Table_OfRows_FollowsEveryTraceOfTheFile() => Assert.Equal(
        Regression.Golden.Tensors.Keys.Where(key => key.Contains('/', StringComparison.Ordinal)).Select(key => key.Split('/')[0]).ToHashSet(),
        OptimizerTable.All.Select(row => row.Golden).ToHashSet());
}
