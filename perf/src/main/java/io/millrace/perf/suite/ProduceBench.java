package io.millrace.perf.suite;

import io.millrace.perf.load.ProducerSummary;
import io.millrace.perf.result.Figure;
import java.io.IOException;
import java.util.Map;

/** Drives one broker with {@code ProducerPerformance}; every round writes to a topic of its own. */
final class ProduceBench extends BrokerBench {
    private final ProduceLoad load;

    ProduceBench(ProduceLoad load, Rig rig) throws IOException {
        super(rig);
        this.load = load;
    }

    @Override
    public void prepare() throws IOException, InterruptedException {
        if (load.recordsBefore() > 0) {
            String topic = topics().create(load.partitions());
            producerPerformance(topic, load.recordBytes(), load.recordsBefore(), 1, 1, Map.of());
        }
    }

    @Override
    public Outcome round() throws IOException, InterruptedException {
        String topic = topics().create(load.partitions());
        Meter meter = meter();
        String said = producerPerformance(
                topic, load.recordBytes(), load.records(), load.warmUpRecords(), load.producers(), load.properties());
        settle();
        ProducerSummary summary = ProducerSummary.parse(said, load.producers());
        long sent = (long) load.records() + load.warmUpRecords();
        Map<Figure, Double> figures = meter.figures(sent, sent * load.recordBytes());
        figures.put(Figure.RECORDS_PER_SECOND, summary.recordsPerSecond());
        figures.put(Figure.BYTES_PER_SECOND, summary.recordsPerSecond() * load.recordBytes());
        topics().delete(topic);
        return new Outcome(summary.seconds(), figures, Map.of("ack", summary.latency()));
    }
}
