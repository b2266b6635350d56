package io.millrace.broker.group.shard;

import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.record.GroupRecord;
import io.millrace.wire.ErrorCode;
import java.util.List;

/** The log of a shard, as the shard sees it. */
@FunctionalInterface
public interface GroupLog {

    /**
     * Appends records after those of every call before; all of them or none. The outcome comes later and exactly once, on
     * the shard's owner; the outcomes of records that were written come in the order of the calls.
     */
    void append(List<GroupRecord> records, Outcome outcome);

    /** Hears how an append ended. */
    @FunctionalInterface
    interface Outcome {

        /**
         * @param error NONE if the records are durable; KAFKA_STORAGE_ERROR if nobody knows, and then no later append
         *     succeeds; anything else if they were not written
         */
        void complete(ErrorCode error, Moment now);
    }
}
