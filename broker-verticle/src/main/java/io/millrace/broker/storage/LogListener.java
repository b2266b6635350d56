package io.millrace.broker.storage;

/** Is told when more of a log may be read. */
@FunctionalInterface
public interface LogListener {

    /** Runs on the thread that made the records durable, once per group of syncs: must be cheap and must not throw. */
    void onVisibleEnd(PartitionLog log, long visibleEndOffset);
}
