package io.millrace.perf.suite;

import io.millrace.perf.WorkFolder;
import io.millrace.perf.process.ProcStat;
import io.millrace.perf.result.Figure;
import io.millrace.perf.result.ScenarioResult.Commands;
import io.millrace.perf.suite.FirstProduce.Started;
import io.millrace.perf.target.RunningBroker;
import io.millrace.perf.target.Target.BrokerSetup;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Starts a broker in every round: on an empty folder, or on the data that the round before has left. */
final class StartBench implements Bench {
    private static final int RECORDS_EACH = 25;

    /** So that there is something to recover. */
    private static final int MORE_RECORDS_EACH = 5;

    private final StartLoad load;
    private final Rig rig;
    private final BrokerSetup setup;
    private final List<String> topics;

    StartBench(StartLoad load, Rig rig) throws IOException {
        this.load = load;
        this.rig = rig;
        setup = rig.setup();
        topics = IntStream.range(0, load.topics()).mapToObj(i -> "data-" + i).toList();
    }

    @Override
    public void prepare() throws IOException, InterruptedException {
        if (load.partitions() == 0) {
            return;
        }
        try (RunningBroker broker = RunningBroker.start(rig.pinned(), setup, rig.jvmOptions());
                Topics admin = new Topics(broker)) {
            for (String topic : topics) {
                admin.create(topic, StartLoad.PARTITIONS_PER_TOPIC);
            }
            FirstProduce.fill(broker, topics, StartLoad.PARTITIONS_PER_TOPIC, RECORDS_EACH);
            leave(broker);
        }
    }

    @Override
    public Outcome round() throws IOException, InterruptedException {
        String topic = topics.isEmpty() ? "first" : topics.get(0);
        Started started = FirstProduce.start(rig.pinned(), setup, rig.jvmOptions(), topic);
        try (RunningBroker broker = started.broker()) {
            ProcStat stat = broker.stat();
            Map<Figure, Double> figures = new EnumMap<>(Figure.class);
            figures.put(Figure.FIRST_RECORD_MS, started.ms());
            figures.put(Figure.CPU_SECONDS, stat.cpuSeconds());
            figures.put(Figure.RESIDENT_BYTES, (double) stat.residentBytes());
            if (!topics.isEmpty()) {
                FirstProduce.fill(broker, topics, StartLoad.PARTITIONS_PER_TOPIC, MORE_RECORDS_EACH);
            }
            leave(broker);
            return new Outcome(started.ms() / 1e3, figures, Map.of());
        } finally {
            if (load.partitions() == 0) {
                WorkFolder.deleteTree(setup.folder());
            }
        }
    }

    private void leave(RunningBroker broker) throws IOException {
        if (load.killed()) {
            broker.kill();
        } else {
            broker.stop();
        }
    }

    @Override
    public Commands commands() {
        return new Commands(rig.pinned().commandLine(setup, rig.jvmOptions()), List.of(), rig.settings());
    }

    @Override
    public void close() {}
}
