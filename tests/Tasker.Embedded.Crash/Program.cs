using Tasker.Embedded.Crash;

return args switch
{
    ["simulate", .. var rest] => SimulateCommand.Run(rest),
    _ => Usage.Print(),
};
