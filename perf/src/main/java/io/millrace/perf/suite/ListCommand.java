package io.millrace.perf.suite;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the table of scenarios. */
@Command(name = "list", description = "What run can measure: scenarios by group.")
public final class ListCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        String group = "";
        for (Scenario scenario : Scenarios.table()) {
            if (!scenario.group().equals(group)) {
                group = scenario.group();
                spec.commandLine().getOut().printf("%s%n", group);
            }
            spec.commandLine().getOut().printf("  %-28s %s%n", scenario.name(), scenario.title());
        }
        return 0;
    }
}
