return await LocalHost.RunAsync(args);
