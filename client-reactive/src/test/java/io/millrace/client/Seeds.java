package io.millrace.client;

import java.util.Random;
import java.util.function.Consumer;

/** Runs something with many seeds, and says which one failed. {@code -Dseed=} runs that one alone. */
public final class Seeds {

    private static final String PROPERTY = "seed";
    private static final long FIRST = 20261122L;

    private Seeds() {}

    /** One of them, by chance. */
    @SafeVarargs
    public static <T> T oneOf(Random random, T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    public static void each(int count, Consumer<Random> run) {
        Long only = Long.getLong(PROPERTY);
        long first = only == null ? FIRST : only;
        for (int i = 0; i < (only == null ? count : 1); i++) {
            long seed = first + i;
            try {
                run.accept(new Random(seed));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("-D" + PROPERTY + "=" + seed + ": " + e.getMessage(), e);
            }
        }
    }
}
