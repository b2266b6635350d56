package io.millrace.broker.group.shard;

import java.util.ArrayDeque;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The order of what is asked of one group while records of it are on their way to the disk: an operation waits until it can
 * decide on what is durable. Other groups do not wait, and one sync of the log's journal serves many. Owned by: its shard.
 */
final class Lane {

    private final ArrayDeque<Operation> waiting = new ArrayDeque<>();
    private int writing;
    private boolean onlyCommits = true;

    /** Whether the operation may decide now, after all that came before it. */
    boolean admits(Operation operation) {
        return writing == 0 || (onlyCommits && operation.isCommit());
    }

    void add(Operation operation) {
        waiting.add(operation);
    }

    /** Before all that wait. */
    void addFirst(Operation operation) {
        waiting.addFirst(operation);
    }

    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    void onWrite(Operation operation) {
        onlyCommits = writing == 0 ? operation.isCommit() : onlyCommits && operation.isCommit();
        writing++;
    }

    void onWritten() {
        writing--;
    }

    /** The next operation, if it may decide now. */
    @Nullable
    Operation next() {
        Operation first = waiting.peek();
        return first != null && admits(first) ? waiting.remove() : null;
    }

    boolean isIdle() {
        return writing == 0 && waiting.isEmpty();
    }

    /** Takes out whatever waits. */
    Collection<Operation> drain() {
        Collection<Operation> all = new ArrayDeque<>(waiting);
        waiting.clear();
        return all;
    }
}
