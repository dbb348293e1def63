using System.CommandLine;

namespace MiniStack.Examples.Training;

/// <summary>The demos beside the main job.</summary>
internal static class Demos
{
    public static IEnumerable<Command> All =>
    [
        new OptimizersDemo().Command(), new FinderDemo().Command(), new SearchDemo().Command(), new PrecisionDemo().Command(),
        new CheckpointingDemo().Command(), new ScalingDemo().Command(), new ClinicDemo().Command(),
        new SchedulesDemo().Command(), new LandscapeDemo().Command(), Grader.Command(),
    ];
}
