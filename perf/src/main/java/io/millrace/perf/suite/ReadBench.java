package io.millrace.perf.suite;

import io.millrace.perf.load.ConsumerSummary;
import io.millrace.perf.load.TrafficReport;
import io.millrace.perf.load.TrafficSpec;
import io.millrace.perf.result.Figure;
import java.io.IOException;
import java.util.Map;

/** Fills a topic once, and has it read in every round. */
final class ReadBench extends BrokerBench {
    private final ReadLoad load;
    private String topic = "";

    ReadBench(ReadLoad load, Rig rig) throws IOException {
        super(rig);
        this.load = load;
    }

    @Override
    public void prepare() throws IOException, InterruptedException {
        topic = fullTopic(load.partitions(), load.recordBytes(), load.records());
    }

    @Override
    public Outcome round() throws IOException, InterruptedException {
        if (load.cold()) {
            PageCache.forget(broker().setup().data(), topic);
        }
        Meter meter = meter();
        ConsumerSummary summary = load.byTool() ? tool() : generator();
        settle();
        long received = summary.records();
        double rate = summary.recordsPerSecond();
        Map<Figure, Double> figures = meter.figures(received, received * load.recordBytes());
        figures.put(Figure.RECORDS_PER_SECOND, rate);
        figures.put(Figure.BYTES_PER_SECOND, rate * load.recordBytes());
        return new Outcome(received / rate, figures, Map.of());
    }

    private ConsumerSummary tool() throws IOException {
        return ConsumerSummary.parse(consumerPerformance(topic, load.records()));
    }

    private ConsumerSummary generator() throws IOException {
        TrafficReport report = traffic(
                load.recordBytes(),
                null,
                new TrafficSpec.Backlog(topic, load.partitions(), load.records(), load.readers()));
        return new ConsumerSummary(report.backlogReceived(), report.backlogPerSecond());
    }
}
