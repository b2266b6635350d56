package io.millrace.perf.group;

import io.millrace.perf.BrokerOptions;
import io.millrace.perf.WorkFolder;
import io.millrace.perf.target.RunningBroker;
import io.millrace.perf.target.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lets the members of one group after the other come and go at random, and checks what they were given. */
@Command(
        name = "groups",
        description = "Members of a group join, leave, stall and die at random, and the broker too: every record is"
                + " delivered, none to two members of one generation, and no acknowledged commit is lost.")
public final class GroupCommand implements Callable<Integer> {
    @Mixin
    private final BrokerOptions options = new BrokerOptions();

    @Option(names = "--broker", defaultValue = "millrace", description = "millrace (default) or kafka.")
    private String broker = "";

    @Option(
            names = "--assignor",
            split = ",",
            defaultValue = "range,roundrobin,sticky,cooperative-sticky,broker-uniform,broker-range",
            description = "One group for each, one after the other (default all: ${DEFAULT-VALUE}).")
    private List<Assignor> assignors = List.of();

    @Option(names = "--members", defaultValue = "20", description = "Members of a group at most (default 20).")
    private int members;

    @Option(names = "--seconds", defaultValue = "90", description = "How long each group is disturbed (default 90).")
    private int seconds;

    @Option(names = "--kills", defaultValue = "3", description = "How often the broker dies meanwhile (default 3).")
    private int kills;

    @Option(names = "--seed", description = "Chooses what happens; printed, by default the clock.")
    private @Nullable Long seed;

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
        long actualSeed = seed == null ? System.nanoTime() : seed;
        System.out.println("groups of " + broker + ", --seed " + actualSeed);
        SplittableRandom random = new SplittableRandom(actualSeed);
        Target target = options.target(broker);
        boolean holds = true;
        try (WorkFolder folder = options.newFolder("groups");
                Revenant revenant = new Revenant(target, RunningBroker.setup(folder.path(), brokerSettings()))) {
            for (Assignor assignor : assignors) {
                try (GroupRun run = new GroupRun(revenant, assignor, members, random.split())) {
                    run.disturb(Duration.ofSeconds(seconds), kills);
                    List<String> violations = run.finish();
                    violations.forEach(System.out::println);
                    holds &= violations.isEmpty();
                }
            }
            if (!holds) {
                folder.keep();
            }
        }
        return holds ? 0 : 1;
    }

    private static Map<String, String> brokerSettings() {
        return Map.of(
                "group.initial.rebalance.delay.ms", "500",
                "group.consumer.session.timeout.ms", String.valueOf(Assignor.SESSION_MS),
                "group.consumer.min.session.timeout.ms", String.valueOf(Assignor.SESSION_MS),
                "group.consumer.heartbeat.interval.ms", String.valueOf(Assignor.HEARTBEAT_MS),
                "group.consumer.min.heartbeat.interval.ms", String.valueOf(Assignor.HEARTBEAT_MS));
    }
}
