namespace MiniStack.Nn;

/// <summary>
/// Says that what a field of a <see cref="Module"/> holds is not part of the module on purpose: a teacher, a model that is measured, a
/// cache of models.
/// </summary>
/// <remarks>Such a field may hold modules and parameters that nobody registered. On a property: <c>[field: Unregistered]</c>.</remarks>
[AttributeUsage(AttributeTargets.Field)]
public sealed class UnregisteredAttribute : Attribute;
