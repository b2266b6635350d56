package io.millrace.perf.suite;

import io.millrace.perf.process.ProcStat;
import io.millrace.perf.result.Figure;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Looks at a broker that has nothing to do. */
final class IdleBench extends BrokerBench {
    private final IdleLoad load;

    IdleBench(IdleLoad load, Rig rig) throws IOException {
        super(rig);
        this.load = load;
    }

    @Override
    public void prepare() throws IOException, InterruptedException {
        if (load.partitions() > 0) {
            topics().create(load.partitions());
        }
        topics().close(); // its connection would ask for metadata now and then
    }

    @Override
    public Outcome round() throws IOException, InterruptedException {
        ProcStat stat = broker().stat();
        double cpu = stat.cpuSeconds();
        long switches = stat.contextSwitches();
        long start = System.nanoTime();
        TimeUnit.MILLISECONDS.sleep((long) (load.seconds() * 1e3));
        double seconds = (System.nanoTime() - start) / 1e9;
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.CPU_PERCENT, 100 * (stat.cpuSeconds() - cpu) / seconds);
        figures.put(Figure.RESIDENT_BYTES, (double) stat.residentBytes());
        figures.put(Figure.SWITCHES_PER_SECOND, (stat.contextSwitches() - switches) / seconds);
        return new Outcome(seconds, figures, Map.of());
    }
}
