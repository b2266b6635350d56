package io.millrace.perf.suite;

import io.millrace.perf.load.TrafficReport;
import io.millrace.perf.load.TrafficSpec;
import io.millrace.perf.result.Figure;
import io.millrace.perf.result.Latency;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** A producer alone, then the same beside a reader of a topic that the page cache has forgotten. */
final class CatchUpBench extends BrokerBench {
    private final CatchUpLoad load;
    private String backlog = "";

    CatchUpBench(CatchUpLoad load, Rig rig) throws IOException {
        super(rig);
        this.load = load;
    }

    @Override
    public void prepare() throws IOException, InterruptedException {
        backlog = fullTopic(load.partitions(), load.recordBytes(), load.backlogRecords());
    }

    @Override
    public Outcome round() throws IOException, InterruptedException {
        String topic = topics().create(load.partitions());
        TrafficSpec.Flow flow = new TrafficSpec.Flow(
                topic,
                load.partitions(),
                1,
                false,
                load.recordsPerSecond(),
                load.span().warmUpSeconds(),
                load.span().seconds(),
                0,
                Map.of());
        Map<String, Latency> latencies = new LinkedHashMap<>();
        latencies.put("ackAlone", ack(traffic(load.recordBytes(), flow, null)));
        PageCache.forget(broker().setup().data(), backlog);
        Meter meter = meter();
        TrafficSpec.Backlog behind = new TrafficSpec.Backlog(backlog, load.partitions(), load.backlogRecords(), 1);
        TrafficReport beside = traffic(load.recordBytes(), flow, behind);
        settle();
        latencies.put("ack", ack(beside));
        long moved = beside.sent() + beside.backlogReceived();
        Map<Figure, Double> figures = meter.figures(moved, moved * load.recordBytes());
        figures.put(Figure.RECORDS_PER_SECOND, beside.backlogPerSecond());
        figures.put(
                Figure.SLOWDOWN,
                latencies.get("ack").ms(99) / latencies.get("ackAlone").ms(99));
        topics().delete(topic);
        return new Outcome(beside.seconds(), figures, latencies);
    }

    private static Latency ack(TrafficReport report) throws IOException {
        Latency ack = report.latencies().get("ack");
        if (ack == null) {
            throw new IOException("the producer timed nothing");
        }
        return ack;
    }
}
