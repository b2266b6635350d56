package io.millrace.perf.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A moment of the whole machine and of us in it: two of them say what others did in between. Linux only.
 *
 * <p>Time in interrupts is nobody's: with traffic over loopback it is ours, and the kernel books it to no process.
 *
 * @param totalTicks of all processors since boot, whatever they did
 * @param busyTicks for processes and kernel threads
 * @param stolenTicks that the hypervisor gave to other machines while ours had work
 * @param ourTicks of the harness and its children, those that ended included
 */
public record MachineStat(long totalTicks, long busyTicks, long stolenTicks, double ourTicks) {
    private static final double TICKS_PER_SECOND = 100.0; // USER_HZ, as in ProcStat

    /** Bytes that were sent to disks since boot, by everybody. */
    public static long diskWrittenBytes() throws IOException {
        return diskWrittenBytes(Files.readString(Path.of("/proc/vmstat")));
    }

    static long diskWrittenBytes(String vmstat) throws IOException {
        String name = "pgpgout "; // in units of 1 KB, whatever the size of a page
        return 1024
                * vmstat.lines()
                        .filter(line -> line.startsWith(name))
                        .mapToLong(line -> Long.parseLong(line.substring(name.length())))
                        .findFirst()
                        .orElseThrow(() -> new IOException("no " + name + "in /proc/vmstat"));
    }

    /** Now. */
    public static MachineStat now() throws IOException {
        double ours = new ProcStat(ProcessHandle.current().pid()).cpuSecondsWithEndedChildren();
        for (long pid : Children.running()) {
            ours += cpuSecondsOf(pid);
        }
        return parse(Files.readString(Path.of("/proc/stat")), ours * TICKS_PER_SECOND);
    }

    private static double cpuSecondsOf(long child) throws IOException {
        try {
            return new ProcStat(child).cpuSeconds();
        } catch (NoSuchFileException e) {
            return 0; // it ended just now, and is with the ended children next time
        }
    }

    static MachineStat parse(String stat, double ourTicks) {
        String[] fields = stat.lines().findFirst().orElseThrow().trim().split(" +");
        long total = 0;
        for (int i = 1; i <= 8; i++) { // guest time, behind these, is in user time already
            total += Long.parseLong(fields[i]);
        }
        long busy = Long.parseLong(fields[1]) + Long.parseLong(fields[2]) + Long.parseLong(fields[3]);
        return new MachineStat(total, busy, Long.parseLong(fields[8]), ourTicks);
    }

    /** Share of the machine's processor time since then that other processes had, 0 to 1. */
    public double otherLoadSince(MachineStat before) {
        double others = (busyTicks - before.busyTicks) - (ourTicks - before.ourTicks);
        return share(others, before);
    }

    /** Share of the machine's processor time since then that the hypervisor kept back, 0 to 1. */
    public double stealSince(MachineStat before) {
        return share((double) (stolenTicks - before.stolenTicks), before);
    }

    private double share(double ticks, MachineStat before) {
        long total = totalTicks - before.totalTicks;
        return total == 0 ? 0 : Math.max(0, Math.min(1, ticks / total));
    }
}
