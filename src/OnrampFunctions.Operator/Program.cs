return await OnrampFunctions.Operations.Hosting.OperatorTool.RunAsync(args);
