package io.millrace.broker.hostile;

import io.netty.util.internal.PlatformDependent;

/** The largest amount of Netty's direct memory that was seen in use since it was made, above what there was then. */
final class DirectMemory {
    private final long before = PlatformDependent.usedDirectMemory();
    private long highest;

    /** Looks once more; returns the highest so far. */
    long sample() {
        highest = Math.max(highest, PlatformDependent.usedDirectMemory() - before);
        return highest;
    }
}
