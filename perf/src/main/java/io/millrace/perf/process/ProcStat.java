package io.millrace.perf.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

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
        return ticks(fields(stat), 11, 2);
    }

    private static String[] fields(String stat) {
        return stat.substring(stat.lastIndexOf(')') + 1).trim().split(" "); // the name before may hold anything
    }

    private static double ticks(String[] fields, int from, int count) {
        return Arrays.stream(fields, from, from + count)
                        .mapToLong(Long::parseLong)
                        .sum()
                / TICKS_PER_SECOND;
    }

    /** CPU time of this process and of all children that it has waited for, in seconds. */
    public double cpuSecondsWithEndedChildren() throws IOException {
        String[] fields = fields(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
        return ticks(fields, 11, 4);
    }

    /** Resident memory in bytes. */
    public long residentBytes() throws IOException {
        return residentBytes(Files.readString(Path.of("/proc", Long.toString(pid), "status")));
    }

    static long residentBytes(String status) throws IOException {
        return number(status, "VmRSS:") * 1024;
    }

    /**
     * Bytes of the pages that this process made dirty. The kernel counts whole folios, which may be larger than what was
     * written into them by far: a journal that is written again and again looks worse here than it is.
     */
    public long dirtiedBytes() throws IOException {
        return number(Files.readString(Path.of("/proc", Long.toString(pid), "io")), "write_bytes:");
    }

    /** Bytes that were fetched from a disk for this process: what the page cache had does not count. */
    public long readBytes() throws IOException {
        return number(Files.readString(Path.of("/proc", Long.toString(pid), "io")), "read_bytes:");
    }

    /** Context switches of all threads that live now, voluntary and not. */
    public long contextSwitches() throws IOException {
        List<Path> threads;
        try (Stream<Path> all = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            threads = all.toList();
        }
        long sum = 0;
        for (Path thread : threads) {
            sum += switches(thread.resolve("status"));
        }
        return sum;
    }

    private static long switches(Path thread) throws IOException {
        try {
            String status = Files.readString(thread);
            return number(status, "voluntary_ctxt_switches:") + number(status, "nonvoluntary_ctxt_switches:");
        } catch (NoSuchFileException e) {
            return 0; // ended since it was listed; its switches are lost to everybody
        }
    }

    private static long number(String text, String name) throws IOException {
        for (String line : text.split("\n")) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("no " + name + " in what the kernel says: the process is gone");
    }
}
