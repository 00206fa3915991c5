using System.Globalization;
using Microsoft.Coyote;
using Microsoft.Coyote.SystematicTesting;
using Onramp.Cancellation.Interleavings;

// Runs each test under many schedules: dotnet Interleavings.dll [schedules] [part of a name]. The assemblies must be
// rewritten first; see eng/interleavings.sh.
var schedules = args.Length > 0 ? uint.Parse(args[0], CultureInfo.InvariantCulture) : 1000;
var name = args.Length > 1 ? args[1] : "";
Func<Task>[] tests =
[
    TimeoutSchedules.One_change_of_a_due_timeout_wins,
    TimeoutSchedules.Every_arming_at_the_same_time_is_confirmed,
    SenderSchedules.Every_event_is_sent_once_and_every_caller_gets_its_own_result,
];
var failures = 0;
foreach (var test in tests.Where(test => test.Method.Name.Contains(name, StringComparison.Ordinal)))
{
    var configuration = Configuration
        .Create()
        .WithTestingIterations(schedules)
        .WithTelemetryEnabled(false)
        .WithDeadlockTimeout(20_000);
    using var engine = TestingEngine.Create(configuration, test);
    engine.Run();
    var report = engine.TestReport;
    Console.WriteLine(
        string.Create(
            CultureInfo.InvariantCulture,
            $"{test.Method.Name}: {report.NumOfFoundBugs} failures in {report.NumOfExploredFairPaths + report.NumOfExploredUnfairPaths} schedules"
        )
    );
    foreach (var failure in report.BugReports)
    {
        Console.WriteLine(failure);
        failures++;
    }
}

return failures == 0 ? 0 : 1;
