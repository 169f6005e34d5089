using Tasker.Embedded.Crash;
using Tasker.Embedded.Crash.Killing;

return args switch
{
    ["simulate", .. var rest] => SimulateCommand.Run(rest),
    ["kill", .. var rest] => await KillCommand.RunAsync(rest),
    ["child", .. var rest] => await Child.RunAsync(rest),
    ["--minutes", ..] => await KillCommand.RunAsync(args),
    ["--seed", ..] => SimulateCommand.Run(args),
    _ => Usage.Print(),
};
