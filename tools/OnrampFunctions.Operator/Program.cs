return await OnrampFunctions.Operator.Hosting.OperatorTool.RunAsync(args);
