package io.millrace.perf;

import io.millrace.perf.crash.CrashCommand;
import io.millrace.perf.group.GroupCommand;
import io.millrace.perf.heavy.GroupCostCommand;
import io.millrace.perf.heavy.HeavyCommand;
import io.millrace.perf.interop.InteropCommand;
import io.millrace.perf.micro.MicroCommand;
import io.millrace.perf.report.ReportCommand;
import io.millrace.perf.suite.ListCommand;
import io.millrace.perf.suite.RunCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ScopeType;

/** Entry of {@code java -jar perf/target/millrace-perf.jar}. */
@Command(
        name = "millrace-perf",
        description = "Runs real brokers, Millrace's and Apache Kafka's, under real clients.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT, // of the options above, so that every command explains itself
        subcommands = {
            ListCommand.class,
            RunCommand.class,
            ReportCommand.class,
            MicroCommand.class,
            InteropCommand.class,
            CrashCommand.class,
            GroupCommand.class,
            HeavyCommand.class,
            GroupCostCommand.class
        })
public final class Main {
    Main() {}

    /** All commands. */
    public static CommandLine commandLine() {
        return new CommandLine(new Main());
    }

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }
}
