package io.millrace.broker.group.decision;

/**
 * What the members of a shard's groups hold in memory by what they said, which is known nowhere else until a generation is
 * written: a client may say much, leave, and its words stay until its session ends. So it is counted, and who asks for more
 * than there is has to come again. Owned by: its shard.
 */
public final class MemberMemory {

    /** The same over all shards of a broker. Any thread. */
    public interface Budget {

        /** Whether so many more bytes are allowed. What is asked by two shards at the same time may be allowed twice. */
        boolean hasRoomFor(long bytes);

        /** @param bytes below zero when they are given back */
        void add(long bytes);
    }

    private final Budget budget;
    private long held;
    private boolean closed;

    public MemberMemory(Budget budget) {
        this.budget = budget;
    }

    /** Whether a client may say something longer by so much than what it replaces. */
    public boolean hasRoomFor(long bytes) {
        return bytes <= 0 || budget.hasRoomFor(bytes);
    }

    /** Something is kept that is longer by so many bytes than what it replaces. What comes out of the log is kept in any case. */
    public void add(long bytes) {
        if (!closed) {
            held += bytes;
            budget.add(bytes);
        }
    }

    /** The shard forgets everything; what it still takes note of does not count. */
    public void close() {
        add(-held);
        closed = true;
    }
}
