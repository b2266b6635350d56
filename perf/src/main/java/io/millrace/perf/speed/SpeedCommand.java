package io.millrace.perf.speed;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.perf.BrokerOptions;
import io.millrace.perf.WorkFolder;
import io.millrace.perf.target.KafkaTarget;
import io.millrace.perf.target.RunningBroker;
import io.millrace.perf.target.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Runs two brokers at once, each with the same heap and collector, and loads them in turns: a b a b. Whatever disturbs
 * the machine meets both. With the same broker twice, the table shows the noise of the measurement itself.
 */
@Command(name = "speed", description = "Throughput and broker CPU of two brokers under the same load, in turns.")
public final class SpeedCommand implements Callable<Integer> {
    @Mixin
    private final BrokerOptions options = new BrokerOptions();

    @Option(names = "--a", defaultValue = "millrace", description = "The broker that is judged (default millrace).")
    private String a = "";

    @Option(names = "--b", defaultValue = "kafka", description = "The one it is compared with (default kafka).")
    private String b = "";

    @Option(names = "--rounds", defaultValue = "5", description = "Counted rounds of each broker (default 5).")
    private int rounds;

    @Option(
            names = "--warm-up",
            defaultValue = "4",
            description = "Rounds of each broker and scenario before the first counted one (default 4).")
    private int warmUpRounds;

    @Option(names = "--scale", defaultValue = "1", description = "Factor of the number of records (default 1).")
    private double scale;

    @Option(names = "--scenario", split = ",", description = "Only these, by name.")
    private List<String> only = List.of();

    @Option(names = "--a-set", description = "A setting of broker a, key=value.")
    private Map<String, String> aSettings = Map.of();

    @Option(names = "--json", paramLabel = "FILE", description = "Write every round as JSON.")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
        List<Scenario> scenarios = Scenario.ALL.stream()
                .filter(s -> only.isEmpty() || only.contains(s.name()))
                .map(s -> s.scaled(scale))
                .toList();
        List<Comparison> comparisons = new ArrayList<>();
        try (WorkFolder folder = options.newFolder("speed");
                RunningBroker brokerA = start(a, folder.path().resolve("a"), aSettings);
                RunningBroker brokerB = start(b, folder.path().resolve("b"), Map.of())) {
            for (Scenario scenario : scenarios) {
                Comparison comparison = compare(scenario, brokerA, brokerB);
                comparisons.add(comparison);
                System.out.println(Comparison.HEADER + "\n" + comparison.line());
            }
            brokerA.stop(); // an orderly end, which a flight recording needs
        }
        print(comparisons);
        return 0;
    }

    private RunningBroker start(String name, Path folder, Map<String, String> settings) throws IOException {
        Target target = options.target(name);
        List<String> sameForBoth = new KafkaTarget().usualJvmOptions();
        return RunningBroker.start(target, RunningBroker.setup(folder, settings), sameForBoth);
    }

    private Comparison compare(Scenario scenario, RunningBroker brokerA, RunningBroker brokerB)
            throws IOException, InterruptedException, ExecutionException {
        List<Round> roundsA = new ArrayList<>();
        List<Round> roundsB = new ArrayList<>();
        createTopic(brokerA, scenario.name());
        createTopic(brokerB, scenario.name());
        for (int round = 1 - warmUpRounds; round <= rounds; round++) {
            Round first = Round.run(scenario, brokerA, scenario.name());
            Round second = Round.run(scenario, brokerB, scenario.name());
            System.out.printf(
                    "%s round %d%s: a %,.0f rec/s %.2f cpu s/M, b %,.0f rec/s %.2f cpu s/M%n",
                    scenario.name(),
                    round,
                    round <= 0 ? " (warm-up)" : "",
                    first.recordsPerSecond(),
                    first.cpuSecondsPerMillion(),
                    second.recordsPerSecond(),
                    second.cpuSecondsPerMillion());
            if (round > 0) {
                roundsA.add(first);
                roundsB.add(second);
            }
        }
        deleteTopic(brokerA, scenario.name());
        deleteTopic(brokerB, scenario.name());
        return new Comparison(scenario, roundsA, roundsB);
    }

    private static void createTopic(RunningBroker broker, String name) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            admin.createTopics(List.of(new NewTopic(name, Scenario.PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
    }

    private static void deleteTopic(RunningBroker broker, String name) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            admin.deleteTopics(List.of(name)).all().get();
        }
    }

    private void print(List<Comparison> comparisons) throws IOException {
        System.out.printf(
                "%na = %s, b = %s; medians of %d rounds; %d cores, Java %s%n%s%n",
                a, b, rounds, Runtime.getRuntime().availableProcessors(), Runtime.version(), Comparison.HEADER);
        comparisons.forEach(comparison -> System.out.println(comparison.line()));
        if (json != null) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("at", Instant.now().toString());
            document.put("a", a);
            document.put("b", b);
            document.put("cores", Runtime.getRuntime().availableProcessors());
            document.put("java", Runtime.version().toString());
            document.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
            document.put("scenarios", comparisons);
            Files.write(
                    json, new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(document));
        }
    }
}
