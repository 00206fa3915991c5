using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Onramp.Testing.Limits;
using Xunit.v3;

[assembly: TimeLimit]

namespace Onramp.Testing.Limits;

/// <summary>
/// Ends a test that hangs. First the token of the test is cancelled, so that usually only this test fails. A test that
/// ignores its token ends the whole process, with the name of the test on standard error. <c>TEST_TIME_LIMIT</c> sets
/// another limit in seconds; 0 switches it off.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class TimeLimitAttribute : BeforeAfterTestAttribute
{
    // All tests together take less on two processors.
    private const double DefaultSeconds = 180;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(
        double.TryParse(
            Environment.GetEnvironmentVariable("TEST_TIME_LIMIT"),
            NumberStyles.Float,
            CultureInfo.InvariantCulture,
            out var seconds
        )
            ? seconds
            : DefaultSeconds
    );

    private readonly ConcurrentDictionary<string, ITimer> _running = new();

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (Limit > TimeSpan.Zero && !Debugger.IsAttached)
        {
            Watch watch = new(TestContext.Current, test.TestDisplayName);
            // A quarter of the limit is enough to clean up.
            _running[test.UniqueID] = TimeProvider.System.CreateTimer(watch.End, state: null, Limit, Limit / 4);
        }
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (_running.TryRemove(test.UniqueID, out var timer))
        {
            timer.Dispose();
        }
    }

    private sealed class Watch(ITestContext context, string name)
    {
        private bool _isCancelled;

        public void End(object? state)
        {
            var message = string.Create(
                CultureInfo.InvariantCulture,
                $"'{name}' did not end within {Limit.TotalSeconds} seconds."
            );
            if (_isCancelled)
            {
                Environment.FailFast(message);
            }

            _isCancelled = true;
            Console.Error.WriteLine(message);
            context.CancelCurrentTest();
        }
    }
}
