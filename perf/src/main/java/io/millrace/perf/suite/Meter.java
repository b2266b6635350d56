package io.millrace.perf.suite;

import io.millrace.perf.process.Command;
import io.millrace.perf.process.MachineStat;
import io.millrace.perf.process.ProcStat;
import io.millrace.perf.result.Figure;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a broker process spent between two moments, as the operating system counts it. Owned by one thread.
 *
 * <p>Nothing here is asked of the broker: it cannot flatter itself.
 */
final class Meter {
    private final ProcStat stat;
    private final double cpuSeconds;
    private final long dirtiedBytes;
    private final long diskWrittenBytes;
    private final long readBytes;
    private final long switches;

    /** Starts to count. */
    Meter(ProcStat stat) throws IOException {
        this.stat = stat;
        cpuSeconds = stat.cpuSeconds();
        dirtiedBytes = stat.dirtiedBytes();
        diskWrittenBytes = MachineStat.diskWrittenBytes();
        readBytes = stat.readBytes();
        switches = stat.contextSwitches();
    }

    /** CPU seconds since the start. */
    double cpuSeconds() throws IOException {
        return stat.cpuSeconds() - cpuSeconds;
    }

    /**
     * What was spent since the start, for each record that went through.
     *
     * @param records that the broker took or gave meanwhile, those of a warm-up of the client included
     * @param valueBytes of all these
     */
    Map<Figure, Double> figures(long records, long valueBytes) throws IOException {
        double cpu = cpuSeconds();
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.CPU_SECONDS_PER_MILLION, cpu * 1e6 / records);
        figures.put(Figure.CPU_SECONDS_PER_GB, cpu * 1e9 / valueBytes);
        figures.put(Figure.RESIDENT_BYTES, (double) stat.residentBytes());
        figures.put(Figure.PAGES_DIRTIED_PER_BYTE, (double) (stat.dirtiedBytes() - dirtiedBytes) / valueBytes);
        figures.put(Figure.DISK_READ_PER_BYTE, (double) (stat.readBytes() - readBytes) / valueBytes);
        figures.put(Figure.SWITCHES_PER_THOUSAND, (stat.contextSwitches() - switches) * 1e3 / records);
        Command.of("sync").run(); // what is still in the page cache is a part of what the load cost
        figures.put(
                Figure.DISK_WRITTEN_PER_BYTE,
                (double) (MachineStat.diskWrittenBytes() - diskWrittenBytes) / valueBytes);
        return figures;
    }
}
