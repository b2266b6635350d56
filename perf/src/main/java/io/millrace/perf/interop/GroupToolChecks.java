package io.millrace.perf.interop;

import io.millrace.perf.check.Report;
import io.millrace.perf.process.Command;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Apache Kafka's console consumer in a group, and its tool for groups. */
final class GroupToolChecks {
    private static final String GROUP = "tool-readers";

    private final KafkaToolChecks tools;

    GroupToolChecks(KafkaToolChecks tools) {
        this.tools = tools;
    }

    void run(Report report) {
        report.check("ConsoleConsumer --group", this::consoleGroup);
        report.check("ConsumerGroupCommand --list, --describe", this::describe);
        report.check("ConsumerGroupCommand --reset-offsets", this::reset);
        report.check("ConsumerGroupCommand --delete-offsets, --delete", this::delete);
    }

    private String consoleGroup() throws IOException {
        Command.Result first =
                Expect.ok(tools.console("one", "--group", GROUP, "--from-beginning", "--max-messages", "400"));
        Expect.contains(first, "record 100\n", "record 499\n");
        Command.Result second = Expect.ok(tools.console("one", "--group", GROUP, "--max-messages", "500"));
        Expect.contains(second, "record 500\n", "record 999\n");
        Expect.lacks(second, "record 499\n");
        return "400 records, then the other 500";
    }

    private String describe() throws IOException {
        Expect.contains(Expect.ok(groups("--list")), GROUP);
        Expect.contains(Expect.ok(groups("--list", "--state", "empty")), GROUP);
        Expect.match(Expect.ok(group("--describe")), GROUP + "\\s+one\\s+0\\s+(1000)\\s+1000\\s+0");
        Expect.contains(Expect.ok(group("--describe", "--state")), "Empty");
        return "empty, offset 1000 of 1000, no lag";
    }

    private String reset() throws IOException {
        Expect.ok(group("--reset-offsets", "--topic", "one", "--to-offset", "700", "--execute"));
        Expect.match(Expect.ok(group("--describe")), GROUP + "\\s+one\\s+0\\s+(700)\\s+1000\\s+300");
        return "to 700, a lag of 300";
    }

    private String delete() throws IOException {
        Expect.ok(group("--delete-offsets", "--topic", "one"));
        Expect.lacks(Expect.ok(group("--describe")), "1000");
        Expect.ok(tools.console("one", "--group", GROUP, "--from-beginning", "--max-messages", "1"));
        Expect.ok(group("--delete"));
        Expect.lacks(Expect.ok(groups("--list")), GROUP);
        return "nothing is left of the group";
    }

    private Command group(String... arguments) {
        List<String> all = new ArrayList<>(List.of("--group", GROUP));
        all.addAll(List.of(arguments));
        return groups(all.toArray(String[]::new));
    }

    private Command groups(String... arguments) {
        return tools.tool("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", arguments);
    }
}
