package io.millrace.perf.suite;

import io.millrace.perf.load.TrafficReport;
import io.millrace.perf.load.TrafficSpec;
import io.millrace.perf.result.Figure;
import java.io.IOException;
import java.util.Map;

/** Drives one broker with our own producers and readers; every round has a topic of its own. */
final class FlowBench extends BrokerBench {
    private final FlowLoad load;

    FlowBench(FlowLoad load, Rig rig) throws IOException {
        super(rig);
        this.load = load;
    }

    @Override
    public Outcome round() throws IOException, InterruptedException {
        String topic = topics().create(load.partitions());
        Meter meter = meter();
        TrafficReport report = traffic(
                load.recordBytes(),
                new TrafficSpec.Flow(
                        topic,
                        load.partitions(),
                        load.producers(),
                        load.keyed(),
                        load.recordsPerSecond(),
                        load.span().warmUpSeconds(),
                        load.span().seconds(),
                        load.readers(),
                        load.properties()),
                null);
        settle();
        long moved = load.readers() == 0 ? report.sent() : report.received();
        double rate = load.readers() == 0 ? report.sentPerSecond() : report.receivedPerSecond();
        Map<Figure, Double> figures = meter.figures(moved, moved * load.recordBytes());
        figures.put(Figure.RECORDS_PER_SECOND, rate);
        figures.put(Figure.BYTES_PER_SECOND, rate * load.recordBytes());
        topics().delete(topic);
        return new Outcome(report.seconds(), figures, report.latencies());
    }
}
