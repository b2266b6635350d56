package io.millrace.broker.testing;

/** The seeds of a random test. {@code -Dseed=} replays one, and a failure says which. */
public final class Seeds {

    /** What follows from one seed. */
    public interface Run {
        void run(long seed) throws Exception;
    }

    private Seeds() {}

    /** Runs other seeds each time. */
    public static void forEachOfNew(int count, Run run) {
        forEach(System.nanoTime(), count, run);
    }

    /**
     * Runs a number of seeds in a row, or only the one that is to be replayed.
     *
     * @return whether it was all of them
     */
    public static boolean forEach(long first, int count, Run run) {
        Long replayed = Long.getLong("seed");
        if (replayed != null) {
            runOne(replayed, run);
            return false;
        }
        for (long seed = first; seed < first + count; seed++) {
            runOne(seed, run);
        }
        return true;
    }

    private static void runOne(long seed, Run run) {
        try {
            run.run(seed);
        } catch (Throwable e) {
            throw new AssertionError("replay with -Dseed=" + seed + ": " + e.getMessage(), e);
        }
    }
}
