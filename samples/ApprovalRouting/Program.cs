using Tasker.Samples;

return await new ApprovalCommand { View = ProgressView.ForTerminal() }.RunAsync(args);
