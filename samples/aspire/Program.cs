// An Aspire AppHost that starts the local host as a resource, and then a sample that uses it:
//   dotnet run --project samples/aspire
var builder = DistributedApplication.CreateBuilder(args);

// With the .NET tool instead of the project: builder.AddExecutable("onramp-cancel", "onramp-cancel-local", ".")
var cancel = builder
    .AddProject<Projects.OnrampFunctions_LocalHost>("onramp-cancel")
    .WithHttpEndpoint()
    .WithEndpoint(scheme: "amqp", name: "amqp")
    .WithEnvironment("LocalHost__EmulatorConfig", Path.GetFullPath("../service-bus.json", builder.AppHostDirectory))
    .WithHttpHealthCheck("/api/health");

// Aspire chooses the ports.
var (http, amqp) = (cancel.GetEndpoint("http"), cancel.GetEndpoint("amqp"));
cancel
    .WithEnvironment("LocalHost__Url", $"http://localhost:{http.Property(EndpointProperty.TargetPort)}")
    .WithEnvironment("LocalHost__Amqp", $"localhost:{amqp.Property(EndpointProperty.TargetPort)}");

builder
    .AddProject<Projects.Storefront>("storefront")
    .WithArgs("1443", "1444", "999999")
    .WithEnvironment("CANCEL_URL", http)
    .WaitFor(cancel);

await builder.Build().RunAsync();
