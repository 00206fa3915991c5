using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.DependencyInjection;

namespace Onramp.Cancellation.Tests;

/// <summary>
/// Secrets are read at the same time. One after another, a slow vault would use up the time for the last one.
/// </summary>
public sealed class ParallelReadingTests
{
    private static readonly string[] All =
    [
        "onramp-api-key",
        "onramp-api-secret",
        "queue-authentication-key",
        "webhook-other",
        "webhook-shop",
    ];

    [Fact]
    public async Task A_start_reads_every_secret_at_the_same_time()
    {
        FakeVault vault = new();
        await using var service = Create(vault, out var meeting);
        meeting.Expect(All);
        await service.StartAsync();
        Assert.True(meeting.HasTakenPlace);
    }

    [Fact]
    public async Task A_refresh_reads_both_halves_of_the_pair_and_all_callers_at_the_same_time()
    {
        FakeVault vault = new();
        await using var service = Create(vault, out var meeting);
        await service.StartAsync();
        foreach (var names in (string[][])[All[..2], All[3..]])
        {
            meeting.Expect(names);
            service.Refresh(() => meeting.HasTakenPlace);
        }
    }

    /// <summary>Whether the pair in use is still valid is asked after the newest values were read.</summary>
    [Fact]
    public async Task A_rotation_asks_about_both_halves_of_the_old_pair_at_the_same_time()
    {
        FakeVault vault = new();
        await using var service = Create(vault, out var meeting);
        await service.StartAsync();
        vault.Secrets["onramp-api-key"] = "next_key";
        vault.Secrets["onramp-api-secret"] = "next_secret";
        meeting.Expect("onramp-api-key/0", "onramp-api-secret/0");
        service.Refresh(() => service.Get<CredentialStore>().Current.ApiKey == "next_key");
        Assert.True(meeting.HasTakenPlace);
    }

    private static Service Create(FakeVault vault, out Meeting meeting)
    {
        vault.Versions["webhook-shop"] = [new(SigningShop.Secret, 1)];
        vault.Versions["webhook-other"] = [new(SigningShop.OtherSecret, 1)];
        // A client that signs in anew for each request would do that one after another.
        vault.TokensLast = true;
        Meeting held = new(vault);
        meeting = held;
        return Service.Create(
            services =>
            {
                services.AddSingleton(new SecretClientOptions { Transport = new HttpClientTransport(held) });
                vault.AddTo(services);
            },
            [.. SigningShop.Settings(), ("Callers__Names__1", "other")]
        );
    }

    /// <summary>Holds the requests about some secrets until all of them have come.</summary>
    private sealed class Meeting(FakeVault vault) : DelegatingHandler(vault)
    {
        // Only a fault takes that long.
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

        private readonly Lock _gate = new();
        private HashSet<string> _missing = [];
        private TaskCompletionSource _met = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool HasTakenPlace => _met.Task.IsCompletedSuccessfully;

        /// <summary>The secrets, or versions of secrets, whose requests must come together.</summary>
        public void Expect(params string[] names)
        {
            lock (_gate)
            {
                (_missing, _met) = ([.. names], new(TaskCreationOptions.RunContinuationsAsynchronously));
            }
        }

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            if (request.Headers.Authorization is not null && Take(request.RequestUri!) is { } met)
            {
                await MeetAsync(met, cancellationToken);
            }

            return await base.SendAsync(request, cancellationToken);
        }

        /// <summary>Once a request has waited in vain, later requests do not make up for it.</summary>
        private static async Task MeetAsync(TaskCompletionSource met, CancellationToken cancellationToken)
        {
            try
            {
                await met.Task.WaitAsync(Patience, TimeProvider.System, cancellationToken);
            }
            catch (TimeoutException)
            {
                met.TrySetCanceled(CancellationToken.None);
                throw;
            }
        }

        private TaskCompletionSource? Take(Uri address)
        {
            var parts = address.Segments[2..].Select(static part => part.Trim('/')).ToList();
            lock (_gate)
            {
                if (!_missing.Remove(parts[0]) && !_missing.Remove(string.Join('/', parts)))
                {
                    return null;
                }

                if (_missing.Count == 0)
                {
                    _met.TrySetResult();
                }

                return _met;
            }
        }
    }
}
