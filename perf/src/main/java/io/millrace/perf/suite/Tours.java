package io.millrace.perf.suite;

/**
 * Which tour comes next. In a tour every system has one round, in the same order: a b a b. Owned by one thread.
 *
 * <p>Tours up to 0 warm up and are run once, whatever the machine does. Counted tours are run until enough were quiet, or
 * until the repetitions are used up.
 */
final class Tours {
    private final int wanted;
    private final int repeatsMax;
    private int next;
    private int quiet;
    private int repeated;

    /**
     * @param warmUps before the first counted one
     * @param wanted quiet ones
     * @param repeatsMax further ones for those that were disturbed
     */
    Tours(int warmUps, int wanted, int repeatsMax) {
        this.wanted = wanted;
        this.repeatsMax = repeatsMax;
        next = 1 - warmUps;
    }

    /** The number of the tour to run. */
    int next() {
        return next;
    }

    boolean isWarmUp() {
        return next <= 0;
    }

    /** Whether there is a next one. */
    boolean goOn() {
        return next <= wanted + repeated;
    }

    /** How many rounds of one system there will be if nothing disturbs from now on. */
    int left() {
        return wanted + repeated - next + 1;
    }

    /** The tour is over. @return whether another one will be run in its place */
    boolean done(boolean disturbed) {
        boolean counted = !isWarmUp();
        next++;
        if (!counted) {
            return false;
        }
        if (!disturbed) {
            quiet++;
        } else if (repeated < repeatsMax) {
            repeated++;
            return true;
        }
        return false;
    }

    /** Counted tours that nothing disturbed. */
    int quiet() {
        return quiet;
    }
}
