package io.millrace.perf.startup;

import io.millrace.perf.BrokerOptions;
import io.millrace.perf.Medians;
import io.millrace.perf.WorkFolder;
import io.millrace.perf.process.ProcStat;
import io.millrace.perf.startup.FirstProduce.Started;
import io.millrace.perf.target.RunningBroker;
import io.millrace.perf.target.Target;
import io.millrace.perf.target.Target.BrokerSetup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures start to first acknowledged record and the cost of idling, of several brokers in turns; prints a table. */
@Command(name = "startup", description = "Start to first acknowledged produce, idle memory and idle CPU.")
public final class StartupCommand implements Callable<Integer> {
    private static final int PARTITIONS_PER_TOPIC = 100;
    private static final int SETTLE_SECONDS = 10;

    @Mixin
    private final BrokerOptions options = new BrokerOptions();

    @Option(names = "--brokers", split = ",", defaultValue = "millrace,kafka", description = "Default millrace,kafka.")
    private List<String> brokers = List.of();

    @Option(names = "--rounds", defaultValue = "5", description = "Starts with an empty folder (default 5).")
    private int rounds;

    @Option(names = "--partitions", defaultValue = "2000", description = "Of the start with data (default 2000).")
    private int partitions;

    @Option(names = "--data-rounds", defaultValue = "1", description = "Starts with data, of each kind (default 1).")
    private int dataRounds;

    @Option(names = "--idle-seconds", defaultValue = "30", description = "Length of the idle measurement (default 30).")
    private int idleSeconds;

    private final Map<String, Map<String, List<Double>>> measured = new LinkedHashMap<>();

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
        for (int round = 0; round <= rounds; round++) {
            for (String name : brokers) {
                emptyFolder(name, round);
            }
        }
        if (partitions > 0) {
            for (String name : brokers) {
                withData(name);
            }
        }
        printTable();
        return 0;
    }

    /** Round 0 warms the client up and is not counted; the last one goes on to the idle measurement. */
    private void emptyFolder(String name, int round) throws IOException, InterruptedException, ExecutionException {
        Target target = options.target(name);
        try (WorkFolder folder = options.newFolder("startup")) {
            Started started = FirstProduce.start(target, RunningBroker.setup(folder.path(), Map.of()), "first");
            try (RunningBroker broker = started.broker()) {
                if (round > 0) {
                    record("start, empty folder, ms", name, started.ms());
                }
                if (round == rounds) {
                    idle(name, "idle", broker);
                }
                broker.stop();
            }
        }
    }

    private void idle(String name, String what, RunningBroker broker) throws IOException, InterruptedException {
        ProcStat stat = broker.stat();
        TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
        double before = stat.cpuSeconds();
        TimeUnit.SECONDS.sleep(idleSeconds);
        record(what + " CPU, % of one core", name, 100 * (stat.cpuSeconds() - before) / idleSeconds);
        record(what + " resident memory, MB", name, stat.residentBytes() / 1e6);
    }

    private void withData(String name) throws IOException, InterruptedException, ExecutionException {
        Target target = options.target(name);
        List<String> topics = IntStream.range(0, partitions / PARTITIONS_PER_TOPIC)
                .mapToObj(i -> "data-" + i)
                .toList();
        try (WorkFolder folder = options.newFolder("startup")) {
            BrokerSetup setup = RunningBroker.setup(folder.path(), Map.of());
            try (RunningBroker broker = RunningBroker.start(target, setup, target.usualJvmOptions())) {
                create(broker, topics);
                FirstProduce.fill(broker, topics, PARTITIONS_PER_TOPIC, 25);
                broker.stop();
            }
            for (int round = 1; round <= dataRounds; round++) {
                restart(name, target, setup, topics, "clean stop", round == dataRounds);
                restart(name, target, setup, topics, "kill -9", false);
            }
        }
    }

    /** Starts on data that was left by a stop of the given kind, and leaves it to the next kind. */
    private void restart(
            String name, Target target, BrokerSetup setup, List<String> topics, String after, boolean withIdle)
            throws IOException, InterruptedException, ExecutionException {
        Started started = FirstProduce.start(target, setup, topics.get(0));
        try (RunningBroker broker = started.broker()) {
            record("start, " + partitions + " partitions after " + after + ", ms", name, started.ms());
            if (withIdle) {
                idle(name, "idle with " + partitions + " partitions,", broker);
            }
            FirstProduce.fill(broker, topics, PARTITIONS_PER_TOPIC, 5);
            if (after.equals("kill -9")) {
                broker.stop();
            } else {
                broker.kill();
            }
        }
    }

    private static void create(RunningBroker broker, List<String> topics)
            throws InterruptedException, ExecutionException {
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", broker.bootstrap(), "default.api.timeout.ms", 180_000))) {
            for (String topic : topics) {
                admin.createTopics(List.of(new NewTopic(topic, PARTITIONS_PER_TOPIC, (short) 1)))
                        .all()
                        .get();
            }
        }
    }

    private void record(String what, String broker, double value) {
        System.out.printf("%s, %s: %.1f%n", broker, what, value);
        measured.computeIfAbsent(what, w -> new LinkedHashMap<>())
                .computeIfAbsent(broker, b -> new ArrayList<>())
                .add(value);
    }

    private void printTable() {
        System.out.printf("%n%-50s", "median");
        brokers.forEach(name -> System.out.printf("%12s", name));
        System.out.println();
        measured.forEach((what, values) -> {
            System.out.printf("%-50s", what);
            brokers.forEach(name -> System.out.printf("%12.1f", Medians.of(values.getOrDefault(name, List.of()))));
            System.out.println();
        });
    }
}
