package io.millrace.broker.group.decision;

import io.millrace.broker.group.record.GroupRecord;
import io.millrace.wire.ErrorCode;
import java.util.List;

/**
 * What comes of a request, or of time that passes. Without records it is complete: whoever decided has changed what only
 * memory knows, and has answered. With records nothing has changed yet. They are written first, then applied, then {@link
 * #applied} answers; or, if they cannot be written, {@link #failed} does, and everything is as before.
 *
 * @param isFirst whether this was only the first step: once it has happened, the same is decided about again, before anything
 *     else is
 */
public record Decision(List<GroupRecord> records, Applied applied, Failed failed, boolean isFirst) {

    /** There is nothing to write. */
    public static final Decision DONE = new Decision(List.of(), now -> {}, (error, now) -> {});

    /** Runs when the records are durable and applied. */
    @FunctionalInterface
    public interface Applied {
        void run(Moment now);
    }

    /** Runs when the records could not be written, or nobody knows. */
    @FunctionalInterface
    public interface Failed {

        /** @param error for clients: one after which they try again, unless what they sent is too large */
        void run(ErrorCode error, Moment now);
    }

    public Decision {
        records = List.copyOf(records);
    }

    public Decision(List<GroupRecord> records, Applied applied, Failed failed) {
        this(records, applied, failed, false);
    }

    /** This is to be true before it can be decided. */
    public static Decision first(List<GroupRecord> records, Applied applied, Failed failed) {
        return new Decision(records, applied, failed, true);
    }

    public boolean isDone() {
        return records.isEmpty();
    }
}
