package io.millrace.perf.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel says about one process. Linux only; reads {@code /proc}. */
public final class ProcStat {
    /** USER_HZ: fixed at 100 in the interface of {@code /proc} on every Linux architecture that Java runs on. */
    private static final double TICKS_PER_SECOND = 100.0;

    private final long pid;

    public ProcStat(long pid) {
        this.pid = pid;
    }

    /** CPU time of all threads so far, user and kernel, in seconds with a resolution of 10 ms. */
    public double cpuSeconds() throws IOException {
        return cpuSeconds(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
    }

    static double cpuSeconds(String stat) {
        String[] fields =
                stat.substring(stat.lastIndexOf(')') + 1).trim().split(" "); // the name before may hold anything
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    /** Resident memory in bytes. */
    public long residentBytes() throws IOException {
        return residentBytes(Files.readString(Path.of("/proc", Long.toString(pid), "status")));
    }

    static long residentBytes(String status) throws IOException {
        for (String line : status.split("\n")) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IOException("no VmRSS: the process is gone");
    }
}
