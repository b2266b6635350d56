package io.millrace.broker.group;

import io.millrace.broker.group.decision.MemberMemory;
import java.util.concurrent.atomic.AtomicLong;

/** Bytes that members of groups may hold, over all shards of a broker. Any thread. */
final class MemberBudget implements MemberMemory.Budget {

    private final long bytesMax;
    private final AtomicLong held = new AtomicLong();

    MemberBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    @Override
    public boolean hasRoomFor(long bytes) {
        return held.get() + bytes <= bytesMax;
    }

    @Override
    public void add(long bytes) {
        held.addAndGet(bytes);
    }
}
