package io.millrace.perf.heavy;

import io.millrace.perf.BrokerOptions;
import io.millrace.perf.WorkFolder;
import io.millrace.perf.check.Report;
import io.millrace.perf.heavy.MemberCost.Protocol;
import io.millrace.perf.target.RunningBroker;
import io.millrace.perf.target.Target;
import io.millrace.perf.target.Target.BrokerSetup;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts a broker and measures what groups cost it: their members, their commits, and a start that reads them. */
@Command(
        name = "group-cost",
        description = "A thousand groups: their members, their commits, and a start that reads them.")
public final class GroupCostCommand implements Callable<Integer> {
    @Mixin
    private final BrokerOptions options = new BrokerOptions();

    @Option(names = "--broker", defaultValue = "millrace", description = "millrace (default) or kafka.")
    private String broker = "";

    @Option(names = "--groups", defaultValue = "1000", description = "Groups (default 1000).")
    private int groups;

    @Option(names = "--members", defaultValue = "5", description = "Members of each (default 5).")
    private int members;

    @Option(
            names = "--sharing",
            defaultValue = "100",
            description = "Members of the group that rebalances (default 100).")
    private int sharing;

    @Option(names = "--partitions", defaultValue = "1000", description = "Partitions that they share (default 1000).")
    private int partitions;

    @Option(names = "--offsets", defaultValue = "1000", description = "Offsets of each group (default 1000).")
    private int offsets;

    @Option(names = "--connections", defaultValue = "50", description = "That commit one by one (default 50).")
    private int connections;

    @Option(names = "--core-percent", defaultValue = "10", description = "Allowed for all members (default 10).")
    private int corePercent;

    @Option(names = "--load-seconds", defaultValue = "3", description = "Allowed for a start (default 3).")
    private double loadSeconds;

    @Override
    public Integer call() throws IOException {
        Target target = options.target(broker);
        Report report = new Report(System.out);
        try (WorkFolder folder = options.newFolder("group-cost")) {
            measureMembers(report, target, RunningBroker.setup(folder.path().resolve("members"), Map.of()));
            measureOffsets(report, target, RunningBroker.setup(folder.path().resolve("offsets"), Map.of()));
            if (!report.finish()) {
                folder.keep();
                return 1;
            }
        }
        return 0;
    }

    private void measureMembers(Report report, Target target, BrokerSetup setup) throws IOException {
        try (RunningBroker running = RunningBroker.start(target, setup, target.usualJvmOptions())) {
            for (Protocol protocol : Protocol.values()) {
                MemberCost cost = new MemberCost(running, protocol);
                report.check(
                        protocol + " members that stay",
                        () -> cost.stayingMembers(groups, members, corePercent / 100.0));
                report.check(protocol + " rebalances", () -> cost.rebalances(sharing, partitions));
            }
        }
    }

    private void measureOffsets(Report report, Target target, BrokerSetup setup) throws IOException {
        try (RunningBroker running = RunningBroker.start(target, setup, target.usualJvmOptions())) {
            report.check("commits to load", () -> new OffsetCost(running).fill(groups, offsets));
            running.stop();
        }
        long start = System.nanoTime();
        try (RunningBroker running = RunningBroker.start(target, setup, target.usualJvmOptions())) {
            double startSeconds = (System.nanoTime() - start) / 1e9;
            OffsetCost cost = new OffsetCost(running);
            report.check("a start", () -> cost.load(groups, offsets, startSeconds, loadSeconds));
            report.check("commits", () -> cost.commits(connections));
        }
    }
}
