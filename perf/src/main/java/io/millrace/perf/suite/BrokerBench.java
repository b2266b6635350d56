package io.millrace.perf.suite;

import io.millrace.perf.load.Producers;
import io.millrace.perf.load.Traffic;
import io.millrace.perf.load.TrafficReport;
import io.millrace.perf.load.TrafficSpec;
import io.millrace.perf.process.Command;
import io.millrace.perf.result.ScenarioResult.Commands;
import io.millrace.perf.target.RunningBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A broker that runs from the first round to the last, with what rounds have in common. */
abstract class BrokerBench implements Bench {
    /** The broker's own aftermath, such as writing back, belongs to the round: it is waited for this long. */
    private static final int SETTLE_MS = 1000;

    private static final int TOOL_TIMEOUT_MS = 60_000; // without a record

    private static final Duration LIMIT = Duration.ofMinutes(20);
    private static final int HEAP_MB = 512;
    private static final int HEAP_MB_PER_CLIENT = 40; // buffer.memory, and what is on its way

    private final Rig rig;
    private final RunningBroker broker;
    private final Topics topics;
    private List<String> line = List.of();

    BrokerBench(Rig rig) throws IOException {
        this.rig = rig;
        broker = rig.start();
        topics = new Topics(broker);
    }

    final RunningBroker broker() {
        return broker;
    }

    final Rig rig() {
        return rig;
    }

    final Topics topics() {
        return topics;
    }

    final Meter meter() throws IOException {
        return new Meter(broker.stat());
    }

    /** Waits for the aftermath of the load. */
    static void settle() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(SETTLE_MS);
    }

    /** Runs Kafka's tool to its end, several times at once if there are several producers. @return what it printed */
    final String producerPerformance(
            String topic, int recordBytes, long records, long warmUp, int producers, Map<String, String> properties)
            throws IOException {
        List<String> tool = new ArrayList<>(List.of("--bootstrap-server", broker.bootstrap(), "--topic", topic));
        tool.addAll(List.of("--num-records", Long.toString((records + warmUp) / producers)));
        tool.addAll(List.of("--warmup-records", Long.toString(warmUp / producers)));
        tool.addAll(List.of("--record-size", Integer.toString(recordBytes), "--throughput", "-1"));
        if (!properties.isEmpty()) {
            tool.add("--command-property");
            properties.forEach((key, value) -> tool.add(key + "=" + value));
        }
        if (producers == 1) {
            return run(rig.loadLine(HEAP_MB, Producers.TOOL, tool));
        }
        tool.add(0, Integer.toString(producers));
        return run(rig.loadLine(heapMb(producers), Producers.class.getName(), tool));
    }

    /** Runs Kafka's tool, which joins a group of its own, until it has read so many. @return what it printed */
    final String consumerPerformance(String topic, int records) throws IOException {
        List<String> tool = List.of(
                "--bootstrap-server",
                broker.bootstrap(),
                "--topic",
                topic,
                "--num-records",
                Integer.toString(records),
                "--timeout",
                Integer.toString(TOOL_TIMEOUT_MS),
                "--hide-header");
        return run(rig.loadLine(HEAP_MB, "org.apache.kafka.tools.ConsumerPerformance", tool));
    }

    /** Runs our own generator to its end. */
    final TrafficReport traffic(int recordBytes, TrafficSpec.@Nullable Flow flow, TrafficSpec.@Nullable Backlog backlog)
            throws IOException {
        TrafficSpec spec = new TrafficSpec(broker.bootstrap(), recordBytes, flow, backlog);
        List<String> arguments = List.of(Traffic.argument(spec));
        return Traffic.parse(run(rig.loadLine(heapMb(spec.clients()), Traffic.class.getName(), arguments)));
    }

    /** A topic with so many records, through Kafka's tool. */
    final String fullTopic(int partitions, int recordBytes, int records) throws IOException, InterruptedException {
        String topic = topics.create(partitions);
        producerPerformance(topic, recordBytes, records - 1, 1, 1, Map.of());
        return topic;
    }

    /** The last load that was run is shown as the command of the scenario. */
    final void remember(List<String> loadLine) {
        line = loadLine;
    }

    static int heapMb(int clients) {
        return HEAP_MB + HEAP_MB_PER_CLIENT * clients;
    }

    private String run(List<String> loadLine) throws IOException {
        remember(loadLine);
        Command.Result result = new Command(loadLine, null, null, LIMIT).run();
        if (!result.ok()) {
            throw new IOException("the load ended with " + result.exit() + ": " + result.text());
        }
        return result.out();
    }

    @Override
    public Commands commands() {
        return new Commands(broker.target().commandLine(broker.setup(), rig.jvmOptions()), line, rig.settings());
    }

    @Override
    public void close() {
        topics.close();
        broker.close();
    }
}
