package io.millrace.perf.suite;

import io.millrace.perf.load.Connections;
import io.millrace.perf.load.ConnectionsReport;
import io.millrace.perf.load.ConnectionsSpec;
import io.millrace.perf.process.Dialogue;
import io.millrace.perf.result.Figure;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Opens the connections, then counts what the broker spends on their requests. */
final class ConnectionsBench extends BrokerBench {
    private final ConnectionsLoad load;

    ConnectionsBench(ConnectionsLoad load, Rig rig) throws IOException {
        super(rig);
        this.load = load;
    }

    @Override
    public Outcome round() throws IOException, InterruptedException {
        String topic = topics().create(ConnectionsLoad.PARTITIONS);
        String argument = Connections.argument(new ConnectionsSpec(
                broker().setup().port(),
                topic,
                ConnectionsLoad.PARTITIONS,
                load.connections(),
                load.recordBytes(),
                load.requestsPerSecond(),
                load.span().warmUpSeconds(),
                load.span().seconds()));
        List<String> line = rig().loadLine(heapMb(0), Connections.class.getName(), List.of(argument));
        remember(line);
        try (Dialogue generator = Dialogue.start(line)) {
            double openSeconds = seconds(generator.hear());
            Meter meter = meter();
            generator.say("go");
            ConnectionsReport report = Connections.parse(generator.hear());
            settle();
            Map<Figure, Double> figures = meter.figures(report.sent(), report.sent() * load.recordBytes());
            figures.put(Figure.RECORDS_PER_SECOND, report.acknowledgedPerSecond());
            figures.put(Figure.CONNECTIONS_PER_SECOND, load.connections() / openSeconds);
            topics().delete(topic);
            return new Outcome(load.span().seconds(), figures, Map.of("ack", report.ack()));
        }
    }

    private static double seconds(String ready) throws IOException {
        if (!ready.startsWith("ready ")) {
            throw new IOException("the load is not ready, it says: " + ready);
        }
        return Double.parseDouble(ready.substring("ready ".length()));
    }
}
