package io.millrace.perf.heavy;

import io.millrace.perf.BrokerOptions;
import io.millrace.perf.WorkFolder;
import io.millrace.perf.check.Report;
import io.millrace.perf.target.RunningBroker;
import io.millrace.perf.target.Target;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts a broker with a small heap and treats it badly; each check prints the memory that it came to. */
@Command(
        name = "heavy",
        description = "Many connections, readers that stop, fast producers, huge records, many topics.")
public final class HeavyCommand implements Callable<Integer> {
    @Mixin
    private final BrokerOptions options = new BrokerOptions();

    @Option(names = "--broker", defaultValue = "millrace", description = "millrace (default) or kafka.")
    private String broker = "";

    @Option(names = "--heap-mb", defaultValue = "256", description = "Heap, and as much direct memory (default 256).")
    private int heapMb;

    @Option(names = "--resident-mb", defaultValue = "750", description = "Resident memory allowed (default 750).")
    private int residentMb;

    @Option(names = "--connections", defaultValue = "5000", description = "Idle connections (default 5000).")
    private int connections;

    @Option(names = "--partitions", defaultValue = "10000", description = "Partitions of the last check.")
    private int partitions;

    @Override
    public Integer call() throws IOException {
        Target target = options.target(broker);
        List<String> jvm = List.of("-Xmx" + heapMb + "m", "-XX:MaxDirectMemorySize=" + heapMb + "m");
        Map<String, String> settings =
                Map.of("socket.request.max.bytes", "150000000", "message.max.bytes", "120000000");
        Report report = new Report(System.out);
        try (WorkFolder folder = options.newFolder("heavy")) {
            try (RunningBroker running =
                    RunningBroker.start(target, RunningBroker.setup(folder.path(), settings), jvm)) {
                HeavyChecks checks = new HeavyChecks(running, residentMb);
                report.check(connections + " idle connections", () -> checks.idleConnections(connections));
                report.check("a record of 100 MB", checks::hugeRecord);
                report.check("producers without a limit", checks::fastProducers);
                report.check("readers that stop reading", checks::stoppedReaders);
                report.check(partitions + " partitions", () -> checks.manyPartitions(partitions));
                // Last, because a broker that allocates what a frame announces does not live through it.
                report.check("a thousand frames that never end", checks::slowSenders);
            }
            if (!report.finish()) {
                folder.keep();
                return 1;
            }
        }
        return 0;
    }
}
