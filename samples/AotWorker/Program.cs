using Tasker.Samples;

// The workflow of CsvInventory on SQLite, in one native executable: no runtime to install, no reflection, a few milliseconds to start.
return await new InventoryCommand { Program = "AotWorker", UseTemporaryDatabase = true }.RunAsync(args);
