namespace MiniStack.Data;

/// <summary>A rule of the grammar behind <see cref="TinyTales"/>, as it is written.</summary>
/// <param name="Name">The name by which other rules refer to it.</param>
/// <param name="Alternatives">What it may become.</param>
public sealed record TaleRule(string Name, IReadOnlyList<TaleAlternative> Alternatives);

/// <summary>One of the things a <see cref="TaleRule"/> may become.</summary>
/// <param name="Probability">How often it does.</param>
/// <param name="Body">Its text. <c>{name}</c> stands for a rule, <c>{Name}</c> for the same with a capital,
/// <c>{actor!form}</c> introduces an actor and <c>{actor.form}</c> mentions it again. An actor's alternatives are its
/// forms, side by side.</param>
public sealed record TaleAlternative(double Probability, string Body);

/// <summary>A number estimated by sampling.</summary>
/// <param name="Mean">The estimate.</param>
/// <param name="StandardError">Its standard error: the truth lies within two of them 95 times of 100.</param>
public readonly record struct TaleEstimate(double Mean, double StandardError);

/// <summary>What <see cref="TinyTales.Read"/> found out about a text.</summary>
/// <param name="LogProbability">ln of the probability that the tales begin with this text; −∞ if they cannot.</param>
/// <param name="Derivations">In how many ways the grammar can have written it: 1, or 0.</param>
public readonly record struct TaleReading(double LogProbability, long Derivations);
