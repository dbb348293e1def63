using MiniStack.Examples.Training;

namespace MiniStack.Tests.Part5.Demos;

/// <summary>Every illness can be known from outside.</summary>
public sealed class ClinicDemoTests
{
    public static TheoryData<string> Names => [.. Patient.All.Select(patient => patient.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Diagnosis_OfARun_IsRight(string name)
    {
        Patient patient = Patient.All.Single(one => one.Name == name);
        Symptoms seen = patient.Train(60);
        Assert.True(patient.Illness == seen.Diagnosis(SmallJob.Entropy), $"{seen}");
    }

    [Fact]
    public void Patients_OfTheClinic_HaveEveryIllnessOnce() =>
        Assert.Equal(Enum.GetValues<Illness>(), Patient.All.Select(patient => patient.Illness).Order());
}
