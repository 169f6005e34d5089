using System.ComponentModel;
using System.Diagnostics;
using Microsoft.CodeAnalysis;

namespace Tasker.Benchmarks.Compiler;

/// <summary>
/// What a generator and its analyzers add to a build, with them and without in turns: by a compiler process of its own, cold, as on a build machine, and by a
/// compiler server that has built the same before, as <c>dotnet build</c> uses it on a developer's. Processor time is the figure to compare where there is
/// one: unlike elapsed time, other programs hardly change it.
/// </summary>
internal static class BuildCost
{
    private const int WarmUps = 2;

    /// <param name="handlers">How many handlers and records there are.</param>
    /// <param name="templates">How many templates of ten steps use them in the build that has templates as well; other generators have no such thing.</param>
    /// <param name="runs">How often each build is measured.</param>
    /// <param name="beside">Options of all builds, such as other analyzers.</param>
    public static async Task MeasureAsync(int handlers, int templates, int runs, params IEnumerable<string> beside)
    {
        Console.WriteLine($"  a build by a cold compiler process, and again by a compiler server ({runs} of each, in turns; medians)");
        IEnumerable<(Peer Peer, int Templates)> builds = [.. Peer.All.Select(peer => (peer, 0)), (Peer.EmptyMethods, 0), (Peer.Tasker, templates)];
        foreach (var (peer, used) in builds)
        {
            var folder = Directory.CreateTempSubdirectory("tasker-bench-");
            try
            {
                var (without, with) = Write(new SyntheticProject(handlers, used, peer), peer, beside, folder.FullName);
                var plain = new List<Build>();
                var generated = new List<Build>();
                for (var run = 0; run < runs; run++)
                {
                    plain.Add(await RunAsync(without));
                    generated.Add(await RunAsync(with));
                }

                Report(used == 0 ? peer.Name : $"{peer.Name}, and {used} templates that use them", plain, generated);
                await MeasureServerAsync(without, with, runs);
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }
    }

    private static void Report(string name, List<Build> plain, List<Build> generated)
    {
        var (cpu, cpuWith) = (Median(plain, build => build.Processor), Median(generated, build => build.Processor));
        var (time, timeWith) = (Median(plain, build => build.Elapsed), Median(generated, build => build.Elapsed));
        Console.WriteLine(
            $"  {name,-46} without {time,6:0.00} s   with {timeWith,6:0.00} s   added {timeWith - time,6:0.00} s   " +
            $"processor {cpu,6:0.00} s, {cpuWith,6:0.00} s, added {cpuWith - cpu,6:0.00} s   assembly {plain[0].Bytes / 1e6:0.00} MB, {generated[0].Bytes / 1e6:0.00} MB");
    }

    private static async Task MeasureServerAsync(string without, string with, int runs)
    {
        using var server = new CompilerServer();
        var plain = new List<Build>();
        var generated = new List<Build>();
        for (var run = -WarmUps; run < runs; run++)
        {
            var (first, second) = (await RunAsync(without, server.Option), await RunAsync(with, server.Option));
            if (run < 0)
                continue;
            plain.Add(first);
            generated.Add(second);
        }

        var (time, timeWith) = (Median(plain, build => build.Elapsed), Median(generated, build => build.Elapsed));
        Console.WriteLine($"  {"  by a compiler server",-46} without {time,6:0.00} s   with {timeWith,6:0.00} s   added {timeWith - time,6:0.00} s");
    }

    private static double Median(List<Build> builds, Func<Build, TimeSpan> part) => builds.Select(build => part(build).TotalSeconds).Order().ElementAt(builds.Count / 2);

    /// <returns>The response files of the builds without and with the generator.</returns>
    private static (string Without, string With) Write(SyntheticProject project, Peer peer, IEnumerable<string> beside, string folder)
    {
        var options = new List<string> { "/nologo", "/nostdlib+", "/target:library", "/nullable:enable", "/optimize+", "/debug:portable", "/deterministic+", "/langversion:latest" };
        options.AddRange(beside);
        options.AddRange(Toolchain.Framework.Concat(peer.References).Select(path => $"/reference:\"{path}\""));
        foreach (var (name, text) in project.Files)
            options.Add(Save(name, text));
        options.AddRange(project.Templates.Select(template => $"/additionalfile:{Save(template.Path, template.GetText()!.ToString())}"));
        var without = Save("without.rsp", string.Join('\n', options.Append($"/out:\"{Path.Combine(folder, "without.dll")}\"")));
        options.AddRange(peer.Analyzers.Select(path => $"/analyzer:\"{path}\""));
        if (project.Common is { } common)
            options.Add(Save("Common.cs", common));
        return (without.Trim('"'), Save("with.rsp", string.Join('\n', options.Append($"/out:\"{Path.Combine(folder, "with.dll")}\""))).Trim('"'));

        string Save(string name, string text)
        {
            var path = Path.Combine(folder, name);
            File.WriteAllText(path, text);
            return $"\"{path}\"";
        }
    }

    private static async Task<Build> RunAsync(string responseFile, params string[] options)
    {
        var start = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(Toolchain.Host, ["exec", Toolchain.Compiler, "/noconfig", .. options, "@" + responseFile]) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"{Toolchain.Host} does not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var processor = ProcessorTime(process);
        var elapsed = Stopwatch.GetElapsedTime(start);
        if (process.ExitCode != 0)
            throw new InvalidOperationException("The compiler failed: " + await output);
        return new Build(elapsed, processor, new FileInfo(Path.ChangeExtension(responseFile, ".dll")).Length);
    }

    /// <summary>Waits for the end. Not every system tells the processor time of a process that has ended, so it is asked for all along.</summary>
    private static TimeSpan ProcessorTime(Process process)
    {
        var last = TimeSpan.Zero;
        do
        {
            try
            {
                process.Refresh();
                last = process.TotalProcessorTime;
            }
            catch (Exception exception) when (exception is InvalidOperationException or Win32Exception)
            {
                // It ended between the two questions.
            }
        }
        while (!process.WaitForExit(TimeSpan.FromMilliseconds(20)));
        return last;
    }

    private sealed record Build(TimeSpan Elapsed, TimeSpan Processor, long Bytes);
}
