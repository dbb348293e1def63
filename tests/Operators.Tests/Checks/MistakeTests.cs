namespace MiniStack.Tests;

/// <summary>Every wrong input gives its typed error, whose message says what is wrong and what to do.</summary>
public class MistakeTests
{
    public static TheoryData<string, string> Cases()
    {
        TheoryData<string, string> data = [];
        foreach (Operator op in OperatorTable.All)
            foreach (Mistake mistake in op.Mistakes) data.Add(op.Name, mistake.Condition);
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Operator_WrongInput_SaysWhatToDo(string name, string condition)
    {
        Mistake mistake = OperatorTable.ByName[name].Mistakes.Single(mistake => mistake.Condition == condition);
        Exception? error = Record.Exception(mistake.Call);
        Assert.Equal(mistake.Error, error?.GetType());
        Assert.Equal(mistake.Message, error!.Message);
    }
}
