return await LocalApp.RunAsync(args);
