package io.millrace.perf.suite;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Says how far a run is and how long the rest will take: on a terminal in one line that is written over, elsewhere in a line
 * for each step. Owned by one thread.
 */
final class Progress {
    private static final int WIDTH = 24;
    private static final String CLEAR = "\r\033[K";

    private final PrintStream out;
    private final boolean terminal;
    private final LongSupplier nanoTime;
    private final long start;
    private double done;
    private double left;

    /** @param expectedSeconds of everything */
    Progress(PrintStream out, boolean terminal, LongSupplier nanoTime, double expectedSeconds) {
        this.out = out;
        this.terminal = terminal;
        this.nanoTime = nanoTime;
        start = nanoTime.getAsLong();
        left = expectedSeconds;
    }

    /** A step begins. */
    void begin(String what) {
        if (terminal) {
            out.print(CLEAR + line(what));
            out.flush();
        }
    }

    /** A line that stays. */
    void say(String text) {
        out.println(terminal ? CLEAR + text : line(text));
    }

    /** A step is over that had been expected to take so many seconds. */
    void end(double expectedSeconds) {
        done += expectedSeconds;
        left = Math.max(0, left - expectedSeconds);
    }

    /** There is more to do than was thought, or less. */
    void expect(double moreSeconds) {
        left = Math.max(0, left + moreSeconds);
    }

    /** Expectations are corrected by how wrong they were so far. */
    double secondsLeft() {
        double elapsed = (nanoTime.getAsLong() - start) / 1e9;
        return done == 0 ? left : left * elapsed / done;
    }

    String line(String what) {
        double share = done + left == 0 ? 1 : done / (done + left);
        int full = (int) Math.round(share * WIDTH);
        return String.format(
                Locale.ROOT,
                "[%s%s] %3.0f %%, %s left  %s",
                "#".repeat(full),
                "-".repeat(WIDTH - full),
                share * 100,
                duration(secondsLeft()),
                what);
    }

    static String duration(double seconds) {
        long whole = Math.round(seconds);
        if (whole < 100) {
            return whole + " s";
        }
        long minutes = Math.round(seconds / 60);
        return minutes < 100 ? minutes + " min" : String.format(Locale.ROOT, "%.1f h", seconds / 3600);
    }
}
