using Tasker.Samples;

return await new InventoryCommand { Program = "CsvInventory", View = ProgressView.ForTerminal() }.RunAsync(args);
