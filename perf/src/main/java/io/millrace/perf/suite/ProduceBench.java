package io.millrace.perf.suite;

import io.millrace.perf.load.ProducerSummary;
import io.millrace.perf.load.Producers;
import io.millrace.perf.process.Command;
import io.millrace.perf.result.Figure;
import io.millrace.perf.result.ScenarioResult.Commands;
import io.millrace.perf.target.RunningBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Drives one broker with {@code ProducerPerformance}; every round writes to a topic of its own. */
final class ProduceBench implements Bench {
    /** The broker's own aftermath, such as writing back, belongs to the round: it is waited for this long. */
    private static final int SETTLE_MS = 1000;

    private static final Duration LIMIT = Duration.ofMinutes(20);
    private static final int HEAP_MB = 512;
    private static final int HEAP_MB_PER_PRODUCER = 40; // buffer.memory, and what is on its way

    private final ProduceLoad load;
    private final Rig rig;
    private final RunningBroker broker;
    private final Topics topics;
    private List<String> line = List.of();

    ProduceBench(ProduceLoad load, Rig rig) throws IOException {
        this.load = load;
        this.rig = rig;
        broker = rig.start();
        topics = new Topics(broker);
    }

    @Override
    public Outcome round() throws IOException, InterruptedException {
        String topic = topics.create(load.partitions());
        line = loadLine(topic);
        Meter meter = new Meter(broker.stat());
        Command.Result result = new Command(line, null, null, LIMIT).run();
        if (!result.ok()) {
            throw new IOException("the load ended with " + result.exit() + ": " + result.text());
        }
        TimeUnit.MILLISECONDS.sleep(SETTLE_MS);
        ProducerSummary summary = ProducerSummary.parse(result.out(), load.producers());
        long sent = (long) load.records() + load.warmUpRecords();
        Map<Figure, Double> figures = meter.figures(sent, sent * load.recordBytes());
        figures.put(Figure.RECORDS_PER_SECOND, summary.recordsPerSecond());
        figures.put(Figure.BYTES_PER_SECOND, summary.recordsPerSecond() * load.recordBytes());
        topics.delete(topic);
        return new Outcome(summary.seconds(), figures, Map.of("ack", summary.latency()));
    }

    private List<String> loadLine(String topic) {
        List<String> tool = new ArrayList<>(List.of(
                "--bootstrap-server",
                broker.bootstrap(),
                "--topic",
                topic,
                "--num-records",
                Integer.toString((load.records() + load.warmUpRecords()) / load.producers()),
                "--warmup-records",
                Integer.toString(load.warmUpRecords() / load.producers()),
                "--record-size",
                Integer.toString(load.recordBytes()),
                "--throughput",
                "-1"));
        if (!load.properties().isEmpty()) {
            tool.add("--command-property");
            load.properties().forEach((key, value) -> tool.add(key + "=" + value));
        }
        if (load.producers() == 1) {
            return rig.loadLine(HEAP_MB, Producers.TOOL, tool);
        }
        tool.add(0, Integer.toString(load.producers()));
        return rig.loadLine(HEAP_MB + HEAP_MB_PER_PRODUCER * load.producers(), Producers.class.getName(), tool);
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
