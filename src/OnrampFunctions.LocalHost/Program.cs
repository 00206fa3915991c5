using OnrampFunctions.Local;

return await LocalHost.RunAsync(args);
